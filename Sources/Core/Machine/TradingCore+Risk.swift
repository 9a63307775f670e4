internal import Memory
internal import Model

// The last gate, and the sums behind it: every order, replacement and held order that goes passes here.
extension TradingCore {
    /// Where a strategy's own book of an instrument stands; one that is nobody's for orders of no strategy.
    @inline(__always)
    mutating func bookPlace(_ strategy: UInt16, _ index: Int) -> Int {
        likely(Int(strategy) < account.strategyCount)
            ? index * account.strategyCount + Int(strategy) : strategyBooks.count - 1
    }

    /// Does what the next order would otherwise wait for: draws anew what the account's limits leave, where that has moved.
    /// Called between events, when nothing waits; that it is not called changes no answer.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func prepare() {
        if unlikely(account.isWorthDrawing(&ledger)) { account.drawHeadroom(&ledger) }
    }

    /// Risk's word on an order whose own reservation, if it has one, is set aside.
    ///
    /// - Parameters:
    ///   - isCounted: it counts among the open orders already.
    ///   - shrinks: an order that is there becomes smaller.
    ///   - mayOpen: it counts among those that may open a position already.
    ///   - countedAt: the price by which it will count while it is held: ``countedPrice(_:_:price:)``; 0: its own.
    ///   - sumQuantity: what of a replacement the sums will hold, at `sumAt`, until it is answered; 0: as it is asked.
    @inline(never)
    mutating func judge(
        _ index: Int, _ strategy: UInt16, _ side: Side, quantity: Int64, price: Int64, flags: OrderFlags,
        reducing: Bool, isHeld: Bool, isCounted: Bool = false, shrinks: Bool = false, mayOpen: Bool = false,
        countedAt: Int64 = 0, sumQuantity: Int64 = 0, sumAt: Int64 = 0
    ) -> RiskVerdict {
        let state = checkStates(
            strategy, index, side, quantity, reducing: reducing, shrinks: shrinks, isHeld: isHeld,
            mayOpen: mayOpen)
        guard likely(state.isPassed) else { return state }
        if likely(!isHeld && !flags.isReduceOnly && sumQuantity == 0),
            surelyPasses(index, strategy, side, quantity: quantity, price: price)
        {
            return .passed
        }
        var question = RiskQuestion(
            side: side, quantity: quantity, price: price, flags: flags, reducing: reducing, isHeld: isHeld,
            isCounted: isCounted, strategy: strategy, lastPrice: markets[index].lastPrice.raw, nowNs: nowNs)
        question.countedAt = countedAt
        question.sumQuantity = sumQuantity
        question.sumAt = sumAt
        return judge(index, &question)
    }

    /// The limits' word alone: the states were asked before.
    @inline(never)
    private mutating func judge(_ index: Int, _ question: inout RiskQuestion) -> RiskVerdict {
        let place = bookPlace(question.strategy, index)
        let verdict = account.check(&risks[index], index, &question, &ledger, &strategyBooks[place])
        guard verdict.isPassed else { return verdict }
        guard account.short.preventsSelfTrade, !question.isHeld else { return .passed }
        return checkSelfTrade(index, question.side, question.price)
    }

    /// Rates and repetitions: asked when nothing else stands against an order, which counts as made then.
    ///
    /// - Parameter reducing: it only closes, or stands for an order that was let through.
    @inline(never)
    mutating func admit(
        _ index: Int, _ strategy: UInt16, _ side: Side, quantity: Int64, price: Int64, reducing: Bool
    ) -> RiskVerdict {
        account.admit(
            &risks[index], index, strategy, side, quantity: quantity, price: price, reducing: reducing,
            nowNs: nowNs)
    }

    /// The limits' word on a new order that may open a position: `true`: it passes all of them; `false`: ask ``judge``.
    @inline(__always)
    mutating func surelyPasses(
        _ index: Int, _ strategy: UInt16, _ side: Side, quantity: Int64, price: Int64
    ) -> Bool {
        let place = bookPlace(strategy, index)
        guard
            likely(
                account.surelyPasses(
                    &risks[index], index, strategy, side, quantity, price, last: markets[index].lastPrice.raw,
                    &ledger, &strategyBooks[place]))
        else { return false }
        #if DEBUG
        var question = RiskQuestion(
            side: side, quantity: quantity, price: price, flags: OrderFlags(rawValue: 0),
            reducing: false, isHeld: false, isCounted: false, strategy: strategy,
            lastPrice: markets[index].lastPrice.raw, nowNs: nowNs)
        precondition(
            account.check(&risks[index], index, &question, &ledger, &strategyBooks[place]).isPassed,
            "Invariant: the short way passes nothing that a limit refuses")
        #endif
        return likely(!account.short.preventsSelfTrade) || checkSelfTrade(index, side, price).isPassed
    }

    // MARK: Our own orders on the other side

    /// Whether an order at `price` would trade with one of our own.
    @inline(__always)
    private mutating func checkSelfTrade(_ index: Int, _ side: Side, _ price: Int64) -> RiskVerdict {
        // No branch depends on the side, which nobody can foretell.
        let isBuy = side == .buy
        let count = isBuy ? risks[index].sellCount : risks[index].buyCount
        let bound = isBuy ? account.traces[index].lowestSell : account.traces[index].highestBuy
        let crosses = isBuy ? price >= bound : price <= bound
        if likely(count == 0 || !crosses) { return .passed }
        return checkOwnOrders(index, side, price)
    }

    /// The bounds may be those of orders that have ended: what works is looked at, and they are drawn anew.
    @inline(never)
    private mutating func checkOwnOrders(_ index: Int, _ side: Side, _ price: Int64) -> RiskVerdict {
        var lowestSell = Int64.max
        var highestBuy = Int64.min
        var slot = risks[index].firstOrder
        while slot != .max {
            let place = Int(slot)
            let order = pool[place]
            slot = order.next
            // What is held is at no venue, and is asked when it goes.
            guard order.lifecycle != .held else { continue }
            var low = order.price.raw
            var high = low
            for version in 0..<Int(order.versionCount) {
                low = min(low, details[place].versions[version].price)
                high = max(high, details[place].versions[version].price)
            }
            if order.side == .sell { lowestSell = min(lowestSell, low) }
            if order.side == .buy { highestBuy = max(highestBuy, high) }
        }
        account.traces[index].lowestSell = lowestSell
        account.traces[index].highestBuy = highestBuy
        if side == .buy, price >= lowestSell {
            return RiskVerdict(.selfTrade, limit: lowestSell, value: price)
        }
        if side == .sell, price <= highestBuy {
            return RiskVerdict(.selfTrade, limit: highestBuy, value: price)
        }
        return .passed
    }

    /// An order of ours may trade at this price from here on.
    @inline(__always)
    mutating func noteOwnPrice(_ index: Int, _ side: Side, _ price: Int64) {
        if side == .sell {
            account.traces[index].lowestSell = min(account.traces[index].lowestSell, price)
        } else {
            account.traces[index].highestBuy = max(account.traces[index].highestBuy, price)
        }
    }

    // MARK: Sums

    /// Counts so much more of an order as open, or less: in the account's, the instrument's and the strategy's sums.
    @inline(__always)
    mutating func moveOpen(_ index: Int, _ strategy: UInt16, _ side: Side, _ quantity: Int64, at price: Int64)
    {
        account.move(&risks[index], index, position: 0, side: side, open: quantity, at: price)
        countOwn(index, strategy, side, quantity, at: price)
    }

    /// The strategy's share of a change of what is open.
    @inline(__always)
    mutating func countOwn(_ index: Int, _ strategy: UInt16, _ side: Side, _ quantity: Int64, at price: Int64)
    {
        if quantity > 0 { noteOwnPrice(index, side, price) }
        let value = AccountRisk.product(price, quantity, risks[index].multiplier)
        account.countOpen(&risks[index], strategy, value: value)
        let place = bookPlace(strategy, index)
        if side == .buy {
            strategyBooks[place].openBuy += quantity
        } else {
            strategyBooks[place].openSell += quantity
        }
    }

    /// An order that was nobody's is a strategy's, and counts with it from here on.
    @inline(never)
    mutating func give(_ slot: Int, to strategy: UInt16) {
        let index = Int(pool[slot].instrument)
        let reserved = reservedQuantity(slot)
        let price = reservedPrice(slot)
        let next = pool[slot].next
        let previous = pool[slot].previous
        countOwn(index, pool[slot].strategy, pool[slot].side, -reserved, at: price)
        unlink(slot)
        pool[slot].strategy = strategy
        link(slot, index, pool[slot].side)
        countOwn(index, strategy, pool[slot].side, reserved, at: price)
        precondition(
            next == pool[slot].next && previous == pool[slot].previous, "Invariant: it was the newest")
    }

    /// What executed moves the strategy's own book.
    ///
    /// - Parameter signed: above zero: bought.
    @inline(__always)
    mutating func bookOwn(_ index: Int, _ strategy: UInt16, _ signed: Int64, _ price: Price) {
        let place = bookPlace(strategy, index)
        strategyBooks[place].add(signed, price, multiplier: Int64(risks[index].multiplier))
    }

    /// What was undone leaves it again.
    @inline(never)
    mutating func undoOwn(_ index: Int, _ strategy: UInt16, _ signed: Int64, _ price: Price) {
        let place = bookPlace(strategy, index)
        strategyBooks[place].undo(signed, price, multiplier: Int64(risks[index].multiplier))
    }

    /// What a strategy held at the end of an earlier run. The account's own position comes from the venue's stream or with
    /// the day's begin, as nobody's: so much of that is the strategy's.
    @inline(never)
    mutating func restoreBook(_ input: Input) -> InputEffect {
        let index = Int(input.instrument)
        let strategy = UInt16(truncatingIfNeeded: input.user_ref)
        guard index < markets.count, input.user_ref < account.strategyCount,
            input.quantity.magnitude < Self.positionBound
        else { return .none }
        let place = bookPlace(strategy, index)
        let cost = Int128(Int64(bitPattern: input.venue_time_ns)) << 64 | Int128(input.execution_id)
        // More than any book comes to is none.
        guard cost < 1 << 90, cost > -(1 << 90), input.quantity != 0 || cost == 0 else { return .none }
        let points = Int128(risks[index].multiplier)
        strategyBooks[place].restore(
            position: input.quantity, cost: cost * points, realised: Int128(input.price) * points)
        strategyBooks[strategyBooks.count - 1].position -= input.quantity
        return .none
    }

    /// The price at which an order could be worst: what its sums are counted by.
    mutating func worstPrice(_ slot: Int) -> Int64 {
        var price = pool[slot].price.raw
        let side = pool[slot].side
        for version in 0..<Int(pool[slot].versionCount) {
            price = max(price, details[slot].versions[version].price)
        }
        guard pool[slot].lifecycle == .held else { return price }
        return countedPrice(side, pool[slot].orderType, price: price)
    }

    /// What a unit of an order counts at while it is held.
    mutating func countedPrice(_ side: Side, _ type: OrderType, price: Int64) -> Int64 {
        guard side == .buy else { return price }
        switch type {
        // It goes at the collar of a market that has come to its stop.
        case .stop, .trailingStop: return Int64(clamping: Int128(price) + Int128(account.collarBand(price)))
        case .market, .limit, .stopLimit: return price
        }
    }
}
