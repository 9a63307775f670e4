internal import Journal
internal import Model

/// Goes over a journal's records in order, checks what they must keep among themselves, and notes what the venue can
/// be asked about.
struct JournalWalk {
    var executions: [SeededAudit.Execution] = []
    /// Match numbers of executions that were undone.
    var busts: [UInt64] = []
    var violations: [String] = []
    var tally = SeededTally()
    /// Orders by their numbers: made and sent on, proven not sent, found never received.
    var created = FlagsByNumber()
    var notSent = FlagsByNumber()
    var neverReceived = FlagsByNumber()
    /// The same by the word of a list that the venue's back office vouched for.
    var missingInList = FlagsByNumber()
    /// Orders that the venue has told of, whoever made them.
    var told = FlagsByNumber()
    /// Numbers of orders by their ids, and which order was made again as which: (the new one, the one before).
    var numbers: [OrderID: UInt32] = [:]
    var attempts: [(OrderID, OrderID)] = []

    private var positions: [UInt32: Int64] = [:]
    private var used = FlagsByNumber()
    private var lastSequence: UInt64 = 0
    private var lastTimeNs: UInt64 = 0
    /// Streams with a gap open, by number.
    private var isStale: [Bool]
    private var sawStart = false
    private var sawStop = false
    /// The engine was told that the journal takes nothing any more.
    private(set) var sawHalt = false
    private var currentKind = InputKind.start

    init(streamCount: Int) { isStale = Array(repeating: false, count: streamCount) }

    mutating func take(_ record: JournalRecord) {
        if let input = record.input {
            // SAFETY: only the length is asked for.
            take(input, packetBytes: unsafe record.payload.count, isPacket: record.type == .packet)
        } else if let fact = record.fact {
            take(fact)
        }
    }

    private mutating func take(_ input: Input, packetBytes: Int, isPacket: Bool) {
        tally.inputs += 1
        if input.sequence != lastSequence + 1 {
            violations.append("input \(input.sequence) follows \(lastSequence)")
        }
        if input.engine_time_ns < lastTimeNs {
            violations.append("core time runs backwards at \(input.sequence)")
        }
        lastSequence = input.sequence
        lastTimeNs = input.engine_time_ns
        guard let kind = InputKind(rawValue: input.kind) else {
            violations.append("input \(input.sequence) is of no kind")
            return
        }
        currentKind = kind
        if isPacket != (kind == .marketPacket) {
            violations.append("input \(input.sequence) has the wrong record")
        }
        if sawStop { violations.append("input \(input.sequence) after the stop") }
        switch kind {
        case .start: sawStart = true
        case .stop: sawStop = true
        case .marketPacket:
            tally.packets += 1
            if input.quantity != Int64(packetBytes) {
                violations.append("packet of input \(input.sequence) is cut")
            }
        case .feedGap:
            tally.gaps += 1
            isStale[Int(input.source)] = true
        case .feedWhole:
            tally.gapsMended += 1
            isStale[Int(input.source)] = false
        case .feedEnded: break
        case .journalPressure: if input.flags & 2 != 0 { sawHalt = true }
        case .feedRestarted: isStale[Int(input.source)] = false
        case .sessionUp: tally.recoveries += 1
        case .sessionDown: tally.drops += 1
        case .sendFailed:
            tally.sendsFailed += 1
            if input.flags != CommandKind.cancel.rawValue { _ = notSent.mark(input.user_ref) }
        case .orderAccepted: _ = told.mark(input.user_ref)
        case .reconcileFailed: tally.reconciliationsFailed += 1
        case .engineHeld: sawHalt = true
        case .feedAlive, .submitted, .clockOffset, .strategyOverran, .execution, .orderCancelled,
            .orderRejected,
            .cancelRefused,
            .executionBroken, .orderReplaced, .venueNotice, .timer, .operatorCommand, .executionCorrected,
            .orderExpired, .reconcileBegin, .reconcileOrder, .reconcileExecution, .reconcilePosition,
            .reconcileCommit, .restoreOrder, .restoreTerms, .restorePosition, .restoreCommit, .restoreTie,
            .restoreState, .restoreOrigin, .restoreDayTrades, .restorePeak, .restoreBook, .limitsBegin,
            .limitsPart,
            .limitsCommit:
            break
        }
        if !sawStart { violations.append("input \(input.sequence) before the start") }
    }

    private mutating func take(_ fact: Fact) {
        tally.facts += 1
        if fact.sequence != lastSequence {
            violations.append("fact of input \(fact.sequence) stands behind input \(lastSequence)")
        }
        guard let kind = FactKind(rawValue: fact.kind) else {
            violations.append("a fact of input \(fact.sequence) is of no kind")
            return
        }
        switch kind {
        case .orderPending:
            // Every instrument of a seeded session is on stream 0. What closes may go, whatever the book is like.
            if isStale[0], !isClosing(fact) {
                violations.append("order \(fact.user_ref) sent on a stale stream, input \(fact.sequence)")
            }
            if sawHalt { violations.append("order \(fact.user_ref) made by a halted engine") }
            tally.orders += 1
            use(fact)
            numbers[fact.orderID] = fact.user_ref
        case .replaceRequested: use(fact)
        case .orderRestored, .orderCreated:
            // Of an earlier start, or told by the venue.
            if fact.user_ref != 0 { _ = created.mark(fact.user_ref) }
        case .orderLinked:
            tally.links += 1
            if fact.detail == OrderLink.retryOf.rawValue {
                tally.retries += 1
                attempts.append(
                    (
                        fact.orderID,
                        OrderID(
                            high: UInt64(bitPattern: fact.price), low: UInt64(bitPattern: fact.quantity))
                    ))
            }
        case .orderHeld: tally.held += 1
        case .orderTriggered: tally.triggered += 1
        case .orderTimedOut: tally.timedOut += 1
        case .orderExpired: tally.expired += 1
        case .replaceRefused: tally.replacesRefused += 1
        case .cancelRefused: tally.cancelsRefused += 1
        case .orderReplaced: if fact.user_ref != 0 { _ = created.mark(fact.user_ref) }
        case .riskRejected: tally.riskRejects += 1
        case .positionOpened, .positionChanged, .positionClosed: positions[fact.instrument] = fact.quantity
        case .orderFilled:
            tally.fills += 1
            executions.append(
                SeededAudit.Execution(
                    matchNumber: fact.execution_id, userRef: fact.user_ref, side: fact.side,
                    instrument: fact.instrument, price: fact.price, quantity: fact.quantity))
        case .orderCancelled: tally.cancels += 1
        case .orderRejected: tally.venueRejects += 1
        case .orderInDoubt: tally.inDoubt += 1
        case .orderResolved:
            guard fact.detail == UInt32(Lifecycle.rejected.rawValue) else { return }
            if currentKind == .sessionUp {
                tally.neverReceived += 1
                _ = neverReceived.mark(fact.user_ref)
            } else if currentKind == .reconcileCommit {
                _ = missingInList.mark(fact.user_ref)
            }
        case .executionBroken:
            tally.busts += 1
            busts.append(fact.execution_id)
        case .orderDisputed: tally.disputes += 1
        case .signal, .signalDiscarded, .signalMetadata, .orderSubmitted, .orderSendFailed, .orderAccepted,
            .cancelRequested,
            .executionRepeated, .orderClosed, .illegalTransition, .bookState, .riskState, .limitChanged,
            .executionKnown, .dayTrade, .alert,
            .digest, .executionCorrected,
            .executionInferred, .inferenceReplaced, .orderDated, .orderBracket, .accountState, .currencyRate,
            .currencyState, .reconciliationAsked,
            .reconciliationDone, .reconciliationDifference, .operatorAnswered:
            break
        }
    }

    /// The order can only bring the position nearer to zero.
    private func isClosing(_ fact: Fact) -> Bool {
        let position = positions[fact.instrument] ?? 0
        return fact.side == Side.buy.rawValue ? fact.quantity <= -position : fact.quantity <= position
    }

    /// A number goes out: each once.
    private mutating func use(_ fact: Fact) {
        if !used.mark(fact.user_ref) { violations.append("order number \(fact.user_ref) used twice") }
        _ = created.mark(fact.user_ref)
    }
}
