/// A price as a whole number of the instrument's price scale. Exact from the wire to the journal.
///
/// Prices do not add: `price + price` means nothing and does not compile. They differ by a ``PriceDelta`` and
/// move by one. Negative is legal (spreads). Overflow traps: a wrapped price is worse than a stopped engine.
/// The tick is not here: executions print off tick, so it is a check on orders only.
@frozen public struct Price: Comparable, Hashable, BitwiseCopyable, Sendable {
    /// In units of 10⁻ˢ of the currency, s being the instrument's price scale (4 for US equities).
    public let raw: Int64

    @inlinable public init(raw: Int64) { self.raw = raw }

    @inlinable public static func < (a: Price, b: Price) -> Bool { a.raw < b.raw }
    @inlinable public static func - (a: Price, b: Price) -> PriceDelta { PriceDelta(raw: a.raw - b.raw) }
    @inlinable public static func + (a: Price, d: PriceDelta) -> Price { Price(raw: a.raw + d.raw) }
    @inlinable public static func - (a: Price, d: PriceDelta) -> Price { Price(raw: a.raw - d.raw) }
}

/// The difference of two prices of one instrument, in the same scale.
@frozen public struct PriceDelta: Comparable, Hashable, BitwiseCopyable, Sendable {
    public let raw: Int64

    @inlinable public init(raw: Int64) { self.raw = raw }

    @inlinable public static func < (a: PriceDelta, b: PriceDelta) -> Bool { a.raw < b.raw }
}
