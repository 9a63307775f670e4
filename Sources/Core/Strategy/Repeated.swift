/// Several instances of one strategy type, each with its own state and settings.
public struct Repeated<let instanceCount: Int, Element: Strategy & ~Copyable>: StrategySet, ~Copyable {
    public var elements: InlineArray<instanceCount, Element>

    /// - Parameter make: gives the strategy for an index in `0 ..< instanceCount`.
    @inlinable public init(_ make: (Int) -> Element) {
        elements = InlineArray { make($0) }
    }

    @inlinable public static var count: Int { instanceCount }

    @inlinable public mutating func onStart(_ index: Int, _ context: inout StrategyContext) {
        elements[index].onStart(&context)
    }
    @inlinable public mutating func onQuote(
        _ index: Int, _ quote: Quote, _ context: inout StrategyContext
    ) {
        elements[index].onQuote(quote, &context)
    }
    @inlinable public mutating func onTrade(
        _ index: Int, _ trade: Trade, _ context: inout StrategyContext
    ) {
        elements[index].onTrade(trade, &context)
    }
    @inlinable public mutating func onFill(
        _ index: Int, _ fill: Fill, _ context: inout StrategyContext
    ) {
        elements[index].onFill(fill, &context)
    }
    @inlinable public mutating func onOrder(
        _ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext
    ) {
        elements[index].onOrder(update, &context)
    }
    @inlinable public mutating func onTimer(
        _ index: Int, _ id: UInt32, _ context: inout StrategyContext
    ) {
        elements[index].onTimer(id, &context)
    }
    @inlinable public mutating func onStop(_ index: Int, _ context: inout StrategyContext) {
        elements[index].onStop(&context)
    }
}

extension Repeated: Copyable where Element: Copyable {}
extension Repeated: Sendable where Element: Sendable & ~Copyable {}
