/// Integers in a power-of-ten scale, as people read and write them. Cold code only: it makes strings.
public enum DecimalText {
    /// `12345` in scale 4 is `1.2345`; every digit of the scale is written.
    public static func string<Raw: SignedInteger>(_ raw: Raw, scale: Int) -> String {
        precondition(scale >= 0, "Caller: a scale is not negative")
        let negative = raw < 0
        var digits = String(raw.magnitude)
        if digits.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.count) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        let whole = digits[..<point]
        let text = scale == 0 ? String(whole) : "\(whole).\(digits[point...])"
        return negative ? "-" + text : text
    }

    /// `1.5000` in scale 4 as `1.5`, with at least `digitsMin` behind the point.
    public static func short<Raw: SignedInteger>(_ raw: Raw, scale: Int, digitsMin: Int = 0) -> String {
        var text = string(raw, scale: scale)
        guard let point = text.firstIndex(of: ".") else { return text }
        while text.last == "0", text.distance(from: point, to: text.endIndex) - 1 > digitsMin {
            text.removeLast()
        }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// The whole number that `text` is in `scale`; `nil` where it is no decimal number, has more digits behind
    /// the point than the scale keeps, or does not fit 64 bits. `_` between digits is allowed.
    public static func parse(_ text: String, scale: Int) -> Int64? {
        var rest = Substring(text)
        let negative = rest.first == "-"
        if negative || rest.first == "+" { rest.removeFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, fraction.count <= scale else { return nil }
        let padding = String(repeating: "0", count: scale - fraction.count)
        var value: Int64 = 0
        for character in whole + fraction + padding where character != "_" {
            guard character.isASCII, let digit = character.wholeNumberValue else { return nil }
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.subtractingReportingOverflow(Int64(digit))
            guard !overflowed, !carried else { return nil }
            value = sum  // summed below zero, where Int64 has one more number
        }
        if negative { return value }
        return value == .min ? nil : -value
    }
}

extension Price {
    /// The price with every digit of its scale, as in `150.0500`.
    public func decimal(scale: Int) -> String { DecimalText.string(raw, scale: scale) }
}

extension Money {
    /// The amount with two digits behind the point, rounded half away from zero.
    ///
    /// - Parameter scale: Price scale plus quantity scale of the instruments that the amount comes from; at
    ///   least 2.
    public func decimal(scale: Int) -> String {
        precondition(scale >= 2, "Caller: money is shown from scale 2 on")
        var unit: Int128 = 1
        for _ in 0..<(scale - 2) { unit *= 10 }
        let half = unit / 2
        let rounded = (raw < 0 ? raw - half : raw + half) / unit
        return DecimalText.string(rounded, scale: 2)
    }
}
