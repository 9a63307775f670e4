/// Several instances of one strategy type, each with its own state and settings.
public struct Repeated<let instanceCount: Int, Element: Strategy & ~Copyable>: StrategySet, ~Copyable {
    public var elements: InlineArray<instanceCount, Element>

    /// - Parameter make: gives the strategy for an index in `0 ..< instanceCount`.
    @inlinable public init(_ make: (Int) -> Element) {
        elements = InlineArray { make($0) }
    }

    @inlinable public static var count: Int { instanceCount }
    @inlinable public static var interests: StrategyInterests { Element.wants }
    @inlinable public static func interests(of index: Int) -> StrategyInterests { Element.wants }

    @inlinable public mutating func onStart(
        _ index: Int, _ context: inout StrategyContext
    ) {
        elements[index].onStart(index, &context)
    }
    @inlinable public mutating func onQuote(
        _ index: Int, _ quote: Quote, _ context: inout StrategyContext
    ) {
        elements[index].onQuote(index, quote, &context)
    }
    @inlinable public mutating func onTrade(
        _ index: Int, _ trade: Trade, _ context: inout StrategyContext
    ) {
        elements[index].onTrade(index, trade, &context)
    }
    @inlinable public mutating func onBook(
        _ index: Int, _ change: BookChange, _ context: inout StrategyContext
    ) {
        elements[index].onBook(index, change, &context)
    }
    @inlinable public mutating func onBar(
        _ index: Int, _ bar: Bar, _ context: inout StrategyContext
    ) {
        elements[index].onBar(index, bar, &context)
    }
    @inlinable public mutating func onTimer(
        _ index: Int, _ id: UInt32, _ context: inout StrategyContext
    ) {
        elements[index].onTimer(index, id, &context)
    }
    @inlinable public mutating func onFill(
        _ index: Int, _ fill: Fill, _ context: inout StrategyContext
    ) {
        elements[index].onFill(index, fill, &context)
    }
    @inlinable public mutating func onOrder(
        _ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext
    ) {
        elements[index].onOrder(index, update, &context)
    }
    @inlinable public mutating func onPosition(
        _ index: Int, _ position: OwnPosition, _ context: inout StrategyContext
    ) {
        elements[index].onPosition(index, position, &context)
    }
    @inlinable public mutating func onRefused(
        _ index: Int, _ refusal: Refusal, _ context: inout StrategyContext
    ) {
        elements[index].onRefused(index, refusal, &context)
    }
    @inlinable public mutating func onStatus(
        _ index: Int, _ change: StatusChange, _ context: inout StrategyContext
    ) {
        elements[index].onStatus(index, change, &context)
    }
    @inlinable public mutating func onRiskState(
        _ index: Int, _ change: RiskStateChange, _ context: inout StrategyContext
    ) {
        elements[index].onRiskState(index, change, &context)
    }
    @inlinable public mutating func onConnection(
        _ index: Int, _ change: ConnectionChange, _ context: inout StrategyContext
    ) {
        elements[index].onConnection(index, change, &context)
    }
    @inlinable public mutating func onStop(
        _ index: Int, _ context: inout StrategyContext
    ) {
        elements[index].onStop(index, &context)
    }
}

extension Repeated: Copyable where Element: Copyable {}
extension Repeated: Sendable where Element: Sendable & ~Copyable {}
