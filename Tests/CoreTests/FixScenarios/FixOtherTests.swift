import Model
import Testing

@testable import Core

// MARK: E, unsolicited

@Test("4.2 D19, 4.4 E.1.b: unsolicited cancel of a part-filled order")
func fixE1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 1_000, 0, facts: [.orderCancelled])
    #expect(matrix.world.alerts.isEmpty)
}

@Test("4.2 D20, 4.4 E.1.c: unsolicited replacement of a part-filled order")
func fixE1c() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    let y = matrix.x + 100
    // Nobody of us agreed to it by telephone: counted whole, and shown to a person.
    matrix.row(
        .other { $0.report(.orderReplaced, y, quantity: 11_000, price: Matrix.price, id: UInt64(matrix.x)) },
        .disputed, 12_000, 1_000, 11_000, facts: [.illegalTransition, .orderDisputed, .riskState])
    matrix.row(.trade(2_000), .disputed, 12_000, 3_000, 9_000)
    // A cancel is heard under the number that the venue has given it only.
    matrix.row(.cancelRequest, .disputed, 12_000, 3_000, 9_000)
    #expect(matrix.world.sent.last?.original_ref == y)
    matrix.row(.cancelled(nil), .disputed, 12_000, 3_000, 0)
    #expect(matrix.record.lifecycle == .cancelled)
}

@Test("unsolicited replacement with figures that are none", arguments: [Int64.min, -1, 1 << 40, Int64.max])
func fixE1cAbsurd(_ quantity: Int64) {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    let x = UInt64(matrix.x)
    matrix.row(
        .other { $0.report(.orderReplaced, 500, quantity: quantity, price: Matrix.price, id: x) }, .disputed,
        10_000, 0, 10_000)
    let asked = Matrix()
    asked.row(.ack, .accepted, 10_000, 0, 10_000)
    asked.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    let y = asked.versions[0]
    asked.row(
        .other { $0.report(.orderReplaced, y, quantity: quantity, price: .max, id: 0) }, .disputed, 10_000, 0,
        10_000, reserved: 12_000)
}

@Test("a replacement that was given up comes into force all the same: its quantity and number count")
func fixE1cGivenUp() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    let y = matrix.versions[0]
    matrix.row(.replaceReject(), .accepted, 10_000, 0, 10_000)
    matrix.row(
        .other { $0.report(.orderReplaced, y, quantity: 12_000, price: Matrix.price, id: 0) }, .disputed,
        12_000, 0,
        12_000)
    matrix.row(.cancelRequest, .disputed, 12_000, 0, 12_000)
    #expect(matrix.world.sent.last?.original_ref == y)
    matrix.row(.trade(12_000), .disputed, 12_000, 12_000, 0)
    #expect(matrix.record.lifecycle == .filled)
}

@Test("4.2 D21, 4.4 E.1.d: unsolicited reduction of the quantity by the venue")
func fixE1d() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.cancelled(1_000), .accepted, 9_000, 0, 9_000)
    // A change of price alone does not ask for it again.
    matrix.row(.replaceRequest(0, at: 998_000), .pendingReplace, 9_000, 0, 9_000)
    #expect(matrix.world.sent.last?.quantity == 9_000)
    matrix.row(.replaced(), .accepted, 9_000, 0, 9_000)
    matrix.row(.trade(9_000), .filled, 9_000, 9_000, 0)
}

// MARK: F, rejected orders and repeated messages

@Test("4.2 D22, 4.4 F.1.a: order rejected due to a duplicate number")
func fixF1a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    // The venue rejects what it takes for a second order of the number: the first one is not touched.
    matrix.row(.reject, .partiallyFilled, 10_000, 1_000, 9_000, facts: [.illegalTransition])
    matrix.row(.trade(9_000), .filled, 10_000, 10_000, 0)
    // Our own numbers never come twice.
    let other = matrix.world.make(.buy, 1, limit: Matrix.price)!
    #expect(matrix.world.ref(other) > matrix.x)
}

@Test("4.2 D31, 4.4 F.1.b: possible resends of reports that came before")
func fixF1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.repeated(1), .partiallyFilled, 10_000, 1_000, 9_000, facts: [.executionRepeated])
    matrix.row(.ack, .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    let y = matrix.versions[0]
    matrix.row(.replaced(), .partiallyFilled, 8_000, 1_000, 7_000)
    matrix.row(
        .other { $0.report(.orderReplaced, y, quantity: 7_000, price: Matrix.price, id: UInt64(matrix.x)) },
        .partiallyFilled, 8_000, 1_000, 7_000)
    // Under its first number.
    matrix.row(.repeated(1), .partiallyFilled, 8_000, 1_000, 7_000, facts: [.executionRepeated])
    matrix.row(.trade(7_000), .filled, 8_000, 8_000, 0)
    matrix.row(.repeated(2), .filled, 8_000, 8_000, 0, facts: [.executionRepeated])
    #expect(matrix.world.core.counters.disputes == 0)
}

// MARK: G, status requests

@Test("4.2 D24, 4.4 G.1.a: the venue does not know the order that its status is asked of")
func fixG1a() {
    let matrix = Matrix {
        $0.hasBackOffice = true
        $0.reconciliationNs = 0
        $0.answerTimeoutNs = 5_000_000_000
        $0.doubtAlertNs = 30_000_000_000
    }
    // The log-on asked, too; nothing is concluded from a list of that time, nor from one asked for as the doubt begins.
    matrix.world.answer(orders: [])
    matrix.row(.other { $0.advance(5_000_000_000) }, .inDoubt, 10_000, 0, 10_000)
    matrix.row(.other { $0.answer(orders: []) }, .inDoubt, 10_000, 0, 10_000)
    matrix.row(.other { $0.advance(30_000_000_000) }, .inDoubt, 10_000, 0, 10_000)
    matrix.row(.other { $0.answer(orders: []) }, .rejected, 10_000, 0, 0, facts: [.orderResolved])
}

@Test("4.2 D26, 4.4 G.1.c: status requests through an order's life change nothing that agrees")
func fixG1c() {
    let matrix = Matrix {
        $0.hasBackOffice = true
        $0.reconciliationNs = 0
    }
    func ask(_ leaves: Int64, _ position: Int64) -> Matrix.Event {
        .other { world in
            world.answer(orders: [])
            var input = Input(kind: .operatorCommand)
            input.flags = OperatorCommand.reconcile.rawValue
            world.step(input)
            world.answer(orders: leaves > 0 ? [(matrix.x, leaves)] : [], position: position)
            #expect(world.core.counters.differences == 0)
        }
    }
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(ask(10_000, 0), .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(ask(8_000, 2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.trade(8_000), .filled, 10_000, 10_000, 0)
    matrix.row(ask(0, 10_000), .filled, 10_000, 10_000, 0)
}

// MARK: H, orders over several days

/// A venue's night: it ends its session, and comes back with everything that it told before.
private func night(_ world: World) {
    var end = Input(kind: .sessionDown)
    end.flags = 1
    world.step(end)
    world.advance(16 * 3_600 * 1_000_000_000)
    world.up(firstUnseen: 0)
    // The order restated, unchanged.
    world.step(Input(kind: .venueNotice))
    #expect(world.alerts.isEmpty)
}

@Test("4.2 D27, 4.4 H.1.a: GT order partly filled, restated and partly filled the following day")
func fixH1a() {
    let matrix = Matrix(10_000, .goodTillCancelled) { $0.orderTimeoutNs = 30_000_000_000 }
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.other(night), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.ack, .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 3_000, 7_000)
    #expect(!matrix.world.commandKinds.contains(.cancel))
}

@Test("4.2 D29, 4.4 H.1.c: GT order partly filled, restated and cancelled the following day")
func fixH1c() {
    let matrix = Matrix(10_000, .goodTillCancelled)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.other(night), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 2_000, 8_000)
    matrix.row(.cancelReject, .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 2_000, 8_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 2_000, 0)
}

@Test("4.2 D30, 4.4 H.1.d: GT order partly filled, restated, then replaced to increase its quantity")
func fixH1d() {
    let matrix = Matrix(10_000, .goodTillCancelled)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.other(night), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.replaceRequest(15_000), .pendingReplace, 10_000, 2_000, 8_000, reserved: 13_000)
    matrix.row(.trade(1_000), .pendingReplace, 10_000, 3_000, 7_000, reserved: 12_000)
    matrix.row(.replaced(), .partiallyFilled, 15_000, 3_000, 12_000)
}

// MARK: I, time in force

@Test("4.2 D32, 4.4 I.1.a: fill-or-kill order that cannot be filled")
func fixI1a() {
    let matrix = Matrix(10_000, .fillOrKill)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
    #expect(matrix.world.sent[0].time_in_force == TimeInForce.fillOrKill.rawValue)
    let dead = Matrix(10_000, .fillOrKill)
    dead.row(.ackDead, .cancelled, 10_000, 0, 0, facts: [.orderAccepted, .orderCancelled])
}

@Test("4.2 D33, 4.4 I.1.b: immediate-or-cancel order that cannot be hit, or in part only")
func fixI1b() {
    let matrix = Matrix(10_000, .immediateOrCancel)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
    let part = Matrix(10_000, .immediateOrCancel)
    part.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    part.row(.cancelled(nil), .cancelled, 10_000, 1_000, 0)
    part.row(.ack, .cancelled, 10_000, 1_000, 0)
}

// MARK: J, executions undone and corrected

/// The matrix lets the quantity of an execution undone be executed once more by the same order. Exchanges do not put it
/// back into the book, and neither do we: LeavesQty stays, CumQty and AvgPx are the matrix's.
@Test("4.2 D34, 4.4 J.1.a: filled order, followed by correction and cancellation of executions")
func fixJ1a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000, at: 1_000_000), .partiallyFilled, 10_000, 1_000, 9_000, average: 1_000_000)
    matrix.row(.trade(9_000, at: 1_100_000), .filled, 10_000, 10_000, 0, average: 1_090_000)
    matrix.row(.bust(1), .filled, 10_000, 9_000, 0, average: 1_100_000, facts: [.executionBroken])
    matrix.row(
        .correct(2, 9_000, at: 1_000_000), .filled, 10_000, 9_000, 0, average: 1_000_000,
        facts: [.executionCorrected])
    matrix.row(.correct(2, 9_000, at: 1_200_000, version: 2), .filled, 10_000, 9_000, 0, average: 1_200_000)
    // The same correction, and an older one, count once.
    matrix.row(
        .correct(2, 9_000, at: 1_200_000, version: 2), .filled, 10_000, 9_000, 0, average: 1_200_000,
        facts: [.executionRepeated])
    matrix.row(.replaceRequest(12_000), .filled, 10_000, 9_000, 0, facts: [.signalDiscarded])
    matrix.row(.correct(2, 9_500, at: 1_200_000, version: 3), .filled, 10_000, 9_500, 0, average: 1_200_000)
    #expect(matrix.record.busted == 1_000)
}

@Test("4.2 D35, 4.4 J.1.b: cancelled order followed by a busted execution and a new execution")
func fixJ1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(5_000, at: 500_000), .partiallyFilled, 10_000, 5_000, 5_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 5_000, 5_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 5_000, 0)
    matrix.row(.bust(1), .cancelled, 10_000, 0, 0, facts: [.executionBroken])
    // Booked as the matrix has it; a fill after a confirmed cancel is a person's business beside.
    matrix.row(
        .trade(4_000, at: 510_000), .disputed, 10_000, 4_000, 0, average: 510_000, facts: [.orderFilled])
    #expect(matrix.record.lifecycle == .cancelled)
}

/// Again the matrix gives corrected quantity back to the order, and we do not.
@Test("4.2 D36, 4.4 J.1.c: GT order partly filled on two days, with corrections of both executions")
func fixJ1c() {
    let matrix = Matrix(10_000, .goodTillCancelled)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.other(night), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 3_000, 7_000)
    matrix.row(.correct(1, 1_500, at: Matrix.price), .partiallyFilled, 10_000, 2_500, 7_000)
    matrix.row(.correct(2, 500, at: Matrix.price), .partiallyFilled, 10_000, 2_000, 7_000)
    // Upwards, what is left shrinks only as far as the whole order demands.
    matrix.row(.correct(1, 5_000, at: Matrix.price, version: 2), .partiallyFilled, 10_000, 5_500, 4_500)
    matrix.row(.trade(4_500), .filled, 10_000, 10_000, 0)
}

@Test("4.4 J.1.d: part-filled order, done for day, followed by a correction and a bust")
func fixJ1d() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.trade(3_000), .partiallyFilled, 10_000, 5_000, 5_000)
    matrix.row(.expired, .expired, 10_000, 5_000, 0)
    matrix.row(.correct(1, 1_500, at: 990_000), .expired, 10_000, 4_500, 0)
    matrix.row(.bust(2), .expired, 10_000, 1_500, 0, average: 990_000)
    matrix.row(.bust(1), .expired, 10_000, 0, 0)
    #expect(matrix.world.position().quantity.raw == 0)
}

@Test("a bust and a correction under the number that a replacement gave find the execution of the one before")
func fixJReplaced() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 3_000, 7_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 3_000, 7_000, reserved: 9_000)
    matrix.row(.replaced(), .partiallyFilled, 12_000, 3_000, 9_000)
    matrix.row(.correct(1, 500, at: 999_000), .partiallyFilled, 12_000, 2_500, 9_000)
    matrix.row(.bust(2), .partiallyFilled, 12_000, 500, 9_000, average: 999_000)
    // Told twice, under the old number too.
    matrix.row(
        .other { $0.report(.executionBroken, matrix.x, id: 2) }, .partiallyFilled, 12_000, 500, 9_000,
        facts: [.executionRepeated])
    #expect(matrix.world.core.counters.disputes == 0)
}

@Test("a correction up to the whole order ends it, and its doubt")
func fixJEnds() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(9_000), .partiallyFilled, 10_000, 9_000, 1_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 9_000, 1_000)
    matrix.row(.down, .inDoubt, 10_000, 9_000, 1_000)
    matrix.row(.correct(1, 10_000, at: Matrix.price), .filled, 10_000, 10_000, 0, facts: [.orderResolved])
    #expect(matrix.world.core.inDoubtCount == 0)
}

// MARK: K, trading halts

@Test("4.4 K.1.a: trading halt, the order is reinstated")
func fixK1a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.other { $0.status(0, "H") }, .partiallyFilled, 10_000, 1_000, 9_000)
    // Nothing new, but what is there may be asked back.
    #expect(matrix.world.signal(.buy, 1, limit: Matrix.price) == nil)
    #expect(matrix.world.refusal?.rule == .notTrading)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 1_000, 9_000)
    matrix.row(.cancelReject, .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.other { $0.status(0, "T") }, .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.trade(9_000), .filled, 10_000, 10_000, 0)
}

@Test("4.4 K.1.b: trading halt, the order is cancelled")
func fixK1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.other { $0.status(0, "H") }, .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 1_000, 0)
}

// MARK: The sell side of the sums

@Test("C.1.b from the other side: what may be sold is counted as what may be bought")
func fixSell() {
    let matrix = Matrix(10_000, side: .sell)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 11_000)
    matrix.row(.down, .inDoubt, 10_000, 1_000, 9_000, reserved: 11_000)
    // The replay did not confirm the replacement.
    matrix.row(.up, .partiallyFilled, 10_000, 1_000, 9_000, facts: [.replaceRefused, .orderResolved])
    matrix.row(.bust(1), .accepted, 10_000, 0, 9_000)
}

@Test("an order replaced again and again always finds numbers")
func numbersAlwaysHaveRoom() {
    let world = World { $0.limits.openOrderCountMax = 60 }
    for _ in 0..<50 {
        let order = world.makeWorking(.buy, 1, limit: 990_000)
        for step in 1...8 {
            world.replace(order, limit: 990_000 + Int64(step) * 100)
            let version = world.detail(order).versions[0]
            world.report(
                .orderReplaced, version.userRef, quantity: 1, price: version.price,
                id: UInt64(world.ref(order)))
            #expect(world.status(order) == .accepted)
        }
    }
    #expect(world.core.openOrderCount == 50)
    #expect(world.disagreement() == nil)
}
