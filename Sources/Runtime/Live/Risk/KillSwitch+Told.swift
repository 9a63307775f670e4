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
            ? "its file \(KillStateFile.path(in: folder)) cannot be trusted: \(state.damage)"
            : "said by \(state.name.isEmpty ? "nobody" : state.name)"
        return
            "KILL SWITCH ON, \(why): what works is cancelled, nothing is traded until `spinetail lift --by NAME`"
    }

    /// For the core, before anything else: it was on when the run began. One that was said since, the gate tells.
    var restored: [Input] {
        guard state.isOn, gate.kills == 0 else { return [] }
        var input = Input(kind: .restoreState)
        input.flags = RiskScope.account.rawValue
        input.side = TradingState.halted.rawValue
        input.user_ref = Rule.killed.rawValue
        return [input]
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
