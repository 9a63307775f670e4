import Core
import Feeds
import Memory
import Model
import Plumbing
import Reporting
import Testing
import Venues
import Wire

@testable import Runtime

/// Sets a timer in every timer, and nothing else.
private struct Clockwork: Strategy {
    mutating func onStart(_ context: inout StrategyContext) { _ = context.setTimer(afterNs: 1_000, id: 1) }
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {
        _ = context.setTimer(afterNs: 1_000, id: 1)
    }
}

private func engine(ringBytes: Int = 1 << 20, ringPath: String? = nil) throws -> Engine<Clockwork, StillIO> {
    var core = CoreConfiguration()
    core.instruments = [InstrumentDefinition(symbol: Symbol("SPIN")!)]
    core.instrumentCountMax = 4
    core.bookOrderCountMax = 1_024
    core.bookLevelCountMax = 1_024
    core.orderCountMax = 1_024
    core.residueCountMax = 1_024
    core.executionCountMax = 1_024
    core.enabledStrategyMask = 1
    let session = OuchSessionConfiguration(username: "spine", password: "tail", heartbeatNs: 1_000_000_000)
    let ring = try JournalRing(path: ringPath, capacity: ringBytes, runID: RunID(low: 1, high: 1), epoch: 1)
    var made = Engine(
        core: TradingCore(core), strategies: Clockwork(), io: StillIO(),
        feeds: FixedList(count: 1) { _ in MarketFeed(FeedConfiguration(.itch50)) },
        sessions: FixedList(count: 1) { OuchSession(session, index: UInt8($0)) },
        journal: EngineJournal(ring, waitNsMax: 1_000_000), measures: false)
    _ = made.sessions[0].define(Symbol("SPIN")!, as: InstrumentID(index: 0))
    return made
}

private func written(_ byteCount: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    // SAFETY: the writer stays within the room it is given.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe write($0) }
    return Array(bytes[..<count])
}

private func phase(_ engine: borrowing Engine<Clockwork, StillIO>) -> OuchSessionPhase {
    engine.sessions[0].phase
}

private func sequenced(_ message: [UInt8]) -> [UInt8] {
    [UInt8((message.count + 1) >> 8), UInt8((message.count + 1) & 0xff), UInt8(ascii: "S")] + message
}

/// An accepted buy order that no run of ours made, as the venue writes it.
private func accepted(_ number: UInt32) -> [UInt8] {
    let message = Ouch50.OrderAccepted(
        timestamp: 1, userRefNum: number, side: UInt8(ascii: "B"), quantity: 1, symbol: Symbol("SPIN")!.raw,
        price: 10_000, timeInForce: UInt8(ascii: "0"), display: UInt8(ascii: "Y"),
        orderReferenceNumber: UInt64(number), capacity: UInt8(ascii: "P"),
        intermarketSweep: UInt8(ascii: "N"),
        crossType: UInt8(ascii: "N"), orderState: UInt8(ascii: "L"), clientOrderID: .blank)
    // SAFETY: the message fits the room.
    return unsafe sequenced(written(256) { unsafe message.write(to: $0) })
}

/// Goal: an engine whose journal takes nothing any more halts, whatever is due. Method: timers that set timers fill a
/// small ring that nobody reads. A failure does not come back.
@Test(.timeLimit(.minutes(1))) func haltedEngineReturnsWithTimersDue() throws {
    var engine = try engine(ringBytes: 1 << 16)
    engine.start(epoch: 1, utcAtZeroNs: 0, nowNs: 1_000)
    for _ in 0..<1_000 where engine.state == .running {
        engine.io.clockNs += 100_000
        _ = engine.run(turns: 1)
    }
    let state = engine.state
    #expect(state == .halted)
    let (dueNs, nowNs) = (engine.core.nextDeadlineNs, engine.io.clockNs)
    #expect(dueNs <= nowNs, "a timer is still due")
    let work = engine.run(turns: 100)
    #expect(work == 0)
}

/// Goal: a stop that meets a session which has just ended asks for each cancel once. Method: 70 living orders, the end
/// of the session read in the same turn, then the stop, before the core could hear of the end. Told only of refused
/// cancels, the core would ask again at each; the work would double with every order.
@Test(.timeLimit(.minutes(1))) func stopOnAnEndedSessionComesBack() throws {
    var engine = try engine()
    engine.start(epoch: 1, utcAtZeroNs: 0, nowNs: 1_000)
    _ = engine.run(turns: 3)
    let logOn = SoupBin.LoginAccepted(session: Token10("DAY0000001")!, sequence: 1)
    // SAFETY: as above.
    unsafe engine.io.put(written(64) { unsafe logOn.write(to: $0) })
    _ = engine.run(turns: 1)
    let answer = Ouch50.AccountQueryResponse(timestamp: 1, nextUserRefNum: 1_000)
    // SAFETY: as above.
    unsafe engine.io.put(sequenced(written(64) { unsafe answer.write(to: $0) }))
    _ = engine.run(turns: 1)
    #expect(phase(engine) == .up)
    for number in UInt32(1)...70 { engine.io.put(accepted(number)) }
    engine.io.put([0, 1, UInt8(ascii: "Z")])
    _ = engine.run(turns: 1)
    let living = engine.core.openOrderCount
    #expect(living == 70)
    #expect(phase(engine) == .ended)

    engine.beginStop(nowNs: engine.io.nowNs())
    let cancels = engine.counters.cancels
    #expect(cancels == 70)
    _ = engine.run(turns: 5)
    let (cancelsLater, refused, state) = (engine.counters.cancels, engine.refusedCount, engine.state)
    #expect(cancelsLater == 70)
    #expect(refused == 0)
    #expect(state == .stopping)
    engine.finishStop(nowNs: engine.io.nowNs())
    let atLast = engine.state
    #expect(atLast == .stopped)
}

/// Brings the session up and gives the engine `count` living orders, numbers 1 on.
private func trade(_ engine: inout Engine<Clockwork, StillIO>, orders count: UInt32) {
    engine.start(epoch: 1, utcAtZeroNs: 0, nowNs: 1_000)
    _ = engine.run(turns: 3)
    let logOn = SoupBin.LoginAccepted(session: Token10("DAY0000001")!, sequence: 1)
    // SAFETY: the messages fit the room.
    unsafe engine.io.put(written(64) { unsafe logOn.write(to: $0) })
    _ = engine.run(turns: 1)
    let answer = Ouch50.AccountQueryResponse(timestamp: 1, nextUserRefNum: 1_000)
    unsafe engine.io.put(sequenced(written(64) { unsafe answer.write(to: $0) }))
    _ = engine.run(turns: 1)
    for number in 1...count { engine.io.put(accepted(number)) }
    _ = engine.run(turns: 1)
}

/// Goal: a report names the orders that it can name, and says so of the others. Method: the venue tells
/// of an execution of an order that it has not told of, as of another engine of the same user.
@Test(.timeLimit(.minutes(1))) func anOrderOfAnUnknownInstrumentIsReported() throws {
    var engine = try engine()
    trade(&engine, orders: 1)
    engine.io.put(executed(2))
    _ = engine.run(turns: 5)
    var report = RunReport(
        version: "test", ending: "complete", mode: "paper", folder: "", runID: "", epoch: 1, seconds: 0)
    report.take(engine)
    let known = (report.openOrders + report.books.disputedOrders).map(\.symbol)
    #expect(known.contains("SPIN") && known.contains("unknown instrument"), "\(known)")
}

private func executed(_ number: UInt32) -> [UInt8] {
    let message = Ouch50.OrderExecuted(
        timestamp: 2, userRefNum: number, quantity: 1, price: 10_000, liquidityFlag: UInt8(ascii: "A"),
        matchNumber: UInt64(number))
    // SAFETY: the message fits the room.
    return unsafe sequenced(written(256) { unsafe message.write(to: $0) })
}

private func cancelled(_ number: UInt32) -> [UInt8] {
    let message = Ouch50.OrderCanceled(
        timestamp: 3, userRefNum: number, quantity: 1, reason: UInt8(ascii: "U"))
    // SAFETY: the message fits the room.
    return unsafe sequenced(written(256) { unsafe message.write(to: $0) })
}

/// Goal: an engine whose ring is full asks its working orders back before it ends, and the execution that found the ring
/// full is in the position. Method: ten orders, a ring that nobody reads, filled by timers; then executions until one
/// of them halts the engine. The venue answers the cancels of all but one order.
@Test(.timeLimit(.minutes(1))) func haltedEngineCancelsFirst() throws {
    var engine = try engine(ringBytes: 1 << 16)
    trade(&engine, orders: 10)
    var number: UInt32 = 1
    var turns = 0
    while engine.state == .running, turns < 2_000 {
        engine.io.clockNs += 2_000
        // The ring is nearly full: from here on executions, so that one of them is what finds no room.
        if engine.journal.fillPermille > 985, number <= 8 {
            engine.io.put(executed(number))
            number += 1
        }
        // A session that was silent is looked at every fourth turn.
        _ = engine.run(turns: 4)
        turns += 1
    }
    let state = engine.state
    #expect(state == .halted)
    let told = Int64(number) - 1
    #expect(told > 0)

    engine.beginHalt(nowNs: engine.io.nowNs())
    let position = engine.core.position(InstrumentID(index: 0)).quantity.raw
    #expect(position == told, "no execution is lost")
    let (cancels, open) = (engine.counters.cancels, engine.core.openOrderCount)
    #expect(open == 10 - Int(told))
    #expect(Int(cancels) == open, "every working order is asked back")
    let trading = engine.core.tradingState
    #expect(trading == .halted)
    let isOver = engine.isHaltOver
    #expect(!isOver)
    for other in UInt32(told) + 1..<10 { engine.io.put(cancelled(other)) }
    for _ in 0..<10 { _ = engine.haltTurn(nowNs: engine.io.nowNs()) }
    let left = engine.core.openOrderCount
    #expect(left == 1)
    engine.finishHalt()
    let (last, turned) = (engine.state, engine.haltTurn(nowNs: engine.io.nowNs()))
    #expect(last == .halted && turned == 0)
    // What the ring took is whole: the numbers of its inputs have no hole.
    let (givenUpAfter, sequence) = (engine.journal.givenUpAfter, engine.core.sequence)
    #expect(givenUpAfter > 0 && givenUpAfter <= sequence)
}

/// Goal: a journal that has failed while its ring has room halts the engine with everything recorded.
/// Method: as above, with a ring that has room; the last records of it are the halt and its cancels.
@Test(.timeLimit(.minutes(1))) func haltIsRecordedWhereThereIsRoom() throws {
    let path = "/dev/shm/halt-\(Files.randomRunID())"
    defer { try? JournalRing.remove(path: path) }
    var engine = try engine(ringPath: path)
    trade(&engine, orders: 5)
    engine.beginHalt(nowNs: engine.io.nowNs())
    engine.finishHalt()
    var requested = 0
    var alerts: [UInt32] = []
    try JournalRing.salvage(path: path).forEachRecord { type, _, content in
        guard type == .fact else { return }
        // SAFETY: a fact is 64 bytes.
        let fact = unsafe Array(content).withUnsafeBytes { unsafe $0.loadUnaligned(as: Fact.self) }
        if fact.factKind == .cancelRequested { requested += 1 }
        if fact.factKind == .alert { alerts.append(fact.detail) }
    }
    #expect(requested == 5)
    #expect(alerts.contains(AlertCode.journalFailed.rawValue))
    let givenUpAfter = engine.journal.givenUpAfter
    #expect(givenUpAfter == 0)
}

/// Goal: the longest turn is known without a reading of the clock of its own; what lies between two batches is no turn.
/// Method: a clock that goes on by 1 µs a reading, moved on between the batches and inside one; no strategy is started,
/// as its timers would have much to catch up with.
@Test func theLongestTurnIsKnown() throws {
    var engine = try engine()
    _ = engine.run(turns: 50)
    engine.endTurns(nowNs: engine.io.nowNs())
    let usual = engine.turnNsMax
    #expect(usual > 0 && usual < 1_000_000)
    engine.io.clockNs += 60_000_000
    _ = engine.run(turns: 50)
    engine.endTurns(nowNs: engine.io.nowNs())
    let between = engine.turnNsMax
    #expect(between < 1_000_000)
    // The last turn of a batch counts too.
    _ = engine.run(turns: 1)
    engine.io.clockNs += 60_000_000
    engine.endTurns(nowNs: engine.io.nowNs())
    let last = engine.turnNsMax
    #expect(last >= 60_000_000 && last < 61_000_000)
}

/// Goal: turns in which strategies took longer than their budget are told at once, then at most once a second with their
/// number and the longest, and the rest at the end; a turn in which no strategy was called is none, however long.
/// Method: turns marked as ones with a call, and a clock that is moved on between a turn's begin and its end. No strategy is
/// started, as its timers would have much to catch up with.
@Test func overrunsAreToldOnceASecond() throws {
    var engine = try engine()
    engine.budget.ns = 1_000_000
    let alert = Int(AlertCode.strategyOverran.rawValue)
    func slowTurn(_ engine: inout Engine<Clockwork, StillIO>, ns: UInt64) {
        engine.budget.wasCalled = true
        engine.io.clockNs += ns
        _ = engine.run(turns: 1)
    }
    _ = engine.run(turns: 1)
    engine.budget.wasCalled = false
    engine.io.clockNs += 50_000_000
    _ = engine.run(turns: 1)
    var (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 0 && told == 0, "no strategy was called")

    slowTurn(&engine, ns: 900_000)
    (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 0 && told == 0, "within the budget")
    slowTurn(&engine, ns: 2_000_000)
    (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 1 && told == 1, "the first at once")
    let inputs = engine.sequencer.lastSequence
    #expect(inputs == 1)
    for step in 1...50 { slowTurn(&engine, ns: 2_000_000 + UInt64(step)) }
    (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 51 && told == 1, "the others wait")
    slowTurn(&engine, ns: 1_000_000_000)
    (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 52 && told == 2, "a second later")
    let longest = engine.budget.longestNs
    #expect(longest >= 1_000_000_000)
    slowTurn(&engine, ns: 3_000_000)
    engine.finishStop(nowNs: engine.io.nowNs())
    (count, told) = (engine.budget.overruns, engine.alertCounts[alert])
    #expect(count == 53 && told == 3, "the rest at the end")
}

/// Goal: time that a turn spent waiting for the journal, or sending, is not the strategies'. Method: such a time noted in a
/// turn that would be too long with it.
@Test func waitingIsNotTheStrategies() throws {
    var budget = StrategyBudget()
    budget.ns = 1_000
    budget.wasCalled = true
    budget.elsewhereNs = 5_000
    budget.note(tookNs: 5_900, nowNs: 10_000)
    #expect(budget.overruns == 0 && budget.tellAtNs == .max)
    budget.note(tookNs: 6_100, nowNs: 10_000)
    #expect(budget.overruns == 1 && budget.longestNs == 1_100 && budget.tellAtNs == 10_000)
}

/// Goal: an engine that comes back from a hold has stopped trading, calls no strategy any more, sends nothing of what lay in
/// its buffers, and once it is let in again asks back what works.
@Test func aHeldEngineOnlyCancels() throws {
    let path = "/dev/shm/held-\(Files.randomRunID())"
    defer { try? JournalRing.remove(path: path) }
    var engine = try engine(ringPath: path)
    trade(&engine, orders: 5)
    engine.beginHold(awayNs: 2_000_000_000, connectionCount: 1, nowNs: engine.io.nowNs())
    var (state, line, trading) = (engine.state, phase(engine), engine.core.tradingState)
    #expect(state == .halting && line == .down && trading == .halted)
    var (open, cancels) = (engine.core.openOrderCount, engine.counters.cancels)
    #expect(open == 5)
    let isSilent = engine.sessions[0].pendingOutput().isEmpty
    #expect(isSilent, "what lay in the buffer is gone")
    // Two seconds later it connects again.
    engine.io.clockNs += 2_000_000_000
    for _ in 0..<4 { _ = engine.haltTurn(nowNs: engine.io.nowNs()) }
    let logOn = SoupBin.LoginAccepted(session: Token10("DAY0000001")!, sequence: 7)
    // SAFETY: the messages fit the room.
    unsafe engine.io.put(written(64) { unsafe logOn.write(to: $0) })
    _ = engine.haltTurn(nowNs: engine.io.nowNs())
    let answer = Ouch50.AccountQueryResponse(timestamp: 1, nextUserRefNum: 1_000)
    unsafe engine.io.put(sequenced(written(64) { unsafe answer.write(to: $0) }))
    _ = engine.haltTurn(nowNs: engine.io.nowNs())
    line = phase(engine)
    cancels = engine.counters.cancels - cancels
    #expect(line == .up && cancels == 5)
    for number in UInt32(1)...5 { engine.io.put(cancelled(number)) }
    _ = engine.haltTurn(nowNs: engine.io.nowNs())
    open = engine.core.openOrderCount
    let isOver = engine.isHaltOver
    #expect(open == 0 && isOver)
    engine.finishStop(nowNs: engine.io.nowNs())
    (state, trading) = (engine.state, engine.core.tradingState)
    #expect(state == .stopped)
    var kinds: [UInt8] = []
    try JournalRing.salvage(path: path).forEachRecord { type, _, content in
        guard type == .input else { return }
        // SAFETY: an input is 64 bytes.
        let input = unsafe Array(content).withUnsafeBytes { unsafe $0.loadUnaligned(as: Input.self) }
        kinds.append(input.kind)
    }
    let held = try #require(kinds.firstIndex(of: InputKind.engineHeld.rawValue))
    // A strategy's timer falls due all the time; none that it sets is set any more.
    let timers = kinds[held...].filter { $0 == InputKind.timer.rawValue }.count
    #expect(timers <= 2, "\(timers)")
    #expect(kinds.last == InputKind.stop.rawValue)
}

/// Goal: an engine that was not run for a while hears that its session is lost before anything falls due: a strategy's cancels
/// would find a session that takes nothing, and a core that does not know it. Method: twenty seconds pass between two turns,
/// with a timer due all the time and a heartbeat missed.
@Test func aLostSessionIsToldBeforeWhatIsDue() throws {
    let path = "/dev/shm/lost-\(Files.randomRunID())"
    defer { try? JournalRing.remove(path: path) }
    var engine = try engine(ringPath: path)
    trade(&engine, orders: 5)
    let before = engine.core.sequence
    engine.io.clockNs += 20_000_000_000
    _ = engine.run(turns: 1)
    let line = phase(engine)
    #expect(line == .down)
    var kinds: [UInt8] = []
    try JournalRing.salvage(path: path).forEachRecord { type, _, content in
        guard type == .input else { return }
        // SAFETY: an input is 64 bytes.
        let input = unsafe Array(content).withUnsafeBytes { unsafe $0.loadUnaligned(as: Input.self) }
        if input.sequence > before { kinds.append(input.kind) }
    }
    #expect(kinds.first == InputKind.sessionDown.rawValue)
    #expect(kinds.contains(InputKind.timer.rawValue))
}
