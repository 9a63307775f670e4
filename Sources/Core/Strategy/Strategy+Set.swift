// A strategy is a set of one.
extension Strategy where Self: ~Copyable {
    @inlinable public static var count: Int { 1 }
    @inlinable public static var interests: StrategyInterests { wants }
    @inlinable public static func interests(of index: Int) -> StrategyInterests { wants }

    @inlinable public mutating func onStart(_ index: Int, _ context: inout StrategyContext) {
        onStart(&context)
    }
    @inlinable public mutating func onQuote(_ index: Int, _ quote: Quote, _ context: inout StrategyContext) {
        if Self.wants.contains(.quotes) { onQuote(quote, &context) }
    }
    @inlinable public mutating func onTrade(_ index: Int, _ trade: Trade, _ context: inout StrategyContext) {
        if Self.wants.contains(.trades) { onTrade(trade, &context) }
    }
    @inlinable public mutating func onBook(
        _ index: Int, _ change: BookChange, _ context: inout StrategyContext
    ) {
        if Self.wants.contains(.books) { onBook(change, &context) }
    }
    @inlinable public mutating func onBar(_ index: Int, _ bar: Bar, _ context: inout StrategyContext) {
        if Self.wants.contains(.bars) { onBar(bar, &context) }
    }
    @inlinable public mutating func onTimer(_ index: Int, _ id: UInt32, _ context: inout StrategyContext) {
        onTimer(id, &context)
    }
    @inlinable public mutating func onFill(_ index: Int, _ fill: Fill, _ context: inout StrategyContext) {
        onFill(fill, &context)
    }
    @inlinable public mutating func onOrder(
        _ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext
    ) {
        onOrder(update, &context)
    }
    @inlinable public mutating func onPosition(
        _ index: Int, _ position: OwnPosition, _ context: inout StrategyContext
    ) {
        onPosition(position, &context)
    }
    @inlinable public mutating func onRefused(
        _ index: Int, _ refusal: Refusal, _ context: inout StrategyContext
    ) {
        onRefused(refusal, &context)
    }
    @inlinable public mutating func onStatus(
        _ index: Int, _ change: StatusChange, _ context: inout StrategyContext
    ) {
        onStatus(change, &context)
    }
    @inlinable public mutating func onRiskState(
        _ index: Int, _ change: RiskStateChange, _ context: inout StrategyContext
    ) {
        onRiskState(change, &context)
    }
    @inlinable public mutating func onConnection(
        _ index: Int, _ change: ConnectionChange, _ context: inout StrategyContext
    ) {
        onConnection(change, &context)
    }
    @inlinable public mutating func onStop(_ index: Int, _ context: inout StrategyContext) {
        onStop(&context)
    }
}
