public import Core
internal import Model

/// A strategy that wants everything at once, drawn from a seed: orders of every type and time in force, orders tied to
/// others, replacements one upon the other, cancels, closing, orders that risk refuses, and timers. It is there to make
/// the engine do things, not money.
public struct SeededTrader: Strategy, Sendable, ~Copyable {
    var random: SeededRandom
    /// One quote in so many makes it act.
    let everyQuotes: UInt64
    /// The last orders that it heard of, with their instruments, round and round: some have ended.
    private var orders = InlineArray<8, OrderHandle>(repeating: .none)
    private var instruments = InlineArray<8, UInt32>(repeating: 0)
    private var heard = 0

    private var rehearsal: SeededRehearsal?

    public init(seed: UInt64, everyQuotes: UInt64) {
        precondition(everyQuotes > 0, "Caller: it acts at some quote")
        random = SeededRandom(seed: seed)
        self.everyQuotes = everyQuotes
    }

    /// Always the same piece, with one order: it is entered, given other terms, and taken off.
    public init(rehearsing: Void) {
        self.init(seed: 0, everyQuotes: 1)
        rehearsal = SeededRehearsal()
    }

    public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        if rehearsal != nil {
            rehearsal?.onQuote(quote, &context)
            return
        }
        guard random.below(everyQuotes) == 0 else { return }
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return }
        let isBuy = random.below(2) == 0
        let quantity = Quantity(raw: 1 + Int64(random.below(120)))
        var signal = Signal(instrument: quote.instrument, action: isBuy ? .buy : .sell, quantity: quantity)
        var terms = SignalTerms()
        if random.below(4) == 0 { terms.remainder = RemainderPolicy.allCases[Int(random.below(3))] }
        let touch = isBuy ? quote.ask.raw : quote.bid.raw
        let own = isBuy ? quote.bid.raw : quote.ask.raw
        let away = 100 * Int64(random.below(4)) * (isBuy ? -1 : 1)
        switch random.below(32) {
        case 0...3: signal.timeInForce = .immediateOrCancel
        case 4, 5: signal.limit = Price(raw: touch)  // crosses, and stays with what is left
        case 6...8: rest(&signal, own + away, &context)
        case 9: signal.action = .flat
        case 10: signal.quantity = Quantity(raw: 100_000)  // more than any limit
        case 11: signal.orderType = .market
        case 12:
            signal.orderType = .market
            signal.timeInForce = .immediateOrCancel
        case 13: signal.timeInForce = .fillOrKill
        case 14:
            signal.timeInForce = .goodTillCancelled
            rest(&signal, own + away, &context)
        case 15, 16:
            signal.timeInForce = .goodTillDate
            signal.limit = Price(raw: own + away)
            terms.lifetimeNs = 1_000_000 + random.below(random.below(2) == 0 ? 50_000_000 : 1_500_000_000)
        case 17, 18:
            // Sometimes it would trade: here, or at the venue, which has moved meanwhile.
            signal.flags = .postOnly
            rest(&signal, random.below(4) == 0 ? touch : own, &context)
        case 19...22: stop(&signal, &terms, touch)
        case 23:
            signal.flags = .reduceOnly
            signal.limit = Price(raw: random.below(2) == 0 ? touch : own)
        case 24, 25:
            let far = 100 * (1 + Int64(random.below(6)))
            signal.limit = Price(raw: touch)
            terms.takeProfit = Price(raw: touch + (isBuy ? far : -far))
            if random.below(4) != 0 { terms.stopLoss = Price(raw: touch - (isBuy ? far : -far)) }
        case 26, 27:
            let place = Int(random.below(8))
            terms.order = orders[place]
            signal.instrument = InstrumentID(index: instruments[place])
            terms.link = random.below(2) == 0 ? .sibling : .triggeredBy
            if signal.instrument == quote.instrument { signal.limit = Price(raw: own + away) }
            if random.below(3) == 0 { stop(&signal, &terms, touch) }
        case 28, 29: return replace(quote, &context)
        case 30:
            let place = Int(random.below(8))
            return context.cancel(orders[place], in: InstrumentID(index: instruments[place]))
        default:
            signal.limit = Price(raw: touch)
            terms.remainder = random.below(2) == 0 ? .cancel : .cross
        }
        context.signal(signal, terms)
        if random.below(8) == 0 { context.signal(Signal(instrument: quote.instrument, action: .cancel)) }
    }

    /// Waits in the book, until a timer takes it off.
    private mutating func rest(_ signal: inout Signal, _ limit: Int64, _ context: inout StrategyContext) {
        signal.limit = Price(raw: limit)
        _ = context.setTimer(afterNs: 1_000_000 + random.below(80_000_000), id: signal.instrument.index)
    }

    private mutating func stop(_ signal: inout Signal, _ terms: inout SignalTerms, _ touch: Int64) {
        let far = 100 * Int64(random.below(5)) * (signal.action == .buy ? 1 : -1)
        switch random.below(3) {
        case 0: signal.orderType = .stop
        case 1:
            signal.orderType = .stopLimit
            signal.limit = Price(raw: touch + far)
        default:
            signal.orderType = .trailingStop
            terms.trail = Price(raw: 100 * (1 + Int64(random.below(8))))
            return
        }
        terms.stop = Price(raw: touch + far)
    }

    /// Other terms for an order, and now and then others again before the venue can have answered.
    private mutating func replace(_ quote: Quote, _ context: inout StrategyContext) {
        let place = Int(random.below(8))
        let instrument = InstrumentID(index: instruments[place])
        for _ in 0..<1 + random.below(3) {
            let step = 100 * random.within(-3...3)
            let limit = instrument == quote.instrument && random.below(3) != 0 ? quote.bid.raw + step : 0
            context.replace(
                orders[place], in: instrument, limit: Price(raw: max(limit, 0)),
                quantity: Quantity(raw: random.below(3) == 0 ? 0 : 1 + Int64(random.below(160))))
        }
        if random.below(4) == 0 { context.cancel(orders[place], in: instrument) }
    }

    public mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {
        if rehearsal != nil {
            rehearsal?.onTimer(&context)
            return
        }
        context.signal(Signal(instrument: InstrumentID(index: id), action: .cancel))
    }

    /// Answers some fills at once, so that orders are made inside the step of a report too.
    public mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {
        if rehearsal != nil {
            rehearsal?.onFill(fill)
            return
        }
        note(fill.handle, fill.instrument)
        guard random.below(6) == 0 else { return }
        context.signal(
            Signal(instrument: fill.instrument, action: .flat, timeInForce: .immediateOrCancel))
    }

    public mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {
        if rehearsal != nil {
            rehearsal?.onOrder(update)
            return
        }
        note(update.handle, update.instrument)
        // As a quoting strategy does: its ack is answered with other terms.
        guard random.below(24) == 0 else { return }
        let step = 100 * random.within(-2...2)
        context.replace(
            update.handle, in: update.instrument, limit: Price(raw: max(update.price.raw + step, 0)),
            quantity: .zero)
    }

    private mutating func note(_ order: OrderHandle, _ instrument: InstrumentID) {
        guard !order.isNone, order != orders[(heard + 7) % 8] else { return }
        orders[heard % 8] = order
        instruments[heard % 8] = instrument.index
        heard = (heard + 1) % 8
    }
}
