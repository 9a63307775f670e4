public import Plumbing
internal import Synchronization

/// What others may know of a journal that is being written. Any thread may look.
public final class JournalStatus: Sendable {
    /// 0, or the errno for which the journal has stopped: the engine must stop trading. The hot thread looks through
    /// ``SharedFlag/view``.
    public let failure = SharedFlag()
    /// Everything in the ring before this position is on the medium.
    public let durablePosition = SharedFlag()
    /// Blocks that are on the medium.
    public let durableBlocks = SharedFlag()
    /// Bytes written to files, padding included.
    public let writtenBytes = SharedFlag()
    /// Records handed to files.
    public let writtenRecords = SharedFlag()
    /// The journal thread's longest step, in nanoseconds.
    public let longestStepNs = SharedFlag()
    /// 1 once the journal has ended in order.
    public let closed = SharedFlag()

    private let message = Mutex<String?>(nil)

    /// What failed, where and what to do; `nil` while nothing has.
    public internal(set) var failureMessage: String? {
        get { message.withLock { $0 } }
        set { message.withLock { $0 = newValue } }
    }

    public init() {}
}

/// Where a writer stands.
public enum JournalState: Equatable, Sendable {
    case running
    /// What was appended is being written; nothing may be appended any more.
    case closing
    /// Everything is on the medium and the journal says so itself.
    case closed
    /// Nothing more is written: what is not durable now stays in the ring.
    case failed(Errno)
}
