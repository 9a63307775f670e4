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

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let warmUp = run.count(200_000, smoke: 2_000)
        let measured = run.count(600_000, smoke: 5_000)
        var recording = try Measured()
        let market = Market(packetCount: warmUp + measured, &recording.engine, &recording.journal)
        var subject = try Measured()
        var offset = 0
        market.logOn(&subject.engine, offset: &offset)
        // Warm-up: caches, branch predictors, and every page that the run will touch.
        unsafe market.play(&subject.engine, &subject.journal, offset: &offset, count: warmUp, hotPackets)
        subject.engine.latencies = StageLatencies()
        let ordersBefore = subject.engine.counters.orders
        let packetsBefore = subject.engine.counters.packets
        var cost = HotCosts()
        let before = ThreadCounters.current()
        unsafe market.play(
            &subject.engine, &subject.journal, from: warmUp, offset: &offset, count: measured, hotPackets)
        cost.add(before, ThreadCounters.current())
        precondition(subject.engine.counters.orders > ordersBefore, "Invariant: the strategies traded")
        precondition(
            subject.engine.counters.orders == market.orderCount,
            "Invariant: the same inputs give the same orders")
        func ns(_ histogram: borrowing LatencyHistogram, _ percentile: Double) -> Figure {
            Figure(value: Double(histogram.valueNs(atPercentile: percentile)), unit: "ns")
        }
        return [
            ("engine_ns_p50", ns(subject.engine.latencies.engine, 50), .atMost(150)),
            ("engine_ns_p99", ns(subject.engine.latencies.engine, 99), .atMost(400)),
            ("engine_ns_p999", ns(subject.engine.latencies.engine, 99.9), .atMost(1500)),
            ("signal_ns_p50", ns(subject.engine.latencies.signal, 50), nil),
            ("order_ns_p50", ns(subject.engine.latencies.order, 50), nil),
            ("hot_allocated_bytes", Figure(value: Double(cost.allocatedBytes), unit: "bytes"), .atMost(0)),
            ("hot_page_faults", Figure(value: Double(cost.pageFaults), unit: "faults"), .atMost(0)),
            (
                "orders",
                Figure(value: Double(subject.engine.counters.orders - ordersBefore), unit: "orders"), nil
            ),
            (
                "packets",
                Figure(value: Double(subject.engine.counters.packets - packetsBefore), unit: "packets"), nil
            ),
        ]
    }
}

/// One engine and what empties its journal.
struct Measured: ~Copyable {
    var engine: Engine<EngineBenchmark.Strategies, MemoryIO>
    var journal: JournalDrain

    init() throws {
        let ring = try JournalRing(path: nil, capacity: 1 << 20, runID: RunID(low: 1, high: 2), epoch: 1)
        journal = JournalDrain(ring.reader())
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 64
        configuration.limits.openOrderCountMax = 1_000
        configuration.limits.orderNotionalMax = Money(raw: 1_000_000_0000)
        configuration.limits.positionMax = Quantity(raw: 1_000_000)
        configuration.limits.grossNotionalMax = Money(raw: 1_000_000_000_0000)
        configuration.evidenceHorizonNs = 1_000_000
        var feed = FeedConfiguration(.itch50)
        feed.instrumentCountMax = 64
        engine = Engine(
            core: TradingCore(configuration.fitted(to: EngineBenchmark.Strategies.self)),
            strategies: Both(
                OrderBookImbalance(threshold: 0.3),
                EmaCross(instrumentCountMax: 64)),
            io: MemoryIO(clock: Clock.calibrated()), feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) { _ in
                OuchSession(
                    OuchSessionConfiguration(
                        username: "bench", password: "bench", heartbeatNs: 1 << 60,
                        silenceNsMax: 1 << 61, reconnectNsMin: 4, reconnectNsMax: 4), index: 0)
            },
            journal: EngineJournal(ring))
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
