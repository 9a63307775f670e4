public import Model

/// Ids of the core's own timers; a strategy's lie above them. Of two that fall due together the smaller goes first.
enum CoreTimer: UInt32 {
    /// Records of ended orders are freed.
    case release = 0
    case answers = 1
    case timeouts = 2
    case doubts = 3
    /// An order's own moment.
    case order = 4
    /// A cancel finds room in its venue's rate.
    case room = 5
    /// The venues' books are compared with ours.
    case reconciliation = 6
    /// What came to nothing is tried again.
    case later = 7
    /// The venue's day is over.
    case day = 8
    /// A stream of market data may have been silent for too long.
    case staleData = 9
    /// A market opens or closes.
    case calendar = 10
    /// Time bars are over.
    case bars = 20
}

extension TradingCore {
    /// When the next of all deadlines falls due.
    mutating func updateDeadline() {
        nextDeadlineNs = min(
            min(min(timers.nextDueNs, bars.nextDueNs), min(orderTimers.nextDueNs, dayEndsNs)),
            min(
                min(answers.nextDueNs, min(timeouts.nextDueNs, doubts.nextDueNs)),
                min(streams.dueNs, calendarDueNs)))
    }

    /// The next timer that is due at or before `timeNs`, as an input to be stamped with its own due time
    /// (`execution_id`) and stepped; `nil`: none. It leaves the queue when it is applied, not when it is looked at.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func dueTimer(upTo timeNs: UInt64) -> Input? {
        let entry = firstTimer()
        guard entry.dueNs <= timeNs, entry.dueNs != .max else { return nil }
        var input = Input(kind: .timer)
        input.execution_id = entry.dueNs
        input.user_ref = entry.id
        return input
    }

    private mutating func firstTimer() -> TimerEntry {
        var first = timers.first ?? TimerEntry(dueNs: .max, id: .max)
        earlier(&first, answers.nextDueNs, .answers)
        earlier(&first, timeouts.nextDueNs, .timeouts)
        earlier(&first, doubts.nextDueNs, .doubts)
        earlier(&first, orderTimers.nextDueNs, .order)
        earlier(&first, dayEndsNs, .day)
        earlier(&first, streams.dueNs, .staleData)
        earlier(&first, calendarDueNs, .calendar)
        earlier(&first, bars.nextDueNs, .bars)
        return first
    }

    private func earlier(_ first: inout TimerEntry, _ dueNs: UInt64, _ timer: CoreTimer) {
        let entry = TimerEntry(dueNs: dueNs, id: timer.rawValue)
        if TimerEntry.precedes(entry, first) { first = entry }
    }

    mutating func timer(_ input: Input) -> InputEffect {
        let entry = firstTimer()
        precondition(
            entry.dueNs == input.execution_id, "Invariant: timers come in the order of their deadlines")
        precondition(entry.id == input.user_ref, "Invariant: timers of one deadline come in the order of ids")
        guard entry.id >> 24 == 0 else {
            timers.removeFirst()
            updateDeadline()
            context.timerRoom += 1
            calledStrategy = Int(entry.id >> 24) - 1
            timerID = entry.id & (StrategyContext.timerIDBound - 1)
            return .timer
        }
        guard let timer = CoreTimer(rawValue: entry.id) else {
            preconditionFailure("Invariant: the core sets the timers that it knows")
        }
        let effect = coreTimer(timer, entry)
        updateDeadline()
        return effect
    }

    private mutating func coreTimer(_ timer: CoreTimer, _ entry: TimerEntry) -> InputEffect {
        switch timer {
        case .release:
            timers.removeFirst()
            releaseEnded(timerDueNs: entry.dueNs)
        case .answers:
            guard let slot = answers.firstSlot else {
                preconditionFailure("Invariant: a deadline has a slot")
            }
            answers.remove(slot)
            return unanswered(slot)
        case .timeouts:
            guard let slot = timeouts.firstSlot else {
                preconditionFailure("Invariant: a deadline has a slot")
            }
            timeouts.remove(slot)
            return timedOut(slot)
        case .doubts:
            guard let slot = doubts.firstSlot else { preconditionFailure("Invariant: a deadline has a slot") }
            doubts.remove(slot)
            escalate(slot)
        case .order:
            guard let first = orderTimers.first else {
                preconditionFailure("Invariant: a deadline has a slot")
            }
            orderTimers.removeFirst()
            return wake(Int(first.id), dueNs: first.dueNs)
        case .room:
            timers.removeFirst()
            hasRoomTimer = false
            for session in 0..<sessions.count where sessions[session].hasSweep { sweep(session) }
        case .later:
            timers.removeFirst()
            hasLaterTimer = false
            for session in 0..<sessions.count
            where sessions[session].hasSweep || sessions[session].hasLaterSweep {
                sweep(session)
            }
        case .reconciliation:
            timers.removeFirst()
            reconcileOnTimer()
        case .day: rollDay()
        case .staleData: lookAtStreams()
        case .calendar: lookAtCalendars()
        case .bars: facts.waiting += bars.closeDue(nowNs: entry.dueNs)
        }
        return .none
    }

    /// Looks again, after a pause at most, for orders that found no room in the rate and cancels that came to nothing.
    mutating func setLaterTimer(_ atNs: UInt64) {
        guard !hasLaterTimer else { return }
        hasLaterTimer = true
        let dueNs = min(max(atNs, nowNs + 1), nowNs + Self.pauseNs)
        let isSet = timers.insert(TimerEntry(dueNs: dueNs, id: CoreTimer.later.rawValue))
        precondition(isSet, "Invariant: the core's own timers have room")
        updateDeadline()
    }

    /// Between a cancel that was refused or could not be sent and the next: no circle as fast as the other side answers.
    static var pauseNs: UInt64 { 100_000_000 }

    /// Looks again for cancels that found no room in the rate.
    mutating func setRoomTimer(_ atNs: UInt64) {
        guard !hasRoomTimer else { return }
        hasRoomTimer = true
        let isSet = timers.insert(TimerEntry(dueNs: max(atNs, nowNs + 1), id: CoreTimer.room.rawValue))
        precondition(isSet, "Invariant: the core's own timers have room")
        updateDeadline()
    }

    // MARK: What falls due

    /// Nobody has answered in time: from here on only evidence tells.
    private mutating func unanswered(_ slot: Int) -> InputEffect {
        let order = pool[slot]
        guard order.lifecycle == .submitted || order.request != .none, !order.lifecycle.isEnded else {
            return .none
        }
        guard order.knowledge != .disputed else {
            // Disputed it stays, and the books are asked for until they say whether it is off.
            ask(Int(order.session))
            doubts.set(slot, nowNs: nowNs)
            return .none
        }
        doubt(slot, InputKind.timer.rawValue)
        ask(Int(order.session))
        return update(slot)
    }

    /// It has rested long enough.
    private mutating func timedOut(_ slot: Int) -> InputEffect {
        let order = pool[slot]
        // Also where a cancel is on its way: should it be refused, another follows.
        guard order.lifecycle == .accepted, !order.marks.wantsCancel else { return .none }
        facts.append(
            .orderTimedOut, sequence: sequence, order: order.id, executionID: timeouts.delayNs,
            quantity: order.leaves, instrument: order.instrument, userRef: order.userRef,
            strategy: order.strategy, side: order.side)
        askCancel(slot)
        return update(slot)
    }

    /// An order that is in doubt for so long is a person's business; it goes on counting at its worst.
    private mutating func escalate(_ slot: Int) {
        let order = pool[slot]
        switch order.knowledge {
        case .known: return
        case .inDoubt: break
        case .disputed: guard !order.lifecycle.isEnded, isAsked(slot) else { return }
        }
        if !order.marks.isEscalated {
            pool[slot].marks.isEscalated = true
            alert(
                .doubtUnresolved, order: order.id, instrument: order.instrument, userRef: order.userRef,
                price: Int64(clamping: nowNs - order.sinceNs), quantity: order.leaves)
        }
        ask(Int(order.session))
        doubts.set(slot, nowNs: nowNs)
    }
}
