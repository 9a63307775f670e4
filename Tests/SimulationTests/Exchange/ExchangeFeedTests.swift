import Foundation
import Model
import Simulation
import TestSupport
import Testing
import Wire

private typealias Client = ExchangeClient

/// The messages of a datagram, and the number of the first; `nil` where it is not whole.
private func messages(_ datagram: [UInt8]) -> (sequence: UInt64, messages: [[UInt8]])? {
    guard let header = unsafe datagram.withUnsafeBytes({ unsafe MoldUDP64.Header(reading: $0) }) else {
        return nil
    }
    var found: [[UInt8]] = []
    var offset = MoldUDP64.Header.byteCount
    while offset + 2 <= datagram.count {
        let length = Int(datagram[offset]) << 8 | Int(datagram[offset + 1])
        guard offset + 2 + length <= datagram.count else { return nil }
        found.append(Array(datagram[offset + 2..<offset + 2 + length]))
        offset += 2 + length
    }
    guard offset == datagram.count, found.count == Int(header.count) else { return nil }
    return (header.sequence, found)
}

private func visibleOrders(_ exchange: Exchange, _ index: Int, _ side: Side) -> [String] {
    exchange.withBooks { books in
        var found: [String] = []
        books.forEachOrder(InstrumentID(index: UInt32(index)), side) {
            if $0.owner >> 31 == 0 { found.append("\($0.reference) \($0.price.raw) \($0.remaining)") }
        }
        return found
    }
}

/// Runs a flow and two clients with seeded orders; hands each datagram to `body`.
private func busyExchange(_ seed: UInt64, commands: Int, _ body: ([UInt8]) -> Void) -> Exchange {
    var random = SeededRandom(seed: seed)
    let exchange = testExchange(
        flow: FlowConfiguration(
            seed: seed, eventsPerSecond: 50_000, ordersPerInstrument: 60, depthTicks: 10,
            hiddenPerMillion: 50_000))
    let clients = [Client(exchange, id: 1), Client(exchange, id: 2)]
    clients[0].send(Client.login())
    clients[1].send(Client.login(user: "bob", password: "hidden"))
    var numbers: [UInt32] = [0, 0]
    while exchange.counters.flowCommands < commands {
        exchange.advance(toNs: exchange.nextWakeNs)
        if random.chance(perMillion: 200_000) {
            let who = Int(random.below(2))
            var client = clients[who]
            client.atNs = exchange.nowNs
            numbers[who] += 1
            let index = Int(random.below(3))
            let side: Unicode.Scalar = random.chance(perMillion: 500_000) ? "B" : "S"
            let best = exchange.withBooks {
                $0.best(InstrumentID(index: UInt32(index)), side == "B" ? .buy : .sell)?.price.raw
            }
            let price = UInt64((best ?? 1_000_000) + 100 * random.within(-4...4))
            let old = UInt32(random.within(1...Int64(numbers[who])))
            switch random.below(6) {
            case 0:
                client.send(
                    Client.ouch(Ouch50.CancelOrder(userRefNum: old, quantity: UInt32(random.below(200)))))
            case 1:
                client.send(
                    Client.ouch(Client.replace(old, numbers[who], UInt32(random.within(1...900)), price)))
            default:
                client.send(
                    Client.ouch(
                        Client.enter(
                            numbers[who], side, UInt32(random.within(1...700)), price,
                            symbol: ["SPA", "SPB", "SPC"][index],
                            timeInForce: random.chance(perMillion: 200_000) ? "3" : "0",
                            display: ["Y", "N", "A"][Int(random.below(3))])))
            }
            _ = client.takeBytes()
        }
        while let datagram = unsafe exchange.nextDatagram() {
            unsafe body(Array(datagram))
            exchange.popDatagram()
        }
    }
    return exchange
}

/// Goal: who reads the feed has the exchange's book, order by order and in the order of the queue, without the hidden.
/// Method: 20,000 commands of a seeded flow and about 4,000 of two clients; the book rebuilt from the datagrams by a
/// naive reader is compared every 500 datagrams; packets are whole, numbered without a gap, and within their size.
@Test func theFeedRebuildsTheBook() {
    var book = NaiveItchBook()
    var next: UInt64 = 1
    var sizes = 0
    let exchange = busyExchange(TestSeed.current, commands: 20_000) { datagram in
        sizes = max(sizes, datagram.count)
        guard let found = messages(datagram) else {
            Issue.record("a datagram is not whole")
            return
        }
        #expect(found.sequence == next)
        next += UInt64(found.messages.count)
        for message in found.messages { book.apply(message) }
    }
    #expect(book.faults == [], "seed \(TestSeed.current)")
    #expect(sizes <= 1_400)
    for index in 0..<3 {
        for side in [Side.buy, .sell] {
            #expect(
                book.ranked(UInt16(index + 1), side) == visibleOrders(exchange, index, side),
                "seed \(TestSeed.current) instrument \(index) \(side)")
        }
    }
    let traded = exchange.withBooks { $0.counters.sharesTraded }
    #expect(book.tradedShares == traded)
    for letter in "SRHAFEXDUP" { #expect(book.counts[letter, default: 0] > 0, "no \(letter) in the feed") }
    #expect(exchange.executions.count > 100)
}

/// Goal: what a client hears of its fills is what the exchange booked, and no order came to life twice.
/// Method: after a busy day, both streams read from the start; fills compared one by one, orders by number.
@Test func clientsHearOfEveryFillOnce() {
    let exchange = busyExchange(TestSeed.current &+ 1, commands: 10_000) { _ in }
    for (index, login) in [Client.login(), Client.login(user: "bob", password: "hidden")].enumerated() {
        let client = Client(exchange, id: 50 + index)
        client.send(login)
        let heard = client.takeWords()
        let fills = heard.filter { $0.hasPrefix("E") }
        let booked = exchange.executions.filter { $0.account == index }.map {
            "E \($0.userRef) \($0.quantity) @ \($0.price.raw) \($0.addedLiquidity ? "A" : "R") #\($0.matchNumber)"
        }
        #expect(fills == booked, "seed \(TestSeed.current)")
        #expect(!booked.isEmpty)
        let lives = exchange.ordersReceived.filter { $0.account == index && $0.fate == .accepted }.map(
            \.userRef)
        #expect(Set(lives).count == lives.count)
        #expect(lives.count == heard.count { $0.hasPrefix("A") || $0.hasPrefix("U") })
    }
}

/// Goal: the same seed gives the same bytes, another seed others.
/// Method: two days and a third, all datagrams compared.
@Test func aSeedRepeatsTheDay() {
    func day(_ seed: UInt64) -> [[UInt8]] {
        var all: [[UInt8]] = []
        _ = busyExchange(seed, commands: 3_000) { all.append($0) }
        return all
    }
    let first = day(7)
    #expect(first == day(7))
    #expect(first != day(8))
}

/// Goal: a receiver gets back any message that it lost, and nothing that was never sent.
/// Method: every start with several counts against what was sent; requests for the future, for another session, and
/// malformed ones.
@Test func lostMessagesAreSentAgain() {
    var sent: [[UInt8]] = []
    let exchange = busyExchange(TestSeed.current, commands: 300) { sent += messages($0)?.messages ?? [] }
    func ask(_ session: String, _ sequence: UInt64, _ count: UInt16) -> [[UInt8]] {
        let request = MoldUDP64.RequestPacket(session: Token10(session)!, sequence: sequence, count: count)
        let bytes = unsafe Client.written { unsafe request.write(to: $0) }
        var found: [[UInt8]] = []
        var next = sequence
        unsafe bytes.withUnsafeBytes { request in
            _ = unsafe exchange.retransmissionRequest(request) { answer in
                let datagram = unsafe Array(answer)
                #expect(datagram.count <= 1_400)
                guard let part = messages(datagram) else {
                    Issue.record("an answer is not whole")
                    return
                }
                #expect(part.sequence == next)
                next += UInt64(part.messages.count)
                found += part.messages
            }
        }
        return found
    }
    for start in stride(from: 1, through: sent.count, by: 3) {
        for count in [1, 2, 50, 200] {
            let end = min(start - 1 + count, sent.count)
            #expect(ask("SPINE00001", UInt64(start), UInt16(count)) == Array(sent[(start - 1)..<end]))
        }
    }
    #expect(ask("SPINE00001", UInt64(sent.count + 1), 5) == [])
    #expect(ask("SPINE00001", 0, 5) == [])
    #expect(ask("SPINE00001", .max, 0xffff) == [])
    #expect(ask("OTHER", 1, 5) == [])
    _ = unsafe [UInt8](repeating: 0, count: 19).withUnsafeBytes {
        unsafe exchange.retransmissionRequest($0) { _ in Issue.record("answered garbage") }
    }
    #expect(exchange.counters.malformedRequests == 2)
}

/// Goal: a generated file repeats from its seed, is well formed, and rebuilds into books without a fault.
/// Method: 60,000 messages twice and with another seed; the file written is what the memory run gave; a path that
/// cannot be opened is said with its name.
@Test func generatedFilesRepeat() throws {
    func generate(_ seed: UInt64) -> (bytes: [UInt8], written: ItchFileGenerator.Written) {
        var bytes: [UInt8] = []
        let generator = ItchFileGenerator(
            instruments: ExchangeInstrument.numbered(30), messageCount: 60_000,
            flow: FlowConfiguration(seed: seed, ordersPerInstrument: 100))
        let written = unsafe generator.generate { piece in
            unsafe bytes.append(contentsOf: piece)
            return true
        }
        return (bytes, written)
    }
    let first = generate(11)
    #expect(first.bytes == generate(11).bytes)
    #expect(first.bytes != generate(12).bytes)
    #expect(first.written.bytes == UInt64(first.bytes.count))
    #expect(first.written.messages >= 60_000 && first.written.messages < 60_100)

    var book = NaiveItchBook()
    var offset = 0
    while offset + 2 <= first.bytes.count {
        let length = Int(first.bytes[offset]) << 8 | Int(first.bytes[offset + 1])
        book.apply(Array(first.bytes[offset + 2..<offset + 2 + length]))
        offset += 2 + length
    }
    #expect(offset == first.bytes.count)
    #expect(book.faults == [])
    #expect(book.messages == Int(first.written.messages))
    #expect(book.counts["R"] == 30)

    let path = FileManager.default.temporaryDirectory.appendingPathComponent("spinetail-\(UUID()).itch50")
        .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let generator = ItchFileGenerator(
        instruments: ExchangeInstrument.numbered(30), messageCount: 60_000,
        flow: FlowConfiguration(seed: 11, ordersPerInstrument: 100))
    var seen: UInt64 = 0
    let written = try generator.write(to: path) { count in
        seen = count
        return true
    }
    #expect(seen == written.messages)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(first.bytes))
    let refused = #expect(throws: ItchFileError.self) { try generator.write(to: "/nowhere/at/all.itch50") }
    #expect(refused?.description.contains("/nowhere/at/all.itch50") == true)
}
