internal import Plumbing
internal import Reporting

extension RunReport {
    /// The hot thread came back from a hold, and the engine has done what it does then.
    mutating func takeHold(_ awayNs: UInt64) {
        ending =
            "held: the hot thread did not come back for \(awayNs / 1_000_000) ms, and the watchdog ended the venue sessions"
        guard !openOrders.isEmpty else { return }
        warnings.append(
            "\(openOrders.count) orders are not confirmed cancelled: look after them at the venue")
    }

    /// The hot thread did not come back at all. All that is known of its engine is what it had shown last.
    mutating func takeLost(_ progress: EngineProgress) {
        ending = "held: the hot thread did not come back, and the run was ended without it"
        watch.isHotThreadLost = true
        watch.strategyOverruns = progress[.strategyOverruns]
        watch.strategyOverrunNsMax = progress[.strategyOverrunNsMax]
        inputs = progress[.inputs]
        packets = progress[.packets]
        messages = progress[.messages]
        feedGaps = progress[.feedGaps]
        orders = progress[.orders]
        cancels = progress[.cancels]
        fills = progress[.fills]
        ordersInDoubt = progress[.ordersInDoubt]
        logOns = progress[.sessionsUp]
        warnings.append(
            "figures are those that the hot thread had shown last, up to a tenth of a second before it was away; "
                + "positions, latencies and rejects are not known")
        warnings.append(
            "\(progress[.openOrders]) orders were open then, and nobody has confirmed their end: `spinetail orders "
                + "\(folder)` reads them from the journal; look after them at the venue. The next start hears from the "
                + "venue's stream what became of them")
    }

    mutating func take(_ hold: Watchdog.Hold?) {
        guard let hold else { return }
        watch.holds = UInt64(hold.number)
        watch.awayNs = hold.awayNs
        watch.connectionsShut = UInt64(hold.connections)
    }
}
