import Core
import Feeds
import Memory
import Model
import Plumbing
import Runtime
import Simulation
import Venues

/// From a packet in memory to the order's bytes in the send buffer.
enum EngineBenchmark: Benchmark {
    static let name = "engine"
    static let what = """
        a MoldUDP64 packet of ITCH in memory → OUCH order bytes in the send buffer, for the packets that led to an \
        order: sequencing, journal record, decode, book, strategy, sizing, all risk checks, order record, facts, encode
        """
    static let why =
        "it is the time that is ours: everything else on the way belongs to wire, kernel and venue"
    static let leftOut = "the network calls, and the journal thread (its ring is emptied between packets)"

    typealias Strategies = Both<OrderBookImbalance, EmaCross>

    static func run(_ scale: Scale) throws -> [(name: String, figure: Figure, reach: Reach?)] {
        let market = Market(scale)
        let ring = try JournalRing(path: nil, capacity: 1 << 24, runID: RunID(low: 1, high: 2), epoch: 1)
        var journal = JournalDrain(ring.reader())
        var engine = makeEngine(journal: ring)
        market.connect(&engine)
        // Warm-up: caches, branch predictors, and every page that the run will touch.
        // SAFETY, here and below: a packet is read during the call only.
        for _ in 0..<scale.count(200_000, smoke: 2_000) { unsafe market.turn(&engine, &journal, hotPackets) }
        engine.latencies = StageLatencies()
        let ordersBefore = engine.counters.orders
        let packetsBefore = engine.counters.packets
        var cost = HotCosts()
        market.cost = { before, after in cost.add(before, after) }
        for _ in 0..<scale.count(2_000_000, smoke: 5_000) { unsafe market.turn(&engine, &journal, hotPackets) }
        precondition(engine.counters.orders > ordersBefore, "Invariant: the strategies traded")
        func ns(_ histogram: borrowing LatencyHistogram, _ percentile: Double) -> Figure {
            Figure(value: Double(histogram.valueNs(atPercentile: percentile)), unit: "ns")
        }
        return [
            ("engine_ns_p50", ns(engine.latencies.engine, 50), .atMost(150)),
            ("engine_ns_p99", ns(engine.latencies.engine, 99), .atMost(400)),
            ("engine_ns_p999", ns(engine.latencies.engine, 99.9), .atMost(1500)),
            ("signal_ns_p50", ns(engine.latencies.signal, 50), nil),
            ("order_ns_p50", ns(engine.latencies.order, 50), nil),
            ("encode_ns_p50", ns(engine.latencies.encode, 50), nil),
            ("hot_allocated_bytes", Figure(value: Double(cost.allocatedBytes), unit: "bytes"), .atMost(0)),
            ("hot_page_faults", Figure(value: Double(cost.pageFaults), unit: "faults"), .atMost(0)),
            ("orders", Figure(value: Double(engine.counters.orders - ordersBefore), unit: "orders"), nil),
            ("packets", Figure(value: Double(engine.counters.packets - packetsBefore), unit: "packets"), nil),
        ]
    }

    static func makeEngine(journal: consuming JournalRing) -> Engine<Strategies, MemoryIO> {
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 64
        configuration.limits.openOrderCountMax = 1_000
        configuration.limits.positionMax = Quantity(raw: 1_000_000)
        configuration.limits.grossNotionalMax = Money(raw: 1_000_000_000_0000)
        configuration.evidenceHorizonNs = 1_000_000
        var feed = FeedConfiguration(.itch50)
        feed.instrumentCountMax = 64
        return Engine(
            core: TradingCore(configuration),
            strategies: Both(OrderBookImbalance(), EmaCross(instrumentCountMax: configuration.instrumentCountMax)),
            io: MemoryIO(clock: Clock.calibrated()), feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) { _ in
                OuchSession(
                    OuchSessionConfiguration(
                        username: "bench", password: "bench", heartbeatNs: 1 << 60,
                        silenceNsMax: 1 << 61), index: 0)
            },
            journal: EngineJournal(journal))
    }
}

/// The concrete hot path, so that the compiler proves it: no lock, no allocation, no reference counting.
#if !DEBUG
@_noLocks
#endif
@inline(never)
func hotPackets(
    _ engine: inout Engine<EngineBenchmark.Strategies, MemoryIO>, _ packet: UnsafeRawBufferPointer
) {
    unsafe engine.accept(0, packet, receivedAtNs: engine.io.nowNs())
}

/// What the hot path has cost over all measured packets.
struct HotCosts {
    var allocatedBytes: Int64 = 0
    var pageFaults: Int64 = 0

    mutating func add(_ before: ThreadCounters, _ after: ThreadCounters) {
        if let now = after.allocatedBytes, let then = before.allocatedBytes { allocatedBytes += now - then }
        pageFaults += after.pageFaults - before.pageFaults
    }
}

/// The journal thread's part, done between packets.
struct JournalDrain: ~Copyable {
    private var reader: JournalRingReader

    init(_ reader: consuming JournalRingReader) { self.reader = reader }

    mutating func empty() {
        while reader.readableCount > 0 {
            reader.advance(reader.readableCount)
            reader.release(upTo: reader.position)
        }
    }
}
