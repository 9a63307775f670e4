public import Plumbing
public import Synchronization

/// Figures of the running engine that other threads may read, and in a live run other processes: each is written by one
/// thread, nearly all by the hot one, with a plain relaxed store between turns. And the one word the other way: a wish to
/// stop.
///
/// Made once for the life of the process and never freed, so that a handle to it counts no references.
@safe public struct EngineProgress: @unchecked Sendable {
    /// One figure: what it counts. The order is the layout of the shared file: a change of it is another
    /// `ST_LIVE_VERSION` (st_live.h).
    @frozen public enum Figure: Int, CaseIterable, Sendable {
        case state, inputs, packets, messages, orders, fills, rejects, cancels, feedGaps, sessionsUp,
            journalPermille
        case turns
        /// The engine's clock when the hot thread last came by.
        case heartbeatNs
        /// The longest turn of all, and that of the last second or two.
        case turnNsMax, turnNsMaxLately
        case openOrders, ordersInDoubt
        case sessionCount
        /// A byte a session, the first in the lowest: `OuchSessionPhase`.
        case sessionPhases
        /// 0: `fused`; 1: `pipelined`, where those below are set.
        case topology
        /// Of the feed and the venue thread: the longest turn of all, that of the last second or two, and how full the
        /// fullest of their rings to the hot thread is; written by those threads.
        case feedTurnNsMax, feedTurnNsMaxLately, feedRingPermille
        case venueTurnNsMax, venueTurnNsMaxLately, venueRingPermille
        /// The fullest of the rings to the venue thread.
        case orderRingPermille
        /// Turns in which the strategies took longer than their budget, and the longest of them.
        case strategyOverruns, strategyOverrunNsMax
        /// How often the watchdog found that the hot thread did not come back; for how long it has been away, while it is.
        /// Both written by the watchdog's thread.
        case holds, awayNs
        /// The account in its base currency, 10⁻⁴, the bits of an Int64.
        case equity, dayProfit, drawdown, equityPeak
        /// The kill switch: 0 off, 1 on, 2 on and the core has not heard of it yet. Written by the run's own thread.
        case kill
        /// What the account may do, TradingState. Written by the control thread.
        case accountState
    }

    @usableFromInline let figures: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let wishes: UnsafeMutablePointer<Atomic<UInt64>>

    /// - Parameter file: Where the figures are to lie; without one only this process sees them.
    public init(in file: LiveFile? = nil) {
        precondition(Figure.allCases.count <= LiveFile.figureCountMax, "Invariant: the shared file has room")
        if let file {
            // SAFETY: the file's pages are never unmapped, and the words are these figures alone.
            unsafe figures = file.figureBase.bindMemory(
                to: Atomic<UInt64>.self, capacity: Figure.allCases.count)
        } else {
            // SAFETY: initialised here, never freed; every access is atomic.
            unsafe figures = .allocate(capacity: Figure.allCases.count)
        }
        for figure in Figure.allCases { unsafe (figures + figure.rawValue).initialize(to: Atomic(0)) }
        unsafe wishes = .allocate(capacity: 3)
        for index in 0..<3 { unsafe (wishes + index).initialize(to: Atomic(0)) }
    }

    /// [the figure's thread] Relaxed: a figure may be a moment old, and none depends on another.
    @inlinable public func set(_ figure: Figure, _ value: UInt64) {
        unsafe figures[figure.rawValue].store(value, ordering: .relaxed)
    }

    /// [any thread]
    @inlinable public subscript(figure: Figure) -> UInt64 {
        unsafe figures[figure.rawValue].load(ordering: .relaxed)
    }

    /// [any thread] Asks the hot thread to stop in order.
    public func askToStop() { unsafe wishes[0].store(1, ordering: .relaxed) }

    /// [hot thread]
    @inlinable public var stopAsked: Bool { unsafe wishes[0].load(ordering: .relaxed) != 0 }

    /// [journal thread] The journal cannot be written any more: the hot thread must not decide anything new.
    public func journalFailed() { unsafe wishes[1].store(1, ordering: .relaxed) }

    /// [hot thread]
    @inlinable public var journalHasFailed: Bool { unsafe wishes[1].load(ordering: .relaxed) != 0 }

    /// [calling thread] Nobody waits for the hot thread any more.
    public func abandon() { unsafe wishes[2].store(1, ordering: .relaxed) }

    /// [hot thread]
    @inlinable public var isAbandoned: Bool { unsafe wishes[2].load(ordering: .relaxed) != 0 }
}
