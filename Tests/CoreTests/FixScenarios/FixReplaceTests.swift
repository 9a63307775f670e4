import Model
import Testing

@testable import Core

@Test("4.2 D6, 4.4 C.1.a: zero-filled order, replaced to increase its quantity", arguments: [false, true])
func fixC1a(_ isRefused: Bool) {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(
        .replaceRequest(11_000), .pendingReplace, 10_000, 0, 10_000, reserved: 11_000,
        facts: [.replaceRequested])
    if isRefused {
        matrix.row(.replaceReject(), .accepted, 10_000, 0, 10_000, facts: [.replaceRefused])
        return
    }
    matrix.row(.replaced(), .accepted, 11_000, 0, 11_000, facts: [.orderReplaced])
    matrix.row(.trade(1_000), .partiallyFilled, 11_000, 1_000, 10_000)
    matrix.row(.trade(2_000), .partiallyFilled, 11_000, 3_000, 8_000)
}

@Test(
    "4.2 D7, 4.4 C.1.b: part-filled order replaced to increase, execution while it is pending",
    arguments: [false, true])
func fixC1b(_ isRefused: Bool) {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 11_000)
    matrix.row(.trade(100), .pendingReplace, 10_000, 1_100, 8_900, reserved: 10_900)
    if isRefused {
        matrix.row(.replaceReject(), .partiallyFilled, 10_000, 1_100, 8_900)
        return
    }
    matrix.row(.replaced(), .partiallyFilled, 12_000, 1_100, 10_900)
    matrix.row(.trade(10_900), .filled, 12_000, 12_000, 0)
}

@Test("4.2 D8, 4.4 C.1.c: filled order, replaced to increase its quantity, the venue lets it come into force")
func fixC1cOutlives() {
    let matrix = Matrix { $0.replaceOutlivesFill = true }
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    matrix.row(.trade(10_000), .pendingReplace, 10_000, 10_000, 0, reserved: 2_000)
    matrix.row(.replaced(), .partiallyFilled, 12_000, 10_000, 2_000)
    matrix.row(.trade(2_000), .filled, 12_000, 12_000, 0)
    // An order that has ended is not replaced: what should be bought beyond it is another order.
    matrix.row(.replaceRequest(13_000), .filled, 12_000, 12_000, 0, facts: [.signalDiscarded])
    #expect(matrix.world.refusal?.rule == .noSuchOrder)
}

@Test("4.2 D8, 4.4 C.1.c: filled order, replaced to increase its quantity, the request is rejected")
func fixC1cRefused() {
    let matrix = Matrix { $0.replaceOutlivesFill = true }
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    matrix.row(.trade(10_000), .pendingReplace, 10_000, 10_000, 0, reserved: 2_000)
    matrix.row(.replaceReject(), .filled, 10_000, 10_000, 0)
}

@Test(
    "4.2 D8, 4.4 C.1.c: filled order, replaced to increase its quantity, the venue lets none come into force")
func fixC1cEnds() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    let y = matrix.versions[0]
    matrix.row(.trade(10_000), .filled, 10_000, 10_000, 0)
    matrix.row(.other { $0.report(.orderRejected, y, id: 4) }, .filled, 10_000, 10_000, 0)
    #expect(matrix.world.alerts.isEmpty)
}

@Test("4.2 D9, 4.4 C.2.a: replaced (not for quantity), rejected as a fill has occurred")
func fixC2a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(0, at: 999_000), .pendingReplace, 10_000, 1_000, 9_000)
    let y = matrix.versions[0]
    matrix.row(.trade(9_000), .filled, 10_000, 10_000, 0)
    matrix.row(.other { $0.report(.orderRejected, y, id: 4) }, .filled, 10_000, 10_000, 0)
    #expect(matrix.world.alerts.isEmpty)
}

@Test("4.2 D10, 4.4 C.3.a: decreased while an execution is reported, to more than was executed")
func fixC3a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.trade(7_000), .pendingReplace, 10_000, 7_000, 3_000)
    matrix.row(.replaced(), .partiallyFilled, 8_000, 7_000, 1_000)
    matrix.row(.trade(1_000), .filled, 8_000, 8_000, 0)
}

@Test("4.2 D11, 4.4 C.3.b: decreased while an execution is reported, to what was executed")
func fixC3b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(7_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.trade(7_000), .pendingReplace, 10_000, 7_000, 3_000)
    matrix.row(.replaced(), .filled, 7_000, 7_000, 0)
}

@Test("4.2 D12, 4.4 C.3.c: decreased while an execution is reported, to less than was executed")
func fixC3c() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(7_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.trade(8_000), .pendingReplace, 10_000, 8_000, 2_000)
    matrix.row(.replaced(), .filled, 8_000, 8_000, 0)
    // To less than is known to be executed, we do not even ask.
    let other = Matrix()
    other.row(.ack, .accepted, 10_000, 0, 10_000)
    other.row(.trade(8_000), .partiallyFilled, 10_000, 8_000, 2_000)
    other.row(.replaceRequest(7_000), .partiallyFilled, 10_000, 8_000, 2_000, facts: [.signalDiscarded])
    #expect(other.world.refusal?.rule == .orderQuantity)
}

@Test("4.2 D13, 4.4 D.1.a: one replacement is accepted, then another one")
func fixD1a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.replaced(), .partiallyFilled, 8_000, 1_000, 7_000)
    matrix.row(.trade(1_000), .partiallyFilled, 8_000, 2_000, 6_000)
    matrix.row(.replaceRequest(6_000, at: 998_000), .pendingReplace, 8_000, 2_000, 6_000)
    matrix.row(.replaced(), .partiallyFilled, 6_000, 2_000, 4_000)
    #expect(matrix.record.price.raw == 998_000)
    matrix.row(.trade(4_000, at: 998_000), .filled, 6_000, 6_000, 0)
}

@Test("4.2 D14, 4.4 D.1.b: one replacement is rejected at once, then another is accepted")
func fixD1b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.replaceReject(), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(6_000), .pendingReplace, 10_000, 1_000, 9_000)
    #expect(matrix.world.sent.last?.original_ref == matrix.x)
    matrix.row(.replaced(), .partiallyFilled, 6_000, 1_000, 5_000)
    matrix.row(.trade(5_000), .filled, 6_000, 6_000, 0)
}

@Test("4.2 D15, 4.4 D.1.c: one replacement is rejected after an execution, then another is accepted")
func fixD1c() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.trade(1_500), .pendingReplace, 10_000, 2_500, 7_500)
    matrix.row(.replaceReject(), .partiallyFilled, 10_000, 2_500, 7_500)
    matrix.row(.trade(500), .partiallyFilled, 10_000, 3_000, 7_000)
    matrix.row(.replaceRequest(6_000), .pendingReplace, 10_000, 3_000, 7_000)
    matrix.row(.trade(2_000), .pendingReplace, 10_000, 5_000, 5_000)
    matrix.row(.replaced(), .partiallyFilled, 6_000, 5_000, 1_000)
    matrix.row(.trade(1_000), .filled, 6_000, 6_000, 0)
}

@Test("4.2 D16, 4.4 D.2.a: two replacements at once, processed one after the other")
func fixD2a() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    let y = matrix.versions[0]
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 11_000)
    #expect(matrix.world.sent.last?.original_ref == y)
    matrix.row(.replaced(), .pendingReplace, 8_000, 1_000, 7_000, reserved: 11_000)
    matrix.row(.trade(1_000), .pendingReplace, 8_000, 2_000, 6_000, reserved: 10_000)
    matrix.row(.replaced(), .partiallyFilled, 12_000, 2_000, 10_000)
    matrix.row(.trade(10_000), .filled, 12_000, 12_000, 0)
}

@Test("4.4 D.2.b: two replacements at once, both pending before either is in force")
func fixD2b() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(7_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.trade(2_000), .pendingReplace, 10_000, 3_000, 7_000)
    matrix.row(.replaced(), .pendingReplace, 8_000, 3_000, 5_000)
    matrix.row(.replaced(), .partiallyFilled, 7_000, 3_000, 4_000)
}

@Test("4.4 D.2.b: the second of two replacements comes into force without a word on the first")
func fixD2bSkipped() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(7_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.replaced(1), .accepted, 7_000, 0, 7_000)
    matrix.row(.trade(7_000), .filled, 7_000, 7_000, 0)
}

@Test("4.4 D.2.c: two replacements at once, both are rejected")
func fixD2c() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 11_000)
    matrix.row(.replaceRequest(13_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 12_000)
    let z = matrix.versions[1]
    // The second was built on the first: it cannot come into force either.
    matrix.row(.replaceReject(), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.other { $0.report(.orderRejected, z, id: 4) }, .partiallyFilled, 10_000, 1_000, 9_000)
    #expect(matrix.world.alerts.isEmpty)
    matrix.row(.trade(9_000), .filled, 10_000, 10_000, 0)
}

@Test("4.4 D.2.c: both replacements of an order not yet acknowledged are rejected, the order lives")
func fixD2cBeforeTheAck() {
    let matrix = Matrix()
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    matrix.row(.replaceRequest(13_000), .pendingReplace, 10_000, 0, 10_000, reserved: 13_000)
    let z = matrix.versions[1]
    matrix.row(.replaceReject(), .submitted, 10_000, 0, 10_000)
    matrix.row(.other { $0.report(.orderRejected, z, id: 4) }, .submitted, 10_000, 0, 10_000)
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
}

@Test("4.2 D17, 4.4 D.2.d: two replacements at once, the second is rejected as the first is pending")
func fixD2d() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.trade(1_000), .partiallyFilled, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(8_000), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 1_000, 9_000, reserved: 11_000)
    matrix.row(.replaceReject(1), .pendingReplace, 10_000, 1_000, 9_000)
    matrix.row(.replaced(), .partiallyFilled, 8_000, 1_000, 7_000)
    matrix.row(.trade(2_000), .partiallyFilled, 8_000, 3_000, 5_000)
}

@Test("chains are bounded: a fourth replacement on its way is refused by us")
func fixChainIsBounded() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    for step in 1...3 { matrix.world.replace(matrix.order, quantity: 10_000 + Int64(step) * 1_000) }
    matrix.row(
        .replaceRequest(20_000), .pendingReplace, 10_000, 0, 10_000, reserved: 13_000,
        facts: [.signalDiscarded])
    #expect(matrix.world.refusal! == (.requestPending, 3, 4))
}

@Test("the first of two replacements fills the order, the second revives it where the venue lets it")
func fixChainRevives() {
    let matrix = Matrix { $0.replaceOutlivesFill = true }
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(7_000), .pendingReplace, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    matrix.row(.trade(7_000), .pendingReplace, 10_000, 7_000, 3_000, reserved: 5_000)
    matrix.row(.replaced(), .pendingReplace, 7_000, 7_000, 0, reserved: 5_000)
    matrix.row(.replaced(), .partiallyFilled, 12_000, 7_000, 5_000)
}

@Test("a cancel that named a refused replacement is asked for again under the order's own number")
func fixCancelOfARefusedReplacement() {
    let matrix = Matrix()
    matrix.row(.ack, .accepted, 10_000, 0, 10_000)
    matrix.row(.replaceRequest(12_000), .pendingReplace, 10_000, 0, 10_000, reserved: 12_000)
    let y = matrix.versions[0]
    matrix.row(.cancelRequest, .pendingCancel, 10_000, 0, 10_000, reserved: 12_000)
    #expect(matrix.world.sent.last?.original_ref == y)
    matrix.row(.replaceReject(), .pendingCancel, 10_000, 0, 10_000)
    #expect(matrix.world.sent.last?.commandKind == .cancel)
    #expect(matrix.world.sent.last?.original_ref == matrix.x)
    matrix.row(.cancelled(nil), .cancelled, 10_000, 0, 0)
}
