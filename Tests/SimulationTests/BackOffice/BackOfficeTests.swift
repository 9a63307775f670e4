import Model
import Simulation
import TestSupport
import Testing
import Wire

private typealias Client = ExchangeClient

/// An exchange with orders in every state, and its back office. Alice's orders:
///
///     1 filled 100, bust   2 > 3 > 4 live, 30 of 80 executed   5 rejected   6 cancelled by IOC   7 cancelled by alice
///     8 live sell          9 of an earlier connection, live    10 and above: never sent
private struct Office {
    let exchange: Exchange
    let office: BackOffice
    let bob: ExchangeClient
    let alice: ExchangeClient

    init(faults: BackOfficeFaults = BackOfficeFaults()) {
        exchange = testExchange {
            $0.accounts[0].startingCash = 1_000_000_000_000
            $0.accounts[0].startingPositions = [.init(symbol: Symbol("SPC")!, quantity: -70)]
        }
        office = BackOffice(exchange, faults: faults)
        let first = Client(exchange, id: 1)
        bob = Client(exchange, id: 2)
        first.send(Client.login())
        bob.send(Client.login(user: "bob", password: "hidden"))
        func at(_ client: ExchangeClient, _ bytes: [UInt8]) { client.send(bytes) }
        at(first, Client.ouch(Client.enter(1, "B", 100, 1_000_000)))
        at(bob, Client.ouch(Client.enter(1, "S", 100, 1_000_000)))
        at(first, Client.ouch(Client.enter(2, "B", 50, 999_900)))
        at(bob, Client.ouch(Client.enter(2, "S", 20, 999_900)))
        at(first, Client.ouch(Client.replace(2, 3, 60, 999_800)))
        at(bob, Client.ouch(Client.enter(3, "S", 10, 999_800)))
        at(first, Client.ouch(Client.replace(3, 4, 80, 999_700)))
        at(first, Client.ouch(Client.enter(5, "B", 100, 999_950)))
        at(first, Client.ouch(Client.enter(6, "B", 10, 900_000, timeInForce: "3")))
        at(first, Client.ouch(Client.enter(7, "S", 40, 1_100_000)))
        at(first, Client.ouch(Ouch50.CancelOrder(userRefNum: 7, quantity: 0)))
        at(first, Client.ouch(Client.enter(8, "S", 40, 1_200_000, symbol: "SPB")))
        at(first, Client.ouch(Client.enter(9, "B", 15, 500_000)))
        exchange.breakTrade(1, atNs: exchange.nowNs)
        // The engine dies and comes back: the same day, another connection.
        exchange.connectionClosed(1, atNs: exchange.nowNs)
        alice = Client(exchange, id: 3)
        alice.send(Client.login(sequence: 0))
    }

    func client(_ id: Int = 100, cutEvery: Int = .max) -> QueryClient {
        let client = QueryClient(office, id: id, cutEvery: cutEvery)
        #expect(client.logOn()?.session == Token10("SPINE00001"))
        return client
    }
}

/// Goal: the state of every order is told as it is, by number and by client order id, also of an earlier connection, and of
/// numbers that never came it is told that they did not.
/// Method: one order in each state; then the stream's own words are compared with what is told.
@Test func everyOrderIsKnown() throws {
    let scene = Office()
    let client = scene.client(cutEvery: 1)
    func one(_ userRef: UInt32) throws -> OrderQuery.OrderRecord {
        let answer = try #require(client.ask(.orderByUserRef(userRef)))
        #expect(answer.snapshot.status == .answered && answer.snapshot.isComplete)
        guard case .orders(let records) = answer.records else { throw CancellationError() }
        return try #require(records.first)
    }
    let filled = try one(1)
    #expect(filled.status == .filled && filled.executed == 100 && filled.leaves == 0)
    #expect(filled.executedAmount == 100_000_000 && filled.clientOrderID == Token14("order 1"))
    let old = try one(2)
    #expect(old.status == .replaced && old.replacedBy == 3 && old.executed == 20 && old.leaves == 0)
    let live = try one(4)
    #expect(live.status == .live && live.originalUserRef == 3 && live.ordered == 80)
    #expect(live.executed == 30 && live.leaves == 50 && live.price == 999_700)
    #expect(live.executedAmount == 20 * 999_900 + 10 * 999_800)
    let rejected = try one(5)
    #expect(rejected.status == .rejected && rejected.reason == 0x1d && rejected.leaves == 0)
    let immediate = try one(6)
    #expect(immediate.status == .cancelled && immediate.reason == UInt16(UInt8(ascii: "I")))
    let asked = try one(7)
    #expect(asked.status == .cancelled && asked.reason == UInt16(UInt8(ascii: "U")) && asked.executed == 0)
    #expect(try one(9).status == .live)

    let unknown = try #require(client.ask(.orderByUserRef(10)))
    #expect(unknown.snapshot.status == .unknownOrder && unknown.snapshot.isComplete)
    #expect(unknown.records == .orders([]) && unknown.snapshot.lastUserRef == 9)
    // Now the number is used up by something else: what is unknown below it will never be.
    scene.alice.send(Client.ouch(Client.enter(12, "B", 1, 500_000)))
    let never = try #require(client.ask(.orderByUserRef(10)))
    #expect(never.snapshot.status == .unknownOrder && never.snapshot.lastUserRef == 12)

    #expect(client.orders(.ordersByClientID(Token14("order 4")!)).map(\.userRef) == [4])
    #expect(client.orders(.ordersByClientID(Token14("order 5")!)).map(\.status) == [.rejected])
    #expect(client.ask(.ordersByClientID(Token14("nothing")!))?.snapshot.status == .unknownOrder)
    #expect(client.orders(.openOrders).map(\.userRef) == [4, 8, 9, 12])
    // The number of the stream up to which it is true is that of the last message about anything.
    let stream = Client(scene.exchange, id: 50)
    stream.send(Client.login(sequence: 1))
    let words = stream.takeWords()
    let open = try #require(client.ask(.openOrders))
    #expect(open.snapshot.sequence == UInt64(words.count))
    #expect(words[Int(try one(7).changedSequence) - 1] == "C 7 40 U")
    #expect(words[Int(try one(4).changedSequence) - 1] == "U 3 > 4 50 @ 999700")
}

/// Goal: trades, positions and cash are the day's, busts and corrections included, and add up; trades can be asked for from a
/// number or a time on.
/// Method: two executions and a bust, then a correction; sums made here by hand.
@Test func tradesPositionsAndCash() throws {
    let scene = Office()
    let client = scene.client()
    let trades = client.trades()
    #expect(trades.map(\.kind) == [.execution, .execution, .execution, .bust])
    #expect(trades.map(\.userRef) == [1, 2, 3, 1])
    #expect(trades.map(\.quantity) == [100, 20, 10, 100])
    #expect(trades[3].executionID == trades[0].executionID && trades[3].otherID == 0)
    #expect(Set(trades[..<3].map(\.executionID)).count == 3)
    let spc = OrderQuery.PositionRecord(symbol: Symbol("SPC")!.raw, startQuantity: -70, quantity: -70)
    var spa = OrderQuery.PositionRecord(
        symbol: Symbol("SPA")!.raw, quantity: 30, bought: 30, boughtAmount: 20 * 999_900 + 10 * 999_800)
    spa.openBuy = 65
    let spb = OrderQuery.PositionRecord(symbol: Symbol("SPB")!.raw, openSell: 40)
    #expect(client.positions() == [spc, spa, spb])
    let balance = try #require(client.balance())
    #expect(balance.startCash == 1_000_000_000_000)
    #expect(balance.cash == 1_000_000_000_000 - (20 * 999_900 + 10 * 999_800))
    #expect(balance.openBuyAmount == 50 * 999_700 + 15 * 500_000)

    let number = try #require(
        scene.exchange.correctTrade(
            3, price: Price(raw: 999_000), quantity: 8, atNs: scene.exchange.nowNs + 1_000))
    let news = client.trades(afterSequence: trades[3].sequence)
    #expect(news.map(\.kind) == [.bust, .correction])
    #expect(news[0].executionID == trades[2].executionID && news[0].otherID == news[1].executionID)
    #expect(news[1].otherID == trades[2].executionID && news[1].matchNumber == number)
    #expect(news[1].price == 999_000 && news[1].quantity == 8 && news[1].userRef == 3)
    #expect(news[1].sequence == news[0].sequence, "OUCH told the bust alone")
    #expect(client.trades(fromNs: news[0].atNs) == news)
    #expect(client.trades(afterSequence: news[0].sequence) == [])
    let after = try #require(client.positions().first { $0.symbol == Symbol("SPA")!.raw })
    #expect(after.quantity == 28 && after.boughtAmount == 20 * 999_900 + 8 * 999_000)
    let cash = try #require(client.balance()).cash
    #expect(cash == 1_000_000_000_000 - (20 * 999_900 + 8 * 999_000))
}

/// Goal: what is told is what the exchange's own audit says, whatever happens in a day.
/// Method: 3,000 seeded orders, replaces, cancels, busts and corrections of two accounts; then every number, and every sum.
@Test func theBackOfficeAgreesWithTheAudit() throws {
    var random = SeededRandom(seed: TestSeed.current)
    let exchange = testExchange()
    let office = BackOffice(exchange)
    let clients = [Client(exchange, id: 1), Client(exchange, id: 2)]
    clients[0].send(Client.login())
    clients[1].send(Client.login(user: "bob", password: "hidden"))
    var entered: [[UInt32]] = [[], []]
    for step in 1...3_000 {
        let who = Int(random.below(2))
        let number = UInt32(step)
        let price = UInt64(1_000_000 + 100 * random.within(-5...5))
        let quantity = UInt32(random.within(1...200))
        let pick = entered[who].isEmpty ? 0 : entered[who][Int(random.below(UInt64(entered[who].count)))]
        switch random.below(10) {
        case 0...5:
            clients[who].send(
                Client.ouch(
                    Client.enter(
                        number, random.below(2) == 0 ? "B" : "S", quantity, price,
                        timeInForce: random.below(4) == 0 ? "3" : "0")))
            entered[who].append(number)
        case 6...7:
            clients[who].send(Client.ouch(Client.replace(pick, number, quantity, price)))
            entered[who].append(number)
        case 8:
            clients[who].send(
                Client.ouch(Ouch50.CancelOrder(userRefNum: pick, quantity: UInt32(random.below(50)))))
        default:
            guard let last = exchange.executions.last(where: { !$0.isBroken }) else { continue }
            if random.below(2) == 0 {
                exchange.breakTrade(last.matchNumber, atNs: exchange.nowNs)
            } else {
                exchange.correctTrade(
                    last.matchNumber, price: Price(raw: last.price.raw + 100), quantity: 7,
                    tellsExecution: random.below(2) == 0, atNs: exchange.nowNs)
            }
        }
    }
    for who in 0...1 {
        let client = QueryClient(office, id: 10 + who)
        _ = who == 0 ? client.logOn() : client.logOn(user: "bob", password: "hidden")
        let booked = exchange.executions.filter { $0.account == who && !$0.isBroken }
        #expect(booked.count > 20)
        // Trades: what stands is what the audit has.
        let trades = try #require(client.ask(.trades(afterSequence: 0, fromNs: 0), perPage: 7))
        guard case .trades(let records) = trades.records else { throw CancellationError() }
        let undone = Set(records.filter { $0.kind == .bust }.map(\.executionID))
        let standing = records.filter { $0.kind != .bust && !undone.contains($0.executionID) }
        #expect(standing.map(\.matchNumber) == booked.map(\.matchNumber), "seed \(TestSeed.current)")
        #expect(standing.map { UInt64(booked[0].price.raw) > 0 ? $0.quantity : 0 } == booked.map(\.quantity))
        // Positions and cash: the sums of the audit.
        let net = booked.reduce(Int64(0)) { $0 + ($1.side == .buy ? 1 : -1) * Int64($1.quantity) }
        let paid = booked.reduce(Int128(0)) {
            $0 + Int128($1.side == .buy ? 1 : -1) * Int128($1.quantity) * Int128($1.price.raw)
        }
        #expect(client.positions().reduce(0) { $0 + $1.quantity } == net, "seed \(TestSeed.current)")
        #expect(client.balance()?.cash == -paid, "seed \(TestSeed.current)")
        // Every number: executed of a chain, and what lives is what the books hold.
        var live: [UInt32] = []
        for number in entered[who] {
            let answer = try #require(client.ask(.orderByUserRef(number)))
            guard case .orders(let found) = answer.records, let order = found.first else {
                #expect(answer.snapshot.status == .unknownOrder)
                continue
            }
            if order.status == .live { live.append(number) }
            #expect((order.status == .live) == (order.leaves > 0), "seed \(TestSeed.current) order \(number)")
            #expect(order.leaves + order.executed <= order.ordered)
        }
        #expect(client.orders(.openOrders).map(\.userRef) == live, "seed \(TestSeed.current)")
    }
    let left = exchange.withBooks { $0.liveOrderCount }
    let clientsTold = [("alice", "secret"), ("bob", "hidden")].enumerated().map { index, account in
        let client = QueryClient(office, id: 20 + index)
        _ = client.logOn(user: account.0, password: account.1)
        return client.orders(.openOrders).count
    }
    #expect(clientsTold.reduce(0, +) == left)
}

/// Goal: lists are cut into pages that belong together, whatever their size.
/// Method: 450 open orders, asked for with pages of 1, 7, 200 and the default.
@Test func listsArePaged() throws {
    let exchange = testExchange()
    let client = Client(exchange, id: 1)
    client.send(Client.login())
    for number in 1...450 as ClosedRange<UInt32> {
        client.send(Client.ouch(Client.enter(number, "B", 1, 1_000_000)))
    }
    let query = QueryClient(BackOffice(exchange), id: 1)
    #expect(query.logOn() != nil)
    for (size, pages) in [(1, 450), (7, 65), (200, 3), (0, 3)] as [(UInt16, UInt32)] {
        let answer = try #require(query.ask(.openOrders, perPage: size))
        #expect(answer.snapshot.pageCount == pages && answer.snapshot.totalCount == 450)
        guard case .orders(let records) = answer.records else { throw CancellationError() }
        #expect(records.map(\.userRef) == Array(1...450))
    }
}

/// Goal: who is not let in learns nothing, and whoever sends what is no question is cut off; others do not notice.
/// Method: each kind of bad beginning, then 2,000 connections of seeded garbage beside a good one.
@Test func onlyQuestionsOfTheAccountAreAnswered() {
    let scene = Office()
    let good = scene.client()
    let wrong = QueryClient(scene.office, id: 5)
    #expect(wrong.logOn(password: "wrong") == nil)
    #expect(scene.office.shouldClose(5))
    let hasty = QueryClient(scene.office, id: 6)
    #expect(hasty.ask(.positions) == nil)
    #expect(scene.office.shouldClose(6) && scene.office.counters.malformed == 1)
    let bob = QueryClient(scene.office, id: 7)
    #expect(bob.logOn(user: "bob", password: "hidden") != nil)
    #expect(bob.ask(.orderByUserRef(9))?.snapshot.status == .unknownOrder, "alice's")
    #expect(bob.trades().map(\.userRef) == [1, 2, 3, 1])
    var random = SeededRandom(seed: TestSeed.current)
    for id in 1_000..<3_000 {
        let client = QueryClient(scene.office, id: id)
        if random.below(2) == 0 { _ = client.logOn() }
        let bytes = (0..<random.within(1...40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        client.send(random.below(2) == 0 ? bytes : [0, UInt8(bytes.count)] + bytes)
        scene.office.connectionClosed(id)
    }
    #expect(scene.office.counters.malformed > 500)
    #expect(good.orders(.openOrders).count == 3)
}

/// Goal: each fault does what it says, once, and one can see of it what is to be seen.
/// Method: each as the fault of the next answer, then the truth again.
@Test func faultsOfTheBackOffice() throws {
    let scene = Office()
    let client = scene.client()
    let truth = try #require(client.ask(.openOrders))
    func next(_ kind: BackOfficeFaults.Kind) { scene.office.faults.next = [kind] }
    func numbers(_ answer: (snapshot: OrderQuery.Snapshot, records: OrderQuery.Records)?) -> [UInt32]? {
        guard case .orders(let records)? = answer?.records else { return nil }
        return records.map(\.userRef)
    }
    next(.partial)
    let partial = client.ask(.openOrders)
    #expect(numbers(partial) == [4] && partial?.snapshot.isComplete == false)
    next(.missing)
    let missing = client.ask(.openOrders)
    #expect(numbers(missing) == [4, 9] && missing?.snapshot.isComplete == true, "it lies")
    next(.missing)
    #expect(client.ask(.orderByUserRef(4))?.snapshot.status == .unknownOrder)
    next(.wrongQuantity)
    #expect(client.orders(.orderByUserRef(1)).map(\.executed) == [101])
    next(.wrongQuantity)
    #expect(client.positions().map(\.quantity) == [-70, -70, 0], "of the middle one, 100 too few")
    next(.lostPage)
    #expect(client.ask(.openOrders, perPage: 1) == nil)
    next(.unavailable)
    #expect(client.ask(.openOrders)?.snapshot.status == .unavailable)

    // Old answers: the first to its question is the start of the day's, a later one what was said last.
    next(.stale)
    let empty = try #require(client.ask(.trades(afterSequence: 0, fromNs: 0)))
    #expect(empty.records.count == 0 && empty.snapshot.sequence == 0)
    _ = client.ask(.openOrders)
    scene.alice.send(Client.ouch(Ouch50.CancelOrder(userRefNum: 8, quantity: 0)))
    next(.stale)
    let old = client.ask(.openOrders)
    #expect(numbers(old) == [4, 8, 9] && old?.snapshot.sequence == truth.snapshot.sequence)
    scene.alice.send(Client.ouch(Ouch50.CancelOrder(userRefNum: 9, quantity: 0)))
    next(.staleUnseen)
    let unseen = client.ask(.openOrders)
    #expect(numbers(unseen) == [4, 9] && unseen?.snapshot.sequence == truth.snapshot.sequence + 2)
    #expect(numbers(client.ask(.openOrders)) == [4])

    // Late: in order, at its time, and true for when it was asked.
    next(.late)
    let late = client.ask(only: .openOrders)
    _ = client.ask(only: .balance)
    scene.alice.send(Client.ouch(Ouch50.CancelOrder(userRefNum: 4, quantity: 0)))
    #expect(client.nextFrame() == nil)
    #expect(scene.office.nextWakeNs == scene.exchange.nowNs + scene.office.faults.lateNs)
    scene.office.advance(toNs: scene.office.nextWakeNs)
    let first = client.nextFrame().flatMap { OrderQuery.Answer(type: $0.type, reading: $0.fields) }
    #expect(first?.requestID == late && first?.records.count == 1)
    #expect(client.nextFrame()?.type == OrderQuery.RequestType.balance.answer)

    next(.drop)
    #expect(client.ask(.positions) == nil)
    #expect(scene.office.shouldClose(100) && !client.inbound.isEmpty, "cut in the middle")
    #expect(scene.office.counters.faults.count == 9)
    let again = scene.client(101)
    #expect(again.orders(.openOrders).isEmpty)
}

/// Goal: faults by number come at that number, faults by seed are the same for the same seed and others for another.
/// Method: 60 answers, their fates as a line of letters.
@Test func faultsAreRepeatable() {
    func fates(_ faults: BackOfficeFaults) -> String {
        let scene = Office(faults: faults)
        var client = QueryClient(scene.office, id: 200)
        _ = client.logOn()
        return (0..<60).reduce("") { line, step in
            guard let answer = client.ask(.openOrders) else {
                guard scene.office.shouldClose(200 + step) else { return line + "x" }
                client = QueryClient(scene.office, id: 201 + step)
                _ = client.logOn()
                return line + "d"
            }
            return line + (answer.snapshot.isComplete ? "." : "p")
        }
    }
    var faults = BackOfficeFaults()
    faults.partialEvery = 10
    #expect(fates(faults) == String(repeating: ".........p", count: 6))
    faults.partialEvery = 4
    faults.seed = 7
    let first = fates(faults)
    #expect(first == fates(faults))
    #expect(first.contains("p") && first.contains("."))
    faults.seed = 8
    #expect(first != fates(faults))
}
