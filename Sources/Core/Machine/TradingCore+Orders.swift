internal import Memory
internal import Model

// Making orders and giving them to their session.
extension TradingCore {
    /// In what a number names: it is a cancel's.
    static var cancelBit: UInt32 { 1 << 31 }
    /// In what a number names: it is a replacement's, or one that the order had before.
    static var versionBit: UInt32 { 1 << 30 }
    static var slotMask: UInt32 { versionBit - 1 }

    static func key(_ session: UInt8, _ userRef: UInt32) -> UInt64 { UInt64(session) << 32 | UInt64(userRef) }

    /// The session's next number whose place is free, rising; from here on it names `named`.
    @inline(__always)
    mutating func takeNumber(_ session: UInt8, for named: UInt32) -> UInt32 {
        let number = slots.take(session, from: sessions[Int(session)].nextRef, for: named)
        sessions[Int(session)].nextRef = number + 1
        return number
    }

    /// The slot of the order that the number belongs or belonged to; a cancel's number names no order.
    mutating func orderSlot(_ session: UInt8, _ userRef: UInt32) -> Int? {
        guard session < sessions.count, let named = slots.find(session, userRef), named & Self.cancelBit == 0
        else { return nil }
        return Int(named & Self.slotMask)
    }

    /// The last gate: risk, then everything that the order needs, then the order, its reservation and its command.
    ///
    /// - Parameter isSure: ``surelyPasses(_:_:_:quantity:price:)`` has said yes, and nothing has changed since.
    mutating func createOrder(
        _ strategy: UInt16, _ index: Int, _ side: Side, price: Int64, quantity: Int64,
        orderType: OrderType, timeInForce: TimeInForce, flags: OrderFlags, strength: Double,
        isSure: Bool = false
    ) {
        counters.ordersCreated += 1
        let id = OrderID(engineTimeNs: nowNs, epoch: epoch, number: counters.ordersCreated)
        let instrument = UInt32(truncatingIfNeeded: index)
        facts.append(
            .orderCreated, sequence: sequence, order: id, executionID: strength.bitPattern, price: price,
            quantity: quantity, instrument: instrument,
            detail: Self.terms(orderType, timeInForce, flags), strategy: strategy, side: side)
        let session = risks[index].session
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity)
        var verdict =
            likely(isSure)
            ? checkStates(
                strategy, index, side, quantity, reducing: reducing, shrinks: false, isHeld: false,
                mayOpen: false)
            : judge(
                index, strategy, side, quantity: quantity, price: price, flags: flags, reducing: reducing,
                isHeld: false)
        if likely(verdict.isPassed) { verdict = checkRoom(Int(session), reducing: reducing) }
        if unlikely(flags.isPostOnly && verdict.isPassed) {
            verdict = timeInForce.isImmediate ? RiskVerdict(.badTerms) : checkRests(index, side, price)
        }
        if likely(verdict.isPassed) {
            verdict = account.admit(
                &risks[index], index, strategy, side, quantity: quantity, price: price, reducing: reducing,
                nowNs: nowNs)
        }
        guard likely(verdict.isPassed) else { return refuse(id, strategy, instrument, side, verdict) }

        guard let handle = pool.acquire(reducing: reducing) else {
            preconditionFailure("Invariant: room was checked")
        }
        let userRef = takeNumber(session, for: handle.index)
        sessions[Int(session)].credits -= 1
        if unlikely(sessions[Int(session)].rate.isOn) { sessions[Int(session)].rate.take() }
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
        order.orderType = orderType
        order.remainder = remainderPolicy
        if !reducing {
            order.marks.mayOpen = true
            dayTrades.openingOrderCount += 1
        }
        pool[slot] = order
        linkFirst(slot, index)
        let place = bookPlace(strategy, index)
        account.add(&risks[index], index, &strategyBooks[place], strategy, side, quantity, at: price)
        markets[index].isExposed = true
        if unlikely(flags.isReduceOnly) { risks[index].hasReduceOnly = true }
        facts.append(
            .orderPending, sequence: sequence, order: id, price: price, quantity: quantity,
            instrument: instrument,
            userRef: userRef, strategy: strategy, side: side)
        commands.append(
            Command(
                sequence: sequence, symbol: instruments[index].symbol.raw, price: price, quantity: quantity,
                instrument: instrument, user_ref: userRef, original_ref: 0, slot: handle.index, epoch: epoch,
                strategy: strategy, kind: CommandKind.enter.rawValue, session: session, side: side.rawValue,
                // A market order is a limit at the collar by now.
                order_type: OrderType.limit.rawValue, time_in_force: timeInForce.rawValue,
                flags: flags.rawValue,
                reserved: 0))
    }

    /// As a fact carries them.
    @inline(__always)
    static func terms(_ type: OrderType, _ timeInForce: TimeInForce, _ flags: OrderFlags) -> UInt32 {
        UInt32(type.rawValue) | UInt32(timeInForce.rawValue) << 8 | UInt32(flags.rawValue) << 16
    }

    /// What an order needs beside risk's consent: a session, a credit, room in the rate, a slot, a place for its residue.
    @inline(__always)
    mutating func checkRoom(_ session: Int, reducing: Bool) -> RiskVerdict {
        let verdict = checkSession(session)
        guard verdict.isPassed else { return verdict }
        return checkSlot(reducing: reducing)
    }

    /// What sending an order needs.
    @inline(__always)
    mutating func checkSession(_ session: Int) -> RiskVerdict {
        guard likely(sessions[session].isUp) else { return RiskVerdict(.sessionDown) }
        guard likely(sessions[session].hasOrderCredit) else {
            return RiskVerdict(
                .noCredit, limit: Int64(sessions[session].creditsMax / 4),
                value: Int64(sessions[session].credits))
        }
        guard likely(!sessions[session].rate.isOn || hasRate(session)) else {
            return RiskVerdict(
                .rateLimit, limit: sessions[session].rate.perSecond, value: sessions[session].rate.perSecond)
        }
        return .passed
    }

    /// What keeping an order needs.
    @inline(__always)
    mutating func checkSlot(reducing: Bool) -> RiskVerdict {
        guard likely(pool.hasRoom(reducing: reducing)) else {
            return RiskVerdict(.orderPoolFull, limit: Int64(pool.capacity), value: Int64(pool.liveCount))
        }
        return checkResidues(reducing: reducing)
    }

    /// What remembering one number more needs. Every number leaves a residue; what closes a position may find none and is
    /// booked to the account then.
    @inline(__always)
    mutating func checkResidues(reducing: Bool) -> RiskVerdict {
        let promised = residues.count &+ pool.liveCount &+ extraNumberCount
        guard likely(reducing || promised < residueCountMax) else {
            return RiskVerdict(.residueFull, limit: Int64(residueCountMax), value: Int64(promised))
        }
        return .passed
    }

    @inline(never)
    private mutating func hasRate(_ session: Int) -> Bool {
        sessions[session].rate.refill(nowNs: nowNs)
        return sessions[session].rate.hasOrderRoom
    }

    /// Whether an order at `price` would rest, as far as the quote tells.
    @inline(never)
    mutating func checkRests(_ index: Int, _ side: Side, _ price: Int64) -> RiskVerdict {
        let quote = markets[index].quote
        if side == .buy, quote.askQuantity.raw > 0, price >= quote.ask.raw {
            return RiskVerdict(.wouldTrade, limit: quote.ask.raw, value: price)
        }
        if side == .sell, quote.bidQuantity.raw > 0, price <= quote.bid.raw {
            return RiskVerdict(.wouldTrade, limit: quote.bid.raw, value: price)
        }
        return .passed
    }

    @inline(never)
    mutating func refuse(
        _ id: OrderID, _ strategy: UInt16, _ instrument: UInt32, _ side: Side, _ verdict: RiskVerdict
    ) {
        counters.ordersRefused += 1
        refusedLast = verdict.rule
        facts.append(
            .riskRejected, sequence: sequence, order: id, price: verdict.limit, quantity: verdict.value,
            instrument: instrument, detail: verdict.detail, strategy: strategy, side: side)
    }

    /// Gives an order that is kept already to its session: the number, the credit, the command. Room was checked.
    mutating func send(_ slot: Int) {
        let session = pool[slot].session
        let userRef = takeNumber(session, for: UInt32(truncatingIfNeeded: slot))
        sessions[Int(session)].credits -= 1
        if sessions[Int(session)].rate.isOn { sessions[Int(session)].rate.take() }
        pool[slot].userRef = userRef
        pool[slot].lifecycle = .pending
        let order = pool[slot]
        facts.append(
            .orderPending, sequence: sequence, order: order.id, price: order.price.raw,
            quantity: order.leaves, instrument: order.instrument, userRef: userRef, strategy: order.strategy,
            side: order.side)
        commands.append(
            Command(
                sequence: sequence, symbol: instruments[Int(order.instrument)].symbol.raw,
                price: order.price.raw, quantity: order.leaves, instrument: order.instrument,
                user_ref: userRef, original_ref: 0, slot: UInt32(truncatingIfNeeded: slot), epoch: epoch,
                strategy: order.strategy, kind: CommandKind.enter.rawValue, session: session,
                side: order.side.rawValue, order_type: OrderType.limit.rawValue,
                time_in_force: order.timeInForce.rawValue, flags: order.flags.rawValue,
                reserved: lifetimeSeconds(slot)))
    }

    /// What is left of a dated order's life, for the venue; 0: it has no date.
    mutating func lifetimeSeconds(_ slot: Int) -> UInt32 {
        guard pool[slot].timeInForce == .goodTillDate, pool[slot].marks.hasDetail,
            details[slot].expiresAtNs > nowNs
        else { return 0 }
        // Up, so that the venue is never earlier than we are.
        let leftNs = details[slot].expiresAtNs - nowNs
        return UInt32(clamping: leftNs / 1_000_000_000 + (leftNs % 1_000_000_000 == 0 ? 0 : 1))
    }

    // MARK: Lists

    @inline(__always)
    mutating func link(_ slot: Int, _ index: Int, _ side: Side) {
        linkFirst(slot, index)
        let strategy = pool[slot].strategy
        account.countOpen(&risks[index], strategy, by: 1)
        let place = bookPlace(strategy, index)
        if side == .buy {
            risks[index].buyCount += 1
            strategyBooks[place].buyCount += 1
        } else {
            risks[index].sellCount += 1
            strategyBooks[place].sellCount += 1
        }
    }

    /// It is the first of its instrument's orders.
    @inline(__always)
    private mutating func linkFirst(_ slot: Int, _ index: Int) {
        let first = risks[index].firstOrder
        pool[slot].next = first
        if first != .max { pool[Int(first)].previous = UInt32(truncatingIfNeeded: slot) }
        risks[index].firstOrder = UInt32(truncatingIfNeeded: slot)
    }

    mutating func unlink(_ slot: Int) {
        let order = pool[slot]
        let index = Int(order.instrument)
        if order.previous != .max {
            pool[Int(order.previous)].next = order.next
        } else {
            risks[index].firstOrder = order.next
        }
        if order.next != .max { pool[Int(order.next)].previous = order.previous }
        account.countOpen(&risks[index], order.strategy, by: -1)
        let place = bookPlace(order.strategy, index)
        if order.side == .buy {
            risks[index].buyCount -= 1
            strategyBooks[place].buyCount -= 1
        } else {
            risks[index].sellCount -= 1
            strategyBooks[place].sellCount -= 1
        }
        pool[slot].previous = .max
        pool[slot].next = .max
    }
}
