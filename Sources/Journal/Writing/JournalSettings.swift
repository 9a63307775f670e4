public import Plumbing

/// How a run's journal is written.
public struct JournalSettings: Sendable {
    /// The folder that takes the segments; it exists.
    public var folder: String
    public var runID: RunID
    public var epoch: UInt32
    /// Size of a segment file, taken on the device when it is made: a multiple of 4,096.
    public var segmentByteCount = 64 << 20
    /// The largest block with its header: a multiple of 4,096 that holds the longest record.
    public var blockByteCountMax = 512 << 10
    /// Blocks that may be on their way to the medium at once.
    public var blocksInFlightMax = 16
    /// At the latest after this time what was appended is on its way.
    public var commitNs: UInt64 = 5_000_000
    /// Whether each block carries the SHA-256 of the one before.
    public var isChained = true

    public init(folder: String, runID: RunID, epoch: UInt32) {
        self.folder = folder
        self.runID = runID
        self.epoch = epoch
    }

    /// The file of a segment.
    func path(segment: UInt32) -> String {
        let digits = String(segment)
        return "\(folder)/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).journal"
    }
}
