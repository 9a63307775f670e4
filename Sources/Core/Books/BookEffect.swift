/// What one market event did to the books. Nothing set: nothing that anybody has to hear of.
@frozen public struct BookEffect: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var none: BookEffect { BookEffect(rawValue: 0) }
    /// Best price or its quantity changed, on either side.
    @inlinable public static var topChanged: BookEffect { BookEffect(rawValue: 1) }
    /// A trade was reported; the event carries price, quantity and, where it is known, the resting order's side.
    @inlinable public static var traded: BookEffect { BookEffect(rawValue: 2) }
    /// The instrument's trading status is another than before.
    @inlinable public static var statusChanged: BookEffect { BookEffect(rawValue: 4) }
    /// This event made the book broken; it was not broken before.
    @inlinable public static var broken: BookEffect { BookEffect(rawValue: 8) }
    /// The event could not be applied; a counter says why.
    @inlinable public static var ignored: BookEffect { BookEffect(rawValue: 16) }
    /// This event brought the best bid above the best ask in an instrument that trades.
    @inlinable public static var crossed: BookEffect { BookEffect(rawValue: 32) }

    // Concrete, as the hot path may not call the generic ones; for the same reason it writes `.none` for `[]`.
    @inlinable public func contains(_ other: BookEffect) -> Bool {
        rawValue & other.rawValue == other.rawValue
    }
    @inlinable public func union(_ other: BookEffect) -> BookEffect {
        BookEffect(rawValue: rawValue | other.rawValue)
    }
    @inlinable public func subtracting(_ other: BookEffect) -> BookEffect {
        BookEffect(rawValue: rawValue & ~other.rawValue)
    }
    @inlinable public mutating func formUnion(_ other: BookEffect) { self = union(other) }
}
