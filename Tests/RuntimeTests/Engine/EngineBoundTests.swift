import Core
import Feeds
import Memory
import Model
import Plumbing
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
    #expect(trading == .stopped)
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
