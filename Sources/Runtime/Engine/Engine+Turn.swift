public import Core
public import Memory
public import Model
public import Plumbing
public import Venues

extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// Takes `turns` turns; between them nothing is kept.
    ///
    /// - Returns: How much work was done: 0 means that nothing waited anywhere.
    @inlinable public mutating func run(turns: Int) -> Int {
        var work = 0
        for _ in 0..<turns where state != .halted { work += turn() }
        return work
    }

    /// Looks once at everything that may have something for the core, venue reports first, with a bound on each:
    /// reports of one receive, the timers that are due, one packet a stream.
    @inlinable public mutating func turn() -> Int {
        counters.turns += 1
        var work = 0
        let nowNs = io.nowNs()
        noteTurn(endedNs: nowNs)
        watch.beat(nowNs: nowNs)
        if unlikely(looksAtDropped || watch.word != EgressGate.View.openWord(kills: heardKills)) {
            work += killTurn(nowNs: nowNs)
        }
        if unlikely(budget.tellAtNs <= nowNs) { work += tellOverruns(nowNs: nowNs) }
        for index in 0..<sessions.count { work += sessionTurn(index, nowNs: nowNs) }
        if control.isOn || failedQuestionCount > 0 { work += controlTurn(nowNs: nowNs) }
        if core.nextDeadlineNs <= nowNs { work += fireTimers(upTo: nowNs) }
        for index in 0..<feeds.count { work += feedTurn(index, nowNs: nowNs) }
        // Nothing came: the next packet's way is kept short meanwhile. How full the ring is changes with what is appended,
        // and else only with what the journal thread gives back.
        if work == 0 { journal.fetchNext() }
        if work > 0 || journal.isPressing { watchJournal(nowNs: nowNs) }
        return work
    }

    /// How long a turn took is known when the next begins: it costs no further reading of the clock.
    @inlinable mutating func noteTurn(endedNs nowNs: UInt64) {
        let tookNs = Int64(bitPattern: nowNs &- turnBeganNs)
        turnBeganNs = nowNs
        if unlikely(tookNs > turnNsMax) { turnNsMax = tookNs }
        if unlikely(tookNs > budget.ns) { budget.note(tookNs: tookNs, nowNs: nowNs) }
        budget.wasCalled = false
        budget.elsewhereNs = 0
    }

    /// The core hears how often and by how much the budget was overrun since it last did.
    @inlinable mutating func tellOverruns(nowNs: UInt64) -> Int {
        var input = Input(kind: .strategyOverran)
        budget.tell(&input, nowNs: nowNs)
        step(&input, nowNs: nowNs)
        return 1
    }

    /// After a batch of turns: the last of them is over, and what comes until the next is no turn.
    public mutating func endTurns(nowNs: UInt64) {
        noteTurn(endedNs: nowNs)
        turnBeganNs = Self.noTurnNs
    }

    // MARK: Venue sessions

    @inlinable mutating func sessionTurn(_ index: Int, nowNs: UInt64) -> Int {
        var work = 0
        switch sessions[index].poll(nowNs: nowNs) {
        case .none: break
        case .connect:
            io.connect(session: index)
            work += 1
        case .close:
            io.close(session: index)
            work += dropped(index, nowNs: nowNs)
        }
        switch sessions[index].phase {
        case .down, .ended, .refused: return work
        case .connecting:
            switch io.connection(session: index) {
            case .connecting: return work
            case .open:
                sessions[index].connectionOpened(nowNs: nowNs)
                work += 1
            case .idle, .closed:
                return work + dropped(index, nowNs: nowNs)
            }
        case .loggingOn, .catchingUp, .up: break
        }
        // A look costs a system call, which the next packet would wait for: a session is looked at every fourth turn,
        // and in a few turns more once it said something, for reports come in bunches. A log-on is waited for by all.
        let isUp = sessions[index].phase == .up
        if isUp, state == .running, counters.turns &- heardAtTurn[index] > 4, counters.turns & 3 != 0 {
            flush(index, nowNs: nowNs)
            return work
        }
        let received = io.receive(session: index)
        if !received.isEmpty {
            heardAtTurn[index] = counters.turns
            // SAFETY: the bytes stand until the next receive of this session; the session copies them.
            unsafe sessions[index].receive(received.bytes, nowNs: nowNs)
            work += takeReports(index, nowNs: nowNs)
        } else if io.connection(session: index) == .closed {
            return work + dropped(index, nowNs: nowNs)
        }
        flush(index, nowNs: nowNs)
        return work
    }

    @inlinable mutating func takeReports(_ index: Int, nowNs: UInt64) -> Int {
        var work = 0
        var input = Input(kind: .venueNotice)
        while state != .halted, sessions[index].nextReport(&input, nowNs: nowNs) == .report {
            counters.reports += 1
            if input.kind == InputKind.orderAccepted.rawValue { noteAcknowledged(input, nowNs: nowNs) }
            step(&input, nowNs: nowNs)
            work += 1
        }
        return work
    }

    @inlinable mutating func noteAcknowledged(_ input: Input, nowNs: UInt64) {
        guard measures else { return }
        let place = Int(input.user_ref) & (sentAtNs.count - 1)
        if sentAtNs[place] != 0, nowNs >= sentAtNs[place] {
            latencies.acknowledged.record(nowNs - sentAtNs[place])
        }
        sentAtNs[place] = 0
    }

    /// A connection is gone: what had no byte in it was not sent, all the rest that is unanswered is in doubt.
    @inlinable mutating func dropped(_ index: Int, nowNs: UInt64) -> Int {
        sessions[index].connectionClosed(nowNs: nowNs)
        settleSends(index, nowNs: nowNs)
        guard state != .halted else { return 1 }
        // Before any deadline that is due by now: what a strategy or the core asks for then would find a session that takes
        // nothing, and a core that does not know it, and so on without an end.
        var input = Input(kind: .sessionDown)
        if sessions[index].takeDown(&input) { stepOnly(&input, clockNs: nowNs, receivedAtNs: nowNs) }
        return 1
    }

    /// Gives the connection what waits for it and tells the core what became of its commands.
    @inlinable mutating func flush(_ index: Int, nowNs: UInt64) {
        guard !sessions[index].pendingOutput().isEmpty else { return }
        _ = hand(index, nowNs: nowNs)
        settleSends(index, nowNs: nowNs)
    }

    /// The system call alone.
    @inlinable mutating func hand(_ index: Int, nowNs: UInt64) -> Int {
        // They would stand before the cancels, at a gate that does not let them through.
        if unlikely(watch.keepsOrders) { _ = sessions[index].dropOrders() }
        let waiting = sessions[index].pendingOutput()
        // SAFETY: the session is not changed before `send` has returned.
        let taken = unsafe io.send(session: index, waiting.bytes)
        sessions[index].outputTaken(taken, nowNs: nowNs)
        return taken
    }

    /// Send results are inputs like any other. A strategy may answer one with another order, whose bytes go with the
    /// next flush: of the step that is going on, or of the next turn.
    @inlinable mutating func settleSends(_ index: Int, nowNs: UInt64) {
        var input = Input(kind: .submitted)
        while state != .halted, sessions[index].nextSendResult(&input) {
            if measures { sentAtNs[Int(input.user_ref) & (sentAtNs.count - 1)] = nowNs }
            step(&input, nowNs: nowNs)
        }
    }

    // MARK: Timers

    /// Steps every deadline that has come, in the order in which they were due.
    @inlinable mutating func fireTimers(upTo nowNs: UInt64) -> Int {
        var work = 0
        // A halted engine applies no input, and a timer leaves its queue only when it is applied.
        while state != .halted, core.nextDeadlineNs <= nowNs, var input = core.dueTimer(upTo: nowNs) {
            stepOnly(&input, clockNs: input.execution_id, receivedAtNs: 0)
            work += 1
        }
        return work
    }

    // MARK: Journal

    /// Tells the core when the journal's ring passes half, and when it has room again.
    @inlinable mutating func watchJournal(nowNs: UInt64) {
        guard journal.isOn else { return }
        let fill = journal.fillPermille
        let presses = journal.isPressing ? fill >= 250 : fill >= 500
        guard presses != journal.isPressing else { return }
        journal.isPressing = presses
        var input = Input(kind: .journalPressure)
        input.flags = presses ? 1 : 0
        step(&input, nowNs: nowNs)
    }

    /// Waits for room in the ring; after ``EngineJournal/waitNsMax`` the engine halts.
    @inlinable mutating func waitForJournal() -> Bool {
        guard state != .halted else { return false }
        guard state != .halting else {
            journal.giveUp(after: sequencer.lastSequence)
            return true
        }
        counters.journalWaits += 1
        let beganNs = io.nowNs()
        let giveUpNs = beganNs &+ journal.waitNsMax
        while true {
            let nowNs = io.nowNs()
            guard nowNs < giveUpNs else { break }
            // A wait of our own, with an end: nobody need fear for this thread.
            watch.beat(nowNs: nowNs)
            guard journal.fillPermille < 900 else { continue }
            budget.elsewhereNs &+= Int64(bitPattern: nowNs &- beganNs)
            return true
        }
        state = .halted
        log.write(.engineHalted, atNs: giveUpNs)
        return false
    }
}
