public import Model

/// A signal or order of the strategy that is called, refused by our own risk. It is in the journal, with the same figures.
@frozen public struct Refusal: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    /// Of the order; `.none`: the signal came to nothing before there was one.
    public var side: Side
    public var rule: Rule
    /// Whose limit or state it was.
    public var scope: RiskScope
    /// The limit, and the value that would have passed it, in the unit of the rule.
    public var limit: Int64
    public var value: Int64
    /// Of the order that was refused; `.none`: there was none yet.
    public var order: OrderID

    @inlinable public init(
        instrument: InstrumentID, side: Side, rule: Rule, scope: RiskScope, limit: Int64, value: Int64,
        order: OrderID
    ) {
        self.instrument = instrument
        self.side = side
        self.rule = rule
        self.scope = scope
        self.limit = limit
        self.value = value
        self.order = order
    }
}
