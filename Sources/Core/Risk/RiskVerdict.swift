internal import Model

/// What a check says: the rule that refused, its limit, and the value that would have passed it.
struct RiskVerdict: BitwiseCopyable {
    let rule: Rule
    let limit: Int64
    let value: Int64
    /// Whose limit or state it is.
    let scope: RiskScope

    init(_ rule: Rule, limit: Int64 = 0, value: Int64 = 0, scope: RiskScope = .account) {
        self.rule = rule
        self.limit = limit
        self.value = value
        self.scope = scope
    }

    /// As a fact carries it.
    var detail: UInt32 { rule.rawValue | UInt32(scope.rawValue) << 16 }

    static var passed: RiskVerdict { RiskVerdict(.none) }
    var isPassed: Bool { rule == .none }
}
