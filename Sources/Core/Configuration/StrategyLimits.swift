public import Model

/// Limits of one strategy, beside the account's: on its own position book and its own orders. Nothing is limited unless it
/// is said.
public struct StrategyLimits: BitwiseCopyable, Sendable, Equatable {
    /// Worst end of its own position in one instrument, either way.
    public var positionMax = Quantity(raw: Int64.max)
    public var orderQuantityMax = Quantity(raw: Int64.max)
    public var orderNotionalMax = Money(raw: Int128(Int64.max))
    /// Its orders that have not ended.
    public var openOrderCountMax = Int(Int32.max)
    /// What they come to at their prices.
    public var openNotionalMax = Money(raw: Int128(Int64.max))
    public var ordersPerSecond: Int64 = 0
    public var orderBurst: Int64 = 100
    /// What it lost in a day, marked at the market: then it is halted until the next. Zero: off.
    public var dayLossMax = Money.zero
    public var executionCountMax: Int64 = 0
    public var executionWindowNs: UInt64 = 1_000_000_000

    public init() {}
}
