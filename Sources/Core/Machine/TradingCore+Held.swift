internal import Model

// Orders that wait in the engine: for a price, a moment, or another order.
extension TradingCore {
    /// Makes an order with terms that few have. It is judged now, and again when what it waits for has come.
    @inline(never)
    mutating func createDetailed(
        _ signal: Signal, _ terms: SignalTerms, _ strategy: UInt16, _ index: Int, _ side: Side,
        quantity: Int64, _ flags: OrderFlags
    ) {
        var detail = OrderDetail()
        detail.stop = terms.stop.raw
        detail.trail = terms.trail.raw
        detail.takeProfit = terms.takeProfit.raw
        detail.stopLoss = terms.stopLoss.raw
        detail.strength = signal.strength.bitPattern
        if signal.timeInForce == .goodTillDate {
            let (atNs, isBeyond) = nowNs.addingReportingOverflow(terms.lifetimeNs)
            detail.expiresAtNs = isBeyond ? .max : atNs
            detail.wakeAtNs = detail.expiresAtNs
        }
        var price = signal.limit.raw
        var rule = Rule.none
        switch signal.orderType {
        case .market, .limit:
            guard let priced = priced(signal, index, side) else {
                return discard(signal, strategy, RiskVerdict(.noQuote))
            }
            price = priced
            if detail.stop != 0 || detail.trail != 0 { rule = .badTerms }
        case .stop:
            price = detail.stop
            if detail.stop <= 0 || detail.trail != 0 { rule = .badTerms }
        case .stopLimit:
            if detail.stop <= 0 || price <= 0 || detail.trail != 0 { rule = .badTerms }
        case .trailingStop:
            if detail.trail <= 0 || detail.trail >= AccountRisk.priceBound {
                rule = .badTerms
            } else if detail.stop == 0 {
                let last = markets[index].lastPrice.raw
                guard last > 0 else { return discard(signal, strategy, RiskVerdict(.noQuote)) }
                // Trades happen between ticks: away from the market to the next one.
                let tick = Int64(risks[index].tick)
                let stop = side == .buy ? last + detail.trail : last - detail.trail
                let rest = stop % tick
                detail.stop = rest == 0 ? stop : side == .buy ? stop - rest + tick : stop - rest
            }
            price = detail.stop
            if detail.stop <= 0 { rule = .badTerms }
        }
        if signal.timeInForce == .goodTillDate, terms.lifetimeNs == 0 { rule = .badTerms }
        if flags.isPostOnly {
            switch signal.orderType {
            case .market, .stop, .trailingStop: rule = .badTerms
            case .limit, .stopLimit: if signal.timeInForce.isImmediate { rule = .badTerms }
            }
        }
        if detail.takeProfit < 0 || detail.stopLoss < 0 { rule = .badTerms }
        var tied: Int?
        var isHeld = signal.orderType.isStop
        if let link = terms.link {
            tied = liveOrder(terms.order)
            guard let tied, Int(pool[tied].instrument) == index else {
                return discard(signal, strategy, RiskVerdict(.noSuchOrder))
            }
            switch link {
            case .sibling:
                // One pair each: a third would have to choose.
                if liveSibling(tied) != nil { rule = .badTerms }
                detail.sibling = terms.order
            case .triggeredBy:
                detail.parent = terms.order
                detail.link = UInt8(link.rawValue)
                isHeld = true
            case .takeProfit, .stopLoss, .retryOf: rule = .badTerms
            }
        }
        guard rule == .none else { return discard(signal, strategy, RiskVerdict(rule)) }
        let made = make(
            detail, strategy, index, side, price: price, quantity: quantity, signal.orderType,
            signal.timeInForce, flags, isHeld: isHeld, remainder: terms.remainder ?? remainderPolicy,
            wakes: detail.wakeAtNs != 0)
        guard let made else { return }
        if detail.takeProfit != 0 || detail.stopLoss != 0 { recordBracket(made) }
        guard let tied, let link = terms.link else { return }
        tie(made, tied, link)
    }

    /// On record for the next start: it could not tell from the executions what they are to grow.
    mutating func recordBracket(_ slot: Int) {
        let order = pool[slot]
        facts.append(
            .orderBracket, sequence: sequence, order: order.id, price: details[slot].takeProfit,
            quantity: details[slot].stopLoss, instrument: order.instrument, strategy: order.strategy,
            side: order.side)
    }

    /// The order itself: risk, room, record, reservation, and its command unless it is held.
    ///
    /// - Returns: its slot; `nil`: it was refused, which is on record.
    mutating func make(
        _ detail: OrderDetail, _ strategy: UInt16, _ index: Int, _ side: Side, price: Int64, quantity: Int64,
        _ type: OrderType, _ timeInForce: TimeInForce, _ flags: OrderFlags, isHeld: Bool,
        remainder: RemainderPolicy, wakes: Bool, link: OrderLink? = nil, other: OrderID = .none
    ) -> Int? {
        counters.ordersCreated += 1
        let id = OrderID(engineTimeNs: nowNs, epoch: epoch, number: counters.ordersCreated)
        let instrument = UInt32(truncatingIfNeeded: index)
        facts.append(
            .orderCreated, sequence: sequence, order: id, executionID: detail.strength, price: price,
            quantity: quantity, instrument: instrument, detail: Self.terms(type, timeInForce, flags),
            strategy: strategy, side: side)
        if let link { recordLink(id, instrument, strategy, side, link, other) }
        let session = Int(risks[index].session)
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity)
        var verdict = judge(
            index, strategy, side, quantity: quantity, price: price, flags: flags, reducing: reducing,
            isHeld: isHeld, countedAt: isHeld ? countedPrice(side, type, price: price) : 0)
        if verdict.isPassed {
            verdict = isHeld ? checkSlot(reducing: reducing) : checkRoom(session, reducing: reducing)
        }
        if verdict.isPassed, flags.isPostOnly, !isHeld { verdict = checkRests(index, side, price) }
        if verdict.isPassed, wakes, !hasTimerRoom() { verdict = RiskVerdict(.timerQueueFull) }
        if verdict.isPassed, !isHeld {
            verdict = admit(index, strategy, side, quantity: quantity, price: price, reducing: reducing)
        }
        guard verdict.isPassed, let handle = pool.acquire(reducing: reducing) else {
            refuse(id, strategy, instrument, side, verdict)
            return nil
        }
        let slot = Int(handle.index)
        var order = OrderRecord()
        order.generation = handle.generation
        order.id = id
        order.ordered = quantity
        order.leaves = quantity
        order.price = Price(raw: price)
        order.instrument = instrument
        order.strategy = strategy
        order.lifecycle = .held
        order.side = side
        order.flags = flags
        order.timeInForce = timeInForce
        order.session = UInt8(session)
        order.orderType = type
        order.remainder = remainder
        order.marks.hasDetail = true
        pool[slot] = order
        details[slot] = detail
        details[slot].reserved = 0
        if !reducing { noteOpening(slot) }
        self.link(slot, index, side)
        recount(slot)
        if flags.isReduceOnly { risks[index].hasReduceOnly = true }
        if wakes { setWake(slot, detail.wakeAtNs) }
        guard isHeld else {
            if wakes { recordDated(slot) }
            send(slot)
            return slot
        }
        recordHeld(slot)
        if type.isStop { updateTrigger(index) }
        return slot
    }

    mutating func recordDated(_ slot: Int) {
        let order = pool[slot]
        facts.append(
            .orderDated, sequence: sequence, order: order.id, executionID: details[slot].wakeAtNs,
            instrument: order.instrument, strategy: order.strategy, side: order.side)
    }

    mutating func recordHeld(_ slot: Int) {
        let order = pool[slot]
        facts.append(
            .orderHeld, sequence: sequence, order: order.id, executionID: details[slot].wakeAtNs,
            price: details[slot].stop, quantity: details[slot].trail, instrument: order.instrument,
            detail: UInt32(order.orderType.rawValue) | UInt32(order.remainder.rawValue) << 8,
            strategy: order.strategy, side: order.side)
    }

    /// Room for an order's moment; where there is none, what belongs to orders that have ended goes first.
    mutating func hasTimerRoom() -> Bool {
        if !orderTimers.isFull { return true }
        let count = orderTimers.takeAll()
        for place in 0..<count {
            let entry = orderTimers.taken(place)
            let slot = Int(entry.id)
            guard !pool[slot].lifecycle.isEnded, pool[slot].marks.hasDetail,
                details[slot].wakeAtNs == entry.dueNs
            else { continue }
            _ = orderTimers.insert(entry)
        }
        updateDeadline()
        return !orderTimers.isFull
    }

    mutating func setWake(_ slot: Int, _ atNs: UInt64) {
        let isSet = orderTimers.insert(TimerEntry(dueNs: atNs, id: UInt32(truncatingIfNeeded: slot)))
        precondition(isSet, "Invariant: room for the order's timer was checked")
        updateDeadline()
    }

    // MARK: Prices

    /// Something traded at a price that what is held here may wait for.
    @inline(never)
    mutating func lookAtHeld(_ index: Int) {
        let price = markets[index].lastPrice.raw
        guard triggers[index].concerns(price) else { return }
        var slot = risks[index].firstOrder
        while slot != .max {
            let order = pool[Int(slot)]
            if isWatched(Int(slot)) {
                follow(Int(slot), price)
                if isReached(order.side, details[Int(slot)].stop, price) { trigger(Int(slot), .price, price) }
            }
            slot = order.next
        }
        releaseTriggered(index)
        updateTrigger(index)
    }

    /// Held until the market has moved, and not for anything else before that.
    private mutating func isWatched(_ slot: Int) -> Bool {
        let order = pool[slot]
        guard order.lifecycle == .held, order.orderType.isStop, !order.marks.isTriggered else { return false }
        return details[slot].parentLink != .triggeredBy || details[slot].parent.isNone
    }

    private func isReached(_ side: Side, _ stop: Int64, _ price: Int64) -> Bool {
        side == .buy ? price >= stop : price <= stop
    }

    /// A trailing stop follows the market in one direction only.
    private mutating func follow(_ slot: Int, _ price: Int64) {
        let trail = details[slot].trail
        guard trail > 0 else { return }
        let stop = details[slot].stop
        let followed = pool[slot].side == .buy ? min(stop, price + trail) : max(stop, price - trail)
        guard followed != stop else { return }
        details[slot].stop = followed
        pool[slot].price = Price(raw: followed)
        recount(slot)
        // On record, so that a restart goes on from here.
        recordHeld(slot)
    }

    /// What it waited for has come. Nothing moves yet: the list of orders is being walked.
    mutating func trigger(_ slot: Int, _ cause: HoldCause, _ price: Int64) {
        let order = pool[slot]
        pool[slot].marks.isTriggered = true
        facts.append(
            .orderTriggered, sequence: sequence, order: order.id, price: price,
            instrument: order.instrument, detail: cause.rawValue, strategy: order.strategy, side: order.side)
    }

    /// Sends what is triggered in an instrument. Each that goes or ends changes the list, which is then walked anew.
    mutating func releaseTriggered(_ index: Int) {
        var slot = risks[index].firstOrder
        while slot != .max {
            let order = pool[Int(slot)]
            if order.lifecycle == .held, order.marks.isTriggered, releaseHeld(Int(slot)) {
                slot = risks[index].firstOrder
            } else {
                slot = order.next
            }
        }
    }

    /// Lets a triggered order go: risk speaks again, on what it is now.
    ///
    /// - Returns: `false`: it must wait, for the end of what excludes it or for its session, and will be asked again.
    mutating func releaseHeld(_ slot: Int) -> Bool {
        // Nobody trades: it waits for the market to open, which looks again.
        guard !risks[Int(pool[slot].instrument)].isMarketClosed else { return false }
        // Made again beside what excludes it, it goes as the first one did.
        if !details[slot].isAttempt, let sibling = liveSibling(slot) {
            if pool[sibling].lifecycle == .held {
                withdraw(sibling, as: .withdrawn)
            } else {
                // Both could execute: the other one's end is waited for.
                askCancel(sibling)
                return false
            }
            // The sibling's end may have moved this one already.
            guard pool[slot].lifecycle == .held else { return true }
        }
        let session = Int(pool[slot].session)
        let room = checkSession(session)
        guard room.isPassed else {
            sessions[session].hasSweep = true
            // Nothing else might happen that looks again.
            if room.rule == .rateLimit { setLaterTimer(sessions[session].rate.orderRoomAtNs(nowNs: nowNs)) }
            return false
        }
        let index = Int(pool[slot].instrument)
        // On a book that is not whole only what closes goes; the rest waits for the book.
        guard
            books.doubt(InstrumentID(index: UInt32(truncatingIfNeeded: index))) == 0 || isClosing(slot, index)
        else {
            sessions[session].hasSweep = true
            setLaterTimer(nowNs + Self.pauseNs)
            return false
        }
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        if pool[slot].flags.isReduceOnly { fitReduceOnly(slot, index) }
        let order = pool[slot]
        var price = order.price.raw
        var verdict = RiskVerdict.passed
        switch order.orderType {
        case .stop, .trailingStop, .market:
            if risks[index].reference > 0 {
                price = collarPrice(index, order.side)
            } else {
                verdict = RiskVerdict(.noQuote)
            }
        case .limit, .stopLimit: break
        }
        let reserved = details[slot].reserved
        moveOpen(index, order.strategy, order.side, -reserved, at: reservedPrice(slot))
        details[slot].reserved = 0
        // What it excludes stands for the same shares.
        let sibling = liveSibling(slot)
        if let sibling, pool[sibling].lifecycle == .held, pool[sibling].side == order.side {
            setReserved(sibling, 0)
        }
        let reducing = AccountRisk.isReducing(&risks[index], order.side, order.leaves)
        if verdict.isPassed {
            verdict = judge(
                index, order.strategy, order.side, quantity: order.leaves, price: price, flags: order.flags,
                reducing: reducing, isHeld: false, isCounted: true,
                mayOpen: order.marks.mayOpen)
        }
        if verdict.isPassed, order.flags.isPostOnly { verdict = checkRests(index, order.side, price) }
        if verdict.isPassed {
            verdict = admit(
                index, order.strategy, order.side, quantity: order.leaves, price: price, reducing: reducing)
        }
        guard verdict.isPassed else {
            counters.ordersRefused += 1
            facts.append(
                .riskRejected, sequence: sequence, order: order.id, price: verdict.limit,
                quantity: verdict.value, instrument: order.instrument, detail: verdict.detail,
                strategy: order.strategy, side: order.side)
            end(slot, .rejected)
            return true
        }
        pool[slot].price = Price(raw: price)
        pool[slot].marks.isTriggered = false
        pool[slot].lifecycle = .pending
        recount(slot)
        if let sibling { recount(sibling) }
        send(slot)
        return true
    }

    /// Whether a held order can only bring the position nearer to zero, its own reservation set aside.
    private mutating func isClosing(_ slot: Int, _ index: Int) -> Bool {
        if pool[slot].flags.isReduceOnly { return true }
        let line = risks[index]
        let own = details[slot].reserved
        return pool[slot].side == .buy
            ? pool[slot].leaves <= -line.position - (line.openBuy - own)
            : pool[slot].leaves <= line.position - (line.openSell - own)
    }

    /// Takes off what of an order that may only reduce would do more: what is left of it closes what is left to close.
    private mutating func fitReduceOnly(_ slot: Int, _ index: Int) {
        var own = details[slot].reserved
        if let sibling = liveSibling(slot), pool[sibling].lifecycle == .held,
            pool[sibling].side == pool[slot].side
        {
            own += details[sibling].reserved
        }
        var room =
            pool[slot].side == .buy
            ? -risks[index].position - risks[index].openBuy : risks[index].position - risks[index].openSell
        room += own
        room -= room % Int64(risks[index].lot)
        if room > 0, room < pool[slot].leaves { resize(slot, by: room - pool[slot].leaves) }
    }

    /// Between which prices nothing moves in an instrument, anew.
    mutating func updateTrigger(_ index: Int) {
        var line = TriggerLine()
        var slot = risks[index].firstOrder
        while slot != .max {
            let order = pool[Int(slot)]
            if isWatched(Int(slot)) {
                let detail = details[Int(slot)]
                if order.side == .buy {
                    line.lowestBuy = min(line.lowestBuy, detail.stop)
                    if detail.trail > 0 { line.trailBelow = max(line.trailBelow, detail.stop - detail.trail) }
                } else {
                    line.highestSell = max(line.highestSell, detail.stop)
                    if detail.trail > 0 { line.trailAbove = min(line.trailAbove, detail.stop + detail.trail) }
                }
            }
            slot = order.next
        }
        triggers[index] = line
        markets[index].hasHeld = !line.isEmpty
    }

    // MARK: Moments

    /// The order's moment has come, if it is still the one that was set.
    mutating func wake(_ slot: Int, dueNs: UInt64) -> InputEffect {
        let order = pool[slot]
        guard !order.lifecycle.isEnded, order.marks.hasDetail, details[slot].wakeAtNs == dueNs else {
            return .none
        }
        details[slot].wakeAtNs = 0
        let expiresAtNs = details[slot].expiresAtNs
        if order.lifecycle == .held, details[slot].isAttempt, expiresAtNs == 0 || nowNs < expiresAtNs {
            attempt(slot)
            return update(slot)
        }
        // Its date has come.
        facts.append(
            .orderTimedOut, sequence: sequence, order: order.id, executionID: 0, quantity: order.leaves,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        if order.lifecycle == .held {
            withdraw(slot, as: .expired)
        } else {
            askCancel(slot)
        }
        return update(slot)
    }

    /// A new attempt goes now; where its session does not take it, later, as long as there are attempts left.
    private mutating func attempt(_ slot: Int) {
        if let sibling = liveSibling(slot), hasGone(sibling) { return withdraw(slot, as: .withdrawn) }
        if checkSession(Int(pool[slot].session)).isPassed {
            trigger(slot, .time, 0)
            _ = releaseHeld(slot)
            // Its own date comes after all.
            let expiresAtNs = details[slot].expiresAtNs
            if expiresAtNs != 0, !pool[slot].lifecycle.isEnded, hasTimerRoom() {
                details[slot].wakeAtNs = expiresAtNs
                setWake(slot, expiresAtNs)
            }
            return
        }
        let attempts = details[slot].retryCount
        // An order for more than a day waits for the venue as long as it takes.
        let isPatient = pool[slot].marks.isAdopted && pool[slot].timeInForce.outlivesDay
        guard isPatient || Int(attempts) < retryCountMax, hasTimerRoom() else {
            return withdraw(slot, as: .withdrawn)
        }
        if !isPatient { details[slot].retryCount += 1 }
        details[slot].wakeAtNs = nowNs &+ retryDelayNs << UInt64(attempts)
        setWake(slot, details[slot].wakeAtNs)
    }
}
