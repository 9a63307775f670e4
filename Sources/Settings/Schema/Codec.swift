import Model

/// How one kind of value is written: parsed from the text of a scalar, shown again, described in errors.
struct Codec<Value>: Sendable {
    /// Finishes "expected …".
    let expected: String
    /// `plain`: without quotes in the file. `nil`: not such a value.
    let parse: @Sendable (_ text: String, _ plain: Bool) -> Value?
    /// As it would stand in the file.
    let show: @Sendable (Value) -> String
}

/// Numbers as settings have them: digits, at most one point and one sign; `_` only between digits; no leading zero
/// (YAML 1.1 reads `010` as eight, others as ten), no exponent, no `12:30`.
enum NumberText {
    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ isDigits($0) }), let whole = parts.first else {
            return false
        }
        return whole.count == 1 || whole.first != "0"
    }

    private static func isDigits(_ text: Substring) -> Bool {
        guard let first = text.first, let last = text.last, first != "_", last != "_" else { return false }
        return text.allSatisfy { $0 == "_" || ($0.isASCII && $0.isNumber) } && !text.contains("__")
    }
}

extension Codec where Value == Int {
    static func whole(_ range: ClosedRange<Int>, powerOfTwo: Bool = false) -> Codec<Int> {
        let kind = powerOfTwo ? "a power of two" : "a whole number"
        return Codec(expected: "\(kind) from \(range.lowerBound) to \(range.upperBound)") { text, plain in
            guard plain, NumberText.isNumber(text), let value = DecimalText.parse(text, scale: 0) else {
                return nil
            }
            guard range.contains(Int(value)), !powerOfTwo || value.nonzeroBitCount == 1 else { return nil }
            return Int(value)
        } show: {
            String($0)
        }
    }
}

extension Codec where Value == UInt64 {
    static var seed: Codec<UInt64> {
        Codec(expected: "a whole number from 0 to \(UInt64.max)") { text, plain in
            guard plain, NumberText.isNumber(text), !text.hasPrefix("+") else { return nil }
            return UInt64(text.filter { $0 != "_" })
        } show: {
            String($0)
        }
    }
}

extension Codec where Value == Bool {
    static var flag: Codec<Bool> {
        Codec(expected: "true or false (yes, no, on and off are not taken: YAML readers differ on them)") {
            text, plain in
            guard plain else { return nil }
            return text == "true" ? true : text == "false" ? false : nil
        } show: {
            $0 ? "true" : "false"
        }
    }

}

extension Codec where Value == String {
    /// Text; written without quotes it may not be empty or `null` or `~`, which is how a forgotten value looks.
    static func text(_ count: ClosedRange<Int>, _ what: String = "text") -> Codec<String> {
        Codec(
            expected: "\(what) of \(count.lowerBound) to \(count.upperBound) bytes"
                + (count.lowerBound == 0 ? " (\"\" for none)" : "")
        ) {
            text, plain in
            if plain, text.isEmpty || text == "~" || text == "null" { return nil }
            return count.contains(text.utf8.count) && !text.utf8.contains(0) ? text : nil
        } show: {
            quoted($0)
        }
    }

    static func ascii(_ count: ClosedRange<Int>) -> Codec<String> {
        let base = Codec.text(count, "printable ASCII text")
        return Codec(expected: base.expected) { text, plain in
            base.parse(text, plain).flatMap { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? $0 : nil }
        } show: {
            quoted($0)
        }
    }

    /// Four numbers with points: names are not looked up, the hot path starts from addresses.
    static func address(emptyAllowed: Bool, multicast: Bool? = nil) -> Codec<String> {
        let kind =
            multicast == true ? "an IPv4 multicast group (224.0.0.0 to 239.255.255.255)" : "an IPv4 address"
        let none = emptyAllowed ? ", or \"\" for none" : ""
        return Codec(expected: "\(kind) such as \(multicast == true ? "239.1.2.3" : "127.0.0.1")\(none)") {
            text, plain in
            if text.isEmpty { return emptyAllowed && !plain ? "" : nil }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let bytes = parts.compactMap { part in
                part.count <= 3 && part.allSatisfy { $0.isASCII && $0.isNumber } ? UInt8(part) : nil
            }
            guard parts.count == 4, bytes.count == 4 else { return nil }
            guard let multicast else { return text }
            return (224...239).contains(bytes[0]) == multicast ? text : nil
        } show: {
            quoted($0)
        }
    }

    /// As YAML reads it back, whatever it holds.
    private static func quoted(_ text: String) -> String {
        let plainCharacters = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || [0x2e, 0x2f, 0x5f].contains(byte)
        }
        if plainCharacters, !text.isEmpty, text != "null" { return text }
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default:
                scalar.value < 0x20
                    ? "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst() : String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension Codec where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    static var choice: Codec<Value> {
        let names = Value.allCases.map(\.rawValue)
        let expected =
            names.count == 1 ? "\(names[0]) (all there is in this version)" : names.joined(separator: " or ")
        return Codec(expected: expected) { text, _ in
            Value(rawValue: text)
        } show: {
            $0.rawValue
        }
    }
}

extension Codec {
    /// What may be left out: `none`.
    static func optional<Wrapped>(_ codec: Codec<Wrapped>) -> Codec<Wrapped?> where Value == Wrapped? {
        Codec<Wrapped?>(expected: "none or \(codec.expected)") { text, plain in
            if plain, text == "none" { return .some(nil) }
            return codec.parse(text, plain).map { .some($0) }
        } show: {
            $0.map(codec.show) ?? "none"
        }
    }
}

extension Codec where Value == Price {
    /// A step of prices, with at most 4 digits behind the point.
    static var tick: Codec<Price> {
        Codec(expected: "an amount from 0.0001 to 100000, at most 4 digits behind the point") { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 4) else {
                return nil
            }
            return (1...1_000_000_000).contains(raw) ? Price(raw: raw) : nil
        } show: {
            DecimalText.short($0.raw, scale: 4)
        }
    }
}

extension Codec where Value == DayTime {
    /// `09:30`, with quotes or without: what the reader of YAML makes of it is not asked.
    static var time: Codec<DayTime> {
        Codec(expected: "a time of day from \"00:00\" to \"23:59\"") { text, _ in
            DayTime(text)
        } show: {
            "\"\($0)\""
        }
    }
}

extension Codec where Value == CalendarDay {
    static var day: Codec<CalendarDay> {
        Codec(expected: "a day such as 2026-11-26") { text, _ in
            CalendarDay(text)
        } show: {
            $0.description
        }
    }
}

extension Codec where Value == Percent {
    /// - Parameter digitsMax: Digits behind the point that are kept; more are refused, not rounded.
    static func percent(_ range: ClosedRange<Percent>, digitsMax: Int = 4) -> Codec<Percent> {
        let bounds = [range.lowerBound, range.upperBound].map {
            DecimalText.short($0.partsPerMillion, scale: 4)
        }
        let expected =
            "percent from \(bounds[0]) to \(bounds[1]), at most \(digitsMax) digits behind the point"
        return Codec(expected: expected) { text, plain in
            guard plain, NumberText.isNumber(text), DecimalText.parse(text, scale: digitsMax) != nil,
                let raw = DecimalText.parse(text, scale: 4)
            else { return nil }
            let value = Percent(partsPerMillion: raw)
            return range.contains(value) ? value : nil
        } show: {
            DecimalText.short($0.partsPerMillion, scale: 4, digitsMin: 1)
        }
    }
}

extension Codec where Value == Money {
    /// Dollars with at most 4 digits behind the point, kept in 10⁻⁴.
    static func dollars(upTo highest: Int64) -> Codec<Money> {
        Codec(expected: "an amount from 0 to \(highest), at most 4 digits behind the point") { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 4) else {
                return nil
            }
            return raw >= 0 && raw <= highest * 10_000 ? Money(raw: Int128(raw)) : nil
        } show: {
            DecimalText.short($0.raw, scale: 4)
        }
    }
}

extension Codec where Value == Money {
    /// Of any currency, with at most 4 digits behind the point, kept in 10⁻⁴.
    static func amount(_ range: ClosedRange<Int64>) -> Codec<Money> {
        Codec(
            expected:
                "an amount from \(range.lowerBound) to \(range.upperBound), at most 4 digits behind the point"
        ) { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 4) else {
                return nil
            }
            return raw >= range.lowerBound * 10_000 && raw <= range.upperBound * 10_000
                ? Money(raw: Int128(raw)) : nil
        } show: {
            DecimalText.short($0.raw, scale: 4)
        }
    }
}

extension Codec where Value == String {
    /// A currency's code. Quoted where it is shown, as `NO` means false to some readers of YAML.
    static func currency(emptyAllowed: Bool) -> Codec<String> {
        Codec(
            expected: "a currency's code, one to eight capital letters and digits"
                + (emptyAllowed ? ", or \"\" for the base" : "")
        ) { text, plain in
            if text.isEmpty { return emptyAllowed && !plain ? "" : nil }
            let isCode = text.utf8.allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            return isCode && text.utf8.count <= 8 ? text : nil
        } show: {
            $0.isEmpty || $0.utf8.contains { $0 <= UInt8(ascii: "9") } ? "\"\($0)\"" : $0
        }
    }
}

extension Codec where Value == Int64 {
    static func count(_ range: ClosedRange<Int64>) -> Codec<Int64> {
        let whole = Codec<Int>.whole(Int(range.lowerBound)...Int(range.upperBound))
        return Codec(expected: whole.expected) {
            whole.parse($0, $1).map { Int64($0) }
        } show: {
            String($0)
        }
    }

    /// How many of one there are for each of another, in hundredths.
    static var hundredths: Codec<Int64> {
        Codec(expected: "a number from 0 to 1000000, at most 2 digits behind the point") { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 2) else {
                return nil
            }
            return (0...100_000_000).contains(raw) ? raw : nil
        } show: {
            DecimalText.short($0, scale: 2)
        }
    }

    /// For one share or contract; at most ten digits behind the point, which is what is kept.
    static var perUnit: Codec<Int64> {
        Codec(expected: "an amount from -1000 to 1000, at most 10 digits behind the point") { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 10) else {
                return nil
            }
            return abs(raw) <= 10_000_000_000_000 ? raw : nil
        } show: {
            DecimalText.short($0, scale: 10)
        }
    }

    /// What one of a currency is worth, in 10⁻⁹ of the base.
    static var rate: Codec<Int64> {
        Codec(expected: "a number above 0, up to 1000000, at most 9 digits behind the point") { text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 9) else {
                return nil
            }
            return raw > 0 && raw <= 1_000_000_000_000_000 ? raw : nil
        } show: {
            DecimalText.short($0, scale: 9)
        }
    }
}

extension Codec where Value == Quantity {
    static func shares(_ range: ClosedRange<Int64>) -> Codec<Quantity> {
        Codec(expected: "a whole number of shares from \(range.lowerBound) to \(range.upperBound)") {
            text, plain in
            guard plain, NumberText.isNumber(text), let raw = DecimalText.parse(text, scale: 0) else {
                return nil
            }
            return range.contains(raw) ? Quantity(raw: raw) : nil
        } show: {
            String($0.raw)
        }
    }
}

extension Codec where Value == Symbol {
    static var symbol: Codec<Symbol> {
        Codec(expected: "a symbol of 1 to 8 characters") { text, _ in
            Symbol(text)
        } show: {
            Codec<String>.text(1...8).show($0.description)
        }
    }
}

extension Codec where Value == Int64 {
    /// Nanoseconds, written in seconds or milliseconds, with a fraction where needed.
    static func nanoseconds(in unit: TimeUnit, _ range: ClosedRange<Int64>) -> Codec<Int64> {
        let bounds = [range.lowerBound, range.upperBound].map { DecimalText.short($0, scale: unit.scale) }
        return Codec(expected: "\(unit.rawValue) from \(bounds[0]) to \(bounds[1])") { text, plain in
            guard plain, NumberText.isNumber(text), let value = DecimalText.parse(text, scale: unit.scale)
            else {
                return nil
            }
            return range.contains(value) ? value : nil
        } show: {
            DecimalText.short($0, scale: unit.scale)
        }
    }
}

enum TimeUnit: String, Sendable {
    case seconds
    case milliseconds

    /// Digits behind the point that a nanosecond is.
    var scale: Int {
        switch self {
        case .seconds: 9
        case .milliseconds: 6
        }
    }
}

extension Codec where Value == Double {
    /// A ratio; never money, a price or a quantity.
    static func ratio(_ range: ClosedRange<Double>) -> Codec<Double> {
        Codec(expected: "a number from \(trimmed(range.lowerBound)) to \(trimmed(range.upperBound))") {
            text, plain in
            guard plain, NumberText.isNumber(text), let value = Double(text.filter { $0 != "_" }) else {
                return nil
            }
            return range.contains(value) ? value : nil
        } show: {
            trimmed($0)
        }
    }

    private static func trimmed(_ value: Double) -> String {
        let text = "\(value)"
        guard !text.contains("e") else { return value.magnitude >= 1 ? "\(Int128(value))" : text }
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
