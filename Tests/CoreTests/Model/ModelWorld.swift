import Foundation
import Model

@testable import Core

/// One sequence: the core, a strategy that wishes anything, venues that are the truth, and everything between them; beside
/// it the slow model, with which the core is compared after each input.
///
///     strategy, operator, market ─▶ core ─▶ outbox ─▶ wire ─▶ venue ─▶ stream ─▶ core
///                                    │                          └─▶ books ─▶ answers ─▶ core
///                                    └─▶ compared with the slow model
final class ModelWorld {
    let seed: UInt64
    let traits: ModelTraits
    var random: SeededRandom
    var core: TradingCore
    private var sequencer = Sequencer()
    private var epoch: UInt32 = 7
    private(set) var journal = ModelJournal()
    var nowNs: UInt64 = 1_000

    // MARK: Truth

    var venues = [TruthSession(), TruthSession()]
    var orders: [TruthOrder] = []
    var executions: [TruthExecution] = []
    var nextMatch: UInt64 = 1
    /// Nothing is refused or goes wrong any more: everything is brought to its end.
    var isSettling = false

    // MARK: Model

    var ledger = SlowLedger(lines: [SlowLedger.Line](repeating: SlowLedger.Line(), count: 3), commission: 30)
    var told: [ToldExecution] = []
    /// What stands of what the core inferred.
    var inferredCash: [Int128] = [0, 0, 0]
    /// Instrument and side of each number that the core gave away, by session and number.
    var known: [UInt64: (instrument: UInt32, side: Side)] = [:]
    /// The same of every core there was.
    var given: [UInt64: (instrument: UInt32, side: Side)] = [:]
    /// The session whose answer came last, as the core takes one at a time.
    private var answering = -1
    private var expected: [Booking] = []
    private var expectedPlace = 0
    /// Numbers by order id: which orders were entered, once each.
    var entered: [OrderID: UInt64] = [:]
    var handles: [OrderHandle] = []
    var ids: [OrderID] = []

    // MARK: Record

    /// The first thing that was wrong.
    private(set) var failure: String?
    var step = 0
    let isVerbose: Bool
    private(set) var words: [String] = []
    /// Running digest of all facts and commands.
    private(set) var digest: UInt64 = 0
    private(set) var inputCount = 0
    /// How often things happened, in every core there was.
    var counters: CoreCounters {
        var sum = past
        sum.add(core.counters)
        return sum
    }
    private var past = CoreCounters()
    var kinds = ModelKinds()

    static func key(_ session: UInt8, _ ref: UInt32) -> UInt64 { UInt64(session) << 32 | UInt64(ref) }

    init(seed: UInt64, isVerbose: Bool = false) {
        self.isVerbose = isVerbose
        self.seed = seed
        var random = SeededRandom(seed: seed)
        let traits = ModelTraits(&random)
        self.random = random
        self.traits = traits
        ledger.lines[1].multiplier = 10
        core = TradingCore(Self.configuration(traits))
        start()
        for session in 0..<2 { logOn(session) }
        quote(0)
        quote(1)
        quote(2)
    }

    static let utcAtZeroNs: UInt64 = 1_700_000_000_000_000_000

    private func start() {
        var start = Input(kind: .start)
        start.user_ref = epoch
        start.execution_id = Self.utcAtZeroNs
        input(start)
    }

    /// The process dies, whatever was on its way, and is started anew: another core is given what this one had open, and
    /// hears the venues' streams from the beginning of the day before it trades.
    func restart() {
        guard failure == nil else { return }
        if isVerbose { say("    restart") }
        kinds[.restarts] += 1
        for session in 0..<2 {
            hangUp(session)
            venues[session].outbox = []
            forget(session)
        }
        var open: [OrderID] = []
        for slot in 0..<core.pool.touchedCount where !core.pool[slot].lifecycle.isEnded {
            open.append(core.pool[slot].id)
        }
        journal.keep { open.contains($0) }
        past.add(core.counters)
        epoch += 1
        core = TradingCore(Self.configuration(traits))
        sequencer = Sequencer()
        ledger = SlowLedger(lines: [SlowLedger.Line](repeating: SlowLedger.Line(), count: 3), commission: 30)
        ledger.lines[1].multiplier = 10
        told = []
        inferredCash = [0, 0, 0]
        known = [:]
        answering = -1
        handles = []
        start()
        for input in journal.inputs(utcAtZeroNs: Self.utcAtZeroNs) {
            if input.inputKind == .restoreOrder, input.user_ref != 0 {
                known[Self.key(input.source, input.user_ref)] = (
                    input.instrument, Side(rawValue: input.side)!
                )
            }
            self.input(input)
        }
    }

    static func configuration(_ traits: ModelTraits) -> CoreConfiguration {
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 3
        configuration.bookOrderCountMax = 16
        configuration.bookLevelCountMax = 64
        configuration.orderCountMax = 24
        configuration.orderCountReserved = 4
        configuration.residueCountMax = 512
        configuration.executionCountMax = 512
        configuration.signalCountPerStepMax = 16
        configuration.messageCountPerPacketMax = 8
        configuration.creditCountMax = 12
        configuration.strategyTimerCountMax = 4
        configuration.sessionCount = 2
        configuration.commissionHundredthBps = 30
        configuration.limits.positionMax = Quantity(raw: 400)
        configuration.limits.orderQuantityMax = Quantity(raw: 100)
        configuration.limits.openOrderCountMax = 14
        configuration.limits.collarPpm = 100_000
        configuration.evidenceHorizonNs = 4_000_000
        configuration.answerTimeoutNs = 2_000_000
        configuration.orderTimeoutNs = 20_000_000
        configuration.doubtAlertNs = 5_000_000
        configuration.retryCountMax = 2
        configuration.retryDelayNs = 1_000_000
        configuration.messagesPerSecond = traits.hasRate ? 1_000 : 0
        configuration.messageBurst = 8
        configuration.remainderPolicy = traits.remainder
        configuration.replaceOutlivesFill = traits.replaceOutlivesFill
        configuration.hasBackOffice = traits.hasBackOffice
        configuration.reconciliationNs = 10_000_000
        configuration.reconciliationDelayNs = longestDelayNs
        configuration.infersExecutions = traits.infers
        configuration.reconciliationPartCountMax = 128
        var definitions = ["AAA", "BBB", "CCC"].map { InstrumentDefinition(symbol: Symbol($0)!) }
        definitions[1].multiplier = 10
        definitions[2].session = 1
        configuration.instruments = definitions
        return configuration
    }

    /// A command that the connection took has come to the venue after this long, or never will.
    static let longestDelayNs: UInt64 = 1_500_000

    /// Whether the venue keeps to its own rules, so that everything must come out right.
    var isHonest: Bool { !traits.isChaotic }

    /// A fill before what names its order is a stranger's to a core that has just been started.
    var mayDispute: Bool { kinds[.restarts] > 0 && traits.reorders }

    // MARK: Steps

    func fail(_ what: @autoclosure () -> String) {
        if failure == nil { failure = what() }
    }

    /// Takes the timers that are due, then `input`.
    func input(_ input: Input) {
        runTimers()
        apply(input, at: nowNs)
    }

    func advance(_ ns: UInt64) {
        nowNs += ns
        runTimers()
    }

    private func runTimers() {
        while failure == nil, let timer = core.dueTimer(upTo: nowNs) { apply(timer, at: timer.execution_id) }
    }

    private func apply(_ input: Input, at timeNs: UInt64) {
        guard failure == nil else { return }
        var stamped = input
        begin(&stamped, at: timeNs)
        expect(input)
        let effect = core.applyInput(&stamped)
        if effect.contains(.fill) { note(core.fill.handle) }
        if effect.contains(.order) { note(core.orderUpdate.handle) }
        finish()
    }

    private func begin(_ stamped: inout Input, at timeNs: UInt64) {
        sequencer.stamp(&stamped, clockNs: timeNs)
        inputCount += 1
        if isVerbose { say("\(stamped.sequence): " + Self.words(stamped)) }
        core.begin(&stamped)
    }

    private func note(_ handle: OrderHandle) {
        guard !handle.isNone else { return }
        if handles.count < 8 { handles.append(handle) } else { handles[Int(handle.index) & 7] = handle }
    }

    private func finish() {
        if isVerbose {
            for index in 0..<core.facts.count {
                let fact = core.facts[index]
                say(
                    "        \(fact.factKind) ref \(fact.user_ref) q \(fact.quantity) p \(fact.price) detail \(fact.detail)"
                )
            }
        }
        readFacts()
        core.facts.clear()
        readCommands()
        core.commands.clear()
        if failure == nil { compare() }
    }

    /// A callback of the strategy, in which it says `wishes`.
    func callback(_ wishes: [(Signal, SignalTerms?)]) {
        runTimers()
        guard failure == nil else { return }
        var stamped = Input(kind: .clockOffset)
        stamped.execution_id = 1_700_000_000_000_000_000
        begin(&stamped, at: nowNs)
        _ = core.applyInput(&stamped)
        _ = core.context.enter(Int(random.below(2)))
        for (signal, terms) in wishes {
            if isVerbose { say("    wish \(signal) \(terms.map { "\($0)" } ?? "")") }
            if let terms { core.context.signal(signal, terms) } else { core.context.signal(signal) }
        }
        core.decide()
        finish()
    }

    /// A packet with one book of an instrument, and perhaps a trade.
    func market(_ index: Int, bid: Int64?, ask: Int64?, trade: Int64?) {
        runTimers()
        guard failure == nil else { return }
        var stamped = Input(kind: .marketPacket)
        begin(&stamped, at: nowNs)
        let line = ledger.lines[index]
        if isVerbose { say("    market \(index) bid \(bid ?? 0) ask \(ask ?? 0) trade \(trade ?? 0)") }
        if let old = line.bid, old != bid { set(index, .buy, old, 0) }
        if let old = line.ask, old != ask { set(index, .sell, old, 0) }
        if let bid, bid != line.bid { set(index, .buy, bid, 300) }
        if let ask, ask != line.ask { set(index, .sell, ask, 300) }
        if let trade {
            var event = MarketEvent()
            event.instrument = UInt32(index)
            event.kind = MarketEventKind.trade.rawValue
            event.price = trade
            event.quantity = 1
            ledger.lines[index].last = trade
            ledger.remark(index)
            _ = core.applyMarket(&event)
        }
        finish()
    }

    private func set(_ index: Int, _ side: Side, _ price: Int64, _ quantity: Int64) {
        var event = MarketEvent()
        event.instrument = UInt32(index)
        event.kind = MarketEventKind.levelSet.rawValue
        event.side = side.rawValue
        event.price = price
        event.quantity = quantity
        if side == .buy { ledger.lines[index].bid = quantity > 0 ? price : nil }
        if side == .sell { ledger.lines[index].ask = quantity > 0 ? price : nil }
        ledger.remark(index)
        _ = core.applyMarket(&event)
    }

    // MARK: What the model expects

    private func expect(_ input: Input) {
        expected.removeAll(keepingCapacity: true)
        expectedPlace = 0
        let isHeard =
            input.kind >= InputKind.orderAccepted.rawValue && input.kind <= InputKind.orderExpired.rawValue
        if isHeard, input.source < 2 { venues[Int(input.source)].heard += 1 }
        switch input.inputKind {
        case .execution: expectExecution(input)
        case .executionBroken:
            guard let place = place(input), !told[place].isBroken else { return }
            told[place].isBroken = true
            let was = told[place]
            expected.append(.undo(was.instrument, was.side, was.price, was.quantity, was.id))
        case .executionCorrected:
            guard Self.isPlausible(input), input.flags > 0, let place = place(input), !told[place].isBroken,
                told[place].correction < input.flags
            else { return }
            let was = told[place]
            told[place].correction = input.flags
            told[place].price = input.price
            told[place].quantity = input.quantity
            expected.append(
                .correct(
                    was.instrument, was.side, input.price, input.quantity, was.id, was.price, was.quantity))
        case .reconcileCommit:
            let venue = venues[Int(input.source)]
            guard answering == Int(input.source), venue.isAnswerWhole, venue.answerUpTo <= venue.heard else {
                return
            }
            for part in venue.answered { expectExecution(part) }
        case .reconcileBegin: answering = Int(input.source)
        case .orderAccepted:
            // A stranger is taken over as the report names it.
            let key = Self.key(input.source, input.user_ref)
            if known[key] == nil, input.flags & 1 == 0, input.instrument < 3,
                let side = Side(rawValue: input.side), side != .none
            {
                known[key] = (input.instrument, side)
                kinds[.ordersAdopted] += 1
            }
        case .orderReplaced:
            let key = Self.key(input.source, input.user_ref)
            if known[key] == nil,
                let old = known[Self.key(input.source, UInt32(truncatingIfNeeded: input.execution_id))]
            {
                known[key] = old
            }
        case .sessionUp:
            if input.execution_id != 0 { venues[Int(input.source)].heard = input.execution_id }
        default: return
        }
    }

    static func isPlausible(_ input: Input) -> Bool {
        input.quantity > 0 && input.quantity < 1 << 40 && input.price < 1 << 48 && input.price > -1 << 48
    }

    private func resolve(_ input: Input) -> (instrument: UInt32, side: Side)? {
        if let mine = known[Self.key(input.source, input.user_ref)] { return mine }
        guard input.instrument < 3, let side = Side(rawValue: input.side), side != .none else { return nil }
        return (input.instrument, side)
    }

    private func place(_ input: Input) -> Int? {
        guard let (_, side) = resolve(input) else { return nil }
        return told.firstIndex {
            $0.id == input.execution_id && $0.userRef == input.user_ref && $0.source == input.source
                && $0.side == side
        }
    }

    private func expectExecution(_ input: Input) {
        guard Self.isPlausible(input), let (instrument, side) = resolve(input), place(input) == nil else {
            return
        }
        if let slot = core.orderSlot(input.source, input.user_ref) {
            if core.pool[slot].lifecycle.isEnded { kinds[.lateExecutions] += 1 }
        } else {
            kinds[
                known[Self.key(input.source, input.user_ref)] == nil ? .unknownExecutions : .lateExecutions] +=
                1
        }
        told.append(
            ToldExecution(
                source: input.source, id: input.execution_id, userRef: input.user_ref,
                instrument: Int(instrument), side: side, price: input.price, quantity: input.quantity))
        expected.append(.book(Int(instrument), side, input.price, input.quantity, input.execution_id))
        tell(input)
    }

    /// The core knows of it from here on.
    private func tell(_ input: Input) {
        guard
            let place = executions.firstIndex(where: {
                $0.id == input.execution_id && orders[$0.order].session == Int(input.source)
                    && $0.ref == input.user_ref
            }), !executions[place].isTold
        else { return }
        executions[place].isTold = true
        orders[executions[place].order].untold -= executions[place].firstQuantity
    }

    // MARK: What the core said

    /// Facts must tell every booking, in the order and with the figures that the model expects.
    private func readFacts() {
        for index in 0..<core.facts.count {
            let fact = core.facts[index]
            mix(fact.order_id_low ^ fact.order_id_high &* 3, fact.execution_id, fact.price, fact.quantity)
            mix(
                UInt64(fact.user_ref) << 32 | UInt64(fact.detail), UInt64(fact.instrument),
                Int64(fact.kind), Int64(fact.side))
            let instrument = Int(truncatingIfNeeded: fact.instrument)
            let side = Side(rawValue: fact.side) ?? .none
            journal.take(fact)
            kinds.take(fact)
            switch fact.factKind {
            case .orderFilled:
                meet(.book(instrument, side, fact.price, fact.quantity, fact.execution_id))
            case .executionBroken:
                meet(.undo(instrument, side, fact.price, fact.quantity, fact.execution_id))
            case .executionCorrected:
                // What stood before is the model's own knowledge.
                guard expectedPlace < expected.count,
                    case .correct(_, _, _, _, _, let price, let quantity) = expected[expectedPlace]
                else { return fail("a correction was booked that was none") }
                meet(
                    .correct(instrument, side, fact.price, fact.quantity, fact.execution_id, price, quantity))
            case .executionInferred:
                ledger.book(instrument, side, fact.price, fact.quantity)
                inferredCash[instrument] -=
                    side.cash * Int128(fact.price) * Int128(fact.quantity)
                    * ledger.lines[instrument].multiplier
            case .inferenceReplaced:
                ledger.undo(instrument, side, fact.price, fact.quantity)
                inferredCash[instrument] +=
                    side.cash * Int128(fact.price) * Int128(fact.quantity)
                    * ledger.lines[instrument].multiplier
            case .orderPending:
                if ids.count < 16 {
                    ids.append(fact.orderID)
                } else {
                    ids[Int(fact.sequence & 15)] = fact.orderID
                }
                guard entered[fact.orderID] == nil else {
                    return fail("order \(fact.user_ref) was given to the session twice")
                }
                entered[fact.orderID] = Self.key(instrument == 2 ? 1 : 0, fact.user_ref)
            case .orderHeld:
                if fact.quantity > 0, ids.contains(fact.orderID) { kinds[.stopsTrailed] += 1 }
                if ids.count < 16 {
                    ids.append(fact.orderID)
                } else {
                    ids[Int(fact.sequence & 15)] = fact.orderID
                }
            case .orderLinked where fact.detail == OrderLink.retryOf.rawValue && isHonest:
                let other = OrderID(
                    high: UInt64(bitPattern: fact.price), low: UInt64(bitPattern: fact.quantity))
                if let key = entered[other],
                    orders.contains(where: {
                        $0.session == Int(key >> 32) && $0.refs[0] == UInt32(truncatingIfNeeded: key)
                            && (!traits.isLossy || $0.isAlive || $0.executed > 0)
                    })
                {
                    fail("order \(key & 0xffff_ffff) is made again, and the venue has it")
                }
            case .orderDisputed
            where isHonest && !traits.isLossy && !mayDispute && !orders.contains(where: mayCountMore):
                fail("order \(fact.user_ref) is disputed with a venue that keeps its rules")
            case .riskState
            where fact.detail & 0xff == UInt32(TradingState.reduceOnly.rawValue)
                && random.chance(perMillion: 700_000):
                // Somebody has looked.
                guard let cause = Rule(rawValue: fact.detail >> 16).flatMap(StateCause.of) else { break }
                if fact.instrument == .max {
                    core.setState(.account, 0, cause, .normal)
                } else {
                    core.setState(.instrument, instrument, cause, .normal)
                }
            default: break
            }
        }
        if expectedPlace != expected.count { fail("not booked: \(expected[expectedPlace])") }
        expected.removeAll(keepingCapacity: true)
        expectedPlace = 0
    }

    private func meet(_ booking: Booking) {
        guard expectedPlace < expected.count, expected[expectedPlace] == booking else {
            return fail(
                "booked \(booking), expected \(expectedPlace < expected.count ? "\(expected[expectedPlace])" : "nothing")"
            )
        }
        expectedPlace += 1
        switch booking {
        case .book(let index, let side, let price, let quantity, _): ledger.book(index, side, price, quantity)
        case .correct(let index, let side, let price, let quantity, _, let oldPrice, let oldQuantity):
            ledger.correct(index, side, from: (oldPrice, oldQuantity), to: (price, quantity))
        case .undo(let index, let side, let price, let quantity, _): ledger.undo(index, side, price, quantity)
        }
    }

    /// Numbers rise, and what is named is there.
    private func readCommands() {
        for index in 0..<core.commands.count {
            let command = core.commands[index]
            mix(
                UInt64(command.user_ref) << 32 | UInt64(command.original_ref), UInt64(command.kind),
                command.price, command.quantity)
            let session = Int(command.session)
            if isVerbose {
                say(
                    "    command \(command.commandKind) session \(session) ref \(command.user_ref) of \(command.original_ref) quantity \(command.quantity) price \(command.price)"
                )
            }
            if command.commandKind == .query {
                venues[session].questions.append(command.user_ref)
                continue
            }
            guard command.user_ref > venues[session].lastUsedRef else {
                return fail("number \(command.user_ref) does not rise")
            }
            venues[session].lastUsedRef = command.user_ref
            switch command.commandKind {
            case .enter:
                let order = (command.instrument, Side(rawValue: command.side)!)
                known[Self.key(command.session, command.user_ref)] = order
                given[Self.key(command.session, command.user_ref)] = order
                if command.quantity <= 0 { fail("an order of nothing") }
            case .replace:
                let original = given[Self.key(command.session, command.original_ref)]
                if original == nil, isHonest {
                    fail("a replacement of \(command.original_ref), which is nobody's")
                }
                if let slot = core.orderSlot(command.session, command.user_ref),
                    core.pool[slot].versionCount > 1
                {
                    kinds[.replacesInChains] += 1
                }
                let order = original ?? (command.instrument, Side(rawValue: command.side)!)
                known[Self.key(command.session, command.user_ref)] = order
                given[Self.key(command.session, command.user_ref)] = order
            case .cancel:
                if given[Self.key(command.session, command.original_ref)] == nil, isHonest {
                    fail("a cancel of \(command.original_ref), which is nobody's")
                }
            case .query: break
            }
            venues[session].outbox.append((command, .open))
        }
    }

    private func mix(_ a: UInt64, _ b: UInt64, _ c: Int64, _ d: Int64) {
        for word in [a, b, UInt64(bitPattern: c), UInt64(bitPattern: d)] {
            digest = (digest ^ word) &* 0xbf58_476d_1ce4_e5b9
            digest ^= digest >> 29
        }
    }

    func say(_ line: String) {
        words.append(line)
        if Self.echoes { print(line) }
    }

    /// Words are printed as they come: for a sequence that traps.
    static let echoes = ProcessInfo.processInfo.environment["SPINETAIL_MODEL_ECHO"] != nil

    static func words(_ input: Input) -> String {
        "\(input.inputKind) session \(input.source) ref \(input.user_ref) quantity \(input.quantity) price \(input.price) "
            + "id \(input.execution_id) flags \(input.flags) instrument \(Int32(truncatingIfNeeded: input.instrument)) "
            + "side \(input.side) at \(input.engine_time_ns)"
    }
}

extension Side {
    var cash: Int128 { self == .buy ? 1 : -1 }
}
