/// Two sets of strategies side by side, the first one's indices before the second's. Nests: `Both<A, Both<B, C>>`.
public struct Both<First: StrategySet & ~Copyable, Second: StrategySet & ~Copyable>: StrategySet, ~Copyable {
    public var first: First
    public var second: Second

    @inlinable public init(_ first: consuming First, _ second: consuming Second) {
        self.first = first
        self.second = second
    }

    @inlinable public static var count: Int { First.count + Second.count }

    @inlinable public mutating func onStart(_ index: Int, _ context: inout StrategyContext) {
        if index < First.count {
            first.onStart(index, &context)
        } else {
            second.onStart(index - First.count, &context)
        }
    }
    @inlinable public mutating func onQuote(
        _ index: Int, _ quote: Quote, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onQuote(index, quote, &context)
        } else {
            second.onQuote(index - First.count, quote, &context)
        }
    }
    @inlinable public mutating func onTrade(
        _ index: Int, _ trade: Trade, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onTrade(index, trade, &context)
        } else {
            second.onTrade(index - First.count, trade, &context)
        }
    }
    @inlinable public mutating func onFill(
        _ index: Int, _ fill: Fill, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onFill(index, fill, &context)
        } else {
            second.onFill(index - First.count, fill, &context)
        }
    }
    @inlinable public mutating func onOrder(
        _ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onOrder(index, update, &context)
        } else {
            second.onOrder(index - First.count, update, &context)
        }
    }
    @inlinable public mutating func onTimer(
        _ index: Int, _ id: UInt32, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onTimer(index, id, &context)
        } else {
            second.onTimer(index - First.count, id, &context)
        }
    }
    @inlinable public mutating func onStop(_ index: Int, _ context: inout StrategyContext) {
        if index < First.count {
            first.onStop(index, &context)
        } else {
            second.onStop(index - First.count, &context)
        }
    }
}

extension Both: Copyable where First: Copyable, Second: Copyable {}
extension Both: Sendable where First: Sendable & ~Copyable, Second: Sendable & ~Copyable {}
