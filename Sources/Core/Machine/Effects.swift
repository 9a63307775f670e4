/// What a market event changed that strategies are told of.
@frozen public struct MarketEffect: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    // Not the literal `[]`: it would be an array to the compiler's check.
    @inlinable public static var none: MarketEffect { MarketEffect(rawValue: 0) }
    /// `core.quote` is new: call `onQuote`.
    @inlinable public static var quote: MarketEffect { MarketEffect(rawValue: 1) }
    /// `core.trade` is new: call `onTrade`.
    @inlinable public static var trade: MarketEffect { MarketEffect(rawValue: 2) }
    /// `core.bookChange` is new: call `onBook`.
    @inlinable public static var book: MarketEffect { MarketEffect(rawValue: 4) }
    /// Nothing of these, but ``TradingCore/hasMore``.
    @inlinable public static var more: MarketEffect { MarketEffect(rawValue: 8) }
}

/// What an input changed that strategies are told of.
@frozen public struct InputEffect: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var none: InputEffect { InputEffect(rawValue: 0) }
    /// `core.fill` is new: call `onFill` of `core.calledStrategy`.
    @inlinable public static var fill: InputEffect { InputEffect(rawValue: 1) }
    /// `core.orderUpdate` is new: call `onOrder` of `core.calledStrategy`, after `onFill`.
    @inlinable public static var order: InputEffect { InputEffect(rawValue: 2) }
    /// `core.timerID` has come: call `onTimer` of `core.calledStrategy`.
    @inlinable public static var timer: InputEffect { InputEffect(rawValue: 4) }
    /// Call `onStart` of every strategy.
    @inlinable public static var start: InputEffect { InputEffect(rawValue: 8) }
    /// Call `onStop` of every strategy.
    @inlinable public static var stop: InputEffect { InputEffect(rawValue: 16) }
}
