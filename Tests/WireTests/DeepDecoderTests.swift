import Model
import TestSupport
import Testing
import Wire

/// What the decoder is to say of a message, from the plain message types: the slow and obvious model.
private func expected(_ bytes: [UInt8]) -> (WireResult, MarketEvent) {
    var event = untouched
    func common(_ timestamp: UInt64, _ symbol: UInt64, _ kind: MarketEventKind) {
        event = MarketEvent()
        event.instrument = UInt32.max
        event.venue_time_ns = timestamp
        event.symbol = symbol
        event.kind = kind.rawValue
        event.code = bytes[0]
    }
    func level(_ m: some WireMessage, _ flags: UInt8, _ size: UInt32, _ price: Int64, _ side: Side) -> Bool {
        event.quantity = Int64(size)
        event.price = price
        event.side = side.rawValue
        event.flags = flags & 1 == 0 ? MarketEventFlags.transactionOpen.rawValue : 0
        return price >= 0
    }
    if let m = read(Deep10.PriceLevelBuy.self, bytes) {
        common(m.timestamp, m.symbol, .levelSet)
        guard level(m, m.eventFlags, m.size, m.price, .buy) else { return (.badField, untouched) }
    } else if let m = read(Deep10.PriceLevelSell.self, bytes) {
        common(m.timestamp, m.symbol, .levelSet)
        guard level(m, m.eventFlags, m.size, m.price, .sell) else { return (.badField, untouched) }
    } else if let m = read(Deep10.TradeReport.self, bytes) {
        guard m.price >= 0 else { return (.badField, untouched) }
        common(m.timestamp, m.symbol, .trade)
        event.quantity = Int64(m.size)
        event.price = m.price
        event.match_number = m.tradeID
        event.flags = m.saleFlags & 8 != 0 ? MarketEventFlags.cross.rawValue : 0
    } else if let m = read(Deep10.TradeBreak.self, bytes) {
        guard m.price >= 0 else { return (.badField, untouched) }
        common(m.timestamp, m.symbol, .tradeBreak)
        event.quantity = Int64(m.size)
        event.price = m.price
        event.match_number = m.tradeID
        event.flags = m.saleFlags & 8 != 0 ? MarketEventFlags.cross.rawValue : 0
    } else if let m = read(Deep10.TradingStatus.self, bytes) {
        guard "THPO".utf8.contains(m.status) else { return (.badField, untouched) }
        common(m.timestamp, m.symbol, .status)
        event.code = m.status == UInt8(ascii: "O") ? UInt8(ascii: "Q") : m.status
    } else if let m = read(Deep10.OperationalHalt.self, bytes) {
        guard "ON".utf8.contains(m.status) else { return (.badField, untouched) }
        common(m.timestamp, m.symbol, .status)
        event.code = m.status
    } else if let m = read(Deep10.SecurityDirectory.self, bytes) {
        common(m.timestamp, m.symbol, .instrument)
        event.quantity = Int64(m.roundLotSize)
    } else if let m = read(Deep10.SystemEvent.self, bytes) {
        guard "OSRMEC".utf8.contains(m.event) else { return (.badField, untouched) }
        common(m.timestamp, 0, .system)
        event.code = m.event
    } else if let m = read(Deep10.ShortSaleStatus.self, bytes) {
        common(m.timestamp, m.symbol, .other)
    } else if let m = read(Deep10.SecurityEvent.self, bytes) {
        common(m.timestamp, m.symbol, .other)
    } else if let m = read(Deep10.RetailInterest.self, bytes) {
        common(m.timestamp, m.symbol, .other)
    } else if let m = read(Deep10.OfficialPrice.self, bytes) {
        common(m.timestamp, m.symbol, .other)
    } else if let m = read(Deep10.AuctionInformation.self, bytes) {
        common(m.timestamp, m.symbol, .other)
    } else {
        return (Deep10.byteCount(ofType: bytes[0]) == nil ? .unknownType : .truncated, untouched)
    }
    return (.ok, event)
}

/// Letters that the decoder judges; they all stand behind the type.
private let judged: [UInt8: [UInt8]] = [
    UInt8(ascii: "H"): Array("THPO".utf8), UInt8(ascii: "O"): Array("ON".utf8),
    UInt8(ascii: "S"): Array("OSRMEC".utf8),
]

/// Goal: the event says what the message says; a bad message leaves the event as it was; a message may be longer.
/// Method: random messages of every type, half of them with a letter that the protocol allows, against the message types.
@Test func deepEventsSayWhatTheMessagesSay() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in Families.deep {
        for step in 0..<1_000 {
            var bytes = randomMessage(type, &random)
            if let letters = judged[type.type], step % 2 == 0 {
                bytes[1] = letters[Int(random.below(UInt64(letters.count)))]
            }
            if step % 5 == 0 { bytes += randomBytes(Int(random.below(9)), &random) }
            var event = untouched
            let result = decodeDeep(bytes, &event)
            let (expectedResult, expectedEvent) = expected(bytes)
            #expect(result == expectedResult, "\(type) step \(step) seed \(TestSeed.current)")
            #expect(image(event) == image(expectedEvent), "\(type) step \(step) seed \(TestSeed.current)")
        }
    }
}

/// Goal: a cut message is told as such and nothing is read past its end. Method: every length of every type.
@Test func everyCutDeepMessageIsTruncated() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in Families.deep {
        let bytes = randomMessage(type, &random)
        for count in 0..<bytes.count {
            var event = untouched
            #expect(decodeDeep(Array(bytes.prefix(count)), &event) == .truncated, "\(type) cut to \(count)")
            #expect(image(event) == image(untouched))
        }
    }
}

/// Goal: garbage is an answer, never a trap, and never a half-written event.
@Test func garbageNeverTrapsTheDeepDecoder() {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<50_000 {
        let bytes = randomBytes(Int(random.below(90)), &random)
        var event = untouched
        if decodeDeep(bytes, &event) == .ok {
            #expect(MarketEventKind(rawValue: event.kind) != nil)
        } else {
            #expect(image(event) == image(untouched))
        }
    }
}
