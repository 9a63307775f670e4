public import Model

extension TradingCore {
    /// Applies an input that is no market packet.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyInput(_ input: inout Input) -> InputEffect {
        // Every message of a session's sequenced stream is an input of one of these kinds.
        if input.kind >= InputKind.orderAccepted.rawValue, input.kind <= InputKind.orderExpired.rawValue {
            hear(input)
        }
        let effect = take(&input)
        // What the step has changed is carried out before any strategy is called.
        if unlikely(states.hasPending) { react() }
        return effect
    }

    private mutating func take(_ input: inout Input) -> InputEffect {
        switch input.inputKind {
        case .marketPacket: preconditionFailure("Caller: a packet's messages go to applyMarket")
        case .start: return start(input)
        case .stop:
            recordAccount(.stop)
            // What a replay of the run must come to.
            recordDigest()
            return .stop
        case .clockOffset:
            utcOffsetNs = input.execution_id
            setDayEnd()
            lookAtCalendars()
            return .none
        case .feedAlive:
            hearStream(input.source)
            return .none
        case .feedGap:
            hearStream(input.source)
            books.markStale(stream: input.source)
            recordStream(input, .stale)
            alert(.feedGap, price: Int64(bitPattern: input.execution_id), quantity: input.quantity)
            return .none
        case .feedWhole:
            hearStream(input.source)
            books.markWhole(stream: input.source)
            recordStream(input, .whole)
            releaseWaiting()
            return .none
        case .feedEnded:
            // No more will come: what stands in the books is yesterday's.
            endStream(input.source)
            books.markStale(stream: input.source)
            recordStream(input, .stale)
            return .none
        case .feedRestarted:
            hearStream(input.source)
            books.reset(stream: input.source)
            forgetQuotes(of: input.source)
            recordStream(input, .whole)
            releaseWaiting()
            return .none
        case .sessionUp: return sessionUp(input)
        case .sessionDown: return sessionDown(input)
        case .submitted: return submitted(input)
        case .sendFailed: return sendFailed(input)
        case .orderAccepted: return accepted(input)
        case .execution: return executed(input)
        case .orderCancelled: return cancelled(input)
        case .orderExpired: return expired(input)
        case .orderRejected: return rejected(input)
        case .cancelRefused: return cancelRefused(input)
        case .executionBroken: return broken(input)
        case .executionCorrected: return corrected(input)
        case .orderReplaced: return replaced(input)
        case .venueNotice: return .none
        case .timer: return timer(input)
        case .operatorCommand: return operate(input)
        case .reconcileBegin: return reconcileBegin(input)
        case .reconcileOrder, .reconcileExecution, .reconcilePosition: return reconcilePart(input)
        case .reconcileCommit: return reconcileCommit(input)
        case .reconcileFailed: return reconcileFailed(input)
        case .restoreOrder: return restoreOrder(input)
        case .restoreTerms: return restoreTerms(input)
        case .restorePosition: return restorePosition(input)
        case .restoreCommit: return restoreCommit(input)
        case .restoreTie: return restoreTie(input)
        case .restoreState: return restoreState(input)
        case .restoreOrigin:
            restoringState = input
            return .none
        case .restoreDayTrades: return restoreDayTrades(input)
        case .restorePeak: return restorePeak(input)
        case .restoreBook: return restoreBook(input)
        case .limitsBegin: return limitsBegin(input)
        case .limitsPart: return limitsPart(input)
        case .limitsCommit: return limitsCommit(input)
        case .strategyOverran:
            alert(
                .strategyOverran, price: Int64(bitPattern: input.execution_id), quantity: input.quantity)
            return .none
        case .engineHeld: return held(input)
        case .journalPressure:
            setBit(StateBits.journalPressed, input.flags != 0)
            if input.flags & 2 != 0 {
                alert(.journalFailed)
                stopTrading(.journalFailed)
            } else if input.flags != 0 {
                alert(.journalPressure)
            }
            return .none
        }
    }

    /// What was triggered while the books were not whole goes.
    @inline(never)
    private mutating func releaseWaiting() { for session in 0..<sessions.count { sweep(session) } }

    /// Counts a message of a venue's stream, and notes how far it had come when it told of an order.
    private mutating func hear(_ input: Input) {
        guard input.source < sessions.count else { return }
        if let slot = orderSlot(input.source, input.user_ref) {
            lastHeard[slot] = sessions[Int(input.source)].nextMessage
        }
        sessions[Int(input.source)].nextMessage += 1
        if unlikely(!sessions[Int(input.source)].isUp), Self.movesMoney(input.kind) {
            beginCatchingUp(Int(input.source))
        }
    }

    private static func movesMoney(_ kind: UInt8) -> Bool {
        kind == InputKind.execution.rawValue || kind == InputKind.executionBroken.rawValue
            || kind == InputKind.executionCorrected.rawValue
    }

    private mutating func start(_ input: Input) -> InputEffect {
        epoch = input.user_ref
        utcOffsetNs = input.execution_id
        // Fixed for the run: a day that turned over midnight would book an execution twice when it is replayed.
        profitDay = venueDay
        tradingDay = UInt16(truncatingIfNeeded: profitDay)
        setDayEnd()
        beginFirstDay()
        recordAccount(.start)
        startReconciling()
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

    /// The watchdog has ended the sessions, and what works is asked back when they are up again. A strategy that did not
    /// come back once is not called again, nor are those beside it: which of them it was nobody has seen.
    private mutating func held(_ input: Input) -> InputEffect {
        alert(.engineHeld, price: Int64(bitPattern: input.execution_id), quantity: input.quantity)
        context.switchOff()
        stopTrading(.engineHeld)
        return .none
    }
}
