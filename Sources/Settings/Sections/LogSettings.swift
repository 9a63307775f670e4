/// Lines for people about what the engine does; what must not be lost is in the journal.
public struct LogSettings: Sendable, Equatable {
    public enum Level: String, Sendable, CaseIterable {
        /// No log: no file, no thread.
        case off
        case error
        case warning
        case info
        case debug
    }

    /// Lines of this level and above are written.
    public var level = Level.info
    /// What may wait between the hot thread and the log's; lines that find it full are dropped and counted.
    public var ringBytes = 1 << 20
    /// The log of a run takes no more on disk than this: the oldest quarter gives way.
    public var bytesMax = 64 << 20

    public init() {}
}
