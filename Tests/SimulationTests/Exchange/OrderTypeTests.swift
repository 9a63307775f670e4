import Matching
import Model
import Simulation
import Testing
import Wire

private typealias Client = ExchangeClient

/// One client, and what else trades: a second client whose answers nobody looks at.
private struct Scene {
    let exchange: Exchange
    let alice: ExchangeClient
    let bob: ExchangeClient

    init(change: (inout ExchangeConfiguration) -> Void = { _ in }) {
        exchange = testExchange(change: change)
        alice = Client(exchange, id: 1)
        bob = Client(exchange, id: 2)
        alice.send(Client.login())
        bob.send(Client.login(user: "bob", password: "hidden"))
        _ = alice.takeBytes()
    }

    /// Alice enters an order; returns what she is told.
    func enter(
        _ order: Ouch50.EnterOrder, _ set: (inout Ouch50.Options) -> Void = { _ in }
    ) -> [String] {
        var options = Ouch50.Options()
        set(&options)
        alice.send(Client.ouch(order, options: options))
        return alice.takeWords()
    }

    func replace(
        _ order: Ouch50.ReplaceOrder, _ set: (inout Ouch50.Options) -> Void = { _ in }
    ) -> [String] {
        var options = Ouch50.Options()
        set(&options)
        alice.send(Client.ouch(order, options: options))
        return alice.takeWords()
    }

    func cancel(_ userRef: UInt32, _ total: UInt32 = 0) -> [String] {
        alice.send(Client.ouch(Ouch50.CancelOrder(userRefNum: userRef, quantity: total)))
        return alice.takeWords()
    }

    /// Bob's order, of which alice may hear.
    func bobEnters(_ userRef: UInt32, _ side: Unicode.Scalar, _ quantity: UInt32, _ price: UInt64) -> [String]
    {
        bob.send(Client.ouch(Client.enter(userRef, side, quantity, price)))
        return alice.takeWords()
    }

    var liveOrders: Int { exchange.withBooks { $0.liveOrderCount } }
}

/// Goal: immediate-or-cancel takes what it can, with a least quantity all of that or nothing, and with all of it as the
/// least it is fill-or-kill.
/// Method: 150 shares for sale at two prices; orders for more, for exactly that, and with each kind of minimum.
@Test func immediateOrdersAndLeastQuantities() {
    let scene = Scene()
    _ = scene.bobEnters(1, "S", 100, 1_000_000)
    _ = scene.bobEnters(2, "S", 50, 1_000_100)
    #expect(
        scene.enter(Client.enter(1, "B", 200, 1_000_100, timeInForce: "3")) { $0.minimumQuantity = 151 }
            == ["A 1 200 @ 1000100", "C 1 200 I"])
    #expect(
        scene.enter(Client.enter(2, "B", 200, 1_000_100, timeInForce: "3")) { $0.minimumQuantity = 200 }
            == ["A 2 200 @ 1000100", "C 2 200 I"])
    #expect(
        scene.enter(Client.enter(3, "B", 60, 999_900, timeInForce: "3")) == ["A 3 60 @ 999900", "C 3 60 I"])
    #expect(
        scene.enter(Client.enter(4, "B", 60, 1_000_000, timeInForce: "3")) { $0.minimumQuantity = 60 }
            == ["A 4 60 @ 1000000", "E 4 60 @ 1000000 R #1"])
    #expect(
        scene.enter(Client.enter(5, "B", 200, 1_000_100, timeInForce: "3")) { $0.minimumQuantity = 90 }
            == ["A 5 200 @ 1000100", "E 5 40 @ 1000000 R #2", "E 5 50 @ 1000100 R #3", "C 5 110 I"])
    #expect(scene.liveOrders == 0)
    // One that would wait for enough is not offered, and neither is a least quantity above the order's own.
    #expect(scene.enter(Client.enter(6, "B", 60, 1_000_000)) { $0.minimumQuantity = 60 } == ["J 6 13"])
    #expect(
        scene.enter(Client.enter(7, "B", 60, 1_000_000, timeInForce: "3")) { $0.minimumQuantity = 61 }
            == ["J 7 13"])
}

/// Goal: a post-only order rests, or is taken and cancelled with its own letter; it never trades on arrival.
/// Method: below, at and through the other side, entered and as a replacement; then with a setting that tells dead orders
/// by their state.
@Test func postOnlyNeverTakes() {
    let scene = Scene()
    _ = scene.bobEnters(1, "S", 100, 1_000_000)
    #expect(scene.enter(Client.enter(1, "B", 10, 999_900)) { $0.postOnly = 0x50 } == ["A 1 10 @ 999900"])
    #expect(
        scene.enter(Client.enter(2, "B", 10, 1_000_000)) { $0.postOnly = 0x50 } == [
            "A 2 10 @ 1000000", "C 2 10 G",
        ])
    #expect(
        scene.replace(Client.replace(1, 3, 10, 1_000_100)) { $0.postOnly = 0x50 } == [
            "U 1 > 3 10 @ 1000100", "C 3 10 G",
        ])
    #expect(scene.liveOrders == 1, "bob's alone")
    for (number, price) in [(4, Ouch50.marketPrice), (5, 1_000_000)] as [(UInt32, UInt64)] {
        #expect(
            scene.enter(Client.enter(number, "B", 10, price, timeInForce: "3")) { $0.postOnly = 0x50 }
                == ["J \(number) 15"])
    }
    #expect(scene.exchange.executions.isEmpty)

    let other = Scene { $0.tellsDeadOrders = true }
    _ = other.bobEnters(1, "S", 100, 1_000_000)
    var options = Ouch50.Options()
    options.postOnly = UInt8(ascii: "P")
    other.alice.send(Client.ouch(Client.enter(1, "B", 10, 1_000_000), options: options))
    other.alice.send(Client.ouch(Client.enter(2, "B", 10, 900_000, timeInForce: "3")))
    other.alice.send(Client.ouch(Client.enter(3, "B", 10, 1_000_000, timeInForce: "3")))
    let messages = other.alice.takeMessages()
    let states = messages.compactMap { message in
        // SAFETY: the array stands during the call.
        unsafe message.withUnsafeBytes { unsafe Ouch50.OrderAccepted(reading: $0)?.orderState }
    }
    #expect(states == [UInt8(ascii: "D"), UInt8(ascii: "D"), UInt8(ascii: "L")])
    #expect(messages.count == 4, "no cancellation follows a dead order; the third was filled")
}

/// Goal: both prices that mean "no limit" do, on either side, and what finds nothing is cancelled.
/// Method: against one resting order of each side.
@Test func marketOrders() {
    let scene = Scene()
    _ = scene.bobEnters(1, "S", 100, 1_000_000)
    #expect(
        scene.enter(Client.enter(1, "B", 40, Ouch50.marketPrice, timeInForce: "3")) == [
            "A 1 40 @ 2147483647", "E 1 40 @ 1000000 R #1",
        ])
    #expect(
        scene.enter(Client.enter(2, "B", 70, Ouch50.marketPriceOfCross)) == [
            "A 2 70 @ 2000000000", "E 2 60 @ 1000000 R #2", "C 2 10 I",
        ])
    #expect(
        scene.enter(Client.enter(3, "S", 10, Ouch50.marketPrice)) == ["A 3 10 @ 2147483647", "C 3 10 I"])
    var number: UInt32 = 3
    for price in [0, 1_999_999_901, 2_000_000_001, 2_147_483_648] as [UInt64] {
        number += 1
        #expect(scene.enter(Client.enter(number, "B", 10, price)) == ["J \(number) 29"], "\(price)")
    }
}

/// Goal: kinds of orders that the exchange does not have are refused, each with OUCH's reason; none becomes a plain order.
/// Method: every option and field that asks for one, alone.
@Test func otherKindsAreRefused() {
    let scene = Scene()
    typealias Change = (inout Ouch50.Options) -> Void
    let options: [(reason: Int, Change)] = [
        (0x11, { $0.priceType = UInt8(ascii: "M") }), (0x11, { $0.priceType = UInt8(ascii: "P") }),
        (0x11, { $0.priceType = UInt8(ascii: "R") }), (0x11, { $0.priceType = UInt8(ascii: "Q") }),
        (0x11, { $0.priceType = UInt8(ascii: "m") }), (0x05, { $0.priceType = UInt8(ascii: "x") }),
        (0x05, { $0.pegOffset = -100 }), (0x11, { $0.discretionPrice = 1 }),
        (0x11, { $0.discretionPriceType = UInt8(ascii: "L") }), (0x11, { $0.discretionPegOffset = 1 }),
        (0x04, { $0.maximumFloor = 100 }), (0x04, { $0.randomReserve = 100 }),
        (0x16, { $0.route = 0x4e41_4353 }), (0x1a, { $0.customerType = UInt8(ascii: "R") }),
        (0x1a, { $0.handleInstruction = UInt8(ascii: "Q") }),
        (0x14, { $0.handleInstruction = UInt8(ascii: "I") }), (0x0f, { $0.tradeNow = UInt8(ascii: "Y") }),
        (0x0c, { $0.firm = 0x5858_5858 }),
    ]
    var number: UInt32 = 0
    for (reason, change) in options {
        number += 1
        #expect(scene.enter(Client.enter(number, "B", 100, 900_000), change) == ["J \(number) \(reason)"])
    }
    let fields: [(reason: Int, (inout Ouch50.EnterOrder) -> Void)] = [
        (0x08, { $0.intermarketSweep = UInt8(ascii: "Y") }), (0x14, { $0.crossType = UInt8(ascii: "O") }),
        (0x0f, { $0.timeInForce = UInt8(ascii: "9") }), (0x09, { $0.side = UInt8(ascii: "X") }),
        (0x03, { $0.display = UInt8(ascii: "Z") }), (0x13, { $0.quantity = 1_000_000 }),
        (0x13, { $0.quantity = 0 }), (0x0f, { $0.timeInForce = UInt8(ascii: "6") }),
    ]
    for (reason, change) in fields {
        number += 1
        var order = Client.enter(number, "B", 100, 900_000)
        change(&order)
        #expect(scene.enter(order) == ["J \(number) \(reason)"], "\(order)")
    }
    // What says "plain" is taken.
    number += 1
    let plain = scene.enter(Client.enter(number, "B", 100, 900_000)) {
        $0.priceType = UInt8(ascii: "L")
        $0.postOnly = UInt8(ascii: "N")
        $0.firm = 0x4e49_5053
        $0.minimumQuantity = 0
        $0.maximumFloor = 0
        $0.tradeNow = UInt8(ascii: "N")
        $0.handleInstruction = 0x20
    }
    #expect(plain == ["A \(number) 100 @ 900000"])
    // A replacement of such a kind takes the order out, and its number stays free.
    #expect(
        scene.replace(Client.replace(number, number + 1, 100, 900_000)) { $0.priceType = UInt8(ascii: "M") }
            == ["C \(number) 100 U"])
    #expect(scene.enter(Client.enter(number + 1, "B", 1, 900_000)).count == 1)
}

/// Goal: each time in force ends when it says, by the exchange's own clock, with the letter for it.
/// Method: one order of each kind over a close at 16:00 and one at 20:00, orders tried before, between and after.
@Test func timesInForceEnd() {
    let hour: UInt64 = 3_600_000_000_000
    let scene = Scene {
        $0.hours = ExchangeHours(closesNs: 16 * hour, extendedClosesNs: 20 * hour)
        $0.clientSilenceNsMax = .max / 2
    }
    let exchange = scene.exchange
    #expect(scene.enter(Client.enter(1, "B", 100, 900_000)) == ["A 1 100 @ 900000"])
    #expect(scene.enter(Client.enter(2, "B", 100, 900_000, timeInForce: "5")) == ["A 2 100 @ 900000"])
    #expect(
        scene.enter(Client.enter(3, "B", 100, 900_000, timeInForce: "6")) { $0.expireTime = 20 * 3_600 }
            == ["A 3 100 @ 900000"])
    #expect(
        scene.enter(Client.enter(4, "B", 100, 900_000, timeInForce: "6")) { $0.expireTime = 60 }
            == ["A 4 100 @ 900000"])
    #expect(scene.enter(Client.enter(5, "B", 100, 900_000, timeInForce: "E")) == ["J 5 2"])
    let start = exchange.nowNs
    exchange.advance(toNs: start + 60_000_000_000 - 1)
    #expect(scene.alice.takeWords() == [])
    exchange.advance(toNs: start + 60_000_000_000)
    #expect(scene.alice.takeWords() == ["C 4 100 T"])
    exchange.advance(toNs: 16 * hour - 1)
    #expect(scene.alice.takeWords() == [])
    #expect(exchange.nextWakeNs <= 16 * hour)
    exchange.advance(toNs: 16 * hour)
    #expect(scene.alice.takeWords() == ["C 1 100 T"])
    let late = Client(exchange, id: 3)
    late.send(Client.login(sequence: 0))
    late.send(Client.ouch(Client.enter(6, "B", 100, 900_000)))
    late.send(Client.ouch(Client.enter(7, "B", 100, 900_000, timeInForce: "E")))
    late.send(Client.ouch(Client.replace(7, 8, 200, 900_000)))  // a day order now: it cannot be
    late.send(Client.ouch(Client.enter(8, "B", 100, 900_000, timeInForce: "5")))
    #expect(late.takeWords() == ["J 6 2", "A 7 100 @ 900000", "C 7 100 U", "A 8 100 @ 900000"])
    exchange.advance(toNs: 20 * hour)
    #expect(late.takeWords() == ["C 2 100 T", "C 3 100 T", "C 8 100 T"])
    let after = Client(exchange, id: 4)
    after.send(Client.login(sequence: 0))
    after.send(Client.ouch(Client.enter(9, "B", 100, 900_000, timeInForce: "5")))
    #expect(after.takeWords() == ["J 9 2"])
}

/// Goal: a replacement's quantity is a total over the chain, executed shares included; what it leaves, and what is answered
/// in each state of the original, is as the protocol says.
/// Method: one chain with fills between its versions, then originals that are unknown, dead, replaced and filled.
@Test func replaceCountsWhatWasExecuted() {
    let scene = Scene()
    #expect(scene.enter(Client.enter(1, "B", 300, 1_000_000)) == ["A 1 300 @ 1000000"])
    #expect(scene.bobEnters(1, "S", 100, 1_000_000) == ["E 1 100 @ 1000000 A #1"])
    #expect(scene.replace(Client.replace(1, 2, 250, 1_000_000)) == ["U 1 > 2 150 @ 1000000"])
    #expect(scene.bobEnters(2, "S", 50, 1_000_000) == ["E 2 50 @ 1000000 A #2"])
    // 150 are executed: a total of 151 leaves one, of 150 none, and then the order is cancelled and 4 stays free.
    #expect(scene.replace(Client.replace(2, 3, 151, 999_900)) == ["U 2 > 3 1 @ 999900"])
    #expect(scene.replace(Client.replace(3, 4, 150, 999_900)) == ["C 3 1 U"])
    #expect(scene.replace(Client.replace(3, 4, 500, 999_900)) == [], "dead")
    #expect(scene.replace(Client.replace(1, 4, 500, 999_900)) == [], "replaced long ago")
    #expect(scene.replace(Client.replace(77, 4, 500, 999_900)) == [], "unknown")
    #expect(scene.enter(Client.enter(4, "B", 10, 1_000_000)) == ["A 4 10 @ 1000000"])
    #expect(scene.bobEnters(3, "S", 10, 1_000_000) == ["E 4 10 @ 1000000 A #3"])
    #expect(scene.replace(Client.replace(4, 5, 500, 999_900)) == [], "filled")
    // A replacement below what is executed of a live order cancels the rest.
    #expect(scene.enter(Client.enter(5, "B", 100, 1_000_000)).count == 1)
    #expect(scene.bobEnters(4, "S", 60, 1_000_000).count == 1)
    #expect(scene.replace(Client.replace(5, 6, 30, 1_000_000)) == ["C 5 40 U"])
    // One that trades on arrival: what is told counts what was left of the total.
    _ = scene.bobEnters(5, "S", 70, 1_000_500)
    #expect(scene.enter(Client.enter(6, "B", 100, 1_000_000)).count == 1)
    #expect(
        scene.replace(Client.replace(6, 7, 120, 1_000_500)) == [
            "U 6 > 7 120 @ 1000500", "E 7 70 @ 1000500 R #5",
        ])
    #expect(scene.cancel(7, 100) == ["C 7 20 U"], "a total of 100, of which 70 are executed")
    #expect(scene.cancel(7, 100) == [], "a cancel that takes nothing is not answered")
    #expect(scene.cancel(7, 20) == ["C 7 30 U"], "a total below what is executed takes all that is left")
    #expect(scene.cancel(7) == [])
    #expect(scene.cancel(6) == [], "the version that was replaced")
}

/// Goal: replacements sent before the first is answered are taken one after the other; where one fails, those behind it find
/// no original and are not answered, and the order is where the last good one left it.
/// Method: chains of three in one piece of bytes: all good; the first rejected; the middle one with details that cannot be;
/// the original filled in between.
@Test func replacesInFlight() {
    func chain(_ first: UInt32) -> [UInt8] {
        Client.ouch(Client.replace(first, first + 1, 100, 999_900))
            + Client.ouch(Client.replace(first + 1, first + 2, 200, 999_800))
            + Client.ouch(Client.replace(first + 2, first + 3, 300, 999_700))
    }
    let good = Scene()
    _ = good.enter(Client.enter(1, "B", 50, 1_000_000))
    good.alice.send(chain(1))
    #expect(
        good.alice.takeWords() == [
            "U 1 > 2 100 @ 999900", "U 2 > 3 200 @ 999800", "U 3 > 4 300 @ 999700",
        ])

    let rejected = Scene()
    _ = rejected.enter(Client.enter(1, "B", 50, 1_000_000))
    rejected.exchange.faults.rejectNext = 1
    rejected.alice.send(chain(1))
    #expect(rejected.alice.takeWords() == ["J 2 15"], "3 and 4 have no original; 1 stands")
    #expect(rejected.bobEnters(1, "S", 50, 1_000_000) == ["E 1 50 @ 1000000 A #1"])

    let broken = Scene()
    _ = broken.enter(Client.enter(1, "B", 50, 1_000_000))
    broken.alice.send(
        Client.ouch(Client.replace(1, 2, 100, 999_900)) + Client.ouch(Client.replace(2, 3, 100, 999_950))
            + Client.ouch(Client.replace(3, 4, 100, 999_800)))
    #expect(
        broken.alice.takeWords() == ["U 1 > 2 100 @ 999900", "C 2 100 U"], "off the tick: the order is gone")
    #expect(broken.liveOrders == 0)

    let crossing = Scene()
    _ = crossing.enter(Client.enter(1, "B", 50, 1_000_000))
    #expect(crossing.bobEnters(1, "S", 50, 1_000_000) == ["E 1 50 @ 1000000 A #1"])
    crossing.alice.send(chain(1))
    #expect(crossing.alice.takeWords() == [])
    #expect(crossing.liveOrders == 0)
}

/// Goal: while a cross holds them up, cancels wait or are refused, fills go on, and what waited is carried out afterwards.
/// Method: cancels, a smaller one, a replacement, a modification and a mass cancel in either state.
@Test func cancelsThatCannotBeCarriedOutNow() {
    let scene = Scene()
    let instrument = InstrumentID(index: 0)
    func handle(_ handling: ExchangeCancelHandling) {
        scene.exchange.setCancelHandling(instrument, handling, atNs: scene.exchange.nowNs)
    }
    func words(_ message: some OuchMessage) -> [String] {
        scene.alice.send(Client.ouch(message))
        return scene.alice.takeWords()
    }
    _ = scene.enter(Client.enter(1, "B", 300, 1_000_000))
    _ = scene.enter(Client.enter(2, "B", 100, 999_900))
    _ = scene.enter(Client.enter(3, "B", 100, 999_900, symbol: "SPB"))
    handle(.waits)
    #expect(scene.cancel(1, 200) == ["P 1"])
    #expect(scene.cancel(1, 250) == [], "says no more than what waits")
    #expect(scene.cancel(1, 50) == ["P 1"])
    #expect(scene.replace(Client.replace(1, 4, 300, 999_000)) == ["J 4 11"])
    #expect(scene.replace(Client.replace(2, 5, 300, 999_000)) == ["J 5 11"])
    #expect(words(Ouch50.ModifyOrder(userRefNum: 2, side: UInt8(ascii: "B"), quantity: 10)) == ["I 2"])
    #expect(scene.cancel(3) == ["C 3 100 U"], "another instrument")
    #expect(scene.bobEnters(1, "S", 20, 1_000_000) == ["E 1 20 @ 1000000 A #1"])
    handle(.atOnce)
    #expect(scene.alice.takeWords() == ["C 1 250 U"], "down to a total of 50, of which 20 are executed")
    handle(.refused)
    #expect(scene.cancel(1) == ["I 1"])
    #expect(scene.replace(Client.replace(2, 6, 300, 999_000)) == ["J 6 21"])
    #expect(
        words(Ouch50.MassCancel(userRefNum: 7, firm: 0x2020_2020, symbol: Symbol.blank.raw)) == [
            "X 7", "I 1", "I 2",
        ])
    handle(.waits)
    #expect(
        words(Ouch50.MassCancel(userRefNum: 8, firm: 0x2020_2020, symbol: Symbol.blank.raw)) == [
            "X 8", "P 1", "P 2",
        ])
    #expect(scene.bobEnters(2, "S", 30, 1_000_000) == ["E 1 30 @ 1000000 A #2"], "filled while it waits")
    handle(.atOnce)
    #expect(scene.alice.takeWords() == ["C 2 100 U"])
    #expect(scene.liveOrders == 0)
}

/// Goal: a mass cancel takes what it names: an instrument, a side, a group, and orders of its own account only.
/// Method: five orders that differ in one thing each.
@Test func massCancelTakesWhatItNames() {
    let scene = Scene()
    _ = scene.bobEnters(1, "B", 10, 900_000)
    _ = scene.enter(Client.enter(1, "B", 10, 900_000)) { $0.groupID = 7 }
    _ = scene.enter(Client.enter(2, "S", 20, 1_100_000)) { $0.groupID = 7 }
    _ = scene.enter(Client.enter(3, "B", 30, 900_000, symbol: "SPB")) { $0.groupID = 8 }
    _ = scene.enter(Client.enter(4, "B", 40, 900_000))
    _ = scene.replace(Client.replace(3, 5, 30, 899_900))
    func mass(_ number: UInt32, _ symbol: String?, _ set: (inout Ouch50.Options) -> Void) -> [String] {
        var options = Ouch50.Options()
        set(&options)
        let message = Ouch50.MassCancel(
            userRefNum: number, firm: 0x2020_2020, symbol: symbol.map { Symbol($0)!.raw } ?? Symbol.blank.raw)
        scene.alice.send(Client.ouch(message, options: options))
        return scene.alice.takeWords()
    }
    #expect(mass(6, nil) { $0.groupID = 9 } == ["X 6"])
    #expect(mass(7, nil) { $0.groupID = 8 } == ["X 7", "C 5 30 U"], "a replacement stays in its group")
    #expect(mass(8, "SPA") { $0.side = UInt8(ascii: "S") } == ["X 8", "C 2 20 U"])
    #expect(mass(9, "SPA") { _ in } == ["X 9", "C 1 10 U", "C 4 40 U"])
    #expect(scene.liveOrders == 1, "bob's")
}

/// Goal: orders of one account never trade with each other where the setting forbids it; who gives way, and what is told, is
/// the setting's; the feed shows it.
/// Method: 100 for sale and 60 for sale behind it by bob, then a purchase of 150 by the same account, under each rule.
@Test(arguments: [SelfTrade.cancelNewest, .cancelOldest, .decrementBoth])
func selfTradesArePrevented(_ rule: SelfTrade) {
    let scene = Scene { $0.limits.selfTrade = rule }
    _ = scene.enter(Client.enter(1, "S", 100, 1_000_000))
    _ = scene.bobEnters(1, "S", 60, 1_000_100)
    let words = scene.enter(Client.enter(2, "B", 150, 1_000_100))
    switch rule {
    case .allowed: break
    case .cancelNewest: #expect(words == ["A 2 150 @ 1000100", "D 2 150"])
    case .cancelOldest: #expect(words == ["A 2 150 @ 1000100", "D 1 100", "E 2 60 @ 1000100 R #1"])
    case .decrementBoth:
        #expect(words == ["A 2 150 @ 1000100", "D 1 100", "D 2 100", "E 2 50 @ 1000100 R #1"])
    }
    let left: [SelfTrade: Int] = [.cancelNewest: 2, .cancelOldest: 1, .decrementBoth: 1]
    #expect(scene.liveOrders == left[rule])
    var book = NaiveItchBook()
    for sequence in 1..<scene.exchange.nextMarketDataSequence {
        unsafe book.apply(Array(scene.exchange.marketDataMessage(sequence)!))
    }
    #expect(book.orders.count == scene.liveOrders, "the feed forgot the same orders")
    #expect(book.faults.isEmpty)
}

/// Goal: what the venue does by itself is told: cancels with their letter, restatements, busts, corrections; and a bust gives
/// nothing back to an order.
/// Method: each once on live orders, and once where it cannot be.
@Test func theVenueActsByItself() {
    let scene = Scene()
    let exchange = scene.exchange
    let now = exchange.nowNs
    _ = scene.enter(Client.enter(1, "B", 100, 1_000_000))
    #expect(exchange.cancelByVenue(account: 0, userRef: 1, toRemaining: 40, reason: "S", atNs: now))
    #expect(exchange.restate(account: 0, userRef: 1, displayPrice: Price(raw: 999_900), atNs: now))
    #expect(exchange.restate(account: 0, userRef: 1, displayQuantity: 40, atNs: now))
    #expect(scene.alice.takeWords() == ["C 1 60 S", "R 1 P 999900 -", "R 1 R - 40"])
    #expect(!exchange.cancelByVenue(account: 0, userRef: 1, toRemaining: 40, atNs: now))
    #expect(!exchange.cancelByVenue(account: 0, userRef: 1, reason: "?", atNs: now))
    #expect(!exchange.cancelByVenue(account: 5, userRef: 1, atNs: now))
    #expect(!exchange.restate(account: 0, userRef: 9, atNs: now))
    #expect(scene.bobEnters(1, "S", 30, 1_000_000) == ["E 1 30 @ 1000000 A #1"])
    #expect(exchange.breakTrade(1, atNs: now))
    #expect(!exchange.breakTrade(1, atNs: now), "once")
    #expect(scene.alice.takeWords() == ["B 1 #1"])
    #expect(scene.cancel(1, 30) == ["C 1 10 U"], "the broken shares still count in OUCH's totals")
    _ = scene.enter(Client.enter(2, "B", 50, 1_000_000))
    #expect(scene.bobEnters(2, "S", 50, 1_000_000) == ["E 2 50 @ 1000000 A #2"])
    // OUCH tells the bust alone; asked to, the new execution as well.
    #expect(exchange.correctTrade(2, price: Price(raw: 999_000), quantity: 50, atNs: now) == 3)
    #expect(scene.alice.takeWords() == ["B 2 #2"])
    #expect(
        exchange.correctTrade(3, price: Price(raw: 998_000), quantity: 40, tellsExecution: true, atNs: now)
            == 4)
    #expect(scene.alice.takeWords() == ["B 2 #3", "E 2 40 @ 998000 A #4"])
    #expect(exchange.correctTrade(2, price: Price(raw: 1), quantity: 1, atNs: now) == nil, "broken already")
    #expect(exchange.executions.filter { $0.account == 0 && !$0.isBroken }.map(\.quantity) == [40])
    _ = scene.bob.takeBytes()
}
