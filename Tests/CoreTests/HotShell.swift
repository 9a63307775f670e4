import Core
import Model
import Testing

/// A strategy that says something, so that the compiler's check below has work.
struct Chatty: Strategy {
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        context.signal(Signal(instrument: quote.instrument, action: .hold))
        _ = context.setTimer(afterNs: 5, id: 3)
    }
}

typealias Everything = Both<Both<OrderBookImbalance, EmaCross>, Both<Chatty, Repeated<2, Chatty>>>

// Goal: the shell around two sets of strategies passes the compiler's check for locks, allocations and reference
// counts when it is specialised outside the module. Method: this compiles in release, or not at all.
#if !DEBUG
@_noLocks
#endif
func hotMarket(
    _ core: inout TradingCore, _ event: inout MarketEvent, _ strategies: inout Everything
) {
    core.market(&event, &strategies)
}
#if !DEBUG
@_noLocks
#endif
func hotInput(
    _ core: inout TradingCore, _ input: inout Input, _ strategies: inout Everything
) {
    core.begin(&input)
    core.input(&input, &strategies)
}
