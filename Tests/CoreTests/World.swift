import Model

@testable import Core

/// A core and a scripted venue around it: feeds inputs, answers commands, keeps every fact.
///
/// A class, so that expectations can look at it without copying the core.
final class World {
    var core: TradingCore
    private var sequencer = Sequencer()
    var nowNs: UInt64 = 1_000
    /// Facts of the last step, and of all.
    var last: [Fact] = []
    var all: [Fact] = []
    /// Commands not answered yet, and all.
    var waiting: [Command] = []
    var sent: [Command] = []
    var lastEffect = InputEffect.none
    /// Answer every command with `submitted` at once.
    var submitsAtOnce = true
    /// Match numbers that helpers have given.
    var matches: UInt64 = 1_000_000
    private var levels: [UInt32: (bid: Int64, ask: Int64)] = [:]

    static func configuration() -> CoreConfiguration {
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 4
        configuration.bookOrderCountMax = 1_024
        configuration.bookLevelCountMax = 1_024
        configuration.orderCountMax = 64
        configuration.orderCountReserved = 4
        configuration.residueCountMax = 4_096
        configuration.executionCountMax = 4_096
        configuration.signalCountPerStepMax = 64
        configuration.messageCountPerPacketMax = 16
        configuration.creditCountMax = 32
        configuration.strategyTimerCountMax = 8
        // What moves by itself after a time is switched on by the tests that are about it.
        configuration.answerTimeoutNs = 0
        configuration.orderTimeoutNs = 0
        configuration.doubtAlertNs = 0
        configuration.retryCountMax = 0
        configuration.instruments = ["AAA", "BBB", "CCC"].map { InstrumentDefinition(symbol: Symbol($0)!) }
        return configuration
    }

    /// Started, logged on, with `AAA` quoted 99.90 at 100.10 unless told otherwise.
    init(isReady: Bool = true, _ change: (inout CoreConfiguration) -> Void = { _ in }) {
        var configuration = Self.configuration()
        change(&configuration)
        core = TradingCore(configuration)
        guard isReady else { return }
        var start = Input(kind: .start)
        start.user_ref = 7
        start.execution_id = 1_700_000_000_000_000_000
        step(start)
        up(firstUnseen: 1)
        quote(bid: 999_000, 500, ask: 1_001_000, 500)
    }

    // MARK: Steps

    func begin(_ input: Input, at timeNs: UInt64) {
        var input = input
        nowNs = max(nowNs, timeNs)
        sequencer.stamp(&input, clockNs: timeNs)
        last = []
        core.begin(&input)
        lastInput = input
    }
    var lastInput = Input()

    func finish() {
        for index in 0..<core.facts.count { last.append(core.facts[index]) }
        all += last
        core.facts.clear()
        // As the engine does when nothing waits.
        core.prepare()
        var fresh: [Command] = []
        for index in 0..<core.commands.count { fresh.append(core.commands[index]) }
        core.commands.clear()
        sent += fresh
        // A question takes no credit, and no session says that it has gone.
        waiting += fresh.filter { $0.commandKind != .query }
        if submitsAtOnce, !waiting.isEmpty {
            let kept = last
            let effect = lastEffect
            answerAll()
            last = kept
            lastEffect = effect
        }
    }

    /// Says `submitted` for all that wait.
    func answerAll(_ kind: InputKind = .submitted) {
        while !waiting.isEmpty {
            let command = waiting.removeFirst()
            var input = Input(kind: kind, source: command.session)
            input.user_ref = command.user_ref
            step(input)
        }
    }

    /// Takes the timers that are due, then `input`.
    @discardableResult
    func step(_ input: Input) -> InputEffect {
        runTimers()
        begin(input, at: nowNs)
        lastEffect = core.applyInput(&lastInput)
        finish()
        return lastEffect
    }

    /// Time passes.
    func advance(_ ns: UInt64) {
        nowNs += ns
        runTimers()
    }

    var timersFired: [UInt32] = []
    func runTimers() {
        while let timer = core.dueTimer(upTo: nowNs) {
            begin(timer, at: timer.execution_id)
            lastEffect = core.applyInput(&lastInput)
            if lastEffect.contains(.timer) { timersFired.append(core.timerID) }
            finish()
        }
    }

    // MARK: Market

    /// A packet of events; the effects of each.
    @discardableResult
    func packet(_ events: [MarketEvent]) -> [MarketEffect] {
        runTimers()
        begin(Input(kind: .marketPacket), at: nowNs)
        let effects = events.map { event in
            var event = event
            return core.applyMarket(&event)
        }
        finish()
        return effects
    }

    static func level(_ instrument: UInt32, _ side: Side, _ price: Int64, _ quantity: Int64) -> MarketEvent {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.levelSet.rawValue
        event.side = side.rawValue
        event.price = price
        event.quantity = quantity
        return event
    }

    func quote(_ instrument: UInt32 = 0, bid: Int64, _ bidQuantity: Int64, ask: Int64, _ askQuantity: Int64) {
        var events: [MarketEvent] = []
        if let old = levels[instrument] {
            if old.bid != 0, old.bid != bid { events.append(Self.level(instrument, .buy, old.bid, 0)) }
            if old.ask != 0, old.ask != ask { events.append(Self.level(instrument, .sell, old.ask, 0)) }
        }
        let hadBid = (levels[instrument]?.bid ?? 0) != 0
        let hadAsk = (levels[instrument]?.ask ?? 0) != 0
        if bidQuantity > 0 || hadBid && levels[instrument]?.bid == bid {
            events.append(Self.level(instrument, .buy, bid, bidQuantity))
        }
        if askQuantity > 0 || hadAsk && levels[instrument]?.ask == ask {
            events.append(Self.level(instrument, .sell, ask, askQuantity))
        }
        levels[instrument] = (bidQuantity > 0 ? bid : 0, askQuantity > 0 ? ask : 0)
        packet(events)
    }

    func status(_ instrument: UInt32, _ code: Character) {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.status.rawValue
        event.code = code.asciiValue!
        packet([event])
    }

    func trade(_ instrument: UInt32 = 0, price: Int64, quantity: Int64 = 1) {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.trade.rawValue
        event.price = price
        event.quantity = quantity
        packet([event])
    }

    // MARK: Signals

    func signals(_ signals: [Signal], strategy: Int = 0) {
        runTimers()
        begin(Input(kind: .venueNotice), at: nowNs)
        _ = core.applyInput(&lastInput)
        _ = core.context.enter(strategy)
        for signal in signals { core.context.signal(signal) }
        core.decide()
        finish()
    }

    /// One signal; the command that came of it.
    @discardableResult
    func signal(
        _ action: SignalAction, _ quantity: Int64 = 0, limit: Int64 = 0, instrument: UInt32 = 0,
        strategy: Int = 0, orderType: OrderType = .limit, flags: OrderFlags = OrderFlags(rawValue: 0)
    ) -> Command? {
        let before = sent.count
        signals(
            [
                Signal(
                    instrument: InstrumentID(index: instrument), action: action, strength: 0.5,
                    limit: Price(raw: limit), quantity: Quantity(raw: quantity), orderType: orderType,
                    flags: flags)
            ], strategy: strategy)
        return sent.count > before ? sent[before] : nil
    }

    /// The number of an order that was accepted.
    func working(_ action: SignalAction, _ quantity: Int64, limit: Int64, instrument: UInt32 = 0) -> UInt32 {
        let ref = signal(action, quantity, limit: limit, instrument: instrument)!.user_ref
        accept(ref)
        return ref
    }

    func setTimer(afterNs: UInt64, id: UInt32, strategy: Int = 0) -> Bool {
        runTimers()
        begin(Input(kind: .venueNotice), at: nowNs)
        _ = core.context.enter(strategy)
        let isSet = core.context.setTimer(afterNs: afterNs, id: id)
        core.decide()
        finish()
        return isSet
    }

    // MARK: Venue

    func up(firstUnseen: UInt32) {
        var input = Input(kind: .sessionUp)
        input.user_ref = firstUnseen
        step(input)
    }

    func down() { step(Input(kind: .sessionDown)) }

    /// What an operator says a currency is worth.
    func rate(_ code: String, _ rate: Int64) {
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.setRate.rawValue
        input.user_ref = 77
        input.execution_id = Symbol(code)!.raw
        input.quantity = rate
        step(input)
    }

    func stopTrading() {
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.stopTrading.rawValue
        step(input)
    }

    func report(
        _ kind: InputKind, _ ref: UInt32, quantity: Int64 = 0, price: Int64 = 0, id: UInt64 = 0,
        flags: UInt8 = 0
    ) {
        var input = Input(kind: kind)
        input.user_ref = ref
        input.quantity = quantity
        input.price = price
        input.execution_id = id
        input.flags = flags
        step(input)
    }

    func accept(_ ref: UInt32) { report(.orderAccepted, ref, id: UInt64(ref) + 9_000) }
    func execute(_ ref: UInt32, _ quantity: Int64, at price: Int64, match: UInt64, isMaker: Bool = false) {
        report(
            .execution, ref, quantity: quantity, price: price, id: match,
            flags: Input.executionFlags(UInt8(ascii: isMaker ? "A" : "R"), isMaker: isMaker))
    }
    func cancelled(_ ref: UInt32, _ quantity: Int64) { report(.orderCancelled, ref, quantity: quantity) }

    /// Lifts every reduce-only, as an operator would.
    func lift() {
        core.setState(.account, 0, .disputedAccount, .normal)
        core.setState(.account, 0, .executionSetNearFull, .normal)
        for index in 0..<core.instrumentCountMax {
            core.setState(.instrument, index, .disputedInstrument, .normal)
        }
        core.facts.clear()
    }

    // MARK: Looks

    func order(_ ref: UInt32) -> OrderRecord? { core.order(session: 0, userRef: ref) }
    func position(_ instrument: UInt32 = 0) -> Position { core.position(InstrumentID(index: instrument)) }
    func risk(_ instrument: UInt32 = 0) -> RiskLine { core.risk(InstrumentID(index: instrument)) }
    var totals: AccountTotals { core.totals }
    var kinds: [FactKind] { last.map(\.factKind) }
    var digest: UInt64 { core.digest() }
    /// The next deadline of an order, strategy or session; `.max`: none is set. The end of the day always is.
    var nextDeadlineNs: UInt64 { core.nextDeadlineNs == core.dayEndsNs ? .max : core.nextDeadlineNs }

    /// The rule of the last refusal or discard, with limit and value.
    var refusal: (rule: Rule, limit: Int64, value: Int64)? {
        guard
            let fact = last.last(where: { $0.factKind == .riskRejected || $0.factKind == .signalDiscarded })
        else { return nil }
        return (Rule(rawValue: fact.detail & 0xffff)!, fact.price, fact.quantity)
    }
    var alerts: [AlertCode] {
        last.filter { $0.factKind == .alert }.map { AlertCode(rawValue: $0.detail)! }
    }

    /// What an order adds to the worst case: the largest quantity that it could still execute. Of two that exclude each
    /// other on one side, one of them held, the larger counts once, with the one in the lower slot.
    private func worstLeaves(_ slot: Int) -> Int64 {
        let own = worstAlone(slot)
        guard core.pool[slot].marks.hasDetail else { return own }
        let handle = core.details[slot].sibling
        guard !handle.isNone, core.pool.isCurrent(handle) else { return own }
        let other = core.pool[Int(handle.index)]
        guard !other.lifecycle.isEnded, other.side == core.pool[slot].side,
            other.lifecycle == .held || core.pool[slot].lifecycle == .held
        else { return own }
        let pair = max(own, worstAlone(Int(handle.index)))
        return slot < Int(handle.index) ? pair : 0
    }

    private func worstAlone(_ slot: Int) -> Int64 {
        let order = core.pool[slot]
        var most = order.leaves
        for place in 0..<Int(order.versionCount) {
            most = max(
                most, core.details[slot].versions[place].quantity - order.filled - min(order.busted, 0))
        }
        return most
    }

    /// Recomputes every running sum the slow way; `nil`: all agree.
    func disagreement() -> String? {
        var gross = BigInteger.zero
        var open = 0
        var doubt = 0
        var live = 0
        var buys = [Int64](repeating: 0, count: core.instrumentCountMax)
        var sells = buys
        var counts = buys
        for slot in 0..<core.orderSlotCount {
            guard let order = core.order(slot: slot) else { continue }
            live += 1
            if order.knowledge == .inDoubt { doubt += 1 }
            if order.lifecycle.isEnded {
                if order.leaves != 0 { return "slot \(slot): an ended order has leaves" }
                if order.request != .none { return "slot \(slot): an ended order has a request" }
                continue
            }
            open += 1
            counts[Int(order.instrument)] += 1
            if order.side == .buy {
                buys[Int(order.instrument)] += worstLeaves(slot)
            } else {
                sells[Int(order.instrument)] += worstLeaves(slot)
            }
        }
        var realised = Money.zero
        var unrealised = Money.zero
        var fees: Int128 = 0
        for index in 0..<core.instrumentCountMax {
            let line = core.risks[index]
            let position = core.ledger[index]
            if line.openBuy != buys[index] || line.openSell != sells[index] {
                return
                    "instrument \(index): open \(line.openBuy)/\(line.openSell), orders \(buys[index])/\(sells[index])"
            }
            if line.position != position.quantity.raw { return "instrument \(index): position" }
            if Int64(line.buyCount + line.sellCount) != counts[index] { return "instrument \(index): counts" }
            var listed: Int64 = 0
            var slot = line.firstOrder
            while slot != .max {
                listed += 1
                slot = core.pool[Int(slot)].next
            }
            if listed != counts[index] {
                return "instrument \(index): list has \(listed) of \(counts[index])"
            }
            let worst = max(
                abs(line.position + line.openBuy), abs(line.position - line.openSell))
            gross =
                gross + BigInteger(Int128(worst) * Int128(line.reference) * Int128(line.multiplier))
                * BigInteger(core.ledger.sums(Int(line.currency)).rate)
            if line.currency != position.currency { return "instrument \(index): currency" }
            realised += position.realised
            unrealised += position.unrealised
            fees += position.feesMillionths
            let worth = Money(position.mark, times: position.quantity, multiplier: position.multiplier)
            if position.quantity.raw != 0, position.unrealised != worth - position.cost {
                return "instrument \(index): unrealised"
            }
            if position.quantity.raw == 0, position.cost != .zero || position.unrealised != .zero {
                return "instrument \(index): flat with cost"
            }
            let isExposed = line.position != 0 || line.openBuy != 0 || line.openSell != 0
            if core.markets[index].isExposed != isExposed { return "instrument \(index): exposed" }
        }
        // Rates have nine decimals: what is shown is the least whole number that is not below the exact one.
        let rateOne = BigInteger(Ledger.rateOne)
        let shown = BigInteger(core.account.grossNotional)
        if shown * rateOne < gross || gross <= (shown - BigInteger(1)) * rateOne {
            return "gross \(core.account.grossNotional), slow \(gross) of 10⁻⁹"
        }
        if open != core.openOrderCount { return "open \(core.openOrderCount), slow \(open)" }
        if doubt != core.inDoubtCount { return "in doubt \(core.inDoubtCount), slow \(doubt)" }
        if live != core.liveOrderCount { return "live \(core.liveOrderCount), slow \(live)" }
        if core.currencyCount == 1,
            realised != totals.realised || unrealised != totals.unrealised || fees != totals.feesMillionths
        {
            return "the positions do not sum to the account"
        }
        var digest: UInt64 = 0
        for index in 0..<core.instrumentCountMax { digest ^= Ledger.digest(index, core.ledger[index]) }
        if digest != core.ledger.positionDigest { return "position digest" }
        return core.disagreementOfMoney ?? core.disagreementOfRisk()
    }
}
