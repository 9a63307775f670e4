internal import Core
internal import Model
internal import Plumbing

// What scopes may do, and the kill switch.
extension ControlAgent {
    /// Answers as soon as no order leaves any more and the state is durable: the hot thread need not come by for it.
    func kill(_ request: ControlRequest, _ client: UInt64) {
        guard let killSwitch = configuration.killSwitch else {
            return fail(client, request.id, .refused, "this engine has no kill switch")
        }
        let outcome = killSwitch.kill(
            by: request.name ?? OperatorName("command") ?? OperatorName(high: 0, low: 0), cause: .command)
        var line = ControlLine(id: request.id)
        line.done = true
        line.ok = outcome.failure == nil
        line.command = request.command.rawValue
        line.kill = killRow
        if let failure = outcome.failure {
            line.error = ControlError.notDurable.rawValue
            line.text =
                "the kill switch is on, and no order leaves; it would not outlive the process: \(failure)"
        }
        write(client, line)
    }

    /// The core has lifted the account: so does the switch, if it was on.
    ///
    /// - Returns: Why not; then the core is told again that it is on.
    func lift(_ waiting: Asked) -> String? {
        guard let killSwitch = configuration.killSwitch, killSwitch.state.isOn,
            let name = waiting.request.name
        else { return nil }
        guard let why = killSwitch.lift(by: name, kills: waiting.kills) else { return nil }
        killSwitch.sayAgain()
        return why
    }

    var killRow: KillRow? {
        guard let killSwitch = configuration.killSwitch else { return nil }
        return KillRow(killSwitch.state, isHeard: killSwitch.isHeard, failure: killSwitch.failure)
    }

    /// Scope, state and name as the core takes them. `false`: refused.
    func address(_ request: ControlRequest, _ client: UInt64, _ input: inout Input) -> Bool {
        let scope = request.scope ?? .account
        input.quantity = Int64(scope.rawValue)
        input.side = request.state?.rawValue ?? 0
        input.execution_id = request.name?.low ?? 0
        input.venue_time_ns = request.name?.high ?? 0
        switch scope {
        case .account, .instrument: return true
        case .strategy:
            guard let index = configuration.strategies.firstIndex(of: request.strategy ?? "") else {
                let known = configuration.strategies.joined(separator: ", ")
                fail(
                    client, request.id, .badRequest,
                    "no strategy \"\(request.strategy ?? "")\"; there are \(known.isEmpty ? "none" : known)")
                return false
            }
            input.price = Int64(index)
            return true
        }
    }

    /// Reads the settings anew and asks the core for what has changed; its answer tells what came of it.
    func reload(_ request: ControlRequest, _ client: UInt64, _ nowNs: UInt64) {
        func refuse(_ error: ControlError, _ text: String) {
            noteReload(request, client, isTaken: false, [], text)
            fail(client, request.id, error, text)
        }
        guard let reload = configuration.reload else {
            return refuse(.refused, "this engine's settings cannot be read again")
        }
        let plan: LimitReload.Plan
        do throws(LimitReload.Refusal) {
            plan = try reload.plan(
                file: request.config,
                overrides: request.overrides?.split(separator: "\n").map(String.init),
                instruments: instruments)
        } catch {
            return refuse(.badSettings, error.text)
        }
        guard !plan.isEmpty else {
            reload.taken(plan)
            noteReload(request, client, isTaken: true, [])
            var line = ControlLine(id: request.id)
            line.done = true
            line.ok = true
            line.command = request.command.rawValue
            line.count = 0
            line.changes = []
            line.limits = []
            return write(client, line)
        }
        // One at a time: what differs was worked out against what runs.
        guard !asked.values.contains(where: { $0.plan != nil }) else {
            return refuse(.busy, "other limits are under way: try again")
        }
        guard asked.count < EngineLink.waitingCountMax else {
            return refuse(.busy, "too many commands are under way: try again")
        }
        var waiting = Asked(client: client, request: request, dueNs: nowNs + configuration.answerNsMax)
        waiting.plan = plan
        link.tell(plan.inputs(number: nextNumber))
        asked[nextNumber] = waiting
        takeNumber()
    }

    /// What a reload came to, for whoever did not ask for it: nobody reads the answer of a signal.
    func noteReload(
        _ request: ControlRequest, _ client: UInt64, isTaken: Bool, _ changes: [LimitChange],
        _ why: String? = nil
    ) {
        let row = ReloadRow(
            atUtcNs: Clock.utcNs(), isSignal: client == 0, isTaken: isTaken, changes: changes, text: why)
        lastReload = row
        configuration.log?.write(
            isTaken ? .reloaded : .reloadRefused, row.words,
            atNs: UInt64(clamping: Int128(row.atUtcNs) - Int128(configuration.clock.utcAtZeroNs)))
        // Whoever asked by a command is told on his own terminal.
        if client == 0 { configuration.notices?.add("reload (SIGHUP): \(row.words)") }
    }

    func note(state fact: Fact, _ nowNs: UInt64) {
        guard let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8)) else { return }
        let index: UInt32
        var stream: UInt64 = 0
        switch scope {
        case .account: index = 0
        case .strategy: index = UInt32(fact.strategy)
        case .instrument:
            index = fact.instrument
            if index == .max { stream = fact.execution_id }
        }
        let key = ScopeKey(scope: scope, index: index, stream: stream, rule: fact.detail >> 16)
        let isOver = UInt8(truncatingIfNeeded: fact.detail) == TradingState.normal.rawValue
        // Of what an earlier run met the fact says since when.
        let isOfEarlierRun = fact.execution_id != 0 && !(scope == .instrument && index == .max)
        let atUtcNs = isOfEarlierRun ? fact.execution_id : configuration.clock.utcAtZeroNs &+ nowNs
        states[key] = isOver ? nil : (fact, atUtcNs)
        // Whoever looks at the states wants names.
        if scope == .instrument, index != .max, symbols[index] == nil { _ = askForNames(nowNs) }
        // All causes together.
        if scope == .account { configuration.progress?.set(.accountState, UInt64(fact.user_ref)) }
    }

    /// - Parameter kept: Instruments that are kept from being traded beside their states; `nil`: the hot thread did not say.
    func showStates(_ request: ControlRequest, _ client: UInt64, kept: [InstrumentStateView]?) {
        var count: Int64 = 0
        func show(_ row: StateRow) {
            var line = ControlLine(id: request.id)
            line.state = row
            write(client, line)
            count += 1
        }
        if !states.keys.contains(where: { $0.scope == .account }) {
            show(StateRow(Fact(kind: .riskState, sequence: 0), scope: .account, name: nil, atUtcNs: nil))
        }
        let sorted = states.sorted {
            ($0.key.scope.rawValue, $0.key.index, $0.key.stream, $0.key.rule) < (
                $1.key.scope.rawValue, $1.key.index, $1.key.stream, $1.key.rule
            )
        }
        let known = configuration.reload?.known()
        for (key, told) in sorted {
            let name: String?
            switch key.scope {
            case .account: name = nil
            case .strategy:
                name =
                    Int(key.index) < configuration.strategies.count
                    ? configuration.strategies[Int(key.index)] : "#\(key.index)"
            case .instrument:
                name =
                    key.index == .max
                    ? "of stream \(key.stream)" : symbols[key.index]?.description ?? "#\(key.index)"
            }
            show(
                StateRow(
                    told.fact, scope: key.scope, name: name, atUtcNs: told.atUtcNs,
                    currency: configuration.currencies.first ?? ""
                ) { kind, scope in
                    known?(kind, scope, Int(key.index))
                })
        }
        for row in (kept ?? []).flatMap(rows).sorted(by: { ($0.name ?? "") < ($1.name ?? "") }) { show(row) }
        var line = ControlLine(id: request.id)
        line.done = true
        line.ok = true
        line.command = request.command.rawValue
        line.count = count
        line.kill = killRow
        line.reload = lastReload
        if kept == nil {
            line.text =
                "the hot thread does not answer: closed markets and restricted instruments are not known"
        }
        write(client, line)
    }

    private func rows(_ view: InstrumentStateView) -> [StateRow] {
        let name = symbols[view.instrument]?.description ?? "#\(view.instrument)"
        var rows: [StateRow] = []
        if view.isRestricted {
            rows.append(
                StateRow(
                    instrument: name, .halted, .restrictedSymbol, sinceUtcNs: nil,
                    ends: "other settings, and a reload"))
        }
        if view.isMarketClosed {
            rows.append(
                StateRow(
                    instrument: name, .halted, .marketClosed, sinceUtcNs: nil,
                    ends: view.opensNs == .max
                        ? "never: its calendar knows no later session"
                        : "the market opens, \(Words.utc(view.opensNs))"))
        }
        return rows
    }
}
