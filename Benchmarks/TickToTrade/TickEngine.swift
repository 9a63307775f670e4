import Core
import Feeds
import Journal
import Memory
import Model
import Plumbing
import Runtime
import Synchronization
import Venues

/// What the thread on the engine's core is to do.
enum TickTask: UInt64 {
    case rest = 0
    case run = 1
    case end = 2
    /// Run, and count from here on what the thread costs.
    case measure = 3
    /// Run, and have the kernel count the thread's system calls that are not the network's: for ever, so that it comes
    /// behind all that is timed.
    case count = 4

    /// What a feed or venue thread does meanwhile.
    static func loop(_ task: SharedFlag.View, yields: Bool, _ run: (Int) -> Int) {
        while true {
            switch TickTask(rawValue: task.value) {
            case .rest: Clock.sleep(ns: 100_000)
            case .run, .measure, .count: if run(yields ? 1 : 64) == 0, yields { Threads.yield() }
            case .end, nil: return
            }
        }
    }
}

/// An engine on real sockets on its own core, for as long as the benchmark lasts. Rests while another subject has the
/// core.
final class TickEngine<Strategies: StrategySet & ~Copyable & Sendable> {
    private let thread: EngineThread
    private let task: SharedFlag
    private let answer: TickAnswer
    private let journal: JournalThread
    private let status = JournalStatus()
    /// Feed and venue thread, where it is pipelined.
    private var stages: [EngineThread] = []

    /// - Parameters:
    ///   - stageCores: the cores of feed and venue thread; `nil`: `fused`.
    ///   - yields: they share a core: who has nothing to do lets the next have it.
    ///   - turns: the concrete hot path: there the compiler proves it.
    ///   - folder: where its journal goes.
    init(
        _ backend: NetworkBackend, core: Int, streamPort: UInt16, venue: SocketAddress, clock: Clock,
        folder: String,
        strategies: consuming Strategies, stageCores: (feed: Int, venue: Int)? = nil, yields: Bool = false,
        _ turns: @escaping @Sendable (inout LiveEngine<Strategies>, Int) -> Int
    ) throws {
        var warnings: [String] = []
        let streams = [StreamSettings(listen: .loopback(streamPort))]
        let sessions = [SessionSettings(venue: venue)]
        let task = SharedFlag()
        let answer = TickAnswer()
        let view = task.view
        let io: LiveIO
        if let stageCores {
            var pipeline = try Pipeline(streamCount: 1, sessionCount: 1, clock: clock)
            io = try LiveIO(pipeline.takeIO())
            let feed = FeedStage(
                io: try NetworkIO(backend, streams: streams, sessions: [], clock: clock, warnings: &warnings),
                port: pipeline.takeFeed())
            let orders = VenueStage(
                io: try NetworkIO(
                    backend, streams: [], sessions: sessions, clock: clock, warnings: &warnings),
                port: pipeline.takeVenue())
            stages.append(
                try EngineThread(name: "feed", holding: feed) { stage in
                    if let refusal = Threads.pin(core: stageCores.feed).refusal { answer.warn("\(refusal)") }
                    TickTask.loop(view, yields: yields) { stage.run(steps: $0) }
                })
            stages.append(
                try EngineThread(name: "venue", holding: orders) { stage in
                    if let refusal = Threads.pin(core: stageCores.venue).refusal { answer.warn("\(refusal)") }
                    TickTask.loop(view, yields: yields) { stage.run(steps: $0) }
                })
        } else {
            io = try LiveIO(
                try NetworkIO(
                    backend, streams: streams, sessions: sessions, clock: clock, warnings: &warnings))
        }
        let runID = RunID(low: 1, high: UInt64(streamPort))
        let ring = try JournalRing(
            path: nil, capacity: TickToTradeBenchmark.ringByteCount, runID: runID, epoch: 1)
        var journalSettings = JournalSettings(folder: folder, runID: runID, epoch: 1)
        journalSettings.segmentByteCount = 64 << 20
        journalSettings.commitNs = 10_000_000
        journal = try JournalThread(
            try JournalWriter(journalSettings, reader: ring.reader(), disk: UringDisk(), status: status),
            clock: clock)
        var configuration = CoreConfiguration()
        configuration.instrumentCountMax = 16
        configuration.evidenceHorizonNs = 1_000_000
        var feed = FeedConfiguration(.itch50)
        feed.instrumentCountMax = 16
        let engine = Engine(
            core: TradingCore(configuration), strategies: strategies, io: io,
            feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) { _ in
                OuchSession(
                    OuchSessionConfiguration(
                        username: "bench", password: "bench", heartbeatNs: 1 << 60, silenceNsMax: 1 << 61,
                        reconnectNsMin: 1_000_000, reconnectNsMax: 1_000_000), index: 0)
            },
            journal: EngineJournal(ring))
        self.task = task
        self.answer = answer
        for warning in warnings { answer.warn(warning) }
        thread = try EngineThread(name: "tick", holding: TickAgent(engine: engine, yields: yields)) { agent in
            if let refusal = Threads.pin(core: core).refusal { answer.warn("not pinned: \(refusal)") }
            agent.run(view, turns, warn: answer.warn)
            answer.take(&agent)
        }
    }

    func set(_ wish: TickTask) { task.value = wish.rawValue }

    /// Ends the thread and the journal; what it cost.
    func end() throws -> TickCost {
        set(.end)
        thread.join()
        for stage in stages { stage.join() }
        if let failure = journal.stop() { throw BenchmarkFailure("the journal: \(failure)") }
        var cost = answer.cost
        cost.journalBytes = status.writtenBytes.value
        return cost
    }
}

/// What the measured part has cost the hot thread, and its own view of the latencies.
struct TickCost: Sendable {
    var allocatedBytes: Int64 = 0
    var pageFaults: Int64 = 0
    var orders: UInt64 = 0
    var engineNsP50: UInt64 = 0
    var sendNsP50: UInt64 = 0
    var journalBytes: UInt64 = 0
    /// System calls that are not the network's, by name; `nil`: the kernel does not count them, a warning says why.
    var otherCalls: [String: UInt64]?
    var warnings: [String] = []
}

private final class TickAnswer: Sendable {
    private let content = Mutex(TickCost())

    func warn(_ text: String) { content.withLock { $0.warnings.append(text) } }

    func take<Strategies: StrategySet & ~Copyable & Sendable>(_ agent: inout TickAgent<Strategies>) {
        let (engine, send) = (agent.engineNsP50, agent.sendNsP50)
        let orders = agent.engine.counters.orders
        let (allocated, faults) = (agent.allocatedBytes, agent.pageFaults)
        let otherCalls = agent.otherCalls
        content.withLock {
            $0.otherCalls = otherCalls
            $0.engineNsP50 = engine
            $0.sendNsP50 = send
            $0.orders = orders
            $0.allocatedBytes = allocated
            $0.pageFaults = faults
        }
    }

    var cost: TickCost { content.withLock { $0 } }
}

/// What belongs to the thread.
private struct TickAgent<Strategies: StrategySet & ~Copyable & Sendable>: ~Copyable, Sendable {
    var engine: LiveEngine<Strategies>
    var allocatedBytes: Int64 = 0
    var pageFaults: Int64 = 0
    var engineNsP50: UInt64 = 0
    var sendNsP50: UInt64 = 0
    var otherCalls: [String: UInt64]?

    let yields: Bool

    init(engine: consuming LiveEngine<Strategies>, yields: Bool) {
        self.engine = engine
        self.yields = yields
    }

    /// Who yields asks after each turn.
    private mutating func turn(_ turns: (inout LiveEngine<Strategies>, Int) -> Int) {
        if turns(&engine, yields ? 1 : 64) == 0, yields { Threads.yield() }
    }

    mutating func run(
        _ task: SharedFlag.View, _ turns: (inout LiveEngine<Strategies>, Int) -> Int,
        warn: (String) -> Void
    ) {
        engine.start(epoch: 1, utcAtZeroNs: 0, nowNs: engine.io.nowNs())
        var before: ThreadCounters?
        var restriction: ThreadReport?
        while true {
            let wanted = TickTask(rawValue: task.value)
            if wanted != .count, restriction != nil { Threads.countOtherCalls(false) }
            switch wanted {
            case .rest: Clock.sleep(ns: 100_000)
            case .count:
                if restriction == nil {
                    // What was measured ends here: a call costs more under a list.
                    if let before { note(since: before) }
                    before = nil
                    let report = Threads.restrictCalls(
                        to: engine.io.isPipelined ? nil : engine.io.network.backend, others: .counted)
                    if let refusal = report.refusal { warn("system calls are not counted: \(refusal)") }
                    restriction = report
                }
                Threads.countOtherCalls(true)
                turn(turns)
            case .run: turn(turns)
            case .measure:
                if before == nil {
                    engine.latencies = StageLatencies()
                    before = ThreadCounters.current()
                }
                turn(turns)
            case .end, nil:
                if let before { note(since: before) }
                if restriction?.isGranted == true { otherCalls = Threads.otherCalls }
                return
            }
        }
    }

    private mutating func note(since before: ThreadCounters) {
        let after = ThreadCounters.current()
        engineNsP50 = engine.latencies.engine.valueNs(atPercentile: 50)
        sendNsP50 = engine.latencies.send.valueNs(atPercentile: 50)
        pageFaults = after.pageFaults - before.pageFaults
        if let now = after.allocatedBytes, let then = before.allocatedBytes { allocatedBytes = now - then }
    }
}
