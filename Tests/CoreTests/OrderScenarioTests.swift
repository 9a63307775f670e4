import Model
import Testing

@testable import Core

// Goal: an order's four parts, the position and the worst-case sums end right in each of the stories that venues tell,
// in the manner of FIX's order state matrices. Method: one story a test, over the whole core; every running sum is
// recomputed at the end.

@Test func orderIsMadeSentAcceptedAndFilled() throws {
    let world = World()
    let command = try #require(world.signal(.buy, 100))
    #expect(command.commandKind == .enter)
    #expect(command.price == 1_001_000)  // the touch of the other side
    #expect(command.quantity == 100)
    #expect(command.user_ref == 1)
    #expect(command.epoch == 7)
    #expect(command.symbol == Symbol("AAA")!.raw)
    #expect(world.kinds == [.signal, .orderCreated, .orderPending])
    #expect(world.order(1)?.status == .submitted)
    #expect(world.risk().openBuy == 100)
    world.accept(1)
    #expect(world.kinds == [.orderAccepted])
    #expect(world.order(1)?.status == .accepted)
    world.execute(1, 40, at: 1_001_000, match: 1)
    #expect(world.kinds == [.orderFilled, .positionOpened])
    #expect(world.order(1)?.status == .partiallyFilled)
    #expect(world.risk().openBuy == 60)
    #expect(world.lastEffect == .fill)
    world.execute(1, 60, at: 1_000_000, match: 2)
    #expect(world.kinds == [.orderFilled, .positionChanged])
    #expect(world.order(1)?.status == .filled)
    #expect(world.order(1)?.filledCost == Int128(40 * 1_001_000 + 60 * 1_000_000))
    #expect(world.position().quantity.raw == 100)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func fillOvertakesTheAck() {
    let world = World()
    world.signal(.buy, 100)
    world.execute(1, 30, at: 1_001_000, match: 1)
    #expect(world.order(1)?.lifecycle == .accepted)
    #expect(world.position().quantity.raw == 30)
    world.accept(1)
    #expect(world.order(1)?.status == .partiallyFilled)
    #expect(!world.kinds.contains(.illegalTransition))
    #expect(world.disagreement() == nil)
}

@Test func lastFillOvertakesTheAck() {
    let world = World()
    world.signal(.buy, 100)
    world.execute(1, 100, at: 1_001_000, match: 1)
    #expect(world.order(1)?.status == .filled)
    world.accept(1)
    #expect(world.kinds == [.orderAccepted])
    #expect(world.order(1)?.status == .filled)
    #expect(world.disagreement() == nil)
}

@Test func partialFillKeepsThePendingCancel() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.signal(.cancel)
    #expect(world.sent.last?.commandKind == .cancel)
    #expect(world.sent.last?.original_ref == ref)
    #expect(world.order(ref)?.status == .pendingCancel)
    world.execute(ref, 40, at: 990_000, match: 1)
    #expect(world.order(ref)?.status == .pendingCancel)
    #expect(world.order(ref)?.filled == 40)
    // A second wish sends no second cancel.
    let sent = world.sent.count
    world.signal(.cancel)
    #expect(world.sent.count == sent)
    world.cancelled(ref, 60)
    #expect(world.order(ref)?.status == .cancelled)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func fillWinsOverTheCancel() {
    let world = World()
    let ref = world.working(.sell, 100, limit: 1_010_000)
    world.signal(.cancel)
    world.execute(ref, 100, at: 1_010_000, match: 1)
    #expect(world.order(ref)?.status == .filled)
    world.report(.cancelRefused, ref)
    #expect(world.kinds == [.cancelRefused])
    #expect(world.order(ref)?.status == .filled)
    #expect(world.position().quantity.raw == -100)
    #expect(world.disagreement() == nil)
}

@Test func refusedCancelMayBeAskedAgainAndADelayedOneMayNot() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.signal(.cancel)
    world.report(.cancelRefused, ref, flags: 1)
    #expect(world.order(ref)?.status == .pendingCancel)
    world.report(.cancelRefused, ref, flags: 0)
    #expect(world.order(ref)?.status == .accepted)
    let sent = world.sent.count
    world.signal(.cancel)
    #expect(world.sent.count == sent + 1)
    #expect(world.disagreement() == nil)
}

@Test func decrementTakesQuantityAndLeavesTheOrder() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.cancelled(ref, 30)
    #expect(world.order(ref)?.status == .accepted)
    #expect(world.order(ref)?.leaves == 70)
    #expect(world.risk().openBuy == 70)
    world.execute(ref, 70, at: 990_000, match: 1)
    #expect(world.order(ref)?.status == .filled)
    #expect(world.disagreement() == nil)
}

@Test func rejectionGivesEverythingBack() {
    let world = World()
    world.signal(.buy, 100)
    world.report(.orderRejected, 1, id: 0x104, flags: 4)
    #expect(world.kinds == [.orderRejected])
    #expect(world.last[0].detail == 0x104)
    #expect(world.order(1)?.status == .rejected)
    #expect(world.risk().openBuy == 0)
    #expect(world.lastEffect == .order)
    #expect(world.disagreement() == nil)
}

@Test func acceptedDeadIsAcceptedAndOver() {
    let world = World()
    world.signal(.buy, 100)
    world.report(.orderAccepted, 1, quantity: 100, id: 77, flags: 1)
    #expect(world.kinds == [.orderAccepted, .orderCancelled])
    #expect(world.order(1)?.status == .cancelled)
    #expect(world.disagreement() == nil)
}

@Test func fillAfterAConfirmedCancelIsBookedAndDisputed() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.signal(.cancel)
    world.cancelled(ref, 100)
    world.execute(ref, 100, at: 990_000, match: 5)
    #expect(world.position().quantity.raw == 100)
    #expect(world.order(ref)?.status == .disputed)
    #expect(world.kinds.contains(.illegalTransition))
    #expect(world.kinds.contains(.orderDisputed))
    #expect(world.alerts == [.illegalTransition, .disputedOrder])
    #expect(world.risk().isReduceOnly)
    // No more exposure there, but what closes it passes.
    world.signal(.buy, 10)
    #expect(world.refusal?.rule == .instrumentReduceOnly)
    #expect(world.signal(.sell, 100) != nil)
    #expect(world.disagreement() == nil)
}

@Test func fillAfterARejectIsBookedAndDisputed() {
    let world = World()
    world.signal(.sell, 50)
    world.report(.orderRejected, 1)
    world.execute(1, 50, at: 999_000, match: 5)
    #expect(world.position().quantity.raw == -50)
    #expect(world.order(1)?.status == .disputed)
    #expect(world.disagreement() == nil)
}

@Test func overfillIsBookedWholeAndDisputed() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.execute(ref, 60, at: 990_000, match: 1)
    world.execute(ref, 60, at: 990_000, match: 2)
    #expect(world.position().quantity.raw == 120)
    #expect(world.order(ref)?.status == .disputed)
    #expect(world.order(ref)?.lifecycle == .filled)
    #expect(world.alerts.contains(.overfill))
    world.execute(ref, 5, at: 990_000, match: 3)
    #expect(world.position().quantity.raw == 125)
    #expect(world.alerts.contains(.overfill))
    #expect(world.disagreement() == nil)
}

@Test func sameExecutionTwiceIsBookedOnce() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.execute(ref, 40, at: 990_000, match: 1)
    world.execute(ref, 40, at: 990_000, match: 1)
    #expect(world.kinds == [.executionRepeated])
    #expect(world.position().quantity.raw == 40)
    // The other side of a trade with ourselves carries the same number and is another execution.
    world.quote(bid: 980_000, 500, ask: 990_000, 500)
    let sell = world.working(.sell, 40, limit: 1_000_000)
    world.execute(sell, 40, at: 1_000_000, match: 1)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

@Test func bustReversesAndIsRecognisedTheSecondTime() {
    let world = World { $0.commissionHundredthBps = 50 }
    let ref = world.working(.buy, 100, limit: 990_000)
    world.execute(ref, 100, at: 990_000, match: 1)
    #expect(world.totals.feesMillionths == Int128(99_000_000) * 50)
    world.report(.executionBroken, ref, id: 1)
    #expect(world.kinds == [.executionBroken, .positionClosed])
    #expect(world.last[0].quantity == 100)
    #expect(world.last[0].price == 990_000)
    #expect(world.position().quantity.raw == 0)
    #expect(world.position().realised == .zero)
    #expect(world.totals.feesMillionths == 0)
    #expect(world.order(ref)?.status == .filled)
    #expect(world.order(ref)?.busted == 100)
    #expect(world.order(ref)?.filled == 0)
    world.report(.executionBroken, ref, id: 1)
    #expect(world.kinds == [.executionRepeated])
    #expect(world.disagreement() == nil)
}

@Test func bustOfAnExecutionNobodySawIsDisputed() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.report(.executionBroken, ref, id: 99)
    #expect(world.kinds.contains(.orderDisputed))
    #expect(world.risk().isReduceOnly)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

@Test func lateFillIsBookedFromTheResidue() {
    let world = World { $0.evidenceHorizonNs = 1_000 }
    let ref = world.working(.buy, 100, limit: 990_000)
    world.cancelled(ref, 100)
    world.advance(1_000)
    #expect(world.last.map(\.factKind) == [.orderClosed])
    #expect(world.order(ref) == nil)
    world.execute(ref, 25, at: 990_000, match: 8)
    #expect(world.position().quantity.raw == 25)
    #expect(world.kinds == [.orderFilled, .positionOpened, .orderDisputed, .alert, .riskState])
    #expect(world.last[0].strategy == 0)
    #expect(world.lastEffect == .fill)
    world.execute(ref, 25, at: 990_000, match: 8)
    #expect(world.kinds == [.executionRepeated])
    world.report(.executionBroken, ref, id: 8)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

@Test func fillOfAnUnknownOrderStopsNewExposureEverywhere() {
    let world = World()
    world.execute(4_000, 25, at: 990_000, match: 8)
    #expect(world.kinds.contains(.orderDisputed))
    #expect(world.alerts == [.unknownOrder])
    world.signal(.buy, 10)
    #expect(world.refusal?.rule == .reduceOnly)
    #expect(world.core.tradingState == .reduceOnly)
    #expect(world.order(4_000)?.status == .disputed)
    #expect(world.disagreement() == nil)
}

@Test func fillOfAnUnknownOrderThatNamesItsInstrumentIsBooked() {
    let world = World()
    var input = Input(kind: .execution)
    input.user_ref = 4_000
    input.instrument = 1
    input.side = Side.sell.rawValue
    input.quantity = 25
    input.price = 500_000
    input.execution_id = 3
    world.step(input)
    #expect(world.position(1).quantity.raw == -25)
    #expect(world.risk(1).isReduceOnly)
    #expect(!world.risk(0).isReduceOnly)
    #expect(world.order(4_000)?.status == .disputed)
    world.step(input)
    #expect(world.kinds == [.executionRepeated])
    #expect(world.disagreement() == nil)
}

/// Goal: after a restart the position is what the venue's replay says, and trading goes on. Method: ack, execution and
/// cancel of a number that this run never gave; then the same with a client id that is not ours.
@Test func ordersOfAnEarlierRunAreTakenOver() {
    let world = World()
    var ack = Input(kind: .orderAccepted)
    ack.user_ref = 4_000
    ack.instrument = 0
    ack.side = Side.buy.rawValue
    ack.quantity = 100
    ack.price = 999_000
    ack.execution_id = 5
    ack.flags = 2
    world.step(ack)
    #expect(world.kinds == [.orderCreated, .orderAccepted])
    #expect(world.order(4_000)?.status == .accepted)
    #expect(world.core.openOrderCount == 1)
    #expect(world.disagreement() == nil)
    world.execute(4_000, 60, at: 999_000, match: 8)
    #expect(world.position().quantity.raw == 60)
    #expect(!world.risk().isReduceOnly)
    world.report(.orderCancelled, 4_000, quantity: 40)
    #expect(world.core.openOrderCount == 0)
    #expect(world.alerts == [])
    #expect(world.disagreement() == nil)

    ack.user_ref = 4_001
    ack.flags = 0
    world.step(ack)
    #expect(world.order(4_001)?.status == .disputed)
    #expect(world.risk().isReduceOnly)
    #expect(world.core.openOrderCount == 1)
    #expect(world.disagreement() == nil)
}

@Test(arguments: [
    InputKind.orderAccepted, .orderCancelled, .orderRejected, .cancelRefused, .executionBroken,
    .orderReplaced,
])
func reportOnANumberThatNobodyHasIsNoTrap(_ kind: InputKind) {
    let world = World()
    world.report(kind, 77, quantity: 10, price: 5, id: 4)
    #expect(world.alerts == [.unknownOrder])
    #expect(world.disagreement() == nil)
}

@Test(arguments: [Int64.min, -1, 0, 1 << 40, Int64.max])
func absurdExecutionIsNeitherBookedNorATrap(_ quantity: Int64) {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.execute(ref, quantity, at: 990_000, match: 1)
    #expect(world.kinds.contains(.orderDisputed))
    #expect(world.risk().isReduceOnly)
    world.execute(ref, 1, at: .max, match: 2)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}

@Test func replacementThatNobodyAskedForIsDisputed() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.report(.orderReplaced, ref + 1, quantity: 50, price: 980_000, id: UInt64(ref))
    #expect(world.kinds.contains(.illegalTransition))
    #expect(world.order(ref)?.status == .disputed)
    #expect(world.risk().openBuy == 100)
    #expect(world.disagreement() == nil)
}

@Test func illegalReportChangesNothing() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.report(.orderRejected, ref)
    #expect(world.kinds == [.illegalTransition, .alert])
    #expect(
        world.last[0].detail == UInt32(Lifecycle.accepted.rawValue) << 8
            | UInt32(InputKind.orderRejected.rawValue))
    #expect(world.order(ref)?.status == .accepted)
    #expect(world.disagreement() == nil)
}

@Test func provenNotSentIsRejected() {
    let world = World()
    world.submitsAtOnce = false
    world.signal(.buy, 100)
    #expect(world.order(1)?.status == .pending)
    world.answerAll(.sendFailed)
    #expect(world.kinds == [.orderSendFailed])
    #expect(world.order(1)?.status == .rejected)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func cancelThatWasNotSentMayBeAskedAgain() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.submitsAtOnce = false
    world.signal(.cancel)
    #expect(world.order(ref)?.status == .pendingCancel)
    world.answerAll(.sendFailed)
    #expect(world.order(ref)?.status == .accepted)
    world.signal(.cancel)
    #expect(world.order(ref)?.status == .pendingCancel)
    #expect(world.disagreement() == nil)
}

/// Goal: a correction of a whole position changes it in one step: it was never flat, and goes on being marked where it was
/// when its book has no side to close at and nothing has traded since.
@Test func correctionKeepsTheMark() {
    let world = World()
    let ref = world.working(.buy, 10, limit: 1_000_000)
    world.execute(ref, 10, at: 1_000_000, match: 1)
    #expect(world.position().mark.raw == 999_000)
    world.quote(bid: 999_000, 0, ask: 1_001_000, 500)
    world.report(.executionCorrected, ref, quantity: 8, price: 1_002_000, id: 1, flags: 1)
    #expect(world.position().mark.raw == 999_000)
    #expect(world.position().unrealised.raw == 8 * (999_000 - 1_002_000))
    // A bust and a new execution are two steps, and the second opens a position: at its own price.
    world.report(.executionBroken, ref, id: 1)
    world.execute(ref, 10, at: 1_003_000, match: 2)
    #expect(world.position().mark.raw == 1_003_000)
    #expect(world.position().unrealised.raw == 0)
    #expect(world.disagreement() == nil)
}

/// Goal: what executed under a number that the order had many replacements ago is undone in the order too: what a further
/// replacement gives back counts, and nothing is disputed.
@Test(arguments: [false, true])
func executionOfAnOldNumberIsUndoneInItsOrder(_ isCorrected: Bool) throws {
    let world = World()
    var ref = world.working(.buy, 30, limit: 990_000)
    let first = ref
    world.accept(ref)
    world.execute(ref, 9, at: 990_000, match: 1)
    let handle = try #require(world.open.first)
    // More replacements than the record keeps numbers of.
    for number in 1...Int64(OrderDetail.pastRefCountMax) + 2 {
        world.replace(handle, limit: 990_000 + number * 100)
        ref = try #require(world.sent.last).user_ref
        world.report(
            .orderReplaced, ref, quantity: 21, price: 990_000 + number * 100, id: UInt64(world.ref(handle)))
    }
    #expect(world.order(first) == nil)
    if isCorrected {
        world.report(.executionCorrected, first, quantity: 4, price: 990_000, id: 1, flags: 1)
    } else {
        world.report(.executionBroken, first, id: 1)
    }
    let standing: Int64 = isCorrected ? 4 : 0
    #expect(world.position().quantity.raw == standing)
    #expect(world.record(handle).filled == standing)
    world.replace(handle, limit: 991_000)
    #expect(world.risk().openBuy == 30 - standing)
    ref = try #require(world.sent.last).user_ref
    world.report(.orderReplaced, ref, quantity: 30 - standing, price: 991_000, id: UInt64(world.ref(handle)))
    #expect(world.record(handle).knowledge == .known)
    #expect(world.record(handle).leaves == 30 - standing)
    // A late execution under the old number is the order's own.
    world.execute(first, 5, at: 990_000, match: 2)
    #expect(world.record(handle).filled == standing + 5)
    #expect(world.record(handle).leaves == 25 - standing)
    #expect(world.core.counters.disputes == 0)
    #expect(world.disagreement() == nil)
}
