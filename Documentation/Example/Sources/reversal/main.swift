import SpinetailMain

/// Buys what is offered well below its last trade, sells what is bid well above it.
struct Reversal: Strategy, Sendable {
    let basisPoints: Int64

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        let (instrument, last) = (quote.instrument, context.lastPrice(quote.instrument).raw)
        let working = context.workingCount(instrument, .buy) + context.workingCount(instrument, .sell)
        guard last > 0, quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0, working == 0 else { return }
        if (last - quote.ask.raw) * 10_000 >= basisPoints * last {
            context.signal(Signal(instrument: instrument, action: .buy, timeInForce: .immediateOrCancel))
        } else if (quote.bid.raw - last) * 10_000 >= basisPoints * last {
            context.signal(Signal(instrument: instrument, action: .sell, timeInForce: .immediateOrCancel))
        }
    }
}

let description = StrategyDescription(
    name: "reversal", help: "Trades back toward the last price",
    parameters: [.whole("basis_points", 5, in: 1...1_000, "how far from the last price it acts")])

// The compiler proves here that nothing from packet to order, your strategy included, locks, allocates or counts
// references: try `var seen: [Int64] = []` and an append in `onQuote`, and the release build refuses it.
#if !DEBUG
@_noLocks
#endif
func turns(_ engine: inout LiveEngine<Reversal>, _ count: Int) -> Int { engine.run(turns: count) }

Spinetail.main(
    StrategyProgram(
        [description],
        make: { Reversal(basisPoints: $0.strategy("reversal")?.whole("basis_points") ?? 5) },
        turns: turns))
