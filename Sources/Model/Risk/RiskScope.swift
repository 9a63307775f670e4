/// Whom a limit or a state concerns.
@frozen public enum RiskScope: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case account = 0
    /// One strategy, by its index.
    case strategy = 1
    /// One instrument, by its id.
    case instrument = 2
}

extension RiskScope {
    /// Makes it the scope of a number; `false`: none has it. For the hot path, which may not call what is synthesised in
    /// another module.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func become(_ number: UInt8) -> Bool {
        guard let scope = RiskScope(rawValue: number) else { return false }
        self = scope
        return true
    }
}
