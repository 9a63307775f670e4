/// What a strategy is called for. Only what costs something when nobody asks for it is here; all other callbacks come to
/// whoever has them.
@frozen public struct StrategyInterests: BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var none: StrategyInterests { StrategyInterests(rawValue: 0) }
    /// Best bid or ask of an instrument.
    @inlinable public static var quotes: StrategyInterests { StrategyInterests(rawValue: 1) }
    @inlinable public static var trades: StrategyInterests { StrategyInterests(rawValue: 2) }
    /// Every level of every book: most messages of a feed.
    @inlinable public static var books: StrategyInterests { StrategyInterests(rawValue: 4) }
    /// Bars of trades, as subscribed with ``StrategyContext/subscribe(_:in:)``.
    @inlinable public static var bars: StrategyInterests { StrategyInterests(rawValue: 8) }
    /// Quotes and trades.
    @inlinable public static var usual: StrategyInterests { StrategyInterests(rawValue: 3) }

    // Concrete, and no `OptionSet`: the hot path may call neither the generic functions nor take a literal `[]`.
    @inlinable public func contains(_ other: StrategyInterests) -> Bool {
        rawValue & other.rawValue == other.rawValue
    }
    @inlinable public func and(_ other: StrategyInterests) -> StrategyInterests {
        StrategyInterests(rawValue: rawValue | other.rawValue)
    }
}
