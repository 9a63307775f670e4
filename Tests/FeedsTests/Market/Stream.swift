import Core
import Feeds
import Model
import Wire

/// Bytes of packets and messages as venues send them, for the tests of the feed.
enum Make {
    static func bytes(_ message: some WireMessage) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        // SAFETY: no message is longer than 64 bytes.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe message.write(to: $0) }
        return Array(bytes[..<count])
    }

    static func mold(_ messages: [[UInt8]], from sequence: UInt64, session: Token10, count: UInt16? = nil)
        -> [UInt8]
    {
        var packet = [UInt8](repeating: 0, count: MoldUDP64.Header.byteCount)
        let header = MoldUDP64.Header(
            session: session, sequence: sequence, count: count ?? UInt16(messages.count))
        // SAFETY: the packet has room for the header.
        _ = unsafe packet.withUnsafeMutableBytes { unsafe header.write(to: $0) }
        for message in messages {
            packet += [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
        }
        return packet
    }

    static func iex(_ messages: [[UInt8]], from sequence: Int64, session: UInt32 = 1) -> [UInt8] {
        var body: [UInt8] = []
        for message in messages {
            body += [UInt8(message.count & 0xff), UInt8(message.count >> 8)] + message
        }
        var packet = [UInt8](repeating: 0, count: IexTransport.Header.byteCount)
        let header = IexTransport.Header(
            channel: 1, session: session, payloadByteCount: UInt16(body.count),
            messageCount: UInt16(messages.count),
            streamOffset: 0, sequence: sequence, sendTimeNs: 0)
        // SAFETY: the packet has room for the header.
        _ = unsafe packet.withUnsafeMutableBytes { unsafe header.write(to: $0) }
        return packet + body
    }

    static func directory(_ symbol: String, locate: UInt16) -> [UInt8] {
        var bytes = [UInt8](repeating: 0x20, count: Itch50.StockDirectory.byteCount)
        bytes[0] = Itch50.StockDirectory.type
        bytes[1] = UInt8(locate >> 8)
        bytes[2] = UInt8(locate & 0xff)
        for (index, byte) in symbol.utf8.enumerated() { bytes[11 + index] = byte }
        return bytes
    }

    static func add(
        _ ref: UInt64, locate: UInt16, isBuy: Bool = true, price: UInt32 = 10_000, shares: UInt32 = 100
    ) -> [UInt8] {
        bytes(
            Itch50.AddOrder(
                stockLocate: locate, trackingNumber: 0, timestamp: ref, orderReference: ref,
                side: isBuy ? 0x42 : 0x53, shares: shares, stock: Symbol.blank.raw, price: price))
    }

    static func delete(_ ref: UInt64, locate: UInt16) -> [UInt8] {
        bytes(Itch50.OrderDelete(stockLocate: locate, trackingNumber: 0, timestamp: ref, orderReference: ref))
    }

    static func level(_ symbol: String, isBuy: Bool, price: Int64, size: UInt32, flags: UInt8 = 1) -> [UInt8]
    {
        let raw = Symbol(symbol)?.raw ?? 0
        if isBuy {
            return bytes(
                Deep10.PriceLevelBuy(eventFlags: flags, timestamp: 1, symbol: raw, size: size, price: price))
        }
        return bytes(
            Deep10.PriceLevelSell(eventFlags: flags, timestamp: 1, symbol: raw, size: size, price: price))
    }

    /// A seeded day: directory of four stocks, then orders that come, change and go.
    static func day(_ random: inout SeededRandom, messageCount: Int) -> [[UInt8]] {
        var messages = (1...4).map { directory("STK\($0)", locate: UInt16($0)) }
        var live: [(ref: UInt64, locate: UInt16)] = []
        for number in 0..<UInt64(messageCount) {
            if live.isEmpty || random.below(10) < 6 {
                let locate = UInt16(1 + random.below(4))
                let isBuy = random.below(2) == 0
                let away = UInt32(100 * (1 + random.below(10)))
                messages.append(
                    add(
                        number, locate: locate, isBuy: isBuy, price: isBuy ? 10_000 - away : 10_000 + away,
                        shares: UInt32(1 + random.below(500))))
                live.append((number, locate))
            } else {
                let order = live.remove(at: Int(random.below(UInt64(live.count))))
                messages.append(delete(order.ref, locate: order.locate))
            }
        }
        return messages
    }
}

/// A feed, the books behind it, and what the shell around them would do.
struct Receiver: ~Copyable {
    var feed: MarketFeed
    var books = BookTable(instrumentCountMax: 16, orderCountMax: 10_000, levelCountMax: 4_096)
    /// Numbers of the messages handed out, in order.
    var sequences: [UInt64] = []
    var events: [MarketEvent] = []
    var verdicts: [PacketVerdict] = []
    var isStale = false

    init(_ configuration: FeedConfiguration) { feed = MarketFeed(configuration) }

    @discardableResult
    mutating func receive(_ packet: [UInt8]) -> PacketVerdict {
        // A copy of exactly its size, so that a read past its end is one past an allocation.
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: packet.count, alignment: 1)
        unsafe bytes.copyBytes(from: packet)
        // SAFETY: freed after all messages are taken.
        defer { unsafe bytes.deallocate() }
        var verdict = unsafe feed.accept(UnsafeRawBufferPointer(bytes))
        verdicts.append(verdict)
        if verdict == .sessionChanged {
            books.reset(stream: feed.stream)
            verdict = unsafe feed.accept(UnsafeRawBufferPointer(bytes))
            verdicts.append(verdict)
        }
        if case .gap = verdict { stale() }
        drain()
        while feed.takeBuffered() != nil { drain() }
        if feed.takeStale() != nil { stale() }
        if feed.takeWhole() != nil {
            isStale = false
            books.markWhole(stream: feed.stream)
        }
        return verdict
    }

    mutating func stale() {
        isStale = true
        books.markStale(stream: feed.stream)
    }

    mutating func drain() {
        var event = MarketEvent()
        while feed.next(&event) {
            // A definition that the feed made itself carries no letter of the venue's, and no number.
            if event.kind != MarketEventKind.instrument.rawValue || event.code != 0 {
                sequences.append(feed.messageSequence)
            }
            events.append(event)
            _ = books.apply(&event)
        }
    }

    /// Everything that the books show.
    var picture: [String] {
        var lines: [String] = []
        for index in 0..<UInt32(books.instrumentCountMax) {
            let id = InstrumentID(index: index)
            lines.append("\(books.quote(id)) \(books.state(id))")
            for side in [Side.buy, .sell] {
                for depth in 0..<books.levelCount(id, side) {
                    if let level = books.level(id, side, depth: depth) { lines.append("\(side) \(level)") }
                }
            }
        }
        return lines
    }
}

let sessionA = Token10(head: 0x4141_4141_4141_4141, tail: 0x4141)
let sessionB = Token10(head: 0x4242_4242_4242_4242, tail: 0x4242)
