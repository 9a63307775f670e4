import Foundation
import Model
import Plumbing
import Runtime

/// What `spinetail top` shows, worked out of samples: totals and percentiles from the newest, rates from the last two,
/// what is lately from the oldest that is kept.
struct TopView: Encodable {
    struct Latency: Encodable {
        let stage: String
        let title: String
        let count: UInt64
        let p50Ns: UInt64
        let p99Ns: UInt64
        let p999Ns: UInt64
        let maxNs: UInt64
        /// Of the last seconds; 0 where nothing came.
        let latelyCount: UInt64
        let latelyP99Ns: UInt64
    }

    /// How old a heartbeat of a living engine may be.
    static var heartbeatNsMax: UInt64 { 1_000_000_000 }
    /// What the p99 from a packet to its signal is to stay below.
    static var signalNsMax: UInt64 { 1_000_000 }

    let run: String
    let process: Int
    let folder: String
    let version: String
    let epoch: UInt32
    let seconds: Double
    /// running, stopping, stopped, halted, halting; held: the watchdog has shut the
    /// venue sessions, and the hot thread is still away; silent: the process lives, its hot thread does not come by; dead.
    let state: String
    let heartbeatAgeSeconds: Double
    let packetsPerSecond: Double
    let messagesPerSecond: Double
    let ordersPerSecond: Double
    let fillsPerSecond: Double
    let packets: UInt64
    let messages: UInt64
    let orders: UInt64
    let fills: UInt64
    let cancels: UInt64
    let rejects: UInt64
    let openOrders: UInt64
    let ordersInDoubt: UInt64
    let feedGaps: UInt64
    /// The account in its base currency, two digits behind the point.
    let equity: String
    let dayPnl: String
    let drawdown: String
    let peakEquity: String
    let inputs: UInt64
    let latencies: [Latency]
    let latelySeconds: Double
    let tickToSignalP99Ns: UInt64
    /// `nil`: no signal yet.
    let tickToSignalIsWithinMs: Bool?
    let journalFillPermille: UInt64
    let turnNsMax: UInt64
    let turnNsMaxLately: UInt64
    /// Turns in which the strategies took longer than their budget, and the longest of them.
    let strategyOverruns: UInt64
    let strategyOverrunNsMax: UInt64
    /// How often the watchdog has shut the venue sessions because the hot thread did not come back.
    let holds: UInt64
    /// off, on, or unheard: on, and the hot thread has not come by since.
    let kill: String
    /// What the account may do: normal, reduce_only, liquidation_only, halted.
    let accountState: String
    /// One of the threads that hold the sockets, and the fullest of its rings to the hot thread.
    struct Stage: Encodable {
        let name: String
        let turnNsMax: UInt64
        let turnNsMaxLately: UInt64
        let ringFillPermille: UInt64
    }
    let topology: String
    /// Empty in `fused`.
    let stages: [Stage]
    /// Of the rings from the hot to the venue thread.
    let orderRingFillPermille: UInt64
    let sessions: [String]
    let sessionsUp: UInt64

    /// - Parameter samples: Of one run, oldest first; at least one.
    init(_ samples: [TopSample]) {
        precondition(!samples.isEmpty, "Caller: at least one sample")
        let now = samples[samples.count - 1]
        let before = samples.count > 1 ? samples[samples.count - 2] : now
        let oldest = samples[0]
        let elapsed = Double(now.engineNs &- before.engineNs) / 1e9
        func rate(_ figure: EngineProgress.Figure) -> Double {
            guard elapsed > 0, now[figure] >= before[figure] else { return 0 }
            return Double(now[figure] - before[figure]) / elapsed
        }
        run = now.about.runID.description
        process = now.about.process
        folder = now.about.folder
        version = now.about.version
        epoch = now.about.epoch
        seconds = now.utcNs > now.about.begunUtcNs ? Double(now.utcNs - now.about.begunUtcNs) / 1e9 : 0
        let heartbeat = now[.heartbeatNs]
        let ageNs = heartbeat == 0 || now.engineNs <= heartbeat ? 0 : now.engineNs - heartbeat
        heartbeatAgeSeconds = Double(ageNs) / 1e9
        state =
            if !now.isAlive {
                "dead"
            } else if heartbeat == 0 {
                "starting"
            } else if now[.awayNs] != 0 {
                "held"
            } else if ageNs > Self.heartbeatNsMax, now[.state] != UInt64(EngineState.stopped.rawValue) {
                "silent"
            } else {
                EngineState(rawValue: UInt8(truncatingIfNeeded: now[.state])).map { "\($0)" } ?? "unknown"
            }
        packetsPerSecond = rate(.packets)
        messagesPerSecond = rate(.messages)
        ordersPerSecond = rate(.orders)
        fillsPerSecond = rate(.fills)
        packets = now[.packets]
        messages = now[.messages]
        orders = now[.orders]
        fills = now[.fills]
        cancels = now[.cancels]
        rejects = now[.rejects]
        openOrders = now[.openOrders]
        ordersInDoubt = now[.ordersInDoubt]
        feedGaps = now[.feedGaps]
        func money(_ figure: EngineProgress.Figure) -> String {
            Money(raw: Int128(Int64(bitPattern: now[figure]))).decimal(scale: Words.scale)
        }
        equity = money(.equity)
        dayPnl = money(.dayProfit)
        drawdown = money(.drawdown)
        peakEquity = money(.equityPeak)
        inputs = now[.inputs]
        latencies = LatencyStage.allCases.map { stage in
            let counts = now.stages[stage.rawValue]
            let lately = counts.since(oldest.stages[stage.rawValue])
            return Latency(
                stage: "\(stage)", title: stage.title, count: counts.count,
                p50Ns: counts.valueNs(atPercentile: 50), p99Ns: counts.valueNs(atPercentile: 99),
                p999Ns: counts.valueNs(atPercentile: 99.9), maxNs: counts.maxNs, latelyCount: lately.count,
                latelyP99Ns: lately.valueNs(atPercentile: 99))
        }
        latelySeconds = Double(now.engineNs &- oldest.engineNs) / 1e9
        let signal = latencies[LatencyStage.signal.rawValue]
        tickToSignalP99Ns = signal.p99Ns
        tickToSignalIsWithinMs = signal.count > 0 ? signal.p99Ns <= Self.signalNsMax : nil
        journalFillPermille = now[.journalPermille]
        turnNsMax = now[.turnNsMax]
        turnNsMaxLately = now[.turnNsMaxLately]
        strategyOverruns = now[.strategyOverruns]
        strategyOverrunNsMax = now[.strategyOverrunNsMax]
        holds = now[.holds]
        kill = now[.kill] == 0 ? "off" : now[.kill] == 1 ? "on" : "unheard"
        accountState =
            TradingState(rawValue: UInt8(truncatingIfNeeded: now[.accountState])).map { Words.name($0) }
            ?? "unknown"
        let isPipelined = now[.topology] == 1
        topology = isPipelined ? "pipelined" : "fused"
        orderRingFillPermille = now[.orderRingPermille]
        stages =
            !isPipelined
            ? []
            : [
                Stage(
                    name: "feed", turnNsMax: now[.feedTurnNsMax], turnNsMaxLately: now[.feedTurnNsMaxLately],
                    ringFillPermille: now[.feedRingPermille]),
                Stage(
                    name: "venue", turnNsMax: now[.venueTurnNsMax],
                    turnNsMaxLately: now[.venueTurnNsMaxLately], ringFillPermille: now[.venueRingPermille]),
            ]
        sessionsUp = now[.sessionsUp]
        sessions = (0..<min(Int(clamping: now[.sessionCount]), 8)).map { index in
            SessionWord(rawValue: UInt8(truncatingIfNeeded: now[.sessionPhases] >> UInt64(8 * index)))
                .map { "\($0)" } ?? "unknown"
        }
    }

    /// On one line.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// `OuchSessionPhase`, by its number in the shared file.
private enum SessionWord: UInt8 {
    case down, connecting, loggingOn, catchingUp, up, ended, refused
}
