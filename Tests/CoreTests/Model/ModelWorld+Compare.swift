import Model

@testable import Core

// What must hold after every input.
extension ModelWorld {
    func compare() {
        compareMoney()
        compareSums()
        if isHonest { compareWorstCase() }
    }

    private func compareMoney() {
        var realised: Int128 = 0
        var unrealised: Int128 = 0
        var fees: Int128 = 0
        for index in 0..<3 {
            let ours = core.ledger[index]
            let line = ledger.lines[index]
            guard ours.quantity.raw == line.quantity else {
                return fail("instrument \(index): position \(ours.quantity.raw), model \(line.quantity)")
            }
            guard ours.realised.raw == line.realised, ours.cost.raw == line.cost else {
                return fail(
                    "instrument \(index): realised \(ours.realised.raw) cost \(ours.cost.raw), model \(line.realised) \(line.cost)"
                )
            }
            guard ours.unrealised.raw == line.unrealised else {
                return fail(
                    "instrument \(index): unrealised \(ours.unrealised.raw), model \(line.unrealised)")
            }
            guard ours.feesMillionths == line.fees, ours.volume.raw == line.volume else {
                return fail("instrument \(index): fees \(ours.feesMillionths), model \(line.fees)")
            }
            // Money that moved, from the list of what stands and not from the running figures.
            var cash = inferredCash[index]
            for execution in told where execution.instrument == index && !execution.isBroken {
                cash -=
                    execution.side.cash * Int128(execution.price) * Int128(execution.quantity)
                    * line.multiplier
            }
            guard line.realised - line.cost == cash else {
                return fail("instrument \(index): \(line.realised - line.cost) moved, executions say \(cash)")
            }
            realised += line.realised
            unrealised += line.unrealised
            fees += line.fees
        }
        let totals = core.totals
        if totals.realised.raw != realised || totals.unrealised.raw != unrealised
            || totals.feesMillionths != fees
        {
            fail("the positions do not sum to the account")
        }
    }

    /// The running sums from the orders, the slow way.
    private func compareSums() {
        var buys: InlineArray<3, Int64> = [0, 0, 0]
        var sells: InlineArray<3, Int64> = [0, 0, 0]
        var counts: InlineArray<3, Int> = [0, 0, 0]
        var open = 0
        var doubt = 0
        var live = 0
        for slot in 0..<core.pool.touchedCount where core.pool[slot].lifecycle != .closed {
            let order = core.pool[slot]
            live += 1
            if order.knowledge == .inDoubt { doubt += 1 }
            if order.lifecycle.isEnded {
                if order.leaves != 0 || order.request != .none || order.versionCount != 0 {
                    return fail(
                        "slot \(slot): an ended order has leaves \(order.leaves), request \(order.request)")
                }
                continue
            }
            open += 1
            let index = Int(order.instrument)
            counts[index] += 1
            if order.leaves < 0 { return fail("slot \(slot): leaves \(order.leaves)") }
            let reserved = order.marks.hasDetail ? core.details[slot].reserved : order.leaves
            if order.side == .buy { buys[index] += reserved } else { sells[index] += reserved }
            let most = mostOf(slot)
            var counted = reserved
            if order.lifecycle == .held, let sibling = core.liveSibling(slot),
                core.pool[sibling].side == order.side
            {
                // One of the two can execute: together they count at least as much as either.
                counted += core.reservedQuantity(sibling)
            }
            if counted < most { return fail("slot \(slot): reserved \(counted) of \(most)") }
            if order.request == .replacePending, order.versionCount == 0 {
                return fail("slot \(slot): a replacement is pending that is none")
            }
        }
        var gross: Int128 = 0
        for index in 0..<3 {
            let line = core.risks[index]
            if line.openBuy != buys[index] || line.openSell != sells[index] {
                return fail(
                    "instrument \(index): open \(line.openBuy)/\(line.openSell), orders \(buys[index])/\(sells[index])"
                )
            }
            if line.position != ledger.lines[index].quantity {
                return fail("instrument \(index): position of risk")
            }
            if Int(line.buyCount) + Int(line.sellCount) != counts[index] {
                return fail(
                    "instrument \(index): \(line.buyCount) and \(line.sellCount) orders of \(counts[index])")
            }
            var listed = 0
            var slot = line.firstOrder
            while slot != .max, listed <= 24 {
                listed += 1
                slot = core.pool[Int(slot)].next
            }
            if listed != counts[index] {
                return fail("instrument \(index): list has \(listed) of \(counts[index])")
            }
            let worst = max(abs(line.position + line.openBuy), abs(line.position - line.openSell))
            gross += Int128(worst) * Int128(line.reference) * Int128(line.multiplier)
            let isExposed = line.position != 0 || line.openBuy != 0 || line.openSell != 0
            if core.markets[index].isExposed != isExposed { return fail("instrument \(index): exposed") }
        }
        if gross != core.account.grossNotional {
            return fail("gross \(core.account.grossNotional), slow \(gross)")
        }
        if let risk = core.disagreementOfRisk() { return fail(risk) }
        if open != core.openOrderCount { return fail("open \(core.openOrderCount), slow \(open)") }
        if doubt != core.inDoubtCount { return fail("in doubt \(core.inDoubtCount), slow \(doubt)") }
        if live != core.liveOrderCount { return fail("live \(core.liveOrderCount), slow \(live)") }
    }

    private func mostOf(_ slot: Int) -> Int64 {
        let order = core.pool[slot]
        var most = order.leaves
        for place in 0..<Int(order.versionCount) {
            most = max(
                most, core.details[slot].versions[place].quantity - order.filled - min(order.busted, 0))
        }
        return most
    }

    /// What each order could still execute in truth, with what executed and nobody has told, is reserved in the core.
    private func compareWorstCase() {
        // What was inferred stands for executions of orders that nobody can name.
        if traits.infers { return compareRange() }
        // After a start nothing is decided before the stream has been heard.
        for order in orders where venues[order.session].isReplayed {
            var most = order.leaves
            if order.isAlive || order.isFilled && traits.replaceOutlivesFill {
                for quantity in replacements(order) {
                    most = max(most, quantity - order.countedExecuted(traits))
                }
            }
            // What was undone, and counts again in a replacement, nobody could foresee.
            most += order.untold - (traits.countsUndone ? 0 : order.untoldUndone)
            if most > 0 { isReserved(order.session, order.refs[order.refs.count - 1], most) }
        }
        for session in 0..<2 {
            for (command, fate) in venues[session].outbox
            where command.commandKind == .enter && fate != .failed {
                isReserved(session, command.user_ref, command.quantity)
            }
            for (command, _) in venues[session].wire where command.commandKind == .enter {
                isReserved(session, command.user_ref, command.quantity)
            }
        }
    }

    /// The venue's position and what its live orders can still make of it lie within the worst case.
    private func compareRange() {
        for index in 0..<3 where venues[index == 2 ? 1 : 0].isReplayed {
            var position: Int64 = 0
            // As they were told; an undoing or mending that nobody has told of is no part of any worst case.
            for execution in told where execution.instrument == index && !execution.isBroken {
                position += Int64(execution.side.cash) * execution.quantity
            }
            for execution in executions where !execution.isTold && orders[execution.order].instrument == index
            {
                position += Int64(orders[execution.order].side.cash) * execution.firstQuantity
            }
            var buys: Int64 = 0
            var sells: Int64 = 0
            for order in orders where order.instrument == index {
                var most = order.leaves
                if order.isAlive || order.isFilled && traits.replaceOutlivesFill {
                    for quantity in replacements(order) {
                        most = max(most, quantity - order.countedExecuted(traits))
                    }
                }
                // What was undone, and counts again in a replacement, nobody could foresee, nor that it executed.
                if !traits.countsUndone { most -= min(order.untoldUndone, most + order.untold) }
                if order.side == .buy { buys += most } else { sells += most }
            }
            let line = core.risks[index]
            if position + buys > line.position + line.openBuy
                || position - sells < line.position - line.openSell
            {
                fail(
                    "instrument \(index): \(position - sells) to \(position + buys) in truth, "
                        + "\(line.position - line.openSell) to \(line.position + line.openBuy) here")
            }
        }
    }

    private func isReserved(_ session: Int, _ ref: UInt32, _ most: Int64) {
        let reserved = core.orderSlot(UInt8(session), ref).map { core.reservedQuantity($0) } ?? 0
        if reserved < most {
            fail("order \(ref) of session \(session): \(reserved) reserved, \(most) can execute")
        }
    }

    /// Quantities of the replacements of an order that are on their way to the venue.
    private func replacements(_ order: TruthOrder) -> [Int64] {
        var found: [Int64] = []
        var refs = order.refs
        let session = venues[order.session]
        for (command, _) in session.wire
        where command.commandKind == .replace && refs.contains(command.original_ref) {
            found.append(command.quantity)
            refs.append(command.user_ref)
        }
        for (command, fate) in session.outbox
        where command.commandKind == .replace && fate != .failed && refs.contains(command.original_ref) {
            found.append(command.quantity)
            refs.append(command.user_ref)
        }
        return found
    }
}

extension TruthOrder {
    /// What counts into a replacement's quantity; nothing that was undone lets a filled order go on.
    func countedExecuted(_ traits: ModelTraits) -> Int64 {
        traits.countsUndone || !isAlive ? executed : executed - undone
    }
}
