/// An amount of one currency, exact: a product of price, quantity and multiplier, or a sum of such products.
///
/// Never divided while it is kept; only what shows it divides (``decimal(scale:)``).
@frozen public struct Money: Comparable, Hashable, BitwiseCopyable, Sendable {
    /// In units of 10⁻ˢ of the currency, s being the price scale plus the quantity scale.
    public let raw: Int128

    @inlinable public init(raw: Int128) { self.raw = raw }
    @inlinable public static var zero: Money { Money(raw: 0) }

    /// What `quantity` costs at `price`; `multiplier` is the contract's value of one point of price.
    @inlinable public init(_ price: Price, times quantity: Quantity, multiplier: Int64 = 1) {
        raw = Int128(price.raw) * Int128(quantity.raw) * Int128(multiplier)
    }

    @inlinable public static func < (a: Money, b: Money) -> Bool { a.raw < b.raw }
    @inlinable public static func + (a: Money, b: Money) -> Money { Money(raw: a.raw + b.raw) }
    @inlinable public static func - (a: Money, b: Money) -> Money { Money(raw: a.raw - b.raw) }
    @inlinable public static prefix func - (a: Money) -> Money { Money(raw: -a.raw) }
    @inlinable public static func += (a: inout Money, b: Money) { a = a + b }
    @inlinable public static func -= (a: inout Money, b: Money) { a = a - b }
    @inlinable public var magnitude: Money { Money(raw: raw < 0 ? -raw : raw) }
}
