internal import Foundation

extension RunReport {
    /// The report as a person reads it on a terminal, at most 100 columns wide.
    ///
    /// - Parameter positionCountMax: Positions shown, the largest P&L first; the rest is summed in one line.
    public func text(positionCountMax: Int = 20) -> String {
        var lines: [String] = []
        lines.append("Run \(folder)  (\(ending))")
        lines.append(
            "  mode \(mode), epoch \(epoch), \(fixed(seconds, 1)) s, version \(version)"
                + (poll.isEmpty ? "" : ", waiting: \(poll)"))
        lines.append("")
        lines.append(row("events", inputs, "packets", packets, "messages", messages))
        lines.append(row("signals", signals, "discarded", signalsDiscarded, "orders", orders))
        lines.append(row("fills", fills, "cancels", cancels, "in doubt", ordersInDoubt))
        lines.append(row("risk rejects", riskRejects, "venue rejects", venueRejects, "alerts", alerts))
        lines.append(
            row("feed gaps", feedGaps, "requested", retransmissionRequests, "repeated", packetsRepeated))
        lines.append(row("malformed", malformed, "log-ons", logOns, "drops", drops))
        if !refusals.isEmpty { lines.append("  refused by rule: " + counts(refusals)) }
        if !alertsByKind.isEmpty { lines.append("  alerts by kind: " + counts(alertsByKind)) }
        lines.append("")
        lines += accountLines()
        lines += positionLines(positionCountMax)
        lines += openOrderLines()
        lines += bookLines()
        lines.append("")
        lines += latencyLines()
        lines.append("")
        lines += networkLines()
        lines += memoryLines()
        lines += hotThreadLines()
        lines += watchLines()
        lines += stageLines()
        lines.append(
            "Journal: \(grouped(journalBytes)) bytes in \(grouped(journalBlocks)) blocks, "
                + "\(journalWaits) waits; digest \(digest)")
        lines.append(
            "Log: \(grouped(logLines)) lines in \(grouped(logBytes)) bytes, \(grouped(logDropped)) dropped")
        for warning in warnings { lines.append("warning: \(warning)") }
        return lines.joined(separator: "\n")
    }

    private func networkLines() -> [String] {
        guard let network else { return [] }
        var line =
            "Network: \(network.backend), \(network.isCalibrated ? "the fastest by trial" : "as set"); "
            + "\(grouped(network.datagramsDropped)) datagrams dropped by the kernel"
        if network.buffersExhausted > 0 {
            line += ", \(grouped(network.buffersExhausted)) times out of buffers"
        }
        if network.completionOverflows > 0 {
            line += ", \(grouped(network.completionOverflows)) times out of completions"
        }
        var lines = [line]
        for trial in network.calibration {
            lines.append(
                "  "
                    + pad(trial.backend, 19)
                    + (trial.note
                        ?? "there and back over loopback p50 \(grouped(trial.p50Ns)) ns, "
                        + "p99 \(grouped(trial.p99Ns)) ns in \(grouped(UInt64(trial.rounds))) rounds"))
        }
        return lines
    }

    private func memoryLines() -> [String] {
        guard let memory else { return [] }
        var lines = [
            "Memory: \(mebibytes(memory.explicitBytes)) MiB in reserved huge pages, "
                + "\(mebibytes(memory.transparentBytes)) in transparent ones, "
                + "\(mebibytes(memory.sharedTransparentBytes)) in shared ones,",
            "  \(mebibytes(memory.smallBytes)) in small pages; \(mebibytes(memory.lockedBytes)) locked"
                + (memory.lockAsked ? "" : " (threads.lock_memory: false)")
                + (memory.asked == "off" ? "; no huge pages asked for (threads.huge_pages: off)" : ""),
        ]
        if let advice = memory.advice { lines.append("  " + advice) }
        return lines
    }

    private func mebibytes(_ bytes: UInt64) -> String { grouped((bytes + (1 << 19)) >> 20) }

    private func hotThreadLines() -> [String] {
        guard hotThread.warmUpPackets > 0 else {
            return ["Hot thread: not counted, as the run ended within its warm-up"]
        }
        let allocated = hotThread.allocatedBytes.map { "\($0) bytes allocated" } ?? "allocations not counted"
        return [
            "Hot thread after \(grouped(hotThread.warmUpPackets)) packets of warm-up: \(allocated), "
                + "\(hotThread.pageFaults) page faults,",
            "  \(grouped(hotThread.networkCalls)) system calls of the network's, \(otherCallsText)"
                + (hotThread.yields.map { "; it gave its core to another thread \(grouped($0)) times" } ?? ""),
        ]
    }

    private func stageLines() -> [String] {
        stages.map { stage in
            pad("\(stage.name) thread:", 14)
                + "\(grouped(stage.networkCalls)) system calls, longest turn \(grouped(stage.turnNsMax)) ns, "
                + "ring full \(grouped(stage.ringFull)) times"
                + (stage.unsentBytes > 0 ? ", \(grouped(stage.unsentBytes)) bytes for ended connections" : "")
        }
    }

    private var otherCallsText: String {
        if let others = hotThread.otherCalls {
            return others.isEmpty
                ? "0 others, counted by the kernel (threads.seccomp: count)"
                : "others: \(counts(others))"
        }
        return hotThread.seccomp == "kill"
            ? "others would have ended the process (threads.seccomp: kill)" : "others not counted"
    }

    /// The largest first.
    private func counts(_ named: [String: UInt64]) -> String {
        named.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \(grouped($0.value))" }
            .joined(separator: ", ")
    }

    private func positionLines(_ countMax: Int) -> [String] {
        var lines = ["P&L: realised \(realisedPnl), unrealised \(unrealisedPnl), fees \(fees)"]
        guard !positions.isEmpty else { return lines + ["  no positions"] }
        lines.append(
            "  " + pad("symbol", 9) + left("quantity", 10) + left("average", 13) + left("last", 13)
                + left("realised", 15) + left("unrealised", 15))
        for position in positions.prefix(countMax) {
            lines.append(
                "  " + pad(position.symbol, 9) + left("\(position.quantity)", 10)
                    + left(position.averagePrice, 13) + left(position.lastPrice, 13)
                    + left(position.realisedPnl, 15) + left(position.unrealisedPnl, 15))
        }
        if positions.count > countMax {
            lines.append("  … and \(positions.count - countMax) more; all of them in report.json")
        }
        return lines
    }

    /// What a person must look after at the venue; nothing after a run that ended as it should.
    private func openOrderLines() -> [String] {
        guard !openOrders.isEmpty else { return [] }
        var lines = [
            "",
            "Open orders: \(openOrders.count) may still work at the venue, nobody has confirmed their end",
            "  " + pad("symbol", 9) + pad("side", 5) + left("leaves", 9) + left("price", 13) + "   "
                + pad("status", 17) + left("number", 10),
        ]
        for order in openOrders.prefix(Self.openOrderCountMax) {
            lines.append(
                "  " + pad(order.symbol, 9) + pad(order.side, 5) + left("\(order.leaves)", 9)
                    + left(order.price, 13) + "   " + pad(order.status, 17) + left("\(order.userRef)", 10))
        }
        if openOrders.count > Self.openOrderCountMax {
            lines.append(
                "  … and \(openOrders.count - Self.openOrderCountMax) more; all of them in report.json")
        }
        return lines
    }

    private static var openOrderCountMax: Int { 20 }

    private func latencyLines() -> [String] {
        var lines = [
            "Latency, ns" + left("p50", 21) + left("p90", 11) + left("p99", 11) + left("p99.9", 11)
                + left("max", 13) + left("events", 12)
        ]
        for stage in latencies {
            guard stage.count > 0 else {
                lines.append("  " + pad(stage.stage, 19) + left("none", 11))
                continue
            }
            lines.append(
                "  " + pad(stage.stage, 19) + left(grouped(stage.p50Ns), 11) + left(grouped(stage.p90Ns), 11)
                    + left(grouped(stage.p99Ns), 11) + left(grouped(stage.p999Ns), 11)
                    + left(grouped(stage.maxNs), 13) + left(grouped(stage.count), 12))
        }
        return lines
    }

    private func row(_ a: String, _ x: UInt64, _ b: String, _ y: UInt64, _ c: String, _ z: UInt64) -> String {
        "  " + pad(a, 14) + left(grouped(x), 12) + "   " + pad(b, 14) + left(grouped(y), 12) + "   "
            + pad(c, 10)
            + left(grouped(z), 12)
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// `1234567` as `1,234,567`.
    private func grouped(_ value: UInt64) -> String {
        var text = ""
        for (place, digit) in String(value).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

extension RunReport {
    /// The report as one JSON object, keys sorted.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Whether the run did not end as it should.
    public var isFailure: Bool {
        ending.hasPrefix("halted") || ending.hasPrefix("held") || ending.hasPrefix("failed")
    }
}
