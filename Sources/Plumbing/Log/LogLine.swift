internal import Model

/// One line of a log, made ready to be shown.
public struct LogLine: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case whole(Int64)
        case number(Double)
        case text(String)

        public var text: String {
            switch self {
            case .whole(let value): "\(value)"
            case .number(let value): "\(value)"
            case .text(let value): value
            }
        }
    }

    public var level: LogLevel
    /// `feed_gap`; a format that the file's table does not have is `format_<number>`.
    public var name: String
    /// The event's own time: nanoseconds of the engine's clock, and since 1970.
    public var timeNs: UInt64
    public var utcNs: Int64
    public var values: [Value]
    /// With the values in their places.
    public var text: String
}

/// The table in a file's head.
struct LogTable {
    struct Format {
        var level: LogLevel
        var name: String
        /// Around the values: one more than there are of these.
        var pieces: [Substring]
        var arguments: [LogArgument?]
    }

    private var formats: [UInt16: Format] = [:]
    private var names: [String: [Int64: String]] = [:]
    private struct Measure {
        var unit: LimitUnit
        var setting: String
    }
    /// By word, rule and scope.
    private var measures: [String: Measure] = [:]
    private var currency = ""

    /// What the words of a line mean that stand for others.
    private struct Context {
        var rule: Int64 = 0
        var scope: Int64 = 0
        var symbol = ""
        var strategy = ""
    }

    /// Lines that it does not understand are passed over: a newer program may have written them.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 6, fields[0] == "format", let number = UInt16(fields[1]),
                let level = LogLevel(name: String(fields[2]))
            {
                formats[number] = Format(
                    level: level, name: String(fields[3]), pieces: Self.pieces(fields[5]),
                    arguments: fields[4].split(separator: " ").map { LogArgument(rawValue: String($0)) })
            } else if fields.count == 4, fields[0] == "name", let value = Int64(fields[2]) {
                names[String(fields[1]), default: [:]][value] = String(fields[3])
            } else if fields.count == 5, fields[0] == "refused" || fields[0] == "tripped",
                let unit = LimitUnit(name: fields[3])
            {
                measures[fields[0...2].joined(separator: " ")] = Measure(
                    unit: unit, setting: String(fields[4]))
            } else if fields.count == 2, fields[0] == "currency" {
                currency = String(fields[1])
            }
        }
    }

    /// Text around the `{}`.
    private static func pieces(_ text: Substring) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var place = start
        while place < text.endIndex {
            let next = text.index(after: place)
            if text[place] == "{", next < text.endIndex, text[next] == "}" {
                pieces.append(text[start..<place])
                start = text.index(after: next)
                place = start
            } else {
                place = next
            }
        }
        return pieces + [text[start...]]
    }

    func line(_ number: UInt16, timeNs: UInt64, utcAtZeroNs: Int64, _ words: [UInt64]) -> LogLine {
        let utcNs = utcAtZeroNs &+ Int64(bitPattern: timeNs)
        guard let format = formats[number] else {
            return LogLine(
                level: .error, name: "format_\(number)", timeNs: timeNs, utcNs: utcNs,
                values: words.map { .whole(Int64(bitPattern: $0)) },
                text: "a line that the file's table does not have: \(words)")
        }
        var values: [LogLine.Value] = []
        var text = ""
        let context = context(words, format)
        var place = 0
        while place < words.count {
            let argument = place < format.arguments.count ? format.arguments[place] : nil
            // More arguments than places: shown behind.
            text += place < format.pieces.count - 1 ? format.pieces[place] : " "
            if argument == .text, place == format.arguments.count - 1 {
                let rest = Self.characters(words[place...])
                values.append(.text(rest))
                text += rest
                break
            }
            values.append(value(words[place], argument, context))
            text += shown(words[place], argument, context)
            place += 1
        }
        let shown = min(words.count, format.pieces.count - 1)
        text += format.pieces[shown...].joined(separator: "?")
        return LogLine(
            level: format.level, name: format.name, timeNs: timeNs, utcNs: utcNs, values: values, text: text)
    }

    private func context(_ words: [UInt64], _ format: Format) -> Context {
        var context = Context()
        for (word, argument) in zip(words, format.arguments) {
            let whole = Int64(bitPattern: word)
            switch argument {
            case .rule: context.rule = whole
            case .scope: context.scope = whole
            case .symbol: context.symbol = Symbol(raw: word).description
            case .strategy: context.strategy = strategy(whole)
            case .subject:
                context.symbol = Symbol(raw: word).description
                context.strategy = strategy(whole)
            case .whole, .number, .price, .alert, .letter, .state, .limit, .value, .trip, .tripValue,
                .seconds,
                .setting, .text, nil:
                break
            }
        }
        return context
    }

    private func strategy(_ index: Int64) -> String {
        index == 0xffff ? "none" : names[LogArgument.strategy.rawValue]?[index] ?? "#\(index)"
    }

    private func measure(_ argument: LogArgument, _ context: Context) -> Measure? {
        argument.measure.flatMap { measures["\($0) \(context.rule) \(context.scope)"] }
    }

    private func name(_ context: Context) -> String {
        switch context.scope {
        case Int64(RiskScope.strategy.rawValue): context.strategy
        case Int64(RiskScope.instrument.rawValue): context.symbol
        default: ""
        }
    }

    /// For a person.
    private func shown(_ word: UInt64, _ argument: LogArgument?, _ context: Context) -> String {
        let whole = Int64(bitPattern: word)
        switch argument {
        case .limit, .trip:
            guard let argument, let measure = measure(argument, context) else { return "\(whole)" }
            let path = measure.setting.split(separator: "*", omittingEmptySubsequences: false).joined(
                separator: name(context))
            let text = measure.unit.text(whole, currency: currency)
            return path.isEmpty ? text : path.hasPrefix("(") ? "\(text) \(path)" : "\(path) \(text)"
        case .value, .tripValue:
            guard let argument, let measure = measure(argument, context) else { return "\(whole)" }
            return measure.unit.text(whole, currency: currency)
        case .seconds: return LimitUnit.seconds.text(whole, currency: "")
        case .subject: return name(context).isEmpty ? "" : " " + name(context)
        case .symbol: return word == 0 ? "no instrument" : Symbol(raw: word).description
        case .whole, .number, .price, .rule, .alert, .letter, .state, .scope, .strategy, .setting, .text, nil:
            return value(word, argument, context).text
        }
    }

    /// For a program: numbers as they were written.
    private func value(_ word: UInt64, _ argument: LogArgument?, _ context: Context) -> LogLine.Value {
        let whole = Int64(bitPattern: word)
        switch argument {
        case .whole, .limit, .value, .trip, .tripValue, .seconds, nil: return .whole(whole)
        case .number: return .number(Double(bitPattern: word))
        case .price: return .text(DecimalText.string(whole, scale: 4))
        case .symbol: return .text(word == 0 ? "" : Symbol(raw: word).description)
        case .strategy: return .text(strategy(whole))
        case .subject: return .text(name(context))
        case .rule, .alert, .state, .scope, .setting:
            return .text(names[argument?.rawValue ?? ""]?[whole] ?? "\(whole)")
        case .text: return .text(Self.characters([word]))
        case .letter:
            let letter = UInt8(truncatingIfNeeded: word)
            return .text((0x20..<0x7f).contains(letter) ? String(UnicodeScalar(letter)) : "\(letter)")
        }
    }

    private static func characters(_ words: some Sequence<UInt64>) -> String {
        var bytes: [UInt8] = []
        for word in words {
            for place in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * place))
                if byte != 0 { bytes.append(byte) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
