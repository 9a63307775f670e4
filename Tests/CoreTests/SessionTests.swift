import Model
import Testing

@testable import Core

// Goal: nothing is sent without a session or a credit, what nobody answered for is in doubt until evidence ends it,
// and a stop leaves nothing working. Method: scripted sessions; every running sum is recomputed.

@Test func nothingIsSentBeforeTheSessionIsUp() {
    let world = World(isReady: false)
    world.step(Input(kind: .start))
    world.quote(bid: 999_000, 5, ask: 1_001_000, 5)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .sessionDown)
    world.up(firstUnseen: 501)
    #expect(world.signal(.buy, 1)?.user_ref == 501)
    #expect(world.signal(.buy, 1)?.user_ref == 502)
}

@Test func creditsKeepAQuarterForCancels() {
    let world = World { $0.creditCountMax = 8 }
    let first = world.working(.buy, 1, limit: 990_000)
    world.submitsAtOnce = false
    for _ in 0..<6 { #expect(world.signal(.buy, 1, limit: 990_000) != nil) }
    #expect(world.signal(.buy, 1, limit: 990_000) == nil)
    #expect(world.refusal! == (.noCredit, 2, 2))
    world.signal(.cancel)
    // Two cancels found a credit; the others go as soon as one comes back.
    #expect(world.kinds == [.signal, .cancelRequested, .cancelRequested])
    #expect(world.order(first)?.request == Request.none)
    world.answerAll()
    #expect(world.order(first)?.request == .cancelPending)
    #expect(world.sent.filter { $0.commandKind == .cancel }.count == 7)
    #expect(world.signal(.buy, 1, limit: 990_000) != nil)
    #expect(world.disagreement() == nil)
}

@Test func lostConnectionPutsTheUnansweredInDoubt() {
    let world = World()
    let accepted = world.working(.buy, 10, limit: 990_000)
    let cancelling = world.working(.buy, 20, limit: 990_100, instrument: 0)
    _ = cancelling
    world.signals([])
    let submitted = world.signal(.buy, 30, limit: 990_200)!.user_ref
    // Only the second is being cancelled: by another strategy's hand, as a cancel takes all of one strategy's.
    _ = world.core.requestCancel(Int(world.core.orderSlot(0, cancelling)!))
    world.signals([])
    world.down()
    #expect(world.order(accepted)?.status == .accepted)
    #expect(world.order(cancelling)?.status == .inDoubt)
    #expect(world.order(submitted)?.status == .inDoubt)
    #expect(world.core.inDoubtCount == 2)
    #expect(world.kinds.filter { $0 == .orderInDoubt }.count == 2)
    #expect(world.alerts == [.sessionDown])
    #expect(world.risk().openBuy == 60)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .sessionDown)
    #expect(world.disagreement() == nil)
    // The venue never saw the last one; the cancel did not end the second, so it lives, and is asked back again.
    world.up(firstUnseen: submitted)
    #expect(world.order(submitted)?.status == .rejected)
    #expect(world.order(cancelling)?.status == .pendingCancel)
    #expect(world.kinds == [.orderResolved, .cancelRequested, .orderResolved])
    #expect(world.risk().openBuy == 30)
    #expect(world.core.inDoubtCount == 0)
    #expect(world.disagreement() == nil)
}

/// Goal: the end that the venue announces is no alert, unless it leaves something unanswered.
@Test func announcedEndOfSessionIsNoAlert() {
    func alerts(unanswered: Bool) -> [AlertCode] {
        let world = World()
        _ = world.working(.buy, 10, limit: 990_000)
        if unanswered { _ = world.signal(.buy, 30, limit: 990_200) }
        var input = Input(kind: .sessionDown)
        input.flags = 1
        world.step(input)
        #expect(world.core.isSessionUp(0) == false)
        return world.alerts
    }
    #expect(alerts(unanswered: false).isEmpty)
    #expect(alerts(unanswered: true) == [.sessionDown])
}

/// Goal: a journal that takes nothing more stops trading, asks every working order back, and says so.
@Test func failedJournalAsksEverythingBack() {
    let world = World()
    let orders = (0..<3).map { _ in world.working(.buy, 1, limit: 990_000) }
    var input = Input(kind: .journalPressure)
    input.flags = 2
    world.step(input)
    #expect(world.alerts == [.journalFailed])
    for order in orders { #expect(world.order(order)?.request == .cancelPending) }
    #expect(world.signal(.buy, 1, limit: 990_000) == nil)
    #expect(world.refusal?.rule == .journalFailed)
    #expect(world.disagreement() == nil)
}

@Test func doubtStaysWhereTheVenueHasSeenTheNumber() {
    let world = World()
    let ref = world.signal(.buy, 30)!.user_ref
    world.down()
    // The venue has forgotten a part of its stream: that it says nothing of the order means nothing.
    var up = Input(kind: .sessionUp)
    up.user_ref = ref + 1
    up.flags = 1
    world.step(up)
    #expect(world.order(ref)?.status == .inDoubt)
    #expect(world.risk().openBuy == 30)
    // Numbers go on above what the venue knows.
    #expect(world.signal(.buy, 1)!.user_ref > ref)
    world.up(firstUnseen: 0)
    #expect(world.order(ref)?.status == .inDoubt)
    world.accept(ref)
    #expect(world.kinds == [.orderAccepted, .orderResolved])
    #expect(world.order(ref)?.status == .accepted)
    #expect(world.disagreement() == nil)
}

@Test(arguments: [InputKind.orderAccepted, .execution, .orderCancelled, .orderRejected])
func evidenceInTheReplayEndsTheDoubt(_ kind: InputKind) {
    let world = World()
    let ref = world.signal(.buy, 30)!.user_ref
    world.down()
    world.report(kind, ref, quantity: 30, price: 1_001_000, id: 5)
    #expect(world.kinds.last == .orderResolved)
    #expect(world.order(ref)?.knowledge == .known)
    #expect(world.core.inDoubtCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func bytesHandedToADeadConnectionAreInDoubt() {
    let world = World()
    world.submitsAtOnce = false
    world.signal(.buy, 30)
    world.down()
    #expect(world.order(1)?.status == .pending)
    world.answerAll()
    #expect(world.order(1)?.status == .inDoubt)
    #expect(world.disagreement() == nil)
}

@Test func stopCancelsEverythingAndRefusesNew() {
    let world = World { $0.creditCountMax = 4 }
    for index in 0..<6 { _ = world.working(.buy, 10, limit: 990_000 - Int64(index) * 100) }
    world.submitsAtOnce = false
    world.stopTrading()
    #expect(world.kinds.first == .riskState)
    #expect(world.kinds.filter { $0 == .cancelRequested }.count == 4)  // as many as there are credits
    world.answerAll()
    // The rest went as credits came back.
    #expect(world.sent.filter { $0.commandKind == .cancel }.count == 6)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .stopped)
    for ref in 1...6 { world.cancelled(UInt32(ref), 10) }
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func stopWhileTheSessionIsDownSweepsWhenItIsUp() {
    let world = World()
    let ref = world.working(.buy, 10, limit: 990_000)
    world.down()
    world.stopTrading()
    #expect(world.sent.count == 1)
    world.up(firstUnseen: ref + 1)
    #expect(world.sent.last?.commandKind == .cancel)
    #expect(world.order(ref)?.status == .pendingCancel)
}

@Test func unknownOperatorCommandIsRefused() {
    let world = World()
    var input = Input(kind: .operatorCommand)
    input.flags = 99
    world.step(input)
    #expect(world.kinds == [.illegalTransition, .alert])
}

@Test func slotsAreFreedAfterTheHorizonInBatches() {
    let world = World {
        $0.orderCountMax = 200
        $0.evidenceHorizonNs = 1_000_000
    }
    for _ in 0..<150 {
        let ref = world.signal(.buy, 1)!.user_ref
        world.report(.orderRejected, ref)
    }
    #expect(world.core.liveOrderCount == 150)
    world.advance(999_999)
    #expect(world.core.liveOrderCount == 150)
    world.advance(1)
    #expect(world.core.liveOrderCount == 142)
    world.advance(2_000_000)
    #expect(world.core.liveOrderCount == 0)
    #expect(world.nextDeadlineNs == .max)
    #expect(world.disagreement() == nil)
}
