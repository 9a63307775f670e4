public import Core
internal import Model

/// A strategy that wants everything at once, drawn from a seed: orders that trade at once, orders that wait, cancels,
/// closing, orders that risk refuses, and timers. It is there to make the engine do things, not money.
public struct SeededTrader: Strategy, Sendable, ~Copyable {
    var random: SeededRandom
    /// One quote in so many makes it act.
    let everyQuotes: UInt64

    public init(seed: UInt64, everyQuotes: UInt64) {
        precondition(everyQuotes > 0, "Caller: it acts at some quote")
        random = SeededRandom(seed: seed)
        self.everyQuotes = everyQuotes
    }

    public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard random.below(everyQuotes) == 0 else { return }
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return }
        let isBuy = random.below(2) == 0
        let quantity = Quantity(raw: 1 + Int64(random.below(120)))
        var signal = Signal(instrument: quote.instrument, action: isBuy ? .buy : .sell, quantity: quantity)
        switch random.below(10) {
        case 0...3: signal.timeInForce = .immediateOrCancel
        case 4, 5:  // crosses, and stays with what is left
            signal.limit = Price(raw: (isBuy ? quote.ask.raw : quote.bid.raw))
        case 6, 7:  // waits in the book
            let away = 100 * Int64(random.below(4))
            signal.limit = Price(raw: isBuy ? quote.bid.raw - away : quote.ask.raw + away)
            _ = context.setTimer(afterNs: 1_000_000 + random.below(80_000_000), id: quote.instrument.index)
        case 8: signal.action = .flat
        default: signal.quantity = Quantity(raw: 100_000)  // more than any limit
        }
        context.signal(signal)
        if random.below(8) == 0 { context.signal(Signal(instrument: quote.instrument, action: .cancel)) }
    }

    public mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {
        context.signal(Signal(instrument: InstrumentID(index: id), action: .cancel))
    }

    /// Answers some fills at once, so that orders are made inside the step of a report too.
    public mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {
        guard random.below(6) == 0 else { return }
        context.signal(
            Signal(instrument: fill.instrument, action: .flat, timeInForce: .immediateOrCancel))
    }
}
