public import Model

/// What a scope may do from here on.
@frozen public struct RiskStateChange: BitwiseCopyable, Sendable {
    public var scope: RiskScope
    /// Where the scope is one; `.none`: every instrument of a stream whose data is stale, or no more.
    public var instrument: InstrumentID
    /// What it may do with all causes together.
    public var state: TradingState
    /// The cause that came or went.
    public var rule: Rule
    /// The limit and the value that passed it, in the unit of the rule.
    public var limit: Int64
    public var value: Int64

    @inlinable public init(
        scope: RiskScope, instrument: InstrumentID, state: TradingState, rule: Rule, limit: Int64,
        value: Int64
    ) {
        self.scope = scope
        self.instrument = instrument
        self.state = state
        self.rule = rule
        self.limit = limit
        self.value = value
    }
}
