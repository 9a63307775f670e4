internal import Foundation

/// What reading the settings again came to.
public struct ReloadRow: Codable, Sendable, Equatable {
    /// UTC, nanoseconds since 1970.
    public var atUtcNs: UInt64
    /// SIGHUP, not a command.
    public var isSignal: Bool
    /// `false`: everything is as it was before.
    public var isTaken: Bool
    /// None where nothing differed.
    public var changes: [LimitChange]
    /// Why it was refused, with file and line where they are known.
    public var text: String?

    /// In one line.
    public var words: String {
        guard isTaken else {
            // The problems of a file stand on lines of their own.
            return "REFUSED, "
                + (text ?? "nothing was changed").split(separator: "\n").joined(separator: "; ")
                .replacingOccurrences(of: ":; ", with: ": ")
        }
        return changes.isEmpty
            ? "no limit has changed" : changes.map(\.description).joined(separator: "; ")
    }
}
