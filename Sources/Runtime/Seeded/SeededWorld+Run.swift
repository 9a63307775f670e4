internal import Core
internal import Matching
internal import Model
internal import Plumbing
internal import Simulation

// The session as it goes: what happens next, to whom.
extension SeededWorld {
    /// Runs the session to its end.
    public func run() -> SeededOutcome {
        start(network.nowNs)
        if let holdAtNs { network.wake(Agent.hold.rawValue, atNs: holdAtNs) }
        if let first = script.first { network.wake(Agent.script.rawValue, atNs: first.atNs) }
        pumpExchange()
        while let arrival = network.next() {
            take(arrival)
            if !isQuiet, network.nowNs >= plan.quietNs { beginQuiet() }
            if isQuiet, !isStopping, !isHaltComing, haltedAtNs == nil,
                network.nowNs >= plan.quietNs + 100_000_000
            {
                isStopping = true
                engine.beginStop(nowNs: network.nowNs)
            }
            if let haltedAtNs {
                if engine.isHaltOver || network.nowNs >= haltedAtNs + Self.haltNsMax { break }
                continue
            }
            if isStopping, isAtRest || network.nowNs >= plan.quietNs + Self.quietNsMax { break }
            if outcome.violations.count > 20 { break }
        }
        finish()
        return outcome
    }

    private func take(_ arrival: NetworkArrival) {
        let nowNs = network.nowNs
        switch arrival {
        case .client:
            guard !isDead else { return }
            isPipelined ? wakeStages() : wakeEngine()
        case .request(let stream, let bytes):
            // SAFETY: both are copied before the call returns.
            unsafe bytes.withUnsafeBytes { request in
                let request = unsafe request
                exchange.advance(toNs: nowNs)
                unsafe exchange.retransmissionRequest(request) {
                    unsafe network.send(stream: stream, Array($0))
                }
            }
            pumpExchange()
        case .connected(let id):
            if network.session(of: id) == Self.querySession {
                guard plan.backOffice != nil else { return network.close(connection: id) }
                queryConnections.append(id)
                backOffice.connectionOpened(id, atNs: nowNs)
                return pumpBackOffice()
            }
            if plan.forgetsStream, id > 0 { exchange.forgetStream(account: 0) }
            connections.append(id)
            exchange.connectionOpened(id, atNs: nowNs)
            pumpExchange()
        case .bytes(let id, let bytes):
            if network.session(of: id) == Self.querySession {
                // SAFETY: the back office copies them.
                unsafe bytes.withUnsafeBytes { unsafe backOffice.received(id, $0, atNs: nowNs) }
                pumpBackOffice()
            } else {
                // SAFETY: the exchange copies them.
                unsafe bytes.withUnsafeBytes { unsafe exchange.received(id, $0, atNs: nowNs) }
            }
            pumpExchange()
        case .ended(let id):
            if network.session(of: id) == Self.querySession {
                queryConnections.removeAll { $0 == id }
                return backOffice.connectionClosed(id)
            }
            connections.removeAll { $0 == id }
            exchange.connectionClosed(id, atNs: nowNs)
            pumpExchange()
        case .wake(let number):
            guard let agent = Agent(rawValue: number) else { return }
            wake(agent, nowNs)
        }
    }

    private func wake(_ agent: Agent, _ nowNs: UInt64) {
        switch agent {
        case .exchange:
            exchangeWakeNs = .max
            exchange.advance(toNs: nowNs)
            return pumpExchange()
        case .backOffice:
            backOfficeWakeNs = .max
            backOffice.advance(toNs: nowNs)
            return pumpBackOffice()
        case .script: return followScript()
        case .engine: engineIsWoken = false
        case .feed: feedIsWoken = false
        case .venue: venueIsWoken = false
        case .engineTick, .journal, .halt, .stageTick, .control, .hold: break
        }
        guard !isDead else { return }
        switch agent {
        case .engine: turnEngine()
        case .engineTick:
            turnEngine()
            network.wake(agent.rawValue, atNs: nowNs + (plan.isRehearsal ? 4 * Self.tickNs : Self.tickNs))
        case .feed:
            if (feedStage?.step() ?? 0) > 0 {
                wakeEngine()
                wakeFeed()
            }
        case .venue:
            if (venueStage?.step() ?? 0) > 0 {
                wakeEngine()
                wakeVenue()
            }
        case .stageTick:
            wakeStages()
            network.wake(agent.rawValue, atNs: nowNs + 100_000 + random.below(Self.tickNs))
        case .journal:
            disk.advance(toNs: nowNs)
            _ = writer.step(nowNs: nowNs)
            if case .failed = writer.state {
                // The calling thread looks twenty times a second.
                if !isHaltComing {
                    network.wake(Agent.halt.rawValue, atNs: nowNs + random.below(50_000_000))
                }
                isHaltComing = true
                return
            }
            network.wake(agent.rawValue, atNs: nowNs + 200_000 + random.below(2_000_000))
        case .halt:
            haltedAtNs = nowNs
            outcome.tally.halts += 1
            outcome.tally.openAtHalt += engine.core.openOrderCount
            engine.beginHalt(nowNs: nowNs)
        case .hold: hold()
        case .control:
            _ = control.step(nowNs: nowNs)
            network.wake(agent.rawValue, atNs: nowNs + 100_000 + random.below(2_000_000))
        case .exchange, .backOffice, .script: break
        }
    }

    // MARK: Engine

    /// The hot thread looks a little after something has come, so that sometimes more has come by then.
    private func wakeEngine() {
        guard !engineIsWoken else { return }
        engineIsWoken = true
        network.wake(Agent.engine.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    /// So do the two other threads, each in its time.
    private func wakeStages() {
        wakeFeed()
        wakeVenue()
    }

    private func wakeFeed() {
        guard !feedIsWoken else { return }
        feedIsWoken = true
        network.wake(Agent.feed.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    private func wakeVenue() {
        guard !venueIsWoken else { return }
        venueIsWoken = true
        network.wake(Agent.venue.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    private func turnEngine() {
        defer { if isPipelined { wakeStages() } }
        for _ in 0..<64 {
            let work = haltedAtNs == nil ? engine.run(turns: 1) : engine.haltTurn(nowNs: network.nowNs)
            check()
            if work == 0 { return }
        }
    }

    // MARK: Exchange

    /// Takes what the exchange has to say to the network, and asks to be woken for it again.
    func pumpExchange() {
        checkExposure()
        while let datagram = unsafe exchange.nextDatagram() {
            // SAFETY: copied before the packet is popped.
            unsafe network.send(stream: 0, Array(datagram))
            exchange.popDatagram()
        }
        for id in connections {
            // SAFETY: copied before the exchange is called again.
            let bytes = unsafe Array(exchange.output(id))
            if !bytes.isEmpty {
                network.send(connection: id, bytes)
                exchange.consumed(id, bytes.count)
            }
        }
        for id in connections where exchange.shouldClose(id) {
            network.close(connection: id)
            exchange.connectionClosed(id, atNs: network.nowNs)
            connections.removeAll { $0 == id }
        }
        // A little later than due: several messages then share a packet.
        let due = max(exchange.nextWakeNs, network.nowNs + 1)
        guard due < exchangeWakeNs else { return }
        exchangeWakeNs = due
        network.wake(Agent.exchange.rawValue, atNs: due + random.below(600_000))
    }

    /// The same for what the back office has to say.
    private func pumpBackOffice() {
        for id in queryConnections {
            let bytes = backOffice.output(id)
            guard !bytes.isEmpty else { continue }
            network.send(connection: id, bytes)
            backOffice.consumed(id, bytes.count)
        }
        for id in queryConnections where backOffice.shouldClose(id) {
            network.close(connection: id)
            backOffice.connectionClosed(id)
            queryConnections.removeAll { $0 == id }
        }
        let due = backOffice.nextWakeNs
        guard due < backOfficeWakeNs else { return }
        backOfficeWakeNs = due
        network.wake(Agent.backOffice.rawValue, atNs: due)
    }

    // MARK: Script

    private func followScript() {
        guard !isQuiet else { return }
        while nextStep < script.count, script[nextStep].atNs <= network.nowNs {
            let step = script[nextStep]
            nextStep += 1
            follow(step.action)
        }
        pumpExchange()
        if nextStep < script.count { network.wake(Agent.script.rawValue, atNs: script[nextStep].atNs) }
    }

    private func follow(_ action: SeededPlan.Action) {
        let nowNs = network.nowNs
        switch action {
        case .reject(let count):
            exchange.faults.rejectReason = ExchangeFaults().rejectReason
            exchange.faults.rejectNext += count
        case .rejectFor(let reason, let count):
            exchange.faults.rejectReason = reason
            exchange.faults.rejectNext += count
        case .reportDelay(let delayNs): exchange.faults.reportDelayNs = delayNs
        case .outageBegins:
            network.faults.isOutage = true
            network.breakConnections()
        case .outageEnds: network.faults.isOutage = false
        case .breakConnections: network.breakConnections()
        case .venueDrops: for id in connections { exchange.drop(id, atNs: nowNs) }
        case .bust:
            if let last = standing.last { exchange.breakTrade(last.matchNumber, atNs: nowNs) }
        case .bustOf(let pick):
            let standing = standing
            guard !standing.isEmpty else { return }
            exchange.breakTrade(standing[Int(pick % UInt64(standing.count))].matchNumber, atNs: nowNs)
        case .correct(let pick): correct(pick)
        case .cancelsUnasked(let pick, let part):
            if let userRef = exchange.liveOrder(account: 0, pick: pick) {
                exchange.cancelByVenue(
                    account: 0, userRef: userRef, toRemaining: part ? 1 : 0,
                    reason: pick % 2 == 0 ? "S" : "Z",
                    atNs: nowNs)
            }
        case .restates(let pick):
            if let userRef = exchange.liveOrder(account: 0, pick: pick) {
                exchange.restate(
                    account: 0, userRef: userRef, displayPrice: pick % 2 == 0 ? Price(raw: 10_000) : nil,
                    atNs: nowNs)
            }
        case .handlesCancels(let handling, let instrument):
            exchange.setCancelHandling(InstrumentID(index: UInt32(instrument)), handling, atNs: nowNs)
        case .halts(let instrument):
            exchange.setTradingState(InstrumentID(index: UInt32(instrument)), UInt8(ascii: "H"), atNs: nowNs)
        case .resumes(let instrument):
            exchange.setTradingState(InstrumentID(index: UInt32(instrument)), UInt8(ascii: "T"), atNs: nowNs)
        case .enters(let side, let price, let quantity):
            exchange.enter(
                OrderEntry(
                    instrument: InstrumentID(index: 0), side: side, price: Price(raw: price),
                    quantity: quantity), atNs: nowNs)
        case .operates(let command, let pick):
            if !isDead {
                operate(command, pick)
            } else if command == .lift {
                _ = gate.lift(kills: gate.kills)
            }
        case .engineDies(let keepsRing): die(keepsRing: keepsRing)
        case .engineStarts: startAnew()
        }
    }

    /// Trades that stand, but for those that stand in another's place: who has not asked the back office knows nothing of
    /// these, and could not tell what it is that is undone.
    private var standing: [ExchangeExecution] {
        exchange.executions.filter { !$0.isBroken && !watch.corrections.contains($0.matchNumber) }
    }

    private func correct(_ pick: UInt64) {
        let standing = standing
        guard !standing.isEmpty else { return }
        let trade = standing[Int(pick % UInt64(standing.count))]
        let change = pick >> 20
        let number = exchange.correctTrade(
            trade.matchNumber, price: Price(raw: trade.price.raw + 100 * Int64(change % 5) - 200),
            quantity: 1 + UInt32(change >> 8 & 0xffff) % (2 * trade.quantity), atNs: network.nowNs)
        if let number { watch.corrections.append(number) }
        outcome.tally.corrections += 1
    }

    /// An operator's wish, on its way through the control thread's ring.
    func operate(_ command: OperatorCommand, _ pick: UInt64) {
        var input = Input(kind: .operatorCommand)
        input.flags = command.rawValue
        requestNumber += 1
        input.user_ref = requestNumber
        switch command {
        case .stopTrading, .cancelAll, .flatten, .reconcile, .setRate, .setLimits: break
        case .kill:
            // The gate, and nothing else: the engine hears of it by itself.
            gate.kill(by: Self.operatorName)
            outcome.tally.operatorCommands += 1
            outcome.tally.kills += 1
            return
        case .lift, .setState:
            let scope = pick % 3
            input.quantity = Int64(scope)
            if scope == 2 { input.instrument = UInt32(pick >> 8 % UInt64(symbols.count)) }
            input.side = UInt8(1 + pick >> 20 % 3)
            input.execution_id = Self.operatorName.low
            input.venue_time_ns = Self.operatorName.high
            if command == .lift, scope == 0 { _ = gate.lift(kills: gate.kills) }
        case .closePosition: input.instrument = UInt32(pick % UInt64(symbols.count))
        case .cancelOrder, .replaceOrder, .acceptDispute:
            let orders = (0..<engine.core.orderSlotCount).compactMap { engine.core.order(slot: $0) }
                .filter { command == .acceptDispute ? $0.knowledge == .disputed : !$0.lifecycle.isEnded }
            guard !orders.isEmpty else { return }
            let order = orders[Int(pick % UInt64(orders.count))]
            input.execution_id = order.id.low
            input.venue_time_ns = order.id.high
            if command == .replaceOrder {
                let change = Int64(pick >> 20 & 7)
                input.price = order.price.raw + 100 * (change - 3)
                input.quantity = pick >> 30 & 1 == 0 ? 0 : max(1, order.ordered + 10 * (change - 4))
            }
        }
        outcome.tally.operatorCommands += 1
        _ = control.link.ask(ControlMessage.input, input)
    }

    /// The hot thread comes back to a shut gate: its connections have ended behind its back. Nothing else goes wrong from here
    /// on, so that every order can be known in the end.
    private func hold() {
        guard haltedAtNs == nil, !isHaltComing else { return }
        beginQuiet()
        network.breakConnections()
        isHeld = true
        haltedAtNs = network.nowNs
        outcome.tally.openAtHalt += engine.core.openOrderCount
        engine.beginHold(awayNs: 1_000_000_000, connectionCount: 1, nowNs: network.nowNs)
    }

    /// The faults are over; connections that are broken without either side's knowing are found by their silence.
    private func beginQuiet() {
        isQuiet = true
        startAnew()
        network.faults = NetworkFaults()
        exchange.faults = ExchangeFaults()
        backOffice.faults = BackOfficeFaults()
        for instrument in symbols.indices {
            let id = InstrumentID(index: UInt32(instrument))
            exchange.setCancelHandling(id, .atOnce, atNs: network.nowNs)
            exchange.setTradingState(id, UInt8(ascii: "T"), atNs: network.nowNs)
        }
        pumpExchange()
    }

    /// Nothing is owed to anybody: what may still come, comes by itself.
    var isSettled: Bool {
        guard !isDead, engine.sessions[0].phase == .up, !engine.feeds[0].isGapOpen else { return false }
        // Who is never told, and has nobody to ask, counts what is open at its worst for good.
        if isDeaf { return true }
        return engine.core.openOrderCount == 0 && engine.core.inDoubtCount == 0
    }

    /// How long nothing more happens before it is believed.
    private var restNs: UInt64 { plan.isRehearsal ? 250_000_000 : 800_000_000 }

    /// Everybody has heard everything.
    private var isAtRest: Bool {
        guard network.nowNs >= plan.quietNs + restNs, isSettled else { return false }
        if watch.mendedUpTo >= exposure.lastCorrection { return true }
        // What the stream does not tell has to be asked for, and a person does so again and again.
        if network.nowNs >= watch.askedAtNs + 200_000_000 {
            watch.askedAtNs = network.nowNs
            operate(.reconcile, 0)
        }
        return false
    }
}
