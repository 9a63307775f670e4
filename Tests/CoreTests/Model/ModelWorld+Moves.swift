import Model

@testable import Core

// What happens next: drawn from the seed.
extension ModelWorld {
    /// The whole sequence, to its end.
    func run() {
        let count = Int(random.within(10...60))
        while step < count, failure == nil {
            step += 1
            move()
            if traits.submitsAtOnce { for session in 0..<2 { speakAll(session) } }
            if traits.isPrompt, chance(60) {
                for session in 0..<2 where venues[session].isUp {
                    while !venues[session].wire.isEmpty, failure == nil { receive(session) }
                    deliverAll(session)
                }
            }
        }
        if failure == nil { settle() }
    }

    private func speakAll(_ session: Int) {
        while failure == nil, !venues[session].outbox.isEmpty { speak(session) }
    }

    private func move() {
        let session = chance(75) ? 0 : 1
        switch random.below(100) {
        case 0..<28: wish()
        case 28..<33: quote(Int(random.below(3)))
        case 33..<40: speakAll(session)
        case 40..<55:
            for _ in 0...random.below(3) where venues[session].isUp { receive(session) }
        case 55..<68: happen()
        case 68..<83:
            for _ in 0...random.below(5) where venues[session].isUp { deliver(session) }
        case 83..<88:
            advance([50_000, 500_000, 2_500_000, 12_000_000][Int(random.below(4))])
            receiveOldOnes()
        case 88..<92: if venues[session].isUp { drop(session) } else { logOn(session) }
        case 92..<96: if traits.hasBackOffice { answerStep(session) } else { operate() }
        case 96..<98: operate()
        case 98: if traits.isChaotic { nonsense() } else { happen() }
        // Where no stream can be heard again, a start knows what the venue's books tell, and no more.
        default: if traits.isLossy { happen() } else { restart() }
        }
        if !venues[session].isUp, chance(30) { logOn(session) }
    }

    private func receiveOldOnes() {
        for session in 0..<2 { receiveOld(session) }
    }

    // MARK: Market

    func quote(_ index: Int) {
        let bid = 1_000_000 + random.within(-40...40) * 100
        let ask = bid + random.within(1...20) * 100
        market(
            index, bid: chance(93) ? bid : nil, ask: chance(93) ? ask : nil,
            trade: chance(50) ? 1_000_000 + random.within(-60...60) * 100 : nil)
    }

    // MARK: Wishes

    private func wish() {
        var wishes: [(Signal, SignalTerms?)] = []
        for _ in 0...random.below(2) { wishes.append(oneWish()) }
        callback(wishes)
    }

    private func handle() -> OrderHandle {
        if chance(50), core.pool.touchedCount > 0 {
            return core.pool.handle(Int(random.below(UInt64(core.pool.touchedCount))))
        }
        return handles.isEmpty ? .none : handles[Int(random.below(UInt64(handles.count)))]
    }

    private func oneWish() -> (Signal, SignalTerms?) {
        let index = InstrumentID(index: UInt32(random.below(3)))
        let side: SignalAction = chance(50) ? .buy : .sell
        let quantity = Quantity(raw: random.within(1...(chance(5) ? 105 : 60)))
        let limit = Price(raw: chance(30) ? 0 : 1_000_000 + random.within(-60...60) * 100)
        let timesInForce: [TimeInForce] = [
            .day, .day, .day, .goodTillCancelled, .immediateOrCancel, .fillOrKill, .goodTillDate, .day,
        ]
        var signal = Signal(
            instrument: index, action: side, strength: 0.5, limit: limit, quantity: quantity,
            orderType: chance(10) ? .market : .limit, timeInForce: timesInForce[Int(random.below(8))],
            flags: OrderFlags(rawValue: chance(20) ? UInt8(random.below(4)) : 0))
        var terms = SignalTerms()
        terms.lifetimeNs = random.below(6_000_000)
        switch random.below(20) {
        case 0..<6: return (signal, signal.timeInForce == .goodTillDate ? terms : nil)
        case 6:
            signal.action = .flat
            return (signal, nil)
        case 7:
            signal.action = .cancel
            return (signal, nil)
        case 8..<10:
            signal.action = .cancelOrder
            return ours(signal, terms)
        case 10..<14:
            signal.action = .replace
            if chance(30) { signal.quantity = .zero }
            return ours(signal, terms)
        case 14..<16:
            // A stop, near the market.
            signal.orderType = [.stop, .stopLimit, .trailingStop][Int(random.below(3))]
            if signal.orderType == .trailingStop {
                terms.trail = Price(raw: random.within(1...30) * 100)
            }
            if signal.orderType != .trailingStop || chance(50) {
                terms.stop = Price(raw: 1_000_000 + random.within(-40...40) * 100)
            }
        case 16..<18:
            // A bracket.
            let away = random.within(1...40) * 100
            if chance(80) { terms.takeProfit = Price(raw: 1_000_000 + (side == .buy ? away : -away)) }
            if chance(80) { terms.stopLoss = Price(raw: 1_000_000 + (side == .buy ? -away : away)) }
        default:
            terms.order = handle()
            terms.link = chance(50) ? .sibling : .triggeredBy
            if let slot = core.liveOrder(terms.order) {
                signal.instrument = InstrumentID(index: core.pool[slot].instrument)
            }
            if chance(40) {
                signal.orderType = .stop
                terms.stop = Price(raw: 1_000_000 + random.within(-40...40) * 100)
            }
        }
        if chance(20) { terms.remainder = RemainderPolicy(rawValue: UInt8(random.below(3))) }
        return (signal, terms)
    }

    /// A wish about an order that is there, mostly.
    private func ours(_ signal: Signal, _ terms: SignalTerms) -> (Signal, SignalTerms?) {
        var signal = signal
        var terms = SignalTerms()
        terms.order = handle()
        if let slot = core.liveOrder(terms.order) {
            signal.instrument = InstrumentID(index: core.pool[slot].instrument)
        }
        return (signal, terms)
    }

    // MARK: Venue

    private func happen() {
        let alive = orders.indices.filter { orders[$0].isAlive }
        guard let order = alive.isEmpty ? nil : alive[Int(random.below(UInt64(alive.count)))] else {
            return undo()
        }
        switch random.below(20) {
        case 0..<9:
            execute(order, chance(30) ? orders[order].leaves : random.within(1...orders[order].leaves))
        case 9..<11: tradeWithOurselves()
        case 11..<13: takeOff(order, random.within(1...orders[order].leaves), .orderCancelled)
        case 13: takeOff(order, orders[order].leaves, .orderCancelled)
        case 14: takeOff(order, orders[order].leaves, .orderExpired)
        case 15..<17:
            if let late = orders.indices.first(where: { orders[$0].isAlive && orders[$0].cancelsLater }) {
                takeOff(late, orders[late].leaves, .orderCancelled)
            }
        default: undo()
        }
    }

    private func undo() {
        guard !executions.isEmpty else { return }
        let execution = Int(random.below(UInt64(executions.count)))
        // Where reports are lost, an undoing without its execution means nothing, and one under a replacement cannot be told
        // from an execution that never came.
        if traits.isLossy, !executions[execution].isTold || orders[executions[execution].order].isAlive {
            return
        }
        if chance(50) { bust(execution) } else { correct(execution) }
    }

    // MARK: Operator

    private func operate() {
        var command = Input(kind: .operatorCommand)
        command.user_ref = 77
        let id = ids.isEmpty ? OrderID.none : ids[Int(random.below(UInt64(ids.count)))]
        command.venue_time_ns = id.high
        command.execution_id = id.low
        switch random.below(12) {
        case 0 where chance(20): command.flags = OperatorCommand.stopTrading.rawValue
        case 1..<3: command.flags = OperatorCommand.cancelOrder.rawValue
        case 3:
            command.flags = OperatorCommand.cancelAll.rawValue
            command.instrument = chance(30) ? .max : UInt32(random.below(4))
        case 4..<6:
            command.flags = OperatorCommand.replaceOrder.rawValue
            command.price = chance(50) ? 0 : 1_000_000 + random.within(-60...60) * 100
            command.quantity = random.within(0...100)
        case 6..<8:
            command.flags = OperatorCommand.closePosition.rawValue
            command.instrument = UInt32(random.below(4))
        case 8: command.flags = OperatorCommand.flatten.rawValue
        case 9: command.flags = OperatorCommand.reconcile.rawValue
        case 10: command.flags = OperatorCommand.acceptDispute.rawValue
        default: command.flags = 99
        }
        input(command)
    }

    // MARK: What venues must not do

    private func nonsense() {
        let kinds: [InputKind] = [
            .execution, .execution, .execution, .orderAccepted, .orderCancelled, .orderExpired,
            .orderRejected,
            .cancelRefused, .executionBroken, .executionCorrected, .orderReplaced, .venueNotice,
        ]
        let kind = kinds[Int(random.below(UInt64(kinds.count)))]
        let session = chance(80) ? 0 : Int(random.below(3))
        var wrong = report(
            kind, anyRef(session), quantity: random.within(-3...60),
            price: 1_000_000 + random.within(-90...90) * 100)
        wrong.source = UInt8(session)
        wrong.flags = UInt8(random.below(4))
        wrong.execution_id =
            chance(50) ? random.below(40) : 1_000_000 + UInt64(wrong.user_ref) * 100 + random.below(10)
        if chance(6) { wrong.quantity = chance(50) ? .max : .min }
        if chance(6) { wrong.price = chance(50) ? .max : .min }
        if kind == .orderReplaced, known[Self.key(wrong.source, wrong.user_ref)] == nil {
            wrong.execution_id = 0
        }
        nameStranger(&wrong)
        input(wrong)
    }

    // MARK: The end

    /// Everything comes in that was on its way, everything asked is answered, and what is left is cancelled.
    private func settle() {
        isSettling = true
        for _ in 0..<2 {
            for session in 0..<2 { calm(session) }
            for session in 0..<2 {
                drop(session)
                logOn(session)
                calm(session)
            }
        }
        guard failure == nil else { return }
        if isHonest, !traits.isLossy { compareOrders() }
        var stop = Input(kind: .operatorCommand)
        stop.flags = OperatorCommand.stopTrading.rawValue
        input(stop)
        for _ in 0..<3 {
            for session in 0..<2 { calm(session) }
            // Room in the rate comes with time.
            advance(30_000_000)
        }
        for session in 0..<2 {
            drop(session)
            logOn(session)
            calm(session)
        }
        guard failure == nil else { return }
        compareEnd()
    }

    private func calm(_ session: Int) {
        for _ in 0..<4 where failure == nil {
            speakAll(session)
            while !venues[session].wire.isEmpty, failure == nil { receive(session) }
            for order in orders.indices
            where orders[order].isAlive && orders[order].cancelsLater && orders[order].session == session {
                takeOff(order, orders[order].leaves, .orderCancelled)
            }
            deliverAll(session)
            var questions = 0
            while questions < 4, !venues[session].questions.isEmpty || !venues[session].answer.isEmpty,
                failure == nil
            {
                answerStep(session)
                questions += 1
            }
        }
    }

    /// Every order that lives at the venue lives here with the same figures, and the other way round.
    private func compareOrders() {
        for (place, order) in orders.enumerated() where order.isAlive {
            let ref = order.refs[order.refs.count - 1]
            guard let slot = core.orderSlot(UInt8(order.session), ref) else {
                return fail("order \(ref) lives at the venue only")
            }
            let ours = core.pool[slot]
            let hasLeaves = ours.leaves == order.leaves || ours.leaves > order.leaves && mayCountMore(order)
            if ours.lifecycle != .accepted || !hasLeaves || ours.filled != order.executed - order.undone
                || ours.userRef != ref || ours.price.raw != order.price
            {
                return fail(
                    "order \(place) (\(ref)): \(ours.lifecycle) leaves \(ours.leaves) filled \(ours.filled) ref \(ours.userRef), "
                        + "the venue has leaves \(order.leaves) filled \(order.executed - order.undone)")
            }
            if ours.knowledge != .known, !mayCountMore(order) {
                return fail("order \(ref) is \(ours.knowledge) in the end")
            }
        }
        for slot in 0..<core.pool.touchedCount {
            let order = core.pool[slot]
            guard !order.lifecycle.isEnded, order.lifecycle != .held else { continue }
            if !orders.contains(where: {
                $0.session == Int(order.session) && ($0.isAlive || mayCountMore($0))
                    && $0.refs[$0.refs.count - 1] == order.userRef
            }) {
                return fail(
                    "order \(order.userRef) lives here only: \(order.lifecycle) leaves \(order.leaves) \(order.request) \(order.knowledge) versions \(order.versionCount)"
                )
            }
        }
    }

    /// Nobody tells a new core the whole quantity of a replacement that an earlier one asked for, but what was open then.
    /// Whether what was undone before still counts in it is the venue's choice: the core takes the larger, and where a
    /// correction then says that more executed, it may count that much too much, which in the end may
    /// be all that is left here of an order that has ended there.
    func mayCountMore(_ order: TruthOrder) -> Bool {
        kinds[.restarts] > 0 && order.refs.count > 1 && order.undone > 0 && order.hasGrown
    }

    private func compareEnd() {
        guard isHonest else { return }
        for index in 0..<3 {
            let sum = position(index).quantity
            if core.ledger[index].quantity.raw != sum {
                return fail(
                    "instrument \(index): position \(core.ledger[index].quantity.raw), the venue's own \(sum)"
                )
            }
            if traits.isLossy || orders.contains(where: mayCountMore) { continue }
            let line = core.risks[index]
            if line.openBuy != 0 || line.openSell != 0 || line.firstOrder != .max {
                return fail("instrument \(index): \(line.openBuy) and \(line.openSell) are open in the end")
            }
        }
        if traits.isLossy || orders.contains(where: mayCountMore) { return }
        if core.inDoubtCount != 0 { fail("\(core.inDoubtCount) orders are in doubt in the end") }
        if core.reconciliation.inferredCount != 0 { fail("an inferred execution is left in the end") }
        for session in 0..<2 where core.sessions[session].credits != core.sessions[session].creditsMax {
            fail("session \(session): \(core.sessions[session].credits) credits in the end")
        }
    }
}
