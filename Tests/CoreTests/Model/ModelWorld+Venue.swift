import Model

@testable import Core

// The truth, and everything between it and the core.
extension ModelWorld {
    func chance(_ percent: UInt64) -> Bool { random.below(100) < percent }

    // MARK: Commands on their way

    /// The session speaks of the oldest command: its bytes were taken, or none of them left.
    func speak(_ session: Int) {
        guard !venues[session].outbox.isEmpty else { return }
        let (command, fate) = venues[session].outbox.removeFirst()
        var isSent = fate == .written
        if fate == .open, venues[session].isUp, isSettling || !chance(7) {
            isSent = true
            venues[session].wire.append((command, nowNs))
        }
        var answer = Input(kind: isSent ? .submitted : .sendFailed, source: UInt8(session))
        answer.user_ref = command.user_ref
        input(answer)
    }

    /// The venue takes the next command off the connection.
    func receive(_ session: Int) {
        guard !venues[session].wire.isEmpty else { return }
        let (command, _) = venues[session].wire.removeFirst()
        take(command, session)
    }

    /// What has been on its way for too long has come.
    func receiveOld(_ session: Int) {
        while let first = venues[session].wire.first, first.sentAtNs + Self.longestDelayNs <= nowNs {
            receive(session)
        }
    }

    private func take(_ command: Command, _ session: Int) {
        if isVerbose {
            say("    venue takes \(command.commandKind) ref \(command.user_ref) of \(command.original_ref)")
        }
        switch command.commandKind {
        case .enter: enter(command, session)
        case .replace: replace(command, session)
        case .cancel: cancel(command, session)
        case .query: break
        }
    }

    private func enter(_ command: Command, _ session: Int) {
        guard command.user_ref > venues[session].lastRef else {
            return fail("the venue was given \(command.user_ref) twice")
        }
        venues[session].lastRef = command.user_ref
        if !isSettling, chance(8) {
            // For a reason that passes, or not.
            return send(
                session, report(.orderRejected, command.user_ref, quantity: random.within(0...2), flags: 3))
        }
        let timeInForce = TimeInForce(rawValue: command.time_in_force)!
        orders.append(
            TruthOrder(
                session: session, instrument: command.instrument, side: Side(rawValue: command.side)!,
                timeInForce: timeInForce, refs: [command.user_ref], price: command.price,
                total: command.quantity,
                leaves: command.quantity))
        let order = orders.count - 1
        var accepted = report(
            .orderAccepted, command.user_ref, quantity: command.quantity, price: command.price)
        accepted.execution_id = UInt64(order) + 9_000
        // As the client's own id says, and the terms that a venue acknowledges.
        accepted.flags = 2
        accepted.instrument = command.instrument
        accepted.side = command.side
        if timeInForce.isImmediate {
            let isDead = chance(20)
            accepted.flags |= isDead ? 1 : 0
            if isDead { orders[order].leaves = 0 }
            send(session, accepted, order)
            if isDead { return }
            if timeInForce == .fillOrKill {
                if chance(60) { execute(order, command.quantity) }
            } else if chance(70) {
                execute(order, random.within(1...command.quantity))
            }
            if orders[order].isAlive { takeOff(order, orders[order].leaves, .orderCancelled) }
            return
        }
        // A fill may overtake its acknowledgement.
        if traits.reorders, !isSettling, chance(15) { execute(order, random.within(1...command.quantity)) }
        send(session, accepted, order)
    }

    private func alive(_ session: Int, _ ref: UInt32) -> Int? {
        orders.firstIndex { $0.session == session && $0.refs[$0.refs.count - 1] == ref && $0.isAlive }
    }

    private func cancel(_ command: Command, _ session: Int) {
        guard let order = alive(session, command.original_ref) else {
            if traits.answersLate { send(session, report(.cancelRefused, command.original_ref)) }
            return
        }
        if !isSettling, chance(10) {
            let isLater = chance(50)
            if isLater { orders[order].cancelsLater = true }
            return send(session, report(.cancelRefused, command.original_ref, flags: isLater ? 1 : 0), order)
        }
        takeOff(order, orders[order].leaves, .orderCancelled)
    }

    private func replace(_ command: Command, _ session: Int) {
        guard command.user_ref > venues[session].lastRef else {
            return fail("the venue was given \(command.user_ref) twice")
        }
        var found = alive(session, command.original_ref)
        if found == nil, traits.replaceOutlivesFill {
            found = orders.firstIndex {
                $0.session == session && $0.refs[$0.refs.count - 1] == command.original_ref && $0.isFilled
                    && command.quantity > $0.executed
            }
        }
        guard let order = found else {
            if traits.answersLate {
                venues[session].lastRef = command.user_ref
                send(session, report(.orderRejected, command.user_ref, flags: 4))
            }
            return
        }
        let open = command.quantity - orders[order].countedExecuted(traits)
        if !isSettling && chance(12) || open <= 0 && !orders[order].isAlive {
            venues[session].lastRef = command.user_ref
            return send(session, report(.orderRejected, command.user_ref, flags: 4), order)
        }
        // A quantity that leaves nothing cancels.
        if open <= 0 { return takeOff(order, orders[order].leaves, .orderCancelled) }
        venues[session].lastRef = command.user_ref
        let original = orders[order].refs[orders[order].refs.count - 1]
        orders[order].refs.append(command.user_ref)
        orders[order].total = command.quantity
        orders[order].leaves = open
        orders[order].isFilled = false
        orders[order].price = command.price
        var replaced = report(.orderReplaced, command.user_ref, quantity: open, price: command.price)
        replaced.execution_id = UInt64(original)
        send(session, replaced, order, mayRepeat: false)
    }

    // MARK: What happens there

    func execute(_ order: Int, _ quantity: Int64, match: UInt64? = nil) {
        if match == nil { nextMatch += 1 }
        let ref = orders[order].refs[orders[order].refs.count - 1]
        let price = max(orders[order].price + random.within(-3...3) * 100, 100)
        orders[order].executed += quantity
        orders[order].untold += quantity
        orders[order].leaves = max(orders[order].leaves - quantity, 0)
        if orders[order].leaves == 0 { orders[order].isFilled = true }
        executions.append(
            TruthExecution(
                order: order, ref: ref, id: match ?? nextMatch, price: price, quantity: quantity,
                firstQuantity: quantity))
        var told = report(.execution, ref, quantity: quantity, price: price)
        told.execution_id = match ?? nextMatch
        name(&told, order)
        send(orders[order].session, told, order, execution: executions.count - 1)
    }

    /// Two of our own orders trade with each other: one match number, two executions.
    func tradeWithOurselves() {
        guard let buy = orders.indices.filter({ orders[$0].isAlive && orders[$0].side == .buy }).first,
            let sell = orders.indices.filter({
                orders[$0].isAlive && orders[$0].side == .sell
                    && orders[$0].instrument == orders[buy].instrument
            }).first
        else { return }
        let quantity = random.within(1...min(orders[buy].leaves, orders[sell].leaves))
        kinds[.selfTrades] += 1
        nextMatch += 1
        let match = nextMatch
        execute(buy, quantity, match: match)
        execute(sell, quantity, match: match)
    }

    /// Quantity leaves an order without having executed.
    func takeOff(_ order: Int, _ quantity: Int64, _ kind: InputKind) {
        let ref = orders[order].refs[orders[order].refs.count - 1]
        orders[order].leaves -= quantity
        orders[order].total -= quantity
        send(
            orders[order].session, report(kind, ref, quantity: quantity, flags: 1), order,
            mayRepeat: orders[order].leaves == 0)
    }

    func bust(_ execution: Int) {
        let what = executions[execution]
        guard !what.isBroken else { return }
        executions[execution].isBroken = true
        orders[what.order].undone += what.quantity
        orders[what.order].untoldUndone += what.quantity
        var told = report(.executionBroken, what.ref)
        told.execution_id = what.id
        name(&told, what.order)
        send(orders[what.order].session, told, what.order, execution: execution, undoes: what.quantity)
    }

    func correct(_ execution: Int) {
        let what = executions[execution]
        guard !what.isBroken, what.corrections < 3 else { return }
        // More than was ordered, with a part of it never told: nobody could foresee it.
        let quantity = max(1, what.quantity + random.within(-5...(traits.isLossy ? 0 : 5)))
        let price = max(what.price + random.within(-300...300), 100)
        let order = what.order
        let isGrowing = quantity > what.quantity
        executions[execution].corrections += 1
        executions[execution].quantity = quantity
        executions[execution].price = price
        if isGrowing {
            orders[order].executed += quantity - what.quantity
            orders[order].hasGrown = true
        } else {
            orders[order].undone += what.quantity - quantity
            orders[order].untoldUndone += what.quantity - quantity
        }
        // What executed in truth is no more there to execute.
        let standing = orders[order].executed - orders[order].undone
        if orders[order].isAlive, standing + orders[order].leaves > orders[order].total {
            orders[order].leaves = max(orders[order].total - standing, 0)
            if orders[order].leaves == 0 { orders[order].isFilled = true }
        }
        var told = report(.executionCorrected, what.ref, quantity: quantity, price: price)
        told.execution_id = what.id
        told.flags = what.corrections + 1
        name(&told, order)
        send(
            orders[order].session, told, order, execution: execution, undoes: max(what.quantity - quantity, 0)
        )
    }

    /// Half of the reports name instrument and side, as some venues do; where a fill may overtake what names its order, all.
    private func name(_ input: inout Input, _ order: Int) {
        guard order & 1 == 0 || traits.reorders || traits.isChaotic else { return }
        input.instrument = orders[order].instrument
        input.side = orders[order].side.rawValue
    }

    func report(_ kind: InputKind, _ ref: UInt32, quantity: Int64 = 0, price: Int64 = 0, flags: UInt8 = 0)
        -> Input
    {
        var input = Input(kind: kind)
        input.user_ref = ref
        input.quantity = quantity
        input.price = price
        input.flags = flags
        return input
    }

    private func send(
        _ session: Int, _ input: Input, _ order: Int = -1, execution: Int = -1, mayRepeat: Bool = true,
        undoes: Int64 = 0
    ) {
        var input = input
        input.source = UInt8(session)
        if isVerbose { say("    stream \(venues[session].stream.count + 1): " + Self.words(input)) }
        venues[session].stream.append(
            TruthReport(
                input: input, order: order, execution: execution, mayRepeat: mayRepeat, undoes: undoes))
    }

    // MARK: Reports on their way

    /// Hands over the next report; where they overtake each other, any that no earlier one of its order holds back.
    func deliver(_ session: Int) {
        let stream = venues[session].stream
        guard venues[session].told < stream.count else { return }
        var place = venues[session].told
        if traits.reorders {
            place += Int(random.below(UInt64(min(stream.count - place, 6))))
            while stream[place].isTold { place += 1; if place == stream.count { return } }
            if !traits.isChaotic {
                for earlier in venues[session].told..<place
                where !stream[earlier].isTold && stream[earlier].order == stream[place].order {
                    place = earlier
                    break
                }
            }
        }
        if traits.isLossy, !isSettling, canBeLost(stream[place]), chance(15) {
            if isVerbose { say("    lost: " + Self.words(stream[place].input)) }
            pass(session, place)
            kinds[.reportsLost] += 1
            return
        }
        if place > venues[session].told { kinds[.reportsOvertaking] += 1 }
        pass(session, place)
        input(stream[place].input)
        if traits.reorders || traits.isChaotic, chance(15), stream[place].mayRepeat || traits.isChaotic {
            kinds[.reportsRepeated] += 1
            input(stream[place].input)
        }
    }

    private func canBeLost(_ report: TruthReport) -> Bool {
        switch report.input.inputKind {
        case .execution, .orderAccepted: true
        default: traits.isChaotic
        }
    }

    private func pass(_ session: Int, _ place: Int) {
        venues[session].stream[place].isTold = true
        let report = venues[session].stream[place]
        if report.undoes > 0 { orders[report.order].untoldUndone -= report.undoes }
        while venues[session].told < venues[session].stream.count,
            venues[session].stream[venues[session].told].isTold
        {
            venues[session].told += 1
        }
    }

    func deliverAll(_ session: Int) {
        while failure == nil, venues[session].told < venues[session].stream.count { deliver(session) }
    }

    // MARK: Connections

    func drop(_ session: Int) {
        guard venues[session].isUp else { return }
        kinds[.connectionsDropped] += 1
        hangUp(session)
        input(Input(kind: .sessionDown, source: UInt8(session)))
    }

    /// Of what was under way the venue received the first part; of what waited the first part was written.
    func hangUp(_ session: Int) {
        venues[session].isUp = false
        var written = venues[session].wire.map(\.command)
        for place in venues[session].outbox.indices where venues[session].outbox[place].fate == .open {
            venues[session].outbox[place].fate = .failed
        }
        if chance(50) {
            let count = Int(random.below(UInt64(venues[session].outbox.count + 1)))
            for place in 0..<count where venues[session].outbox[place].fate == .failed {
                venues[session].outbox[place].fate = .written
                written.append(venues[session].outbox[place].command)
            }
        }
        venues[session].wire = []
        let received = Int(random.below(UInt64(written.count + 1)))
        kinds[.commandsLost] += written.count - received
        for command in written[..<received] { take(command, session) }
    }

    /// Nobody knows any more what the stream has told, or asks the questions that were asked.
    func forget(_ session: Int) {
        venues[session].questions = []
        venues[session].answer = []
        venues[session].answered = []
        venues[session].told = 0
        venues[session].heard = 1
        venues[session].isReplayed = false
        // Only what the venue takes note of must rise: a cancel's number is ours alone.
        venues[session].lastUsedRef = venues[session].lastRef
        for place in venues[session].stream.indices { venues[session].stream[place].isTold = false }
        for order in orders.indices where orders[order].session == session {
            orders[order].untold = 0
            orders[order].untoldUndone = 0
        }
        for report in venues[session].stream where report.undoes > 0 {
            orders[report.order].untoldUndone += report.undoes
        }
        for execution in executions.indices where orders[executions[execution].order].session == session {
            executions[execution].isTold = false
            orders[executions[execution].order].untold += executions[execution].firstQuantity
        }
    }

    /// Logs on again: the session speaks of what it still had, the stream is repeated from where the core was, or before.
    func logOn(_ session: Int) {
        guard !venues[session].isUp, failure == nil else { return }
        while !venues[session].outbox.isEmpty, failure == nil { speak(session) }
        if traits.isLossy {
            while venues[session].told < venues[session].stream.count, failure == nil {
                let place = venues[session].told
                pass(session, place)
                if !canBeLost(venues[session].stream[place]) { input(venues[session].stream[place].input) }
            }
        }
        if traits.replaysTooMuch, !traits.isLossy, venues[session].told > 0 {
            let first = Int(random.below(UInt64(venues[session].told)))
            for place in first..<venues[session].told
            where venues[session].stream[place].mayRepeat && venues[session].stream[place].isTold {
                kinds[.reportsRepeated] += 1
                input(venues[session].stream[place].input)
            }
        }
        deliverAll(session)
        venues[session].isUp = true
        venues[session].isReplayed = true
        var up = Input(kind: .sessionUp, source: UInt8(session))
        // Where the stream has holes, its silence proves nothing.
        up.user_ref =
            traits.isLossy && !venues[session].stream.isEmpty
            ? 0
            : chance(85) || isSettling || venues[session].stream.isEmpty || !journal.hasNumbers
                ? venues[session].lastRef + 1 : 0
        up.execution_id = traits.isLossy ? venues[session].heard : UInt64(venues[session].stream.count + 1)
        input(up)
    }
}
