/// How much a log line matters.
@frozen public enum LogLevel: UInt8, BitwiseCopyable, Comparable, Sendable, CaseIterable {
    /// What happens all the time: for looking at one run.
    case debug = 0
    /// What should be known about a run: log-ons, orders' ends.
    case info = 1
    /// What is not as it should be, and is being mended.
    case warning = 2
    /// What stops trading, or costs.
    case error = 3

    @inlinable public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }

    /// As in settings, files and on the command line.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}
