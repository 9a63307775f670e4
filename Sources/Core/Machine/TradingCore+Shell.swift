public import Model

// The only generic code of the core, specialised in the module that names the strategies: stage, callback, stage.
// A concrete `@_noLocks` function around it makes the compiler prove the strategies' callbacks.
extension TradingCore {
    /// Applies one market data message and calls the strategies that are switched on, each one's wishes handled
    /// before the next is called.
    @inlinable public mutating func market<Strategies: StrategySet & ~Copyable>(
        _ event: inout MarketEvent, _ strategies: inout Strategies
    ) {
        let effect = applyMarket(&event)
        guard !effect.isEmpty else { return }
        for index in 0..<Strategies.count where context.enter(index) {
            if effect.contains(.quote) { strategies.onQuote(index, quote, &context) }
            if effect.contains(.trade) { strategies.onTrade(index, trade, &context) }
            if context.signalCount > 0 { decide() }
        }
    }

    /// Applies an input that is no market packet and calls the strategy that it concerns.
    @inlinable public mutating func input<Strategies: StrategySet & ~Copyable>(
        _ input: inout Input, _ strategies: inout Strategies
    ) {
        let effect = applyInput(&input)
        guard !effect.isEmpty else { return }
        if effect.contains(.start) || effect.contains(.stop) {
            for index in 0..<Strategies.count where context.enter(index) {
                if effect.contains(.start) {
                    strategies.onStart(index, &context)
                } else {
                    strategies.onStop(index, &context)
                }
                if context.signalCount > 0 { decide() }
            }
            return
        }
        let index = calledStrategy
        guard index < Strategies.count, context.enter(index) else { return }
        if effect.contains(.timer) { strategies.onTimer(index, timerID, &context) }
        if effect.contains(.fill) { strategies.onFill(index, fill, &context) }
        if effect.contains(.order) { strategies.onOrder(index, orderUpdate, &context) }
        if context.signalCount > 0 { decide() }
    }
}
