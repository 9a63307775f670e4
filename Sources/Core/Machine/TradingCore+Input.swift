public import Model

extension TradingCore {
    /// Applies an input that is no market packet.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyInput(_ input: inout Input) -> InputEffect {
        switch input.inputKind {
        case .marketPacket: preconditionFailure("Caller: a packet's messages go to applyMarket")
        case .start: return start(input)
        case .stop:
            // What a replay of the run must come to.
            recordDigest()
            return .stop
        case .clockOffset:
            utcOffsetNs = input.execution_id
            return .none
        case .feedGap:
            books.markStale(stream: input.source)
            recordStream(input, .stale)
            alert(.feedGap, price: Int64(bitPattern: input.execution_id), quantity: input.quantity)
            return .none
        case .feedWhole:
            books.markWhole(stream: input.source)
            recordStream(input, .whole)
            return .none
        case .feedEnded:
            // No more will come: what stands in the books is yesterday's.
            books.markStale(stream: input.source)
            recordStream(input, .stale)
            return .none
        case .feedRestarted:
            books.reset(stream: input.source)
            forgetQuotes(of: input.source)
            recordStream(input, .whole)
            return .none
        case .sessionUp: return sessionUp(input)
        case .sessionDown: return sessionDown(input)
        case .submitted: return submitted(input)
        case .sendFailed: return sendFailed(input)
        case .orderAccepted: return accepted(input)
        case .execution: return executed(input)
        case .orderCancelled: return cancelled(input)
        case .orderRejected: return rejected(input)
        case .cancelRefused: return cancelRefused(input)
        case .executionBroken: return broken(input)
        case .orderReplaced: return replaced(input)
        case .venueNotice: return .none
        case .timer: return timer(input)
        case .operatorCommand: return operate(input)
        case .journalPressure:
            account.isJournalPressed = input.flags != 0
            if input.flags & 2 != 0 {
                alert(.journalFailed)
                stopTrading()
            } else if account.isJournalPressed {
                alert(.journalPressure)
            }
            return .none
        }
    }

    private mutating func start(_ input: Input) -> InputEffect {
        epoch = input.user_ref
        utcOffsetNs = input.execution_id
        // Fixed for the run: a day that turned over midnight would book an execution twice when it is replayed.
        let seconds = Int64((utcOffsetNs &+ nowNs) / 1_000_000_000) + tradingDayOffsetSeconds
        tradingDay = UInt16(truncatingIfNeeded: max(seconds, 0) / 86_400)
        return .start
    }

    /// The books of a stream were emptied: so are the quotes that strategies and risk look at.
    private mutating func forgetQuotes(of stream: UInt8) {
        for index in 0..<markets.count where markets[index].isDefined && instruments[index].stream == stream {
            markets[index].quote = books.look(index)
        }
    }

    /// `execution_id`: the stream's message number; `quantity`: the stream.
    private mutating func recordStream(_ input: Input, _ state: BookState) {
        facts.append(
            .bookState, sequence: sequence, executionID: input.execution_id, quantity: Int64(input.source),
            detail: UInt32(state.rawValue))
    }

    private mutating func operate(_ input: Input) -> InputEffect {
        guard let command = OperatorCommand(rawValue: input.flags) else {
            // From outside: refused, not a trap.
            facts.append(.illegalTransition, sequence: sequence, detail: UInt32(input.kind))
            alert(.illegalTransition)
            return .none
        }
        switch command {
        case .stopTrading: stopTrading()
        }
        return .none
    }

    /// No new orders from here on; what works is asked back.
    private mutating func stopTrading() {
        account.isStopped = true
        facts.append(.riskState, sequence: sequence, detail: TradingState.stopped.rawValue)
        for session in 0..<sessions.count { sweep(session) }
    }

    // MARK: Timers

    /// The next timer that is due at or before `timeNs`, as an input to be stamped with its own due time
    /// (`execution_id`) and stepped; `nil`: none. It leaves the queue when it is applied, not when it is looked at.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func dueTimer(upTo timeNs: UInt64) -> Input? {
        guard let entry = timers.first, entry.dueNs <= timeNs else { return nil }
        var input = Input(kind: .timer)
        input.execution_id = entry.dueNs
        input.user_ref = entry.id
        return input
    }

    private mutating func timer(_ input: Input) -> InputEffect {
        guard let entry = timers.first else { preconditionFailure("Invariant: a timer input has a timer") }
        precondition(
            entry.dueNs == input.execution_id, "Invariant: timers come in the order of their deadlines")
        precondition(entry.id == input.user_ref, "Invariant: timers of one deadline come in the order of ids")
        timers.removeFirst()
        nextDeadlineNs = timers.nextDueNs
        guard entry.id >> 24 != 0 else {
            releaseEnded(timerDueNs: entry.dueNs)
            return .none
        }
        context.timerRoom += 1
        calledStrategy = Int(entry.id >> 24) - 1
        timerID = entry.id & (StrategyContext.timerIDBound - 1)
        return .timer
    }
}
