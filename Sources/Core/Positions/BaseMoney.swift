public import Model

/// An amount in the account's base currency, exact: units of 10⁻¹⁵ of the money unit in 256 bits.
///
/// That is what an exact conversion needs: rates have nine decimals, fees six. With every bound of ``Ledger`` at its
/// end, an account's sum has 217 bits.
@frozen public struct BaseMoney: BitwiseCopyable, Comparable, Sendable {
    // Two's complement.
    @usableFromInline var high: Int128
    @usableFromInline var low: UInt128

    @inlinable init(high: Int128, low: UInt128) {
        self.high = high
        self.low = low
    }

    @inlinable public static var zero: BaseMoney { BaseMoney(high: 0, low: 0) }

    /// Units of a money unit.
    @usableFromInline static var unit: UInt64 { 1_000_000_000_000_000 }
    /// Units of a millionth of it.
    @usableFromInline static var millionth: UInt64 { 1_000_000_000 }

    @inlinable public static func < (a: BaseMoney, b: BaseMoney) -> Bool {
        a.high < b.high || (a.high == b.high && a.low < b.low)
    }

    @inlinable public static func + (a: BaseMoney, b: BaseMoney) -> BaseMoney {
        let (low, carried) = a.low.addingReportingOverflow(b.low)
        return BaseMoney(high: a.high &+ b.high &+ (carried ? 1 : 0), low: low)
    }

    @inlinable public static func - (a: BaseMoney, b: BaseMoney) -> BaseMoney {
        let (low, borrowed) = a.low.subtractingReportingOverflow(b.low)
        return BaseMoney(high: a.high &- b.high &- (borrowed ? 1 : 0), low: low)
    }

    /// Adds a product of an amount of some currency and what one unit of it is worth.
    @inline(__always)
    mutating func add(_ amount: Int128, times worth: Int128) {
        let short = Int64(truncatingIfNeeded: amount)
        let shortWorth = Int64(truncatingIfNeeded: worth)
        // Nearly always both have 64 bits: one multiplication.
        if Int128(short) == amount, Int128(shortWorth) == worth {
            let product = Int128(short) &* Int128(shortWorth)
            self = self + BaseMoney(high: product >> 127, low: UInt128(truncatingIfNeeded: product))
        } else {
            addWide(amount, times: worth)
        }
    }

    @inline(never)
    private mutating func addWide(_ amount: Int128, times worth: Int128) {
        let product = amount.multipliedFullWidth(by: worth)
        self = self + BaseMoney(high: product.high, low: product.low)
    }

    /// The amount in money units, rounded down: against us. What 128 bits cannot hold is shown as the nearest they can.
    public var money: Money { Money(raw: Self.floor(self, Self.unit)) }

    /// In money units, rounded up: for what we owe.
    public var moneyRoundedUp: Money { Money(raw: -Self.floor(.zero - self, Self.unit)) }

    /// In millionths of the money unit, rounded up: for what we owe.
    var millionthsRoundedUp: Int128 { -Self.floor(.zero - self, Self.millionth) }

    private static func floor(_ amount: BaseMoney, _ divisor: UInt64) -> Int128 {
        let isNegative = amount.high < 0
        let size = isNegative ? BaseMoney.zero - amount : amount
        let high = UInt128(truncatingIfNeeded: size.high)
        // Below this the quotient has at most 127 bits, and the divisions are the machine's own.
        guard high < UInt128(divisor / 2) else { return isNegative ? -Int128.max : .max }
        let first = divisor.dividingFullWidth(
            (UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: size.low >> 64)))
        let (second, rest) = divisor.dividingFullWidth(
            (first.remainder, UInt64(truncatingIfNeeded: size.low)))
        let whole = Int128(first.quotient) << 64 | Int128(second)
        guard whole < Int128.max else { return isNegative ? -Int128.max : .max }
        return isNegative ? (rest == 0 ? -whole : -whole - 1) : whole
    }

    /// A millionth of it in money units, rounded down; it is not negative.
    var millionthInMoney: Int128 { Self.floor(self, Self.unit) / 1_000_000 }

    /// Basis points of `whole` that this is, rounded up; `nil`: `whole` is not above zero. At most 2⁴⁰.
    public func basisPoints(of whole: BaseMoney) -> Int64? { parts(10_000, of: whole) }

    /// The same in parts per million.
    func partsPerMillion(of whole: BaseMoney) -> Int64? { parts(1_000_000, of: whole) }

    private func parts(_ count: UInt128, of whole: BaseMoney) -> Int64? {
        guard whole > .zero else { return nil }
        guard self > .zero else { return 0 }
        let wanted = times(count)
        // The smallest number that is enough, bit by bit: a quotient of 256 bits, for people, needs no speed.
        var low: UInt128 = 0
        var high: UInt128 = 1 << 40
        while high - low > 1 {
            let middle = (low + high) / 2
            if whole.times(middle) < wanted { low = middle } else { high = middle }
        }
        return Int64(high)
    }

    /// A 2⁵⁰th of it, rounded down: above zero that is less than what it comes to in money units, and known without a
    /// division. Below zero it means nothing but that.
    @inline(__always) var atLeast: Int128 {
        // At most 2⁹⁶, so that shares of it stay within 128 bits.
        guard likely(high >= -1 && high < 1 << 18) else { return high < 0 ? -1 : 1 << 96 }
        return high << 78 | Int128(truncatingIfNeeded: low >> 50)
    }

    /// The same where it is from 0 to below 2⁶⁰; −1: it is not.
    @inline(__always) var shortly: Int64 {
        let above = UInt64(truncatingIfNeeded: low >> 64)
        let beyond =
            UInt64(truncatingIfNeeded: high) | UInt64(truncatingIfNeeded: high >> 64) | above >> 46
        let least = above << 14 | UInt64(truncatingIfNeeded: low) >> 50
        return beyond == 0 ? Int64(truncatingIfNeeded: least) : -1
    }

    /// Not negative: times a number.
    func times(_ factor: UInt128) -> BaseMoney {
        let product = low.multipliedFullWidth(by: factor)
        return BaseMoney(
            high: high &* Int128(factor) &+ Int128(truncatingIfNeeded: product.high), low: product.low)
    }
}
