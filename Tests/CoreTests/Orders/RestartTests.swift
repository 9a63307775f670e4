import Model
import TestSupport
import Testing

@testable import Core

/// A core that has just been started after another, before its session is up.
private func started(_ change: (inout CoreConfiguration) -> Void = { _ in }) -> World {
    let world = World(isReady: false, change)
    var start = Input(kind: .start)
    start.user_ref = 8
    start.execution_id = 1_700_000_000_000_000_000
    world.step(start)
    return world
}

extension World {
    /// What an earlier run had given to the venue under `ref`, or, where that is 0, held.
    fileprivate func restore(
        _ ref: UInt32, _ side: Side, _ quantity: Int64, at price: Int64, number: UInt64 = 1,
        _ type: OrderType = .limit,
        _ timeInForce: TimeInForce = .day, stop: Int64 = 0
    ) {
        var order = Input(kind: .restoreOrder)
        order.user_ref = ref
        order.quantity = quantity
        order.price = price
        order.instrument = 0
        order.side = side.rawValue
        let id = OrderID(engineTimeNs: 1_000_000, epoch: 7, number: number)
        order.venue_time_ns = id.high
        order.execution_id = id.low
        step(order)
        var terms = Input(kind: .restoreTerms)
        terms.price = stop
        terms.user_ref = 1
        terms.flags = type.rawValue
        terms.side = timeInForce.rawValue
        step(terms)
    }

    fileprivate func restored(upTo ref: UInt32) {
        var commit = Input(kind: .restoreCommit)
        commit.user_ref = ref
        step(commit)
    }

    /// The venue's books, so many messages of its stream short of where the core is.
    fileprivate func books(_ orders: [(ref: UInt32, leaves: Int64)], position: Int64, behind: UInt64 = 0) {
        answer(orders: orders, position: position, upTo: core.sessions[0].nextMessage - behind)
    }
}

/// Goal: an order that an earlier run gave to its connection and the venue never received ends with the first log-on, also
/// where the venue has seen higher numbers since: a stream that was heard from the beginning and has no word of it says so.
@Test func orderOfAnEarlierRunThatNeverArrivedEnds() throws {
    let world = started()
    world.restore(4, .buy, 30, at: 990_000, number: 1)
    world.restore(9, .buy, 40, at: 990_000, number: 2)
    world.restored(upTo: 10)
    #expect(world.risk().openBuy == 70)
    #expect(world.core.inDoubtCount == 2)
    // The venue has seen number 6, and told of it.
    world.acceptUnasked(6, .buy, 10, at: 990_000)
    #expect(world.risk().openBuy == 80)
    world.up(firstUnseen: 7)
    #expect(world.order(4)?.lifecycle == .rejected)
    #expect(world.order(9)?.lifecycle == .rejected)
    #expect(world.order(6)?.lifecycle == .accepted)
    #expect(world.risk().openBuy == 10)
    #expect(world.core.inDoubtCount == 0)
    // No number comes twice.
    world.quote(bid: 999_000, 500, ask: 1_001_000, 500)
    #expect(world.working(.buy, 10, limit: 990_000) >= 10)
    #expect(world.disagreement() == nil)
}

/// Goal: where the venue does not say which numbers it has seen, nothing is concluded; where the stream lost a part,
/// neither.
@Test func silenceOfAStreamWithHolesIsNoEvidence() {
    let world = started()
    world.restore(4, .buy, 30, at: 990_000)
    world.restored(upTo: 10)
    world.up(firstUnseen: 0)
    #expect(world.order(4)?.knowledge == .inDoubt)
    world.down()
    var up = Input(kind: .sessionUp)
    up.user_ref = 9
    up.flags = 1
    world.step(up)
    #expect(world.order(4)?.knowledge == .inDoubt)
    #expect(world.risk().openBuy == 30)
    #expect(world.disagreement() == nil)
}

/// Goal: an order that an earlier run filled and replaced goes on under its new number, at a venue where replacements
/// outlive fills: what it can still execute counts, whatever was told between the fill and the replacement.
@Test(arguments: [false, true])
func replacementOfAnEarlierRunOutlivesTheFill(_ isCorrected: Bool) throws {
    let world = started {
        $0.replaceOutlivesFill = true
        $0.hasBackOffice = true
        $0.reconciliationNs = 1_000_000
    }
    world.restore(4, .buy, 30, at: 1_000_000)
    world.restored(upTo: 10)
    world.acceptUnasked(4, .buy, 30, at: 1_000_000)
    world.execute(4, 30, at: 1_000_000, match: 1)
    if isCorrected { world.report(.executionCorrected, 4, quantity: 31, price: 1_000_000, id: 1, flags: 1) }
    let done: Int64 = isCorrected ? 31 : 30
    #expect(world.position().quantity.raw == done)
    #expect(world.order(4)?.lifecycle == .accepted)
    var replaced = Input(kind: .orderReplaced)
    replaced.user_ref = 5
    replaced.execution_id = 4
    replaced.quantity = 50 - done
    replaced.price = 1_001_000
    world.step(replaced)
    let order = try #require(world.order(5))
    #expect(order.leaves == 50 - done)
    #expect(order.knowledge == .known)
    #expect(world.risk().openBuy == 50 - done)
    world.up(firstUnseen: 6)
    world.execute(5, 50 - done, at: 1_001_000, match: 2)
    #expect(world.position().quantity.raw == 50)
    #expect(world.order(5)?.lifecycle == .filled)
    #expect(!world.risk().isReduceOnly)
    #expect(world.disagreement() == nil)
}

/// Goal: without a replacement behind it the fill was the end, once the stream is over.
@Test func filledOrderOfAnEarlierRunEndsWithTheStream() {
    let world = started { $0.replaceOutlivesFill = true }
    world.restore(4, .buy, 30, at: 1_000_000)
    world.restored(upTo: 10)
    world.acceptUnasked(4, .buy, 30, at: 1_000_000)
    world.execute(4, 30, at: 1_000_000, match: 1)
    #expect(world.order(4)?.lifecycle == .accepted)
    world.up(firstUnseen: 5)
    #expect(world.order(4)?.lifecycle == .filled)
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

/// Goal: a day that is repeated to a new start has more orders than there are records, all within the evidence horizon;
/// their executions name neither instrument nor side, and each is booked, also those of orders long ended.
@Test func dayOfMoreOrdersThanRecordsIsHeardWhole() {
    let world = started { $0.orderCountMax = 8 }
    world.restored(upTo: 1_001)
    for ref in 1...1_000 as ClosedRange<UInt32> {
        world.acceptUnasked(ref, ref % 2 == 0 ? .buy : .sell, 10, at: 1_000_000)
        world.execute(ref, ref % 2 == 0 ? 7 : 4, at: 1_000_000, match: UInt64(ref))
        world.cancelled(ref, ref % 2 == 0 ? 3 : 6)
        world.nowNs += 100
    }
    #expect(world.position().quantity.raw == 500 * 7 - 500 * 4)
    #expect(world.core.counters.disputes == 0)
    #expect(world.core.counters.illegalTransitions == 0)
    #expect(world.core.openOrderCount == 0)
    // The first of them is remembered.
    world.report(.executionBroken, 2, id: 2)
    #expect(world.position().quantity.raw == 500 * 7 - 500 * 4 - 7)
    // Told again, nothing happens twice.
    world.execute(3, 4, at: 1_000_000, match: 3)
    #expect(world.position().quantity.raw == 500 * 7 - 500 * 4 - 7)
    world.up(firstUnseen: 1_001)
    world.advance(10_000_000_000)
    #expect(world.core.liveOrderCount == 0)
    #expect(world.disagreement() == nil)
}

/// A venue without a sequenced stream: what nobody told is inferred from its positions.
private func inferring(_ configuration: inout CoreConfiguration) {
    configuration.hasBackOffice = true
    configuration.infersExecutions = true
    configuration.reconciliationNs = 0
    configuration.answerTimeoutNs = 1_000_000
    configuration.reconciliationDelayNs = 0
}

/// Goal: where executions are inferred from positions, an order that the venue's list does not have goes on counting as
/// long as the position has moved since the answer was made: what executed of it may be in that position alone.
@Test func missingOrderCountsUntilItsPositionIsCompared() throws {
    let world = World { inferring(&$0) }
    let lost = world.working(.buy, 10, limit: 1_000_000)
    let other = world.working(.buy, 10, limit: 1_000_000)
    world.accept(lost)
    world.accept(other)
    // Asked for its end, and nobody answers: it is in doubt. It has executed, and the report is lost.
    let id = try #require(world.order(lost)?.id)
    let handle = try #require(world.handle(id))
    world.cancel(handle)
    world.advance(2_000_000)
    #expect(world.order(lost)?.knowledge == .inDoubt)
    let asked = try #require(world.sent.last(where: { $0.commandKind == .query }))
    // While the answer is on its way the other one executes.
    world.execute(other, 1, at: 1_000_000, match: 1)
    world.books([(other, 10)], position: 10, behind: 1)
    #expect(world.order(lost)?.lifecycle == .accepted)
    // In truth 11 are held, and 9 can be bought.
    #expect(world.risk().position + world.risk().openBuy >= 20)
    // The next answer knows of everything.
    world.advance(2_000_000)
    var reconcile = Input(kind: .operatorCommand)
    reconcile.flags = OperatorCommand.reconcile.rawValue
    world.step(reconcile)
    let next = try #require(world.sent.last(where: { $0.commandKind == .query }))
    #expect(next.user_ref > asked.user_ref)
    world.books([(other, 9)], position: 11)
    #expect(world.order(lost)?.lifecycle.isEnded == true)
    #expect(world.position().quantity.raw == 11)
    #expect(world.risk().position + world.risk().openBuy == 20)
    #expect(world.disagreement() == nil)
}

/// Goal: what was inferred from a position goes for an execution that it may stand for, and for no other: an order that the
/// venue's list had as we have it, or that was sent since, executes for the first time.
@Test func onlyWhatAListLackedTakesTheInferredPlace() throws {
    let world = World { inferring(&$0) }
    let short = world.working(.buy, 30, limit: 1_000_000)
    let whole = world.working(.buy, 10, limit: 1_000_000)
    world.accept(short)
    world.accept(whole)
    world.advance(2_000_000)
    var reconcile = Input(kind: .operatorCommand)
    reconcile.flags = OperatorCommand.reconcile.rawValue
    world.step(reconcile)
    // 12 of the first order have executed, and nobody has told.
    world.books([(short, 18), (whole, 10)], position: 12)
    #expect(world.position().quantity.raw == 12)
    // The other order executes: that is new.
    world.execute(whole, 4, at: 1_000_000, match: 1)
    #expect(!world.kinds.contains(.inferenceReplaced))
    #expect(world.position().quantity.raw == 16)
    world.lift()
    let fresh = world.working(.buy, 5, limit: 1_000_000)
    world.accept(fresh)
    world.execute(fresh, 5, at: 1_000_000, match: 2)
    #expect(world.position().quantity.raw == 21)
    // The first one's own executions come late: 12 of them were inferred, the rest is new.
    world.execute(short, 7, at: 1_000_000, match: 3)
    #expect(world.kinds.contains(.inferenceReplaced))
    #expect(world.position().quantity.raw == 21)
    world.execute(short, 8, at: 1_000_000, match: 4)
    #expect(world.position().quantity.raw == 24)
    #expect(world.core.reconciliation.inferredCount == 0)
    #expect(world.disagreement() == nil)
}

/// Goal: a list that has an order under its old number says nothing of a replacement that the session has not spoken of, or
/// handed over just before: it counts until it is answered, or was long under way when somebody asked.
@Test func replacementOnItsWayOutlivesAList() throws {
    let world = World {
        $0.hasBackOffice = true
        $0.reconciliationNs = 0
        $0.answerTimeoutNs = 1_000_000
        $0.reconciliationDelayNs = 1_500_000
    }
    let ref = world.working(.buy, 10, limit: 1_000_000)
    world.accept(ref)
    let order = try #require(world.open.first)
    world.cancel(order)
    world.report(.cancelRefused, ref)
    world.submitsAtOnce = false
    world.replace(order, quantity: 30)
    #expect(world.risk().openBuy == 30)
    let number = try #require(world.sent.last).user_ref
    // Nobody answers for the order, and the replacement has not left.
    world.speak { $0.cancel(order, in: InstrumentID(index: 0)) }
    let cancel = try #require(world.waiting.last)
    world.waiting.removeLast()
    var submitted = Input(kind: .submitted)
    submitted.user_ref = cancel.user_ref
    world.step(submitted)
    world.advance(5_000_000)
    #expect(world.record(order).knowledge == .inDoubt)
    var reconcile = Input(kind: .operatorCommand)
    reconcile.flags = OperatorCommand.reconcile.rawValue
    world.step(reconcile)
    world.books([(ref, 10)], position: 0)
    #expect(world.risk().openBuy == 30)
    // It leaves; whoever asks at once cannot know of it.
    submitted.user_ref = number
    world.step(submitted)
    world.step(reconcile)
    world.books([(ref, 10)], position: 0)
    #expect(world.risk().openBuy == 30)
    #expect(world.record(order).versionCount == 1)
    var replaced = Input(kind: .orderReplaced)
    replaced.user_ref = number
    replaced.execution_id = UInt64(ref)
    replaced.quantity = 30
    replaced.price = 1_000_000
    world.step(replaced)
    #expect(world.record(order).leaves == 30)
    #expect(world.core.counters.disputes == 0)
    #expect(world.disagreement() == nil)
}
