internal import Plumbing
internal import Settings

/// What the feed or the venue thread does around its steps: start, idle policy, end, and the figures for others.
struct StageAgent<Stage: LiveStage & ~Copyable>: ~Copyable, Sendable {
    struct Figures: Sendable {
        let turnNsMax: EngineProgress.Figure
        let turnNsMaxLately: EngineProgress.Figure
        let ringPermille: EngineProgress.Figure

        static var feed: Figures {
            Figures(
                turnNsMax: .feedTurnNsMax, turnNsMaxLately: .feedTurnNsMaxLately,
                ringPermille: .feedRingPermille)
        }
        static var venue: Figures {
            Figures(
                turnNsMax: .venueTurnNsMax, turnNsMaxLately: .venueTurnNsMaxLately,
                ringPermille: .venueRingPermille)
        }
    }

    var stage: Stage
    let core: Int
    /// Real-time; 0: none.
    let priority: Int
    let waiting: WaitPolicy
    let figures: Figures
    let progress: EngineProgress
    private(set) var warnings: [String] = []
    private(set) var shown = ShownTurns()
    private var fillPermilleMax = 0

    /// How long an end waits for what was handed over to go.
    static var drainNsMax: UInt64 { 1_000_000_000 }
    static var stepsAtOnce: Int { 64 }
    /// A sleeper looks at the wish to end so often.
    static var sleepNsMax: UInt64 { 10_000_000 }

    init(
        stage: consuming Stage, core: Int, priority: Int, waiting: WaitPolicy, figures: Figures,
        progress: EngineProgress
    ) {
        self.stage = stage
        self.core = core
        self.priority = priority
        self.waiting = waiting
        self.figures = figures
        self.progress = progress
    }

    /// Until `stop` is set and what the hot thread has handed over has gone.
    mutating func run(_ stop: SharedFlag.View, _ clock: Clock) {
        if core >= 0 { note(Threads.pin(core: core)) }
        if priority > 0, waiting != .yield { note(Threads.setRealtime(priority: priority)) }
        if waiting == .idle { stage.prepareToWait() }
        var quietTurns = 0
        var endByNs: UInt64 = .max
        while true {
            let isOne = waiting == .yield ? quietTurns > 0 : quietTurns > 8
            let work = stage.run(steps: isOne ? 1 : Self.stepsAtOnce)
            let nowNs = clock.nowNs()
            publish(nowNs: nowNs)
            if stop.value != 0 {
                if endByNs == .max { endByNs = nowNs &+ Self.drainNsMax }
                if stage.isDrained || nowNs >= endByNs { break }
            }
            quietTurns = work == 0 ? quietTurns + 1 : 0
            switch waiting {
            case .spin: quietTurns = 0
            case .yield: if work == 0 { Threads.yield() }
            case .idle: if quietTurns > 8 { stage.waitForTraffic(timeoutNs: Self.sleepNsMax) }
            }
        }
        publish(nowNs: clock.nowNs(), all: true)
    }

    private mutating func note(_ report: ThreadReport) {
        if !report.isGranted { warnings.append(report.description) }
    }

    private mutating func publish(nowNs: UInt64, all: Bool = false) {
        fillPermilleMax = max(fillPermilleMax, stage.fillPermille)
        guard shown.isDue(nowNs: nowNs, state: .running) || all else { return }
        shown.take(turnNsMax: stage.takeTurnNsMax(), nowNs: nowNs)
        progress.set(figures.turnNsMax, shown.turnNsMax)
        progress.set(figures.turnNsMaxLately, shown.turnNsMaxLately)
        progress.set(figures.ringPermille, UInt64(fillPermilleMax))
        fillPermilleMax = 0
    }
}
