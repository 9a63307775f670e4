internal import Model

// Executions and what undoes them. The ledger comes first, whatever the order's state says: a fill is never dropped.
extension TradingCore {
    /// Quantities beyond this are no quantities: they would overflow sums later on.
    static var quantityBound: Int64 { 1 << 40 }

    /// Whether a signed quantity can be counted with. Its magnitude is asked for, as the least number has no opposite.
    static func isQuantity(_ quantity: Int64) -> Bool { quantity.magnitude < UInt64(quantityBound) }

    mutating func executed(_ input: Input) -> InputEffect {
        guard input.quantity > 0, input.quantity < Self.quantityBound, Self.isBelievable(input.price) else {
            return unbookable(input)
        }
        if let slot = orderSlot(input.source, input.user_ref) { return executed(input, slot) }
        return executedWithoutOrder(input)
    }

    private mutating func executed(_ input: Input, _ slot: Int) -> InputEffect {
        // The stand-in for an unknown order knows no more than what was told of it before.
        if pool[slot].instrument == .max || pool[slot].side == .none { nameStandIn(slot, input) }
        let index = Int(pool[slot].instrument)
        let side = pool[slot].side
        guard index < markets.count, side != .none, admits(input, index) else { return unbookable(input) }
        // A back office may have told it under the number that the order has now, the stream under the one it had then.
        if pool[slot].marks.hasDetail, isKnownByAnotherNumber(input, slot, side) {
            recordRepeated(input, pool[slot].id, pool[slot].instrument, pool[slot].strategy)
            return .none
        }
        guard !isRepeated(input, side, pool[slot].id, UInt32(truncatingIfNeeded: index), pool[slot].strategy)
        else { return .none }
        if pool[slot].versionCount > 0 { noticeVersion(slot, input.user_ref) }
        let quantity = input.quantity
        if reconciliation.inferredCount > 0 {
            takeBackInferred(index, side, input.source, explained(slot, quantity))
        }
        let order = pool[slot]
        let isLast = quantity >= order.leaves && !mayRevive(slot, filled: order.filled + quantity)
        let next = order.lifecycle.next(on: isLast ? .lastExecution : .execution)

        let taken = min(quantity, order.leaves)
        let known = order.marks.hasDetail ? min(details[slot].applied, quantity) : 0
        let change = book(
            index, order.strategy, order.side, Price(raw: input.price), quantity,
            reserved: order.marks.hasDetail ? 0 : taken, reservedAt: order.price.raw, known: known,
            key: key(input, order.side, .new), isMaker: input.isMaker, order: pool.handle(slot))
        pool[slot].filled += quantity
        pool[slot].leaves -= taken
        if order.marks.isListed { pool[slot].marks.isListed = false }
        pool[slot].filledCost += Int128(input.price) * Int128(quantity)
        if order.marks.hasDetail { recount(slot) }
        counters.fills += 1
        countExecution(order.strategy, index, input)
        recordFill(
            input, order.id, order.instrument, order.strategy, order.side, leaves: order.leaves - taken)
        fill.handle = pool.handle(slot)
        if unlikely(known > 0) {
            facts.append(
                .executionKnown, sequence: sequence, order: order.id, executionID: input.execution_id,
                quantity: known, instrument: order.instrument, userRef: input.user_ref,
                strategy: order.strategy, side: order.side)
        }
        recordPosition(index, change, order.id, order.strategy, order.side)

        if let next {
            if next.isEnded {
                end(slot, next)
            } else {
                pool[slot].lifecycle = next
                if order.lifecycle == .submitted { rest(slot) }
            }
            if quantity > order.leaves {
                alert(
                    .overfill, order: order.id, instrument: order.instrument, userRef: order.userRef,
                    price: order.leaves, quantity: quantity)
                dispute(slot, input)
            }
            answered(slot)
        } else {
            illegal(slot, input)
            if order.lifecycle == .filled {
                alert(
                    .overfill, order: order.id, instrument: order.instrument, userRef: order.userRef,
                    price: 0,
                    quantity: quantity)
            }
            if order.lifecycle == .rejected, input.user_ref == order.userRef {
                // Then it was not: what is left of it may execute, too.
                livesAfterAll(
                    slot, input, leaves: order.ordered - order.filled - quantity, price: order.price.raw)
            } else {
                dispute(slot, input)
            }
        }
        if order.marks.hasDetail || order.remainder != .keep { executedTies(slot, quantity) }
        if risks[index].hasReduceOnly { enforceReduceOnly(index) }
        // The last order in the way of a closing may have executed before its cancel came.
        if risks[index].isClosing { closeNext(index, slot) }
        if unlikely(states.closingStrategies != 0) { closeOwnNext(slot) }
        return .fill
    }

    /// Whether the execution is booked under another of its order's numbers. Where price or quantity differ it is another one,
    /// whatever its id: a venue that gives an id twice has none dropped for it.
    @inline(never)
    private mutating func isKnownByAnotherNumber(_ input: Input, _ slot: Int, _ side: Side) -> Bool {
        let userRef = executedRef(input, slot, side)
        guard userRef != input.user_ref, let known = executions.find(key(input, userRef, side, .new)) else {
            return false
        }
        return known.price.raw == input.price && known.quantity == input.quantity
    }

    /// An execution in the place of one that was undone, as a back office tells it: nothing leaves its order, from which
    /// the first one was taken. `false`: its order is not known.
    @inline(never)
    mutating func mended(_ input: Input, _ side: Side) -> Bool {
        let slot = orderSlot(input.source, input.user_ref)
        var residue = Residue()
        let place = residues.find(Self.key(input.source, input.user_ref))
        if let slot {
            let order = pool[slot]
            residue = Residue(
                id: order.id, filled: order.filled, instrument: order.instrument, strategy: order.strategy,
                side: side, session: order.session)
        } else if let place {
            residue = residues[place]
        } else {
            return false
        }
        let index = Int(residue.instrument)
        guard input.quantity > 0, input.quantity < Self.quantityBound, Self.isBelievable(input.price),
            index < markets.count, admits(input, index)
        else { return false }
        guard !isRepeated(input, residue.side, residue.id, residue.instrument, residue.strategy) else {
            return true
        }
        if reconciliation.inferredCount > 0 {
            takeBackInferred(index, residue.side, input.source, input.quantity)
        }
        let change = book(
            index, residue.strategy, residue.side, Price(raw: input.price), input.quantity, reserved: 0,
            key: key(input, residue.side, .new), order: slot == nil ? .none : pool.handle(slot!))
        counters.corrections += 1
        if let slot {
            pool[slot].filled += input.quantity
            // Below zero: it was mended upwards, which the venue does not take off the order either.
            pool[slot].busted -= input.quantity
            pool[slot].filledCost += Int128(input.price) * Int128(input.quantity)
            closeForParent(slot, input.quantity)
            if pool[slot].versionCount > 0 { recount(slot) }
        } else if let place {
            residues[place].filled += input.quantity
        }
        recordFill(input, residue.id, residue.instrument, residue.strategy, residue.side, leaves: 0)
        recordPosition(index, change, residue.id, residue.strategy, residue.side)
        if risks[index].hasReduceOnly { enforceReduceOnly(index) }
        return true
    }

    /// Gives a stand-in the instrument and side that a report on it names.
    @inline(never)
    private mutating func nameStandIn(_ slot: Int, _ input: Input) {
        guard pool[slot].lifecycle.isEnded, Int(input.instrument) < markets.count, input.orderSide != .none
        else {
            return
        }
        pool[slot].instrument = input.instrument
        pool[slot].side = input.orderSide
    }

    /// The order that had a number so many replacements ago that its record does not name it any more: the residue of the
    /// number does. Seldom asked, as reports on such numbers undo what executed long ago.
    @inline(never)
    mutating func retiredSlot(_ input: Input) -> Int? {
        guard let place = residues.find(Self.key(input.source, input.user_ref)) else { return nil }
        let id = residues[place].id
        for slot in 0..<pool.touchedCount where pool[slot].id == id && pool[slot].lifecycle != .closed {
            return slot
        }
        return nil
    }

    /// Whether a replacement on its way could let an order go on that has nothing left.
    mutating func mayRevive(_ slot: Int, filled: Int64) -> Bool {
        guard pool[slot].versionCount > 0, sessions[Int(pool[slot].session)].replaceOutlivesFill else {
            return mayBeRevivedBefore(slot)
        }
        for place in 0..<Int(pool[slot].versionCount) where details[slot].versions[place].quantity > filled {
            return true
        }
        return false
    }

    /// Whether the stream that is being repeated could tell of a replacement that an earlier run asked for: nobody here
    /// knows of it before that.
    @inline(__always)
    mutating func mayBeRevivedBefore(_ slot: Int) -> Bool {
        guard pool[slot].marks.isAdopted else { return false }
        let session = Int(pool[slot].session)
        return !sessions[session].isUp && sessions[session].replaceOutlivesFill
    }

    /// Of a closed order, by its residue; else of nobody we know.
    @inline(never)
    private mutating func executedWithoutOrder(_ input: Input) -> InputEffect {
        if let slot = retiredSlot(input) { return executed(input, slot) }
        let place = residues.find(Self.key(input.source, input.user_ref))
        var residue =
            if let place { residues[place] } else { Self.named(input, instrumentCount: markets.count) }
        guard residue.instrument != .max, residue.side != .none, admits(input, Int(residue.instrument))
        else { return unbookable(input) }
        guard
            !isRepeated(input, residue.side, residue.id, residue.instrument, residue.strategy)
        else { return .none }
        let index = Int(residue.instrument)
        if reconciliation.inferredCount > 0 {
            takeBackInferred(index, residue.side, input.source, input.quantity)
        }
        let change = book(
            index, residue.strategy, residue.side, Price(raw: input.price), input.quantity, reserved: 0,
            key: key(input, residue.side, .new), isMaker: input.isMaker)
        counters.fills += 1
        countExecution(residue.strategy, index, input)
        if let place {
            residues[place].filled += input.quantity
        } else {
            residue.id = standIn(input, residue.instrument, residue.side, booked: input.quantity)
        }
        recordFill(input, residue.id, residue.instrument, residue.strategy, residue.side, leaves: 0)
        recordPosition(index, change, residue.id, residue.strategy, residue.side)
        counters.disputes += 1
        facts.append(
            .orderDisputed, sequence: sequence, order: residue.id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: residue.instrument,
            userRef: input.user_ref, detail: UInt32(input.kind), strategy: residue.strategy,
            side: residue.side)
        alert(
            place == nil ? .unknownOrder : .disputedOrder, order: residue.id, instrument: residue.instrument,
            userRef: input.user_ref, price: input.price, quantity: input.quantity)
        restrict(residue.instrument)
        askOfDispute(input.source)
        return place == nil ? .none : .fill
    }

    /// The side of an execution: its order's, as far as we have it, else what the report names.
    mutating func executionSide(_ input: Input) -> Side {
        if let slot = orderSlot(input.source, input.user_ref), pool[slot].side != .none {
            return pool[slot].side
        }
        if let place = residues.find(Self.key(input.source, input.user_ref)) { return residues[place].side }
        return input.orderSide
    }

    /// What a report says itself of an order that nobody knows.
    static func named(_ input: Input, instrumentCount: Int) -> Residue {
        var residue = Residue()
        residue.side = input.orderSide
        if Int(input.instrument) < instrumentCount { residue.instrument = input.instrument }
        return residue
    }

    /// An order that somebody executed and nobody of us made: a record, so that what follows on its number is
    /// recognised.
    mutating func standIn(
        _ input: Input, _ instrument: UInt32, _ side: Side, booked: Int64
    ) -> OrderID {
        counters.ordersCreated += 1
        let id = OrderID(engineTimeNs: nowNs, epoch: epoch, number: counters.ordersCreated)
        facts.append(
            .orderCreated, sequence: sequence, order: id, price: input.price, quantity: input.quantity,
            instrument: instrument, userRef: input.user_ref, side: side)
        // No slot left, or no number to find it by: the facts are all that stays.
        guard Int(input.source) < sessions.count, slots.isFree(input.source, input.user_ref),
            input.user_ref != 0,
            let handle = acquireHeard()
        else { return id }
        let slot = Int(handle.index)
        var order = OrderRecord()
        order.generation = handle.generation
        order.id = id
        order.ordered = input.quantity
        order.filled = booked
        order.filledCost = Int128(input.price) * Int128(booked)
        order.price = Price(raw: input.price)
        order.userRef = input.user_ref
        order.instrument = instrument
        order.lifecycle = .filled
        order.knowledge = .disputed
        order.side = side
        order.session = input.source
        order.sinceNs = nowNs
        pool[slot] = order
        _ = slots.insert(input.source, input.user_ref, handle.index)
        waitForHorizon(slot)
        return id
    }

    /// An execution that cannot be booked, as nobody knows in what, or as its figures are none: our position is
    /// unknown from here on.
    @inline(never)
    mutating func unbookable(_ input: Input) -> InputEffect {
        if let slot = orderSlot(input.source, input.user_ref) {
            dispute(slot, input)
            return update(slot)
        }
        counters.disputes += 1
        var id = OrderID.none
        var instrument: UInt32 = .max
        if let place = residues.find(Self.key(input.source, input.user_ref)) {
            id = residues[place].id
            instrument = residues[place].instrument
        } else {
            if Int(input.instrument) < markets.count { instrument = input.instrument }
            id = standIn(input, instrument, input.orderSide, booked: 0)
        }
        facts.append(
            .orderDisputed, sequence: sequence, order: id, executionID: input.execution_id,
            price: input.price,
            quantity: input.quantity, instrument: instrument, userRef: input.user_ref,
            detail: UInt32(input.kind))
        alert(
            .unknownOrder, order: id, instrument: instrument, userRef: input.user_ref, price: input.price,
            quantity: input.quantity)
        restrict(instrument)
        askOfDispute(input.source)
        return .none
    }

    // MARK: Helpers

    /// Whether the ledger's sums have room for an execution's figures.
    mutating func admits(_ input: Input, _ index: Int) -> Bool {
        ledger.admits(index, price: Price(raw: input.price), quantity: input.quantity)
    }

    mutating func key(_ input: Input, _ side: Side, _ kind: ExecutionKey.Kind) -> ExecutionKey {
        ExecutionKey(
            venue: input.source, tradingDay: tradingDay, executionID: input.execution_id,
            userRef: input.user_ref,
            side: side, kind: kind)
    }

    mutating func key(
        _ input: Input, _ userRef: UInt32, _ side: Side, _ kind: ExecutionKey.Kind
    ) -> ExecutionKey {
        ExecutionKey(
            venue: input.source, tradingDay: tradingDay, executionID: input.execution_id, userRef: userRef,
            side: side, kind: kind)
    }

    /// Whether an execution was booked, under whichever number of its order.
    mutating func isKnown(_ input: Input, _ side: Side) -> Bool {
        let userRef = executedRef(input, orderSlot(input.source, input.user_ref), side)
        return executions.find(key(input, userRef, side, .new)) != nil
    }

    /// Of the numbers that an order has or had, the one under which the execution that a report speaks of was booked: the
    /// order may have been replaced since. Where it was under none, the report's own.
    mutating func executedRef(_ input: Input, _ slot: Int?, _ side: Side) -> UInt32 {
        guard let slot, executions.find(key(input, input.user_ref, side, .new)) == nil else {
            return input.user_ref
        }
        let current = pool[slot].userRef
        if executions.find(key(input, current, side, .new)) != nil { return current }
        guard pool[slot].marks.hasDetail else { return input.user_ref }
        for place in 0..<Int(details[slot].pastRefCount) {
            let past = details[slot].pastRefs[place]
            if executions.find(key(input, past, side, .new)) != nil { return past }
        }
        for place in 0..<Int(pool[slot].versionCount) {
            let asked = details[slot].versions[place].userRef
            if executions.find(key(input, asked, side, .new)) != nil { return asked }
        }
        return input.user_ref
    }

    /// Whether the same execution came before; if not, it is remembered.
    mutating func isRepeated(
        _ input: Input, _ side: Side, _ id: OrderID, _ instrument: UInt32, _ strategy: UInt16
    ) -> Bool {
        switch executions.insert(
            key(input, side, .new), price: Price(raw: input.price), quantity: input.quantity,
            isMaker: input.isMaker)
        {
        case .new:
            checkExecutionRoom()
            return false
        case .full:
            executionSetIsFull(input)
            return false
        case .repeated:
            recordRepeated(input, id, instrument, strategy)
            return true
        }
    }

    @inline(never)
    mutating func recordRepeated(
        _ input: Input, _ id: OrderID, _ instrument: UInt32, _ strategy: UInt16
    ) {
        counters.executionsRepeated += 1
        facts.append(
            .executionRepeated, sequence: sequence, order: id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: instrument, userRef: input.user_ref,
            strategy: strategy)
    }

    /// It is booked and not remembered: told again, it would be booked again. Each one is said.
    @inline(never)
    mutating func executionSetIsFull(_ input: Input) {
        alert(
            .executionSetNearFull, instrument: input.instrument, userRef: input.user_ref,
            price: Int64(truncatingIfNeeded: input.execution_id), quantity: Int64(executions.count))
        // Also after somebody has lifted it: each one that is not remembered makes the position less certain.
        checkExecutionRoom()
    }

    /// Near the bound of what we can recognise again, no new exposure: what comes after it could be booked twice.
    mutating func checkExecutionRoom() {
        guard executions.isNearFull, setState(.account, 0, .executionSetNearFull, .reduceOnly) else { return }
        alert(.executionSetNearFull, quantity: Int64(executions.count))
    }

    /// Ledger, the strategy's own book and worst-case sums in one step; `reserved`: what of it the sums held already, and
    /// at which price; `known`: what of it the strategy's book had from an earlier run.
    mutating func book(
        _ index: Int, _ strategy: UInt16, _ side: Side, _ price: Price, _ quantity: Int64, reserved: Int64,
        reservedAt: Int64 = 0, known: Int64 = 0, key: ExecutionKey, isMaker: Bool = false,
        order: OrderHandle = .none
    ) -> PositionChange {
        let change = ledger.book(
            index, side, price: price, quantity: quantity, key: key, isMaker: isMaker, order: order,
            market: &markets[index])
        move(
            index, strategy, side, price, quantity, reserved: reserved, reservedAt: reservedAt, known: known)
        account.countTraded(&risks[index], price: price.raw, quantity: quantity)
        countDayTrade(index, by: side.sign * quantity)
        moneyMoved(index)
        return change
    }

    /// A position of an earlier day, which costs no fee now.
    mutating func carry(_ index: Int, _ side: Side, _ price: Price, _ quantity: Int64) -> PositionChange {
        let change = ledger.carry(index, side, price: price, quantity: quantity, market: &markets[index])
        move(index, .max, side, price, quantity, reserved: 0, reservedAt: 0)
        moneyMoved(index)
        return change
    }

    private mutating func move(
        _ index: Int, _ strategy: UInt16, _ side: Side, _ price: Price, _ quantity: Int64, reserved: Int64,
        reservedAt: Int64, known: Int64 = 0
    ) {
        lastTraded[index] = sessions[Int(risks[index].session)].nextMessage &- 1
        renewReference(index, otherwise: price.raw)
        account.move(
            &risks[index], index, position: side.sign * quantity, side: side, open: -reserved, at: reservedAt)
        if reserved != 0 { countOwn(index, strategy, side, -reserved, at: reservedAt) }
        bookOwn(index, strategy, side.sign * (quantity - known), price)
        if unlikely(known > 0) { bookOwn(index, .max, side.sign * known, price) }
        updateExposed(index)
    }

    /// Nobody keeps the reference while nothing is at stake: what is at stake from here on counts by the market as it is.
    @inline(__always)
    mutating func renewReference(_ index: Int, otherwise price: Int64) {
        guard unlikely(!markets[index].isExposed) else { return }
        let reference = Self.reference(&markets[index])
        account.setReference(&risks[index], index, reference != 0 ? reference : price)
    }

    private mutating func recordFill(
        _ input: Input, _ id: OrderID, _ instrument: UInt32, _ strategy: UInt16, _ side: Side, leaves: Int64
    ) {
        facts.append(
            .orderFilled, sequence: sequence, order: id, executionID: input.execution_id, price: input.price,
            quantity: input.quantity, instrument: instrument, userRef: input.user_ref,
            detail: input.liquidity, strategy: strategy, side: side)
        calledStrategy = Int(strategy)
        fill = Fill(
            order: id, instrument: InstrumentID(index: instrument), side: side,
            price: Price(raw: input.price),
            quantity: Quantity(raw: input.quantity), leaves: Quantity(raw: leaves),
            matchNumber: input.execution_id, handle: .none)
    }

    mutating func recordPosition(
        _ index: Int, _ change: PositionChange, _ id: OrderID, _ strategy: UInt16, _ side: Side
    ) {
        if let merged = ledger.mergesToTell() {
            alert(
                .lotsMerged, order: id, instrument: UInt32(truncatingIfNeeded: index),
                quantity: Int64(truncatingIfNeeded: merged))
        }
        switch change {
        case .opened: recordPosition(.positionOpened, index, id, strategy, side)
        case .changed: recordPosition(.positionChanged, index, id, strategy, side)
        case .closed: recordPosition(.positionClosed, index, id, strategy, side)
        case .reversed:
            recordPosition(.positionClosed, index, id, strategy, side)
            recordPosition(.positionOpened, index, id, strategy, side)
        }
    }

    private mutating func recordPosition(
        _ kind: FactKind, _ index: Int, _ id: OrderID, _ strategy: UInt16, _ side: Side
    ) {
        let position = ledger[index]
        // A position that was closed on the way through zero is gone, whatever was opened behind it.
        let isGone = kind == .positionClosed
        facts.append(
            kind, sequence: sequence, order: id,
            executionID: UInt64(bitPattern: Int64(clamping: position.realised.raw)),
            price: isGone ? 0 : position.averagePrice.raw, quantity: isGone ? 0 : position.quantity.raw,
            instrument: UInt32(truncatingIfNeeded: index), strategy: strategy, side: side)
    }
}
