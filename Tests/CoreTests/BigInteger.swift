/// A whole number without a bound: sign and digits of 32 bits, as on paper. For models that must not overflow, not for
/// speed.
struct BigInteger: Comparable, CustomStringConvertible {
    /// Lowest first, the highest not 0.
    private var digits: [UInt32] = []
    private var isNegative = false

    static let zero = BigInteger(0)

    init<Value: BinaryInteger>(_ value: Value) {
        isNegative = value < 0
        var rest = value.magnitude
        while rest != 0 {
            digits.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
    }

    private init(_ digits: [UInt32], isNegative: Bool) {
        self.digits = digits
        while self.digits.last == 0 { self.digits.removeLast() }
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    var magnitude: BigInteger { BigInteger(digits, isNegative: false) }

    private static func compare(_ a: [UInt32], _ b: [UInt32]) -> Int {
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        for place in a.indices.reversed() where a[place] != b[place] { return a[place] < b[place] ? -1 : 1 }
        return 0
    }

    private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(max(a.count, b.count) + 1)
        var carry: UInt64 = 0
        for place in 0..<max(a.count, b.count) {
            carry += UInt64(place < a.count ? a[place] : 0) + UInt64(place < b.count ? b[place] : 0)
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        if carry != 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `a` is not less than `b`.
    private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(a.count)
        var borrow: Int64 = 0
        for place in a.indices {
            borrow += Int64(a[place]) - Int64(place < b.count ? b[place] : 0)
            result.append(UInt32(truncatingIfNeeded: borrow))
            borrow >>= 32
        }
        return result
    }

    static func < (a: BigInteger, b: BigInteger) -> Bool {
        if a.isNegative != b.isNegative { return a.isNegative }
        return a.isNegative ? compare(a.digits, b.digits) > 0 : compare(a.digits, b.digits) < 0
    }

    static prefix func - (a: BigInteger) -> BigInteger { BigInteger(a.digits, isNegative: !a.isNegative) }
    static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + -b }
    static func += (a: inout BigInteger, b: BigInteger) { a = a + b }
    static func -= (a: inout BigInteger, b: BigInteger) { a = a - b }

    static func + (a: BigInteger, b: BigInteger) -> BigInteger {
        if a.isNegative == b.isNegative {
            return BigInteger(sum(a.digits, b.digits), isNegative: a.isNegative)
        }
        return compare(a.digits, b.digits) >= 0
            ? BigInteger(difference(a.digits, b.digits), isNegative: a.isNegative)
            : BigInteger(difference(b.digits, a.digits), isNegative: b.isNegative)
    }

    static func * (a: BigInteger, b: BigInteger) -> BigInteger {
        var result = [UInt32](repeating: 0, count: a.digits.count + b.digits.count)
        for place in a.digits.indices {
            var carry: UInt64 = 0
            for other in b.digits.indices {
                carry += UInt64(a.digits[place]) * UInt64(b.digits[other]) + UInt64(result[place + other])
                result[place + other] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            result[place + b.digits.count] = UInt32(carry)
        }
        return BigInteger(result, isNegative: a.isNegative != b.isNegative)
    }

    /// Truncated toward zero, bit by bit.
    static func / (a: BigInteger, b: BigInteger) -> BigInteger {
        precondition(!b.digits.isEmpty, "Caller: nothing is divided by zero")
        var quotient = [UInt32](repeating: 0, count: a.digits.count)
        var rest = BigInteger.zero
        let divisor = b.magnitude
        for place in a.digits.indices.reversed() {
            for bit in (0..<32).reversed() {
                rest = rest + rest
                if a.digits[place] >> bit & 1 == 1 { rest = rest + BigInteger(1) }
                if rest >= divisor {
                    rest = rest - divisor
                    quotient[place] |= 1 << bit
                }
            }
        }
        return BigInteger(quotient, isNegative: a.isNegative != b.isNegative)
    }

    /// Rounded down.
    func floor(_ divisor: BigInteger) -> BigInteger {
        let quotient = self / divisor
        return quotient * divisor > self ? quotient - BigInteger(1) : quotient
    }

    /// In base 2³², for messages.
    var description: String {
        (isNegative ? "-" : "") + "0x"
            + digits.reversed().map { String($0, radix: 16) }.joined(separator: "_")
    }
}
