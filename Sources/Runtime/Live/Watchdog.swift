internal import Plumbing
internal import Synchronization

/// A thread that watches the hot one. When that does not come back from a turn in time, the egress gate is shut and the
/// connections to the venue are shut down: a venue that cancels on disconnect then cancels what works, and no venue hears
/// anything more from a thread that nobody leads.
///
///     hot thread ──pulse──▶ Watchdog ──too long──▶ gate shut ▸ connections ended ▸ told
///                               ▲                                                    │
///                               └───────────── gate open again ◀── hot thread back ──┘
///
/// The gate is the hot thread's to open: see `Engine.beginHold`.
///
/// - Threads: one of its own, not pinned, above the hot thread's priority where that has one. ``stop()`` belongs to whoever
///   made it; all else is a flag and a lock.
final class Watchdog: @unchecked Sendable {
    /// What it has seen of a thread that does not come back.
    struct Hold: Sendable {
        var awayNs: UInt64
        var connections: Int
        /// How often that has happened.
        var number: Int
    }

    /// The hot thread may be away no longer than this while there is a kill that the core has not heard of.
    static var killNsMax: UInt64 { 100_000_000 }

    private let thread: EngineThread
    private let stopFlag = SharedFlag()
    private let state: WatchState

    /// - Parameters:
    ///   - limitNs: How long the hot thread may be away; `UInt64.max`: for ever, unless a kill was said.
    ///   - priority: Real-time, of the hot thread; 0: none.
    ///   - tell: Called on the watchdog's thread when the gate has been shut.
    init(
        _ gate: EgressGate, _ progress: EngineProgress, limitNs: UInt64, priority: Int, clock: Clock,
        tell: @escaping @Sendable (Hold) -> Void
    ) throws(SetupError) {
        precondition(limitNs > 0, "Caller: a watchdog has a limit")
        let state = WatchState()
        self.state = state
        let flag = stopFlag
        let periodNs = max(1_000_000, min(50_000_000, limitNs / 8))
        thread = try EngineThread(name: "watchdog", holding: StandStill(periodNs: periodNs)) { still in
            // Refused: it is watched all the same, from below.
            if priority > 0 { _ = Threads.setRealtime(priority: min(99, priority + 1)) }
            while flag.value == 0 {
                Clock.sleep(ns: periodNs)
                let engine = EngineState(rawValue: UInt8(truncatingIfNeeded: progress[.state]))
                // What its thread does after its end concerns no venue.
                if engine == .stopped || engine == .halted { continue }
                still.look(pulse: gate.pulse, { state.mark?.look() }, nowNs: clock.nowNs())
                if gate.isShut {
                    progress.set(.awayNs, max(still.awayNs, 1))
                    state.noteAway(still.awayNs)
                    continue
                }
                if progress[.awayNs] != 0 { progress.set(.awayNs, 0) }
                let isKilled = gate.kills != gate.heardKills
                guard still.countedNs >= (isKilled ? min(limitNs, Self.killNsMax) : limitNs) else { continue }
                let connections = gate.shut()
                let hold = state.begin(awayNs: still.awayNs, connections: connections)
                progress.set(.awayNs, max(still.awayNs, 1))
                progress.set(.holds, UInt64(hold.number))
                tell(hold)
            }
        }
    }

    /// [hot thread] It is I who is watched. Before its first turn.
    func watchCallingThread() { state.mark = ThreadMark.current }

    /// The hold that goes on, or was last; `nil`: there was none.
    var hold: Hold? { state.hold }

    /// Ends it. Once.
    func stop() {
        stopFlag.value = 1
        thread.join()
    }
}

/// What the watchdog's thread shares with the others.
private final class WatchState: Sendable {
    private let shared = Mutex<(mark: ThreadMark?, hold: Watchdog.Hold?)>((nil, nil))

    var mark: ThreadMark? {
        get { shared.withLock { $0.mark } }
        set { shared.withLock { $0.mark = newValue } }
    }
    var hold: Watchdog.Hold? { shared.withLock { $0.hold } }

    func begin(awayNs: UInt64, connections: Int) -> Watchdog.Hold {
        shared.withLock { shared in
            let hold = Watchdog.Hold(
                awayNs: awayNs, connections: connections, number: (shared.hold?.number ?? 0) + 1)
            shared.hold = hold
            return hold
        }
    }

    /// It is away still.
    func noteAway(_ awayNs: UInt64) {
        shared.withLock { if $0.hold != nil { $0.hold!.awayNs = max($0.hold!.awayNs, awayNs) } }
    }
}
