import Model
import Testing

@testable import Core

// Goal: an instrument is traded in its hours and not outside them, by a clock that may be set. Method: the run begins at
// 1,700,000,000 s of UTC; hours around it in seconds from there.

private let start: UInt64 = 1_700_000_000_000_000_000
private let second: UInt64 = 1_000_000_000

private func calendar(_ hours: [(Int64, Int64)]) -> TradingCalendar {
    TradingCalendar(
        sessions: hours.map {
            TradingCalendar.Session(
                opensNs: UInt64(Int64(start) + $0.0 * Int64(second)),
                closesNs: UInt64(Int64(start) + $0.1 * Int64(second)))
        })
}

private func world(_ hours: [(Int64, Int64)], _ change: (inout CoreConfiguration) -> Void = { _ in }) -> World
{
    World {
        $0.calendars = [calendar(hours), calendar([(-1_000, 1_000)])]
        $0.instruments[0].calendar = 0
        $0.instruments[1].calendar = 1
        change(&$0)
    }
}

@Test func nothingIsTradedOutsideTheHours() throws {
    let world = world([(-10, 10), (20, 30), (30, 40)])
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    world.hold(100)
    let stop = try #require(world.make(.sell, 50, .stop, stop: 990_000))
    world.advance(10 * second - world.nowNs - 1)
    #expect(world.signal(.buy, 1, limit: 990_000) != nil)
    world.advance(1)
    #expect(world.cause(.instrument, 0) == .marketClosed)
    #expect(world.signal(.buy, 1) == nil && world.refusal?.rule == .marketClosed)
    #expect(world.refusedScope == .instrument)
    // Nobody trades: what closes waits, too.
    #expect(world.signal(.sell, 1) == nil && world.refusal?.rule == .marketClosed)
    #expect(world.signal(.buy, 1, instrument: 1) != nil)
    world.trade(price: 980_000)
    #expect(world.status(stop) == .held)
    // A cancel goes.
    world.speak { $0.signal(Signal(instrument: InstrumentID(index: 0), action: .cancelOrder)) }
    let count = world.sent.count
    world.advance(10 * second)
    #expect(world.cause(.instrument, 0) == .none && world.status(stop) == .submitted)
    #expect(world.sent.count == count + 1)
    // One session behind another is one.
    let inputs = world.core.counters.inputs
    world.advance(10 * second)
    #expect(world.core.counters.inputs == inputs && world.signal(.buy, 1) != nil)
    world.advance(10 * second)
    #expect(world.cause(.instrument, 0) == .marketClosed)
    // Behind the last one it stays closed, and no timer waits for more.
    world.advance(1_000 * second)
    #expect(world.core.calendarDueNs == .max && world.cause(.instrument, 1) == .marketClosed)
    #expect(world.cause(.instrument, 2) == .none)
    #expect(world.disagreement() == nil)
}

/// What is to be closed while the market is closed is closed when it opens.
@Test func aClosingWaitsForTheMarket() {
    let world = world([(-10, 10), (20, 30)])
    world.hold(100)
    world.advance(15 * second)
    var close = Input(kind: .operatorCommand)
    close.flags = OperatorCommand.closePosition.rawValue
    close.instrument = 0
    world.step(close)
    let count = world.sent.count
    world.advance(5 * second)
    #expect(world.sent.count == count + 1 && world.sent.last?.quantity == 100)
}

/// The clock is set by an hour and back, as where somebody took one offset for another: hours follow it at once.
@Test func hoursFollowTheClock() {
    let world = world([(-10, 10), (3_600, 7_200)])
    func set(_ offset: Int64) {
        world.tell(.clockOffset) { $0.execution_id = UInt64(Int64(start) + offset * Int64(second)) }
    }
    #expect(world.cause(.instrument, 0) == .none)
    set(60)
    #expect(world.cause(.instrument, 0) == .marketClosed)
    set(3_600)
    #expect(world.cause(.instrument, 0) == .none && world.signal(.buy, 1) != nil)
    #expect(world.core.calendarDueNs == 3_600 * second)
    set(0)
    #expect(world.cause(.instrument, 0) == .none)
    #expect(world.core.calendarDueNs == 10 * second)
    world.advance(11 * second)
    #expect(world.cause(.instrument, 0) == .marketClosed)
    // Far beyond everything, and before it.
    set(1_000_000)
    #expect(world.cause(.instrument, 0) == .marketClosed && world.core.calendarDueNs == .max)
    set(-1_000_000)
    #expect(world.cause(.instrument, 0) == .marketClosed && world.core.calendarDueNs != .max)
}

/// Before the start nobody knows the time: closed. What a feed defines has the hours of the defaults.
@Test func unknownTimeIsClosedAndFeedsDefineWithHours() {
    let configured = World(isReady: false) {
        $0.calendars = [calendar([(-10, 10)])]
        $0.instruments[0].calendar = 0
        $0.instrumentDefaults.calendar = 0
    }
    #expect(configured.cause(.instrument, 0) == .marketClosed)
    configured.tell(.start) { $0.execution_id = start }
    #expect(configured.cause(.instrument, 0) == .none)
    configured.advance(20 * second)
    var event = MarketEvent()
    event.kind = MarketEventKind.instrument.rawValue
    event.instrument = 3
    event.symbol = Symbol("DDD")!.raw
    configured.packet([event])
    let isDefined = configured.core.isDefined(InstrumentID(index: 3))
    #expect(isDefined)
    #expect(configured.cause(.instrument, 3) == .marketClosed)
}
