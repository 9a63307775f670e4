/// The command line cannot be understood: exit code 2, and a line that says how to get help.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// The command failed, in words for a person, with what can be done about it: exit code 1.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// What to do; empty where there is nothing to say.
    public let remedy: String

    public init(_ message: String, remedy: String = "") {
        self.message = message
        self.remedy = remedy
    }

    public var description: String { remedy.isEmpty ? message : "\(message)\n  \(remedy)" }
}
