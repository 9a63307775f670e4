internal import Model

/// What a scope may do, and since when and why it may do no more.
public struct StateRow: Codable, Sendable, Equatable {
    /// `account`, `strategy`, `instrument`.
    public var scope: String
    /// Of the strategy or the instrument; `nil`: the account.
    public var name: String?
    /// `normal`, `reduce_only`, `liquidation_only`, `halted`.
    public var state: String
    /// The rule that brought it there; `nil`: nothing stands against it.
    public var cause: String?
    /// The same in words.
    public var text: String?
    /// UTC, nanoseconds since 1970; of what an earlier run left, when that one met it.
    public var sinceUtcNs: UInt64?
    /// Number of the input that brought it there.
    public var sequence: UInt64?
    /// The limit that was passed and the value that did it, as the core holds them: see ``unit``; `nil`: the rule measures
    /// nothing.
    public var limit: Int64?
    public var value: Int64?
    /// The setting that the limit is, `risk.max_daily_loss`.
    public var setting: String?
    /// What ``limit`` and ``value`` count in: `1e-4 USD`, `ppm`, `ns`.
    public var unit: String?
    /// Both as the settings have them: `8.00 USD`.
    public var limitText: String?
    public var valueText: String?
    /// Who did it; `nil`: no person.
    public var by: String?
    /// Who or what ends it, and nothing beside it: the command, the next day, the next run.
    public var ends: String?

    /// From what the core tells.
    ///
    /// - Parameters:
    ///   - name: Of the strategy, or the instrument's symbol; of a whole stream what it is called.
    ///   - currency: Code of the account's base; empty: not known.
    ///   - known: What a limit is set to now; `nil`: not known.
    init(
        _ fact: Fact, scope: RiskScope, name: String?, atUtcNs: UInt64?, currency: String = "",
        known: (LimitKind, RiskScope) -> Int64? = { _, _ in nil }
    ) {
        let state = TradingState(rawValue: UInt8(truncatingIfNeeded: fact.detail)) ?? .halted
        let rule = Rule(rawValue: fact.detail >> 16) ?? .none
        self.scope = "\(scope)"
        self.name = name
        self.state = Words.name(state)
        sinceUtcNs = atUtcNs
        sequence = fact.sequence == 0 ? nil : fact.sequence
        guard state != .normal else { return }
        cause = rule == .none ? nil : rule.name
        text = rule == .none ? nil : Words.refusal(rule)
        if fact.price != 0 || fact.quantity != 0 {
            limit = fact.price
            value = fact.quantity
            if let measure = RuleMeasure.ofState(rule) {
                setting = measure.path(fact.price, scope, name ?? "", known: known)
                unit = measure.unit.rawName(currency: currency)
                limitText = measure.text(fact.price, currency: currency)
                valueText = measure.text(fact.quantity, currency: currency)
            }
        }
        let person = OperatorName(high: fact.order_id_high, low: fact.order_id_low)
        by = person.isEmpty ? nil : person.description
        ends = Self.ends(rule, scope, name ?? "")
    }

    /// From what was looked at, not told: a market that is closed, an instrument that may not be traded.
    init(
        instrument name: String, _ state: TradingState, _ rule: Rule, sinceUtcNs: UInt64?, ends: String
    ) {
        scope = "\(RiskScope.instrument)"
        self.name = name
        self.state = Words.name(state)
        cause = rule.name
        text = Words.refusal(rule)
        self.sinceUtcNs = sinceUtcNs
        self.ends = ends
    }

    /// Whoever may. A command as it is to be given, but for the name: it lifts this scope and no wider one.
    private static func ends(_ rule: Rule, _ scope: RiskScope, _ name: String) -> String {
        let lift: String
        switch scope {
        case .account: lift = "spinetail lift --scope account --by NAME"
        case .strategy: lift = "spinetail lift --scope strategy:\(name) --by NAME"
        case .instrument: lift = "spinetail lift --scope instrument:\(name) --by NAME"
        }
        switch rule {
        case .dayLoss, .cancelRatio: return "the next day, or \(lift)"
        case .engineHeld, .journalFailed, .stopped: return "the next run"
        // Data comes, or it does not: nobody's word changes that.
        case .staleData: return "the stream's next message"
        case .none, .noQuote, .staleBook, .notTrading, .sizedToZero, .unknownInstrument, .signalBufferFull,
            .orderQuantity, .orderNotional, .positionLimit, .grossNotional, .openOrderCount, .priceCollar,
            .offTick, .offLot, .reduceOnly, .restrictedSymbol, .orderPoolFull, .noCredit, .sessionDown,
            .journalPressure, .instrumentReduceOnly, .residueFull, .executionSetNearFull, .rateLimit,
            .noSuchOrder, .requestPending, .badTerms, .wouldTrade, .timerQueueFull, .noChange,
            .noBackOffice, .nameless, .unknownCurrency, .badRate, .orderQuantityMin, .orderCapital,
            .positionEquity, .netNotional, .openNotional, .lastCollar, .dailyVolume, .selfTrade,
            .duplicateOrder, .cash, .margin, .shortSale, .orderRate, .dayNotional, .marketClosed,
            .patternDayTrader, .drawdown, .sessionDrawdown, .consecutiveRejects, .repeatedExecutions,
            .killed, .operatorSaid, .closing, .statesUnknown:
            return lift
        }
    }
}
