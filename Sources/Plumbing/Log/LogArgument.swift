internal import Model

/// What the eight bytes of a log record's argument are.
public enum LogArgument: String, Sendable, CaseIterable {
    /// A signed whole number.
    case whole
    /// A double.
    case number
    /// A price in 10⁻⁴.
    case price
    /// Eight ASCII characters, space padded.
    case symbol
    /// A ``Model/Rule``.
    case rule
    /// A ``Model/AlertCode``.
    case alert
    /// One ASCII character.
    case letter
    /// A ``Model/TradingState``.
    case state
    /// A ``Model/RiskScope``.
    case scope
    /// Index of a strategy; 65,535: none.
    case strategy
    /// Whom the line's scope means: a strategy's index, a symbol; of the account nothing.
    case subject
    /// The limit that an order passed, and what would have passed it, as the line's rule and scope measure them.
    case limit
    case value
    /// The limit that a scope passed, and by what.
    case trip
    case tripValue = "trip_value"
    /// Nanoseconds, shown in seconds.
    case seconds
    /// A ``Model/LimitKind``: the account's setting.
    case setting
    /// Eight characters of text, the first in the lowest byte, zeros behind its end.
    case text

    /// The numbers that stand for names, as the file's table has them.
    var names: [(value: Int64, name: String)] {
        switch self {
        case .rule: Rule.allCases.map { (Int64($0.rawValue), $0.name) }
        case .alert: AlertCode.allCases.map { (Int64($0.rawValue), Self.snakeCase("\($0)")) }
        case .state: TradingState.allCases.map { (Int64($0.rawValue), Self.snakeCase("\($0)")) }
        case .scope: RiskScope.allCases.map { (Int64($0.rawValue), "\($0)") }
        case .setting: LimitKind.allCases.map { (Int64($0.rawValue), $0.path(.account, "")) }
        case .whole, .number, .price, .symbol, .letter, .strategy, .subject, .limit, .value, .trip,
            .tripValue,
            .seconds, .text:
            []
        }
    }

    /// Whether it is shown in the unit that the line's rule and scope say, from lines of the table that begin so.
    var measure: String? {
        switch self {
        case .limit, .value: "refused"
        case .trip, .tripValue: "tripped"
        case .whole, .number, .price, .symbol, .rule, .alert, .letter, .state, .scope, .strategy, .subject,
            .seconds, .setting, .text:
            nil
        }
    }

    /// What rules measure in a scope: word, rule, scope, unit, and the setting, with `*` for the scope's
    /// name; in brackets where the limit is what the setting came to.
    static var measures: [(word: String, rule: Rule, scope: RiskScope, unit: LimitUnit, setting: String)] {
        var measures: [(String, Rule, RiskScope, LimitUnit, String)] = []
        func add(_ word: String, _ measure: RuleMeasure?, _ rule: Rule, _ scope: RiskScope) {
            guard let measure else { return }
            let path = measure.path(0, scope, "*") ?? ""
            let setting = measure.isInSettingsUnit || path.isEmpty ? path : "(\(path))"
            measures.append((word, rule, scope, measure.unit, setting))
        }
        for rule in Rule.allCases {
            for scope in RiskScope.allCases {
                add("refused", RuleMeasure.ofRefusal(rule, scope), rule, scope)
                add("tripped", RuleMeasure.ofState(rule), rule, scope)
            }
        }
        return measures
    }

    /// `crossedBook` as `crossed_book`.
    static func snakeCase(_ text: String) -> String {
        text.reduce(into: "") { out, letter in
            out += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}
