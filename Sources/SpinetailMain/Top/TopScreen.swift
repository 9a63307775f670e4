/// The page that `spinetail top` draws, as lines.
enum TopScreen {
    /// - Parameter columns: What the terminal has room for; longer lines are cut, as one that wrapped would push the
    ///   others down.
    static func lines(_ view: TopView, columns: Int = 100, colour: Bool = false) -> [String] {
        let isWell = ["running", "starting", "stopping", "stopped"].contains(view.state)
        let state = isWell ? view.state : view.state.uppercased()
        var lines = [
            "spinetail \(view.version)  run \(view.run.prefix(8))  process \(view.process)  epoch \(view.epoch)  "
                + "up \(clock(view.seconds))  \(state)",
            view.folder,
            standing(view),
            "  " + padded("", 10) + left("packets", 14) + left("messages", 14) + left("orders", 12)
                + left("fills", 12),
            "  " + padded("a second", 10) + left(grouped(view.packetsPerSecond), 14)
                + left(grouped(view.messagesPerSecond), 14) + left(rate(view.ordersPerSecond), 12)
                + left(rate(view.fillsPerSecond), 12),
            "  " + padded("in all", 10) + left(grouped(view.packets), 14) + left(grouped(view.messages), 14)
                + left(grouped(view.orders), 12) + left(grouped(view.fills), 12),
            "",
            "  open orders \(grouped(view.openOrders))   in doubt \(grouped(view.ordersInDoubt))   cancels "
                + "\(grouped(view.cancels))   rejects \(grouped(view.rejects))   feed gaps \(grouped(view.feedGaps))",
            "  equity \(view.equity)   day \(view.dayPnl)   drawdown \(view.drawdown) from \(view.peakEquity)",
            "",
            "  " + padded("latency, ns", 19) + left("p50", 10) + left("p99", 11) + left("p99.9", 12)
                + left("max", 13)
                + left("events", 12) + left("p99, \(Int(view.latelySeconds.rounded())) s", 13),
        ]
        for stage in view.latencies {
            guard stage.count > 0 else {
                lines.append("  " + padded(stage.title, 19) + left("none", 10))
                continue
            }
            lines.append(
                "  " + padded(stage.title, 19) + left(grouped(stage.p50Ns), 10)
                    + left(grouped(stage.p99Ns), 11)
                    + left(grouped(stage.p999Ns), 12) + left(grouped(stage.maxNs), 13)
                    + left(grouped(stage.count), 12)
                    + left(stage.latelyCount > 0 ? grouped(stage.latelyP99Ns) : "–", 13))
        }
        lines.append("")
        lines.append("  tick to signal  " + signal(view))
        let marked = lines.count - 1
        lines.append("  journal ring    " + bar(permille: view.journalFillPermille))
        lines.append(
            "  hot thread      longest turn \(time(view.turnNsMaxLately)) lately, \(time(view.turnNsMax)) in all; "
                + "heartbeat \(Diagnosis.time(ns: view.heartbeatAgeSeconds * 1e9)) ago")
        if view.strategyOverruns > 0 {
            lines.append(
                "  strategies      \(grouped(view.strategyOverruns)) turns over their budget, the longest "
                    + time(view.strategyOverrunNsMax))
        }
        if view.holds > 0 {
            lines.append(
                "  watchdog        the hot thread did not come back: the venue sessions were ended")
        }
        for stage in view.stages {
            lines.append(
                "  " + padded("\(stage.name) thread", 16)
                    + "longest turn \(time(stage.turnNsMaxLately)) lately, \(time(stage.turnNsMax)) in all; "
                    + "ring \(stage.ringFillPermille / 10).\(stage.ringFillPermille % 10) %"
                    + (stage.name == "venue"
                        ? ", orders \(view.orderRingFillPermille / 10).\(view.orderRingFillPermille % 10) %"
                        : ""))
        }
        let sessions = view.sessions.isEmpty ? "none" : view.sessions.map(word).joined(separator: ", ")
        lines.append("  venue sessions  \(view.sessionsUp) of \(view.sessions.count) up: \(sessions)")
        lines = lines.map { String($0.prefix(max(columns - 1, 20))) }
        guard colour else { return lines }
        if !isWell {
            lines[0] = "\u{1B}[1;31m\(lines[0])\u{1B}[0m"
        } else {
            lines[0] = "\u{1B}[1m\(lines[0])\u{1B}[0m"
        }
        switch view.tickToSignalIsWithinMs {
        case true?: lines[marked] = "\u{1B}[32m\(lines[marked])\u{1B}[0m"
        case false?: lines[marked] = "\u{1B}[1;31m\(lines[marked])\u{1B}[0m"
        case nil: break
        }
        return lines
    }

    /// What keeps trading back, near the top, where the smallest terminal has it; empty: nothing does.
    private static func standing(_ view: TopView) -> String {
        if view.kill != "off" {
            return "  KILLED          nothing is traded until `spinetail lift --by NAME`"
                + (view.kill == "unheard" ? "; the hot thread has not come by since" : "")
        }
        return view.accountState == "normal"
            ? "" : "  account         \(view.accountState); `spinetail state` tells why"
    }

    /// What a terminal has rows for: the rest is left out, as a page that is too long would push its head away.
    static func page(_ lines: [String], rows: Int) -> [String] {
        let foot = "  q ends"
        guard lines.count + 2 > rows else { return lines + ["", foot] }
        return Array(lines.prefix(max(rows - 1, 1))) + (rows > 1 ? [foot] : [])
    }

    private static func signal(_ view: TopView) -> String {
        switch view.tickToSignalIsWithinMs {
        case true?: "p99 \(time(view.tickToSignalP99Ns)), within 1 ms"
        case false?: "p99 \(time(view.tickToSignalP99Ns)), OVER 1 ms"
        case nil: "no signal yet (to stay within 1 ms at p99)"
        }
    }

    static func bar(permille: UInt64) -> String {
        let filled = Int(min(permille, 1000)) * 30 / 1000
        let text =
            "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled) + "]"
        return "\(text) \(permille / 10).\(permille % 10) %"
            + (permille >= 500 ? "  over half: no order that adds risk" : "")
    }

    private static func time(_ ns: UInt64) -> String { Diagnosis.time(ns: Double(ns)) }

    /// `catchingUp` as `catching up`.
    private static func word(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(whole / 3600)):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }

    /// Few a second: one digit behind the point.
    private static func rate(_ value: Double) -> String {
        value < 100 ? Diagnosis.oneDigit(value) : grouped(value)
    }

    private static func grouped(_ value: Double) -> String { grouped(UInt64(max(value, 0).rounded())) }

    /// `1234567` as `1,234,567`.
    static func grouped(_ value: UInt64) -> String {
        var text = ""
        for (place, digit) in String(value).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
