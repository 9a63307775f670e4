import SpinetailMain

typealias Strategies = Both<OrderBookImbalance, Both<EmaCross, MarketMaker>>

#if !DEBUG
@_noLocks
#endif
func turns(_ engine: inout LiveEngine<Strategies>, _ count: Int) -> Int { engine.run(turns: count) }

Spinetail.main(
    StrategyProgram(StrategyDescription.examples, make: { Strategies(settings: $0) }, turns: turns))
