internal import Synchronization

/// What others may know of a log that is being written. Any thread may look.
public final class LogStatus: Sendable {
    /// Records in blocks that were given to the disk.
    public let writtenRecordCount = SharedFlag()
    public let writtenByteCount = SharedFlag()
    /// Records that found no room in the ring.
    public let droppedRecords = SharedFlag()
    /// The drain thread's longest step, in nanoseconds.
    public let longestStepNs = SharedFlag()

    private let message = Mutex<String?>(nil)

    /// What failed, where and what to do; `nil` while nothing has.
    public internal(set) var failureMessage: String? {
        get { message.withLock { $0 } }
        set { message.withLock { $0 = newValue } }
    }

    public init() {}
}
