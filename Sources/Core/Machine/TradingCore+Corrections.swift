internal import Model

// What undoes executions, and what they were in truth.
extension TradingCore {
    // MARK: Busts

    mutating func broken(_ input: Input) -> InputEffect {
        let slot = orderSlot(input.source, input.user_ref) ?? retiredSlot(input)
        let place = slot == nil ? residues.find(Self.key(input.source, input.user_ref)) : nil
        var residue = Residue()
        if let slot {
            let order = pool[slot]
            residue = Residue(
                id: order.id, filled: order.filled, instrument: order.instrument, strategy: order.strategy,
                side: order.side, session: order.session)
        } else if let place {
            residue = residues[place]
        } else {
            residue = Self.named(input, instrumentCount: markets.count)
        }
        guard residue.side != .none, residue.instrument != .max else { return unbookable(input) }
        let userRef = executedRef(input, slot, residue.side)
        guard let known = executions.find(key(input, userRef, residue.side, .new)) else {
            return unbookable(input)
        }
        let verdict = executions.insert(
            key(input, userRef, residue.side, .bust), price: known.price, quantity: known.quantity,
            isMaker: known.isMaker)
        if verdict == .repeated {
            recordRepeated(input, residue.id, residue.instrument, residue.strategy)
            return .none
        }
        if verdict == .full { executionSetIsFull(input) }
        checkExecutionRoom()

        let index = Int(residue.instrument)
        var handle = OrderHandle.none
        if let slot { handle = pool.handle(slot) }
        let change = ledger.undo(
            index, residue.side, price: known.price, quantity: known.quantity,
            key: key(input, userRef, residue.side, .new), isMaker: known.isMaker, order: handle,
            market: &markets[index])
        lastTraded[index] = sessions[Int(risks[index].session)].nextMessage &- 1
        renewReference(index, otherwise: known.price.raw)
        account.move(&risks[index], index, position: -residue.side.sign * known.quantity)
        account.countTraded(&risks[index], price: known.price.raw, quantity: -known.quantity)
        undoOwn(index, residue.strategy, residue.side.sign * known.quantity, known.price)
        dayTrades.mend(index, position: risks[index].position)
        moneyMoved(index)
        updateExposed(index)
        counters.busts += 1
        facts.append(
            .executionBroken, sequence: sequence, order: residue.id, executionID: input.execution_id,
            price: known.price.raw, quantity: known.quantity, instrument: residue.instrument,
            userRef: input.user_ref, detail: UInt32(input.flags), strategy: residue.strategy,
            side: residue.side)
        recordPosition(index, change, residue.id, residue.strategy, residue.side)
        if risks[index].hasReduceOnly { enforceReduceOnly(index) }
        if let slot {
            pool[slot].filled -= known.quantity
            pool[slot].busted += known.quantity
            pool[slot].filledCost -= Int128(known.price.raw) * Int128(known.quantity)
            closeForParent(slot, -known.quantity)
            // A replacement under way may give back what was undone.
            if pool[slot].versionCount > 0 { recount(slot) }
            // A bust moves quantities only; where even that is impossible the table says so.
            if pool[slot].lifecycle.next(on: .executionBroken) == nil { illegal(slot, input) }
            return update(slot)
        }
        if let place { residues[place].filled -= known.quantity }
        return .none
    }

    // MARK: Corrections

    /// What an execution was in truth. Each correction of it counts once, and the last one stands.
    mutating func corrected(_ input: Input) -> InputEffect {
        guard input.quantity > 0, input.quantity < Self.quantityBound, Self.isBelievable(input.price),
            input.flags > 0, let slot = orderSlot(input.source, input.user_ref) ?? retiredSlot(input),
            pool[slot].side != .none, Int(pool[slot].instrument) < markets.count,
            admits(input, Int(pool[slot].instrument))
        else { return correctedWithoutOrder(input) }
        let order = pool[slot]
        let userRef = executedRef(input, slot, order.side)
        let newKey = key(input, userRef, order.side, .new)
        let correctKey = key(input, userRef, order.side, .correct)
        let mended = executions.find(correctKey)
        guard Int64(input.flags) > mended?.quantity ?? 0 else {
            recordRepeated(input, order.id, order.instrument, order.strategy)
            return .none
        }
        guard let known = executions.find(newKey),
            executions.find(key(input, userRef, order.side, .bust)) == nil
        else {
            illegal(slot, input)
            dispute(slot, input)
            return update(slot)
        }
        // Kept in the price's place: the most that it ever was. A share that is given back a second time executed once.
        let mostBefore = mended?.price.raw ?? known.quantity
        let most = max(mostBefore, input.quantity)
        if !executions.keep(correctKey, price: Price(raw: most), quantity: Int64(input.flags)) {
            executionSetIsFull(input)
        }
        _ = executions.keep(
            newKey, price: Price(raw: input.price), quantity: input.quantity, isMaker: known.isMaker)
        checkExecutionRoom()
        let index = Int(order.instrument)
        let change = moveCorrected(
            index, order.strategy, order.side, from: known,
            to: (Price(raw: input.price), input.quantity), key: newKey, order: pool.handle(slot))
        pool[slot].filled += input.quantity - known.quantity
        pool[slot].busted += most - input.quantity - (mostBefore - known.quantity)
        pool[slot].filledCost +=
            Int128(input.price) * Int128(input.quantity) - Int128(known.price.raw) * Int128(known.quantity)
        if !order.lifecycle.isEnded, pool[slot].filled + pool[slot].leaves > order.ordered {
            let before = pool[slot]
            pool[slot].leaves = max(order.ordered - pool[slot].filled, 0)
            if before.marks.hasDetail {
                recount(slot)
            } else {
                release(before.leaves - pool[slot].leaves, of: before)
            }
        }
        if pool[slot].versionCount > 0 { recount(slot) }
        counters.corrections += 1
        recordCorrected(input, order.id, order.instrument, order.strategy, order.side)
        recordPosition(index, change, order.id, order.strategy, order.side)
        if order.lifecycle.next(on: .executionCorrected) == nil { illegal(slot, input) }
        if !pool[slot].lifecycle.isEnded, pool[slot].leaves == 0, pool[slot].versionCount == 0,
            !mayBeRevivedBefore(slot)
        {
            end(slot, .filled)
            answered(slot)
        }
        if risks[index].hasReduceOnly { enforceReduceOnly(index) }
        return update(slot)
    }

    /// Of a closed order, by its residue; else of nobody we know.
    @inline(never)
    private mutating func correctedWithoutOrder(_ input: Input) -> InputEffect {
        guard input.quantity > 0, input.quantity < Self.quantityBound, Self.isBelievable(input.price),
            input.flags > 0, orderSlot(input.source, input.user_ref) == nil, retiredSlot(input) == nil
        else { return unbookable(input) }
        let place = residues.find(Self.key(input.source, input.user_ref))
        let residue =
            if let place { residues[place] } else { Self.named(input, instrumentCount: markets.count) }
        guard residue.side != .none, residue.instrument != .max, admits(input, Int(residue.instrument))
        else { return unbookable(input) }
        let correctKey = key(input, residue.side, .correct)
        let mended = executions.find(correctKey)
        guard Int64(input.flags) > mended?.quantity ?? 0 else {
            recordRepeated(input, residue.id, residue.instrument, residue.strategy)
            return .none
        }
        guard let known = executions.find(key(input, residue.side, .new)),
            executions.find(key(input, residue.side, .bust)) == nil
        else { return unbookable(input) }
        let most = max(mended?.price.raw ?? known.quantity, input.quantity)
        if !executions.keep(correctKey, price: Price(raw: most), quantity: Int64(input.flags)) {
            executionSetIsFull(input)
        }
        _ = executions.keep(
            key(input, residue.side, .new), price: Price(raw: input.price), quantity: input.quantity,
            isMaker: known.isMaker)
        checkExecutionRoom()
        let index = Int(residue.instrument)
        let change = moveCorrected(
            index, residue.strategy, residue.side, from: known,
            to: (Price(raw: input.price), input.quantity), key: key(input, residue.side, .new),
            order: .none)
        if let place { residues[place].filled += input.quantity - known.quantity }
        counters.corrections += 1
        recordCorrected(input, residue.id, residue.instrument, residue.strategy, residue.side)
        recordPosition(index, change, residue.id, residue.strategy, residue.side)
        if risks[index].hasReduceOnly { enforceReduceOnly(index) }
        return .none
    }

    /// Ledger and worst-case sums: what was is taken back, what is is booked, at the rate of the execution.
    private mutating func moveCorrected(
        _ index: Int, _ strategy: UInt16, _ side: Side, from old: ExecutionSet.Execution,
        to new: (price: Price, quantity: Int64), key: ExecutionKey, order: OrderHandle
    ) -> PositionChange {
        let change = ledger.correct(
            index, side, from: (old.price, old.quantity), to: new, key: key, isMaker: old.isMaker,
            order: order,
            market: &markets[index])
        lastTraded[index] = sessions[Int(risks[index].session)].nextMessage &- 1
        renewReference(index, otherwise: new.price.raw)
        account.move(&risks[index], index, position: side.sign * (new.quantity - old.quantity))
        account.countTraded(&risks[index], price: old.price.raw, quantity: -old.quantity)
        account.countTraded(&risks[index], price: new.price.raw, quantity: new.quantity)
        undoOwn(index, strategy, side.sign * old.quantity, old.price)
        bookOwn(index, strategy, side.sign * new.quantity, new.price)
        dayTrades.mend(index, position: risks[index].position)
        moneyMoved(index)
        updateExposed(index)
        return change
    }

    private mutating func recordCorrected(
        _ input: Input, _ id: OrderID, _ instrument: UInt32, _ strategy: UInt16, _ side: Side
    ) {
        facts.append(
            .executionCorrected, sequence: sequence, order: id, executionID: input.execution_id,
            price: input.price, quantity: input.quantity, instrument: instrument, userRef: input.user_ref,
            detail: UInt32(input.flags), strategy: strategy, side: side)
    }
}
