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
        for (place, word) in words.enumerated() {
            let argument = place < format.arguments.count ? format.arguments[place] : nil
            let value = value(word, argument)
            values.append(value)
            // More arguments than places: shown behind.
            text += place < format.pieces.count - 1 ? format.pieces[place] : " "
            text += value.text
        }
        let shown = min(words.count, format.pieces.count - 1)
        text += format.pieces[shown...].joined(separator: "?")
        return LogLine(
            level: format.level, name: format.name, timeNs: timeNs, utcNs: utcNs, values: values, text: text)
    }

    private func value(_ word: UInt64, _ argument: LogArgument?) -> LogLine.Value {
        let whole = Int64(bitPattern: word)
        switch argument {
        case .whole, nil: return .whole(whole)
        case .number: return .number(Double(bitPattern: word))
        case .price: return .text(DecimalText.string(whole, scale: 4))
        case .symbol: return .text(Symbol(raw: word).description)
        case .rule, .alert:
            return .text(names[argument?.rawValue ?? ""]?[whole] ?? "\(whole)")
        case .letter:
            let letter = UInt8(truncatingIfNeeded: word)
            return .text((0x20..<0x7f).contains(letter) ? String(UnicodeScalar(letter)) : "\(letter)")
        }
    }
}
