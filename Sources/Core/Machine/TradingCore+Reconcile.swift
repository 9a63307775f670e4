internal import Model

// Comparing with the venue's books. What counts as evidence, in this order: the sequenced stream; an execution with its
// id; a complete list whose moment is known; a position. What the stream has told is not undone by a list.
extension TradingCore {
    // MARK: Asking

    mutating func startReconciling() {
        guard reconciliation.isOn, reconciliation.intervalNs > 0 else { return }
        setReconciliationTimer()
    }

    private mutating func setReconciliationTimer() {
        let isSet = timers.insert(
            TimerEntry(dueNs: nowNs + reconciliation.intervalNs, id: CoreTimer.reconciliation.rawValue))
        precondition(isSet, "Invariant: the core's own timers have room")
        updateDeadline()
    }

    mutating func reconcileOnTimer() {
        setReconciliationTimer()
        for session in 0..<sessions.count where sessions[session].isUp { ask(session) }
    }

    /// Asks for the venue's books of a session; while a question is under way, once more after it.
    mutating func ask(_ session: Int) {
        guard reconciliation.isOn else { return }
        guard reconciliation.questions[session].number == 0 else {
            reconciliation.questions[session].isWantedAgain = true
            return
        }
        reconciliation.lastNumber += 1
        let number = reconciliation.lastNumber
        reconciliation.questions[session].number = number
        reconciliation.questions[session].isWantedAgain = false
        reconciliation.questions[session].askedAtNs = nowNs
        facts.append(
            .reconciliationAsked, sequence: sequence, quantity: Int64(session), userRef: number,
            detail: UInt32(ReconciliationScope.account.rawValue))
        var command = Command()
        command.sequence = sequence
        command.user_ref = number
        command.kind = CommandKind.query.rawValue
        command.session = UInt8(session)
        command.order_type = ReconciliationScope.account.rawValue
        command.instrument = .max
        commands.append(command)
    }

    /// What cannot be explained is looked up; not what the books themselves told, which would ask for ever.
    mutating func askOfDispute(_ session: UInt8) {
        guard !reconciliation.isComparing, Int(session) < sessions.count, sessions[Int(session)].isUp else {
            return
        }
        ask(Int(session))
    }

    /// The question is over, whatever came of it.
    private mutating func finish(_ session: Int) {
        let isWanted = reconciliation.questions[session].isWantedAgain
        reconciliation.questions[session].number = 0
        if Int(reconciliation.answeringSession) == session { reconciliation.answering = 0 }
        if isWanted { ask(session) }
    }

    // MARK: Answers

    @inline(never)
    mutating func reconcileBegin(_ input: Input) -> InputEffect {
        // An answer to nothing that was asked tells nothing.
        guard isAnswer(input) else { return .none }
        let other = Int(reconciliation.answeringSession)
        if reconciliation.answering != 0, other != Int(input.source) {
            // One answer at a time: what has come of the other is asked for again.
            reconciliation.questions[other].isWantedAgain = true
            finish(other)
        }
        reconciliation.begin()
        reconciliation.answering = input.user_ref
        reconciliation.answeringSession = input.source
        reconciliation.trueUpTo = input.execution_id
        return .none
    }

    @inline(never)
    mutating func reconcilePart(_ input: Input) -> InputEffect {
        if isAnswering(input) { reconciliation.append(input) }
        return .none
    }

    @inline(never)
    mutating func reconcileCommit(_ input: Input) -> InputEffect {
        guard isAnswering(input) else { return .none }
        commit(input, Int(input.source))
        finish(Int(input.source))
        return .none
    }

    @inline(never)
    mutating func reconcileFailed(_ input: Input) -> InputEffect {
        guard isAnswer(input) else { return .none }
        alert(.reconciliationFailed, price: Int64(input.source), quantity: Int64(input.flags))
        finish(Int(input.source))
        return .none
    }

    private mutating func isAnswer(_ input: Input) -> Bool {
        Int(input.source) < sessions.count && input.user_ref != 0
            && input.user_ref == reconciliation.questions[Int(input.source)].number
    }

    private mutating func isAnswering(_ input: Input) -> Bool {
        reconciliation.answering != 0 && reconciliation.answeringSession == input.source
    }

    /// Everything that was told, at once.
    private mutating func commit(_ input: Input, _ session: Int) {
        let count = reconciliation.partCount
        guard input.flags & 1 != 0, input.quantity == Int64(count), !reconciliation.isOverfull,
            // Ahead of our stream: what it knows more will come by the stream, which is the better evidence.
            reconciliation.trueUpTo <= sessions[session].nextMessage
        else {
            differ(.answerUseless, ours: Int64(sessions[session].nextMessage), theirs: Int64(count))
            // Ahead of us it is only early: the next one is awaited without a word.
            if input.flags & 1 == 0 || input.quantity != Int64(count) || reconciliation.isOverfull {
                alert(.reconciliationFailed, price: Int64(session), quantity: Int64(count))
            }
            reconciliation.questions[session].isWantedAgain = doubtCount > 0
            return
        }
        counters.reconciliations += 1
        reconciliation.isComparing = true
        let before = counters.differences
        // Executions first: they are what positions are made of, and may end what a list would only miss.
        for place in 0..<count where reconciliation.parts[place].kind == InputKind.reconcileExecution.rawValue
        {
            compareExecution(reconciliation.parts[place])
        }
        markSeen(session, count)
        for place in 0..<count where reconciliation.parts[place].kind == InputKind.reconcileOrder.rawValue {
            compareOrder(reconciliation.parts[place])
        }
        // Those that were taken over just now, too.
        markSeen(session, count)
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            compareMissing(slot, session)
        }
        comparePositions(session, count)
        reconciliation.isComparing = false
        // What stood in the way of a closing may have been told to have ended.
        for index in 0..<risks.count where risks[index].isClosing && Int(risks[index].session) == session {
            closeNow(index)
        }
        facts.append(
            .reconciliationDone, sequence: sequence, quantity: Int64(counters.differences - before),
            userRef: reconciliation.answering, detail: UInt32(ReconciliationScope.account.rawValue))
    }

    @inline(never)
    private mutating func differ(
        _ difference: ReconciliationDifference, order: OrderID = .none, instrument: UInt32 = .max,
        userRef: UInt32 = 0, executionID: UInt64 = 0, ours: Int64, theirs: Int64
    ) {
        counters.differences += 1
        facts.append(
            .reconciliationDifference, sequence: sequence, order: order, executionID: executionID,
            price: ours,
            quantity: theirs, instrument: instrument, userRef: userRef, detail: difference.rawValue)
        if difference != .answerUseless {
            alert(
                .reconciliationDifference, order: order, instrument: instrument, userRef: userRef,
                price: ours,
                quantity: theirs)
        }
    }

    // MARK: Executions

    /// An execution that the venue has booked: one that we have not is booked now, by its own key, so that its report is
    /// recognised when it comes.
    private mutating func compareExecution(_ part: Input) {
        var report = part
        report.kind = InputKind.execution.rawValue
        report.venue_time_ns = 0
        let side = executionSide(report)
        guard side != .none else { return }
        // A bust or correction may have moved it since: known is known.
        guard !isKnown(report, side) else { return }
        differ(
            .executionMissing, instrument: part.instrument, userRef: part.user_ref,
            executionID: part.execution_id, ours: 0, theirs: part.quantity)
        if part.venue_time_ns == 1, mended(report, side) { return }
        _ = executed(report)
    }

    // MARK: Orders

    /// Notes which of our orders the list has: the slot's mark is the answer's number.
    private mutating func markSeen(_ session: Int, _ count: Int) {
        for place in 0..<count where reconciliation.parts[place].kind == InputKind.reconcileOrder.rawValue {
            if let slot = orderSlot(UInt8(session), reconciliation.parts[place].user_ref) {
                lastSeen[slot] = reconciliation.answering
            }
        }
    }

    private mutating func compareOrder(_ part: Input) {
        guard let slot = orderSlot(part.source, part.user_ref) else {
            let closed = residues.find(Self.key(part.source, part.user_ref))
            // Of a closed order the list may be the older word.
            if closed != nil, sessions[Int(part.source)].closedAfter >= reconciliation.trueUpTo { return }
            differ(
                .orderUnknown, instrument: part.instrument, userRef: part.user_ref,
                executionID: part.execution_id, ours: 0, theirs: part.quantity)
            if let closed { return livesAfterClosing(closed, part) }
            var report = part
            report.kind = InputKind.orderAccepted.rawValue
            report.flags = 0
            _ = accepted(report)
            return
        }
        let order = pool[slot]
        // The stream has told of it since: the list is the older word.
        guard lastHeard[slot] < reconciliation.trueUpTo else { return }
        if order.lifecycle.isEnded {
            differ(
                .orderEnded, order: order.id, instrument: order.instrument, userRef: part.user_ref, ours: 0,
                theirs: part.quantity)
            livesAfterAll(slot, part, leaves: part.quantity, price: part.price)
            return
        }
        if versionPlace(slot, part.user_ref) != nil, order.lifecycle != .held {
            // A replacement is in force: nobody heard of it.
            var report = part
            report.kind = InputKind.orderReplaced.rawValue
            report.execution_id = UInt64(order.userRef) | part.execution_id << 32
            _ = replaced(report)
        } else if order.lifecycle == .submitted {
            // Its ack was lost, or is on its way: the venue has it, and that is what an ack says.
            var report = part
            report.kind = InputKind.orderAccepted.rawValue
            report.quantity = 0
            report.flags = 0
            _ = accepted(report)
        }
        if !pool[slot].lifecycle.isEnded, pool[slot].lifecycle != .submitted,
            pool[slot].knowledge == .inDoubt
                || pool[slot].knowledge == .disputed && pool[slot].request != .none
        {
            // It lives. Whatever was asked and not answered may be asked again; and what was to stand in its place long
            // before the question does not.
            let wasCancel = pool[slot].request == .cancelPending
            if part.user_ref == pool[slot].userRef, pool[slot].versionCount > 0,
                haveArrived(slot, before: reconciliation.questions[Int(part.source)].askedAtNs)
            {
                forgetVersions(slot)
            }
            pool[slot].request = pool[slot].versionCount > 0 ? .replacePending : .none
            answered(slot)
            if wasCancel { askCancel(slot) }
        }
        let open = pool[slot].leaves
        if part.user_ref == pool[slot].userRef, Self.isQuantity(part.quantity) {
            noteUnexplained(slot, open - part.quantity)
        }
        guard part.quantity != open, pool[slot].versionCount == 0, !pool[slot].lifecycle.isEnded else {
            return
        }
        differ(
            .leaves, order: order.id, instrument: order.instrument, userRef: part.user_ref, ours: open,
            theirs: part.quantity)
        if part.quantity > open, part.quantity < Self.quantityBound {
            needDetail(slot)
            pool[slot].leaves = part.quantity
            recount(slot)
        }
        if pool[slot].knowledge != .disputed { dispute(slot, part) }
    }

    /// Whether everything that was to stand in an order's place had come to the venue, or never will. What the session has
    /// not spoken of may still be on its way, however long nobody has answered for the order.
    private mutating func haveArrived(_ slot: Int, before askedAtNs: UInt64) -> Bool {
        for place in 0..<Int(pool[slot].versionCount) {
            let (atNs, isUnspoken) = details[slot].versions[place].submittedAtNs
                .addingReportingOverflow(reconciliation.delayNs)
            guard !isUnspoken, atNs <= askedAtNs else { return false }
        }
        return true
    }

    /// An order of ours that is open and that a complete list does not have.
    private mutating func compareMissing(_ slot: Int, _ session: Int) {
        let order = pool[slot]
        guard !order.lifecycle.isEnded, order.userRef != 0, lastSeen[slot] != reconciliation.answering,
            lastHeard[slot] < reconciliation.trueUpTo
        else { return }
        // A list counts only if it was asked for long enough after the order was sent.
        guard order.sinceNs + reconciliation.delayNs <= reconciliation.questions[session].askedAtNs else {
            return
        }
        // What nobody has told of it may be in the position alone: where that has moved since the answer was made, and so
        // is not compared, the order goes on counting until the next answer.
        if reconciliation.infers, lastTraded[Int(order.instrument)] >= reconciliation.trueUpTo { return }
        noteUnexplained(slot, order.leaves)
        switch order.lifecycle {
        case .submitted:
            guard order.knowledge == .inDoubt, let next = order.lifecycle.next(on: .neverReceived) else {
                return
            }
            end(slot, next)
            counters.ordersRejected += 1
            resolve(slot)
            // Where executions are inferred the list does not tell them: it may have executed, and is not made again.
            if !reconciliation.infers { retry(slot, order) }
        case .accepted where order.leaves == 0:
            // Filled, and only a replacement could let it go on, ours or one that an earlier run asked for and the stream
            // has not told of yet: the list is as we have it.
            guard order.knowledge == .inDoubt, let next = order.lifecycle.next(on: .lastExecution) else {
                return
            }
            end(slot, next)
            resolve(slot)
        case .accepted:
            differ(
                .orderMissing, order: order.id, instrument: order.instrument, userRef: order.userRef,
                ours: order.leaves, theirs: 0)
            // Disputed or not: what we have asked the venue to take off, and it does not have, is off; so is what only an
            // earlier list had.
            let isOff = order.request == .cancelPending && order.cancelRef == 0 || order.marks.isListed
            guard order.knowledge == .inDoubt || order.knowledge == .disputed && isOff,
                let next = order.lifecycle.next(on: .cancelled)
            else {
                // The stream says that it lives, the list that it does not.
                if order.knowledge != .disputed {
                    dispute(slot, Input(kind: .reconcileOrder, source: UInt8(session)))
                }
                return
            }
            facts.append(
                .orderCancelled, sequence: sequence, order: order.id, quantity: order.leaves,
                instrument: order.instrument, userRef: order.userRef, strategy: order.strategy,
                side: order.side)
            end(slot, next)
            resolve(slot)
        case .created, .held, .pending, .filled, .cancelled, .rejected, .expired, .closed: return
        }
    }

    private mutating func noteUnexplained(_ slot: Int, _ quantity: Int64) {
        guard reconciliation.infers else { return }
        unexplained[slot] = Unexplained(generation: pool[slot].generation, quantity: max(quantity, 0))
    }

    /// How much of an execution may be what was inferred: no more than the venue's list had less of the order than we.
    /// An order on which the list and we agreed, or that is newer, executes for the first time now.
    mutating func explained(_ slot: Int, _ quantity: Int64) -> Int64 {
        guard unexplained[slot].generation == pool[slot].generation else { return 0 }
        let taken = min(quantity, unexplained[slot].quantity)
        unexplained[slot].quantity -= taken
        return taken
    }

    // MARK: Positions

    /// The positions that the venue told, and, as its list is complete, none in whatever it did not tell.
    private mutating func comparePositions(_ session: Int, _ count: Int) {
        for place in 0..<count where reconciliation.parts[place].kind == InputKind.reconcilePosition.rawValue
        {
            let part = reconciliation.parts[place]
            let index = Int(part.instrument)
            guard index < markets.count, Int(risks[index].session) == session else { continue }
            positionsSeen[index] = reconciliation.answering
            comparePosition(index, part)
        }
        for index in 0..<markets.count
        where positionsSeen[index] != reconciliation.answering && risks[index].position != 0
            && Int(risks[index].session) == session
        {
            comparePosition(index, Input(kind: .reconcilePosition, source: UInt8(session)))
        }
    }

    private mutating func comparePosition(_ index: Int, _ part: Input) {
        let ours = risks[index].position
        guard part.quantity != ours, lastTraded[index] < reconciliation.trueUpTo else { return }
        let instrument = UInt32(truncatingIfNeeded: index)
        differ(.position, instrument: instrument, ours: ours, theirs: part.quantity)
        if reconciliation.infers, Self.isQuantity(part.quantity), Self.isBelievable(part.price) {
            infer(index, part)
        }
        restrict(instrument)
    }

    /// Books what must have executed for the venue's position to be what it is, at the price that makes its average. It
    /// is marked, and taken back when the real execution comes.
    private mutating func infer(_ index: Int, _ part: Input) {
        guard reconciliation.inferredCount < Reconciliation.inferredCountMax else { return }
        let ours = ledger[index]
        let missing = part.quantity - ours.quantity.raw
        let side: Side = missing > 0 ? .buy : .sell
        let quantity = abs(missing)
        // (Qt·At − Qc·Ac) / (Qt − Qc) where both positions lie on one side; from or through zero the target's average.
        var price = part.price
        let crosses = (ours.quantity.raw > 0) != (part.quantity > 0)
        if ours.quantity.raw != 0, part.quantity != 0, !crosses {
            let sum =
                Int128(part.quantity) * Int128(part.price)
                - Int128(ours.quantity.raw) * Int128(ours.averagePrice.raw)
            price = Int64(clamping: sum / Int128(missing))
        }
        if price <= 0 { price = part.price }
        if price <= 0 { price = max(risks[index].reference, 1) }
        guard ledger.admits(index, price: Price(raw: price), quantity: quantity) else { return }
        reconciliation.inferredTotal += 1
        var digest = Digest()
        digest.add(UInt64(part.source))
        digest.add(UInt64(index))
        digest.add(UInt64(bitPattern: part.quantity))
        digest.add(UInt64(bitPattern: part.price))
        digest.add(reconciliation.trueUpTo)
        let id = digest.value
        let change = book(
            index, .max, side, Price(raw: price), quantity, reserved: 0,
            key: Self.inferredKey(part.source, id, side))
        reconciliation.inferred[reconciliation.inferredCount] = InferredExecution(
            instrument: UInt32(truncatingIfNeeded: index), side: side, session: part.source, price: price,
            quantity: quantity, id: id)
        reconciliation.inferredCount += 1
        counters.executionsInferred += 1
        facts.append(
            .executionInferred, sequence: sequence, executionID: id, price: price, quantity: quantity,
            instrument: UInt32(truncatingIfNeeded: index), side: side)
        recordPosition(index, change, .none, .max, side)
        alert(
            .executionInferred, instrument: UInt32(truncatingIfNeeded: index), price: price,
            quantity: quantity)
    }

    /// Of no day, as it stands until the real one comes.
    private static func inferredKey(_ session: UInt8, _ id: UInt64, _ side: Side) -> ExecutionKey {
        ExecutionKey(venue: session, tradingDay: 0, executionID: id, userRef: 0, side: side, kind: .new)
    }

    /// A real execution has come: as much of what was inferred in its place goes, `quantity` at most.
    @inline(never)
    mutating func takeBackInferred(_ index: Int, _ side: Side, _ session: UInt8, _ quantity: Int64) {
        var left = quantity
        var place = 0
        while place < reconciliation.inferredCount, left > 0 {
            let entry = reconciliation.inferred[place]
            guard Int(entry.instrument) == index, entry.side == side, entry.session == session else {
                place += 1
                continue
            }
            let taken = min(left, entry.quantity)
            left -= taken
            let change = ledger.undo(
                index, side, price: Price(raw: entry.price), quantity: taken,
                key: Self.inferredKey(session, entry.id, side), market: &markets[index])
            account.move(&risks[index], index, position: -side.sign * taken)
            account.countTraded(&risks[index], price: entry.price, quantity: -taken)
            undoOwn(index, .max, side.sign * taken, Price(raw: entry.price))
            // What takes its place is booked in the same step: equity is looked at behind that.
            dayTrades.mend(index, position: risks[index].position)
            facts.append(
                .inferenceReplaced, sequence: sequence, executionID: entry.id, price: entry.price,
                quantity: taken, instrument: entry.instrument, side: side)
            recordPosition(index, change, .none, .max, side)
            if taken == entry.quantity {
                reconciliation.inferredCount -= 1
                reconciliation.inferred[place] = reconciliation.inferred[reconciliation.inferredCount]
            } else {
                reconciliation.inferred[place].quantity -= taken
                place += 1
            }
        }
        updateExposed(index)
    }
}
