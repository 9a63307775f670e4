import Core
import Foundation
import Model
import Testing
import TestSupport

/// Goal: the book is exactly the exchange's: ten levels of both sides, prices and quantities, after each of nearly 1,000 real
/// events of a day's start.
///
/// Method: LOBSTER gives the events and the ten levels after each. Orders from before the first event stand as one
/// seeded order a level; an event of an order that we never saw is one of the seeded order at its price. LOBSTER leaves
/// out what happens below its tenth level, so what falls below is dropped from our book, and a tenth level that comes
/// into view is seeded. Nothing else is: every other difference fails. Hidden executions change nothing.
@Test func everyBookOfTheLobsterSampleIsExact() throws {
    let name = "lobster/AAPL_2012-06-21_"
    guard let messageFile = TestData.file(name + "message_10_first998.csv"),
        let bookFile = TestData.file(name + "orderbook_10_first998.csv")
    else { return }
    func numbers(_ file: URL) throws -> [[Int64]] {
        try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",").map { Int64($0) ?? 0 }
        }
    }
    let messages = try numbers(messageFile)
    let rows = try numbers(bookFile)
    try #require(messages.count >= 998 && rows.count == messages.count)

    var run = LobsterRun()
    // The book before the first event: that of the first row without it, a new order at the best bid.
    try #require(messages[0][1] == 1 && messages[0][5] == 1 && rows[0][2] == messages[0][4])
    for side in [Side.buy, .sell] {
        for level in LobsterRun.levels(rows[0], side) where side == .sell || level.price.raw != messages[0][4]
        {
            run.seed(side, level)
        }
    }
    for (index, message) in messages.enumerated() {
        run.apply(
            type: message[1], id: UInt64(message[2]), quantity: message[3], price: message[4],
            side: message[5] > 0 ? .buy : .sell)
        for side in [Side.buy, .sell] {
            let expected = LobsterRun.levels(rows[index], side)
            run.seedTenth(side, expected)
            run.dropBelowTenth(side)
            let found = run.books.levels(0, side).map {
                BookLevel(price: $0.price, quantity: $0.quantity, orderCount: 0)
            }
            #expect(found == expected, "\(side) after event \(index): \(message)")
        }
        let quote = run.books.quote(InstrumentID(index: 0))
        #expect(quote.bid.raw == rows[index][2] && quote.bidQuantity.raw == rows[index][3])
        #expect(quote.ask.raw == rows[index][0] && quote.askQuantity.raw == rows[index][1])
    }
    #expect(run.books.state(InstrumentID(index: 0)) == .whole)
    #expect(run.seededCount < 400, "more was seeded than can be right: \(run.seededCount)")
}

struct LobsterRun: ~Copyable {
    var books = BookTable(instrumentCountMax: 1, orderCountMax: 2_000, levelCountMax: 2_000)
    /// Orders that the book holds under their own numbers: price and side.
    private var known: [UInt64: (price: Int64, side: Side)] = [:]
    private var seededRefs: [Int64: UInt64] = [:]
    private(set) var seededCount: UInt64 = 0

    static func levels(_ row: [Int64], _ side: Side) -> [BookLevel] {
        (0..<10).map {
            let at = 4 * $0 + (side == .sell ? 0 : 2)
            return BookLevel(price: Price(raw: row[at]), quantity: Quantity(raw: row[at + 1]), orderCount: 0)
        }
    }

    private mutating func feed(_ event: MarketEvent) {
        var event = event
        let effect = books.apply(&event)
        #expect(!effect.contains(.ignored))
    }

    /// Stands for everything at a price that we did not see come.
    mutating func seed(_ side: Side, _ level: BookLevel) {
        seededCount += 1
        let ref = UInt64(1) << 60 | seededCount
        seededRefs[level.price.raw] = ref
        feed(MarketEvent(.add, 0, ref: ref, side: side, price: level.price.raw, quantity: level.quantity.raw))
    }

    mutating func apply(type: Int64, id: UInt64, quantity: Int64, price: Int64, side: Side) {
        let ref = known[id] == nil ? seededRefs[price] ?? id : id
        switch type {
        case 1:
            known[id] = (price, side)
            feed(MarketEvent(.add, 0, ref: id, side: side, price: price, quantity: quantity))
        case 2: feed(MarketEvent(.reduce, 0, ref: ref, quantity: quantity))
        case 3:
            // A seeded order is many: only the one that was deleted goes.
            feed(MarketEvent(known[id] == nil ? .reduce : .delete, 0, ref: ref, quantity: quantity))
            known[id] = nil
        case 4: feed(MarketEvent(.execute, 0, ref: ref, quantity: quantity))
        case 5: break  // of a hidden order
        default: Issue.record("LOBSTER type \(type)")
        }
    }

    mutating func seedTenth(_ side: Side, _ expected: [BookLevel]) {
        let here = books.levels(0, side)
        guard here.count == 9, let tenth = expected.last, let worst = here.last else { return }
        let isBelow = side == .buy ? tenth.price < worst.price : tenth.price > worst.price
        if isBelow { seed(side, tenth) }
    }

    mutating func dropBelowTenth(_ side: Side) {
        let here = books.levels(0, side)
        guard here.count > 10 else { return }
        for level in here[10...] {
            for (id, order) in known where order.price == level.price.raw && order.side == side {
                var event = MarketEvent(.delete, 0, ref: id)
                _ = books.apply(&event)
                known[id] = nil
            }
            // Whatever is left there was seeded.
            if let ref = seededRefs.removeValue(forKey: level.price.raw),
                books.levels(0, side).contains(where: { $0.price == level.price })
            {
                feed(MarketEvent(.delete, 0, ref: ref))
            }
        }
    }
}
