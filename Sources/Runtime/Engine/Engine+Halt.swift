public import Core
public import Memory
public import Model
public import Plumbing
public import Venues

/// The end of an engine whose journal takes nothing any more. Cancels go first: what works at the venue is asked back
/// before the process ends, whether that can be written down or not.
///
///     .running ──ring full too long──▶ .halted ──beginHalt──▶ .halting ──haltTurn …──▶ finishHalt ──▶ .halted
///             └──journal failed──────────────────▲
///
/// The core hears of it by an input and decides the cancels itself. Inputs and facts are recorded as long as the ring has
/// room, and from the first that finds none on not at all.
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// Keeps what came while the ring was full: an execution must reach the position, a send result its order. Timers
    /// stay in their queue, and of the feeds nothing more is wanted.
    ///
    /// One place is enough: every loop that takes inputs from a session ends when the engine is halted.
    @inlinable mutating func hold(_ input: Input) {
        switch input.inputKind {
        case .timer, .strategyOverran, .marketPacket, .feedGap, .feedWhole, .feedEnded, .feedRestarted,
            .feedAlive,
            .journalPressure,
            .clockOffset, .reconcileBegin, .reconcileOrder, .reconcileExecution, .reconcilePosition,
            .reconcileCommit, .reconcileFailed, .restoreOrder, .restoreTerms, .restorePosition,
            .restoreCommit,
            .restoreTie, .restoreState, .restoreOrigin, .restoreDayTrades, .restorePeak, .restoreBook,
            .limitsBegin,
            .limitsPart,
            .limitsCommit:
            return
        case .start, .stop, .sessionUp, .sessionDown, .submitted, .sendFailed, .orderAccepted, .execution,
            .orderCancelled, .orderRejected, .cancelRefused, .executionBroken, .orderReplaced, .venueNotice,
            .operatorCommand, .executionCorrected, .orderExpired, .engineHeld:
            guard !isHolding else { return }
            held = input
            isHolding = true
        }
    }

    /// Refusals from `place` on go to `first`: the core has not heard of them. One that was being told is held, not here.
    @inlinable mutating func keepRefused(from place: Int, at first: Int) {
        for index in place..<refusedCount { refused[first + index - place] = refused[index] }
        refusedCount -= place - first
    }

    /// The journal takes nothing any more: no new order, and what works is asked back. Go on with ``haltTurn(nowNs:)``.
    @inlinable public mutating func beginHalt(nowNs: UInt64) {
        guard state != .stopped, state != .halting else { return }
        state = .halting
        isInsidePacket = false
        recallOrders()
        passOn()
        if isHolding {
            isHolding = false
            var input = held
            stepOnly(&input, clockNs: sequencer.lastTimeNs, receivedAtNs: 0)
        }
        tellRefused(from: 0)
        var input = Input(kind: .journalPressure)
        input.flags = 2
        step(&input, nowNs: nowNs)
        flushAll(nowNs: nowNs)
    }

    /// Orders that were decided and have no bytes yet are not sent.
    @inlinable mutating func recallOrders() {
        for index in 0..<core.commands.count {
            var command = core.commands[index]
            if command.kind == CommandKind.cancel.rawValue, sessions[Int(command.session)].encode(&command) {
                counters.cancels += 1
                continue
            }
            refused[refusedCount] = command
            refusedCount += 1
        }
        core.commands.clear()
    }

    /// Looks at the venue sessions alone: the answers to the cancels.
    @inlinable public mutating func haltTurn(nowNs: UInt64) -> Int {
        guard state == .halting else { return 0 }
        var work = 0
        if unlikely(watch.kills != heardKills) { work += hearKill(nowNs: nowNs) }
        for index in 0..<sessions.count { work += sessionTurn(index, nowNs: nowNs) }
        return work
    }

    /// Whether there is nothing more to wait for: no order is open, or nobody is there to ask.
    @inlinable public var isHaltOver: Bool { core.openOrderCount == 0 || isOver }

    /// Ends the sessions. Orders that are open still may work at the venue: the report names them.
    @inlinable public mutating func finishHalt() {
        state = .halted
        for index in 0..<sessions.count {
            sessions[index].end()
            io.close(session: index)
        }
    }
}
