/// Whether the kill switch of a journal folder is on, and who has said so last.
public struct KillState: Sendable, Equatable {
    /// How it came.
    public enum Cause: String, Sendable, CaseIterable {
        /// `spinetail kill`, or a program of yours over the control socket.
        case command
        /// SIGUSR2.
        case signal
        /// The file `KILL`.
        case file
        /// The state's own file could not be read, or was not what was written: nobody can say that it was off.
        case damaged
    }

    public var isOn: Bool
    public var cause: Cause
    /// Of the person, up to 16 characters; empty: never said.
    public var name: String
    /// UTC, nanoseconds since 1970; 0: never said.
    public var atUtcNs: UInt64
    /// Of a damaged file, in words; else empty.
    public var damage = ""

    /// Never said.
    public static var never: KillState { KillState(isOn: false, cause: .command, name: "", atUtcNs: 0) }

    public init(isOn: Bool, cause: Cause, name: String, atUtcNs: UInt64) {
        self.isOn = isOn
        self.cause = cause
        self.name = name
        self.atUtcNs = atUtcNs
    }
}
