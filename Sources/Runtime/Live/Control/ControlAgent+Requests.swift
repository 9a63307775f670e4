internal import Core
internal import Model

extension ControlAgent {
    /// Begins a request; its answer may come much later.
    ///
    /// - Parameter isNamed: All instruments that the engine knows have their names here.
    func perform(_ request: ControlRequest, _ client: UInt64, _ nowNs: UInt64, isNamed: Bool = false) {
        var instrument = UInt32.max
        if let symbol = request.symbol {
            guard let known = instruments[symbol.raw] else {
                return waitForNames(request, client, nowNs)
            }
            instrument = known
        }
        switch request.command {
        case .status: write(client, status(request))
        case .orders: show(ControlMessage.viewOrders, request, client, instrument, nowNs)
        case .positions: show(ControlMessage.viewPositions, request, client, instrument, nowNs)
        case .states: show(ControlMessage.viewStates, request, client, .max, nowNs)
        case .kill: kill(request, client)
        case .reload: isNamed ? reload(request, client, nowNs) : waitForNames(request, client, nowNs)
        case .cancel, .cancelAll, .replace, .close, .flatten, .reconcile, .acceptDispute, .stopTrading, .rate,
            .lift, .setState:
            operate(request, client, instrument, nowNs)
        }
    }

    // MARK: Commands

    private func operate(
        _ request: ControlRequest, _ client: UInt64, _ instrument: UInt32, _ nowNs: UInt64
    ) {
        guard let command = request.command.operatorCommand else {
            preconditionFailure("Invariant: who asks for something to be done names it")
        }
        var input = Input(kind: .operatorCommand)
        input.flags = command.rawValue
        input.user_ref = nextNumber
        input.instrument = instrument
        input.execution_id = request.order?.low ?? 0
        input.venue_time_ns = request.order?.high ?? 0
        input.price = request.price ?? 0
        input.quantity = request.quantity ?? 0
        if let currency = request.currency {
            input.execution_id = currency.raw
            input.quantity = request.rate ?? 0
        }
        var waiting = Asked(client: client, request: request, dueNs: nowNs + configuration.answerNsMax)
        if request.command == .lift || request.command == .setState {
            guard address(request, client, &input) else { return }
            waiting.kills = configuration.killSwitch?.gate.kills ?? 0
        }
        guard asked.count < EngineLink.waitingCountMax, link.ask(ControlMessage.input, input) else {
            return fail(client, request.id, .busy, "too many commands are under way: try again")
        }
        asked[nextNumber] = waiting
        takeNumber()
    }

    /// The engine's word on a command.
    func answered(_ fact: Fact) {
        // Too late, or nobody's: what an engine does at its own stop.
        guard let waiting = asked.removeValue(forKey: fact.user_ref) else { return }
        let rule = Rule(rawValue: fact.detail >> 16) ?? .none
        if rule == .none, waiting.request.command == .lift, waiting.request.scope == .account,
            let why = lift(waiting)
        {
            return fail(waiting.client, waiting.request.id, .refused, "the kill switch stays on: \(why)")
        }
        if let plan = waiting.plan {
            if rule == .none {
                configuration.reload?.taken(plan)
                noteReload(waiting.request, waiting.client, isTaken: true, plan.changes)
            } else {
                noteReload(
                    waiting.request, waiting.client, isTaken: false, [],
                    "nothing was changed: \(Words.refusal(rule)) (\(rule.name))")
            }
        }
        guard !waiting.isMuted else { return }
        var line = ControlLine(id: waiting.request.id)
        if rule == .none, let plan = waiting.plan {
            line.changes = plan.changes.map(\.description)
            line.limits = plan.changes
        }
        if waiting.request.command == .lift { line.kill = killRow }
        line.done = true
        line.ok = rule == .none
        line.command = waiting.request.command.rawValue
        line.count = fact.quantity
        line.sequence = fact.sequence
        if rule != .none {
            line.error = ControlError.refused.rawValue
            line.rule = rule.name
            line.text = Words.refusal(rule)
        } else if waiting.request.command == .reconcile {
            // One that is under way was asked before: the next one's word counts.
            line.reconciliation = reconciliation.asked + UInt64(configuration.sessionCount)
        }
        write(waiting.client, line)
    }

    func takeNumber() {
        // 0 is the engine's own.
        nextNumber = nextNumber == .max ? 1 : nextNumber + 1
    }

    // MARK: Views

    private func status(_ request: ControlRequest) -> ControlLine {
        var line = ControlLine(id: request.id)
        line.done = true
        line.ok = true
        line.command = request.command.rawValue
        var status = configuration.status
        status.clients = clients.count
        status.reconciliations = reconciliation
        status.kill = killRow
        status.reload = lastReload?.words
        status.sessionsUp = configuration.progress?[.sessionsUp]
        status.sessionCount = configuration.progress?[.sessionCount]
        line.status = status
        return line
    }

    private func show(
        _ kind: UInt16, _ request: ControlRequest, _ client: UInt64, _ instrument: UInt32, _ nowNs: UInt64
    ) {
        guard ask(view: kind, request, client, instrument, nowNs) != nil else {
            return fail(client, request.id, .busy, "too many look at once: try again")
        }
    }

    /// The view's number; `nil`: too many wait already.
    private func ask(
        view kind: UInt16, _ request: ControlRequest, _ client: UInt64, _ instrument: UInt32, _ nowNs: UInt64
    ) -> UInt32? {
        let number = nextNumber
        var input = Input(kind: .operatorCommand)
        input.user_ref = number
        input.instrument = instrument
        guard views.count < EngineLink.waitingCountMax, link.ask(kind, input) else { return nil }
        takeNumber()
        views.append(
            Viewed(
                number: number, client: client, request: request, dueNs: nowNs + configuration.answerNsMax))
        return number
    }

    /// Asks for the names that the engine has learned since. `nil`: too much waits.
    func askForNames(_ nowNs: UInt64) -> UInt32? {
        // Nobody's request: no client has the number 0.
        ask(view: ControlMessage.viewInstruments, ControlRequest(id: 0, .status), 0, .max, nowNs)
    }

    /// A symbol that is not known here may be known there: the names first.
    private func waitForNames(_ request: ControlRequest, _ client: UInt64, _ nowNs: UInt64) {
        guard let number = askForNames(nowNs) else {
            return fail(client, request.id, .busy, "too many look at once: try again")
        }
        unnamed[number, default: []].append((client, request))
    }

    // MARK: Messages

    func takeMessages(_ nowNs: UInt64) -> Int {
        var work = 0
        while work < Self.messageCountPerTurn, let message = link.next() {
            work += 1
            switch message {
            case .question(let command): take(question: command)
            case .fact(let fact):
                if fact.kind == FactKind.operatorAnswered.rawValue {
                    answered(fact)
                } else if fact.kind == FactKind.riskState.rawValue {
                    note(state: fact, nowNs)
                } else {
                    compared(fact)
                }
            case .order(let view): show(view)
            case .position(let view):
                show {
                    $0.position = PositionRow(
                        view, symbol: name(view.instrument), currency: currency(Int(view.currency)))
                }
            case .account(let totals):
                guard !views.isEmpty else { break }
                views[0].account = AccountRow(totals, currency: currency(0) ?? "")
            case .currency(let view):
                guard !views.isEmpty else { break }
                views[0].account?.currencies.append(AccountRow.Currency(view))
            case .instrument(let named):
                symbols[named.instrument] = Symbol(raw: named.symbol)
                instruments[named.symbol] = named.instrument
            case .instrumentState(let view):
                guard !views.isEmpty else { break }
                views[0].kept.append(view)
            case .end(let end): ended(end, nowNs)
            }
        }
        return work
    }

    private func show(_ view: OrderView) {
        if let first = views.first, first.request.isOpenOnly, view.lifecycle.isEnded { return }
        show {
            $0.order = OrderRow(
                view, symbol: name(view.instrument), strategies: configuration.strategies,
                clock: configuration.clock)
        }
    }

    /// A record of the view that goes on: the first that was asked for.
    private func show(_ fill: (inout ControlLine) -> Void) {
        guard !views.isEmpty, !views[0].isMuted else { return }
        views[0].count += 1
        var line = ControlLine(id: views[0].request.id)
        fill(&line)
        write(views[0].client, line)
    }

    private func ended(_ end: ViewEnd, _ nowNs: UInt64) {
        precondition(views.first?.number == end.number, "Invariant: views end in the order of their wishes")
        let view = views.removeFirst()
        for (client, request) in unnamed.removeValue(forKey: end.number) ?? [] {
            if let symbol = request.symbol, instruments[symbol.raw] == nil {
                fail(client, request.id, .unknownSymbol, "the engine knows of no instrument \(symbol)")
            } else {
                perform(request, client, nowNs, isNamed: true)
            }
        }
        if questionStep == .naming(end.number) { named(nowNs) }
        guard !view.isMuted, view.client != 0 else { return }
        if view.request.command == .states {
            return showStates(view.request, view.client, kept: view.kept)
        }
        var line = ControlLine(id: view.request.id)
        line.done = true
        line.ok = true
        line.command = view.request.command.rawValue
        line.count = view.count
        line.account = view.account
        line.kill = killRow.flatMap { $0.on ? $0 : nil }
        line.sequence = end.sequence
        write(view.client, line)
    }

    /// Its code; `nil`: nobody has told it.
    private func currency(_ place: Int) -> String? {
        place < configuration.currencies.count ? configuration.currencies[place] : nil
    }

    private func name(_ instrument: UInt32) -> String {
        symbols[instrument]?.description ?? "#\(instrument)"
    }
}
