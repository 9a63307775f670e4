internal import Model

// Asking for the end of orders.
extension TradingCore {
    /// Asks for the end of the strategy's open orders in an instrument, newest first.
    mutating func cancelOrders(_ index: Int, _ strategy: UInt16) {
        var slot = risks[index].firstOrder
        while slot != .max {
            let next = pool[Int(slot)].next
            if pool[Int(slot)].strategy == strategy, pool[Int(slot)].request != .cancelPending {
                cancelWhenPossible(Int(slot))
                // What was held has ended at once, and may have taken others with it: the list is another one.
                if pool[Int(slot)].lifecycle.isEnded {
                    slot = risks[index].firstOrder
                    continue
                }
            }
            slot = next
        }
    }

    /// As a strategy asks: now, or as soon as there are a session, a credit and room in the rate.
    mutating func cancelWhenPossible(_ slot: Int) {
        guard !requestCancel(slot).isPassed else { return }
        pool[slot].marks.wantsCancel = true
        sessions[Int(pool[slot].session)].hasSweep = true
    }

    /// Asks the venue to take an open order off; one that is held ends here.
    mutating func requestCancel(_ slot: Int) -> RiskVerdict {
        if pool[slot].lifecycle == .held {
            withdraw(slot, as: .withdrawn)
            return .passed
        }
        let session = Int(pool[slot].session)
        guard sessions[session].isUp else { return RiskVerdict(.sessionDown) }
        guard sessions[session].hasCancelCredit else { return RiskVerdict(.noCredit) }
        if sessions[session].rate.isOn, !hasCancelRate(session) {
            return RiskVerdict(.rateLimit, limit: sessions[session].rate.perSecond)
        }
        let cancelRef = takeNumber(
            pool[slot].session, for: UInt32(truncatingIfNeeded: slot) | Self.cancelBit)
        sessions[session].credits -= 1
        if sessions[session].rate.isOn { sessions[session].rate.take() }
        counters.cancelsSent += 1
        if unlikely(breakers.cancelRatioHundredths > 0) { lookAtRequests() }
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
                quantity: 0, instrument: order.instrument, user_ref: cancelRef,
                original_ref: newestRef(slot),
                slot: UInt32(truncatingIfNeeded: slot), epoch: epoch, strategy: order.strategy,
                kind: CommandKind.cancel.rawValue, session: order.session, side: order.side.rawValue,
                order_type: OrderType.limit.rawValue, time_in_force: order.timeInForce.rawValue, flags: 0,
                reserved: 0))
        return .passed
    }

    /// The number that the order has at the venue once everything that was asked is done.
    mutating func newestRef(_ slot: Int) -> UInt32 {
        let count = Int(pool[slot].versionCount)
        return count == 0 ? pool[slot].userRef : details[slot].versions[count - 1].userRef
    }

    /// Asks now, or as soon as the session takes a cancel; and again, should the request get lost or be refused.
    mutating func askCancel(_ slot: Int) {
        guard !pool[slot].lifecycle.isEnded else { return }
        pool[slot].marks.wantsCancel = true
        guard pool[slot].request != .cancelPending, !requestCancel(slot).isPassed else { return }
        sessions[Int(pool[slot].session)].hasSweep = true
    }

    /// Asks for the end of every open order, of one instrument where it is named.
    ///
    /// - Returns: how many there were.
    mutating func cancelAll(instrument: UInt32) -> Int64 {
        var count: Int64 = 0
        for slot in 0..<pool.touchedCount {
            guard !pool[slot].lifecycle.isEnded else { continue }
            if instrument != .max, pool[slot].instrument != instrument { continue }
            count += 1
            askCancel(slot)
        }
        return count
    }

    /// Ends an order that no venue has seen a byte of.
    mutating func withdraw(_ slot: Int, as report: Report) {
        guard let next = pool[slot].lifecycle.next(on: report) else {
            preconditionFailure("Invariant: only what has not left is withdrawn")
        }
        let order = pool[slot]
        facts.append(
            next == .expired ? .orderExpired : .orderCancelled, sequence: sequence, order: order.id,
            quantity: order.leaves, instrument: order.instrument, userRef: order.userRef,
            strategy: order.strategy, side: order.side)
        end(slot, next)
    }

    /// What was put off for want of a session, a credit or room in the rate: cancels first, then what was held and is to
    /// go. What finds none again waits for the next, which goes on where this one ended: ten thousand orders are not walked
    /// again for each credit that comes back.
    mutating func sweep(_ session: Int) {
        sessions[session].hasSweep = false
        sessions[session].hasLaterSweep = false
        guard sessions[session].isUp else {
            sessions[session].hasSweep = true
            return
        }
        let begin = min(Int(sessions[session].sweepPlace), pool.touchedCount)
        sessions[session].sweepPlace = 0
        // Behind the end once more those before the place: something may be wanted of them by now.
        guard sweepCancels(session, begin..<pool.touchedCount), sweepCancels(session, 0..<begin) else {
            sessions[session].hasSweep = true
            return
        }
        guard !account.isHalted else { return }
        for slot in 0..<pool.touchedCount {
            guard pool[slot].lifecycle == .held, pool[slot].marks.isTriggered,
                Int(pool[slot].session) == session
            else { continue }
            _ = releaseHeld(slot)
        }
    }

    /// - Returns: `false`: one of them found no room.
    private mutating func sweepCancels(_ session: Int, _ slots: Range<Int>) -> Bool {
        for slot in slots {
            guard !pool[slot].lifecycle.isEnded, pool[slot].request != .cancelPending,
                Int(pool[slot].session) == session, pool[slot].marks.wantsCancel || isRecalled(slot)
            else { continue }
            guard requestCancel(slot).isPassed else {
                sessions[session].sweepPlace = UInt32(truncatingIfNeeded: slot)
                return false
            }
        }
        return true
    }

    /// Takes up what was put off after a pause.
    @inline(never)
    mutating func sweepLater(_ session: Int) {
        sessions[session].hasLaterSweep = true
        setLaterTimer(nowNs + Self.pauseNs)
    }

    /// Whether the venue's rate lets a cancel go now; if not, a timer looks again when it does.
    @inline(never)
    private mutating func hasCancelRate(_ session: Int) -> Bool {
        sessions[session].rate.refill(nowNs: nowNs)
        if sessions[session].rate.hasCancelRoom { return true }
        setRoomTimer(sessions[session].rate.cancelRoomAtNs(nowNs: nowNs))
        return false
    }
}
