/// Which message of a session is the first that a feed wants.
public enum FeedStart: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The session's first. Whatever was sent before we listened is missing, and is asked for where that is possible.
    case first
    /// The first that comes: what went before is not missed. For captures that begin within a day; books by order
    /// break at the first order from before, books by level fill up as levels change.
    case whereverWeCome
}
