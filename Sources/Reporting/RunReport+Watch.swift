extension RunReport {
    /// What was seen of strategies that take too long, and of a hot thread that did not come back.
    public struct Watch: Codable, Sendable {
        /// Turns in which the strategies took longer than `threads.strategy_budget_ms`, and the longest of them.
        public var strategyOverruns: UInt64 = 0
        public var strategyOverrunNsMax: UInt64 = 0
        /// Times the watchdog shut the venue sessions; how long the hot thread was away the last time, and how many
        /// connections there were.
        public var holds: UInt64 = 0
        public var awayNs: UInt64 = 0
        public var connectionsShut: UInt64 = 0
        /// It had not come back when the run was ended: the report has what it had shown before.
        public var isHotThreadLost = false
        /// Who said the kill switch, which was on at the end; `nil`: it was off.
        public var killedBy: String?

        public init() {}
    }

    func watchLines() -> [String] {
        var lines: [String] = []
        if watch.strategyOverruns > 0 {
            lines.append(
                "Strategies: \(watch.strategyOverruns) turns over threads.strategy_budget_ms, the longest "
                    + "\(milliseconds(watch.strategyOverrunNsMax)) ms")
        }
        if let name = watch.killedBy {
            lines.append(
                "Kill switch: on, said by \(name); nothing is traded until `spinetail lift --by NAME`")
        }
        if watch.holds > 0 {
            lines.append(
                "Watchdog: the hot thread was away for \(milliseconds(watch.awayNs)) ms; "
                    + "\(watch.connectionsShut) connections to the venue were shut down"
                    + (watch.isHotThreadLost ? "; it never came back" : ""))
        }
        return lines
    }

    private func milliseconds(_ ns: UInt64) -> String {
        ns < 10_000_000 ? "\(ns / 1_000_000).\(ns / 100_000 % 10)" : "\(ns / 1_000_000)"
    }
}
