public import Model

extension Settings {
    /// Every limit, breaker and switch of risk that these settings make: the one mapping from settings to limits, for the
    /// start and for limits that change in a running engine.
    ///
    /// First the account's, each kind that an account has; then the strategies'; then the instruments', sorted by symbol. All
    /// kinds of a scope are there, also those that limit nothing, so that a list taken in whole leaves nothing of an older one.
    ///
    /// - Parameters:
    ///   - strategies: The program's, in the order of their indices.
    ///   - also: Instruments that are said something of although these settings do not name them: those that an engine
    ///     knows already.
    public func limits(strategies: [String], also: [Symbol] = []) -> [LimitValue] {
        var limits = accountLimits
        for (index, name) in strategies.enumerated() {
            limits += Self.limits(of: strategy(name)?.limits ?? StrategyLimitSettings(), index)
        }
        let terms = Dictionary(
            instruments.definitions.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
        let named = instruments.symbols + risk.restrictedSymbols + Array(terms.keys) + also
        let listed = Set(instruments.symbols)
        let restricted = Set(risk.restrictedSymbols)
        for symbol in Set(named).sorted(by: { $0.description < $1.description }) {
            let terms = terms[symbol] ?? InstrumentTerms(symbol: symbol)
            // Known and not listed: what is there is looked after, and nothing is added.
            let isLeftOut = !listed.isEmpty && !listed.contains(symbol)
            limits += Self.limits(
                of: terms, isRestricted: terms.isRestricted || restricted.contains(symbol) || isLeftOut)
        }
        return limits
    }

    private var accountLimits: [LimitValue] {
        let isMarginAccount = account.type == .margin
        let guardsDayTrades = risk.patternDayTrader.enabled && isMarginAccount
        return LimitKind.allCases.compactMap { kind -> LimitValue? in
            let value: Int64
            switch kind {
            case .positionMax: value = risk.positionUnitsMax.raw
            case .positionEquityPpm: value = risk.positionEquityPct.partsPerMillion
            case .orderQuantityMax: value = risk.orderQuantityMax.raw
            case .orderQuantityMin: value = risk.orderQuantityMin.raw
            case .orderNotionalMax: value = Self.money(risk.orderNotionalMax)
            case .orderCapitalPpm: value = risk.orderCapitalPct.partsPerMillion
            case .grossNotionalMax: value = Self.money(risk.grossNotionalMax)
            case .netNotionalMax: value = Self.money(risk.netNotionalMax)
            case .openOrderCountMax: value = Int64(risk.openOrdersMax)
            case .openNotionalMax: value = Self.money(risk.openNotionalMax)
            case .collarPpm: value = risk.priceCollarPct.partsPerMillion
            case .lastCollarPpm: value = risk.lastTradeCollarPct.partsPerMillion
            case .dailyVolumePpm: value = risk.dailyVolumePct.partsPerMillion
            case .requiresDailyVolume: value = risk.requiresDailyVolume ? 1 : 0
            case .ordersPerSecond: value = risk.ordersPerSecond
            case .orderBurst: value = risk.orderBurst
            case .duplicateOrderMax: value = risk.duplicateOrdersMax
            case .duplicateWindowNs: value = risk.duplicateWindowNs
            case .preventsSelfTrade: value = risk.preventsSelfTrade ? 1 : 0
            // A cash account pays for what it buys and sells what it has, whatever else is said.
            case .requiresCash: value = risk.requiresCash || !isMarginAccount ? 1 : 0
            case .marginPpm: value = risk.initialMarginPct.partsPerMillion
            case .allowsShortSales: value = risk.allowsShortSales && isMarginAccount ? 1 : 0
            case .dayNotionalMax:
                value = risk.dayNotionalMax == .zero ? .max : Self.money(risk.dayNotionalMax)
            case .dayLossMax: value = Self.money(risk.dailyLossMax)
            case .dayLossPpm: value = risk.dailyLossPct.partsPerMillion
            case .drawdownPpm: value = risk.drawdownPct.partsPerMillion
            case .sessionDrawdownPpm: value = risk.sessionDrawdownPct.partsPerMillion
            case .rejectCountMax: value = risk.consecutiveRejectsMax
            case .staleDataNs: value = risk.staleDataNs
            case .executionCountMax: value = risk.executionsMax
            case .executionWindowNs: value = risk.executionWindowNs
            case .cancelRatioHundredths: value = risk.cancelRatioHundredths
            case .flattensInLiquidation: value = risk.flattensInLiquidation ? 1 : 0
            case .guardsDayTrades: value = guardsDayTrades ? 1 : 0
            case .dayTradeEquityMin: value = Self.money(risk.patternDayTrader.equityMin)
            case .dayTradeCount: value = Int64(risk.patternDayTrader.dayTrades)
            case .dayTradeDays: value = Int64(risk.patternDayTrader.days)
            case .isRestricted, .locatedQuantity, .averageDailyVolume: return nil
            }
            return LimitValue(kind, value)
        }
    }

    private static func limits(of limits: StrategyLimitSettings, _ index: Int) -> [LimitValue] {
        func limit(_ kind: LimitKind, _ value: Int64) -> LimitValue {
            LimitValue(scope: .strategy, strategy: index, kind: kind, value: value)
        }
        return [
            limit(.positionMax, limits.positionUnitsMax?.raw ?? .max),
            limit(.orderQuantityMax, limits.orderQuantityMax?.raw ?? .max),
            limit(.orderNotionalMax, limits.orderNotionalMax.map(money) ?? .max),
            limit(.openOrderCountMax, limits.openOrdersMax.map { Int64($0) } ?? .max),
            limit(.openNotionalMax, limits.openNotionalMax.map(money) ?? .max),
            limit(.ordersPerSecond, limits.ordersPerSecond),
            limit(.orderBurst, limits.orderBurst),
            limit(.dayLossMax, money(limits.dailyLossMax)),
            limit(.executionCountMax, limits.executionsMax),
            limit(.executionWindowNs, limits.executionWindowNs),
        ]
    }

    private static func limits(of terms: InstrumentTerms, isRestricted: Bool) -> [LimitValue] {
        func limit(_ kind: LimitKind, _ value: Int64) -> LimitValue {
            LimitValue(scope: .instrument, symbol: terms.symbol, kind: kind, value: value)
        }
        return [
            limit(.positionMax, terms.positionUnitsMax?.raw ?? .max),
            limit(.orderQuantityMax, terms.orderQuantityMax?.raw ?? .max),
            limit(.orderNotionalMax, terms.orderNotionalMax.map(money) ?? .max),
            limit(.ordersPerSecond, terms.ordersPerSecond),
            limit(.orderBurst, terms.orderBurst),
            limit(.marginPpm, terms.marginPct.partsPerMillion == 0 ? -1 : terms.marginPct.partsPerMillion),
            limit(.isRestricted, isRestricted ? 1 : 0),
            limit(.locatedQuantity, terms.locatedUnits?.raw ?? .max),
            limit(.averageDailyVolume, terms.averageDailyVolume.raw),
        ]
    }

    /// Bounds of the settings keep it far below the end of 64 bits.
    private static func money(_ money: Money) -> Int64 { Int64(clamping: money.raw) }
}
