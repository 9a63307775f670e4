import Model
import Testing

@testable import Core

// Goal: what a venue, a connection or an operator does at a bad moment neither hides exposure nor forgets a wish. Method:
// one story a test; every running sum is recomputed.

private let second: UInt64 = 1_000_000_000

private func operate(_ world: World, _ command: OperatorCommand, instrument: UInt32 = .max) {
    var input = Input(kind: .operatorCommand)
    input.flags = command.rawValue
    input.instrument = instrument
    world.step(input)
}

// MARK: Executions

/// Of a replacement to 150 the venue's word was lost, and 120 have executed under its number: 30 are still open.
@Test func anExecutionUnderAReplacementsNumberProvesThatItStands() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.replace(order, limit: 991_000, quantity: 150)
    world.execute(2, 120, at: 991_000, match: 5)
    #expect(world.position().quantity.raw == 120)
    #expect(world.risk().openBuy == 30)
    #expect(world.core.openOrderCount == 1 && world.ref(order) == 2)
    // Told after all, it changes nothing.
    world.report(.orderReplaced, 2, quantity: 150, price: 991_000, id: 1)
    #expect(world.risk().openBuy == 30 && world.core.counters.disputes == 0)
    #expect(world.disagreement() == nil)
}

/// The same, of one that makes the order smaller: nothing more than what it has can execute.
@Test func anExecutionUnderASmallerReplacementsNumberEndsIt() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.replace(order, limit: 991_000, quantity: 50)
    world.execute(2, 50, at: 991_000, match: 5)
    #expect(world.status(order) == .filled)
    #expect(world.risk().openBuy == 0 && world.position().quantity.raw == 50)
    #expect(world.disagreement() == nil)
}

/// A back office names an execution by the order's number of now, the stream by the one of then.
@Test func anExecutionUnderTwoNumbersOfItsOrderCountsOnce() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.replace(order, limit: 991_000)
    world.report(.orderReplaced, 2, quantity: 100, price: 991_000, id: 1)
    world.execute(2, 40, at: 990_000, match: 5)
    world.execute(1, 40, at: 990_000, match: 5)
    #expect(world.position().quantity.raw == 40)
    #expect(world.core.counters.executionsRepeated == 1)
    #expect(world.record(order).leaves == 60 && world.disagreement() == nil)
}

@Test func anExecutionThatCannotBeBookedDisputesItsOrder() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 1 << 41, at: 990_000, match: 5)
    #expect(world.status(order) == .disputed)
    #expect(world.risk().isReduceOnly && world.position().quantity.raw == 0)
    #expect(world.risk().openBuy == 100 && world.disagreement() == nil)
}

@Test func aBustOfWhatNobodyKnowsDisputesItsOrder() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.report(.executionBroken, 1, id: 77)
    #expect(world.status(order) == .disputed && world.risk().isReduceOnly)
    #expect(world.disagreement() == nil)
}

/// Down and up again, and then undone: what was undone is what had been executed, no more.
@Test func correctionsUpAndDownLeaveTheBustedQuantityTrue() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 60, at: 990_000, match: 5)
    world.report(.executionCorrected, 1, quantity: 40, price: 990_000, id: 5, flags: 1)
    #expect(world.record(order).busted == 20 && world.record(order).filled == 40)
    world.report(.executionCorrected, 1, quantity: 60, price: 990_000, id: 5, flags: 2)
    #expect(world.record(order).busted == 0 && world.record(order).filled == 60)
    world.report(.executionCorrected, 1, quantity: 70, price: 990_000, id: 5, flags: 3)
    world.report(.executionCorrected, 1, quantity: 30, price: 990_000, id: 5, flags: 4)
    #expect(world.record(order).busted == 40 && world.record(order).filled == 30)
    world.report(.executionBroken, 1, id: 5)
    #expect(world.record(order).busted == 70 && world.record(order).filled == 0)
    #expect(world.disagreement() == nil)
}

// MARK: Contradictions

@Test func anAckOfMoreThanWasOrderedCountsAsMuch() {
    let world = World()
    let order = world.make(.buy, 100, limit: 990_000)!
    world.report(.orderAccepted, 1, quantity: 150, price: 990_000, id: 9)
    #expect(world.status(order) == .disputed)
    #expect(world.risk().openBuy == 150)
    world.execute(1, 150, at: 990_000, match: 5)
    #expect(world.core.openOrderCount == 0 && world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

/// The venue's count said that it never saw the order; later it says that it has it.
@Test func anOrderThatLivesAfterItsRejectCounts() {
    let world = World()
    world.make(.buy, 100, limit: 990_000)
    world.down()
    world.up(firstUnseen: 1)
    #expect(world.risk().openBuy == 0)
    world.acceptUnasked(1, .buy, 100, at: 990_000)
    #expect(world.risk().openBuy == 100 && world.risk().isReduceOnly)
    #expect(world.core.counters.disputes > 0 && world.core.openOrderCount == 1)
    world.execute(1, 60, at: 990_000, match: 5)
    #expect(world.risk().openBuy == 40 && world.position().quantity.raw == 60)
    operate(world, .cancelAll)
    world.cancelled(1, 40)
    #expect(world.risk().openBuy == 0 && world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
    world.advance(3 * second)
    #expect(world.core.liveOrderCount == 0 && world.disagreement() == nil)
}

/// What a rejected order executes proves that it was taken: the rest may execute, too.
@Test func anExecutionAfterARejectLeavesTheRestCounted() {
    let world = World()
    world.make(.buy, 100, limit: 990_000)
    world.report(.orderRejected, 1)
    #expect(world.risk().openBuy == 0)
    world.execute(1, 30, at: 990_000, match: 5)
    #expect(world.position().quantity.raw == 30 && world.risk().openBuy == 70)
    #expect(world.risk().isReduceOnly && world.core.openOrderCount == 1)
    // The same again is the same; a bust of it is booked; the rest ends as orders do.
    world.execute(1, 30, at: 990_000, match: 5)
    world.report(.executionBroken, 1, id: 5)
    #expect(world.position().quantity.raw == 0 && world.risk().openBuy == 70)
    operate(world, .cancelAll)
    world.cancelled(1, 70)
    #expect(world.risk().openBuy == 0 && world.core.openOrderCount == 0)
    world.advance(3 * second)
    #expect(world.core.liveOrderCount == 0 && world.disagreement() == nil)
}

/// The venue's books have an order whose end it had told: it counts until it is off, whether its record is there or gone.
@Test(arguments: [false, true]) func whatEndedAndIsStillInTheBooksCounts(_ isClosed: Bool) {
    let world = World { $0.hasBackOffice = true }
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 20, at: 990_000, match: 5)
    world.cancel(order)
    world.cancelled(1, 80)
    if isClosed { world.advance(3 * second) }
    #expect((world.core.liveOrderCount == 0) == isClosed)
    world.core.sessions[0].nextMessage += 1
    operate(world, .reconcile)
    world.answer(orders: [(ref: 1, leaves: 50)], position: 20)
    #expect(world.risk().openBuy == 50 && world.risk().isReduceOnly && world.core.openOrderCount == 1)
    world.execute(1, 10, at: 990_000, match: 6)
    world.execute(1, 20, at: 990_000, match: 5)
    #expect(world.position().quantity.raw == 30 && world.risk().openBuy == 40)
    world.report(.executionBroken, 1, id: 5)
    #expect(world.position().quantity.raw == 10 && world.disagreement() == nil)
    operate(world, .cancelAll)
    world.cancelled(1, 40)
    #expect(world.risk().openBuy == 0 && world.core.openOrderCount == 0)
    world.advance(3 * second)
    #expect(world.core.liveOrderCount == 0 && world.disagreement() == nil)
}

/// A list that was wrong made an order count that is nowhere: its cancel is answered by nobody, and the next list ends it,
/// whether a person has accepted the dispute meanwhile or not, the connection was lost or not.
@Test(arguments: [false, true], [false, true])
func whatWasOnlyInAWrongListEnds(_ isAccepted: Bool, _ isLost: Bool) throws {
    let world = World {
        $0.hasBackOffice = true
        $0.reconciliationDelayNs = second
        $0.answerTimeoutNs = 2 * second
        $0.doubtAlertNs = 3 * second
    }
    world.answer(orders: [], position: 0)
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.cancel(order)
    world.cancelled(1, 100)
    world.advance(3 * second)
    world.core.sessions[0].nextMessage += 1
    operate(world, .reconcile)
    world.answer(orders: [(ref: 1, leaves: 100)], position: 0)
    let taken = try #require(world.open.first)
    #expect(world.risk().openBuy == 100)
    world.cancel(taken)
    world.answerAll()
    if isLost { world.down() }
    if isAccepted {
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.acceptDispute.rawValue
        (input.venue_time_ns, input.execution_id) = (world.record(taken).id.high, world.record(taken).id.low)
        world.step(input)
        #expect(world.record(taken).knowledge != .disputed)
    }
    if isLost {
        world.up(firstUnseen: 100)
        world.answer(orders: [(ref: 1, leaves: 100)], position: 0)
        world.answerAll()
    }
    let asked = world.core.reconciliation.lastNumber
    world.advance(5 * second)
    #expect(world.core.reconciliation.lastNumber > asked)
    // An answer that fails is asked for again.
    var failed = Input(kind: .reconcileFailed)
    failed.user_ref = world.core.reconciliation.lastNumber
    world.step(failed)
    world.advance(4 * second)
    world.answer(orders: [], position: 0)
    #expect(world.core.openOrderCount == 0 && world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

/// The same where the venue refuses the cancel, which says nothing of what it has: the next list does.
@Test func whatOnlyAListHadEndsWithTheNext() throws {
    let world = World {
        $0.hasBackOffice = true
        $0.reconciliationDelayNs = 0
    }
    world.answer(orders: [], position: 0)
    operate(world, .reconcile)
    world.answer(orders: [(ref: 9, leaves: 100)], position: 0)
    let taken = try #require(world.open.first)
    #expect(world.risk().openBuy == 100 && world.record(taken).knowledge == .disputed)
    operate(world, .cancelAll)
    world.report(.cancelRefused, 9)
    #expect(world.risk().openBuy == 100)
    operate(world, .reconcile)
    world.answer(orders: [], position: 0)
    #expect(world.core.openOrderCount == 0 && world.risk().openBuy == 0 && world.disagreement() == nil)
}

/// A replacement of an order that had ended comes into force: with what the venue says is open.
@Test func aReplacementOfWhatHasEndedCounts() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.cancel(order)
    world.cancelled(1, 100)
    world.report(.orderReplaced, 2, quantity: 60, price: 991_000, id: 1)
    #expect(world.risk().openBuy == 60 && world.risk().isReduceOnly && world.core.openOrderCount == 1)
    world.execute(2, 60, at: 991_000, match: 7)
    #expect(world.position().quantity.raw == 60 && world.risk().openBuy == 0)
    world.advance(3 * second)
    #expect(world.core.liveOrderCount == 0 && world.disagreement() == nil)
}

@Test func aDisputeAsksForTheVenuesBooks() {
    let world = World { $0.hasBackOffice = true }
    world.answer(orders: [])
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    let asked = world.commandKinds.filter { $0 == .query }.count
    world.execute(1, 130, at: 990_000, match: 5)
    #expect(world.status(order) == .disputed)
    #expect(world.commandKinds.filter { $0 == .query }.count == asked + 1)
    // What the answer itself disputes asks for no other: it would go round for ever.
    world.answer(orders: [(1, 50)], position: 130)
    #expect(world.commandKinds.filter { $0 == .query }.count == asked + 1)
}

// MARK: Wishes

/// A strategy's cancel that finds no room in the venue's rate goes as soon as there is some.
@Test func aCancelThatFindsNoRoomInTheRateGoesWhenThereIsSome() {
    let world = World {
        $0.messagesPerSecond = 4
        $0.messageBurst = 4
        $0.limits.openOrderCountMax = 10
    }
    let orders = (0..<3).map { world.makeWorking(.buy, Int64($0) + 10, limit: 990_000) }
    for order in orders { world.cancel(order) }
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 1)
    world.advance(2 * second)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 3)
    #expect(world.disagreement() == nil)
}

@Test func aCancelThatFindsNoCreditGoesWhenThereIsOne() {
    let world = World { $0.creditCountMax = 4 }
    let orders = (0..<3).map { world.makeWorking(.buy, Int64($0) + 10, limit: 990_000) }
    world.submitsAtOnce = false
    world.replace(orders[0], limit: 991_000)
    world.replace(orders[1], limit: 991_000)
    world.replace(orders[2], limit: 991_000)
    world.cancel(orders[0])
    world.cancel(orders[1])
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 1)
    world.answerAll()
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
    #expect(world.disagreement() == nil)
}

/// Nobody heard whether a strategy's cancel arrived: after the new log-on it is asked again.
@Test func aStrategysCancelThatWasLostWithItsConnectionIsAskedAgain() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.cancel(order)
    world.down()
    #expect(world.status(order) == .inDoubt)
    world.up(firstUnseen: 2)
    #expect(world.status(order) == .pendingCancel)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
    world.cancelled(1, 100)
    #expect(world.core.openOrderCount == 0 && world.disagreement() == nil)
}

@Test func anOrderWhoseCancelWasRefusedTimesOutAllTheSame() {
    let world = World { $0.orderTimeoutNs = 10 * second }
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.advance(9 * second)
    world.cancel(order)
    world.advance(2 * second)
    world.report(.cancelRefused, 1)
    world.advance(second)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 2)
    #expect(world.status(order) == .pendingCancel && world.disagreement() == nil)
}

// MARK: Closing

@Test func aPositionIsClosedWhenItsOrderWasFilledBeforeItsCancel() {
    let world = World()
    _ = world.makeWorking(.buy, 100, limit: 1_001_000)
    world.execute(1, 100, at: 1_001_000, match: 1)
    _ = world.makeWorking(.sell, 40, limit: 1_010_000)
    operate(world, .closePosition, instrument: 0)
    world.execute(2, 40, at: 1_010_000, match: 2)
    let closing = world.sent.last
    #expect(closing?.commandKind == .enter && closing?.quantity == 60 && closing?.side == Side.sell.rawValue)
    #expect(world.disagreement() == nil)
}

@Test func aPositionLargerThanAnOrderIsClosedInSeveral() {
    let world = World { $0.limits.orderQuantityMax = Quantity(raw: 100) }
    for number in 1...3 {
        _ = world.makeWorking(.buy, 100, limit: 1_001_000)
        world.execute(UInt32(number), 100, at: 1_001_000, match: UInt64(number))
    }
    operate(world, .closePosition, instrument: 0)
    for number in 4...6 as ClosedRange<UInt32> {
        #expect(world.order(number)?.lifecycle == .submitted)
        world.execute(number, 100, at: 999_000, match: UInt64(number))
    }
    #expect(world.position().quantity.raw == 0 && world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

/// What executes while everything is being flattened is closed, too.
@Test func flattenClosesWhatExecutesOnTheWay() {
    let world = World()
    _ = world.makeWorking(.buy, 100, limit: 1_001_000)
    operate(world, .flatten)
    world.execute(1, 100, at: 1_001_000, match: 1)
    let closing = world.sent.last
    #expect(closing?.commandKind == .enter && closing?.quantity == 100 && closing?.side == Side.sell.rawValue)
    #expect(world.disagreement() == nil)
}

/// A replacement of an order with a date keeps the date: its life at the venue is what is left of it.
@Test func aReplacementKeepsItsOrdersDate() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000, .goodTillDate, lifetimeNs: 600 * second)
    #expect(world.sent.last?.reserved == 600)
    world.advance(100 * second)
    world.replace(order, limit: 991_000)
    #expect(world.sent.last?.commandKind == .replace && world.sent.last?.reserved == 500)
    #expect(world.disagreement() == nil)
}

// MARK: Room

/// Every number that an order had leaves a residue: what it promises is counted before there is too little room.
@Test func residuesHaveRoomForEveryNumberThatWasUsed() {
    let world = World { $0.residueCountMax = 8 }
    var ref: UInt32 = 1
    for _ in 0..<2 {
        let order = world.makeWorking(.buy, 100, limit: 990_000)
        let first = ref
        for step in 1...5 as ClosedRange<Int64> {
            let before = world.ref(order)
            world.replace(order, limit: 990_000 + step * 100)
            guard world.record(order).versionCount > 0 else { break }
            ref = world.sent.last!.user_ref
            world.report(.orderReplaced, ref, quantity: 100, price: 990_000 + step * 100, id: UInt64(before))
        }
        world.execute(world.ref(order), 100, at: 990_000, match: UInt64(first))
        ref += 1
    }
    #expect(world.core.extraNumberCount == 5)
    world.signal(.buy, 1, limit: 990_000)
    #expect(world.refusal?.rule == .residueFull)
    world.advance(3 * second)
    #expect(world.core.liveOrderCount == 0 && world.core.residues.count == 8)
    #expect(world.core.extraNumberCount == 0)
    // A late report under any of them finds its order.
    for number in 1..<ref { world.report(.executionBroken, number, id: 500) }
    #expect(world.core.residues.find(TradingCore.key(0, ref - 1)) != nil)
    #expect(world.core.tradingState == .normal && world.disagreement() == nil)
}

@Test func acceptingADisputeLiftsItsInstrumentsReduceOnly() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    let other = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 130, at: 990_000, match: 5)
    world.execute(2, 130, at: 990_000, match: 6)
    #expect(world.risk().isReduceOnly && world.status(order) == .disputed)
    func accept(_ order: OrderHandle) {
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.acceptDispute.rawValue
        input.venue_time_ns = world.record(order).id.high
        input.execution_id = world.record(order).id.low
        world.step(input)
    }
    accept(order)
    #expect(world.status(order) == .filled && world.risk().isReduceOnly)
    accept(other)
    #expect(!world.risk().isReduceOnly && world.kinds.contains(.riskState))
    #expect(world.disagreement() == nil)
}

/// A count of numbers that no venue can have reached is no evidence, and no trap.
@Test func anAbsurdCountOfNumbersIsNoLogOn() {
    let world = World(isReady: false)
    world.step(Input(kind: .start))
    world.up(firstUnseen: .max)
    #expect(!world.core.isSessionUp(0) && world.alerts == [.sessionDown])
    world.up(firstUnseen: 1)
    #expect(world.core.isSessionUp(0) == true)
}

// MARK: What is at stake twice

/// A stop that waits for its session, and the position that it closes is closed by hand meanwhile.
@Test func aHeldStopDoesNotOpenWhatItWasToClose() throws {
    let world = World()
    _ = world.makeWorking(.buy, 100, limit: 1_001_000)
    world.execute(1, 100, at: 1_001_000, match: 1)
    let stop = try #require(world.make(.sell, 100, .stop, flags: .reduceOnly, stop: 995_000))
    world.down()
    world.trade(price: 990_000)
    #expect(world.status(stop) == .held)
    // Told late: somebody else has sold the position.
    var fill = Input(kind: .execution)
    fill.user_ref = 900
    fill.instrument = 0
    fill.side = Side.sell.rawValue
    fill.quantity = 100
    fill.price = 990_000
    fill.execution_id = 77
    world.step(fill)
    #expect(world.position().quantity.raw == 0)
    world.up(firstUnseen: 2)
    #expect(world.status(stop) == .cancelled || world.status(stop) == .rejected)
    #expect(world.risk().openSell == 0 && world.disagreement() == nil)
}

/// One cancels the other at the venue: both execute before either cancel comes.
@Test func bothOfAPairThatExecuteAreBooked() {
    let world = World()
    let first = world.makeWorking(.buy, 100, limit: 990_000)
    let other = world.makeWorking(.buy, 100, limit: 980_000, .day, .sibling, first)
    #expect(world.risk().openBuy == 200)
    world.execute(world.ref(first), 30, at: 990_000, match: 1)
    world.execute(world.ref(other), 100, at: 980_000, match: 2)
    world.report(.cancelRefused, world.ref(other))
    #expect(world.position().quantity.raw == 130 && world.risk().openBuy == 70)
    #expect(world.record(first).request == .cancelPending)
    world.cancelled(world.ref(first), 70)
    #expect(world.core.openOrderCount == 0 && world.core.counters.disputes == 0)
    #expect(world.disagreement() == nil)
}

/// A reject of an order that has been executed in part, under a replacement on its way, is a contradiction and ends
/// nothing.
@Test func aRejectAfterAnExecutionEndsNothing() {
    let world = World()
    let order = world.make(.buy, 100, limit: 990_000)!
    world.execute(1, 30, at: 990_000, match: 1)
    world.report(.orderRejected, 1, id: 0x0f)
    #expect(world.record(order).lifecycle == .accepted && world.risk().openBuy == 70)
    #expect(world.core.counters.illegalTransitions == 1 && world.disagreement() == nil)
}

/// A bust comes with the report of its execution behind it: nothing may be lost silently, and no more is bought.
@Test func aBustBeforeItsExecutionIsShownToAPerson() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.report(.executionBroken, 1, id: 5)
    world.execute(1, 40, at: 990_000, match: 5)
    #expect(world.status(order) == .disputed && world.risk().isReduceOnly)
    #expect(world.position().quantity.raw == 40 || world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

/// A replacement downwards below what executes on its way, then a bust: never less reserved than can execute.
@Test func aBustDuringAReplacementReservesWhatMayComeBack() {
    let world = World()
    let order = world.makeWorking(.buy, 100, limit: 990_000)
    world.execute(1, 60, at: 990_000, match: 1)
    world.replace(order, quantity: 80)
    world.report(.executionBroken, 1, id: 1)
    #expect(world.risk().openBuy == 80)
    world.report(.orderReplaced, 2, quantity: 20, price: 990_000, id: 1)
    #expect(world.risk().openBuy == 20 && world.core.counters.disputes == 0)
    #expect(world.disagreement() == nil)
}

/// Multipliers, reversal, fees and a foreign currency: to the last unit.
@Test(arguments: [CostMethod.average, .firstInFirstOut])
func aReversalInAnotherCurrencyIsExact(_ method: CostMethod) {
    let world = World {
        $0.ledger.costMethod = method
        $0.ledger.currencies.append(CurrencyDefinition(code: "EUR", rate: 1_084_200_001))
        $0.ledger.fees.taker = FeeRate(notionalHundredthBps: 33, perUnitMillionths: 7)
        $0.ledger.fees.minimumPerOrder = Money(raw: 3)
        $0.instruments[0].multiplier = 7
        $0.instruments[0].currency = 1
        $0.limits.orderNotionalMax = Money(raw: 1 << 60)
        $0.limits.grossNotionalMax = Money(raw: 1 << 60)
    }
    var match: UInt64 = 0
    func trade(_ action: SignalAction, _ quantity: Int64, _ price: Int64) {
        let order = world.makeWorking(action, quantity, limit: price)
        for part in [quantity / 3, quantity - quantity / 3] where part > 0 {
            match += 1
            world.execute(world.ref(order), part, at: price, match: match)
        }
    }
    trade(.buy, 31, 1_000_100)
    trade(.sell, 77, 999_300)
    trade(.buy, 13, 1_000_700)
    world.rate("EUR", 1_091_000_007)
    trade(.buy, 50, 998_900)
    world.report(.executionBroken, 2, id: 3)
    let bought = Int128(31) * 1_000_100 + 13 * 1_000_700 + 50 * 998_900
    let sold = Int128(77 - 25) * 999_300
    let position = world.position()
    #expect(position.quantity.raw == 31 - 52 + 13 + 50)
    #expect((position.realised - position.cost).raw == (sold - bought) * 7)
    #expect(world.core.disagreementOfMoney == nil && world.disagreement() == nil)
}

/// An order told to be done by the list and then by the stream ends once, and its retry is not sent beside it.
@Test func whatAListHasNotIsNotMadeAgainWhileItLives() throws {
    let world = World {
        $0.hasBackOffice = true
        $0.answerTimeoutNs = second
        $0.retryCountMax = 3
        $0.reconciliationNs = 0
    }
    world.answer(orders: [])
    let order = try #require(world.make(.buy, 100, limit: 990_000))
    world.advance(3 * second)
    #expect(world.status(order) == .inDoubt)
    world.answer(orders: [])
    world.step(
        {
            var input = Input(kind: .operatorCommand)
            input.flags = OperatorCommand.reconcile.rawValue
            return input
        }())
    world.answer(orders: [])
    #expect(world.status(order) == .rejected)
    // It was slow, not lost.
    world.report(.orderAccepted, 1, quantity: 100, price: 990_000, id: 9)
    #expect(world.risk().openBuy >= 100 && world.risk().isReduceOnly)
    world.advance(5 * second)
    #expect(world.sent.filter { $0.commandKind == .enter }.count == 1)
    #expect(world.disagreement() == nil)
}
