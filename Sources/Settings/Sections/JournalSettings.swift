/// The record of everything.
public struct JournalSettings: Sendable, Equatable {
    /// Off: the run leaves no record and cannot be recovered. For measuring only.
    public var enabled = true
    /// Each run makes a folder of its own below this one.
    public var folder = "runs"
    /// The shared memory between the hot thread and the journal's; a power of two.
    public var ringBytes = 64 << 20
    /// Size of one file.
    public var segmentBytes = 64 << 20
    /// The longest that a record waits for its write.
    public var commitIntervalNs: Int64 = 10_000_000

    public init() {}
}
