internal import Model

// What an operator asks.
extension TradingCore {
    mutating func operate(_ input: Input) -> InputEffect {
        guard let command = OperatorCommand(rawValue: input.flags) else {
            // From outside: refused, not a trap.
            facts.append(.illegalTransition, sequence: sequence, detail: UInt32(input.kind))
            alert(.illegalTransition)
            return .none
        }
        let id = OrderID(high: input.venue_time_ns, low: input.execution_id)
        switch command {
        case .stopTrading:
            let count = Int64(account.openOrderCount)
            stopTrading()
            answer(input, command, count: count)
        case .cancelOrder:
            guard let slot = openSlot(id) else { return answer(input, command, rule: .noSuchOrder) }
            guard pool[slot].request != .cancelPending else {
                return answer(input, command, rule: .requestPending)
            }
            askCancel(slot)
            answer(input, command, count: 1)
        case .cancelAll:
            guard input.instrument == .max || Int(input.instrument) < markets.count else {
                return answer(input, command, rule: .unknownInstrument)
            }
            answer(input, command, count: cancelAll(instrument: input.instrument))
        case .replaceOrder:
            guard let slot = openSlot(id) else { return answer(input, command, rule: .noSuchOrder) }
            let verdict = requestReplace(slot, price: input.price, quantity: input.quantity)
            answer(input, command, rule: verdict.rule, count: verdict.isPassed ? 1 : 0)
        case .closePosition:
            guard Int(input.instrument) < markets.count else {
                return answer(input, command, rule: .unknownInstrument)
            }
            close(input, command)
        case .flatten:
            var count = cancelAll(instrument: .max)
            var refused = Rule.none
            // What works may execute before its cancel: then that is closed, too.
            for index in 0..<markets.count where risks[index].position != 0 || risks[index].firstOrder != .max
            {
                let rule = closeWhenPossible(index)
                if rule != .none {
                    refused = rule
                } else if risks[index].position != 0 {
                    count += 1
                }
            }
            answer(input, command, rule: refused, count: count)
        case .reconcile:
            for session in 0..<sessions.count { ask(session) }
            answer(input, command, rule: reconciliation.isOn ? .none : .noBackOffice)
        case .acceptDispute:
            guard let slot = anySlot(id), pool[slot].knowledge == .disputed else {
                return answer(input, command, rule: .noSuchOrder)
            }
            pool[slot].knowledge = .known
            let order = pool[slot]
            facts.append(
                .orderResolved, sequence: sequence, order: order.id, quantity: order.leaves,
                instrument: order.instrument, userRef: order.userRef,
                detail: UInt32(order.lifecycle.rawValue),
                strategy: order.strategy, side: order.side)
            owe(slot, input.kind)
            liftAfterDispute(order.instrument)
            answer(input, command, count: 1)
        case .setRate:
            let rule = setRate(input.execution_id, input.quantity)
            answer(input, command, rule: rule, count: rule == .none ? 1 : 0)
        case .setLimits: answer(input, command, rule: .badTerms)
        case .kill, .lift, .setState: return operateState(input, command)
        }
        return .none
    }

    /// What was asked of an order while it was disputed is still to be answered.
    private mutating func owe(_ slot: Int, _ kind: UInt8) {
        guard !pool[slot].lifecycle.isEnded, pool[slot].lifecycle == .submitted || isAsked(slot) else {
            return
        }
        doubts.remove(slot)
        if sessions[Int(pool[slot].session)].isUp { waitForAnswer(slot) } else { doubt(slot, kind) }
    }

    @discardableResult
    mutating func answer(
        _ input: Input, _ command: OperatorCommand, rule: Rule = .none, count: Int64 = 0
    ) -> InputEffect {
        facts.append(
            .operatorAnswered, sequence: sequence, quantity: count, instrument: input.instrument,
            userRef: input.user_ref, detail: UInt32(command.rawValue) | rule.rawValue << 16)
        return .none
    }

    private mutating func openSlot(_ id: OrderID) -> Int? {
        guard let slot = anySlot(id), !pool[slot].lifecycle.isEnded else { return nil }
        return slot
    }

    private mutating func anySlot(_ id: OrderID) -> Int? {
        guard id != .none else { return nil }
        for slot in 0..<pool.touchedCount where pool[slot].id == id && pool[slot].lifecycle != .closed {
            return slot
        }
        return nil
    }

    /// A person has looked: where no other order of the instrument is disputed, exposure may grow again. Should a position
    /// still differ, the next comparison turns it back.
    private mutating func liftAfterDispute(_ instrument: UInt32) {
        guard Int(instrument) < risks.count, risks[Int(instrument)].isReduceOnly else { return }
        guard !hasDispute(instrument) else { return }
        setState(.instrument, Int(instrument), .disputedInstrument, .normal)
    }

    // MARK: Closing

    private mutating func close(_ input: Input, _ command: OperatorCommand) {
        let index = Int(input.instrument)
        let count = cancelAll(instrument: input.instrument)
        guard risks[index].position != 0 || count > 0 else {
            answer(input, command, rule: .sizedToZero)
            return
        }
        let isHeld = risks[index].position != 0
        let rule = closeWhenPossible(index)
        answer(input, command, rule: rule, count: count + (isHeld && rule == .none ? 1 : 0))
    }

    /// From here on nothing but what closes is made in an instrument, until it is flat.
    ///
    /// - Returns: the rule that keeps even that back, and the wish is given up; `.none`: it is closed now, or as soon as
    ///   nothing works, its market is open, quoted and its session up.
    private mutating func closeWhenPossible(_ index: Int) -> Rule {
        let rule = haltingRule(index)
        guard rule == .none else { return rule }
        risks[index].isClosing = true
        refusedLast = .none
        closeNow(index)
        return refusedLast
    }

    /// An order of an instrument that is to be closed was told of. Where our own attempt to close found nobody, the next
    /// one would not either, and would follow at once: a person asks again.
    @inline(never)
    mutating func closeNext(_ index: Int, _ slot: Int) {
        let order = pool[slot]
        if order.strategy == .max, order.lifecycle.isEnded, order.filled == 0, order.flags.isReduceOnly,
            !order.marks.isAdopted
        {
            risks[index].isClosing = false
            return
        }
        closeNow(index)
    }

    /// Once nothing works in an instrument that is to be closed, one order at the market takes what is held; a part that
    /// the limits keep back is taken by the next.
    mutating func closeNow(_ index: Int) {
        guard risks[index].isClosing, risks[index].firstOrder == .max, !risks[index].isMarketClosed else {
            return
        }
        let position = risks[index].position
        guard position != 0 else {
            risks[index].isClosing = false
            return
        }
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        guard risks[index].reference > 0, sessions[Int(risks[index].session)].isUp else { return }
        let side: Side = position > 0 ? .sell : .buy
        let price = collarPrice(index, side)
        let size = account.largestOrder(&risks[index], index, quantity: abs(position), price: price)
        let refusedBefore = counters.ordersRefused
        createOrder(
            .max, index, side, price: price, quantity: size, orderType: .market,
            timeInForce: .immediateOrCancel, flags: .reduceOnly, strength: 1)
        // Refused, which is on record: asked again by a person, not for ever by us.
        if counters.ordersRefused != refusedBefore { risks[index].isClosing = false }
    }
}
