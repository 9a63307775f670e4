import Model
import Testing

@testable import Core

// Goal: what an earlier run left goes on where it was, whatever the venue tells again. Method: restore inputs by hand, then
// the venue's stream from its first message; every running sum is recomputed.

private let second: UInt64 = 1_000_000_000

/// An order as an earlier run left it.
private struct Left {
    var number: UInt64
    var side = Side.buy
    var quantity: Int64 = 100
    var price: Int64 = 1_000_000
    var type = OrderType.limit
    var timeInForce = TimeInForce.day
    var flags = OrderFlags(rawValue: 0)
    /// 0: held.
    var ref: UInt32 = 0
    var stop: Int64 = 0
    var trail: Int64 = 0
    var executed: Int64 = 0
    var endsAtUtcNs: UInt64 = 0
    var state = RestoredState(remainder: nil)

    var id: OrderID { OrderID(high: 77, low: number) }
}

extension World {
    /// Started, not logged on yet.
    fileprivate static func started(_ change: (inout CoreConfiguration) -> Void = { _ in }) -> World {
        let world = World(isReady: false, change)
        var start = Input(kind: .start)
        start.user_ref = 7
        start.execution_id = 1_700_000_000_000_000_000
        world.step(start)
        world.quote(bid: 999_000, 500, ask: 1_001_000, 500)
        return world
    }

    @discardableResult
    fileprivate func restore(_ left: Left) -> OrderHandle? {
        var first = Input(kind: .restoreOrder)
        first.user_ref = left.ref
        first.quantity = left.quantity
        first.price = left.price
        first.instrument = 0
        first.side = left.side.rawValue
        first.execution_id = left.id.low
        first.venue_time_ns = left.id.high
        first.flags = left.flags.rawValue
        step(first)
        var terms = Input(kind: .restoreTerms)
        terms.price = left.stop
        terms.quantity = left.trail
        terms.execution_id = left.endsAtUtcNs
        terms.flags = left.type.rawValue
        terms.side = left.timeInForce.rawValue
        terms.instrument = left.state.bits
        terms.venue_time_ns = UInt64(left.executed)
        step(terms)
        return handle(left.id)
    }

    fileprivate func tie(_ left: Left, _ link: OrderLink, _ other: Left) {
        var tie = Input(kind: .restoreTie)
        tie.execution_id = left.id.low
        tie.venue_time_ns = left.id.high
        tie.flags = UInt8(link.rawValue)
        tie.price = Int64(bitPattern: other.id.high)
        tie.quantity = Int64(bitPattern: other.id.low)
        step(tie)
    }

    fileprivate func bracket(_ left: Left, takeProfit: Int64, stopLoss: Int64, closed: Int64) {
        var tie = Input(kind: .restoreTie)
        tie.execution_id = left.id.low
        tie.venue_time_ns = left.id.high
        tie.price = takeProfit
        tie.quantity = stopLoss
        tie.user_ref = UInt32(truncatingIfNeeded: closed)
        tie.instrument = UInt32(truncatingIfNeeded: closed >> 32)
        step(tie)
    }

    fileprivate func position(of quantity: Int64, at price: Int64) {
        var input = Input(kind: .restorePosition)
        input.instrument = 0
        input.quantity = quantity
        input.price = price
        step(input)
    }

    /// An execution of an order that no journal told of: the venue's stream names its side.
    fileprivate func tradeOfOthers(_ ref: UInt32, _ side: Side, _ quantity: Int64, match: UInt64) {
        var input = Input(kind: .execution)
        input.user_ref = ref
        input.quantity = quantity
        input.price = 1_000_000
        input.execution_id = match
        input.instrument = 0
        input.side = side.rawValue
        step(input)
    }

    fileprivate func commit(nextRef: UInt32) {
        var input = Input(kind: .restoreCommit)
        input.user_ref = nextRef
        step(input)
    }
}

/// A stop that only reduces is neither made smaller nor withdrawn while positions pass through what they were.
@Test func aHeldStopOutlivesTheRepeatedStream() throws {
    let world = World.started()
    let stop = Left(
        number: 3, side: .sell, price: 990_000, type: .stop, timeInForce: .goodTillCancelled,
        flags: .reduceOnly,
        stop: 990_000)
    let held = try #require(world.restore(stop))
    world.commit(nextRef: 104)
    // Bought in two parts, with a sale between: at no moment are there 100 before the end.
    world.tradeOfOthers(101, .buy, 40, match: 1)
    world.tradeOfOthers(102, .sell, 30, match: 2)
    world.tradeOfOthers(103, .buy, 90, match: 3)
    #expect(world.record(held).leaves == 100 && world.status(held) == .held)
    world.up(firstUnseen: 104)
    #expect(world.record(held).leaves == 100)
    #expect(world.disagreement() == nil)
    world.trade(price: 989_000)
    #expect(world.status(held) == .submitted)
    #expect(world.sent.last?.quantity == 100 && world.ref(held) == 104)
    #expect(world.disagreement() == nil)
}

/// What the position cannot carry any more at the log-on's end is made smaller then.
@Test func aHeldStopFitsThePositionOnceTheStreamIsWhole() throws {
    let world = World.started()
    let stop = Left(
        number: 3, side: .sell, type: .stop, timeInForce: .goodTillCancelled, flags: .reduceOnly,
        stop: 990_000)
    let held = try #require(world.restore(stop))
    world.tradeOfOthers(101, .buy, 40, match: 1)
    world.up(firstUnseen: 102)
    #expect(world.record(held).leaves == 40)
    #expect(world.disagreement() == nil)
}

/// A triggered one goes as soon as its session does; a trailing one follows from where it was.
@Test func triggeredAndTrailingStopsGoOn() throws {
    let world = World.started()
    world.position(of: 200, at: 1_000_000)
    let triggered = Left(
        number: 3, side: .sell, type: .stop, stop: 995_000,
        state: RestoredState(remainder: .keep, isTriggered: true))
    let trailing = Left(number: 4, side: .sell, type: .trailingStop, stop: 990_000, trail: 10_000)
    let first = try #require(world.restore(triggered))
    let next = try #require(world.restore(trailing))
    #expect(world.status(first) == .held)
    world.up(firstUnseen: 5)
    #expect(world.status(first) == .submitted)
    world.trade(price: 1_010_000)
    #expect(world.detail(next).stop == 1_000_000)
    world.trade(price: 1_000_000)
    #expect(world.status(next) == .submitted)
    #expect(world.disagreement() == nil)
}

/// One cancels the other, still: what the earlier run saw executed is not taken off again, what it did not see is.
@Test func aPairStaysAPair() throws {
    let world = World.started()
    world.position(of: 100, at: 1_000_000)
    let profit = Left(
        number: 5, side: .sell, price: 1_010_000, timeInForce: .goodTillCancelled, flags: .reduceOnly, ref: 9,
        executed: 30)
    let stop = Left(
        number: 6, side: .sell, quantity: 70, type: .stop, timeInForce: .goodTillCancelled,
        flags: .reduceOnly,
        stop: 990_000)
    let atVenue = try #require(world.restore(profit))
    let held = try #require(world.restore(stop))
    world.tie(stop, .sibling, profit)
    // Told by the other one too, as its journal has it twice.
    world.tie(profit, .sibling, stop)
    #expect(world.status(atVenue) == .inDoubt)
    world.accept(9)
    world.execute(9, 30, at: 1_010_000, match: 1)
    #expect(world.record(held).leaves == 70)
    world.execute(9, 20, at: 1_010_000, match: 2)
    #expect(world.record(held).leaves == 50)
    world.up(firstUnseen: 10)
    #expect(world.status(atVenue) == .partiallyFilled)
    #expect(world.risk().openSell == 50)
    #expect(world.disagreement() == nil)
    world.execute(9, 50, at: 1_010_000, match: 3)
    #expect(world.status(held) == .cancelled)
    #expect(world.position().quantity.raw == 0 && world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

/// A bracket's entry that fills while nobody listens is protected as soon as that is told.
@Test func aBracketGrowsByWhatNobodyHeard() throws {
    let world = World.started()
    let entry = Left(number: 5, ref: 9, executed: 40)
    let stop = Left(
        number: 6, side: .sell, quantity: 30, type: .stop, timeInForce: .goodTillCancelled,
        flags: .reduceOnly,
        stop: 990_000)
    let profit = Left(
        number: 7, side: .sell, quantity: 40, price: 1_010_000, timeInForce: .goodTillCancelled,
        flags: .reduceOnly, ref: 10, executed: 10)
    let works = try #require(world.restore(entry))
    let held = try #require(world.restore(stop))
    let takes = try #require(world.restore(profit))
    world.bracket(entry, takeProfit: 1_010_000, stopLoss: 990_000, closed: 10)
    world.tie(stop, .stopLoss, entry)
    world.tie(profit, .takeProfit, entry)
    world.tie(stop, .sibling, profit)
    world.accept(9)
    world.execute(9, 40, at: 1_000_000, match: 1)
    world.accept(10)
    world.execute(10, 10, at: 1_010_000, match: 2)
    #expect(world.record(held).leaves == 30)
    // Nobody heard this one.
    world.execute(9, 60, at: 1_000_000, match: 3)
    #expect(world.record(held).leaves == 90)
    #expect(world.status(works) == .filled)
    world.up(firstUnseen: 11)
    #expect(world.position().quantity.raw == 90)
    #expect(world.disagreement() == nil)
    // The profit works for what it has; the stop covers all of it.
    world.trade(price: 989_000)
    #expect(world.status(takes) == .pendingCancel)
    world.cancelled(10, 30)
    #expect(world.status(held) == .submitted && world.sent.last?.quantity == 90)
    #expect(world.disagreement() == nil)
}

/// What waits for another waits on, and goes when that is filled.
@Test func aWaitingChildGoesWhenItsParentIsFilled() throws {
    let world = World.started()
    let parent = Left(number: 5, ref: 9)
    let child = Left(number: 6, side: .sell, price: 1_010_000)
    _ = try #require(world.restore(parent))
    let waits = try #require(world.restore(child))
    world.tie(child, .triggeredBy, parent)
    world.accept(9)
    world.up(firstUnseen: 10)
    #expect(world.status(waits) == .held)
    world.execute(9, 100, at: 1_000_000, match: 1)
    #expect(world.status(waits) == .submitted)
    #expect(world.disagreement() == nil)
}

/// Good till cancelled: given to the venue anew on the next day, however long that takes to let us in.
@Test func anOrderForMoreThanADayGoesAgain() throws {
    let world = World.started { $0.retryCountMax = 3 }
    let left = Left(
        number: 5, quantity: 60, timeInForce: .goodTillCancelled,
        state: RestoredState(remainder: .keep, isAttempt: true))
    let order = try #require(world.restore(left))
    for _ in 0..<50 { world.advance(second) }
    #expect(world.status(order) == .held)
    world.up(firstUnseen: 1)
    world.advance(2 * second)
    #expect(world.status(order) == .submitted)
    #expect(world.sent.filter { $0.commandKind == .enter }.map(\.quantity) == [60])
    #expect(world.disagreement() == nil)
}

/// A date that has passed meanwhile ends the order; a tie to nobody, and nonsense, are dropped.
@Test func whatCannotGoOnEnds() throws {
    let world = World.started()
    let dated = Left(number: 5, type: .stop, timeInForce: .goodTillDate, stop: 1_010_000, endsAtUtcNs: 1)
    let order = try #require(world.restore(dated))
    world.tie(dated, .sibling, Left(number: 99))
    world.tie(dated, .sibling, dated)
    world.bracket(dated, takeProfit: -1, stopLoss: .max, closed: 0)
    #expect(world.detail(order).sibling.isNone && world.detail(order).takeProfit == 0)
    world.advance(1)
    #expect(world.status(order) == .expired)
    #expect(world.restore(Left(number: 8, side: .none)) == nil)
    #expect(world.restore(Left(number: 9, quantity: 0)) == nil)
    #expect(world.core.openOrderCount == 0 && world.disagreement() == nil)
}
