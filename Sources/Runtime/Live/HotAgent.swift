internal import Core
internal import Memory
internal import Plumbing
internal import Settings

/// What the hot thread does around its turns: start, idle policy, stop, and the figures for the others.
///
/// The turns themselves are a function that the program hands in: there the types of the strategies are known, and
/// the compiler proves what must hold of the hot path.
struct HotAgent<Strategies: StrategySet & ~Copyable & Sendable>: ~Copyable, Sendable {
    typealias HotEngine = LiveEngine<Strategies>

    var engine: HotEngine
    let turns: @Sendable (inout HotEngine, Int) -> Int
    let progress: EngineProgress
    let threads: ThreadSettings
    let waiting: WaitPolicy
    let epoch: UInt32
    /// Packets before the figures of the thread count.
    let warmUpPackets: UInt64
    /// How long a stop waits for the venue's answers.
    let stopNsMax: UInt64 = 2_000_000_000

    /// Turns between two looks at what is not the engine's: about 50 µs when nothing comes in.
    static var turnsAtOnce: Int { 128 }

    private(set) var warnings: [String] = []
    private(set) var cost = HotCost()
    private var shown = ShownTurns()
    private var yieldCount: UInt64 = 0

    init(
        engine: consuming HotEngine, turns: @escaping @Sendable (inout HotEngine, Int) -> Int,
        progress: EngineProgress,
        threads: ThreadSettings, waiting: WaitPolicy, epoch: UInt32, warmUpPackets: UInt64
    ) {
        self.engine = engine
        self.turns = turns
        self.progress = progress
        self.threads = threads
        self.waiting = waiting
        self.epoch = epoch
        self.warmUpPackets = warmUpPackets
    }

    /// From the first input to the last.
    mutating func run() {
        arrange()
        let clock = engine.io.clock
        engine.start(epoch: epoch, utcAtZeroNs: UInt64(bitPattern: clock.utcOffsetNs()), nowNs: clock.nowNs())
        var before: ThreadCounters?
        var callsBefore: UInt64 = 0
        var yieldsBefore: UInt64 = 0
        var stopBy: UInt64 = .max
        var quietTurns = 0
        loop: while true {
            // After a sleep one turn tells whether there is something to do, and who yields asks after each.
            let isOne = waiting == .yield ? quietTurns > 0 : quietTurns > 8
            let work = turns(&engine, isOne ? 1 : Self.turnsAtOnce)
            publish(nowNs: clock.nowNs())
            if before == nil, engine.counters.packets >= warmUpPackets {
                cost.warmUpPackets = engine.counters.packets
                before = ThreadCounters.current()
                callsBefore = engine.io.systemCallCount
                yieldsBefore = yieldCount
            }
            switch engine.state {
            case .halted, .halting, .stopped: break loop
            case .running:
                if progress.journalHasFailed { break loop }
                if progress.stopAsked || engine.isOver {
                    let nowNs = clock.nowNs()
                    engine.beginStop(nowNs: nowNs)
                    stopBy = nowNs &+ stopNsMax
                }
            case .stopping:
                let nowNs = clock.nowNs()
                if progress.journalHasFailed { break loop }
                if engine.core.openOrderCount == 0 || nowNs >= stopBy || engine.isOver { break loop }
            }
            quietTurns = work == 0 ? quietTurns + 1 : 0
            switch waiting {
            case .spin: quietTurns = 0
            case .yield: if work == 0 { yield() }
            case .idle:
                // A timer or heartbeat may fall due: a millisecond is the most that one waits.
                if quietTurns > 8 { engine.io.waitForTraffic(timeoutNs: 1_000_000) }
            }
        }
        if engine.state == .halted || progress.journalHasFailed { halt(clock) }
        if let before {
            let after = ThreadCounters.current()
            cost.pageFaults = after.pageFaults - before.pageFaults
            if let now = after.allocatedBytes, let then = before.allocatedBytes {
                cost.allocatedBytes = now - then
            }
            cost.networkCalls = engine.io.systemCallCount - callsBefore
            cost.yields = yieldCount - yieldsBefore
        }
        engine.finishStop(nowNs: clock.nowNs())
        publish(nowNs: clock.nowNs(), all: true)
    }

    /// Cancels go first: what works is asked back, and the answers are waited for as at a stop.
    private mutating func halt(_ clock: Clock) {
        let nowNs = clock.nowNs()
        engine.beginHalt(nowNs: nowNs)
        while !engine.isHaltOver, clock.nowNs() < nowNs &+ stopNsMax {
            let work = engine.haltTurn(nowNs: clock.nowNs())
            publish(nowNs: clock.nowNs())
            guard work == 0 else { continue }
            switch waiting {
            case .spin: break
            case .yield: yield()
            case .idle: engine.io.waitForTraffic(timeoutNs: 1_000_000)
            }
        }
        engine.finishHalt()
    }

    private mutating func yield() {
        yieldCount &+= 1
        Threads.yield()
    }

    private mutating func arrange() {
        if threads.hotCore >= 0 { note(Threads.pin(core: threads.hotCore)) }
        if threads.priority > 0, waiting != .yield { note(Threads.setRealtime(priority: threads.priority)) }
    }

    private mutating func note(_ report: ThreadReport) {
        if !report.isGranted { warnings.append(report.description) }
    }

    /// Shows where the engine is: that it lives with every batch of turns, its counters ten times a second.
    private mutating func publish(nowNs: UInt64, all: Bool = false) {
        progress.set(.heartbeatNs, nowNs)
        engine.endTurns(nowNs: nowNs)
        guard shown.isDue(nowNs: nowNs, state: engine.state) || all else { return }
        shown.take(turnNsMax: UInt64(engine.turnNsMax), nowNs: nowNs)
        engine.turnNsMax = 0
        progress.set(.turnNsMax, shown.turnNsMax)
        progress.set(.turnNsMaxLately, shown.turnNsMaxLately)
        let counters = engine.counters
        progress.set(.inputs, engine.sequencer.lastSequence)
        progress.set(.packets, counters.packets)
        progress.set(.messages, counters.messages)
        progress.set(.orders, counters.orders)
        progress.set(.fills, engine.factCount(.orderFilled))
        progress.set(.cancels, counters.cancels)
        progress.set(.rejects, engine.factCount(.riskRejected) + engine.factCount(.orderRejected))
        progress.set(.feedGaps, counters.feedGaps)
        progress.set(.turns, counters.turns)
        progress.set(.journalPermille, UInt64(engine.journal.fillPermille))
        progress.set(.openOrders, UInt64(engine.core.openOrderCount))
        progress.set(.ordersInDoubt, UInt64(engine.core.inDoubtCount))
        var up: UInt64 = 0
        var phases: UInt64 = 0
        for index in 0..<engine.sessions.count {
            let phase = engine.sessions[index].phase
            if phase == .up { up += 1 }
            // Eight have room in the word; a ninth counts, and is not shown by itself.
            if index < 8 { phases |= UInt64(phase.rawValue) << UInt64(8 * index) }
        }
        progress.set(.sessionsUp, up)
        progress.set(.sessionCount, UInt64(engine.sessions.count))
        progress.set(.sessionPhases, phases)
        if engine.io.isPipelined {
            progress.set(.topology, 1)
            progress.set(.orderRingPermille, UInt64(engine.io.rings.fillPermille))
        }
        // Last: whoever waits for the end finds the figures of the end.
        progress.set(.state, UInt64(engine.state.rawValue))
    }
}

/// What the hot thread cost after its warm-up.
struct HotCost: Sendable {
    var warmUpPackets: UInt64 = 0
    /// `nil`: not counted, or the run ended before the warm-up did.
    var allocatedBytes: Int64?
    var pageFaults: Int64 = 0
    var networkCalls: UInt64 = 0
    var yields: UInt64 = 0
}
