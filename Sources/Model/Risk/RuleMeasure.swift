/// What the limit and the value are that a rule carries: the limit's setting, and the unit of both.
public struct RuleMeasure: Sendable, Equatable {
    /// The limit that says it; `nil`: it is no setting of risk.
    public let kind: LimitKind?
    /// Another of the account that may say it in its place: what is recorded does not tell which of the two it was.
    private let other: LimitKind?
    public let unit: LimitUnit

    private init(_ kind: LimitKind?, _ unit: LimitUnit, or other: LimitKind? = nil) {
        (self.kind, self.unit, self.other) = (kind, unit, other)
    }

    /// Of an order or signal that the rule refused.
    ///
    /// - Returns: `nil`: the rule measures nothing.
    public static func ofRefusal(_ rule: Rule, _ scope: RiskScope) -> RuleMeasure? {
        // swift-format-ignore
        switch rule {
        case .orderQuantity:    RuleMeasure(.orderQuantityMax, .shares)
        case .orderQuantityMin: RuleMeasure(.orderQuantityMin, .shares)
        case .orderNotional:    RuleMeasure(.orderNotionalMax, .money)
        case .orderCapital:     RuleMeasure(.orderCapitalPpm, .money)
        case .positionLimit:    RuleMeasure(.positionMax, .shares)
        case .positionEquity:   RuleMeasure(.positionEquityPpm, .money)
        case .grossNotional:    RuleMeasure(.grossNotionalMax, .money)
        case .netNotional:      RuleMeasure(.netNotionalMax, .money)
        case .openNotional:     RuleMeasure(.openNotionalMax, .money)
        case .dayNotional:      RuleMeasure(.dayNotionalMax, .money)
        case .openOrderCount:   RuleMeasure(.openOrderCountMax, .count)
        case .priceCollar:      RuleMeasure(.collarPpm, .price)
        case .lastCollar:       RuleMeasure(.lastCollarPpm, .price)
        case .dailyVolume:      RuleMeasure(.dailyVolumePpm, .shares)
        case .orderRate:        RuleMeasure(.ordersPerSecond, .perSecond)
        case .duplicateOrder:   RuleMeasure(.duplicateOrderMax, .count)
        case .selfTrade:        RuleMeasure(.preventsSelfTrade, .price)
        case .cash:             RuleMeasure(.requiresCash, .money)
        case .margin:           RuleMeasure(.marginPpm, .money)
        case .shortSale:        RuleMeasure(scope == .instrument ? .locatedQuantity : .allowsShortSales, .shares)
        case .patternDayTrader: RuleMeasure(.dayTradeCount, .count)
        case .staleData:        RuleMeasure(.staleDataNs, .seconds)
        case .offTick, .wouldTrade:            RuleMeasure(nil, .price)
        case .offLot, .reduceOnly:             RuleMeasure(nil, .shares)
        case .rateLimit:                       RuleMeasure(nil, .perSecond)
        case .orderPoolFull, .residueFull, .noCredit: RuleMeasure(nil, .count)
        // A state lets nothing pass that it stands against: how much that would have been.
        case .dayLoss, .drawdown, .sessionDrawdown, .consecutiveRejects, .repeatedExecutions, .cancelRatio,
            .operatorSaid, .instrumentReduceOnly, .executionSetNearFull, .closing:
            RuleMeasure(nil, .shares)
        case .none, .noQuote, .staleBook, .notTrading, .sizedToZero, .unknownInstrument, .signalBufferFull,
            .restrictedSymbol, .sessionDown, .stopped, .journalPressure, .noSuchOrder, .requestPending,
            .badTerms, .timerQueueFull, .noChange, .noBackOffice, .nameless, .unknownCurrency, .badRate,
            .marketClosed, .killed, .engineHeld, .journalFailed, .statesUnknown:
            nil
        }
    }

    /// Of a state that the rule brought a scope to: what tripped it.
    ///
    /// - Returns: `nil`: the rule measures nothing.
    public static func ofState(_ rule: Rule) -> RuleMeasure? {
        // swift-format-ignore
        switch rule {
        case .dayLoss:            RuleMeasure(.dayLossMax, .money, or: .dayLossPpm)
        case .drawdown:           RuleMeasure(.drawdownPpm, .percent)
        case .sessionDrawdown:    RuleMeasure(.sessionDrawdownPpm, .percent)
        case .consecutiveRejects: RuleMeasure(.rejectCountMax, .count)
        case .staleData:          RuleMeasure(.staleDataNs, .seconds)
        case .repeatedExecutions: RuleMeasure(.executionCountMax, .count, or: .executionCountMax)
        case .cancelRatio:        RuleMeasure(.cancelRatioHundredths, .ratio)
        case .none, .noQuote, .staleBook, .notTrading, .sizedToZero, .unknownInstrument, .signalBufferFull,
            .orderQuantity, .orderNotional, .positionLimit, .grossNotional, .openOrderCount, .priceCollar,
            .offTick, .offLot, .reduceOnly, .restrictedSymbol, .orderPoolFull, .noCredit, .sessionDown,
            .stopped, .journalPressure, .instrumentReduceOnly, .residueFull, .executionSetNearFull,
            .rateLimit, .noSuchOrder, .requestPending, .badTerms, .wouldTrade, .timerQueueFull, .noChange,
            .noBackOffice, .nameless, .unknownCurrency, .badRate, .orderQuantityMin, .orderCapital,
            .positionEquity, .netNotional, .openNotional, .lastCollar, .dailyVolume, .selfTrade,
            .duplicateOrder, .cash, .margin, .shortSale, .orderRate, .dayNotional, .marketClosed,
            .patternDayTrader, .killed, .operatorSaid, .engineHeld, .journalFailed, .closing,
            .statesUnknown:
            nil
        }
    }

    /// The setting that says it, as far as that is known; `nil`: none does.
    ///
    /// - Parameters:
    ///   - limit: As it was recorded.
    ///   - name: Of the strategy, or the instrument's symbol.
    ///   - known: What a limit is set to; `nil`: not known.
    public func path(
        _ limit: Int64, _ scope: RiskScope, _ name: String,
        known: (LimitKind, RiskScope) -> Int64? = { _, _ in nil }
    ) -> String? {
        guard let kind else { return nil }
        // The account's limits hold for orders and states of narrower scopes, too.
        let owner = kind.isOf(scope) ? scope : .account
        var candidates = [(kind, owner)]
        if let other, other != kind ? owner == .account : owner != .account {
            candidates.append((other, .account))
        }
        if let exact = candidates.first(where: { $0.0.unit == unit && known($0.0, $0.1) == limit }) {
            candidates = [exact]
        }
        let on = candidates.filter { known($0.0, $0.1) != 0 }
        return (on.isEmpty ? candidates : on).map { $0.0.path($0.1, name) }.joined(separator: " or ")
    }

    /// A limit with the setting that says it: `risk.max_drawdown_pct 10.0 %`; where the limit is what the setting came to, and not the
    /// setting's own value, `42.00 (risk.prevent_self_trade)`.
    public static func words(_ setting: String?, _ text: String, isOwn: Bool) -> String {
        guard let setting, !setting.isEmpty else { return text }
        return isOwn ? "\(setting) \(text)" : "\(text) (\(setting))"
    }

    /// Whether the limit is counted as its setting is.
    public var isInSettingsUnit: Bool { kind?.unit == unit }

    public func text(_ value: Int64, currency: String) -> String { unit.text(value, currency: currency) }
}
