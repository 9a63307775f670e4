/// Something that must be there before a run can begin is not. Says what was tried, on what, why it failed and what
/// to do about it, in one line that needs no source to understand.
public struct SetupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried: "listen for orders".
    public let what: String
    /// On what: a path, an address, a core.
    public let place: String
    /// The kernel's reason; `nil` when the fault was found without asking it.
    public let reason: Errno?
    public let why: String
    public let remedy: String

    public init(_ what: String, at place: String, _ reason: Errno, remedy: String? = nil) {
        self.what = what
        self.place = place
        self.reason = reason
        why = reason.description
        self.remedy = remedy ?? reason.remedy
    }

    public init(_ what: String, at place: String, why: String, remedy: String) {
        self.what = what
        self.place = place
        reason = nil
        self.why = why
        self.remedy = remedy
    }

    public var description: String { "cannot \(what) (\(place)): \(why); \(remedy)" }
}
