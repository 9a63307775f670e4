internal import Model

// What the venue says about an order, executions apart.
extension TradingCore {
    mutating func accepted(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else {
            if input.flags & 1 == 0, adopt(input) { return .none }
            return input.flags & 3 == 3 && isHistory(input) ? .none : unknownReport(input)
        }
        let isDead = input.flags & 1 != 0
        let before = pool[slot].lifecycle
        guard let next = before.next(on: isDead ? .acceptedDead : .accepted) else {
            illegal(slot, input)
            if before == .rejected, !isDead {
                let order = pool[slot]
                livesAfterAll(
                    slot, input, leaves: max(input.quantity, order.ordered) - order.filled, price: input.price
                )
            }
            return .none
        }
        let order = pool[slot]
        facts.append(
            .orderAccepted, sequence: sequence, order: order.id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: order.instrument,
            userRef: order.userRef,
            strategy: order.strategy, side: order.side)
        pool[slot].venueOrderID = input.execution_id
        pool[slot].marks.isListed = false
        // The overtaken ack of an order that is over tells nothing but its number.
        breakers.rejectCount = 0
        if before.isEnded { return .none }
        if next.isEnded {
            recordCancelled(slot, quantity: order.leaves, reason: 0)
            end(slot, next)
        } else {
            pool[slot].lifecycle = next
            if before == .submitted { rest(slot) }
        }
        // An ack shrinks nothing; another quantity than ours is what we cannot explain. Under a replacement's number the
        // quantity is another version's.
        if input.quantity != 0, input.quantity != order.ordered, input.user_ref == order.userRef,
            before == .submitted
        {
            if input.quantity > order.ordered, Self.isQuantity(input.quantity), !next.isEnded {
                needDetail(slot)
                pool[slot].leaves += input.quantity - order.ordered
                pool[slot].ordered = input.quantity
                recount(slot)
            }
            dispute(slot, input)
        }
        answered(slot)
        return update(slot)
    }

    /// The venue has what is over here: refused, ended, or proven by the venue's own count of our numbers not to be there.
    /// What has ended stays so; what lives goes on as another order under its number, so that it counts and can be asked
    /// back.
    ///
    /// - Parameter leaves: what of it may still execute.
    @inline(never)
    mutating func livesAfterAll(_ slot: Int, _ input: Input, leaves: Int64, price: Int64) {
        dispute(slot, input)
        let order = pool[slot]
        let number = input.user_ref
        guard order.side != .none, order.instrument != .max, leaves > 0,
            orderSlot(order.session, number) == slot
        else { return }
        let isCurrent = number == order.userRef
        if isCurrent {
            pool[slot].userRef = 0
            // Whatever answers that cancel meant what has ended.
            if order.cancelRef != 0 { slots.remove(order.session, order.cancelRef) }
            pool[slot].cancelRef = 0
        } else {
            needDetail(slot)
            let count = details[slot].pastRefCount
            unretireNumber(slot, number)
            // Neither the order's nor in its past: a version's, which has a place of its own.
            guard details[slot].pastRefCount < count else { return }
            extraNumberCount -= 1
        }
        slots.remove(order.session, number)
        var report = input
        report.instrument = order.instrument
        report.side = order.side.rawValue
        report.quantity = leaves
        report.price = price > 0 ? price : order.price.raw
        report.flags = 0
        if goOn(report, order.strategy, filled: order.filled, cost: order.filledCost) { return }
        // No room: the number stays where it was.
        if isCurrent {
            pool[slot].userRef = number
            _ = slots.insert(order.session, number, UInt32(truncatingIfNeeded: slot))
        } else {
            _ = slots.insert(order.session, number, UInt32(truncatingIfNeeded: slot) | Self.versionBit)
            extraNumberCount += 1
            retireNumber(slot, number)
        }
    }

    /// The same of an order whose record is gone.
    @inline(never)
    mutating func livesAfterClosing(_ place: Int, _ input: Input) {
        let residue = residues[place]
        var report = input
        report.instrument = residue.instrument
        report.side = residue.side.rawValue
        report.flags = 0
        residues.remove(at: place)
        if goOn(report, residue.strategy, filled: residue.filled, cost: 0) { return }
        _ = residues.insert(Self.key(input.source, input.user_ref), residue)
        _ = unknownReport(input)
        restrict(residue.instrument)
    }

    /// Another order under a number that had one. What executed before counts with it, as a trade of before can still be broken
    /// under that number.
    private mutating func goOn(_ report: Input, _ strategy: UInt16, filled: Int64, cost: Int128) -> Bool {
        guard adopt(report), let taken = orderSlot(report.source, report.user_ref) else { return false }
        give(taken, to: strategy)
        pool[taken].ordered += filled
        pool[taken].filled = filled
        pool[taken].filledCost = cost
        return true
    }

    /// Takes over a living order that this run did not make: after a restart the venue repeats what the runs before it
    /// sent, and what executes is our position, whoever asked for it. No strategy of this run owns the order.
    ///
    /// One that carries our kind of client id is an earlier run's and is believed. Of any other the instrument goes to
    /// reduce-only. `false`: the report names nothing that could be counted, or there is no room.
    @inline(never)
    private mutating func adopt(_ input: Input) -> Bool {
        let index = Int(input.instrument)
        let side = input.orderSide
        guard index < markets.count, markets[index].isDefined, side != .none, input.user_ref != 0,
            input.quantity > 0, input.quantity < 1 << 40, Self.isBelievable(input.price),
            Int(input.source) < sessions.count, slots.isFree(input.source, input.user_ref),
            residues.find(Self.key(input.source, input.user_ref)) == nil,
            let handle = acquireHeard()
        else { return false }
        counters.ordersCreated += 1
        var order = OrderRecord()
        order.generation = handle.generation
        order.id = OrderID(engineTimeNs: nowNs, epoch: epoch, number: counters.ordersCreated)
        order.ordered = input.quantity
        order.leaves = input.quantity
        order.price = Price(raw: input.price)
        order.venueOrderID = input.execution_id
        order.userRef = input.user_ref
        order.instrument = input.instrument
        order.lifecycle = .accepted
        order.side = side
        order.session = input.source
        order.marks.isAdopted = true
        order.marks.isListed = reconciliation.isComparing
        let slot = Int(handle.index)
        pool[slot] = order
        _ = slots.insert(input.source, input.user_ref, handle.index)
        link(slot, index, side)
        renewReference(index, otherwise: input.price)
        moveOpen(index, order.strategy, side, input.quantity, at: input.price)
        updateExposed(index)
        facts.append(
            .orderCreated, sequence: sequence, order: order.id, price: input.price, quantity: input.quantity,
            instrument: input.instrument, userRef: input.user_ref, detail: UInt32(OrderType.limit.rawValue),
            side: side)
        facts.append(
            .orderAccepted, sequence: sequence, order: order.id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: input.instrument,
            userRef: input.user_ref, side: side)
        // Ours, from before: nothing to wonder about.
        if input.flags & 2 == 0 { dispute(slot, input) }
        noteOpening(slot)
        if isRecalled(slot) {
            pool[slot].marks.wantsCancel = true
            sweepLater(Int(input.source))
        }
        if states.liquidatingCount > 0 { states.noteMoved(index) }
        return true
    }

    mutating func cancelled(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else { return unknownReport(input) }
        if pool[slot].versionCount > 0 { noticeVersion(slot, input.user_ref) }
        let order = pool[slot]
        let quantity = input.quantity
        guard quantity > 0,
            let next = order.lifecycle.next(on: quantity < order.leaves ? .reduced : .cancelled)
        else {
            illegal(slot, input)
            return .none
        }
        recordCancelled(slot, quantity: quantity, reason: UInt32(input.flags))
        if next.isEnded {
            end(slot, next)
            // More went than we knew of: an execution or a bust is missing.
            if quantity > order.leaves { dispute(slot, input) }
        } else {
            // A decrement answers no request: a pending cancel stays pending.
            // It is gone from the order, or a change of its price alone would ask for it again.
            pool[slot].leaves -= quantity
            pool[slot].ordered -= quantity
            if order.marks.hasDetail { recount(slot) } else { release(quantity, of: order) }
            pool[slot].lifecycle = next
            if order.lifecycle == .submitted { rest(slot) }
            updateExposed(Int(order.instrument))
        }
        answered(slot)
        return update(slot)
    }

    mutating func expired(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else { return unknownReport(input) }
        if pool[slot].versionCount > 0 { noticeVersion(slot, input.user_ref) }
        let order = pool[slot]
        guard let next = order.lifecycle.next(on: .expired) else {
            illegal(slot, input)
            return .none
        }
        facts.append(
            .orderExpired, sequence: sequence, order: order.id, quantity: input.quantity,
            instrument: order.instrument, userRef: order.userRef, detail: UInt32(input.flags),
            strategy: order.strategy, side: order.side)
        if input.quantity > 0, input.quantity < order.leaves, !order.lifecycle.isEnded {
            // Less left it than was open: an execution is missing, and what it may have taken counts until it comes.
            pool[slot].leaves -= input.quantity
            if order.marks.hasDetail { recount(slot) } else { release(input.quantity, of: order) }
            pool[slot].lifecycle = .accepted
            updateExposed(Int(order.instrument))
            dispute(slot, input)
            answered(slot)
            return update(slot)
        }
        end(slot, next)
        // More than was open: something is missing.
        if input.quantity != 0, input.quantity != order.leaves { dispute(slot, input) }
        answered(slot)
        return update(slot)
    }

    private mutating func recordCancelled(_ slot: Int, quantity: Int64, reason: UInt32) {
        let order = pool[slot]
        facts.append(
            .orderCancelled, sequence: sequence, order: order.id, quantity: quantity,
            instrument: order.instrument, userRef: order.userRef, detail: reason, strategy: order.strategy,
            side: order.side)
    }

    mutating func rejected(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else {
            return isHistory(input) || refusedLate(input, .replaceRefused) ? .none : unknownReport(input)
        }
        let reason = UInt32(
            truncatingIfNeeded: input.execution_id == 0 ? UInt64(input.flags) : input.execution_id)
        if let place = versionPlace(slot, input.user_ref) {
            return replaceRefused(slot, place, input, reason: reason)
        }
        // A replacement that is over already, by its order's end or with one that it was built on: the order that it was
        // meant for is no matter of this report.
        if input.user_ref != pool[slot].userRef { return .none }
        guard let next = pool[slot].lifecycle.next(on: .rejected) else {
            illegal(slot, input)
            return .none
        }
        counters.ordersRejected += 1
        let order = pool[slot]
        facts.append(
            .orderRejected, sequence: sequence, order: order.id, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef,
            detail: reason, strategy: order.strategy, side: order.side)
        end(slot, next)
        resolve(slot)
        countReject(input)
        if input.quantity == Int64(RefusalClass.retry.rawValue) { retry(slot, order) }
        return update(slot)
    }

    mutating func cancelRefused(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else {
            return isHistory(input) || refusedLate(input, .cancelRefused) ? .none : unknownReport(input)
        }
        let isDelayed = input.flags & 1 != 0
        let order = pool[slot]
        guard order.lifecycle.next(on: isDelayed ? .cancelDelayed : .cancelRefused) != nil else {
            illegal(slot, input)
            return .none
        }
        facts.append(
            .cancelRefused, sequence: sequence, order: order.id, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef, detail: UInt32(input.flags),
            strategy: order.strategy, side: order.side)
        guard !order.lifecycle.isEnded, !isDelayed else { return .none }
        pool[slot].request = order.versionCount > 0 ? .replacePending : .none
        // Whoever still wants its end asks again.
        if order.marks.wantsCancel || isRecalled(slot) { sweepLater(Int(order.session)) }
        answered(slot)
        return update(slot)
    }

    /// A cancel or a replacement that was refused when its order was long over and closed: an ordinary answer, that came
    /// late. Of the order it says nothing.
    @inline(never)
    private mutating func refusedLate(_ input: Input, _ kind: FactKind) -> Bool {
        guard let place = residues.find(Self.key(input.source, input.user_ref)) else { return false }
        let residue = residues[place]
        facts.append(
            kind, sequence: sequence, order: residue.id, instrument: residue.instrument,
            userRef: input.user_ref, detail: UInt32(input.flags), strategy: residue.strategy,
            side: residue.side)
        return true
    }

    /// The venue repeats what it told an earlier run before this one's first order: of what was refused or never rested
    /// then, nothing is left.
    mutating func isHistory(_ input: Input) -> Bool {
        Int(input.source) < sessions.count && !sessions[Int(input.source)].hasBeenUp
    }

    /// A report on a number that names no live order: of an earlier life of ours, of a closed one, or of nobody.
    @inline(never)
    mutating func unknownReport(_ input: Input) -> InputEffect {
        counters.illegalTransitions += 1
        var order = OrderID.none
        var instrument = input.instrument
        if let place = residues.find(Self.key(input.source, input.user_ref)) {
            order = residues[place].id
            instrument = residues[place].instrument
        }
        facts.append(
            .illegalTransition, sequence: sequence, order: order, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: instrument, userRef: input.user_ref,
            detail: UInt32(Lifecycle.closed.rawValue) << 8 | UInt32(input.kind))
        alert(
            order == .none ? .unknownOrder : .illegalTransition, order: order, instrument: instrument,
            userRef: input.user_ref, price: input.price, quantity: input.quantity)
        return .none
    }

    // MARK: Knowledge

    /// A report that the table forbids: refused, recorded, alerted.
    @inline(never)
    mutating func illegal(_ slot: Int, _ input: Input) {
        counters.illegalTransitions += 1
        let order = pool[slot]
        facts.append(
            .illegalTransition, sequence: sequence, order: order.id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: order.instrument,
            userRef: order.userRef,
            detail: UInt32(order.lifecycle.rawValue) << 8 | UInt32(input.kind), strategy: order.strategy,
            side: order.side)
        alert(
            .illegalTransition, order: order.id, instrument: order.instrument, userRef: order.userRef,
            price: input.price, quantity: input.quantity)
    }

    /// The venue told what the order cannot explain: no more exposure in that instrument until somebody has looked.
    @inline(never)
    mutating func dispute(_ slot: Int, _ input: Input) {
        let order = pool[slot]
        if order.knowledge == .inDoubt {
            doubtCount -= 1
            if !isAsked(slot) { doubts.remove(slot) }
        }
        pool[slot].knowledge = .disputed
        counters.disputes += 1
        facts.append(
            .orderDisputed, sequence: sequence, order: order.id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: order.instrument,
            userRef: order.userRef,
            detail: UInt32(input.kind), strategy: order.strategy, side: order.side)
        alert(
            .disputedOrder, order: order.id, instrument: order.instrument, userRef: order.userRef,
            price: input.price, quantity: input.quantity)
        restrict(order.instrument)
        askOfDispute(order.session)
    }

    /// Turns an instrument, or where that is unknown the account, to reduce-only.
    @inline(never)
    mutating func restrict(_ instrument: UInt32) {
        if instrument == .max {
            setState(.account, 0, .disputedAccount, .reduceOnly)
        } else {
            setState(.instrument, Int(instrument), .disputedInstrument, .reduceOnly)
        }
    }

    /// Nobody has answered for it: only evidence ends this.
    mutating func doubt(_ slot: Int, _ kind: UInt8) {
        guard pool[slot].knowledge == .known else { return }
        pool[slot].knowledge = .inDoubt
        pool[slot].sinceNs = nowNs
        pool[slot].marks.isEscalated = false
        doubtCount += 1
        answers.remove(slot)
        doubts.set(slot, nowNs: nowNs)
        updateDeadline()
        let order = pool[slot]
        facts.append(
            .orderInDoubt, sequence: sequence, order: order.id, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef, detail: UInt32(kind),
            strategy: order.strategy,
            side: order.side)
    }

    /// Something was answered. Where nothing more is owed, the order is known again.
    mutating func answered(_ slot: Int) {
        let order = pool[slot]
        guard !order.lifecycle.isEnded else { return resolve(slot) }
        guard order.request == .none, order.lifecycle != .submitted else { return }
        answers.remove(slot)
        resolve(slot)
        if order.marks.hasDetail { growAnswered(slot) }
    }

    /// The venue has it: from here on its time in the book counts.
    mutating func rest(_ slot: Int) {
        let order = pool[slot]
        switch order.timeInForce {
        case .day: break
        case .immediateOrCancel, .fillOrKill: return
        case .goodTillCancelled, .goodTillDate: if !timesOutGoodTillCancelled { return }
        }
        timeouts.set(slot, nowNs: nowNs)
        if timeouts.nextDueNs < nextDeadlineNs { nextDeadlineNs = timeouts.nextDueNs }
    }

    /// Evidence has come. An order whose request is still unanswered stays in doubt.
    mutating func resolve(_ slot: Int) {
        guard pool[slot].knowledge == .inDoubt, pool[slot].request == .none else { return }
        pool[slot].knowledge = .known
        pool[slot].marks.isUntold = false
        doubtCount -= 1
        doubts.remove(slot)
        let order = pool[slot]
        facts.append(
            .orderResolved, sequence: sequence, order: order.id, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef, detail: UInt32(order.lifecycle.rawValue),
            strategy: order.strategy, side: order.side)
    }

    /// What the strategy is told of its order.
    mutating func update(_ slot: Int) -> InputEffect {
        let index = Int(pool[slot].instrument)
        if index < risks.count, risks[index].isClosing { closeNext(index, slot) }
        if unlikely(states.closingStrategies != 0) { closeOwnNext(slot) }
        let order = pool[slot]
        calledStrategy = Int(order.strategy)
        orderUpdate = OrderUpdate(
            id: order.id, instrument: InstrumentID(index: order.instrument), side: order.side,
            status: order.status, price: order.price, filled: Quantity(raw: order.filled),
            leaves: Quantity(raw: order.leaves), handle: pool.handle(slot))
        return .order
    }
}
