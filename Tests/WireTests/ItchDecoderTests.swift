import Model
import TestSupport
import Testing
import Wire

/// What the decoder is to say of a message, from the plain message types: the slow and obvious model.
private func expected(_ bytes: [UInt8]) -> (WireResult, MarketEvent) {
    var event = untouched
    func common(_ locate: UInt16, _ timestamp: UInt64, _ kind: MarketEventKind) {
        event = MarketEvent()
        event.instrument = UInt32(locate)
        event.venue_time_ns = timestamp
        event.kind = kind.rawValue
        event.code = bytes[0]
    }
    func side(_ letter: UInt8) -> Side? {
        letter == UInt8(ascii: "B") ? .buy : letter == UInt8(ascii: "S") ? .sell : nil
    }
    if let m = read(Itch50.AddOrder.self, bytes) {
        guard let side = side(m.side) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .add)
        event.order_ref = m.orderReference
        event.side = side.rawValue
        event.quantity = Int64(m.shares)
        event.symbol = m.stock
        event.price = Int64(m.price)
    } else if let m = read(Itch50.AddOrderWithParticipant.self, bytes) {
        guard let side = side(m.side) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .add)
        event.order_ref = m.orderReference
        event.side = side.rawValue
        event.quantity = Int64(m.shares)
        event.symbol = m.stock
        event.price = Int64(m.price)
    } else if let m = read(Itch50.OrderExecuted.self, bytes) {
        common(m.stockLocate, m.timestamp, .execute)
        event.order_ref = m.orderReference
        event.quantity = Int64(m.shares)
        event.match_number = m.matchNumber
    } else if let m = read(Itch50.OrderExecutedWithPrice.self, bytes) {
        guard [UInt8(ascii: "Y"), UInt8(ascii: "N")].contains(m.printable) else {
            return (.badField, untouched)
        }
        common(m.stockLocate, m.timestamp, .executeAtPrice)
        event.order_ref = m.orderReference
        event.quantity = Int64(m.shares)
        event.match_number = m.matchNumber
        event.price = Int64(m.price)
        event.flags = m.printable == UInt8(ascii: "N") ? MarketEventFlags.nonPrintable.rawValue : 0
    } else if let m = read(Itch50.OrderCancel.self, bytes) {
        common(m.stockLocate, m.timestamp, .reduce)
        event.order_ref = m.orderReference
        event.quantity = Int64(m.shares)
    } else if let m = read(Itch50.OrderDelete.self, bytes) {
        common(m.stockLocate, m.timestamp, .delete)
        event.order_ref = m.orderReference
    } else if let m = read(Itch50.OrderReplace.self, bytes) {
        common(m.stockLocate, m.timestamp, .replace)
        event.order_ref = m.originalOrderReference
        event.new_order_ref = m.orderReference
        event.quantity = Int64(m.shares)
        event.price = Int64(m.price)
    } else if let m = read(Itch50.Trade.self, bytes) {
        guard let side = side(m.side) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .trade)
        event.order_ref = m.orderReference
        event.side = side.rawValue
        event.quantity = Int64(m.shares)
        event.symbol = m.stock
        event.price = Int64(m.price)
        event.match_number = m.matchNumber
    } else if let m = read(Itch50.CrossTrade.self, bytes) {
        guard m.shares <= UInt64(Int64.max) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .trade)
        event.quantity = Int64(m.shares)
        event.symbol = m.stock
        event.price = Int64(m.crossPrice)
        event.match_number = m.matchNumber
        event.flags = MarketEventFlags.cross.rawValue
    } else if let m = read(Itch50.BrokenTrade.self, bytes) {
        common(m.stockLocate, m.timestamp, .tradeBreak)
        event.match_number = m.matchNumber
    } else if let m = read(Itch50.TradingAction.self, bytes) {
        guard "THPQ".utf8.contains(m.tradingState) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .status)
        event.symbol = m.stock
        event.code = m.tradingState
    } else if let m = read(Itch50.StockDirectory.self, bytes) {
        common(m.stockLocate, m.timestamp, .instrument)
        event.symbol = m.stock
        event.quantity = Int64(m.roundLotSize)
    } else if let m = read(Itch50.SystemEvent.self, bytes) {
        guard "OSQMEC".utf8.contains(m.eventCode) else { return (.badField, untouched) }
        common(m.stockLocate, m.timestamp, .system)
        event.code = m.eventCode
    } else if let m = read(Itch50.ShortSaleRestriction.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.ParticipantPosition.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.CircuitBreakerLevels.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
    } else if let m = read(Itch50.CircuitBreakerStatus.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
    } else if let m = read(Itch50.IpoQuotingPeriod.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.AuctionCollar.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.OperationalHalt.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.NetOrderImbalance.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.RetailInterest.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else if let m = read(Itch50.DirectListing.self, bytes) {
        common(m.stockLocate, m.timestamp, .other)
        event.symbol = m.stock
    } else {
        return (Itch50.byteCount(ofType: bytes[0]) == nil ? .unknownType : .truncated, untouched)
    }
    return (.ok, event)
}

/// Where the letter stands that the decoder judges, and what it may be.
private let judged: [UInt8: (offset: Int, letters: [UInt8])] = [
    UInt8(ascii: "A"): (19, Array("BS".utf8)), UInt8(ascii: "F"): (19, Array("BS".utf8)),
    UInt8(ascii: "P"): (19, Array("BS".utf8)), UInt8(ascii: "C"): (31, Array("YN".utf8)),
    UInt8(ascii: "H"): (19, Array("THPQ".utf8)), UInt8(ascii: "S"): (11, Array("OSQMEC".utf8)),
]

/// Goal: the event says what the message says; a bad message leaves the event as it was.
/// Method: random messages of every type, half of them with a letter that the protocol allows, against the message types.
@Test func itchEventsSayWhatTheMessagesSay() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in Families.itch {
        for step in 0..<1_000 {
            var bytes = randomMessage(type, &random)
            if let (offset, letters) = judged[type.type], step % 2 == 0 {
                bytes[offset] = letters[Int(random.below(UInt64(letters.count)))]
            }
            var event = untouched
            let result = decodeItch(bytes, &event)
            let (expectedResult, expectedEvent) = expected(bytes)
            #expect(result == expectedResult, "\(type) step \(step) seed \(TestSeed.current)")
            #expect(image(event) == image(expectedEvent), "\(type) step \(step) seed \(TestSeed.current)")
        }
    }
}

/// Goal: of the 256 letters that a judged field can hold, exactly the protocol's are taken.
@Test func everyBadLetterIsABadField() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in Families.itch {
        guard let (offset, letters) = judged[type.type] else { continue }
        var bytes = randomMessage(type, &random)
        for letter in UInt8.min...UInt8.max {
            bytes[offset] = letter
            var event = untouched
            let result = decodeItch(bytes, &event)
            #expect(result == (letters.contains(letter) ? .ok : .badField), "\(type) letter \(letter)")
            if result != .ok { #expect(image(event) == image(untouched)) }
        }
    }
}

/// Goal: a cut message is told as such and nothing is read past its end. Method: every length of every type.
@Test func everyCutItchMessageIsTruncated() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in Families.itch {
        let bytes = randomMessage(type, &random) + [0]
        for count in 0...bytes.count where count != type.byteCount {
            var event = untouched
            #expect(decodeItch(Array(bytes.prefix(count)), &event) == .truncated, "\(type) cut to \(count)")
            #expect(image(event) == image(untouched))
        }
    }
}

/// Goal: garbage is an answer, never a trap, and never a half-written event.
@Test func garbageNeverTrapsTheItchDecoder() {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<50_000 {
        let bytes = randomBytes(Int(random.below(60)), &random)
        var event = untouched
        if decodeItch(bytes, &event) == .ok {
            #expect(MarketEventKind(rawValue: event.kind) != nil)
        } else {
            #expect(image(event) == image(untouched))
        }
    }
}
