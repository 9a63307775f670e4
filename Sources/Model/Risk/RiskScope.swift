/// Whom a limit or a state concerns.
@frozen public enum RiskScope: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case account = 0
    /// One strategy, by its index.
    case strategy = 1
    /// One instrument, by its id.
    case instrument = 2
}
