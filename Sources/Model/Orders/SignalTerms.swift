/// What a signal says beside the common terms of an order: most say nothing of it.
@frozen public struct SignalTerms: BitwiseCopyable, Sendable {
    /// Where a stop is triggered; a trailing stop may leave it 0: the last trade less the distance.
    public var stop = Price(raw: 0)
    /// Distance of a trailing stop from the best trade since it was made, in the price scale.
    public var trail = Price(raw: 0)
    /// Bracket: a limit order that closes what this one executes, at this price; 0: none.
    public var takeProfit = Price(raw: 0)
    /// Bracket: a stop that closes what this one executes; 0: none. With ``takeProfit``, one cancels the other.
    public var stopLoss = Price(raw: 0)
    /// Good till date: how long from now, in core time.
    public var lifetimeNs: UInt64 = 0
    /// The order that ``SignalAction/cancelOrder`` and ``SignalAction/replace`` speak of, or that this one is tied to.
    public var order = OrderHandle.none
    /// How it is tied to ``order``: `.sibling` (one cancels the other), `.triggeredBy` (one triggers the other); `nil`:
    /// not at all.
    public var link: OrderLink?
    /// What becomes of the rest after a partial fill; `nil`: what the settings say.
    public var remainder: RemainderPolicy?

    @inlinable public init() {}
}
