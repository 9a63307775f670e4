import Model

/// The names that `events` shows, in snake case as everywhere in files and on the command line.
enum EventNames {
    static func name(_ kind: InputKind) -> String { snakeCase("\(kind)") }
    static func name(_ kind: FactKind) -> String { snakeCase("\(kind)") }

    /// As settings and the command line write it.
    static func name(_ timeInForce: TimeInForce) -> String {
        switch timeInForce {
        case .day: "day"
        case .immediateOrCancel: "ioc"
        case .goodTillCancelled: "gtc"
        case .goodTillDate: "gtd"
        case .fillOrKill: "fok"
        }
    }

    /// Everything that `--kind` takes.
    static let all: [String] = {
        var names: [String] = []
        for name in InputKind.allCases.map({ name($0) }) + FactKind.allCases.map({ name($0) }) + ["text"]
        where !names.contains(name) { names.append(name) }
        return names
    }()

    static func snakeCase(_ text: String) -> String {
        var out = ""
        for character in text {
            if character.isUppercase { out += "_" }
            out += character.lowercased()
        }
        return out
    }

    /// A venue's code: the letter where it is one, else the number.
    static func code(_ value: UInt32) -> String {
        value > 0x20 && value < 0x7f ? String(UnicodeScalar(UInt8(value))) : String(value)
    }
}
