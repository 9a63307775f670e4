/// What the journal asks of a disk: the seam for files that must be durable, real or seeded.
///
/// Writes and syncs are submitted and complete later, in any order. A sync covers the writes to its file that had
/// completed when it was submitted.
///
/// - Threads: belongs to the journal thread.
public protocol Disk: AnyObject {
    /// Makes a file that must not exist, with `byteCount` of it taken on the device.
    func createFile(_ path: String, byteCount: Int) throws(SetupError) -> DiskFile

    /// Begins to write `bytes` at `offset`. Address, count and offset are multiples of ``diskAlignment``; the bytes
    /// stand still until the completion with `tag` has been polled.
    ///
    /// - Returns: `false`: the queue is full, poll first.
    func submitWrite(_ file: DiskFile, offset: Int, _ bytes: UnsafeRawBufferPointer, tag: UInt64) -> Bool

    /// Begins to make durable what was written to `file`.
    func submitSync(_ file: DiskFile, tag: UInt64) -> Bool

    /// The next completion, if one has come.
    func poll() -> DiskCompletion?

    /// Sleeps until there is a completion or the time is over.
    func wait(timeoutNs: UInt64)

    /// Closes a file for which nothing is in flight; cut to `byteCount` (and durably so) when that is given.
    func close(_ file: DiskFile, cutTo byteCount: Int?) throws(SetupError)
}

/// What positions and buffers on a ``Disk`` are multiples of.
public let diskAlignment = 4096

/// A file of a ``Disk``.
public struct DiskFile: Hashable, Sendable {
    let number: Int32
    public let path: String
}

/// What came of a write or a sync.
public struct DiskCompletion: Equatable, Sendable {
    public let tag: UInt64
    /// Bytes written: fewer than asked is a short write, which is no failure yet. 0 for a sync.
    public let byteCount: Int
    /// After a failed sync nothing on the file that was not durable before can be trusted.
    public let failure: Errno?

    public init(tag: UInt64, byteCount: Int, failure: Errno?) {
        self.tag = tag
        self.byteCount = byteCount
        self.failure = failure
    }
}
