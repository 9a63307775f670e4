internal import Model

// What a state means for what is there already: orders that are asked back, positions that are closed.
extension TradingCore {
    /// Carries out what has changed in the step.
    @inline(never)
    mutating func react() {
        states.hasPending = false
        if states.hasMovedMany || hasToEnforceAll {
            hasToEnforceAll = false
            enforceAll()
        }
        if states.hasPendingAccount {
            states.hasPendingAccount = false
            enforce(.account, 0)
        }
        while states.pendingStrategies != 0 {
            let strategy = states.pendingStrategies.trailingZeroBitCount
            states.pendingStrategies &= states.pendingStrategies - 1
            enforce(.strategy, strategy)
        }
        if states.pendingInstrument != .max {
            let index = Int(states.pendingInstrument)
            states.pendingInstrument = .max
            enforce(.instrument, index)
        }
        if states.movedInstrument != .max {
            let index = Int(states.movedInstrument)
            states.movedInstrument = .max
            enforceMoved(index)
        }
    }

    /// After a log-on, or where several positions have moved: every scope anew.
    private mutating func enforceAll() {
        states.hasMovedMany = false
        states.movedInstrument = .max
        states.hasPendingAccount = false
        states.pendingStrategies = 0
        states.pendingInstrument = .max
        enforce(.account, 0)
        guard states.strategyCount > 0 || states.haltedCount > 0 || states.liquidatingCount > 0 else {
            return
        }
        for strategy in 0..<StrategyContext.strategyCountMax { enforce(.strategy, strategy) }
        for index in 0..<risks.count where risks[index].isReduceOnly { enforce(.instrument, index) }
    }

    private mutating func enforce(_ scope: RiskScope, _ index: Int) {
        switch states.state(scope, index).state {
        case .normal, .reduceOnly: return
        case .liquidationOnly:
            if breakers.flattensInLiquidation {
                flatten(scope, index)
            } else {
                liquidate(scope, index)
            }
        case .halted: recall(scope, index)
        }
    }

    /// A position has moved in an instrument: what closed it may now do more than that.
    private mutating func enforceMoved(_ index: Int) {
        if states.account.state == .liquidationOnly || states.instrument(index).state == .liquidationOnly {
            keepClosing(index, nil)
        }
        guard states.strategyCount > 0 else { return }
        for strategy in 0..<StrategyContext.strategyCountMax
        where states.strategy(UInt16(strategy)).state == .liquidationOnly {
            keepClosing(index, UInt16(strategy))
        }
    }

    // MARK: Halted

    /// Asks every open order of a scope back; what has not left the engine ends here.
    private mutating func recall(_ scope: RiskScope, _ index: Int) {
        for slot in 0..<pool.touchedCount {
            guard !pool[slot].lifecycle.isEnded, concerns(scope, index, slot) else { continue }
            askCancel(slot)
        }
    }

    private mutating func concerns(_ scope: RiskScope, _ index: Int, _ slot: Int) -> Bool {
        switch scope {
        case .account: true
        case .strategy: Int(pool[slot].strategy) == index
        case .instrument: Int(pool[slot].instrument) == index
        }
    }

    /// Whether an order is in a scope that is halted.
    mutating func isRecalled(_ slot: Int) -> Bool {
        if account.isHalted { return true }
        guard states.haltedCount > 0 else { return false }
        let order = pool[slot]
        return states.strategy(order.strategy).state == .halted
            || Int(order.instrument) < risks.count
                && states.instrument(Int(order.instrument)).state == .halted
    }

    // MARK: Liquidation only

    /// Asks back what raises exposure; what closes stays.
    private mutating func liquidate(_ scope: RiskScope, _ index: Int) {
        switch scope {
        case .account:
            for each in 0..<risks.count where risks[each].firstOrder != .max { keepClosing(each, nil) }
        case .strategy:
            for each in 0..<risks.count where risks[each].firstOrder != .max {
                keepClosing(each, UInt16(truncatingIfNeeded: index))
            }
        case .instrument: keepClosing(index, nil)
        }
    }

    /// Leaves of the orders of an instrument, or of a strategy's in it, those that close what is held, oldest first. What
    /// works and does more is asked back; what is held is made smaller where a part of it still closes, as a stop that is gone
    /// protects nothing. While the venue repeats what it told before, the log-on's end is waited for.
    private mutating func keepClosing(_ index: Int, _ strategy: UInt16?) {
        guard sessions[Int(risks[index].session)].isUp else { return }
        while let excess = excess(index, strategy) {
            let room = excess.room - excess.room % Int64(risks[index].lot)
            if room > 0, room < pool[excess.slot].leaves {
                resize(excess.slot, by: room - pool[excess.slot].leaves)
            } else {
                withdraw(excess.slot, as: .withdrawn)
            }
        }
    }

    /// Asks back what works and is too much, and answers the first that is held and is: what becomes of it changes the list.
    private mutating func excess(_ index: Int, _ strategy: UInt16?) -> (slot: Int, room: Int64)? {
        var position = risks[index].position
        if let strategy, hasBook(strategy) {
            position = strategyBooks[bookPlace(strategy, index)].position
        }
        var sells = max(position, 0)
        var buys = max(-position, 0)
        var slot = risks[index].firstOrder
        var oldest = UInt32.max
        while slot != .max {
            oldest = slot
            slot = pool[Int(slot)].next
        }
        slot = oldest
        while slot != .max {
            let at = Int(slot)
            let order = pool[at]
            slot = order.previous
            if let strategy, order.strategy != strategy { continue }
            let open = reservedQuantity(at)
            let room = order.side == .buy ? buys : sells
            if open > room || (order.side == .buy ? position >= 0 : position <= 0) {
                if order.lifecycle == .held { return (at, room) }
                askCancel(at)
            } else if order.side == .buy {
                buys -= open
            } else {
                sells -= open
            }
        }
        return nil
    }

    // MARK: Flattening

    /// Cancels every order of a scope and closes what it holds.
    private mutating func flatten(_ scope: RiskScope, _ index: Int) {
        switch scope {
        case .account:
            _ = cancelAll(instrument: .max)
            for each in 0..<risks.count where risks[each].position != 0 || risks[each].firstOrder != .max {
                risks[each].isClosing = true
                closeNow(each)
            }
        case .instrument:
            _ = cancelAll(instrument: UInt32(truncatingIfNeeded: index))
            risks[index].isClosing = true
            closeNow(index)
        case .strategy:
            recall(.strategy, index)
            guard hasBook(UInt16(truncatingIfNeeded: index)) else { return }
            states.closingStrategies |= 1 << UInt64(index)
            for each in 0..<risks.count { closeOwn(UInt16(truncatingIfNeeded: index), each) }
        }
    }

    /// Once nothing of the strategy works in an instrument, one order at the market takes what it holds of it.
    private mutating func closeOwn(_ strategy: UInt16, _ index: Int) {
        let position = strategyBooks[bookPlace(strategy, index)].position
        guard position != 0, sessions[Int(risks[index].session)].isUp, !risks[index].isMarketClosed,
            // All of it is being closed.
            !risks[index].isClosing
        else { return }
        var slot = risks[index].firstOrder
        while slot != .max {
            if pool[Int(slot)].strategy == strategy { return }
            slot = pool[Int(slot)].next
        }
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        guard risks[index].reference > 0 else { return }
        let side: Side = position > 0 ? .sell : .buy
        let price = collarPrice(index, side)
        let size = account.largestOrder(&risks[index], index, quantity: abs(position), price: price)
        let refusedBefore = counters.ordersRefused
        createOrder(
            strategy, index, side, price: price, quantity: size, orderType: .market,
            timeInForce: .immediateOrCancel, flags: OrderFlags(rawValue: 0), strength: 1)
        // Refused, which is on record: asked again by a person, not for ever by us.
        if counters.ordersRefused != refusedBefore {
            states.closingStrategies &= ~(1 << UInt64(strategy))
        }
    }

    /// An order of a strategy that is to be closed was told of. Where our own attempt found nobody, the next one would not
    /// either.
    @inline(never)
    mutating func closeOwnNext(_ slot: Int) {
        let order = pool[slot]
        guard order.strategy < UInt16(StrategyContext.strategyCountMax),
            states.closingStrategies >> UInt64(order.strategy) & 1 != 0, Int(order.instrument) < risks.count
        else { return }
        if order.lifecycle.isEnded, order.filled == 0, order.timeInForce == .immediateOrCancel,
            order.orderType == .market
        {
            states.closingStrategies &= ~(1 << UInt64(order.strategy))
            return
        }
        closeOwn(order.strategy, Int(order.instrument))
    }

    /// After a log-on, or when a market has opened.
    mutating func closeOwnWhereClosing() {
        guard states.closingStrategies != 0 else { return }
        for strategy in 0..<StrategyContext.strategyCountMax
        where states.closingStrategies >> UInt64(strategy) & 1 != 0 {
            for index in 0..<risks.count { closeOwn(UInt16(strategy), index) }
        }
    }
}
