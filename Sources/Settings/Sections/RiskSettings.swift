public import Model

/// Hard limits, circuit breakers and switches of the account. What would pass a limit is refused, with the rule's name.
///
/// Which limit of the core each of them is: ``Settings/limits(strategies:also:)``. Money is in 10⁻⁴ of the base currency.
public struct RiskSettings: Sendable, Equatable {
    // MARK: An order and totals

    /// Worst case of one instrument, long or short, open orders counted as filled.
    public var positionUnitsMax = Quantity(raw: 5_000)
    /// The same at its reference price, of the equity; 0: off.
    public var positionEquityPct = Percent(partsPerMillion: 50_000)
    public var orderQuantityMax = Quantity(raw: 1_000)
    public var orderQuantityMin = Quantity.zero
    /// Prices of scale 4 times whole shares, by their rate.
    public var orderNotionalMax = Money(raw: 200_000_0000)
    /// Of the equity; 0: off.
    public var orderCapitalPct = Percent(partsPerMillion: 20_000)
    /// Worst case over all instruments.
    public var grossNotionalMax = Money(raw: 2_000_000_0000)
    public var netNotionalMax = Money(raw: 2_000_000_0000)
    public var openOrdersMax = 200
    public var openNotionalMax = Money(raw: 2_000_000_0000)
    /// How far from the reference price a limit price may be.
    public var priceCollarPct = Percent(partsPerMillion: 50_000)
    /// How far from the last trade; 0: off.
    public var lastTradeCollarPct = Percent(partsPerMillion: 0)
    /// Of the instrument's average daily volume; 0: off.
    public var dailyVolumePct = Percent(partsPerMillion: 10_000)
    /// Whether an instrument whose volume is unknown is refused, where it is limited by it.
    public var requiresDailyVolume = false
    /// 0: off.
    public var ordersPerSecond: Int64 = 1_000
    public var orderBurst: Int64 = 200
    /// 0: off.
    public var duplicateOrdersMax: Int64 = 10
    public var duplicateWindowNs: Int64 = 1_000_000_000
    public var preventsSelfTrade = true
    public var requiresCash = true
    /// 0: off.
    public var initialMarginPct = Percent(partsPerMillion: 500_000)
    public var allowsShortSales = true
    /// 0: no limit.
    public var dayNotionalMax = Money.zero
    public var restrictedSymbols: [Symbol] = []

    // MARK: Breakers

    /// A positive amount; 0: off.
    public var dailyLossMax = Money(raw: 25_000_0000)
    public var dailyLossPct = Percent(partsPerMillion: 0)
    public var drawdownPct = Percent(partsPerMillion: 100_000)
    public var sessionDrawdownPct = Percent(partsPerMillion: 50_000)
    public var consecutiveRejectsMax: Int64 = 10
    public var staleDataNs: Int64 = 5_000_000_000
    public var executionsMax: Int64 = 500
    public var executionWindowNs: Int64 = 1_000_000_000
    public var cancelRatioHundredths: Int64 = 0
    public var flattensInLiquidation = false

    public var patternDayTrader = PatternDayTraderSettings()

    public init() {}
}

/// The guard against becoming a pattern day trader (FINRA rule 4210): it holds margin accounts only.
public struct PatternDayTraderSettings: Sendable, Equatable {
    public var enabled = true
    /// Equity at or above this is free of it.
    public var equityMin = Money(raw: 25_000_0000)
    /// The day trade that is not to happen.
    public var dayTrades = 4
    /// Business days that they are counted over, the current one among them.
    public var days = 5

    public init() {}
}
