internal import Model
internal import Plumbing
internal import Reporting

// What a run says of its kill switch.
extension KillSwitch {
    /// For the banner; `nil`: it is off.
    var banner: String? {
        let state = state
        guard state.isOn else { return nil }
        let why =
            state.cause == .damaged
            ? "its file \(damagedPath) cannot be trusted: \(state.damage)"
            : "said by \(state.name.isEmpty ? "nobody" : state.name)"
        return
            "KILL SWITCH ON, \(why): what works is cancelled, nothing is traded until `spinetail lift --by NAME`"
    }

    private var damagedPath: String {
        let own = KillStateFile.read(in: folder, account: account)
        return KillStateFile.path(in: folder, account: own.cause == .damaged ? account : "")
    }

    /// For the core, before anything else: it was on when the run began. One that was said since, the gate tells.
    var restored: [Input] {
        guard state.isOn, gate.kills == 0 else { return [] }
        var input = Input(kind: .restoreState)
        input.flags = RiskScope.account.rawValue
        input.side = TradingState.halted.rawValue
        input.user_ref = Rule.killed.rawValue
        input.execution_id = state.atUtcNs
        var origin = Input(kind: .restoreOrigin)
        let name = OperatorName(state.name) ?? OperatorName(high: 0, low: 0)
        origin.execution_id = name.low
        origin.venue_time_ns = name.high
        return [origin, input]
    }
}

extension RunReport {
    mutating func take(_ killSwitch: KillSwitch) {
        let state = killSwitch.state
        guard state.isOn else { return }
        watch.killedBy = state.name.isEmpty ? state.cause.rawValue : state.name
        if let failure = killSwitch.failure {
            warnings.append("the kill switch is on and may not outlive this process: \(failure)")
        }
        guard !openOrders.isEmpty else { return }
        warnings.append(
            "\(openOrders.count) orders are not confirmed cancelled after the kill: look after them at the venue"
        )
    }
}
