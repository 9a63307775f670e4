import Testing
import Wire

private func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.map { $0 }
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
}

private func symbol(_ text: String) -> UInt64 {
    Array(text.utf8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

/// Goal: fields stand where the specification has them. Method: messages written out by hand, field by field.
@Test func enterOrderStandsAsSpecified() throws {
    let bytes = hex(
        """
        4F 00000001 42 00000064 4141504C20202020 000000000016F0A8 30 59 41 4E 4E
        434C4F524431 2020202020202020 0003 02 1C 05
        """)
    let order = Ouch50.EnterOrder(
        userRefNum: 1, side: 0x42, quantity: 100, symbol: symbol("AAPL    "), price: 1_503_400,
        timeInForce: 0x30, display: 0x59, capacity: 0x41, intermarketSweep: 0x4e, crossType: 0x4e,
        clientOrderID: try #require(Token14("CLORD1")))
    var options = Ouch50.Options()
    options.userRefIndex = 5
    #expect(written(byteCount: 60) { unsafe order.write(to: $0, options: options) } == bytes)
    #expect(read(Ouch50.EnterOrder.self, bytes) == order)
}

@Test func replaceOrderStandsAsSpecified() throws {
    let bytes = hex(
        "55 00000001 00000002 000001F4 000000000016F10C 36 41 4E 5245504C2D32 2020202020202020 0000")
    let order = Ouch50.ReplaceOrder(
        originalUserRefNum: 1, userRefNum: 2, quantity: 500, price: 1_503_500, timeInForce: 0x36,
        display: 0x41,
        intermarketSweep: 0x4e, clientOrderID: try #require(Token14("REPL-2")))
    #expect(written(order) == bytes)
    #expect(read(Ouch50.ReplaceOrder.self, bytes) == order)
}

@Test func acceptedAndReplacedStandAsSpecified() throws {
    let token = try #require(Token14("CLORD1"))
    #expect(token.description == "CLORD1")
    let accepted = Ouch50.OrderAccepted(
        timestamp: 0x0102_0304_0506_0708, userRefNum: 1, side: 0x42, quantity: 100,
        symbol: symbol("AAPL    "),
        price: 1_503_400, timeInForce: 0x30, display: 0x5a, orderReferenceNumber: 0x1112_1314_1516_1718,
        capacity: 0x41, intermarketSweep: 0x4e, crossType: 0x43, orderState: 0x4c, clientOrderID: token)
    let tail = "000000000016F0A8 30 5A 1112131415161718 41 4E 43 4C 434C4F524431 2020202020202020 0000"
    #expect(written(accepted) == hex("41 0102030405060708 00000001 42 00000064 4141504C20202020" + tail))
    let replaced = Ouch50.OrderReplaced(
        timestamp: 0x0102_0304_0506_0708, originalUserRefNum: 1, userRefNum: 2, side: 0x42, quantity: 100,
        symbol: symbol("AAPL    "), price: 1_503_400, timeInForce: 0x30, display: 0x5a,
        orderReferenceNumber: 0x1112_1314_1516_1718, capacity: 0x41, intermarketSweep: 0x4e, crossType: 0x43,
        orderState: 0x4c, clientOrderID: token)
    #expect(
        written(replaced) == hex("55 0102030405060708 00000001 00000002 42 00000064 4141504C20202020" + tail))
}

@Test func executionsAndEndsStandAsSpecified() throws {
    let time: UInt64 = 0x0102_0304_0506_0708
    let stamp = "0102030405060708"
    #expect(
        written(
            Ouch50.OrderExecuted(
                timestamp: time, userRefNum: 1, quantity: 100, price: 1_503_400, liquidityFlag: 0x41,
                matchNumber: 0x1112_1314_1516_1718))
            == hex("45 \(stamp) 00000001 00000064 000000000016F0A8 41 1112131415161718 0000"))
    #expect(
        written(
            Ouch50.BrokenTrade(
                timestamp: time, userRefNum: 1, matchNumber: 0x1112_1314_1516_1718, reason: 0x45,
                clientOrderID: try #require(Token14("CLORD1"))))
            == hex("42 \(stamp) 00000001 1112131415161718 45 434C4F524431 2020202020202020"))
    #expect(
        written(Ouch50.OrderCanceled(timestamp: time, userRefNum: 2, quantity: 100, reason: 0x55))
            == hex("43 \(stamp) 00000002 00000064 55"))
    #expect(
        written(
            Ouch50.AiqCanceled(
                timestamp: time, userRefNum: 4, decrementShares: 100, reason: 0x51,
                quantityPreventedFromTrading: 60, executionPrice: 1_503_400, liquidityFlag: 0x52,
                aiqStrategy: 0x4f))
            == hex("44 \(stamp) 00000004 00000064 51 0000003C 000000000016F0A8 52 4F"))
    #expect(
        written(
            Ouch50.Rejected(
                timestamp: time, userRefNum: 9, reason: 0x1d, clientOrderID: try #require(Token14("BADPX"))))
            == hex("4A \(stamp) 00000009 001D 4241445058 202020202020202020"))
}

@Test func theRestStandsAsSpecified() {
    let time: UInt64 = 0x0102_0304_0506_0708
    let stamp = "0102030405060708"
    let firm: UInt32 = 0x4d52_4946
    #expect(
        written(Ouch50.ModifyOrder(userRefNum: 3, side: 0x54, quantity: 50)) == hex("4D 00000003 54 00000032")
    )
    #expect(
        written(Ouch50.MassCancel(userRefNum: 10, firm: firm, symbol: symbol("MSFT    ")))
            == hex("43 0000000A 4649524D 4D53465420202020 0000"))
    #expect(written(Ouch50.DisableOrderEntry(userRefNum: 11, firm: firm)) == hex("44 0000000B 4649524D 0000"))
    #expect(written(Ouch50.EnableOrderEntry(userRefNum: 12, firm: firm)) == hex("45 0000000C 4649524D 0000"))
    #expect(written(Ouch50.AccountQuery()) == hex("51"))
    #expect(written(Ouch50.SystemEvent(timestamp: time, eventCode: 0x53)) == hex("53 \(stamp) 53"))
    #expect(written(Ouch50.CancelPending(timestamp: time, userRefNum: 5)) == hex("50 \(stamp) 00000005"))
    #expect(written(Ouch50.CancelReject(timestamp: time, userRefNum: 6)) == hex("49 \(stamp) 00000006"))
    #expect(
        written(
            Ouch50.OrderPriorityUpdate(
                timestamp: time, userRefNum: 7, price: 1_503_300, display: 0x59, orderReferenceNumber: 555))
            == hex("54 \(stamp) 00000007 000000000016F044 59 000000000000022B"))
    #expect(
        written(Ouch50.OrderModified(timestamp: time, userRefNum: 3, side: 0x45, quantity: 50))
            == hex("4D \(stamp) 00000003 45 00000032"))
    #expect(
        written(Ouch50.OrderRestated(timestamp: time, userRefNum: 8, reason: 0x52))
            == hex("52 \(stamp) 00000008 52 0000"))
    #expect(
        written(
            Ouch50.MassCancelResponse(timestamp: time, userRefNum: 10, firm: firm, symbol: symbol("MSFT    "))
        )
            == hex("58 \(stamp) 0000000A 4649524D 4D53465420202020 0000"))
    #expect(
        written(Ouch50.DisableResponse(timestamp: time, userRefNum: 11, firm: firm))
            == hex("47 \(stamp) 0000000B 4649524D 0000"))
    #expect(
        written(Ouch50.EnableResponse(timestamp: time, userRefNum: 12, firm: firm))
            == hex("4B \(stamp) 0000000C 4649524D 0000"))
    #expect(
        written(Ouch50.AccountQueryResponse(timestamp: time, nextUserRefNum: 13))
            == hex("51 \(stamp) 0000000D"))
}
