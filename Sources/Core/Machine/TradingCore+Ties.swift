internal import Model

// Orders that hang on others: pairs of which one cancels the other, children of what another executes, attempts anew.
extension TradingCore {
    mutating func recordLink(
        _ id: OrderID, _ instrument: UInt32, _ strategy: UInt16, _ side: Side, _ link: OrderLink,
        _ other: OrderID
    ) {
        facts.append(
            .orderLinked, sequence: sequence, order: id, price: Int64(bitPattern: other.high),
            quantity: Int64(bitPattern: other.low), instrument: instrument, detail: link.rawValue,
            strategy: strategy, side: side)
    }

    /// Ties an order just made to another.
    mutating func tie(_ slot: Int, _ other: Int, _ link: OrderLink) {
        needDetail(other)
        let order = pool[slot]
        recordLink(order.id, order.instrument, order.strategy, order.side, link, pool[other].id)
        switch link {
        case .sibling:
            details[slot].sibling = pool.handle(other)
            details[other].sibling = pool.handle(slot)
            recount(slot)
            recount(other)
        case .triggeredBy: pool[other].marks.hasChildren = true
        case .takeProfit, .stopLoss, .retryOf: break
        }
    }

    // MARK: Executions

    /// What an execution of `quantity` means for what hangs on the order, and for the order's own rest.
    @inline(never)
    mutating func executedTies(_ slot: Int, _ executed: Int64) {
        let order = pool[slot]
        var quantity = executed
        if order.marks.hasDetail, details[slot].applied > 0 {
            let known = min(quantity, details[slot].applied)
            details[slot].applied -= known
            quantity -= known
            guard quantity > 0 else { return }
        }
        if order.marks.hasDetail {
            closeForParent(slot, quantity)
            let detail = details[slot]
            if detail.takeProfit != 0 || detail.stopLoss != 0 { protect(slot) }
            if !detail.sibling.isNone, pool.isCurrent(detail.sibling) {
                executedSibling(Int(detail.sibling.index), side: order.side, quantity)
            }
        }
        guard order.filled > 0, !pool[slot].lifecycle.isEnded, pool[slot].leaves > 0,
            !order.marks.remainderDone, !order.timeInForce.isImmediate
        else { return }
        switch order.remainder {
        case .keep: break
        case .cancel:
            pool[slot].marks.remainderDone = true
            askCancel(slot)
        case .cross:
            pool[slot].marks.remainderDone = true
            crossRemainder(slot)
        }
    }

    /// One of a pair executed: the other loses as much where it closes the same, all where it does not.
    private mutating func executedSibling(_ slot: Int, side: Side, _ quantity: Int64) {
        guard !pool[slot].lifecycle.isEnded else { return }
        guard pool[slot].lifecycle == .held, pool[slot].side == side, pool[slot].leaves > quantity else {
            return askCancel(slot)
        }
        resize(slot, by: -quantity)
    }

    /// The rest goes where somebody takes it, as far as the collar allows.
    private mutating func crossRemainder(_ slot: Int) {
        let order = pool[slot]
        let index = Int(order.instrument)
        let quote = markets[index].quote
        var touch: Int64 = 0
        if order.side == .buy, quote.askQuantity.raw > 0 { touch = quote.ask.raw }
        if order.side == .sell, quote.bidQuantity.raw > 0 { touch = quote.bid.raw }
        guard touch > 0 else { return }
        // Risk holds the collar; a refusal leaves the rest as it is, and is on record.
        let verdict = requestReplace(slot, price: touch, quantity: 0)
        guard !verdict.isPassed, verdict.rule != .noChange else { return }
        facts.append(
            .replaceRefused, sequence: sequence, order: order.id, executionID: UInt64(order.userRef),
            price: verdict.limit, quantity: verdict.value, instrument: order.instrument,
            userRef: order.userRef, detail: verdict.rule.rawValue << 16, strategy: order.strategy,
            side: order.side)
    }

    /// Makes or grows the two orders that close what a bracket's entry has executed: the stop first, so that at no
    /// moment the position stands without it. When a pair has closed its part, what executes later gets a pair of its own.
    private mutating func protect(_ slot: Int) {
        let detail = details[slot]
        let open = pool[slot].filled - detail.closed
        var wanted = open
        var loss = liveOrder(detail.lossChild)
        let profit = liveOrder(detail.profitChild)
        if let child = loss, pool[child].lifecycle != .held {
            // Triggered: it closes what it has, and nothing is added to it.
            wanted -= pool[child].leaves
            loss = nil
        }
        guard wanted > 0 else { return }
        let isOver = loss == nil && profit == nil
        if detail.stopLoss != 0 {
            if let child = loss {
                grow(child, by: wanted - pool[child].leaves)
            } else if isOver || detail.lossChild.isNone {
                loss = makeStop(slot, wanted, profit)
            }
        }
        guard detail.takeProfit != 0 else { return }
        if let child = profit {
            growProfit(child, to: pool[child].filled + open)
        } else if isOver || detail.profitChild.isNone {
            makeProfit(slot, wanted, loss)
        }
    }

    private mutating func makeStop(_ slot: Int, _ quantity: Int64, _ profit: Int?) -> Int? {
        let order = pool[slot]
        var detail = OrderDetail()
        detail.stop = details[slot].stopLoss
        detail.parent = pool.handle(slot)
        detail.link = UInt8(OrderLink.stopLoss.rawValue)
        detail.strength = details[slot].strength
        let made = make(
            detail, order.strategy, Int(order.instrument), order.side == .buy ? .sell : .buy,
            price: detail.stop, quantity: quantity, .stop, .goodTillCancelled, .reduceOnly, isHeld: true,
            remainder: .keep, wakes: false, link: .stopLoss, other: order.id)
        guard let made else { return nil }
        details[slot].lossChild = pool.handle(made)
        if let profit, liveSibling(profit) == nil { tie(made, profit, .sibling) }
        return made
    }

    private mutating func makeProfit(_ slot: Int, _ quantity: Int64, _ loss: Int?) {
        let order = pool[slot]
        // The stop stands for the same shares: it counts beyond what its sibling counts only.
        if let loss { setReserved(loss, 0) }
        var detail = OrderDetail()
        detail.parent = pool.handle(slot)
        detail.link = UInt8(OrderLink.takeProfit.rawValue)
        detail.strength = details[slot].strength
        let made = make(
            detail, order.strategy, Int(order.instrument), order.side == .buy ? .sell : .buy,
            price: details[slot].takeProfit, quantity: quantity, .limit, .goodTillCancelled, .reduceOnly,
            isHeld: false, remainder: .keep, wakes: false, link: .takeProfit, other: order.id)
        if let made {
            details[slot].profitChild = pool.handle(made)
            if let loss { tie(made, loss, .sibling) }
        }
        if let loss { recount(loss) }
    }

    /// A held child covers what its parent has executed so far.
    private mutating func grow(_ slot: Int, by quantity: Int64) {
        if quantity > 0 { resize(slot, by: quantity) }
    }

    /// Gives an order that is held more or less to do; what it is after is on record.
    mutating func resize(_ slot: Int, by change: Int64) {
        pool[slot].ordered += change
        pool[slot].leaves += change
        recount(slot)
        let order = pool[slot]
        facts.append(
            .orderReplaced, sequence: sequence, order: order.id, price: order.price.raw,
            quantity: order.ordered, instrument: order.instrument, strategy: order.strategy, side: order.side)
    }

    /// A working child is replaced; while that is not possible, the next answer on it tries again.
    private mutating func growProfit(_ slot: Int, to quantity: Int64) {
        guard pool[slot].ordered < quantity, pool[slot].request == .none else { return }
        if let loss = liveSibling(slot), pool[loss].lifecycle == .held { setReserved(loss, 0) }
        _ = requestReplace(slot, price: 0, quantity: quantity)
        if let loss = liveSibling(slot) { recount(loss) }
    }

    /// A child that could not grow when its parent executed does so when its own question was answered.
    mutating func growAnswered(_ slot: Int) {
        guard pool[slot].marks.hasDetail, details[slot].parentLink == .takeProfit,
            !pool[slot].lifecycle.isEnded, pool[slot].lifecycle == .accepted,
            pool.isCurrent(details[slot].parent)
        else { return }
        let parent = Int(details[slot].parent.index)
        growProfit(slot, to: pool[slot].filled + pool[parent].filled - details[parent].closed)
    }

    /// What a bracket's child has executed, or not after all, is closed for its parent.
    mutating func closeForParent(_ slot: Int, _ quantity: Int64) {
        guard pool[slot].marks.hasDetail else { return }
        switch details[slot].parentLink {
        case .takeProfit, .stopLoss: break
        case .sibling, .retryOf, .triggeredBy, nil: return
        }
        guard pool.isCurrent(details[slot].parent) else { return }
        details[Int(details[slot].parent.index)].closed += quantity
    }

    // MARK: Ends

    /// What hung on an order that has ended.
    @inline(never)
    mutating func endTies(_ slot: Int, _ before: OrderRecord) {
        let index = Int(before.instrument)
        if before.lifecycle == .held, before.orderType.isStop { updateTrigger(index) }
        if before.marks.hasChildren { parentEnded(slot, index) }
        guard let sibling = liveSibling(slot) else { return }
        details[sibling].sibling = .none
        recount(sibling)
        // What its sibling counted is its own now: it may be more than there is to reduce.
        if pool[sibling].flags.isReduceOnly, pool[sibling].lifecycle == .held {
            enforceReduceOnly(index)
            guard !pool[sibling].lifecycle.isEnded else { return }
        }
        switch pool[slot].lifecycle {
        case .filled:
            // It took everything that the other one would have closed.
            if pool[sibling].lifecycle == .held {
                withdraw(sibling, as: .withdrawn)
            } else {
                askCancel(sibling)
            }
        case .cancelled, .rejected, .expired, .closed:
            if pool[sibling].lifecycle == .held, pool[sibling].marks.isTriggered { _ = releaseHeld(sibling) }
        case .created, .held, .pending, .submitted, .accepted: break
        }
    }

    /// Orders that wait for their parent: they go when it was filled, and end when it was not.
    private mutating func parentEnded(_ parent: Int, _ index: Int) {
        let handle = pool.handle(parent)
        let isFilled = pool[parent].lifecycle == .filled
        var slot = risks[index].firstOrder
        while slot != .max {
            let order = pool[Int(slot)]
            let next = order.next
            if order.lifecycle == .held, order.marks.hasDetail, details[Int(slot)].parent == handle,
                details[Int(slot)].parentLink == .triggeredBy
            {
                details[Int(slot)].parent = .none
                if isFilled {
                    // A stop now waits for its price, anything else goes.
                    if order.orderType.isStop {
                        updateTrigger(index)
                        slot = next
                        continue
                    }
                    trigger(Int(slot), .parent, 0)
                    _ = releaseHeld(Int(slot))
                } else {
                    withdraw(Int(slot), as: .withdrawn)
                }
                // The list is another one.
                slot = risks[index].firstOrder
                continue
            }
            slot = next
        }
    }

    // MARK: Reduce-only

    /// Orders that may only reduce and would do more, as the position has shrunk under them: newest first, until what is
    /// left of them fits. What works is asked back; what is held is made smaller, as a stop that is gone protects nothing.
    /// While the venue repeats what it told before, positions pass through what they were: the log-on's end is waited for.
    @inline(never)
    mutating func enforceReduceOnly(_ index: Int) {
        guard sessions[Int(risks[index].session)].isUp else { return }
        while let excess = excessReduceOnly(index) {
            let lot = Int64(risks[index].lot)
            let room = excess.room - excess.room % lot
            if room > 0 {
                resize(excess.slot, by: room - pool[excess.slot].leaves)
            } else {
                withdraw(excess.slot, as: .withdrawn)
            }
        }
    }

    /// Asks back what works and is too much, and answers the first that is held and is: what becomes of it changes the
    /// list.
    private mutating func excessReduceOnly(_ index: Int) -> (slot: Int, room: Int64)? {
        let position = risks[index].position
        var sells = max(position, 0)
        var buys = max(-position, 0)
        var slot = risks[index].firstOrder
        var oldest: UInt32 = .max
        while slot != .max {
            oldest = slot
            slot = pool[Int(slot)].next
        }
        var isFound = false
        slot = oldest
        while slot != .max {
            let order = pool[Int(slot)]
            if order.flags.isReduceOnly {
                isFound = true
                // What its sibling counts already is no excess of its own; without a position nothing is left to reduce.
                let open = reservedQuantity(Int(slot))
                let room = order.side == .buy ? buys : sells
                if open > room || (order.side == .buy ? position >= 0 : position <= 0) {
                    if order.lifecycle == .held { return (Int(slot), room) }
                    askCancel(Int(slot))
                } else if order.side == .buy {
                    buys -= open
                } else {
                    sells -= open
                }
            }
            slot = order.previous
        }
        risks[index].hasReduceOnly = isFound
        return nil
    }

    // MARK: Attempts anew

    /// Makes an order again that is proven not to be at the venue, after a pause that doubles with each attempt.
    ///
    /// - Parameter order: as it was before it ended: the end answers every request, and what was to be cancelled must not
    ///   come back.
    mutating func retry(_ slot: Int, _ order: OrderRecord) {
        let attempts = order.marks.hasDetail ? Int(details[slot].retryCount) : 0
        // What waited for this order has ended with it: alone it would be another wish.
        guard attempts < retryCountMax, !isRecalled(slot), order.filled == 0, order.busted == 0,
            !order.marks.isAdopted, !order.marks.hasChildren, order.request == .none,
            !order.marks.wantsCancel, hasTimerRoom()
        else { return }
        // A stop that has gone meanwhile closes what this one was to close.
        let sibling = order.marks.hasDetail ? liveOrder(details[slot].sibling) : nil
        if let sibling, hasGone(sibling) { return }
        var detail = order.marks.hasDetail ? details[slot] : OrderDetail()
        let delay = retryDelayNs << UInt64(attempts)
        // A quarter of jitter from the order's own number: no two orders come back together, and a replay does the same.
        var random = SeededRandom(seed: order.id.low)
        detail.wakeAtNs = nowNs &+ delay &- delay / 8 &+ random.below(delay / 4 + 1)
        detail.retryCount = UInt8(attempts + 1)
        detail.isAttempt = true
        detail.closed = 0
        detail.sibling = .none
        detail.profitChild = .none
        detail.lossChild = .none
        detail.pastRefCount = 0
        // What has been triggered stays so.
        detail.stop = 0
        detail.trail = 0
        let type: OrderType
        switch order.orderType {
        case .market, .stop, .trailingStop: type = .market
        case .limit, .stopLimit: type = .limit
        }
        counters.ordersRetried += 1
        // As for a bracket's child: what excludes it counts beyond it only.
        if let sibling, pool[sibling].lifecycle == .held, pool[sibling].side == order.side {
            setReserved(sibling, 0)
        }
        let made = make(
            detail, order.strategy, Int(order.instrument), order.side, price: order.price.raw,
            quantity: order.ordered, type, order.timeInForce, order.flags, isHeld: true,
            remainder: order.remainder, wakes: true, link: .retryOf, other: order.id)
        if let made {
            if let sibling { tie(made, sibling, .sibling) }
            if pool.isCurrent(detail.parent) { adoptChild(Int(detail.parent.index), slot, made) }
        }
        if let sibling { recount(sibling) }
    }

    /// A stop that waits no longer: it is at the venue, or on its way.
    mutating func hasGone(_ slot: Int) -> Bool {
        pool[slot].orderType.isStop && (pool[slot].lifecycle != .held || pool[slot].marks.isTriggered)
    }

    /// The parent's child was made again.
    private mutating func adoptChild(_ parent: Int, _ old: Int, _ new: Int) {
        guard pool[parent].marks.hasDetail else { return }
        let before = pool.handle(old)
        if details[parent].profitChild == before { details[parent].profitChild = pool.handle(new) }
        if details[parent].lossChild == before { details[parent].lossChild = pool.handle(new) }
    }
}
