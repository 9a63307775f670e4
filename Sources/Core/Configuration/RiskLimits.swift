public import Model

/// Hard limits and breakers of the account. Each limit is inclusive: a value at its limit passes. What each is and when it
/// is off stands with ``LimitKind``; what is not named in an initialiser here is off.
public struct RiskLimits: BitwiseCopyable, Sendable, Equatable {
    // MARK: Orders and totals

    /// Worst end of the position in one instrument, either way; an instrument's own limit goes before it.
    public var positionMax = Quantity(raw: 5_000)
    public var positionEquityPpm: Int64 = 0
    public var orderQuantityMax = Quantity(raw: 1_000)
    public var orderQuantityMin = Quantity.zero
    /// Price times quantity times multiplier, in the account's base currency: 200,000.0000.
    public var orderNotionalMax = Money(raw: 200_000_0000)
    public var orderCapitalPpm: Int64 = 0
    /// Sum over the instruments of the worst end of the position at its reference price, in the base currency:
    /// 2,000,000.0000.
    public var grossNotionalMax = Money(raw: 2_000_000_0000)
    /// The same with shorts taken off longs, at its worse end.
    public var netNotionalMax = Money(raw: Int128(Int64.max))
    /// Orders that have not ended.
    public var openOrderCountMax = 200
    /// What they come to at their prices.
    public var openNotionalMax = Money(raw: Int128(Int64.max))
    /// How far a limit may lie from the reference price: 5%.
    public var collarPpm: Int64 = 50_000
    public var lastCollarPpm: Int64 = 0
    public var dailyVolumePpm: Int64 = 0
    public var requiresDailyVolume = false
    public var ordersPerSecond: Int64 = 0
    public var orderBurst: Int64 = 100
    public var duplicateOrderMax: Int64 = 0
    public var duplicateWindowNs: UInt64 = 1_000_000_000
    public var preventsSelfTrade = false
    public var requiresCash = false
    public var marginPpm: Int64 = 0
    public var allowsShortSales = true
    public var dayNotionalMax = Money(raw: Int128(Int64.max))

    // MARK: Breakers

    /// A positive amount.
    public var dayLossMax = Money.zero
    public var dayLossPpm: Int64 = 0
    public var drawdownPpm: Int64 = 0
    public var sessionDrawdownPpm: Int64 = 0
    public var rejectCountMax: Int64 = 0
    public var staleDataNs: UInt64 = 0
    public var executionCountMax: Int64 = 0
    public var executionWindowNs: UInt64 = 1_000_000_000
    public var cancelRatioHundredths: Int64 = 0
    public var flattensInLiquidation = false

    // MARK: Pattern day trader guard

    public var guardsDayTrades = false
    public var dayTradeEquityMin = Money(raw: 25_000_0000)
    public var dayTradeCount: Int64 = 4
    public var dayTradeDays: Int64 = 5

    public init() {}
}
