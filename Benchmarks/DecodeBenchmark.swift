import Core
import Memory
import Model
import Plumbing
import Wire

/// ITCH 5.0 off the wire, alone and into the books.
enum DecodeBenchmark: Benchmark {
    static let name = "decode"
    static let what = "ITCH 5.0 messages decoded, every field converted; and the same into the order books"
    static let why = "on a busy day it is most of what the hot thread does"
    static let leftOut = "packets and their sequence, I/O, the strategy"

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let flow = ItchFlow(
            .init(
                instrumentCount: run.count(8_000, smoke: 100),
                standingOrderCount: run.count(400_000, smoke: 1_000),
                messageCount: run.count(4_000_000, smoke: 10_000)))
        let runs = run.count(9, smoke: 1)
        return [
            (
                "itch_messages_per_s", Figure(value: decode(flow, runs: runs), unit: "1/s"),
                .atLeast(140e6)
            ),
            (
                "itch_book_messages_per_s", Figure(value: decodeIntoBooks(flow, runs: runs), unit: "1/s"),
                .atLeast(30e6)
            ),
        ]
    }

    // MARK: Decoding alone

    /// The first tenth of the flow again and again, so that it is the decoder and not the memory behind the message
    /// bytes that is measured; still far more than a branch predictor can learn.
    private static func decode(_ flow: borrowing ItchFlow, runs: Int) -> Double {
        let clock = Clock.calibrated()
        // As many as lie in a packet of a busy moment.
        var block = FixedArray(count: 32, repeating: MarketEvent(), for: "events")
        var sums: Set<UInt64> = []
        var figures: [Double] = []
        let part = flow.fillByteCount..<flow.fillByteCount + (flow.byteCount - flow.fillByteCount) / 10
        for _ in 0..<runs {
            var count = 0
            let start = clock.nowNs()
            for _ in 0..<10 {
                let (messages, sum) = unsafe hotDecode(UnsafeRawBufferPointer(flow.bytes), part, &block)
                count += messages
                sums.insert(sum)
            }
            figures.append(Double(count) / (Double(clock.nowNs() - start) * 1e-9))
        }
        precondition(sums.count == 1, "Invariant: the same messages decode to the same events")
        return median(figures)
    }

    /// Decodes the messages that begin in `part`, a block at a time, and consumes every field of every event.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(never)
    private static func hotDecode(
        _ bytes: UnsafeRawBufferPointer, _ part: Range<Int>, _ block: inout FixedArray<MarketEvent>
    ) -> (messages: Int, sum: UInt64) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var offset = part.lowerBound
        var messages = 0
        var sum: UInt64 = 0
        while offset < part.upperBound {
            var decoded = 0
            while decoded < block.count, offset < part.upperBound {
                // SAFETY: the flow holds whole messages, each behind its length.
                let count = unsafe Int(
                    UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
                let result = unsafe ItchDecoder.decode(base + offset + 2, count: count, into: &block[decoded])
                guard result == .ok else { return (messages, sum) }
                decoded += 1
                offset += 2 + count
            }
            for place in 0..<decoded { sum &+= consumed(block[place]) }
            messages += decoded
        }
        return (messages, sum)
    }

    /// Each field on its own, as books read them.
    @inline(__always)
    private static func consumed(_ event: borrowing MarketEvent) -> UInt64 {
        let first = event.venue_time_ns ^ (event.order_ref &+ event.price.magnitude)
        let second = (event.new_order_ref &- event.symbol) ^ event.match_number
        let third = UInt64(bitPattern: event.quantity) &+ (UInt64(event.instrument) ^ UInt64(event.kind))
        let fourth = UInt64(event.side) &+ (UInt64(event.flags) ^ UInt64(event.code))
        return (first &+ second) ^ (third &- fourth)
    }

    // MARK: Into the books

    private static func decodeIntoBooks(_ flow: borrowing ItchFlow, runs: Int) -> Double {
        let clock = Clock.calibrated()
        var figures: [Double] = []
        var effects: Set<UInt64> = []
        // As many as lie in a packet of a busy moment.
        var block = FixedArray(count: 32, repeating: MarketEvent(), for: "events")
        for _ in 0..<runs {
            var books = BookTable(
                instrumentCountMax: flow.settings.instrumentCount + 1,
                // Room for a day with the most orders, not for this stretch.
                orderCountMax: 2_000_000, levelCountMax: 1_000_000)
            let bytes = unsafe UnsafeRawBufferPointer(flow.bytes)
            unsafe _ = hotBooks(bytes, 0..<flow.fillByteCount, &books, &block)
            let start = clock.nowNs()
            let (messages, effect) = unsafe hotBooks(
                bytes, flow.fillByteCount..<flow.byteCount, &books, &block)
            figures.append(Double(messages) / (Double(clock.nowNs() - start) * 1e-9))
            effects.insert(effect)
            precondition(
                messages == flow.settings.messageCount && books.orderCount == flow.liveCount
                    && books.counters.broken == 0, "Invariant: the books hold what the flow left alive")
        }
        precondition(effects.count == 1, "Invariant: the same messages have the same effects")
        return median(figures)
    }

    /// Decodes the messages of `part` and applies them, a block at a time: what comes later in a block is on its way to
    /// the cache while what comes first is applied.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(never)
    private static func hotBooks(
        _ bytes: UnsafeRawBufferPointer, _ part: Range<Int>, _ books: inout BookTable,
        _ block: inout FixedArray<MarketEvent>
    ) -> (messages: Int, effects: UInt64) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var offset = part.lowerBound
        var messages = 0
        var effects: UInt64 = 0
        while offset < part.upperBound {
            var decoded = 0
            while decoded < block.count, offset < part.upperBound {
                // SAFETY: the flow holds whole messages, each behind its length.
                let count = unsafe Int(
                    UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
                let result = unsafe ItchDecoder.decode(base + offset + 2, count: count, into: &block[decoded])
                guard result == .ok else { return (messages, effects) }
                books.prefetch(block[decoded])
                decoded += 1
                offset += 2 + count
            }
            books.prepare(block, count: decoded)
            for place in 0..<decoded {
                effects = effects &* 31 &+ UInt64(books.apply(&block[place]).rawValue)
            }
            messages += decoded
        }
        return (messages, effects)
    }
}
