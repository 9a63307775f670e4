import Model
import Testing

@testable import Core

// Goal: an order goes through the states that FIX's order state change matrices (FIX 4.2, 4.4: Appendix D) describe,
// with their quantities, seen from the side that sends orders. Method: one test a scenario, one row a message.
//
// Scenarios of single orders that concern what we do not have:
// - 4.2 D18, D23, 4.4 E.1.a, F.1.c (orders given by telephone): no other way into the venue is known to us; what it
//   executes is an execution of an order unknown, tested with the order scenarios.
// - 4.2 D25, 4.4 G.1.b ("nothing done"): the same as a status of an order without executions, G.1.c.
// - 4.2 D28, 4.4 H.1.b (stock split): quantities executed on an earlier day are history, and our venues end or re-enter
//   orders over a split; the new terms of H.1.b would be an unsolicited replacement, E.1.c.
// - 4.2 D37, 4.4 L.1.a (guarantee of execution): "stopped" is not a state of electronic venues; the message is a notice.
// - 4.4 L.1.b (CashOrderQty): orders are counted in shares.
// - Lists, multileg orders, "don't know trade": no such messages; an execution that we do not know is booked and disputed.

@Test("4.2 D1, 4.4 A.1.a: filled order")
func fixA1a() {
    let matrix = Matrix()
    matrix.row(.notice, .submitted, 10_000, 0, 10_000)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000, facts: [.orderAccepted])
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000, average: 1_000_000)
    matrix.row(.trade(1_000, at: 997_000), .partiallyFilled, 10_000, 3_000, 7_000, average: 999_000)
    matrix.row(.trade(7_000, at: 999_000), .filled, 10_000, 10_000, 0, average: 999_000)
}

@Test("4.2 D1, 4.4 A.1.a: if the order is rejected")
func fixA1aRejected() {
    let matrix = Matrix()
    matrix.row(.reject, .rejected, 10_000, 0, 0, facts: [.orderRejected])
}

@Test("4.2 D2, 4.4 A.1.b: part-filled day order, done for day")
func fixA1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 3_000, 7_000)
    matrix.row(.expired, .expired, 10_000, 3_000, 0, facts: [.orderExpired])
}

@Test("4.2 D3, 4.4 B.1.a: cancel request for a zero-filled order")
func fixB1a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 0, 10_000, facts: [.cancelRequested])
    matrix.row(.cancelReject, .accepted, 10_000, 0, 10_000, facts: [.cancelRefused])
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 0, 10_000)
    matrix.row(.cancelPending, .pendingCancel, 10_000, 0, 10_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
}

@Test("4.2 D4, 4.4 B.1.b: cancel request for a part-filled order, executions while it is active")
func fixB1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 2_000, 8_000)
    matrix.row(.trade(3_000), .pendingCancel, 10_000, 5_000, 5_000)
    matrix.row(.cancelPending, .pendingCancel, 10_000, 5_000, 5_000)
    matrix.row(.trade(1_000), .pendingCancel, 10_000, 6_000, 4_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 6_000, 0)
}

@Test("4.2 D5, 4.4 B.1.c: order filled before the cancel request can be accepted")
func fixB1c() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 10_000, 2_000, 8_000)
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 2_000, 8_000)
    matrix.row(.trade(3_000), .pendingCancel, 10_000, 5_000, 5_000)
    matrix.row(.cancelPending, .pendingCancel, 10_000, 5_000, 5_000)
    // FIX shows "pending cancel" until the reject; nothing can come of it, so we say filled at once.
    matrix.row(.trade(5_000), .filled, 10_000, 10_000, 0)
    matrix.row(.cancelReject, .filled, 10_000, 10_000, 0, facts: [.cancelRefused])
    #expect(matrix.world.alerts.isEmpty)
}

@Test("4.4 B.1.d: cancel request for an order not yet acknowledged", arguments: [false, true])
func fixB1d(_ isRefused: Bool) {
    let matrix = Matrix()
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 0, 10_000)
    #expect(matrix.world.sent.last?.original_ref == matrix.x)
    if isRefused {
        matrix.row(.cancelReject, .submitted, 10_000, 0, 10_000)
        matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    } else {
        matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
    }
}

@Test("4.4 B.1.e: cancel request and acknowledgement cross")
func fixB1e() {
    let matrix = Matrix()
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 0, 10_000)
    matrix.row(.ack, .pendingCancel, 10_000, 0, 10_000)
    matrix.row(.cancelPending, .pendingCancel, 10_000, 0, 10_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
}

@Test("4.4 B.1.f: cancel request for an unknown order")
func fixB1f() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
    // We ask for no order that has ended; a venue's word on one that we never had is an alert and nothing else.
    matrix.row(.cancelRequest, .cancelled, 10_000, 0, 0, facts: [.signalDiscarded])
    #expect(matrix.world.refusal?.rule == .noSuchOrder)
    matrix.world.report(.cancelRefused, 5_000)
    #expect(matrix.world.alerts == [.unknownOrder])
    #expect(matrix.world.disagreement() == nil)
}
