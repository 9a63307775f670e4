/// Names one limit, breaker or switch of risk: in settings, in the journal, and where limits are changed in a running
/// engine. A number is never given a second meaning.
///
/// The comment says what its value is, an `Int64`; money is in 10⁻⁴ of the base currency, shares of something are parts per
/// million (1% = 10,000), times are nanoseconds. `Int64.max` is no limit for the limits above; 0 switches the others off.
@frozen public enum LimitKind: UInt16, BitwiseCopyable, Sendable, CaseIterable {
    // Limits of an order and of totals
    /// Worst end of the position in one instrument, either way.
    case positionMax = 1
    /// Worst end of the position at its reference price, of the equity. 0: off.
    case positionEquityPpm = 2
    case orderQuantityMax = 3
    /// 0: none.
    case orderQuantityMin = 4
    case orderNotionalMax = 5
    /// An order's notional, of the equity. 0: off.
    case orderCapitalPpm = 6
    case grossNotionalMax = 7
    case netNotionalMax = 8
    case openOrderCountMax = 9
    case openNotionalMax = 10
    /// How far a price may lie from the reference.
    case collarPpm = 11
    /// How far a price may lie from the last trade. 0: off.
    case lastCollarPpm = 12
    /// An order's quantity, of the instrument's average daily volume. 0: off.
    case dailyVolumePpm = 13
    /// Orders and replacements a second. 0: off.
    case ordersPerSecond = 14
    /// How many may come at once.
    case orderBurst = 15
    /// The same order so many times in a row within ``duplicateWindowNs`` passes. 0: off.
    case duplicateOrderMax = 16
    case duplicateWindowNs = 17
    /// 1: an order that would trade with one of our own is refused.
    case preventsSelfTrade = 18
    /// 1: what is bought must be paid for by the available cash.
    case requiresCash = 19
    /// Of the worst ends of all positions at their reference prices, what the equity must carry. 0: off.
    case marginPpm = 20
    /// 1: what is not held may be sold.
    case allowsShortSales = 21
    /// What is traded in a day, with what is open. `Int64.max`: no limit.
    case dayNotionalMax = 22
    /// 1: where ``dailyVolumePpm`` is on, an instrument whose volume is unknown is refused.
    case requiresDailyVolume = 23

    // Breakers
    /// The day's loss at which trading is halted until the next day. 0: off.
    case dayLossMax = 40
    /// The same, of the equity at the day's begin. 0: off.
    case dayLossPpm = 41
    /// The fall from the equity's peak beyond which trading is halted until it is lifted by hand. 0: off.
    case drawdownPpm = 42
    /// The fall from the peak of this run beyond which only closing is left. 0: off.
    case sessionDrawdownPpm = 43
    /// So many rejects of the venue in a row, and no order may raise exposure. 0: off.
    case rejectCountMax = 44
    /// Market data of a traded instrument's stream older than this, and no order may raise exposure. 0: off.
    case staleDataNs = 45
    /// So many executions of one strategy in one instrument within ``executionWindowNs`` pass. 0: off.
    case executionCountMax = 46
    case executionWindowNs = 47
    /// Cancels and replacements for each execution of the day, in hundredths, from 100 orders on. 0: off.
    case cancelRatioHundredths = 48
    /// 1: in `liquidationOnly` what is held is closed at once.
    case flattensInLiquidation = 49

    // The pattern day trader guard
    /// 1: on.
    case guardsDayTrades = 60
    /// Equity at or above this is free of it.
    case dayTradeEquityMin = 61
    /// So many day trades within ``dayTradeDays`` make a pattern day trader: 4.
    case dayTradeCount = 62
    /// Business days, the current one among them: 5.
    case dayTradeDays = 63

    // Of an instrument alone
    /// 1: no orders at all.
    case isRestricted = 80
    /// What may be sold short where short sales are allowed. `Int64.max`: no locate is needed.
    case locatedQuantity = 81
    /// Volume of a usual day. 0: unknown.
    case averageDailyVolume = 82
}

extension LimitKind {
    /// Makes it the kind of a number; `false`: none has it. For the hot path, which may not call what is synthesised in
    /// another module.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func become(_ number: UInt16) -> Bool {
        guard let kind = LimitKind(rawValue: number) else { return false }
        self = kind
        return true
    }

    /// Whether a scope has it.
    #if !DEBUG
    @_noLocks
    #endif
    public func isOf(_ scope: RiskScope) -> Bool {
        switch self {
        case .orderQuantityMax, .orderNotionalMax, .ordersPerSecond, .orderBurst, .positionMax: true
        case .openOrderCountMax, .openNotionalMax, .dayLossMax, .executionCountMax, .executionWindowNs:
            scope != .instrument
        case .marginPpm: scope != .strategy
        case .isRestricted, .locatedQuantity, .averageDailyVolume: scope == .instrument
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .collarPpm, .lastCollarPpm, .dailyVolumePpm, .duplicateOrderMax, .duplicateWindowNs,
            .preventsSelfTrade, .requiresCash, .allowsShortSales, .dayNotionalMax, .requiresDailyVolume,
            .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm, .rejectCountMax, .staleDataNs,
            .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays:
            scope == .account
        }
    }

    /// Whether a value is "none of its own" for a strategy or an instrument. Of other kinds the largest number is no value at
    /// all: a rate or a margin of so much cannot be counted with.
    #if !DEBUG
    @_noLocks
    #endif
    public func isOpen(_ value: Int64) -> Bool {
        switch self {
        case .positionMax, .orderQuantityMax, .orderNotionalMax, .openOrderCountMax, .openNotionalMax,
            .locatedQuantity:
            value == .max
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .collarPpm, .lastCollarPpm, .dailyVolumePpm, .ordersPerSecond, .orderBurst, .duplicateOrderMax,
            .duplicateWindowNs, .preventsSelfTrade, .requiresCash, .marginPpm, .allowsShortSales,
            .dayNotionalMax, .requiresDailyVolume, .dayLossMax, .dayLossPpm, .drawdownPpm,
            .sessionDrawdownPpm, .rejectCountMax, .staleDataNs, .executionCountMax, .executionWindowNs,
            .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays, .isRestricted, .averageDailyVolume:
            false
        }
    }

    /// Whether a value can be held; what risk multiplies it with stays in range then.
    #if !DEBUG
    @_noLocks
    #endif
    public func allows(_ value: Int64) -> Bool {
        switch self {
        case .positionMax, .orderNotionalMax, .grossNotionalMax, .netNotionalMax, .openNotionalMax,
            .dayNotionalMax, .dayLossMax, .dayTradeEquityMin, .locatedQuantity, .averageDailyVolume:
            value >= 0
        case .orderQuantityMax: value >= 0 && value < 1 << 40
        case .orderQuantityMin: value >= 0 && value < 1 << 40
        case .openOrderCountMax: value >= 0 && value <= 65_535
        case .collarPpm: value >= 0 && value <= 1_000_000
        case .positionEquityPpm, .orderCapitalPpm, .lastCollarPpm, .dailyVolumePpm, .marginPpm, .dayLossPpm,
            .drawdownPpm, .sessionDrawdownPpm:
            value >= 0 && value <= 1_000_000_000
        case .ordersPerSecond: value >= 0 && value <= 1_000_000
        case .orderBurst: value >= 1 && value <= 1_000_000
        case .duplicateOrderMax, .rejectCountMax, .executionCountMax, .cancelRatioHundredths:
            value >= 0 && value <= 1_000_000_000
        case .duplicateWindowNs, .staleDataNs, .executionWindowNs:
            value >= 0 && value <= 86_400_000_000_000
        case .preventsSelfTrade, .requiresCash, .allowsShortSales, .requiresDailyVolume,
            .flattensInLiquidation,
            .guardsDayTrades, .isRestricted:
            value == 0 || value == 1
        case .dayTradeCount, .dayTradeDays: value >= 1 && value <= 1_000
        }
    }
}
