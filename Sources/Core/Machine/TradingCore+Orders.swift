internal import Memory
internal import Model

// Making, cancelling and ending orders.
extension TradingCore {
    static var cancelBit: UInt32 { 1 << 31 }

    static func key(_ session: UInt8, _ userRef: UInt32) -> UInt64 { UInt64(session) << 32 | UInt64(userRef) }

    /// The session's next number whose place is free, rising; from here on it names `named`.
    @inline(__always)
    private mutating func takeNumber(_ session: UInt8, for named: UInt32) -> UInt32 {
        let number = slots.take(session, from: sessions[Int(session)].nextRef, for: named)
        sessions[Int(session)].nextRef = number + 1
        return number
    }

    /// The slot of the order that has the number; a cancel's number names no order.
    mutating func orderSlot(_ session: UInt8, _ userRef: UInt32) -> Int? {
        guard session < sessions.count, let named = slots.find(session, userRef), named & Self.cancelBit == 0
        else { return nil }
        return Int(named)
    }

    /// The last gate: risk, then everything that the order needs, then the order, its reservation and its command.
    mutating func createOrder(
        _ strategy: UInt16, _ index: Int, _ side: Side, price: Int64, quantity: Int64,
        timeInForce: TimeInForce,
        flags: OrderFlags, strength: Double
    ) {
        counters.ordersCreated += 1
        let id = OrderID(engineTimeNs: nowNs, epoch: epoch, number: counters.ordersCreated)
        let instrument = UInt32(truncatingIfNeeded: index)
        facts.append(
            .orderCreated, sequence: sequence, order: id, executionID: strength.bitPattern, price: price,
            quantity: quantity, instrument: instrument,
            detail: UInt32(OrderType.limit.rawValue) | UInt32(timeInForce.rawValue) << 8
                | UInt32(flags.rawValue) << 16,
            strategy: strategy, side: side)
        let session = risks[index].session
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity)
        var verdict = account.check(
            &risks[index], side: side, quantity: quantity, price: price, flags: flags, reducing: reducing)
        if verdict.isPassed { verdict = checkRoom(Int(session), reducing: reducing) }
        guard verdict.isPassed else { return refuse(id, strategy, instrument, side, verdict) }

        guard let handle = pool.acquire(reducing: reducing) else {
            preconditionFailure("Invariant: room was checked")
        }
        let userRef = takeNumber(session, for: handle.index)
        sessions[Int(session)].credits -= 1
        let slot = Int(handle.index)
        var order = OrderRecord()
        order.generation = handle.generation
        order.id = id
        order.ordered = quantity
        order.leaves = quantity
        order.price = Price(raw: price)
        order.userRef = userRef
        order.instrument = instrument
        order.strategy = strategy
        order.lifecycle = .pending
        order.side = side
        order.flags = flags
        order.timeInForce = timeInForce
        order.session = session
        pool[slot] = order
        link(slot, index, side)
        account.openOrderCount += 1
        account.move(
            &risks[index], position: 0, buy: side == .buy ? quantity : 0, sell: side == .sell ? quantity : 0)
        markets[index].isExposed = true
        facts.append(
            .orderPending, sequence: sequence, order: id, price: price, quantity: quantity,
            instrument: instrument,
            userRef: userRef, strategy: strategy, side: side)
        commands.append(
            Command(
                sequence: sequence, symbol: instruments[index].symbol.raw, price: price, quantity: quantity,
                instrument: instrument, user_ref: userRef, original_ref: 0, slot: handle.index, epoch: epoch,
                strategy: strategy, kind: CommandKind.enter.rawValue, session: session, side: side.rawValue,
                order_type: OrderType.limit.rawValue, time_in_force: timeInForce.rawValue,
                flags: flags.rawValue,
                reserved: 0))
    }

    /// What an order needs beside risk's consent: a session, a credit, a slot, a place for its residue.
    @inline(__always)
    private mutating func checkRoom(_ session: Int, reducing: Bool) -> RiskVerdict {
        let session = sessions[session]
        guard session.isUp else { return RiskVerdict(.sessionDown) }
        guard session.hasOrderCredit else {
            return RiskVerdict(.noCredit, limit: Int64(session.creditsMax / 4), value: Int64(session.credits))
        }
        guard pool.hasRoom(reducing: reducing) else {
            return RiskVerdict(.orderPoolFull, limit: Int64(pool.capacity), value: Int64(pool.liveCount))
        }
        // Every order leaves a residue; what closes a position may find none and is booked to the account then.
        let promised = residues.count + pool.liveCount
        guard reducing || promised < residueCountMax else {
            return RiskVerdict(.residueFull, limit: Int64(residueCountMax), value: Int64(promised))
        }
        return .passed
    }

    @inline(never)
    private mutating func refuse(
        _ id: OrderID, _ strategy: UInt16, _ instrument: UInt32, _ side: Side, _ verdict: RiskVerdict
    ) {
        counters.ordersRefused += 1
        facts.append(
            .riskRejected, sequence: sequence, order: id, price: verdict.limit, quantity: verdict.value,
            instrument: instrument, detail: verdict.rule.rawValue, strategy: strategy, side: side)
    }

    // MARK: Cancels

    /// Asks for the end of the strategy's open orders in an instrument, newest first.
    mutating func cancelOrders(_ index: Int, _ strategy: UInt16) {
        var slot = risks[index].firstOrder
        while slot != .max {
            let next = pool[Int(slot)].next
            if pool[Int(slot)].strategy == strategy, pool[Int(slot)].request == .none {
                let verdict = requestCancel(Int(slot))
                if !verdict.isPassed {
                    counters.signalsDiscarded += 1
                    // One fact however many cancels found no credit: the first refusal stands for the rest.
                    facts.append(
                        .signalDiscarded, sequence: sequence, order: pool[Int(slot)].id, price: verdict.limit,
                        quantity: verdict.value, instrument: UInt32(truncatingIfNeeded: index),
                        userRef: pool[Int(slot)].userRef, detail: verdict.rule.rawValue, strategy: strategy)
                    return
                }
            }
            slot = next
        }
    }

    /// Asks the venue to take an open order off.
    mutating func requestCancel(_ slot: Int) -> RiskVerdict {
        let session = Int(pool[slot].session)
        guard sessions[session].isUp else { return RiskVerdict(.sessionDown) }
        guard sessions[session].hasCancelCredit else { return RiskVerdict(.noCredit) }
        let cancelRef = takeNumber(
            pool[slot].session, for: UInt32(truncatingIfNeeded: slot) | Self.cancelBit)
        sessions[session].credits -= 1
        counters.cancelsSent += 1
        pool[slot].request = .cancelPending
        pool[slot].cancelRef = cancelRef
        let order = pool[slot]
        facts.append(
            .cancelRequested, sequence: sequence, order: order.id, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        commands.append(
            Command(
                sequence: sequence, symbol: instruments[Int(order.instrument)].symbol.raw,
                price: order.price.raw,
                quantity: 0, instrument: order.instrument, user_ref: cancelRef, original_ref: order.userRef,
                slot: UInt32(truncatingIfNeeded: slot), epoch: epoch, strategy: order.strategy,
                kind: CommandKind.cancel.rawValue, session: order.session, side: order.side.rawValue,
                order_type: OrderType.limit.rawValue, time_in_force: order.timeInForce.rawValue, flags: 0,
                reserved: 0))
        return .passed
    }

    /// Asks for the end of every open order of a session that nobody has asked about; what finds no credit is asked
    /// when one comes back.
    mutating func sweep(_ session: Int) {
        sessions[session].hasSweep = false
        guard sessions[session].isUp else {
            sessions[session].hasSweep = true
            return
        }
        for slot in 0..<pool.touchedCount {
            let order = pool[slot]
            guard !order.lifecycle.isEnded, order.request == .none, Int(order.session) == session else {
                continue
            }
            guard requestCancel(slot).isPassed else {
                sessions[session].hasSweep = true
                return
            }
        }
    }

    // MARK: Lists

    @inline(__always)
    mutating func link(_ slot: Int, _ index: Int, _ side: Side) {
        let first = risks[index].firstOrder
        pool[slot].next = first
        if first != .max { pool[Int(first)].previous = UInt32(truncatingIfNeeded: slot) }
        risks[index].firstOrder = UInt32(truncatingIfNeeded: slot)
        if side == .buy { risks[index].buyCount += 1 } else { risks[index].sellCount += 1 }
    }

    private mutating func unlink(_ slot: Int) {
        let order = pool[slot]
        let index = Int(order.instrument)
        if order.previous != .max {
            pool[Int(order.previous)].next = order.next
        } else {
            risks[index].firstOrder = order.next
        }
        if order.next != .max { pool[Int(order.next)].previous = order.previous }
        if order.side == .buy { risks[index].buyCount -= 1 } else { risks[index].sellCount -= 1 }
        pool[slot].previous = .max
        pool[slot].next = .max
    }

    // MARK: Ends

    /// Ends an open order: what was reserved is given back, whatever was asked about it is answered, and its record
    /// waits for the end of the evidence horizon.
    mutating func end(_ slot: Int, _ lifecycle: Lifecycle) {
        precondition(!pool[slot].lifecycle.isEnded, "Invariant: an order ends once")
        precondition(lifecycle.isEnded, "Invariant: an end is an end")
        unlink(slot)
        let order = pool[slot]
        account.openOrderCount -= 1
        release(order.leaves, of: order)
        pool[slot].leaves = 0
        pool[slot].lifecycle = lifecycle
        pool[slot].request = .none
        pool[slot].sinceNs = nowNs
        updateExposed(Int(order.instrument))
        waitForHorizon(slot)
    }

    /// Puts an ended order at the end of the queue of those that wait.
    mutating func waitForHorizon(_ slot: Int) {
        let entry = UInt32(truncatingIfNeeded: slot)
        if lastEnded == .max {
            firstEnded = entry
            setReleaseTimer(nowNs + evidenceHorizonNs)
        } else {
            pool[Int(lastEnded)].next = entry
        }
        lastEnded = entry
    }

    private mutating func setReleaseTimer(_ dueNs: UInt64) {
        let isSet = timers.insert(TimerEntry(dueNs: dueNs, id: 0))
        precondition(isSet, "Invariant: the core's own timer has room")
        nextDeadlineNs = timers.nextDueNs
    }

    /// Takes reserved quantity of an order off the sums.
    mutating func release(_ quantity: Int64, of order: OrderRecord) {
        account.move(
            &risks[Int(order.instrument)], position: 0, buy: order.side == .buy ? -quantity : 0,
            sell: order.side == .sell ? -quantity : 0)
    }

    /// Whether a change of price still changes money there.
    mutating func updateExposed(_ index: Int) {
        let line = risks[index]
        markets[index].isExposed = line.position != 0 || line.openBuy != 0 || line.openSell != 0
    }

    /// Frees slots whose horizon has passed: at most 8 a timer, the next one 8 µs later, so that a burst of ends
    /// does not become a burst of work. Counted from when the timer was due: one that came late catches up.
    mutating func releaseEnded(timerDueNs: UInt64) {
        var released = 0
        while firstEnded != .max {
            let slot = Int(firstEnded)
            let dueNs = pool[slot].sinceNs + evidenceHorizonNs
            guard dueNs <= nowNs, released < 8 else {
                setReleaseTimer(max(dueNs, timerDueNs + 8_000))
                return
            }
            firstEnded = pool[slot].next
            if firstEnded == .max { lastEnded = .max }
            close(slot)
            released += 1
        }
    }

    /// The record goes, its residue stays.
    private mutating func close(_ slot: Int) {
        let order = pool[slot]
        precondition(
            order.lifecycle.next(on: .horizonPassed) == .closed, "Invariant: only an ended order closes")
        if order.userRef != 0 {
            slots.remove(order.session, order.userRef)
            if order.cancelRef != 0 { slots.remove(order.session, order.cancelRef) }
            // Full: a late report is booked to the account, which is what the bound says.
            _ = residues.insert(
                Self.key(order.session, order.userRef),
                Residue(
                    id: order.id, filled: order.filled, instrument: order.instrument,
                    strategy: order.strategy,
                    side: order.side, session: order.session))
        }
        facts.append(
            .orderClosed, sequence: sequence, order: order.id, quantity: order.filled,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        pool.release(OrderHandle(index: UInt32(truncatingIfNeeded: slot), generation: order.generation))
    }
}
