internal import Model

// What earlier runs left. Their journal says who wanted an order and on what terms; what became of it since, the venue's
// own stream says, which is repeated from its beginning.
extension TradingCore {
    @inline(never)
    mutating func restoreOrder(_ input: Input) -> InputEffect {
        restoring = input
        return .none
    }

    @inline(never)
    mutating func restoreTerms(_ input: Input) -> InputEffect {
        guard restoring.user_ref != 0 || restoring.execution_id != 0 else { return .none }
        restoreOrder(restoring, input)
        restoring = Input(kind: .restoreOrder)
        return .none
    }

    @inline(never)
    mutating func restorePosition(_ input: Input) -> InputEffect {
        let index = Int(input.instrument)
        guard index < markets.count, input.quantity != 0 else { return .none }
        let side: Side = input.quantity > 0 ? .buy : .sell
        // A position may be the sum of more than one execution may have: it is taken over in parts that one may.
        var left = input.quantity.magnitude
        let part = min(UInt64(Self.quantityBound) - 1, ((1 << 48) - 1) / UInt64(risks[index].multiplier))
        let price = Price(raw: input.price)
        guard left < Self.positionBound, ledger.admits(index, price: price, quantity: Int64(min(left, part)))
        else {
            // Nobody knows what is held: nothing is added to it.
            alert(.unknownOrder, instrument: input.instrument, price: input.price, quantity: input.quantity)
            restrict(input.instrument)
            return .none
        }
        let before = risks[index].position
        while left > 0 {
            let taken = min(left, part)
            _ = carry(index, side, price, Int64(taken))
            left -= taken
        }
        recordPosition(
            index, PositionChange(from: before, to: risks[index].position), .none, .max, side)
        return .none
    }

    /// More than any position comes to: what is taken over in parts is at most some thousands of them.
    static var positionBound: UInt64 { 1 << 52 }

    @inline(never)
    mutating func restoreCommit(_ input: Input) -> InputEffect {
        for session in 0..<sessions.count {
            sessions[session].nextRef = max(sessions[session].nextRef, input.user_ref)
        }
        return .none
    }

    /// An order as it was made: one with a number was given to the venue, and is in doubt until the stream tells; one
    /// without is held, as it was.
    private mutating func restoreOrder(_ input: Input, _ terms: Input) {
        let index = Int(input.instrument)
        guard index < markets.count, let side = Side(rawValue: input.side), side != .none,
            input.quantity > 0, input.quantity < Self.quantityBound, Self.isBelievable(input.price),
            let type = OrderType(rawValue: terms.flags), let timeInForce = TimeInForce(rawValue: terms.side),
            Int(input.source) < sessions.count,
            input.user_ref == 0 || slots.isFree(input.source, input.user_ref), let handle = acquireHeard()
        else {
            alert(
                .unknownOrder, instrument: input.instrument, userRef: input.user_ref, quantity: input.quantity
            )
            return
        }
        let slot = Int(handle.index)
        var order = OrderRecord()
        order.generation = handle.generation
        order.id = OrderID(high: input.venue_time_ns, low: input.execution_id)
        order.ordered = input.quantity
        order.leaves = input.quantity
        order.price = Price(raw: input.price)
        order.userRef = input.user_ref
        order.instrument = input.instrument
        order.strategy = UInt16(truncatingIfNeeded: terms.user_ref)
        order.lifecycle = input.user_ref == 0 ? .held : .submitted
        order.side = side
        order.flags = OrderFlags(rawValue: input.flags)
        order.timeInForce = timeInForce
        order.session = input.source
        order.orderType = type
        order.sinceNs = nowNs
        let state = RestoredState(bits: terms.instrument)
        order.remainder = state.remainder ?? remainderPolicy
        order.marks.isAdopted = true
        order.marks.hasDetail = true
        let isHeld = order.lifecycle == .held
        if isHeld, state.isTriggered {
            order.marks.isTriggered = true
            sessions[Int(order.session)].hasSweep = true
        }
        pool[slot] = order
        var detail = OrderDetail()
        detail.stop = terms.price
        detail.trail = terms.quantity
        if terms.execution_id != 0 {
            // Dates are kept by the wall clock, over the night too.
            detail.wakeAtNs =
                terms.execution_id > utcOffsetNs ? max(terms.execution_id - utcOffsetNs, nowNs) : nowNs
        }
        detail.expiresAtNs = detail.wakeAtNs
        detail.applied = min(Int64(clamping: terms.venue_time_ns), input.quantity)
        if isHeld, state.isAttempt {
            detail.isAttempt = true
            detail.wakeAtNs = nowNs &+ retryDelayNs
        }
        details[slot] = detail
        if input.user_ref != 0 { _ = slots.insert(input.source, input.user_ref, handle.index) }
        noteOpening(slot)
        link(slot, index, side)
        renewReference(index, otherwise: input.price)
        recount(slot)
        if order.flags.isReduceOnly { risks[index].hasReduceOnly = true }
        if detail.wakeAtNs != 0, hasTimerRoom() { setWake(slot, detail.wakeAtNs) }
        facts.append(
            .orderRestored, sequence: sequence, order: order.id, price: input.price, quantity: input.quantity,
            instrument: input.instrument, userRef: input.user_ref,
            detail: Self.terms(type, timeInForce, order.flags), strategy: order.strategy, side: side)
        // All of it is on record again: the next start may find this run's journal only.
        if isHeld {
            recordHeld(slot)
            if type.isStop { updateTrigger(index) }
        } else {
            if detail.wakeAtNs != 0 { recordDated(slot) }
            doubt(slot, input.kind)
        }
    }

    @inline(never)
    mutating func restoreTie(_ input: Input) -> InputEffect {
        guard let slot = restored(OrderID(high: input.venue_time_ns, low: input.execution_id)) else {
            return .none
        }
        guard let link = OrderLink(rawValue: UInt32(input.flags)) else {
            guard (0..<AccountRisk.priceBound).contains(input.price),
                (0..<AccountRisk.priceBound).contains(input.quantity)
            else { return .none }
            details[slot].takeProfit = input.price
            details[slot].stopLoss = input.quantity
            details[slot].closed = Int64(
                bitPattern: UInt64(input.instrument) << 32 | UInt64(input.user_ref))
            recordBracket(slot)
            return .none
        }
        let otherID = OrderID(
            high: UInt64(bitPattern: input.price), low: UInt64(bitPattern: input.quantity))
        guard let other = restored(otherID), other != slot, pool[other].instrument == pool[slot].instrument
        else {
            return .none
        }
        switch link {
        case .sibling:
            if details[slot].sibling.isNone, details[other].sibling.isNone { tie(slot, other, .sibling) }
        case .triggeredBy:
            guard pool[slot].lifecycle == .held else { return .none }
            details[slot].parent = pool.handle(other)
            details[slot].link = UInt8(link.rawValue)
            tie(slot, other, link)
            // A stop that waits for its parent does not look at the price yet.
            if pool[slot].orderType.isStop { updateTrigger(Int(pool[slot].instrument)) }
        case .takeProfit:
            details[slot].parent = pool.handle(other)
            details[slot].link = UInt8(link.rawValue)
            details[other].profitChild = pool.handle(slot)
            tie(slot, other, link)
        case .stopLoss:
            details[slot].parent = pool.handle(other)
            details[slot].link = UInt8(link.rawValue)
            details[other].lossChild = pool.handle(slot)
            tie(slot, other, link)
        case .retryOf: break
        }
        return .none
    }

    /// The slot of an order that was taken over; a start has time to look at each.
    private mutating func restored(_ id: OrderID) -> Int? {
        guard id != .none else { return nil }
        for slot in 0..<pool.capacity
        where pool[slot].id == id && pool[slot].marks.isAdopted && !pool[slot].lifecycle.isEnded {
            return slot
        }
        return nil
    }
}
