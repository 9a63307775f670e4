import TestSupport
import Testing
import Wire

import Model

private func order(_ random: inout SeededRandom) -> OrderQuery.OrderRecord {
    OrderQuery.OrderRecord(
        userRef: word(&random), originalUserRef: word(&random), replacedBy: word(&random),
        clientOrderID: Token14(head: random.next(), middle: word(&random), tail: word(&random)),
        symbol: random.next(), side: word(&random), timeInForce: word(&random),
        status: OrderQuery.OrderStatus.allCases[Int(random.below(5))], isCancelWaiting: random.below(2) == 1,
        reason: word(&random), price: random.next(), ordered: word(&random), executed: word(&random),
        leaves: word(&random), executedAmount: wide(&random), orderReferenceNumber: random.next(),
        acceptedAtNs: random.next(), changedAtNs: random.next(), changedSequence: random.next())
}

private func trade(_ random: inout SeededRandom) -> OrderQuery.TradeRecord {
    OrderQuery.TradeRecord(
        kind: OrderQuery.TradeKind.allCases[Int(random.below(3))], executionID: random.next(),
        otherID: random.next(), userRef: word(&random), symbol: random.next(), side: word(&random),
        liquidityFlag: word(&random), price: random.next(), quantity: word(&random),
        matchNumber: random.next(), atNs: random.next(), sequence: random.next())
}

private func position(_ random: inout SeededRandom) -> OrderQuery.PositionRecord {
    OrderQuery.PositionRecord(
        symbol: random.next(), startQuantity: word(&random), quantity: word(&random), bought: word(&random),
        sold: word(&random), boughtAmount: wide(&random), soldAmount: wide(&random), openBuy: word(&random),
        openSell: word(&random))
}

private func word<Word: FixedWidthInteger>(_ random: inout SeededRandom) -> Word {
    Word(truncatingIfNeeded: random.next())
}

private func wide(_ random: inout SeededRandom) -> Int128 {
    Int128(truncatingIfNeeded: random.next()) << 64 | Int128(random.next())
}

private func snapshot(_ random: inout SeededRandom, total: Int, pages: Int) -> OrderQuery.Snapshot {
    OrderQuery.Snapshot(
        account: Token6(head: word(&random), tail: word(&random)),
        session: Token10(head: random.next(), tail: word(&random)), venueTimeNs: random.next(),
        sequence: random.next(), lastUserRef: word(&random),
        status: OrderQuery.AnswerStatus.allCases[Int(random.below(3))], isComplete: random.below(2) == 1,
        totalCount: UInt32(total), pageCount: UInt32(pages))
}

private func records(_ type: OrderQuery.RequestType, _ count: Int, _ random: inout SeededRandom)
    -> OrderQuery.Records
{
    switch type {
    case .orderByUserRef, .ordersByClientID, .openOrders, .logOn:
        .orders((0..<count).map { _ in order(&random) })
    case .trades: .trades((0..<count).map { _ in trade(&random) })
    case .positions: .positions((0..<count).map { _ in position(&random) })
    case .balance:
        .balance(
            (0..<count).map { _ in
                OrderQuery.BalanceRecord(
                    currency: word(&random), startCash: wide(&random), cash: wide(&random),
                    openBuyAmount: wide(&random))
            })
    }
}

private let questions: [OrderQuery.RequestType] = OrderQuery.RequestType.allCases.filter { $0 != .logOn }

/// The one frame that `bytes` are.
private func only(_ bytes: [UInt8]) -> (type: UInt8, fields: ArraySlice<UInt8>)? {
    guard case .whole(let type, let total) = OrderQuery.frame(at: bytes[...]), total == bytes.count else {
        return nil
    }
    return (type, bytes[3...])
}

/// Goal: every message of the query protocol comes back as it was written, with any values, as long as a page may be.
/// Method: random values in each field; then each message cut at every place, which must read as nothing.
@Test func everyQueryMessageComesBack() throws {
    var random = SeededRandom(seed: TestSeed.current)
    for round in 0..<40 {
        let requests: [OrderQuery.Question] = [
            .orderByUserRef(word(&random)),
            .ordersByClientID(Token14(head: random.next(), middle: word(&random), tail: word(&random))),
            .openOrders, .trades(afterSequence: random.next(), fromNs: random.next()), .positions, .balance,
        ]
        for question in requests {
            let request = OrderQuery.Request(
                requestID: word(&random), recordsPerPage: UInt16(random.below(201)), question)
            var bytes: [UInt8] = []
            request.append(to: &bytes)
            let frame = try #require(only(bytes))
            #expect(OrderQuery.Request(type: frame.type, reading: frame.fields) == request)
            for count in 0..<frame.fields.count {
                #expect(
                    OrderQuery.Request(type: frame.type, reading: frame.fields.prefix(count)) == nil,
                    "\(question) cut to \(count)")
            }
            #expect(OrderQuery.Request(type: frame.type, reading: frame.fields + [0]) == nil)
        }
        for type in questions {
            let count = round == 0 ? OrderQuery.recordsPerPageMax : Int(random.below(4))
            let answer = OrderQuery.Answer(
                type: type, requestID: word(&random), snapshot: snapshot(&random, total: 9, pages: 3),
                page: UInt32(random.below(3)), records: records(type, count, &random))
            var bytes: [UInt8] = []
            answer.append(to: &bytes)
            let frame = try #require(only(bytes))
            #expect(frame.type == type.answer)
            #expect(OrderQuery.Answer(type: frame.type, reading: frame.fields) == answer)
            if round > 0 {
                for count in 0..<frame.fields.count {
                    #expect(
                        OrderQuery.Answer(type: frame.type, reading: frame.fields.prefix(count)) == nil,
                        "seed \(TestSeed.current) \(type) cut to \(count)")
                }
            }
            #expect(OrderQuery.Answer(type: frame.type, reading: frame.fields + [0]) == nil)
        }
    }
    var bytes: [UInt8] = []
    let logOn = OrderQuery.LogOn(userName: Token6("alice")!, password: Token10("secret")!)
    logOn.append(to: &bytes)
    #expect(OrderQuery.LogOn(reading: try #require(only(bytes)).fields) == logOn)
    bytes = []
    let accepted = OrderQuery.LogOnAccepted(
        account: Token6("alice")!, session: Token10("DAY1")!, venueTimeNs: 77)
    accepted.append(to: &bytes)
    #expect(OrderQuery.LogOnAccepted(reading: try #require(only(bytes)).fields) == accepted)
    bytes = []
    OrderQuery.LogOnRefused(reason: 65).append(to: &bytes)
    #expect(OrderQuery.LogOnRefused(reading: try #require(only(bytes)).fields)?.reason == 65)
}

/// Goal: the bytes are those of the documentation, so that another program can be written from it.
/// Method: one request, and one answer without records, byte by byte.
@Test func queryBytesAreAsDocumented() {
    var bytes: [UInt8] = []
    OrderQuery.Request(requestID: 0x0102_0304, recordsPerPage: 50, .orderByUserRef(9)).append(to: &bytes)
    #expect(bytes == [0, 11, 0x4f, 1, 2, 3, 4, 0, 50, 0, 0, 0, 9])
    bytes = []
    OrderQuery.Answer(
        type: .openOrders, requestID: 1,
        snapshot: OrderQuery.Snapshot(
            account: Token6("alice")!, session: Token10("DAY1")!, venueTimeNs: 2, sequence: 3, lastUserRef: 4,
            status: .answered, isComplete: true, totalCount: 0, pageCount: 1), page: 0, records: .orders([])
    ).append(to: &bytes)
    let expected: [UInt8] =
        [0, 57, 0x70, 0, 0, 0, 1] + Array("alice DAY1      ".utf8) + [0, 0, 0, 0, 0, 0, 0, 2]
        + [0, 0, 0, 0, 0, 0, 0, 3] + [0, 0, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    #expect(bytes == expected)
}

/// Goal: whatever comes, reading ends and nothing traps; what is taken can be written again to the same bytes.
/// Method: 20,000 seeded frames: random bytes, and good ones with flipped bytes.
@Test func anyBytesAsQueryMessages() {
    var random = SeededRandom(seed: TestSeed.current)
    var taken = 0
    for _ in 0..<20_000 {
        var bytes: [UInt8] = []
        let type = questions[Int(random.below(UInt64(questions.count)))]
        if random.below(2) == 0 {
            OrderQuery.Answer(
                type: type, requestID: 1, snapshot: snapshot(&random, total: 2, pages: 1), page: 0,
                records: records(type, Int(random.below(3)), &random)
            ).append(to: &bytes)
        } else {
            OrderQuery.Request(requestID: 7, .trades(afterSequence: 1, fromNs: 2)).append(to: &bytes)
        }
        for _ in 0..<random.below(4) {
            bytes[Int(random.below(UInt64(bytes.count)))] = word(&random)
        }
        guard case .whole(let letter, let total) = OrderQuery.frame(at: bytes[...]) else { continue }
        let fields = bytes[3..<total]
        var again: [UInt8] = []
        if let answer = OrderQuery.Answer(type: letter, reading: fields) {
            answer.append(to: &again)
        } else if let request = OrderQuery.Request(type: letter, reading: fields) {
            request.append(to: &again)
        } else {
            continue
        }
        taken += 1
        #expect(again == Array(bytes[..<total]), "seed \(TestSeed.current)")
    }
    #expect(taken > 1_000)
    #expect(OrderQuery.frame(at: [0, 0, 1]) == .malformed)
    #expect(OrderQuery.frame(at: [0xff, 0xff]) == .malformed)
    #expect(OrderQuery.frame(at: [0]) == .needMore)
    #expect(OrderQuery.frame(at: [0, 2, 1]) == .needMore)
}

/// Goal: pages become an answer only when all are there, in order, of one moment; anything else is noticed.
/// Method: an answer of three pages, given whole, with each page left out, twice, out of order, or of another moment.
@Test func pagesArePutTogether() {
    var random = SeededRandom(seed: TestSeed.current)
    let all = records(.trades, 5, &random)
    let moment = snapshot(&random, total: 5, pages: 3)
    let pages = [0..<2, 2..<4, 4..<5].enumerated().map { index, range in
        OrderQuery.Answer(
            type: .trades, requestID: 3, snapshot: moment, page: UInt32(index), records: all.part(range))
    }
    func put(_ pages: [OrderQuery.Answer]) -> (OrderQuery.Pages.Progress, OrderQuery.Records?) {
        var collected = OrderQuery.Pages(requestID: 3)
        for page in pages { _ = collected.take(page) }
        return (collected.progress, collected.records)
    }
    #expect(put(pages) == (.whole, all))
    #expect(put([]).0 == .wantsMore)
    #expect(put(Array(pages[..<2])).0 == .wantsMore)
    for order in [[1, 2], [0, 2], [0, 0], [0, 1, 1], [1, 0, 2], [0, 1, 2, 2]] {
        #expect(put(order.map { pages[$0] }).0 == .broken, "\(order)")
    }
    var later = pages
    later[1].snapshot.sequence += 1
    #expect(put(later).0 == .broken)
    var other = pages
    other[1].records = records(.positions, 2, &random)
    #expect(put(other).0 == .broken)
    var short = pages
    short[2].records = .trades([])
    #expect(put(short).0 == .broken, "fewer records than announced")
}
