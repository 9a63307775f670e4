import Model
import Simulation
import TestSupport
import Testing
import Wire

private typealias Client = ExchangeClient

/// Goal: the right name, password, session and number let in; anything wrong is refused with the protocol's reason,
/// and a client that speaks before its log-on is cut off.
/// Method: one connection for each kind of log-on.
@Test func loginIsCheckedInEveryPart() {
    let exchange = testExchange()
    var id = 0
    func answer(_ bytes: [UInt8]) -> (first: Client.Packet?, closes: ExchangeCloseReason?) {
        id += 1
        let client = Client(exchange, id: id)
        client.send(bytes)
        return (client.takePackets().first, exchange.closeReason(id))
    }
    let good = answer(Client.login())
    #expect(good.first?.type == UInt8(ascii: "A"))
    #expect(
        good.first.map { String(decoding: $0.payload, as: UTF8.self) } == "SPINE00001                   1")
    #expect(good.closes == nil)
    for (bytes, reason) in [
        (Client.login(password: "wrong"), "A"), (Client.login(user: "carol"), "A"),
        (Client.login(session: "OTHER"), "S"), (Client.login(sequence: 3), "S"),
    ] {
        let refused = answer(bytes)
        #expect(refused.first == Client.Packet(type: UInt8(ascii: "J"), payload: Array(reason.utf8)))
        #expect(refused.closes == .loginRefused)
    }
    // The stream holds the start-of-day message, so that the next number is 2; 0 asks for the same.
    for sequence in [2, 0] as [UInt64] {
        let next = answer(Client.login(session: "SPINE00001", sequence: sequence)).first
        #expect(next.map { String(decoding: $0.payload, as: UTF8.self) } == "SPINE00001                   2")
    }
    #expect(answer(Client.empty(.clientHeartbeat)).closes == .loginExpected)
    #expect(exchange.counters.closed[.loginRefused] == 4)
    // Each log-on of alice took over from the one before.
    #expect(exchange.counters.closed[.replacedByNewLogin] == 2)
}

/// A session that uses every message; returns what alice's stream holds in words.
private func fullSession(_ exchange: Exchange, send: (ExchangeClient, [UInt8]) -> Void) -> [String] {
    let alice = Client(exchange, id: 1)
    let bob = Client(exchange, id: 2)
    send(alice, Client.login())
    send(bob, Client.login(user: "bob", password: "hidden"))
    send(alice, Client.ouch(Client.enter(1, "B", 300, 1_000_000)))
    send(alice, Client.ouch(Client.enter(2, "B", 200, 999_900, display: "A")))
    send(bob, Client.ouch(Client.enter(10, "S", 100, 1_000_000)))  // fills 100 of 1
    send(alice, Client.ouch(Client.replace(1, 3, 500, 1_000_100)))  // 400 left
    send(alice, Client.ouch(Ouch50.CancelOrder(userRefNum: 3, quantity: 300)))  // 200 left
    send(alice, Client.ouch(Ouch50.ModifyOrder(userRefNum: 2, side: UInt8(ascii: "B"), quantity: 150)))
    // 200 + 150, the rest is cancelled
    send(bob, Client.ouch(Client.enter(11, "T", 1_000, 999_900, timeInForce: "3")))
    send(alice, Client.ouch(Client.enter(4, "B", 100, 1_000_050)))  // off the tick
    send(alice, Client.ouch(Client.enter(5, "B", 100, 1_000_000, symbol: "NONE")))
    send(alice, Client.ouch(Client.enter(6, "S", 0, 1_000_000)))
    send(alice, Client.ouch(Client.enter(7, "S", 100, 1_000_500, display: "N")))
    send(alice, Client.ouch(Client.enter(8, "S", 100, 1_000_600, symbol: "SPB")))
    send(alice, Client.ouch(Ouch50.AccountQuery()))
    send(
        alice,
        Client.ouch(Ouch50.MassCancel(userRefNum: 9, firm: 0x2020_2020, symbol: Symbol("SPA")!.raw)))
    send(alice, Client.ouch(Client.replace(8, 10, 100, 77)))  // a price that cannot be: 8 goes, 10 stays free
    send(alice, Client.ouch(Ouch50.DisableOrderEntry(userRefNum: 10, firm: 0x2020_2020)))
    send(alice, Client.ouch(Client.enter(11, "B", 100, 900_000)))
    send(alice, Client.ouch(Ouch50.EnableOrderEntry(userRefNum: 12, firm: 0x2020_2020)))
    send(alice, Client.ouch(Client.enter(13, "B", 100, 900_000)))
    _ = bob.takeBytes()
    return alice.takeWords()
}

private let fullSessionWords = [
    "S S", "A 1 300 @ 1000000", "A 2 200 @ 999900", "E 1 100 @ 1000000 A #1", "U 1 > 3 400 @ 1000100",
    "C 3 200 U",
    "M 2 B 150", "E 3 200 @ 1000100 A #2", "E 2 150 @ 999900 A #3", "J 4 29", "J 5 23", "J 6 19",
    "A 7 100 @ 1000500", "A 8 100 @ 1000600", "Q 9", "X 9", "C 7 100 U", "C 8 100 U", "G 10", "J 11 12",
    "K 12",
    "A 13 100 @ 900000",
]

/// Goal: every request has the answer that OUCH 5.0 gives, quantities counted as it counts them.
/// Method: a session of two clients, compared word by word.
@Test func everyRequestHasItsAnswer() {
    let exchange = testExchange()
    let found = fullSession(exchange) { $0.send($1) }
    #expect(found == fullSessionWords)
    let bobs = exchange.executions.filter { $0.account == 1 }
    #expect(bobs.map(\.quantity) == [100, 200, 150])
    #expect(bobs.allSatisfy { $0.side == .sell && !$0.addedLiquidity })
    #expect(exchange.executions.filter { $0.account == 0 }.reduce(0) { $0 + $1.quantity } == 450)
    #expect(
        exchange.ordersReceived.filter { $0.fate == .rejected && $0.account == 0 }.map(\.userRef) == [
            4, 5, 6, 10, 11,
        ])
}

/// Goal: TCP may cut the bytes anywhere.
/// Method: the same session, each packet sent whole and byte by byte: the streams must be equal, byte for byte.
@Test func bytesMayBeCutAnywhere() {
    let whole = testExchange()
    let cut = testExchange()
    let first = fullSession(whole) { $0.send($1) }
    let second = fullSession(cut) { client, bytes in
        for byte in bytes { client.send([byte]) }
    }
    #expect(first == second)
    #expect(feed(whole) == feed(cut))
    // Two packets cut at every place, and both at once.
    let packets = Client.login() + Client.ouch(Client.enter(1, "B", 100, 1_000_000))
    for place in 0...packets.count {
        let exchange = testExchange()
        let client = Client(exchange, id: 1)
        client.send(Array(packets[..<place]))
        client.send(Array(packets[place...]))
        #expect(client.takeWords() == ["S S", "A 1 100 @ 1000000"], "cut at \(place)")
    }
}

/// All datagrams that wait.
private func feed(_ exchange: Exchange) -> [[UInt8]] {
    var all: [[UInt8]] = []
    while let datagram = unsafe exchange.nextDatagram() {
        unsafe all.append(Array(datagram))
        exchange.popDatagram()
    }
    return all
}

/// Goal: a client that comes back gets exactly what it has not seen, from any number.
/// Method: after a full session, one log-on for each number from 1 to the next, and one beyond it.
@Test func theStreamReplaysFromEveryNumber() {
    let exchange = testExchange()
    let whole = fullSession(exchange) { $0.send($1) }
    for sequence in 1...whole.count + 1 {
        let client = Client(exchange, id: 100 + sequence)
        client.send(Client.login(sequence: UInt64(sequence)))
        #expect(client.takeWords() == Array(whole[(sequence - 1)...]), "from \(sequence)")
        exchange.connectionClosed(100 + sequence, atNs: exchange.nowNs)
    }
    let beyond = Client(exchange, id: 1_000)
    beyond.send(Client.login(sequence: UInt64(whole.count + 2)))
    #expect(exchange.closeReason(1_000) == .loginRefused)
}

/// Goal: an order comes to life once, however often its message comes; numbers only rise.
/// Method: everything that alice sends is sent twice, and again after a new log-on.
@Test func aNumberIsUsedOnce() {
    let exchange = testExchange()
    let client = Client(exchange, id: 1)
    client.send(Client.login())
    let order = Client.ouch(Client.enter(5, "B", 100, 1_000_000))
    client.send(order + order)
    client.send(Client.ouch(Client.enter(4, "B", 100, 1_000_000)))
    exchange.connectionClosed(1, atNs: exchange.nowNs)
    let again = Client(exchange, id: 2)
    again.send(Client.login() + order + Client.ouch(Client.replace(5, 5, 50, 1_000_100)))
    again.send(Client.ouch(Client.replace(5, 6, 50, 1_000_100)))
    again.send(Client.ouch(Client.replace(5, 7, 50, 1_000_200)))  // 5 is gone: ignored, 7 stays free
    again.send(Client.ouch(Client.enter(7, "B", 1, 1_000_000)))
    #expect(again.takeWords() == ["S S", "A 5 100 @ 1000000", "U 5 > 6 50 @ 1000100", "A 7 1 @ 1000000"])
    #expect(exchange.counters.repeatedIgnored == 4)
    #expect(exchange.counters.lateIgnored == 1)
    #expect(exchange.ordersReceived.filter { $0.fate == .accepted }.map(\.userRef) == [5, 6, 7])
    exchange.withBooks { books in
        #expect(books.liveOrderCount == 2)
    }
}

/// Goal: whatever comes in, nothing traps; what is no SoupBinTCP or OUCH ends its connection, counted by reason, and
/// other connections do not notice.
/// Method: 3,000 connections of seeded garbage, half of it behind a good log-on, some of it good packets with flipped
/// bytes; alice works on meanwhile.
@Test func garbageEndsItsConnectionOnly() {
    var random = SeededRandom(seed: TestSeed.current)
    let exchange = testExchange()
    let alice = Client(exchange, id: 0)
    alice.send(Client.login())
    var closed = 0
    for id in 1...3_000 {
        let client = Client(exchange, id: id)
        if id % 2 == 0 { client.send(Client.login(user: "bob", password: "hidden", sequence: 0)) }
        var bytes: [UInt8]
        switch random.below(3) {
        case 0: bytes = (0..<random.within(1...80)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 1:
            let length = Int(random.within(0...60))
            bytes = Client.packet(
                .unsequencedData, (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        default:
            bytes = Client.ouch(Client.enter(UInt32(id), "B", 100, 900_000))
            for _ in 0..<3 {
                bytes[Int(random.below(UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        client.send(bytes)
        if exchange.shouldClose(id) { closed += 1 }
        exchange.connectionClosed(id, atNs: exchange.nowNs)
    }
    #expect(closed > 1_000, "seed \(TestSeed.current)")
    #expect(exchange.counters.closed.values.reduce(0, +) == closed)
    #expect(exchange.counters.closed[.malformedPacket, default: 0] > 0)
    #expect(exchange.counters.closed[.malformedOrder, default: 0] > 0)
    #expect(exchange.counters.closed[.loginExpected, default: 0] > 0)
    alice.send(Client.ouch(Client.enter(1, "S", 100, 1_000_000)))
    #expect(alice.takeWords() == ["S S", "A 1 100 @ 1000000"])
    // A client of bob's that went away left nothing in the book.
    exchange.withBooks { #expect($0.liveOrderCount == 1) }
}

/// Goal: silence is filled with heartbeats each second, and a client that is silent for 15 s is cut off; the exchange
/// says when it wants to be woken for it.
/// Method: time only moves to what `nextWakeNs` says.
@Test func heartbeatsAndSilence() {
    let exchange = testExchange()
    let start = exchange.nowNs
    let client = Client(exchange, id: 1)
    client.send(Client.login())
    _ = client.takeBytes()
    while unsafe exchange.nextDatagram() != nil { exchange.popDatagram() }
    var heartbeats = 0
    var datagrams = 0
    while exchange.closeReason(1) == nil {
        let wake = exchange.nextWakeNs
        #expect(wake > exchange.nowNs)
        exchange.advance(toNs: wake)
        heartbeats += client.takePackets().count { $0.type == UInt8(ascii: "H") }
        while let datagram = unsafe exchange.nextDatagram() {
            let count = datagram.count
            #expect(count == MoldUDP64.Header.byteCount)
            datagrams += 1
            exchange.popDatagram()
        }
    }
    #expect(exchange.nowNs == start + 15_000_000_000)
    #expect(exchange.closeReason(1) == .silence)
    #expect(heartbeats == 14)
    #expect(datagrams == 15)
}

/// Goal: faults by script do what they say, and the end of the day is told to all.
/// Method: each fault once.
@Test func scriptedFaults() {
    let exchange = testExchange { $0.answersLateRequests = true }
    let alice = Client(exchange, id: 1)
    var bob = Client(exchange, id: 2)
    alice.send(Client.login())
    bob.send(Client.login(user: "bob", password: "hidden"))
    exchange.faults.rejectNext = 1
    exchange.faults.rejectReason = 7
    alice.send(Client.ouch(Client.enter(1, "B", 100, 1_000_000)))
    exchange.faults.dropNext = 1
    alice.send(Client.ouch(Client.enter(2, "B", 100, 1_000_000)))
    alice.send(Client.ouch(Client.enter(3, "B", 100, 1_000_000)))
    alice.send(Client.ouch(Ouch50.CancelOrder(userRefNum: 2, quantity: 0)))
    #expect(alice.takeWords() == ["S S", "J 1 7", "A 3 100 @ 1000000", "I 2"])
    #expect(exchange.counters.droppedByScript == 1)

    exchange.faults.reportDelayNs = 5_000_000
    bob.send(Client.ouch(Client.enter(1, "S", 60, 1_000_000)))
    #expect(alice.takeWords() == [])
    #expect(exchange.nextWakeNs == exchange.nowNs + 5_000_000)
    exchange.faults.reportDelayNs = 0
    bob.send(Client.ouch(Client.enter(2, "S", 20, 1_000_000)))
    #expect(bob.takeWords() == ["S S"], "what comes after a delayed report waits behind it")
    exchange.advance(toNs: exchange.nowNs + 5_000_000)
    bob.atNs = exchange.nowNs
    #expect(alice.takeWords() == ["E 3 60 @ 1000000 A #1", "E 3 20 @ 1000000 A #2"])
    #expect(
        bob.takeWords() == [
            "A 1 60 @ 1000000", "E 1 60 @ 1000000 R #1", "A 2 20 @ 1000000", "E 2 20 @ 1000000 R #2",
        ])

    #expect(exchange.breakTrade(1, atNs: exchange.nowNs))
    #expect(!exchange.breakTrade(1, atNs: exchange.nowNs))
    #expect(!exchange.breakTrade(99, atNs: exchange.nowNs))
    #expect(alice.takeWords() == ["B 3 #1"])
    #expect(bob.takeWords() == ["B 1 #1"])

    exchange.setTradingState(InstrumentID(index: 0), UInt8(ascii: "H"), atNs: exchange.nowNs)
    bob.send(Client.ouch(Client.enter(3, "S", 20, 1_000_000)))
    exchange.setTradingState(InstrumentID(index: 0), UInt8(ascii: "T"), atNs: exchange.nowNs)
    bob.send(Client.ouch(Client.enter(4, "S", 20, 1_100_000)))
    #expect(bob.takeWords() == ["J 3 7", "A 4 20 @ 1100000"])
    // Bob's orders go with his connection; alice's stay.
    exchange.drop(2, atNs: exchange.nowNs)
    let waiting = unsafe exchange.output(2).count
    #expect(waiting == 0)
    exchange.withBooks { #expect($0.liveOrderCount == 1) }

    exchange.endSession(atNs: exchange.nowNs)
    let last = alice.takePackets().suffix(2)
    #expect(last.first.map { Client.words($0.payload) } == "S E")
    #expect(last.last?.type == UInt8(ascii: "Z"))
    // What was good for the day expires with it.
    exchange.withBooks { #expect($0.liveOrderCount == 0) }
    #expect(exchange.closeReason(1) == .endOfSession)
    let datagrams = feed(exchange)
    #expect(datagrams.suffix(3).allSatisfy { $0.count == 20 && $0[18] == 0xff && $0[19] == 0xff })
}

/// Goal: an order with a time to live is cancelled when it is over, by the exchange's own clock.
/// Method: one that lives 3 s, beside a fill-or-kill that cannot be filled.
@Test func ordersExpire() {
    let exchange = testExchange()
    let client = Client(exchange, id: 1)
    client.send(Client.login())
    var options = Ouch50.Options()
    options.expireTime = 3
    client.send(Client.ouch(Client.enter(1, "B", 100, 1_000_000, timeInForce: "6"), options: options))
    var all = Ouch50.Options()
    all.minimumQuantity = 200
    client.send(Client.ouch(Client.enter(2, "S", 200, 1_000_000, timeInForce: "3"), options: all))
    exchange.advance(toNs: exchange.nowNs + 2_999_999_999)
    #expect(client.takeWords() == ["S S", "A 1 100 @ 1000000", "A 2 200 @ 1000000", "C 2 200 I"])
    exchange.advance(toNs: exchange.nowNs + 1)
    #expect(client.takeWords() == ["C 1 100 T"])
}
