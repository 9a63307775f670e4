internal import Model

/// What a check says: the rule that refused, its limit, and the value that would have passed it.
struct RiskVerdict: BitwiseCopyable {
    let rule: Rule
    let limit: Int64
    let value: Int64

    init(_ rule: Rule, limit: Int64 = 0, value: Int64 = 0) {
        self.rule = rule
        self.limit = limit
        self.value = value
    }

    static var passed: RiskVerdict { RiskVerdict(.none) }
    var isPassed: Bool { rule == .none }
}
