import Core
import Memory
import Model
import Testing

// Small scenes, each the one thing that its name says.

private let one = InstrumentID(index: 0)

private func table() -> BookTable { BookTable(instrumentCountMax: 4, orderCountMax: 64, levelCountMax: 64) }

/// Goal: nobody acts on a book in the middle of a venue's transaction.
/// Method: both sides change in one transaction; the quote stays until its last message, which touches one side only.
@Test func aTransactionShowsAtItsEndOnly() {
    var books = table()
    func set(_ side: Side, _ price: Int64, _ quantity: Int64, open: Bool, _ timeNs: UInt64) -> MarketEvent {
        MarketEvent(
            .levelSet, 0, side: side, price: price, quantity: quantity, flags: open ? .transactionOpen : [],
            timeNs: timeNs)
    }
    var event = set(.buy, 100, 5, open: false, 1)
    #expect(books.apply(&event) == .topChanged)
    event = set(.sell, 102, 7, open: true, 2)
    #expect(books.apply(&event) == .none)
    #expect(books.isTransactionOpen(one) == true)
    #expect(books.quote(one).askQuantity == .zero)
    event = set(.buy, 100, 0, open: true, 3)
    #expect(books.apply(&event) == .none)
    #expect(books.quote(one).bidQuantity == Quantity(raw: 5))
    #expect(books.quote(one).venueTimeNs == 1)
    // Takes away what is not there: still the end of the transaction.
    event = set(.buy, 55, 0, open: false, 4)
    #expect(books.apply(&event) == BookEffect.topChanged.union(.ignored))
    #expect(books.quote(one).bidQuantity == .zero)
    #expect(books.quote(one).ask == Price(raw: 102))
    #expect(books.quote(one).venueTimeNs == 4)
    #expect(books.isTransactionOpen(one) == false)
    #expect(books.counters.unknownLevels == 1)
}

/// Goal: a lost message makes all books of its stream stale, and no others; mending makes them whole but for broken ones.
@Test func lossIsPerStream() {
    var books = table()
    for index in 0..<4 { books.define(InstrumentID(index: UInt32(index)), stream: index < 2 ? 7 : 9) }
    books.markStale(stream: 7)
    books.markStale(stream: 7)
    #expect((0..<4).map { books.state(InstrumentID(index: $0)) } == [.stale, .stale, .whole, .whole])
    var unknown = MarketEvent(.delete, 1, ref: 5)
    #expect(books.apply(&unknown) == BookEffect.broken.union(.ignored))
    books.markWhole(stream: 7)
    #expect((0..<4).map { books.state(InstrumentID(index: $0)) } == [.whole, .broken, .whole, .whole])
    books.markStale(stream: 7)
    books.reset(one)
    #expect(
        (0..<2).map { books.state(InstrumentID(index: $0)) } == [.whole, .broken], "a reset book begins anew")
    books.markStale(stream: 7)
    #expect(books.state(one) == .stale)
    books.reset(stream: 7)
    #expect((0..<4).map { books.state(InstrumentID(index: $0)) } == [.whole, .whole, .whole, .whole])
}

/// Goal: a new session empties the books of its stream and leaves the others and their orders alone.
@Test func resetOfAStreamTakesItsOrdersOnly() {
    var books = table()
    books.define(InstrumentID(index: 1), stream: 3)
    for ref in 0..<30 {
        var event = MarketEvent(
            .add, UInt32(ref % 2), ref: UInt64(ref), side: .buy, price: Int64(ref), quantity: 1)
        _ = books.apply(&event)
    }
    books.reset(stream: 3)
    #expect(books.orderCount == 15)
    #expect(books.levelCount(InstrumentID(index: 1), .buy) == 0)
    #expect(books.quote(InstrumentID(index: 1)).bidQuantity == .zero)
    #expect(books.levelCount(one, .buy) == 15)
    for ref in stride(from: 0, to: 30, by: 2) {
        var event = MarketEvent(.delete, 0, ref: UInt64(ref))
        #expect(books.apply(&event).contains(.ignored) == false)
    }
    #expect(books.orderCount == 0)
}

/// Goal: bids above asks are told once, and only while the instrument trades.
@Test func crossedBooksAreTold() {
    var books = table()
    func add(_ ref: UInt64, _ side: Side, _ price: Int64) -> BookEffect {
        var event = MarketEvent(.add, 0, ref: ref, side: side, price: price, quantity: 10)
        return books.apply(&event)
    }
    #expect(books.tradingState(one) == .unknown)
    _ = add(1, .sell, 100)
    #expect(!add(2, .buy, 101).contains(.crossed), "not trading yet")
    #expect(books.isCrossed(one) == true)
    var event = MarketEvent(.delete, 0, ref: 2)
    _ = books.apply(&event)
    #expect(books.isCrossed(one) == false)
    event = MarketEvent(.status, 0, code: UInt8(ascii: "T"))
    #expect(books.apply(&event) == .statusChanged)
    #expect(books.apply(&event) == .none)
    #expect(!add(3, .buy, 100).contains(.crossed), "locked is not crossed")
    #expect(add(4, .buy, 101).contains(.crossed))
    #expect(!add(5, .buy, 102).contains(.crossed), "crossed already")
    #expect(books.counters.crossed == 1)
    #expect(books.counters.locked == 1)
    event = MarketEvent(.status, 0, code: UInt8(ascii: "z"))
    #expect(books.apply(&event) == .statusChanged)
    #expect(books.tradingState(one) == .halted, "who cannot tell does not trade")
}

/// Goal: events of instruments beyond the table, and quantities that add up past 64 bits, are answers and no traps.
@Test func wildNumbersDoNoHarm() {
    var books = table()
    for kind in [
        MarketEventKind.add, .execute, .executeAtPrice, .reduce, .delete, .replace, .levelSet, .trade,
        .status,
    ] {
        var event = MarketEvent(kind, 4, ref: 1, side: .buy, price: 5, quantity: 5)
        #expect(books.apply(&event) == .ignored)
        event.instrument = .max
        #expect(books.apply(&event) == .ignored)
        event.price = .min
        let packet = FixedArray(count: 1, repeating: event)
        books.prefetch(event)
        books.prepare(packet, count: 1)
    }
    #expect(books.counters.unknownInstruments == 18)
    var event = MarketEvent(.add, 0, ref: 1, side: .buy, price: -5, quantity: .max)
    #expect(books.apply(&event) == .topChanged)
    event = MarketEvent(.add, 0, ref: 2, side: .buy, price: -5, quantity: 1)
    #expect(books.apply(&event) == BookEffect.broken.union(.ignored))
    #expect(books.orderCount == 1)
    #expect(books.quote(one).bid == Price(raw: -5))
}

/// Goal: a feed that tells one book by order and by level breaks it, and nothing worse.
@Test func aBookToldInTwoWaysBreaks() {
    var books = table()
    var event = MarketEvent(.add, 0, ref: 1, side: .buy, price: 5, quantity: 10)
    _ = books.apply(&event)
    event = MarketEvent(.levelSet, 0, side: .buy, price: 5, quantity: 0)
    #expect(books.apply(&event) == BookEffect.broken.union(.ignored))
    event = MarketEvent(.levelSet, 1, side: .sell, price: 8, quantity: 3)
    _ = books.apply(&event)
    event = MarketEvent(.add, 1, ref: 1, side: .sell, price: 8, quantity: 3)
    #expect(books.apply(&event) == BookEffect.broken.union(.ignored))
    // Its order is what it was.
    event = MarketEvent(.execute, 0, ref: 1, quantity: 10)
    #expect(books.apply(&event) == BookEffect.traded.union(.topChanged))
    #expect(books.orderCount == 0)
    #expect(books.level(InstrumentID(index: 1), .sell, depth: 0)?.quantity == Quantity(raw: 3))
}
