/// How much of an instrument, as a whole number of its quantity scale. Signed where it is a position.
@frozen public struct Quantity: Comparable, Hashable, BitwiseCopyable, Sendable {
    /// In units of 10⁻ˢ of one share or contract, s being the instrument's quantity scale (0 for US equities).
    public let raw: Int64

    @inlinable public init(raw: Int64) { self.raw = raw }
    @inlinable public static var zero: Quantity { Quantity(raw: 0) }

    @inlinable public static func < (a: Quantity, b: Quantity) -> Bool { a.raw < b.raw }
    @inlinable public static func + (a: Quantity, b: Quantity) -> Quantity { Quantity(raw: a.raw + b.raw) }
    @inlinable public static func - (a: Quantity, b: Quantity) -> Quantity { Quantity(raw: a.raw - b.raw) }
    @inlinable public static prefix func - (a: Quantity) -> Quantity { Quantity(raw: -a.raw) }
    @inlinable public static func += (a: inout Quantity, b: Quantity) { a = a + b }
    @inlinable public static func -= (a: inout Quantity, b: Quantity) { a = a - b }
}
