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

    /// The numbers that stand for names, as the file's table has them.
    var names: [(value: Int64, name: String)] {
        switch self {
        case .rule: Rule.allCases.map { (Int64($0.rawValue), $0.name) }
        case .alert: AlertCode.allCases.map { (Int64($0.rawValue), Self.snakeCase("\($0)")) }
        case .whole, .number, .price, .symbol, .letter: []
        }
    }

    /// `crossedBook` as `crossed_book`.
    static func snakeCase(_ text: String) -> String {
        text.reduce(into: "") { out, letter in
            out += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}
