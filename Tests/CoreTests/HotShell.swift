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

/// One that has every callback, looks at everything and says all there is to say.
struct Nosy: Strategy {
    var seen: Int64 = 0
    let name = MetadataName("edge")

    static var wants: StrategyInterests { .usual.and(.books).and(.bars) }

    mutating func onStart(_ context: inout StrategyContext) {
        _ = context.subscribe(.time(ns: 1_000_000_000))
        _ = context.subscribe(.ticks(10), in: InstrumentID(index: 0))
    }
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) { seen += trade.quantity.raw }
    mutating func onBook(_ change: BookChange, _ context: inout StrategyContext) {
        if let level = context.level(change.instrument, change.side, depth: 3) { seen += level.quantity.raw }
        seen += Int64(context.levelCount(change.instrument, change.side))
        if context.bookState(change.instrument) == .whole { seen += 1 }
    }
    mutating func onBar(_ bar: Bar, _ context: inout StrategyContext) {
        var metadata = SignalMetadata(winRate: 0.5, averageWinPct: 1, averageLossPct: 2)
        metadata.add(name, Double(bar.vwap.raw))
        context.signal(Signal(instrument: bar.instrument, action: .long), metadata)
    }
    mutating func onPosition(_ position: OwnPosition, _ context: inout StrategyContext) {
        seen += position.averagePrice.raw + Int64(truncatingIfNeeded: position.profit.raw)
        seen += position.working(.buy).raw + Int64(position.workingCount(.sell))
    }
    mutating func onRefused(_ refusal: Refusal, _ context: inout StrategyContext) {
        context.signal(
            Signal(instrument: refusal.instrument, action: .flat), SignalTerms(), SignalMetadata())
    }
    mutating func onStatus(_ change: StatusChange, _ context: inout StrategyContext) {
        if !change.isTrading { context.signal(Signal(instrument: change.instrument, action: .cancel)) }
    }
    mutating func onRiskState(_ change: RiskStateChange, _ context: inout StrategyContext) {
        if change.state == .halted { seen = 0 }
    }
    mutating func onConnection(_ change: ConnectionChange, _ context: inout StrategyContext) {
        if !change.isUp { seen = 0 }
    }
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {
        seen += context.room(InstrumentID(index: 0), .buy).raw
        seen += context.ownPosition(InstrumentID(index: 0)).quantity.raw
        if context.symbol(InstrumentID(index: 0)) == .blank { seen += context.tick(InstrumentID(index: 0)) }
    }
}

typealias Everything = Both<
    Both<OrderBookImbalance, Both<EmaCross, MarketMaker>>, Both<Nosy, Both<Chatty, Repeated<2, Chatty>>>
>

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
