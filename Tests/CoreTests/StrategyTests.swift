import Core
import Model
import Testing

/// Writes down what it is called for.
private struct Recorder: Strategy {
    var calls: [String] = []
    var asks = 0

    mutating func onStart(_ context: inout StrategyContext) { calls.append("start \(context.strategyIndex)") }
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        calls.append("quote \(quote.bid.raw)")
        for _ in 0..<asks { context.signal(Signal(instrument: quote.instrument, action: .buy)) }
    }
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {
        calls.append("trade \(trade.price.raw)")
    }
    mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {
        calls.append("fill \(fill.quantity.raw) of \(context.position(fill.instrument).raw)")
    }
    mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {
        calls.append("order \(update.status)")
    }
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) { calls.append("timer \(id)") }
    mutating func onStop(_ context: inout StrategyContext) { calls.append("stop") }
}

/// The shell as the engine runs it, around a small core.
private struct Shell<Strategies: StrategySet & ~Copyable>: ~Copyable {
    var core: TradingCore
    var strategies: Strategies
    var sequencer = Sequencer()
    var facts: [Fact] = []
    var commands: [Command] = []
    var lastFactCount = 0

    init(_ strategies: consuming Strategies, _ change: (inout CoreConfiguration) -> Void = { _ in }) {
        var configuration = World.configuration()
        change(&configuration)
        core = TradingCore(configuration)
        self.strategies = strategies
    }

    mutating func drain() {
        lastFactCount = core.facts.count
        for index in 0..<core.facts.count { facts.append(core.facts[index]) }
        for index in 0..<core.commands.count { commands.append(core.commands[index]) }
        core.facts.clear()
        core.commands.clear()
    }

    mutating func step(_ kind: InputKind, at timeNs: UInt64 = 0, _ change: (inout Input) -> Void = { _ in }) {
        var input = Input(kind: kind)
        change(&input)
        sequencer.stamp(&input, clockNs: timeNs)
        core.begin(&input)
        core.input(&input, &strategies)
        drain()
    }

    mutating func packet(_ events: [MarketEvent], at timeNs: UInt64 = 0) {
        var input = Input(kind: .marketPacket)
        sequencer.stamp(&input, clockNs: timeNs)
        core.begin(&input)
        for event in events {
            var event = event
            core.market(&event, &strategies)
        }
        drain()
    }

    mutating func runTimers(upTo timeNs: UInt64) {
        while var input = core.dueTimer(upTo: timeNs) {
            sequencer.stamp(&input, clockNs: input.execution_id)
            core.begin(&input)
            core.input(&input, &strategies)
            drain()
        }
    }

    mutating func ready() {
        step(.start)
        step(.sessionUp) { $0.user_ref = 1 }
    }

    mutating func quote(_ bid: Int64, _ bidQuantity: Int64, _ ask: Int64, _ askQuantity: Int64) {
        // Prices of these tests never repeat in the wrong place: each quote replaces the one before.
        var events: [MarketEvent] = []
        if last.bid != bid, last.bid != 0 { events.append(World.level(0, .buy, last.bid, 0)) }
        if last.ask != ask, last.ask != 0 { events.append(World.level(0, .sell, last.ask, 0)) }
        events.append(World.level(0, .buy, bid, bidQuantity))
        events.append(World.level(0, .sell, ask, askQuantity))
        last = (bid, ask)
        // One message each but the last is part of a transaction, as a venue sends it.
        for index in 0..<events.count - 1 { events[index].flags = MarketEventFlags.transactionOpen.rawValue }
        packet(events)
    }
    var last: (bid: Int64, ask: Int64) = (0, 0)
}

/// Goal: each callback comes when it should, to whom it should, in index order; one that is off is never called.
@Test func callbacksReachTheRightStrategy() {
    var shell = Shell(Both(Recorder(), Both(Recorder(), Recorder(asks: 1)))) {
        $0.enabledStrategyMask = 0b101
    }
    shell.ready()
    shell.quote(999_000, 5, 1_001_000, 5)
    var trade = MarketEvent()
    trade.kind = MarketEventKind.trade.rawValue
    trade.instrument = 0
    trade.price = 1_000_000
    trade.quantity = 3
    shell.packet([trade])
    let command = shell.commands.first
    #expect(command?.strategy == 2)
    shell.step(.submitted) { $0.user_ref = 1 }
    shell.step(.orderAccepted) { $0.user_ref = 1 }
    shell.step(.execution) {
        $0.user_ref = 1
        $0.quantity = 40
        $0.price = 1_001_000
    }
    shell.step(.stop)
    let first = shell.strategies.first.calls
    let off = shell.strategies.second.first.calls
    let last = shell.strategies.second.second.calls
    #expect(first == ["start 0", "quote 999000", "trade 1000000", "stop"])
    #expect(off.isEmpty)
    #expect(
        last == ["start 2", "quote 999000", "trade 1000000", "order accepted", "fill 40 of 40", "stop"])
}

/// Goal: instances of one type keep their own state and are told apart.
@Test func instancesOfOneTypeAreTheirOwn() {
    var shell = Shell(Repeated<3, Recorder> { Recorder(asks: $0) })
    shell.ready()
    shell.quote(999_000, 5, 1_001_000, 5)
    let strategies = shell.commands.map(\.strategy)
    #expect(strategies == [1, 2, 2])
    for index in 0..<3 {
        let calls = shell.strategies.elements[index].calls
        #expect(calls == ["start \(index)", "quote 999000"])
    }
}

/// Goal: signals beyond the buffer are refused, counted and recorded, and so are those beyond a step's bound.
@Test func tooManySignalsAreRefusedAndSaid() {
    var shell = Shell(Recorder(asks: 20)) {
        $0.signalCountPerStepMax = 40
        $0.limits.openOrderCountMax = 0
    }
    shell.ready()
    shell.quote(999_000, 5, 1_001_000, 5)
    var refused = shell.facts.filter {
        $0.factKind == .signalDiscarded && $0.detail == Rule.signalBufferFull.rawValue
    }
    #expect(refused.map(\.quantity) == [4])
    #expect(shell.facts.filter { $0.factKind == .signal }.count == 16)
    // Forty a step, a refusal counted as one: the third quote of a packet finds 6 places of the 40, the fourth none.
    shell.facts = []
    shell.packet((1...6).map { World.level(0, .buy, 999_000, 5 + Int64($0)) })
    refused = shell.facts.filter {
        $0.factKind == .signalDiscarded && $0.detail == Rule.signalBufferFull.rawValue
    }
    let handled = shell.facts.filter { $0.factKind == .signal }.count
    #expect(handled == 38)
    #expect(refused.map(\.quantity) == [4, 4, 14])
    let discarded = shell.core.counters.signalsDiscarded
    #expect(discarded == 86)
}

/// Goal: a strategy's timers come back to it, in order, with its own ids; too many are refused.
@Test func timersComeBackToTheirStrategy() {
    struct Setter: Strategy {
        var calls: [UInt32] = []
        var answers: [Bool] = []
        mutating func onStart(_ context: inout StrategyContext) {
            for id in 0..<5 {
                answers.append(context.setTimer(afterNs: 100 - UInt64(id) * 10, id: UInt32(id)))
            }
        }
        mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {
            calls.append(id)
            if id == 4 { answers.append(context.setTimer(afterNs: 5, id: 9)) }
        }
    }
    var shell = Shell(Both(Setter(), Setter())) { $0.strategyTimerCountMax = 8 }
    shell.ready()
    let deadline = shell.core.nextDeadlineNs
    #expect(deadline == 60)
    shell.runTimers(upTo: 59)
    #expect(shell.strategies.first.calls.isEmpty)
    shell.runTimers(upTo: 1_000)
    let first = shell.strategies.first
    let second = shell.strategies.second
    #expect(first.answers == [true, true, true, true, true, true])
    #expect(first.calls == [4, 9, 3, 2, 1, 0])
    #expect(second.answers == [true, true, true, false, false])
    #expect(second.calls == [2, 1, 0])
}

/// Goal: the imbalance strategy's golden cases. Method: sizes whose imbalance is known: 9 to 1 is 0.8, 8 to 1 is 0.78.
@Test func imbalanceActsFromItsThresholdOn() {
    var shell = Shell(OrderBookImbalance(threshold: 0.8, positionMax: Quantity(raw: 100)))
    shell.ready()
    shell.quote(1_000_000, 800, 1_000_100, 100)
    #expect(shell.commands.isEmpty)
    shell.quote(1_000_000, 900, 1_000_100, 100)
    #expect(shell.commands.count == 1)
    #expect(shell.commands[0].side == Side.buy.rawValue)
    #expect(shell.commands[0].price == 1_000_100)
    #expect(shell.commands[0].time_in_force == TimeInForce.immediateOrCancel.rawValue)
    let strength = shell.facts.first { $0.factKind == .signal }?.execution_id
    #expect(strength == (0.8).bitPattern)
    // One order at a time.
    shell.quote(1_000_000, 901, 1_000_100, 100)
    #expect(shell.commands.count == 1)
    shell.step(.submitted) { $0.user_ref = 1 }
    shell.step(.execution) {
        $0.user_ref = 1
        $0.quantity = 100
        $0.price = 1_000_100
    }
    // At its limit it adds nothing; the other way it closes, whole.
    shell.quote(1_000_000, 902, 1_000_100, 100)
    #expect(shell.commands.count == 1)
    shell.quote(1_000_000, 100, 1_000_100, 900)
    #expect(shell.commands.count == 2)
    #expect(shell.commands[1].side == Side.sell.rawValue)
    #expect(shell.commands[1].quantity == 100)
    #expect(shell.commands[1].flags == OrderFlags.reduceOnly.rawValue)
    // Too wide a spread is not paid.
    shell.step(.submitted) { $0.user_ref = 2 }
    shell.step(.orderCancelled) {
        $0.user_ref = 2
        $0.quantity = 100
    }
    shell.quote(1_000_000, 100, 1_001_100, 900)
    #expect(shell.commands.count == 2)
}

/// Goal: the averages are what the formula says and only a crossing acts. Method: periods 1 and 3 (weights 1 and ½),
/// prices whose averages are worked out by hand: middles 100, 100, 102, 98.
@Test func emaCrossActsOnCrossings() {
    var shell = Shell(EmaCross(instrumentCountMax: 4, fastPeriod: 1, slowPeriod: 3))
    shell.ready()
    func middle(_ shell: inout Shell<EmaCross>, _ price: Int64) {
        shell.quote(price * 10_000 - 100, 5, price * 10_000 + 100, 5)
        var trade = MarketEvent()
        trade.kind = MarketEventKind.trade.rawValue
        trade.instrument = 0
        trade.price = price * 10_000
        trade.quantity = 1
        shell.packet([trade])
    }
    middle(&shell, 100)
    middle(&shell, 101)  // fast 101, slow 100.5: above, no crossing
    #expect(shell.commands.isEmpty)
    middle(&shell, 98)  // fast 98, slow 99.25: crossed below
    let state = shell.strategies.state(InstrumentID(index: 0))
    #expect(state.fast == 98 * 10_000)
    #expect(state.slow == 99.25 * 10_000)
    #expect(shell.commands.count == 1)
    #expect(shell.commands[0].side == Side.sell.rawValue)
    middle(&shell, 97)
    #expect(shell.commands.count == 1)
    shell.step(.submitted) { $0.user_ref = 1 }
    shell.step(.execution) {
        $0.user_ref = 1
        $0.quantity = 60
        $0.price = 979_900
    }
    // Above again: the rest of the sale is called back, the short is closed.
    middle(&shell, 103)
    #expect(shell.commands.count == 3)
    #expect(shell.commands[1].commandKind == .cancel)
    #expect(shell.commands[2].side == Side.buy.rawValue)
    #expect(shell.commands[2].quantity == 60)
}
