import Model
import TestSupport
import Testing

@testable import Core

// Goal: day trades are counted as the rule's examples count them, within so many business days, and the order that could
// make one too many is refused, never one that closes. Method: tables of the counter, and worlds around the limit.

private func trades() -> DayTrades {
    var limits = RiskLimits()
    limits.guardsDayTrades = true
    var trades = DayTrades(limits, instrumentCountMax: 2)
    trades.begin(100, windowBegin: 96)
    return trades
}

/// Executions from a position held over night, and how many day trades they are.
@Test(arguments: [
    (Int64(0), [Int64(100)], Int64(0)),
    (0, [100, -100], 1),
    (0, [-100, 100], 1),
    // Several that open, closed by one; one that opens, closed by several.
    (0, [100, 100, 100, -300], 1),
    (0, [300, -100, -100, -100], 1),
    (0, [100, 200, -50, -250], 1),
    // The direction changes in between.
    (0, [100, -50, 50, -100], 2),
    (0, [100, -100, 100, -100, 100], 2),
    // Through zero: closed, and opened the other way.
    (0, [100, -200], 1),
    (0, [100, -200, 100], 2),
    (0, [-100, 300, -300, 100], 3),
    // Held over night: closing it is none, nor is closing it and opening the other way.
    (100, [-100], 0),
    (100, [-50, -50], 0),
    (100, [-200], 0),
    (100, [-200, 100], 1),
    // Something was opened beside it: that is taken to be closed first, and once.
    (100, [50, -50], 1),
    (100, [50, -150], 1),
    (-100, [-10, 5, 5, 100], 1),
    (-100, [100, -100], 0),
    (100, [-50, 50, -50], 1),
])
func dayTradesAreCountedByRuns(_ before: Int64, _ executions: [Int64], _ expected: Int64) {
    var trades = trades()
    var position = before
    for signed in executions {
        _ = trades.execute(0, from: position, by: signed)
        position += signed
    }
    #expect(trades.todayCount == expected)
    // What could still be one is what was opened today and is not being closed.
    let line = trades.line(0)
    #expect(trades.openRunCount == (line.isOpenRun ? 1 : 0))
    #expect(abs(line.opened) <= abs(position))
}

/// Never more opened today than is held, whatever is undone; and never less counted than the runs there were.
@Test func undoingNeverForgetsADayTrade() {
    var random = SeededRandom(seed: TestSeed.current)
    var trades = trades()
    var position: Int64 = 0
    var count: Int64 = 0
    for _ in 0..<20_000 {
        let signed = (Int64(random.below(20)) + 1) * (random.chance(perMillion: 500_000) ? 1 : -1)
        if random.chance(perMillion: 200_000) {
            position += signed
            trades.mend(0, position: position)
        } else {
            _ = trades.execute(0, from: position, by: signed)
            position += signed
        }
        let line = trades.line(0)
        guard trades.todayCount >= count, abs(line.opened) <= abs(position),
            line.opened == 0 || (line.opened > 0) == (position > 0),
            trades.openRunCount == (line.isOpenRun ? 1 : 0)
        else {
            Issue.record("\(line) at \(position)")
            return
        }
        count = trades.todayCount
    }
    #expect(count > 100)
}

@Test func daysLeaveTheWindow() {
    var trades = trades()
    trades.restore(96, 1)
    trades.restore(95, 7)
    trades.restore(99, 1)
    trades.restore(99, 2)
    trades.restore(99, 1)
    // Today's the stream tells; nor are there days in the future, or negative trades.
    trades.restore(100, 5)
    trades.restore(101, 5)
    trades.restore(98, -1)
    #expect(trades.earlierCount == 3)
    _ = trades.execute(0, from: 0, by: 1)
    _ = trades.execute(0, from: 1, by: -1)
    #expect(trades.count == 4)
    trades.begin(101, windowBegin: 97)
    #expect(trades.count == 3 && trades.todayCount == 0 && trades.openRunCount == 0)
    trades.begin(104, windowBegin: 100)
    #expect(trades.count == 1)
    trades.begin(105, windowBegin: 101)
    #expect(trades.count == 0)
}

/// 2023-11-14, a Tuesday, by the venue's calendar.
private let tuesday: Int64 = 19_675

private func guarded(_ change: (inout CoreConfiguration) -> Void = { _ in }) -> World {
    World {
        $0.limits.guardsDayTrades = true
        // A cent below 25,000.
        $0.ledger.currencies[0].startCash = Money(raw: 249_999_900)
        change(&$0)
    }
}

extension World {
    fileprivate func dayTrade() {
        hold(1)
        hold(-1)
    }
}

@Test func theOpeningOrderThatCouldMakeTheFourthIsRefused() {
    let world = guarded()
    for count in 1...3 {
        world.dayTrade()
        let fact = world.last.first { $0.factKind == .dayTrade }!
        #expect(fact.quantity == Int64(count) && fact.price == Int64(count))
    }
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.patternDayTrader, 3, 4))
    #expect(world.signal(.sell, 1) == nil && world.refusal?.rule == .patternDayTrader)
    // The window is five business days: Tuesday to Monday, the weekend not among them.
    #expect(world.core.profitDay == tuesday)
    world.passDays(6)
    #expect(world.core.profitDay == tuesday + 6 && world.signal(.buy, 1) == nil)
    world.passDays(1)
    #expect(world.signal(.buy, 1) != nil)
    #expect(world.disagreement() == nil)
}

@Test func openPositionsAndOrdersCountAsWhatTheyCouldBecome() {
    let world = guarded()
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    world.dayTrade()
    world.hold(10)
    let first = world.working(.buy, 1, limit: 990_000, instrument: 1)
    // One done, one open position, one open order: another could be the fourth.
    #expect(world.signal(.buy, 1, limit: 980_000) == nil)
    #expect(world.refusal! == (.patternDayTrader, 3, 4))
    // What closes passes, whatever it makes of the count.
    #expect(world.signal(.sell, 4) != nil)
    world.cancelled(first, 1)
    let second = world.working(.buy, 1, limit: 990_000, instrument: 1)
    // Its price may move: it counts already.
    let handle = world.core.pool.handle(Int(world.core.slots.find(0, second)!))
    world.speak {
        $0.replace(handle, in: InstrumentID(index: 1), limit: Price(raw: 989_000), quantity: .zero)
    }
    #expect(world.sent.last?.commandKind == .replace)
    #expect(world.disagreement() == nil)
}

@Test func equityAtTheMinimumIsFree() {
    let world = guarded { $0.ledger.currencies[0].startCash = Money(raw: 250_000_000) }
    world.quote(bid: 1_000_000, 500, ask: 1_000_000, 500)
    for _ in 0..<5 { world.dayTrade() }
    #expect(world.core.dayTrades.count == 5)
    world.hold(1)
    // A unit less, and it is not; what closes passes.
    world.quote(bid: 999_999, 500, ask: 1_000_000, 500)
    #expect(world.signal(.buy, 1, limit: 990_000) == nil && world.refusal?.rule == .patternDayTrader)
    world.quote(bid: 1_000_000, 500, ask: 1_000_000, 500)
    #expect(world.signal(.buy, 1, limit: 990_000) != nil)
    world.quote(bid: 999_999, 500, ask: 1_000_000, 500)
    #expect(world.signal(.sell, 1, limit: 1_000_000) != nil)
}

@Test func earlierDaysAreTold() {
    let world = guarded()
    func restore(_ day: Int64, _ count: Int64) {
        world.tell(.restoreDayTrades) {
            $0.execution_id = UInt64(bitPattern: day)
            $0.quantity = count
        }
    }
    // Tuesday's window begins on the Wednesday before.
    restore(tuesday - 7, 3)
    restore(-5, 3)
    #expect(world.signal(.buy, 1) != nil)
    world.cancelled(world.sent.last!.user_ref, 1)
    restore(tuesday - 6, 3)
    #expect(world.signal(.buy, 1) == nil && world.refusal?.rule == .patternDayTrader)
}

/// A holiday of the calendar does not count: the window reaches a day further back.
@Test func holidaysMakeTheWindowLonger() {
    let dayNs: UInt64 = 86_400_000_000_000
    func hours(_ day: Int64) -> TradingCalendar.Session {
        // 14:30 to 21:00 UTC.
        TradingCalendar.Session(
            opensNs: UInt64(day) * dayNs + 52_200_000_000_000,
            closesNs: UInt64(day) * dayNs + 75_600_000_000_000)
    }
    for isHoliday in [false, true] {
        let world = guarded {
            $0.calendars = [
                TradingCalendar(
                    sessions: (tuesday - 20...tuesday + 20)
                        .filter {
                            ($0 + 4) % 7 != 0 && ($0 + 4) % 7 != 6 && !(isHoliday && $0 == tuesday - 4)
                        }
                        .map(hours))
            ]
        }
        world.tell(.restoreDayTrades) {
            $0.execution_id = UInt64(tuesday - 7)
            $0.quantity = 3
        }
        #expect((world.signal(.buy, 1) == nil) == isHoliday)
    }
}
