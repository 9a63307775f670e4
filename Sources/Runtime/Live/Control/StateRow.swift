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
    /// UTC, nanoseconds since 1970; of what an earlier run left, when this one began.
    public var sinceUtcNs: UInt64?
    /// Number of the input that brought it there.
    public var sequence: UInt64?
    /// The limit that was passed and the value that did it, as the rule measures them; `nil`: it measures nothing.
    public var limit: Int64?
    public var value: Int64?
    /// Who did it; `nil`: no person.
    public var by: String?
    /// Who can end it: `spinetail lift --by NAME`, the next day, the next run.
    public var ends: String?

    /// From what the core tells.
    init(_ fact: Fact, scope: RiskScope, name: String?, atUtcNs: UInt64?) {
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
        }
        let person = OperatorName(high: fact.order_id_high, low: fact.order_id_low)
        by = person.isEmpty ? nil : person.description
        ends = Self.ends(rule)
    }

    /// Whoever may.
    private static func ends(_ rule: Rule) -> String {
        if rule == .dayLoss || rule == .cancelRatio { return "the next day, or spinetail lift --by NAME" }
        if rule == .engineHeld || rule == .journalFailed || rule == .stopped { return "the next run" }
        return "spinetail lift --by NAME"
    }
}
