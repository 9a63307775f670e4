/// Two sets of strategies side by side, the first one's indices before the second's. Nests: `Both<A, Both<B, C>>`.
public struct Both<First: StrategySet & ~Copyable, Second: StrategySet & ~Copyable>: StrategySet, ~Copyable {
    public var first: First
    public var second: Second

    @inlinable public init(_ first: consuming First, _ second: consuming Second) {
        self.first = first
        self.second = second
    }

    @inlinable public static var count: Int { First.count + Second.count }
    @inlinable public static var interests: StrategyInterests { First.interests.and(Second.interests) }
    @inlinable public static func interests(of index: Int) -> StrategyInterests {
        index < First.count ? First.interests(of: index) : Second.interests(of: index - First.count)
    }

    @inlinable public mutating func onStart(
        _ index: Int, _ context: inout StrategyContext
    ) {
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
    @inlinable public mutating func onBook(
        _ index: Int, _ change: BookChange, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onBook(index, change, &context)
        } else {
            second.onBook(index - First.count, change, &context)
        }
    }
    @inlinable public mutating func onBar(
        _ index: Int, _ bar: Bar, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onBar(index, bar, &context)
        } else {
            second.onBar(index - First.count, bar, &context)
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
    @inlinable public mutating func onPosition(
        _ index: Int, _ position: OwnPosition, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onPosition(index, position, &context)
        } else {
            second.onPosition(index - First.count, position, &context)
        }
    }
    @inlinable public mutating func onRefused(
        _ index: Int, _ refusal: Refusal, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onRefused(index, refusal, &context)
        } else {
            second.onRefused(index - First.count, refusal, &context)
        }
    }
    @inlinable public mutating func onStatus(
        _ index: Int, _ change: StatusChange, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onStatus(index, change, &context)
        } else {
            second.onStatus(index - First.count, change, &context)
        }
    }
    @inlinable public mutating func onRiskState(
        _ index: Int, _ change: RiskStateChange, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onRiskState(index, change, &context)
        } else {
            second.onRiskState(index - First.count, change, &context)
        }
    }
    @inlinable public mutating func onConnection(
        _ index: Int, _ change: ConnectionChange, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onConnection(index, change, &context)
        } else {
            second.onConnection(index - First.count, change, &context)
        }
    }
    @inlinable public mutating func onStop(
        _ index: Int, _ context: inout StrategyContext
    ) {
        if index < First.count {
            first.onStop(index, &context)
        } else {
            second.onStop(index - First.count, &context)
        }
    }
}

extension Both: Copyable where First: Copyable, Second: Copyable {}
extension Both: Sendable where First: Sendable & ~Copyable, Second: Sendable & ~Copyable {}
