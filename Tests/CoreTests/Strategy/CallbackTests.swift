import Model
import Testing

@testable import Core

/// Writes down every call in a line, and what the context shows at that moment of what was just told.
private struct Diary: Strategy {
    var lines: [String] = []
    /// What it asks for at the next quote.
    var wish: SignalAction?
    var asksAgain = false
    static var wants: StrategyInterests { .usual.and(.books).and(.bars) }

    mutating func onStart(_ context: inout StrategyContext) {
        lines.append("start")
        _ = context.subscribe(.ticks(2))
    }
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        lines.append("quote \(quote.bid.raw)/\(quote.ask.raw)")
        if let wish { context.signal(Signal(instrument: quote.instrument, action: wish)) }
        wish = nil
    }
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {
        lines.append("trade \(trade.price.raw), last \(context.lastPrice(trade.instrument).raw)")
    }
    mutating func onBook(_ change: BookChange, _ context: inout StrategyContext) {
        let level = context.level(change.instrument, change.side, depth: 1)
        lines.append("book \(change.side) \(change.price.raw), second \(level?.price.raw ?? 0)")
    }
    mutating func onBar(_ bar: Bar, _ context: inout StrategyContext) {
        lines.append("bar \(bar.open.raw) to \(bar.close.raw)")
    }
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) { lines.append("timer \(id)") }
    mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {
        let own = context.own(fill.instrument)
        lines.append("fill \(fill.quantity.raw), own \(own.position), open \(own.openBuy)")
        _ = context.setTimer(afterNs: 5, id: 7)
    }
    mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {
        lines.append("order \(update.status)")
    }
    mutating func onPosition(_ position: OwnPosition, _ context: inout StrategyContext) {
        lines.append(
            "position \(position.quantity.raw) at \(position.averagePrice.raw), \(position.profit.raw)")
    }
    mutating func onRefused(_ refusal: Refusal, _ context: inout StrategyContext) {
        lines.append("refused \(refusal.rule) \(refusal.limit) \(refusal.value)")
        if asksAgain { context.signal(Signal(instrument: refusal.instrument, action: .buy)) }
    }
    mutating func onStatus(_ change: StatusChange, _ context: inout StrategyContext) {
        lines.append("status \(change.status), \(context.trading(change.instrument))")
    }
    mutating func onRiskState(_ change: RiskStateChange, _ context: inout StrategyContext) {
        lines.append("risk \(change.scope) \(change.state), \(context.state(InstrumentID(index: 0)))")
    }
    mutating func onConnection(_ change: ConnectionChange, _ context: inout StrategyContext) {
        lines.append("connection \(change.purpose) \(change.number) \(change.isUp)")
    }
    mutating func onStop(_ context: inout StrategyContext) { lines.append("stop") }
}

private func diary(_ change: (inout CoreConfiguration) -> Void = { _ in }) -> StrategyRehearsal<Diary> {
    StrategyRehearsal(Diary(), symbols: ["AAA", "BBB"], change)
}

private func taken(_ rehearsal: inout StrategyRehearsal<Diary>) -> [String] {
    let lines = rehearsal.strategies.lines
    rehearsal.strategies.lines = []
    return lines
}

/// Goal: market data comes at its moment and in its order: the quote, the trade, the level, and the bar when all that is over;
/// a level that is not the best is told as well, and a transaction once, when it is whole.
@Test func marketCallbacksComeInTheirOrder() {
    var rehearsal = diary()
    rehearsal.start()
    var lines = taken(&rehearsal)
    #expect(lines == ["start", "connection orders 0 true"])
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 5)
    lines = taken(&rehearsal)
    #expect(lines == ["quote 999000/1001000", "book sell 1001000, second 0"])
    rehearsal.level(.buy, 998_000, 7)
    lines = taken(&rehearsal)
    #expect(lines == ["book buy 998000, second 998000"])
    rehearsal.trade(price: 1_000_000, 3)
    rehearsal.trade(price: 1_000_500, 3)
    lines = taken(&rehearsal)
    #expect(
        lines == [
            "trade 1000000, last 1000000", "trade 1000500, last 1000500", "bar 1000000 to 1000500",
        ])
    // An order that is executed moves the quote and trades in one message.
    var add = MarketEvent()
    add.kind = MarketEventKind.add.rawValue
    add.instrument = 1
    add.order_ref = 5
    add.side = Side.buy.rawValue
    add.price = 990_000
    add.quantity = 10
    var execute = MarketEvent()
    execute.kind = MarketEventKind.execute.rawValue
    execute.instrument = 1
    execute.order_ref = 5
    execute.quantity = 4
    rehearsal.packet([add, execute])
    lines = taken(&rehearsal)
    #expect(
        lines == [
            "quote 990000/0", "book buy 990000, second 0",
            "quote 990000/0", "trade 990000, last 990000", "book buy 990000, second 0",
        ])
    // A level that nobody knows is gone already: nothing has changed.
    rehearsal.level(.sell, 1_500_000, 0, of: 1)
    lines = taken(&rehearsal)
    #expect(lines.isEmpty)
    rehearsal.stop()
    lines = taken(&rehearsal)
    #expect(lines == ["stop"])
}

/// Goal: an order's own story, each call with everything booked: own position and open quantity count the execution, and the
/// position is told after the fill, the profit at the bid.
@Test func orderCallbacksSeeWhatIsBooked() {
    var rehearsal = diary()
    rehearsal.start()
    rehearsal.strategies.wish = .long
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    _ = taken(&rehearsal)
    let order = rehearsal.orders[0]
    #expect(order.side == Side.buy.rawValue)
    rehearsal.accept(order)
    rehearsal.fill(order, 40)
    var lines = taken(&rehearsal)
    #expect(
        lines == [
            "order accepted", "fill 40, own 40, open 60", "position 40 at 1001000, -80000",
        ])
    rehearsal.advance(ns: 5)
    rehearsal.cancelled(order, 60)
    lines = taken(&rehearsal)
    #expect(lines == ["timer 7", "order cancelled"])
    // Undone: no fill, but another position.
    rehearsal.step(.executionBroken) {
        $0.user_ref = order.user_ref
        $0.execution_id = 1
    }
    lines = taken(&rehearsal)
    #expect(lines == ["order cancelled", "position 0 at 0, 0"])
    let left = rehearsal.core.context.own(InstrumentID(index: 0))
    #expect(left.position == 0 && left.cost == .zero && left.buyCount == 0)
}

/// Goal: a refusal says rule, limit and value, once; what is asked for in its callback is refused without another call, however
/// often that would go on.
@Test func refusalsAreToldOnce() {
    var rehearsal = diary { $0.limits.orderQuantityMin = Quantity(raw: 200) }
    rehearsal.start()
    rehearsal.strategies.asksAgain = true
    rehearsal.strategies.wish = .buy
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    let lines = taken(&rehearsal).filter { $0.hasPrefix("refused") }
    #expect(lines == ["refused orderQuantityMin 200 100"])
    let refused = rehearsal.facts.filter { $0.factKind == .riskRejected }
    #expect(refused.count == 2)
    // The next one is told again.
    rehearsal.strategies.wish = .buy
    rehearsal.quote(bid: 999_000, 6, ask: 1_001_000, 500)
    let again = taken(&rehearsal).filter { $0.hasPrefix("refused") }
    #expect(again.count == 1)
}

/// Goal: halts, the loss of a stream and of the session, and what the account may do come to everybody, with the context up to
/// date.
@Test func statesAndConnectionsComeToAll() {
    var rehearsal = diary()
    rehearsal.start()
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    _ = taken(&rehearsal)
    rehearsal.status(UInt8(ascii: "H"))
    rehearsal.status(UInt8(ascii: "H"))
    rehearsal.status(UInt8(ascii: "T"))
    rehearsal.step(.feedGap)
    var state = rehearsal.core.context.bookState(InstrumentID(index: 0))
    #expect(state == .stale)
    rehearsal.step(.feedWhole)
    state = rehearsal.core.context.bookState(InstrumentID(index: 0))
    #expect(state == .whole)
    rehearsal.step(.sessionDown)
    rehearsal.step(.operatorCommand) { $0.flags = OperatorCommand.stopTrading.rawValue }
    let lines = taken(&rehearsal)
    #expect(
        lines == [
            "status halted, halted", "status trading, trading", "connection marketData 0 false",
            "connection marketData 0 true", "connection orders 0 false", "risk account halted, halted",
        ])
}

/// Goal: who wants nothing of it is called for nothing of it, and costs nothing: depth is not even looked at.
@Test func nobodyIsCalledForWhatNobodyWants() {
    struct Deaf: Strategy {
        var calls = 0
        static var wants: StrategyInterests { .none }
        mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) { calls += 1 }
        mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) { calls += 1 }
        mutating func onBook(_ change: BookChange, _ context: inout StrategyContext) { calls += 1 }
        mutating func onBar(_ bar: Bar, _ context: inout StrategyContext) { calls += 1 }
    }
    var rehearsal = StrategyRehearsal(Both(Deaf(), Diary()))
    rehearsal.start()
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    rehearsal.trade(price: 1_000_000, 3)
    rehearsal.trade(price: 1_000_000, 3)
    let deaf = rehearsal.strategies.first.calls
    #expect(deaf == 0)
    let heard = rehearsal.strategies.second.lines
    #expect(heard.contains("bar 1000000 to 1000000"))
    var quiet = StrategyRehearsal(Deaf())
    quiet.start()
    quiet.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    let change = quiet.core.bookChange.side
    #expect(change == .none)
}

/// Goal: what the limits leave: the account's and the strategy's own position limits on the worst case, the order's size, whole
/// lots, and only what closes where exposure must not grow.
@Test func roomIsWhatTheLimitsLeave() {
    var rehearsal = StrategyRehearsal(Diary()) {
        $0.limits.positionMax = Quantity(raw: 500)
        $0.limits.orderQuantityMax = Quantity(raw: 200)
        var own = StrategyLimits()
        own.positionMax = Quantity(raw: 150)
        $0.strategyLimits = [own]
    }
    rehearsal.start()
    rehearsal.strategies.wish = .buy
    rehearsal.quote(bid: 999_000, 5, ask: 1_001_000, 500)
    let instrument = InstrumentID(index: 0)
    var buy = rehearsal.core.context.room(instrument, .buy).raw
    var sell = rehearsal.core.context.room(instrument, .sell).raw
    // 100 are working: 50 are left of its own 150; selling, all of it and no more than an order may be.
    #expect(buy == 50 && sell == 150)
    rehearsal.accept(rehearsal.orders[0])
    rehearsal.fill(rehearsal.orders[0], 100)
    sell = rehearsal.core.context.room(instrument, .sell).raw
    #expect(sell == 200)
    rehearsal.step(.operatorCommand) { $0.flags = OperatorCommand.stopTrading.rawValue }
    buy = rehearsal.core.context.room(instrument, .buy).raw
    sell = rehearsal.core.context.room(instrument, .sell).raw
    #expect(buy == 0 && sell == 0)
}

/// Goal: what a strategy says about a signal is on record behind it: the figures with names of their own, and its own pairs, at
/// most four.
@Test func metadataIsOnRecordBehindItsSignal() {
    struct Talker: Strategy {
        let names = ["a", "b", "c", "d", "e"].map { MetadataName($0) }
        mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
            var metadata = SignalMetadata(winRate: 0.55, averageWinPct: 1.25, averageLossPct: 0.75)
            for (place, name) in names.enumerated() {
                let isAdded = metadata.add(name, Double(place))
                precondition(isAdded == (place < SignalMetadata.pairCountMax))
            }
            context.signal(Signal(instrument: quote.instrument, action: .hold))
            context.signal(Signal(instrument: quote.instrument, action: .buy, strength: 0.5), metadata)
            var part = SignalMetadata()
            part.setWinRate(0.25)
            var terms = SignalTerms()
            terms.remainder = .cancel
            context.signal(Signal(instrument: quote.instrument, action: .short), terms, part)
        }
    }
    var rehearsal = StrategyRehearsal(Talker())
    rehearsal.start()
    rehearsal.quote(bid: 999_000, 500, ask: 1_001_000, 500)
    let facts = rehearsal.facts
    let kinds = facts.map(\.factKind).filter { $0 == .signal || $0 == .signalMetadata }
    #expect(
        kinds == [
            .signal, .signal, .signalMetadata, .signalMetadata, .signalMetadata, .signalMetadata,
            .signalMetadata, .signal, .signalMetadata,
        ])
    let said = facts.filter { $0.factKind == .signalMetadata }
    #expect(said[0].detail == 7)
    #expect(Double(bitPattern: UInt64(bitPattern: said[0].price)) == 0.55)
    #expect(Double(bitPattern: UInt64(bitPattern: said[0].quantity)) == 1.25)
    #expect(Double(bitPattern: said[0].execution_id) == 0.75)
    for place in 1...4 {
        #expect(said[place].detail == 0)
        #expect(MetadataName(raw: said[place].execution_id).description == ["a", "b", "c", "d"][place - 1])
        #expect(Double(bitPattern: UInt64(bitPattern: said[place].price)) == Double(place - 1))
    }
    #expect(said[5].detail == 1)
    #expect(Double(bitPattern: UInt64(bitPattern: said[5].price)) == 0.25)
    #expect(rehearsal.orders.map(\.side) == [Side.buy.rawValue, Side.sell.rawValue])
}

/// Goal: the words for sides.
@Test(arguments: [
    ("BUY", SignalAction.buy), ("long", .buy), ("SELL", .sell), ("Short", .sell), ("FLAT", .flat),
    ("hold", .hold), ("cancel", nil), ("", nil),
])
func sidesHaveTheirWords(_ word: String, _ action: SignalAction?) {
    #expect(SignalAction(word: word) == action)
}

/// Goal: a timer does not put off a deadline of the core that comes before it. Method: an order owed an answer in 100 ns, and a
/// timer of 200 ns set behind it.
@Test func aTimerPutsNothingOff() {
    struct Late: Strategy {
        mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
            _ = context.setTimer(afterNs: 200, id: 1)
        }
    }
    var rehearsal = StrategyRehearsal(Both(OrderBookImbalance(threshold: 0.5), Late())) {
        $0.answerTimeoutNs = 100
    }
    rehearsal.start()
    rehearsal.quote(bid: 999_000, 900, ask: 999_100, 100)
    let before = rehearsal.core.nextDeadlineNs
    rehearsal.quote(bid: 999_000, 901, ask: 999_100, 100)
    let after = rehearsal.core.nextDeadlineNs
    #expect(before == rehearsal.nowNs + 100)
    #expect(after == before)
}

/// Goal: FLAT closes what the strategy itself holds, whatever others hold; and the books of all sum to the account's position.
@Test func flatClosesOnesOwn() {
    struct Once: Strategy {
        var action: SignalAction
        mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
            guard action != .hold else { return }
            context.signal(Signal(instrument: quote.instrument, action: action))
            action = .hold
        }
    }
    var rehearsal = StrategyRehearsal(Both(Once(action: .buy), Once(action: .sell)))
    rehearsal.start()
    rehearsal.quote(bid: 999_000, 500, ask: 1_001_000, 500)
    for order in rehearsal.orders { rehearsal.fill(order, order.side == Side.buy.rawValue ? 100 : 60) }
    var account = rehearsal.core.position(InstrumentID(index: 0)).quantity.raw
    #expect(account == 40)
    rehearsal.cancelled(rehearsal.orders[1], 40)
    // The second is short by 60: closing buys, which makes the account longer.
    rehearsal.strategies.second.action = .flat
    rehearsal.quote(bid: 999_000, 501, ask: 1_001_000, 500)
    let close = rehearsal.orders[2]
    #expect(close.side == Side.buy.rawValue && close.quantity == 60 && close.flags == 0)
    rehearsal.fill(close, 60)
    account = rehearsal.core.position(InstrumentID(index: 0)).quantity.raw
    #expect(account == 100)
    // The first one's way out is the account's, too.
    rehearsal.strategies.first.action = .flat
    rehearsal.quote(bid: 999_000, 502, ask: 1_001_000, 500)
    #expect(rehearsal.orders[3].quantity == 100)
    #expect(rehearsal.orders[3].flags == OrderFlags.reduceOnly.rawValue)
}
