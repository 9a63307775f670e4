public import Model

/// Why an order came to nothing: our own rule with its limit, or the venue's reason.
public struct RefusalRow: Codable, Sendable, Equatable {
    /// `position_limit`; of the venue `venue`.
    public var rule: String
    /// In words.
    public var text: String
    /// Whose limit or state it was: `account`, `strategy`, `instrument`; `nil`: the venue's.
    public var scope: String?
    /// The limit and what would have passed it, as the core has them; `nil`: the rule measures nothing.
    public var limit: Int64?
    public var value: Int64?
    /// The setting that the limit is; `nil`: it is none.
    public var setting: String?
    /// What both count in.
    public var unit: String?
    /// Both as the settings have them.
    public var limitText: String?
    public var valueText: String?

    /// - Parameters:
    ///   - name: Of the scope: the strategy's, the instrument's symbol.
    ///   - currency: Code of the account's base; empty: not known.
    public init(
        _ rule: Rule, _ scope: RiskScope, _ name: String, limit: Int64, value: Int64, currency: String
    ) {
        self.rule = rule.name
        text = Words.refusal(rule)
        self.scope = "\(scope)"
        guard limit != 0 || value != 0 else { return }
        self.limit = limit
        self.value = value
        guard let measure = RuleMeasure.ofRefusal(rule, scope) else { return }
        setting = measure.path(limit, scope, name)
        unit = measure.unit.rawName(currency: currency)
        limitText = measure.text(limit, currency: currency)
        valueText = measure.text(value, currency: currency)
    }

    /// The venue's own reason.
    public init(venueReason: UInt32) {
        rule = "venue"
        text = "the venue refused it, reason \(venueReason)"
        value = Int64(venueReason)
    }

    private var isOwn: Bool {
        guard let rule = Rule.allCases.first(where: { $0.name == rule }),
            let scope = RiskScope.allCases.first(where: { "\($0)" == scope })
        else { return false }
        return RuleMeasure.ofRefusal(rule, scope)?.isInSettingsUnit ?? false
    }

    /// In a column: `position_limit: 5000, limit risk.max_position_units 4000`.
    public var short: String {
        if scope == nil { return text.split(separator: ", ").last.map { "venue, \($0)" } ?? rule }
        guard let valueText, let limitText else { return rule }
        return "\(rule): \(valueText), limit \(RuleMeasure.words(setting, limitText, isOwn: isOwn))"
    }
}
