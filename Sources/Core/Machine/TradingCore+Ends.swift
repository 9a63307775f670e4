internal import Memory
internal import Model

// Reservations, the ends of orders, and what stays of them.
extension TradingCore {
    // MARK: Reservations

    /// Counts an order that has a detail anew, at the largest quantity that it could still execute: what it has, or what
    /// any replacement on its way would give it. Of two that exclude each other on one side, as long as one of them is
    /// held, only the larger can execute: one counts whole, the held one beyond that only.
    mutating func recount(_ slot: Int) {
        guard pool[slot].marks.hasDetail else { return }
        // It may trade at another price than was asked for, which its worst price need not show.
        switch pool[slot].lifecycle {
        case .pending, .submitted, .accepted:
            noteOwnPrice(Int(pool[slot].instrument), pool[slot].side, pool[slot].price.raw)
        case .created, .held, .filled, .cancelled, .rejected, .expired, .closed: break
        }
        guard let sibling = liveSibling(slot), pool[sibling].side == pool[slot].side,
            !pool[slot].lifecycle.isEnded,
            pool[slot].lifecycle == .held || pool[sibling].lifecycle == .held
        else {
            setReserved(slot, worstLeaves(slot))
            return
        }
        let isLesser = pool[slot].lifecycle == .held
        let carrier = isLesser ? sibling : slot
        let whole = worstLeaves(carrier)
        let beyond = max(0, worstLeaves(isLesser ? slot : sibling) - whole)
        setReserved(carrier, whole)
        setReserved(isLesser ? slot : sibling, beyond)
    }

    mutating func setReserved(_ slot: Int, _ quantity: Int64) {
        let before = reservedQuantity(slot)
        let priceBefore = reservedPrice(slot)
        let price = quantity == 0 ? priceBefore : worstPrice(slot)
        guard quantity != before || price != priceBefore else { return }
        // A sibling whose tie is being made may have no detail yet: it counts whole already.
        guard pool[slot].marks.hasDetail else { return }
        details[slot].reserved = quantity
        details[slot].reservedPrice = price
        let order = pool[slot]
        let index = Int(order.instrument)
        if price == priceBefore {
            moveOpen(index, order.strategy, order.side, quantity - before, at: price)
        } else {
            moveOpen(index, order.strategy, order.side, -before, at: priceBefore)
            moveOpen(index, order.strategy, order.side, quantity, at: price)
        }
        updateExposed(Int(pool[slot].instrument))
    }

    private mutating func worstLeaves(_ slot: Int) -> Int64 {
        guard !pool[slot].lifecycle.isEnded else { return 0 }
        var most = pool[slot].leaves
        // What was mended upwards still counts at the venue as it was.
        let executed = pool[slot].filled + min(pool[slot].busted, 0)
        for place in 0..<Int(pool[slot].versionCount) {
            most = max(most, details[slot].versions[place].quantity - executed)
        }
        return most
    }

    /// What the sums hold for the order.
    mutating func reservedQuantity(_ slot: Int) -> Int64 {
        if pool[slot].lifecycle.isEnded { return 0 }
        return pool[slot].marks.hasDetail ? details[slot].reserved : pool[slot].leaves
    }

    /// The price that they are held by.
    mutating func reservedPrice(_ slot: Int) -> Int64 {
        pool[slot].marks.hasDetail ? details[slot].reservedPrice : pool[slot].price.raw
    }

    /// The order that excludes this one, while it has not ended.
    mutating func liveSibling(_ slot: Int) -> Int? {
        guard pool[slot].marks.hasDetail else { return nil }
        return liveOrder(details[slot].sibling)
    }

    /// The slot of an order that is there and has not ended.
    mutating func liveOrder(_ handle: OrderHandle) -> Int? {
        guard !handle.isNone, pool.isCurrent(handle) else { return nil }
        let slot = Int(handle.index)
        return pool[slot].lifecycle.isEnded ? nil : slot
    }

    /// Gives an order a detail of its own, counting what it counted before.
    mutating func needDetail(_ slot: Int) {
        guard !pool[slot].marks.hasDetail else { return }
        var detail = OrderDetail()
        detail.reserved = pool[slot].lifecycle.isEnded ? 0 : pool[slot].leaves
        detail.reservedPrice = pool[slot].price.raw
        details[slot] = detail
        pool[slot].marks.hasDetail = true
    }

    /// Takes reserved quantity of an order without detail off the sums.
    mutating func release(_ quantity: Int64, of order: OrderRecord) {
        moveOpen(Int(order.instrument), order.strategy, order.side, -quantity, at: order.price.raw)
    }

    /// Whether a change of price still changes money there.
    mutating func updateExposed(_ index: Int) {
        let line = risks[index]
        markets[index].isExposed = line.position != 0 || line.openBuy != 0 || line.openSell != 0
    }

    // MARK: Ends

    /// Ends an open order: what was reserved is given back, whatever was asked about it is answered, and its record
    /// waits for the end of the evidence horizon. Then what hangs on it moves.
    mutating func end(_ slot: Int, _ lifecycle: Lifecycle) {
        precondition(!pool[slot].lifecycle.isEnded, "Invariant: an order ends once")
        precondition(lifecycle.isEnded, "Invariant: an end is an end")
        unlink(slot)
        let order = pool[slot]
        if order.marks.mayOpen { dayTrades.openingOrderCount -= 1 }
        if order.marks.hasDetail {
            moveOpen(
                Int(order.instrument), order.strategy, order.side, -details[slot].reserved,
                at: details[slot].reservedPrice)
            details[slot].reserved = 0
            dropVersions(slot, from: 0)
        } else {
            release(order.leaves, of: order)
        }
        pool[slot].leaves = 0
        pool[slot].lifecycle = lifecycle
        pool[slot].request = .none
        pool[slot].marks.wantsCancel = false
        pool[slot].sinceNs = nowNs
        answers.remove(slot)
        timeouts.remove(slot)
        updateExposed(Int(order.instrument))
        waitForHorizon(slot)
        if order.marks.hasDetail { endTies(slot, order) }
    }

    /// Puts an ended order at the end of the queue of those that wait.
    mutating func waitForHorizon(_ slot: Int) {
        let entry = UInt32(truncatingIfNeeded: slot)
        if lastEnded == .max {
            firstEnded = entry
            if !hasReleaseTimer { setReleaseTimer(nowNs + evidenceHorizonNs) }
        } else {
            pool[Int(lastEnded)].next = entry
        }
        lastEnded = entry
    }

    private mutating func setReleaseTimer(_ dueNs: UInt64) {
        hasReleaseTimer = true
        let isSet = timers.insert(TimerEntry(dueNs: dueNs, id: CoreTimer.release.rawValue))
        precondition(isSet, "Invariant: the core's own timer has room")
        updateDeadline()
    }

    /// Frees slots whose horizon has passed: at most 8 a timer, the next one 8 µs later, so that a burst of ends
    /// does not become a burst of work. Counted from when the timer was due: one that came late catches up.
    mutating func releaseEnded(timerDueNs: UInt64) {
        hasReleaseTimer = false
        var released = 0
        while firstEnded != .max {
            let slot = Int(firstEnded)
            let dueNs = pool[slot].sinceNs + evidenceHorizonNs
            guard dueNs <= nowNs, released < 8 else {
                setReleaseTimer(max(dueNs, timerDueNs + 8_000))
                return
            }
            closeFirstEnded()
            released += 1
        }
    }

    private mutating func closeFirstEnded() {
        let slot = Int(firstEnded)
        firstEnded = pool[slot].next
        if firstEnded == .max { lastEnded = .max }
        close(slot)
    }

    /// A record for what the venue tells of. Where none is free, the one that ended first gives way before its time: its
    /// residue is enough to book by, and the stream of a whole day, repeated to a new start, ends more orders within the
    /// horizon than there are records.
    @inline(never)
    mutating func acquireHeard() -> OrderHandle? {
        if !pool.hasRoom(reducing: true), firstEnded != .max { closeFirstEnded() }
        return pool.acquire(reducing: true)
    }

    /// The record goes, its residue stays.
    private mutating func close(_ slot: Int) {
        let order = pool[slot]
        precondition(
            order.lifecycle.next(on: .horizonPassed) == .closed, "Invariant: only an ended order closes")
        if order.knowledge == .inDoubt { doubtCount -= 1 }
        answers.remove(slot)
        doubts.remove(slot)
        let session = Int(order.session)
        sessions[session].closedAfter = max(sessions[session].closedAfter, lastHeard[slot])
        if order.userRef != 0 {
            forgetNumber(order.session, order.userRef, order)
            if order.cancelRef != 0 { slots.remove(order.session, order.cancelRef) }
        }
        if order.marks.hasDetail {
            for place in 0..<Int(details[slot].pastRefCount) {
                forgetNumber(order.session, details[slot].pastRefs[place], order)
            }
            extraNumberCount -= Int(details[slot].pastRefCount)
        }
        facts.append(
            .orderClosed, sequence: sequence, order: order.id, quantity: order.filled,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        pool.release(OrderHandle(index: UInt32(truncatingIfNeeded: slot), generation: order.generation))
    }

    /// A number names its order no longer; what stays is enough to book a late report on it.
    mutating func forgetNumber(_ session: UInt8, _ userRef: UInt32, _ order: OrderRecord) {
        slots.remove(session, userRef)
        // Full: a late report is booked to the account, which is what the bound says.
        _ = residues.insert(
            Self.key(session, userRef),
            Residue(
                id: order.id, filled: order.filled, instrument: order.instrument,
                strategy: order.strategy, side: order.side, session: session))
    }
}
