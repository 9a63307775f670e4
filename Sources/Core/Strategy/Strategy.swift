/// One strategy: a struct with the callbacks that it needs; those that it leaves out do nothing.
public protocol Strategy: StrategySet, ~Copyable {
    /// The engine is up, before the first event.
    mutating func onStart(_ context: inout StrategyContext)
    /// The best bid or ask of an instrument has changed.
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext)
    /// Something traded.
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext)
    /// One of this strategy's orders executed.
    mutating func onFill(_ fill: Fill, _ context: inout StrategyContext)
    /// One of this strategy's orders was accepted, cancelled, rejected, or came in doubt.
    mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext)
    /// A timer that this strategy set with ``StrategyContext/setTimer(afterNs:id:)``.
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext)
    /// The engine stops in order.
    mutating func onStop(_ context: inout StrategyContext)
}

extension Strategy where Self: ~Copyable {
    @inlinable public mutating func onStart(_ context: inout StrategyContext) {}
    @inlinable public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {}
    @inlinable public mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {}
    @inlinable public mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {}
    @inlinable public mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {}
    @inlinable public mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {}
    @inlinable public mutating func onStop(_ context: inout StrategyContext) {}

    // A strategy is a set of one.
    @inlinable public static var count: Int { 1 }
    @inlinable public mutating func onStart(_ index: Int, _ context: inout StrategyContext) {
        onStart(&context)
    }
    @inlinable public mutating func onQuote(_ index: Int, _ quote: Quote, _ context: inout StrategyContext) {
        onQuote(quote, &context)
    }
    @inlinable public mutating func onTrade(_ index: Int, _ trade: Trade, _ context: inout StrategyContext) {
        onTrade(trade, &context)
    }
    @inlinable public mutating func onFill(_ index: Int, _ fill: Fill, _ context: inout StrategyContext) {
        onFill(fill, &context)
    }
    @inlinable public mutating func onOrder(
        _ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext
    ) {
        onOrder(update, &context)
    }
    @inlinable public mutating func onTimer(_ index: Int, _ id: UInt32, _ context: inout StrategyContext) {
        onTimer(id, &context)
    }
    @inlinable public mutating func onStop(_ index: Int, _ context: inout StrategyContext) {
        onStop(&context)
    }
}
