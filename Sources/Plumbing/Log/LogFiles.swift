/// Where a run's log is kept and how much of it.
public struct LogFiles: Sendable {
    /// The run's folder, which must be there.
    public var folder: String
    public var runID: RunID
    /// UTC, nanoseconds since 1970, at engine time 0: what makes times of day of the records' times.
    public var utcAtZeroNs: Int64
    /// Taken on the disk when a file is begun; a multiple of 4,096.
    public var fileByteCount: Int
    /// With the one in use: the oldest is removed when another would be too many.
    public var fileCountMax: Int
    /// Of the program, in the order of their numbers.
    public var strategies: [String] = []
    /// Code of the account's base, which amounts of money are in; empty: not known.
    public var currency = ""
    /// The longest that a record waits for its write.
    public var flushNs: UInt64 = 20_000_000

    public init(
        folder: String, runID: RunID, utcAtZeroNs: Int64, fileByteCount: Int = 16 << 20, fileCountMax: Int = 4
    ) {
        self.folder = folder
        self.runID = runID
        self.utcAtZeroNs = utcAtZeroNs
        self.fileByteCount = fileByteCount
        self.fileCountMax = fileCountMax
    }
}
