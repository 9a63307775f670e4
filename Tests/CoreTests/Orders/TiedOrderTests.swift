import Model
import Testing

@testable import Core

// Goal: what hangs on another order follows it, and a pair never executes more than it was made for. Method: one story a
// test; every running sum is recomputed.

private let second: UInt64 = 1_000_000_000

/// A bracket of 100 whose entry works.
private func bracket(_ change: (inout CoreConfiguration) -> Void = { _ in }) -> (World, OrderHandle) {
    let world = World(change)
    let entry = world.makeWorking(.buy, 100, limit: 1_000_000, takeProfit: 1_010_000, stopLoss: 990_000)
    return (world, entry)
}

private func fill(_ world: World, _ order: OrderHandle, _ quantity: Int64, _ match: UInt64) {
    world.execute(world.ref(order), quantity, at: world.record(order).price.raw, match: match)
}

@Test func bracketsChildrenGrowWithTheEntry() {
    let (world, entry) = bracket()
    fill(world, entry, 40, 1)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    #expect(world.status(profit) == .submitted)
    #expect(world.status(loss) == .held)
    #expect(world.record(profit).leaves == 40)
    #expect(world.record(loss).leaves == 40)
    // Both stand for the same shares.
    #expect(world.risk().openSell == 40)
    world.accept(world.ref(profit))
    fill(world, entry, 60, 2)
    #expect(world.status(entry) == .filled)
    #expect(world.record(loss).leaves == 100)
    #expect(world.record(profit).request == .replacePending)
    #expect(world.risk().openSell == 100)
    let version = world.detail(profit).versions[0]
    #expect(version.quantity == 100)
    world.report(
        .orderReplaced, version.userRef, quantity: 100, price: 1_010_000, id: UInt64(world.ref(profit)))
    #expect(world.status(profit) == .accepted)
    #expect(world.risk().openSell == 100)
    #expect(world.disagreement() == nil)
    // The profit takes all: the stop goes.
    fill(world, profit, 100, 3)
    #expect(world.status(loss) == .cancelled)
    #expect(world.position().quantity.raw == 0)
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func childThatCouldNotGrowDoesSoWhenItIsAnswered() {
    let (world, entry) = bracket()
    world.submitsAtOnce = false
    fill(world, entry, 40, 1)
    let profit = world.detail(entry).profitChild
    fill(world, entry, 60, 2)
    #expect(world.record(profit).ordered == 40)
    world.answerAll()
    world.accept(world.ref(profit))
    #expect(world.detail(profit).versions[0].quantity == 100)
    #expect(world.disagreement() == nil)
}

@Test func partOfTheProfitShrinksTheStop() {
    let (world, entry) = bracket()
    fill(world, entry, 100, 1)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    world.accept(world.ref(profit))
    fill(world, profit, 30, 2)
    #expect(world.record(loss).leaves == 70)
    #expect(world.risk().openSell == 70)
    #expect(world.disagreement() == nil)
    // The stop is triggered while the profit works: nothing goes before the profit has ended.
    world.trade(price: 990_000)
    #expect(world.status(loss) == .held)
    #expect(world.status(profit) == .pendingCancel)
    // The cancel crosses an execution.
    fill(world, profit, 20, 3)
    #expect(world.record(loss).leaves == 50)
    world.cancelled(world.ref(profit), 50)
    #expect(world.status(loss) == .submitted)
    #expect(world.sent.last?.quantity == 50)
    #expect(world.risk().openSell == 50)
    world.execute(world.ref(loss), 50, at: 989_000, match: 4)
    #expect(world.position().quantity.raw == 0)
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func stopWaitsForAProfitThatFillsInstead() {
    let (world, entry) = bracket()
    fill(world, entry, 100, 1)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    world.accept(world.ref(profit))
    world.trade(price: 990_000)
    fill(world, profit, 100, 2)
    #expect(world.status(loss) == .cancelled)
    #expect(world.position().quantity.raw == 0)
    world.report(.cancelRefused, world.ref(profit))
    #expect(world.sent.filter { $0.commandKind == .enter }.count == 2)
    #expect(world.disagreement() == nil)
}

@Test func aLostCancelOfTheProfitIsAskedForAgain() {
    let (world, entry) = bracket()
    fill(world, entry, 100, 1)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    world.accept(world.ref(profit))
    world.trade(price: 990_000)
    // Refused once, lost once.
    world.report(.cancelRefused, world.ref(profit))
    #expect(world.status(profit) == .accepted)
    world.advance(100_000_000)
    #expect(world.status(profit) == .pendingCancel)
    world.down()
    world.up(firstUnseen: 0)
    #expect(world.status(profit) == .pendingCancel)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 3)
    world.cancelled(world.ref(profit), 100)
    #expect(world.status(loss) == .submitted)
    #expect(world.disagreement() == nil)
}

@Test func laterExecutionsOfTheEntryHaveAPairOfTheirOwn() {
    let (world, entry) = bracket()
    fill(world, entry, 40, 1)
    let first = world.detail(entry).profitChild
    world.accept(world.ref(first))
    fill(world, first, 40, 2)
    #expect(world.core.openOrderCount == 1)
    fill(world, entry, 60, 3)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    #expect(profit != first)
    #expect(world.record(profit).leaves == 60)
    #expect(world.record(loss).leaves == 60)
    #expect(world.risk().openSell == 60)
    #expect(world.disagreement() == nil)
    world.accept(world.ref(profit))
    world.trade(price: 989_000)
    world.cancelled(world.ref(profit), 60)
    world.execute(world.ref(loss), 60, at: 989_000, match: 4)
    #expect(world.position().quantity.raw == 0)
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func cancelledHalfFilledEntryKeepsItsProtection() {
    let (world, entry) = bracket()
    fill(world, entry, 50, 1)
    world.accept(world.ref(world.detail(entry).profitChild))
    world.cancel(entry)
    world.cancelled(world.ref(entry), 50)
    #expect(world.status(entry) == .cancelled)
    #expect(world.open.count == 2)
    #expect(world.risk().openSell == 50)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func bustOfTheEntryShrinksItsChildren() {
    let (world, entry) = bracket()
    fill(world, entry, 60, 1)
    fill(world, entry, 40, 2)
    let profit = world.detail(entry).profitChild
    let loss = world.detail(entry).lossChild
    world.accept(world.ref(profit))
    world.report(.executionBroken, world.ref(entry), id: 2)
    // What works is asked back; when it has gone, the stop is made to fit.
    #expect(world.record(profit).request == .cancelPending)
    world.cancelled(world.ref(profit), world.record(profit).leaves)
    #expect(world.status(loss) == .held)
    #expect(world.record(loss).leaves == 60)
    #expect(world.risk().openSell == 60)
    #expect(world.disagreement() == nil)
    world.trade(price: 989_000)
    #expect(world.sent.last?.quantity == 60)
    #expect(world.disagreement() == nil)
}

@Test func decrementOfTheProfitIsNoLossOfTheWorstCase() {
    let (world, entry) = bracket()
    fill(world, entry, 100, 1)
    let profit = world.detail(entry).profitChild
    world.accept(world.ref(profit))
    world.cancelled(world.ref(profit), 30)
    // The stop could still sell all of it.
    #expect(world.risk().openSell == 100)
    #expect(world.disagreement() == nil)
}

// MARK: One cancels the other

@Test func pairOnOneSideCountsOnceAndExecutesOnce() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    let limit = world.makeWorking(.buy, 100, limit: 990_000, .day, .sibling, stop)
    #expect(world.risk().openBuy == 100)
    #expect(world.disagreement() == nil)
    fill(world, limit, 100, 1)
    #expect(world.status(stop) == .cancelled)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func pairOfTwoStopsGoesOnce() throws {
    let world = World()
    let first = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    let other = try #require(world.make(.buy, 60, .stop, stop: 1_005_000, .sibling, first))
    #expect(world.risk().openBuy == 100)
    world.trade(price: 1_005_000)
    #expect(world.sent.count == 1)
    #expect([world.status(first), world.status(other)].filter { $0 == .cancelled }.count == 1)
    #expect(world.disagreement() == nil)
}

@Test func pairOnTwoSidesCountsBothAndEndsTheOther() {
    let world = World()
    let buy = world.makeWorking(.buy, 100, limit: 990_000)
    let sell = world.makeWorking(.sell, 100, limit: 1_010_000, .day, .sibling, buy)
    #expect(world.risk().openBuy == 100)
    #expect(world.risk().openSell == 100)
    fill(world, sell, 10, 1)
    #expect(world.status(buy) == .pendingCancel)
    world.cancelled(world.ref(buy), 100)
    #expect(world.status(sell) == .partiallyFilled)
    #expect(world.disagreement() == nil)
}

@Test func aThirdOfAPairIsRefused() {
    let world = World()
    let buy = world.makeWorking(.buy, 100, limit: 990_000)
    _ = world.makeWorking(.sell, 100, limit: 1_010_000, .day, .sibling, buy)
    world.make(.buy, 10, limit: 980_000, .limit, .day, .sibling, buy)
    #expect(world.refusal?.rule == .badTerms)
}

// MARK: One triggers the other

@Test func childGoesWhenItsParentIsFilled() throws {
    let world = World()
    let parent = world.makeWorking(.buy, 100, limit: 990_000)
    let child = try #require(world.make(.sell, 100, limit: 1_010_000, .limit, .day, .triggeredBy, parent))
    let stop = try #require(world.make(.sell, 50, .stop, stop: 985_000, .triggeredBy, parent))
    #expect(world.status(child) == .held)
    // A stop does not look at prices before its parent is filled.
    world.trade(price: 984_000)
    #expect(world.status(stop) == .held)
    fill(world, parent, 40, 1)
    #expect(world.status(child) == .held)
    fill(world, parent, 60, 2)
    #expect(world.status(child) == .submitted)
    #expect(world.status(stop) == .held)
    world.trade(price: 984_000)
    #expect(world.status(stop) == .submitted)
    #expect(world.disagreement() == nil)
}

@Test(arguments: [InputKind.orderCancelled, .orderRejected, .orderExpired])
func childEndsWithAParentThatWasNotFilled(_ kind: InputKind) throws {
    let world = World { $0.retryCountMax = 3 }
    let parent = try #require(world.make(.buy, 100, limit: 990_000))
    let child = try #require(world.make(.sell, 100, limit: 1_010_000, .limit, .day, .triggeredBy, parent))
    // Even for a reason that passes: alone, the parent would be another wish.
    world.report(kind, world.ref(parent), quantity: kind == .orderRejected ? 2 : 100)
    #expect(world.status(child) == .cancelled)
    #expect(world.core.openOrderCount == 0)
    world.make(.sell, 100, limit: 1_010_000, .limit, .day, .triggeredBy, parent)
    #expect(world.refusal?.rule == .noSuchOrder)
    #expect(world.disagreement() == nil)
}

// MARK: What is left after a part

@Test func remainderIsKeptCancelledOrCrossed() {
    let world = World()
    let kept = world.makeWorking(.buy, 100, limit: 998_000, remainder: .keep)
    fill(world, kept, 10, 1)
    #expect(world.status(kept) == .partiallyFilled)
    let cancelled = world.makeWorking(.buy, 100, limit: 998_000, remainder: .cancel)
    fill(world, cancelled, 10, 2)
    #expect(world.status(cancelled) == .pendingCancel)
    fill(world, cancelled, 10, 3)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 1)
    let crossed = world.makeWorking(.buy, 100, limit: 998_000, remainder: .cross)
    fill(world, crossed, 10, 4)
    #expect(world.status(crossed) == .pendingReplace)
    #expect(world.sent.last?.price == 1_001_000)
    #expect(world.sent.last?.quantity == 100)
    fill(world, crossed, 10, 5)
    #expect(world.commandKinds.filter { $0 == .replace }.count == 1)
    // One that ends at once by itself is not asked for its rest.
    let immediate = world.makeWorking(.buy, 100, limit: 998_000, .immediateOrCancel, remainder: .cancel)
    fill(world, immediate, 10, 6)
    #expect(world.status(immediate) == .partiallyFilled)
    #expect(world.disagreement() == nil)
}

// MARK: Reduce-only

@Test func reduceOnlyNeverTurnsThePosition() {
    let world = World()
    let entry = world.makeWorking(.buy, 100, limit: 1_000_000)
    fill(world, entry, 100, 1)
    #expect(world.signal(.sell, 101, limit: 1_005_000, flags: .reduceOnly) == nil)
    #expect(world.refusal! == (.reduceOnly, 100, 101))
    let first = world.makeWorking(.sell, 60, limit: 1_005_000, flags: .reduceOnly)
    #expect(world.signal(.sell, 41, limit: 1_005_000, flags: .reduceOnly) == nil)
    let later = world.makeWorking(.sell, 40, limit: 1_006_000, flags: .reduceOnly)
    #expect(world.disagreement() == nil)
    // The position shrinks by another order: the newest is too much.
    let other = world.makeWorking(.sell, 30, limit: 1_004_000)
    fill(world, other, 30, 2)
    #expect(world.status(first) == .accepted)
    #expect(world.status(later) == .pendingCancel)
    // A bust of what made it: neither has anything to do.
    world.report(.executionBroken, world.ref(entry), id: 1)
    #expect(world.status(first) == .pendingCancel)
    #expect(world.position().quantity.raw == -30)
    #expect(world.disagreement() == nil)
}

@Test func heldReduceOnlyShrinksWithThePosition() throws {
    let world = World()
    let entry = world.makeWorking(.buy, 100, limit: 1_000_000)
    fill(world, entry, 100, 1)
    let stop = try #require(world.make(.sell, 100, .stop, flags: .reduceOnly, stop: 990_000))
    let other = world.makeWorking(.sell, 30, limit: 1_004_000)
    fill(world, other, 30, 2)
    #expect(world.status(stop) == .held)
    #expect(world.record(stop).leaves == 70)
    // An order beside it takes room only when it is triggered.
    let beside = world.makeWorking(.sell, 20, limit: 1_005_000)
    world.trade(price: 990_000)
    #expect(world.sent.last?.quantity == 50)
    fill(world, beside, 20, 3)
    world.execute(world.ref(stop), 50, at: 989_000, match: 4)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

// MARK: Cancels

@Test func cancelsFindRoomInTheRateAndArePutOff() {
    let world = World {
        $0.messagesPerSecond = 10
        $0.messageBurst = 8
        $0.orderTimeoutNs = 30 * second
    }
    var orders: [OrderHandle] = []
    for _ in 0..<6 { orders.append(world.makeWorking(.buy, 1, limit: 990_000)) }
    #expect(world.make(.buy, 1, limit: 990_000) == nil)
    #expect(world.refusal?.rule == .rateLimit)
    // A quarter of eight is left for cancels.
    world.cancel(orders[0])
    world.cancel(orders[1])
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
    world.cancel(orders[2])
    // Put off, not dropped; as is what the engine wants itself.
    #expect(world.refusal == nil && world.record(orders[2]).marks.wantsCancel)
    world.stopTrading()
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
    world.advance(second)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 6)
    #expect(world.disagreement() == nil)
}

@Test func cancelOfADisputedOrderIsAskedForAgainAfterALogOn() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.report(
        .orderReplaced, world.ref(order), quantity: 100, price: 980_000, id: UInt64(world.ref(order)))
    #expect(world.status(order) == .disputed)
    world.cancel(order)
    world.down()
    world.up(firstUnseen: 0)
    #expect(world.record(order).request == .cancelPending)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
}

@Test func closingAPositionStopsWhereNobodyIsThere() {
    let world = World()
    let entry = world.makeWorking(.buy, 100, limit: 1_000_000)
    fill(world, entry, 100, 1)
    func close() {
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.closePosition.rawValue
        input.instrument = 0
        world.step(input)
    }
    close()
    let sent = world.sent.count
    #expect(world.sent.last?.price == 950_000)
    // In part: the next one takes the rest.
    world.execute(world.sent.last!.user_ref, 40, at: 999_000, match: 2)
    world.cancelled(world.sent.last!.user_ref, 60)
    #expect(world.sent.count == sent + 1)
    #expect(world.sent.last?.quantity == 60)
    // Nobody: no circle.
    world.cancelled(world.sent.last!.user_ref, 60)
    #expect(world.sent.count == sent + 1)
    // While the session is down: when it is up.
    world.down()
    close()
    world.up(firstUnseen: 0)
    #expect(world.sent.count == sent + 2)
    world.execute(world.sent.last!.user_ref, 60, at: 999_000, match: 3)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

@Test(arguments: [Int64.min, -1, 1 << 40, Int64.max])
func absurdFiguresOfABackOfficeAreNoTrap(_ quantity: Int64) {
    let world = World {
        $0.hasBackOffice = true
        $0.reconciliationNs = 0
        $0.infersExecutions = true
    }
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.answer(orders: [(world.ref(order), quantity)], position: quantity)
    #expect(world.core.tradingState == .normal)
    #expect(world.risk().isReduceOnly)
    #expect(world.risk().openBuy == 100)
    #expect(world.disagreement() == nil)
}
