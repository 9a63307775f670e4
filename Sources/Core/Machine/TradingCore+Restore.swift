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
        guard index < markets.count, input.quantity != 0, Self.isQuantity(input.quantity),
            ledger.admits(index, price: Price(raw: input.price), quantity: abs(input.quantity))
        else { return .none }
        let side: Side = input.quantity > 0 ? .buy : .sell
        let change = carry(index, side, Price(raw: input.price), abs(input.quantity))
        recordPosition(index, change, .none, .max, side)
        return .none
    }

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
            input.user_ref == 0 || slots.isFree(input.source, input.user_ref),
            Int(input.source) < sessions.count, let handle = acquireHeard()
        else {
            alert(.unknownOrder, instrument: input.instrument, userRef: input.user_ref, quantity: input.quantity)
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
        order.marks.isAdopted = true
        order.marks.hasDetail = true
        pool[slot] = order
        var detail = OrderDetail()
        detail.stop = terms.price
        detail.trail = terms.quantity
        if terms.execution_id != 0 {
            // Dates are kept by the wall clock, over the night too.
            detail.wakeAtNs = terms.execution_id > utcOffsetNs ? max(terms.execution_id - utcOffsetNs, nowNs) : nowNs
        }
        detail.expiresAtNs = detail.wakeAtNs
        details[slot] = detail
        if input.user_ref != 0 { _ = slots.insert(input.source, input.user_ref, handle.index) }
        link(slot, index, side)
        account.openOrderCount += 1
        if !markets[index].isExposed { account.setReference(&risks[index], input.price) }
        recount(slot)
        if order.flags.isReduceOnly { risks[index].hasReduceOnly = true }
        if detail.wakeAtNs != 0, hasTimerRoom() { setWake(slot, detail.wakeAtNs) }
        facts.append(
            .orderRestored, sequence: sequence, order: order.id, price: input.price, quantity: input.quantity,
            instrument: input.instrument, userRef: input.user_ref,
            detail: Self.terms(type, timeInForce, order.flags), strategy: order.strategy, side: side)
        if order.lifecycle == .submitted {
            doubt(slot, input.kind)
        } else if type.isStop {
            updateTrigger(index)
        }
    }
}
