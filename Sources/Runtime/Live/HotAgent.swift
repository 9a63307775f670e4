internal import Core
internal import Memory
internal import Model
internal import Plumbing
internal import Settings

/// What the hot thread does around its turns: start, idle policy, stop, and the figures for the others.
///
/// The turns themselves are a function that the program hands in: there the types of the strategies are known, and
/// the compiler proves what must hold of the hot path.
struct HotAgent<Strategies: StrategySet & ~Copyable & Sendable>: ~Copyable, Sendable {
    typealias HotEngine = LiveEngine<Strategies>

    var engine: HotEngine
    /// What earlier runs left, for the core's first inputs.
    let restored: [Input]
    let turns: @Sendable (inout HotEngine, Int) -> Int
    let progress: EngineProgress
    let threads: ThreadSettings
    let waiting: WaitPolicy
    let epoch: UInt32
    /// Packets before the figures of the thread count.
    let warmUpPackets: UInt64
    /// What every byte to a venue passes.
    let gate: EgressGate
    /// Who shuts it when this thread does not come by; set before the run.
    var watchdog: Watchdog?
    /// How long a stop waits for the venue's answers.
    let stopNsMax: UInt64 = 2_000_000_000
    /// The same after a hold, which begins with new log-ons.
    let holdNsMax: UInt64 = 10_000_000_000

    /// Turns between two looks at what is not the engine's: about 50 µs when nothing comes in.
    static var turnsAtOnce: Int { 128 }
    /// So many of them without work, and an idle thread sleeps.
    static var quietBatchesMax: Int { 8 }

    private(set) var warnings: [String] = []
    private(set) var cost = HotCost()
    /// For how long it was away when the watchdog held it; `nil`: that never happened.
    private(set) var heldNs: UInt64?
    private var shown = ShownTurns()
    private var yieldCount: UInt64 = 0

    init(
        engine: consuming HotEngine, restored: [Input],
        turns: @escaping @Sendable (inout HotEngine, Int) -> Int,
        progress: EngineProgress,
        threads: ThreadSettings, waiting: WaitPolicy, gate: EgressGate, epoch: UInt32, warmUpPackets: UInt64
    ) {
        self.engine = engine
        self.restored = restored
        self.turns = turns
        self.progress = progress
        self.threads = threads
        self.waiting = waiting
        self.gate = gate
        self.epoch = epoch
        self.warmUpPackets = warmUpPackets
    }

    /// From the first input to the last.
    mutating func run() {
        arrange()
        watchdog?.watchCallingThread()
        let clock = engine.io.clock
        engine.start(epoch: epoch, utcAtZeroNs: UInt64(bitPattern: clock.utcOffsetNs()), nowNs: clock.nowNs())
        for input in restored { engine.restore(input, nowNs: clock.nowNs()) }
        var before: ThreadCounters?
        var callsBefore: UInt64 = 0
        var yieldsBefore: UInt64 = 0
        var stopBy: UInt64 = .max
        var quietTurns = 0
        loop: while true {
            // After a sleep four turns tell whether there is something to do: a silent session is looked at in one of them;
            // and who yields asks after each.
            let work = turns(&engine, turnsNext(quietTurns))
            if gate.isShut {
                // Too late: whoever waited has written the report and is about to end the process.
                if progress.isAbandoned { return }
                comeBack(clock)
                break loop
            }
            publish(nowNs: clock.nowNs())
            if before == nil, engine.counters.packets >= warmUpPackets {
                cost.warmUpPackets = engine.counters.packets
                restrictCalls()
                before = ThreadCounters.current()
                callsBefore = engine.io.systemCallCount
                yieldsBefore = yieldCount
                Threads.countOtherCalls(true)
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
                if quietTurns > Self.quietBatchesMax { sleep(clock) }
            }
        }
        if engine.state == .halted || heldNs == nil && progress.journalHasFailed { halt(clock) }
        if let before {
            Threads.countOtherCalls(false)
            let after = ThreadCounters.current()
            cost.pageFaults = after.pageFaults - before.pageFaults
            if let now = after.allocatedBytes, let then = before.allocatedBytes {
                cost.allocatedBytes = now - then
            }
            cost.networkCalls = engine.io.systemCallCount - callsBefore
            cost.yields = yieldCount - yieldsBefore
            if cost.isRestricted, threads.seccomp == .count { takeOtherCalls() }
        }
        engine.finishStop(nowNs: clock.nowNs())
        publish(nowNs: clock.nowNs(), all: true)
    }

    /// The watchdog has ended the sessions because this thread did not come by: the core hears of it, and then, by log-ons
    /// anew, what became of the orders; what works is asked back.
    private mutating func comeBack(_ clock: Clock) {
        // Nobody but the watchdog shuts the gate, and it says so right after.
        while watchdog?.hold == nil { Clock.sleep(ns: 100_000) }
        let hold = watchdog?.hold
        heldNs = hold?.awayNs ?? 0
        guard engine.state != .halted else { return }
        engine.beginHold(
            awayNs: hold?.awayNs ?? 0, connectionCount: hold?.connections ?? 0, nowNs: clock.nowNs())
        publish(nowNs: clock.nowNs())
        gate.open()
        waitForAnswers(clock, nsMax: holdNsMax)
    }

    /// Cancels go first: what works is asked back, and the answers are waited for as at a stop.
    private mutating func halt(_ clock: Clock) {
        engine.beginHalt(nowNs: clock.nowNs())
        waitForAnswers(clock, nsMax: stopNsMax)
        engine.finishHalt()
    }

    private mutating func waitForAnswers(_ clock: Clock, nsMax: UInt64) {
        let nowNs = clock.nowNs()
        while !engine.isHaltOver, clock.nowNs() < nowNs &+ nsMax {
            // Held once more: nothing gets out that could be answered.
            if gate.isShut || progress.isAbandoned { break }
            let work = engine.haltTurn(nowNs: clock.nowNs())
            publish(nowNs: clock.nowNs())
            guard work == 0 else { continue }
            switch waiting {
            case .spin: break
            case .yield: yield()
            case .idle: sleep(clock)
            }
        }
    }

    private func turnsNext(_ quietTurns: Int) -> Int {
        switch waiting {
        case .spin: Self.turnsAtOnce
        case .yield: quietTurns > 0 ? 1 : Self.turnsAtOnce
        case .idle: quietTurns > Self.quietBatchesMax ? 4 : Self.turnsAtOnce
        }
    }

    private mutating func yield() {
        yieldCount &+= 1
        Threads.yield()
    }

    /// Until something comes or falls due.
    private mutating func sleep(_ clock: Clock) {
        let idleNs = engine.idleNs(nowNs: clock.nowNs())
        if idleNs > 0 { engine.io.waitForTraffic(timeoutNs: idleNs) }
    }

    private mutating func arrange() {
        if threads.hotCore >= 0 { note(Threads.pin(core: threads.hotCore)) }
        if threads.priority > 0, waiting != .yield { note(Threads.setRealtime(priority: threads.priority)) }
    }

    /// Whatever a strategy, a library or we ourselves do beside the network shows from here on.
    private mutating func restrictCalls() {
        let others: OtherCalls
        switch threads.seccomp {
        case .off: return
        case .count: others = .counted
        case .kill: others = .fatal
        }
        let report = Threads.restrictCalls(
            to: engine.io.isPipelined ? nil : engine.io.network.backend, others: others)
        cost.isRestricted = report.isGranted
        note(report)
    }

    private mutating func takeOtherCalls() {
        let calls = Threads.otherCalls
        cost.otherCalls = calls
        guard !calls.isEmpty else { return }
        let names = calls.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        warnings.append(
            "the hot thread made system calls that are not the network's: \(names.joined(separator: ", ")); look in "
                + "the strategies' callbacks, and for a clock that is no memory (`spinetail doctor`)")
    }

    private mutating func note(_ report: ThreadReport) {
        if !report.isGranted { warnings.append(report.description) }
    }

    /// Shows where the engine is: that it lives with every batch of turns, its counters ten times a second.
    private mutating func publish(nowNs: UInt64, all: Bool = false) {
        progress.set(.heartbeatNs, nowNs)
        gate.view.beat(nowNs: nowNs)
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
        progress.set(.strategyOverruns, engine.budget.overruns)
        progress.set(.strategyOverrunNsMax, UInt64(engine.budget.longestNs))
        progress.set(.journalPermille, UInt64(engine.journal.fillPermille))
        progress.set(.openOrders, UInt64(engine.core.openOrderCount))
        progress.set(.ordersInDoubt, UInt64(engine.core.inDoubtCount))
        let account = engine.core.equityFigures
        progress.set(.equity, UInt64(bitPattern: Int64(clamping: account.equity.raw)))
        progress.set(.dayProfit, UInt64(bitPattern: Int64(clamping: account.dayProfit.raw)))
        progress.set(.drawdown, UInt64(bitPattern: Int64(clamping: account.drawdown.raw)))
        progress.set(.equityPeak, UInt64(bitPattern: Int64(clamping: account.peak.raw)))
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
    /// The kernel held the thread to its list.
    var isRestricted = false
    /// Calls beside the network's, by name; `nil`: not counted.
    var otherCalls: [String: UInt64]?
}
