import Core
import Feeds
import Foundation
import Journal
import Memory
import Model
import Plumbing
import Runtime
import Venues

/// Rests one share far below the market, sixteen orders a quote, until there are enough.
private struct Resting: Strategy {
    let countMax: Int

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        let working = context.workingCount(quote.instrument, .buy)
        guard quote.bidQuantity.raw > 0, working < countMax else { return }
        let limit = Price(raw: quote.bid.raw * 98 / 100 / 100 * 100)
        for _ in 0..<min(16, countMax - working) {
            context.signal(
                Signal(instrument: quote.instrument, action: .buy, limit: limit, quantity: Quantity(raw: 1)))
        }
    }
}

/// The hot path, where the compiler proves that it takes no lock.
#if !DEBUG
@_noLocks
#endif
private func restingTurns(_ engine: inout LiveEngine<Resting>, _ turns: Int) -> Int {
    engine.run(turns: turns)
}

enum KillBenchmark: Benchmark {
    static let name = "kill"
    static let what =
        "from a kill that was said until the cancel of the last working order was taken by the socket"
    static let why = "what works at the venue goes on trading for so long after somebody has said stop"
    static let leftOut =
        "the way from whoever says it to the gate (a signal: microseconds; the control thread: 20 ms at most), the venue"

    /// Orders that work when it is said; ten thousand is what has to be handed over within 10 ms.
    static let orderCount = 10_000

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let count = run.count(orderCount, smoke: 600)
        let result = try measure(
            orderCount: count, rounds: run.count(9, smoke: 2), core: BenchmarkSuite.coreUsual)
        for warning in result.warnings { run.say(warning) }
        return [
            (
                "kill_cancels_10k_ms", Figure(value: median(result.milliseconds), unit: "ms"),
                .atMost(10)
            ),
            ("kill_cancels_10k_ms_best", Figure(value: result.milliseconds.min() ?? .nan, unit: "ms"), nil),
            ("kill_cancels_10k_ms_max", Figure(value: result.milliseconds.max() ?? .nan, unit: "ms"), nil),
            ("kill_orders_after", Figure(value: Double(result.ordersAfter), unit: "orders"), .atMost(0)),
        ]
    }
}

/// What was measured.
public struct KillMeasurement: Sendable {
    /// Of each round.
    public var milliseconds: [Double] = []
    /// Orders that the venue was sent after a kill.
    public var ordersAfter: UInt64 = 0
    public var warnings: [String] = []
}

extension KillBenchmark {
    /// Rests orders, kills, and waits until all are confirmed cancelled; then it is lifted, and the next round begins. Over
    /// loopback sockets, with the journal written.
    static func measure(orderCount: Int, rounds: Int, core: Int) throws -> KillMeasurement {
        var result = KillMeasurement()
        let clock = Clock.calibrated()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "kill-\(UUID().uuidString)"
        ).path
        try Files.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let venue = try KillVenue()
        let ends = SharedFlag()
        let (isOver, venueCore) = (ends.view, core == 0 ? 1 : 0)
        let thread = try EngineThread(name: "venue", holding: venue) { venue in
            _ = Threads.pin(core: venueCore)
            while isOver.value == 0 { if !venue.step() { Threads.yield() } }
        }
        defer {
            ends.value = 1
            thread.join()
        }
        let port = try UdpSender(to: nil, from: .loopback(0)).localAddress.port
        let sender = try UdpSender(to: .loopback(port), from: .loopback(0))
        let gate = try EgressGate(sessionCount: 1)
        gate.setOrders(packet: OuchSession.orderPacket, letters: OuchSession.orderLetters)
        var network = try NetworkIO(
            .sockets, streams: [StreamSettings(listen: .loopback(port))],
            sessions: [SessionSettings(venue: venue.address)], clock: clock, warnings: &result.warnings)
        network.guardEgress(gate)
        let runID = RunID(low: 2, high: UInt64(port))
        let ring = try JournalRing(path: nil, capacity: 64 << 20, runID: runID, epoch: 1)
        var journalSettings = JournalSettings(folder: folder, runID: runID, epoch: 1)
        journalSettings.segmentByteCount = 64 << 20
        journalSettings.commitNs = 10_000_000
        let journal = try JournalThread(
            try JournalWriter(
                journalSettings, reader: ring.reader(), disk: UringDisk(), status: JournalStatus()),
            clock: clock)
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 16
        configuration.evidenceHorizonNs = 1_000_000
        configuration.orderTimeoutNs = 1 << 60
        configuration.orderCountMax = orderCount + 1_024
        configuration.limits.openOrderCountMax = min(orderCount, 65_535)
        configuration.limits.positionMax = Quantity(raw: Int64(orderCount))
        configuration.limits.grossNotionalMax = Money(raw: Int128(orderCount) * 200_0000)
        var feed = FeedConfiguration(.itch50)
        feed.instrumentCountMax = 16
        var engine = Engine(
            core: TradingCore(configuration), strategies: Resting(countMax: orderCount),
            io: try LiveIO(network),
            feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) { _ in
                OuchSession(
                    OuchSessionConfiguration(
                        username: "bench", password: "bench", heartbeatNs: 1 << 60, silenceNsMax: 1 << 61,
                        reconnectNsMin: 1_000_000, reconnectNsMax: 1_000_000), index: 0)
            },
            journal: EngineJournal(ring))
        engine.watch = gate.view
        engine.start(epoch: 1, utcAtZeroNs: 0, nowNs: engine.io.nowNs())
        var packets = TradePackets()
        for packet in packets.opening() { send(packet, sender) }
        for round in 0..<rounds {
            let wanted = UInt64(orderCount * (round + 1))
            try turn(&engine, "\(orderCount) orders work") {
                if $0.sessions[0].phase == .up, $0.core.openOrderCount < orderCount {
                    send(packets.next(), sender)
                }
                return venue.orders.value >= wanted && $0.core.openOrderCount == orderCount
            }
            // Everything that was sent is answered.
            _ = restingTurns(&engine, 4_096)
            let dueNs = engine.io.nowNs()
            gate.kill(by: OperatorName("bench")!)
            var spins = 0
            while engine.counters.cancels < wanted || !engine.sessions[0].pendingOutput().isEmpty,
                spins < 1_000_000
            {
                _ = restingTurns(&engine, 1)
                spins += 1
            }
            result.milliseconds.append(Double(engine.io.nowNs() - dueNs) / 1e6)
            try turn(&engine, "the venue has confirmed") {
                venue.cancels.value == wanted && $0.core.openOrderCount == 0
            }
            result.ordersAfter += venue.orders.value - wanted
            lift(&engine, gate)
        }
        engine.finishStop(nowNs: engine.io.nowNs())
        if let failure = journal.stop() { throw BenchmarkFailure("the journal: \(failure)") }
        return result
    }

    private static func send(_ packet: [UInt8], _ sender: borrowing UdpSender) {
        // SAFETY: the array stands still during the call.
        _ = unsafe packet.withUnsafeBytes { unsafe sender.send($0) }
    }

    private static func lift(_ engine: inout LiveEngine<Resting>, _ gate: EgressGate) {
        let name = OperatorName("bench")!
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.lift.rawValue
        input.execution_id = name.low
        input.venue_time_ns = name.high
        input.quantity = Int64(RiskScope.account.rawValue)
        let nowNs = engine.io.nowNs()
        engine.step(&input, nowNs: nowNs)
        _ = gate.lift(kills: gate.kills)
    }

    private static func turn(
        _ engine: inout LiveEngine<Resting>, _ what: String, until isDone: (inout LiveEngine<Resting>) -> Bool
    ) throws {
        let giveUpNs = engine.io.nowNs() + 20_000_000_000
        while !isDone(&engine) {
            if restingTurns(&engine, 4) == 0 { Threads.yield() }
            guard engine.io.nowNs() < giveUpNs else {
                throw BenchmarkFailure(
                    "waited too long until \(what): \(engine.core.openOrderCount) are open, "
                        + "\(engine.counters.cancels) cancels were asked for")
            }
        }
    }
}
