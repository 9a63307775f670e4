import Model
import Testing

@testable import Core

// Goal: what the venue told and nobody heard leaves orders in doubt at their worst until something tells; what comes late
// or by another way is booked and disputes nothing. Method: one story a test; every running sum is recomputed.

private let second: UInt64 = 1_000_000_000

private func withBackOffice() -> World { World { $0.hasBackOffice = true } }

/// The venue's books, as of all that its stream has told unless another message is named.
private func books(
    _ world: World, upTo: UInt64? = nil, orders: [(ref: UInt32, leaves: Int64, price: Int64)] = [],
    executions: [(ref: UInt32, quantity: Int64, price: Int64, match: UInt64, isMended: Bool)] = []
) throws {
    let position = world.position().quantity.raw + executions.reduce(0) { $0 + $1.quantity }
    world.answer(listing: orders, executions: executions, position: position, upTo: upTo)
}

/// Logged on again, with a stream that lacks a part.
private func upWithLoss(_ world: World, firstUnseen: UInt32) {
    world.down()
    var input = Input(kind: .sessionUp)
    input.user_ref = firstUnseen
    input.execution_id = world.core.sessions[0].nextMessage + 3
    input.flags = 1
    world.step(input)
}

/// 100 at 99.00 that are to become 150; nobody has heard what became of it.
private func replacedWithoutAnswer(_ world: World) -> OrderHandle {
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.replace(order, limit: 991_000, quantity: 150)
    return order
}

@Test func aLostPartOfTheStreamPutsEveryOpenOrderInDoubt() throws {
    let world = withBackOffice()
    let quiet = world.makeWorking(.buy, 40, limit: 990_000)
    let order = replacedWithoutAnswer(world)
    upWithLoss(world, firstUnseen: world.ref(order) + 2)
    #expect(world.status(quiet) == .inDoubt && world.status(order) == .inDoubt)
    // At its worst: whether the replacement stands is not known.
    #expect(world.risk().openBuy == 40 + 150)
    #expect(world.disagreement() == nil)
    world.advance(2 * second)
    try books(
        world,
        orders: [(world.ref(quiet), 40, 990_000), (world.ref(order) + 1, 150, 991_000)])
    #expect(world.status(quiet) == .accepted && world.status(order) == .accepted)
    #expect(world.ref(order) == 3 && world.record(order).price.raw == 991_000)
    #expect(world.risk().openBuy == 190)
    #expect(world.core.counters.disputes == 0 && world.disagreement() == nil)
}

@Test func aReplacementThatTheListHasNotDidNotHappen() throws {
    let world = withBackOffice()
    let order = replacedWithoutAnswer(world)
    upWithLoss(world, firstUnseen: world.ref(order) + 2)
    // Asked too soon after the doubt began: the replacement may still have been on its way.
    try books(world, orders: [(1, 100, 990_000)])
    #expect(world.risk().openBuy == 150 && world.status(order) == .inDoubt)
    // The question under way was asked then, too.
    world.advance(40 * second)
    try books(world, orders: [(1, 100, 990_000)])
    #expect(world.risk().openBuy == 150 && world.status(order) == .inDoubt)
    try books(world, orders: [(1, 100, 990_000)])
    #expect(world.risk().openBuy == 100 && world.status(order) == .accepted)
    #expect(world.disagreement() == nil)
}

@Test func aReplacementThatTheVenueNeverSawDidNotHappen() {
    let world = World()
    let order = replacedWithoutAnswer(world)
    upWithLoss(world, firstUnseen: world.ref(order) + 1)
    #expect(world.risk().openBuy == 100)
    #expect(world.status(order) == .inDoubt && world.disagreement() == nil)
}

@Test func aLaterLogOnProvesNothingOfWhatWasLost() throws {
    let world = World()
    let order = replacedWithoutAnswer(world)
    let sent = try #require(world.make(.buy, 20, limit: 990_000))
    upWithLoss(world, firstUnseen: world.ref(sent) + 1)
    world.down()
    world.up(firstUnseen: world.ref(sent) + 1)
    // Whole from here on, but what was lost before may have had the ack.
    #expect(world.status(sent) == .inDoubt && world.status(order) == .inDoubt)
    #expect(world.risk().openBuy == 170)
    // Its report is evidence; the next log-on that misses nothing is again.
    world.report(.orderAccepted, world.ref(sent), quantity: 20, price: 990_000, id: 77)
    #expect(world.status(sent) == .accepted)
    #expect(world.disagreement() == nil)
}

@Test func whatIsToldUnderAReplacementsNumberProvesThatItStands() throws {
    let world = World()
    let order = replacedWithoutAnswer(world)
    upWithLoss(world, firstUnseen: world.ref(order) + 2)
    // 30 were executed of the replacement, which nobody heard; the rest went.
    world.cancelled(2, 120)
    #expect(world.ref(order) == 2 && world.record(order).leaves == 30)
    #expect(world.risk().openBuy == 30)
    world.execute(2, 30, at: 991_000, match: 9)
    #expect(world.core.openOrderCount == 0 && world.position().quantity.raw == 30)
    #expect(world.core.counters.disputes == 0 && world.disagreement() == nil)
}

@Test func aMendedTradeTakesNothingOffItsOrder() throws {
    let world = withBackOffice()
    let order = world.makeWorking(.buy, 100, limit: 1_001_000)
    world.execute(1, 40, at: 1_001_000, match: 1)
    world.report(.executionBroken, 1, id: 1)
    world.down()
    world.up(firstUnseen: 2)
    try books(world, orders: [(1, 60, 1_001_000)], executions: [(1, 50, 1_000_000, 2, true)])
    #expect(world.position().quantity.raw == 50)
    #expect(world.record(order).leaves == 60 && world.record(order).filled == 50)
    #expect(world.risk().openBuy == 60 && world.core.counters.disputes == 0)
    // The venue counts the 40 still: of a total of 120 it leaves 80 open, which is more than 120 less 50.
    world.replace(order, quantity: 120)
    #expect(world.risk().openBuy == 80)
    world.report(.orderReplaced, 2, quantity: 80, price: 1_001_000, id: 1)
    #expect(world.record(order).leaves == 80 && world.core.counters.disputes == 0)
    // Told again, it counts once.
    try books(world, orders: [(2, 80, 1_001_000)], executions: [(1, 50, 1_000_000, 2, true)])
    #expect(world.position().quantity.raw == 50)
    #expect(world.disagreement() == nil)
}

@Test func aListThatIsOlderThanACloseContradictsNothing() throws {
    let world = withBackOffice()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    let upTo = world.core.sessions[0].nextMessage
    world.cancel(order)
    world.cancelled(1, 100)
    world.advance(2 * second)
    #expect(world.order(1) == nil)
    world.down()
    world.up(firstUnseen: 2)
    try books(world, upTo: upTo, orders: [(1, 100, 990_000)])
    #expect(world.core.counters.illegalTransitions == 0 && world.core.counters.differences == 0)
    // One that is not older does.
    try books(world, orders: [(1, 100, 990_000)])
    #expect(world.core.counters.differences == 1)
}

@Test func aRefusalOfWhatIsClosedIsAnOrdinaryAnswer() {
    let world = World()
    let order = replacedWithoutAnswer(world)
    world.execute(1, 100, at: 990_000, match: 1)
    #expect(world.status(order) == .filled)
    world.advance(2 * second)
    world.report(.cancelRefused, 1)
    #expect(world.kinds == [.cancelRefused])
    world.report(.orderRejected, 2, id: 0x15)
    #expect(world.kinds == [.replaceRefused])
    #expect(world.core.counters.illegalTransitions == 0)
    // Of a number that nobody knows it is none.
    world.report(.cancelRefused, 40)
    #expect(world.core.counters.illegalTransitions == 1)
}

@Test func whatAnEarlierRunWasRefusedIsHistory() {
    let world = World(isReady: false)
    world.step(Input(kind: .start))
    world.report(.orderRejected, 5, id: 0x0f)
    world.report(.cancelRefused, 4)
    var dead = Input(kind: .orderAccepted)
    dead.user_ref = 6
    dead.flags = 3
    dead.instrument = 0
    dead.side = Side.buy.rawValue
    dead.quantity = 100
    dead.price = 990_000
    world.step(dead)
    #expect(world.core.counters.illegalTransitions == 0 && world.core.openOrderCount == 0)
    world.up(firstUnseen: 7)
    world.report(.orderRejected, 5, id: 0x0f)
    #expect(world.core.counters.illegalTransitions == 1)
}

@Test func aStopThatOpensWaitsForAWholeBookAndOneThatClosesDoesNot() throws {
    let world = World()
    let entry = world.makeWorking(.buy, 100, limit: 1_001_000)
    world.execute(1, 100, at: 1_001_000, match: 1)
    #expect(world.status(entry) == .filled)
    let loss = try #require(world.make(.sell, 100, .stop, flags: .reduceOnly, stop: 995_000))
    let opening = try #require(world.make(.buy, 50, .stop, stop: 1_005_000))
    world.step(Input(kind: .feedGap))
    world.trade(price: 994_000)
    world.trade(price: 1_006_000)
    #expect(world.status(loss) == .submitted)
    #expect(world.status(opening) == .held)
    world.step(Input(kind: .feedWhole))
    #expect(world.status(opening) == .submitted)
    #expect(world.disagreement() == nil)
}

@Test func whatWasAskedBackAndIsInNoListIsOff() throws {
    let world = withBackOffice()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 30, at: 990_000, match: 1)
    // More than was ordered is open: it is disputed.
    world.down()
    world.up(firstUnseen: 2)
    try books(world, orders: [(1, 90, 990_000)])
    #expect(world.status(order) == .disputed && world.risk().openBuy == 90)
    world.cancel(order)
    world.advance(40 * second)
    try books(world, orders: [(1, 90, 990_000)])
    try books(world)
    #expect(world.record(order).lifecycle == .cancelled && world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}
