import Core
import Foundation
import Model
import Plumbing
import Reporting
import Settings
import Simulation
import TestSupport
import Testing

@testable import Runtime

private let description = StrategyDescription(name: "trader", help: "Trades at random", parameters: [])

private let program = StrategyProgram(
    [description], make: { _ in SeededTrader(seed: 11, everyQuotes: 5) }, turns: { $0.run(turns: $1) })

/// The exchange on a thread of this process.
private struct VenueAgent: ~Copyable, @unchecked Sendable {
    let server: VenueServer
}

/// A session over loopback against an exchange in this process.
private func liveRun(_ overrides: [String], seconds: Double = 1.5) throws -> (
    report: RunReport, folder: String
) {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("live-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let file = root + "/settings.yaml"
    try Data("journal:\n  folder: \(root)/runs\nstrategies:\n  - name: trader\n    enabled: true\n".utf8)
        .write(to: URL(fileURLWithPath: file))
    var exchange = ExchangeConfiguration(
        instruments: [
            ExchangeInstrument(symbol: Symbol("SPIN")!), ExchangeInstrument(symbol: Symbol("TAIL")!),
        ],
        accounts: [ExchangeAccount(username: "spine", password: "spinetail")],
        flow: FlowConfiguration(seed: 3, eventsPerSecond: 4_000, countMax: 1_000_000))
    exchange.session = "SPTEST0001"
    let server = try VenueServer(VenueConfiguration(exchange: exchange))
    let ports = server.ports
    let settings = try Settings.load(
        file: file, environment: [:],
        overrides: WideLimits.overrides + [
            "journal.ring_bytes=\(1 << 24)", "feeds.0.address=127.0.0.1",
            "feeds.0.port=\(ports.marketDataPort)",
            "feeds.0.request_port=\(ports.requestPort)", "broker.ouch.port=\(ports.orderPort)",
            "broker.ouch.username=spine", "broker.ouch.password=spinetail", "threads.hot_core=-1",
            "threads.journal_core=-1", "risk.max_open_orders=50",
        ] + overrides, strategies: [description]
    ).settings
    let stop = SharedFlag()
    let view = stop.view
    let venue = try EngineThread(name: "test-venue", holding: VenueAgent(server: server)) { agent in
        _ = agent.server.run(isStopRequested: { view.value != 0 }, progress: { _ in }, note: { _ in })
    }
    defer {
        stop.value = 1
        venue.join()
    }
    let run = try LiveRun(settings, program, version: "test")
    var packets: UInt64 = 0
    let report = try run.run { progress, elapsed in
        packets = progress[.packets]
        return elapsed > seconds && packets > 500 || elapsed > 20 ? .stop : .goOn
    }
    return (report, report.folder)
}

extension LiveRunTests {
    /// Goal: a run trades in either topology, over each way to the network and of waiting, ends in order with every order
    /// known, and its journal is decided again without a difference: what was recorded in one topology does not depend
    /// on it.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ["threads.topology=fused", "network.backend=sockets", "threads.poll=idle"],
            ["threads.topology=pipelined", "network.backend=sockets", "threads.poll=idle"],
            ["threads.topology=pipelined", "network.backend=uring", "threads.poll=idle"],
            ["threads.topology=pipelined", "network.backend=sockets", "threads.poll=spin"],
        ])
    func aLiveRunReplaysWithoutADifference(_ overrides: [String]) throws {
        let (report, folder) = try liveRun(overrides)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let isPipelined = overrides[0].hasSuffix("pipelined")
        #expect(report.ending == "stopped", "\(report.warnings)")
        #expect(report.topology == (isPipelined ? "pipelined" : "fused"))
        #expect(report.packets > 500 && report.orders > 10 && report.fills > 0 && report.logOns >= 1)
        #expect(report.openOrders.isEmpty && report.ordersInDoubt == 0)
        #expect(report.network?.backend == String(overrides[1].split(separator: "=")[1]))
        #expect(report.stages.map(\.name) == (isPipelined ? ["feed", "venue"] : []))
        #expect(report.stages.allSatisfy { $0.networkCalls > 0 && $0.turnNsMax > 0 && $0.unsentBytes == 0 })
        let isShortOfCores = isPipelined && overrides[2].hasSuffix("spin") && Threads.coreCount < 3
        #expect(report.warnings.contains { $0.contains("yield") } == isShortOfCores)
        #expect((report.hotThread.yields != nil) == isShortOfCores)
        // In pipelined and not sleeping, the hot thread has no system call of its own.
        if isPipelined, overrides[2].hasSuffix("spin") { #expect(report.hotThread.networkCalls == 0) }
        let replayed = try JournalReplay.run(folder: folder, program)
        #expect(replayed.difference == nil, "\(replayed.difference?.description ?? "")")
        #expect(replayed.inputs == report.inputs && replayed.packets == report.packets)
        #expect(replayed.facts > 100 && replayed.digests >= 1 && !replayed.isHalted)
        #expect(String(replayed.digest, radix: 16) == String(report.digest.drop { $0 == "0" }))
    }

    /// Goal: a venue that drops its clients again and again is survived in `pipelined` as in `fused`: nothing is lost or
    /// doubled, and what was on its way is asked for.
    @Test(.timeLimit(.minutes(1))) func pipelinedThreadsEndInOrderWithoutAVenue() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("none-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let file = root + "/settings.yaml"
        try Data("journal:\n  folder: \(root)/runs\n".utf8).write(to: URL(fileURLWithPath: file))
        let taken = try UdpSender(to: nil, from: SocketAddress(host: 0x7f00_0001, port: 0))
        func settings(_ port: UInt16) throws -> Settings {
            try Settings.load(
                file: file, environment: [:],
                overrides: [
                    "journal.ring_bytes=\(1 << 20)", "feeds.0.address=127.0.0.1", "feeds.0.port=\(port)",
                    "network.backend=sockets", "threads.poll=idle", "threads.hot_core=-1",
                    "threads.journal_core=-1", "broker.ouch.port=1", "threads.topology=pipelined",
                ], strategies: [description]
            ).settings
        }
        // A port that is taken refuses the start, as in `fused`.
        #expect(throws: SetupError.self) {
            _ = try LiveRun(try settings(taken.localAddress.port), program, version: "test")
        }
        let port = try UdpSender(to: nil, from: SocketAddress(host: 0x7f00_0001, port: 0)).localAddress.port
        let run = try LiveRun(try settings(port), program, version: "test")
        var shown: [UInt64] = []
        let report = try run.run { progress, seconds in
            shown = [progress[.topology], progress[.feedTurnNsMax], progress[.venueTurnNsMax]]
            return seconds > 0.5 ? .stop : .goOn
        }
        #expect(report.ending == "stopped" && report.stages.count == 2)
        #expect(shown[0] == 1 && shown[1] > 0 && shown[2] > 0)
        _ = taken
    }
}

/// Goal: with too few cores, or two threads on one, threads that would spin yield, and the warning says why and what to do.
@Test func fewerCoresThanSpinningThreadsYield() {
    func policy(_ cores: Int, _ change: (inout ThreadSettings) -> Void) -> (WaitPolicy, [String]) {
        var threads = ThreadSettings()
        threads.topology = .pipelined
        threads.poll = .spin
        change(&threads)
        var warnings: [String] = []
        let policy = WaitPolicy(threads, coreCount: cores, warnings: &warnings)
        return (policy, warnings)
    }
    #expect(policy(3) { _ in }.0 == .spin && policy(3) { _ in }.1.isEmpty)
    for cores in [1, 2] {
        let (chosen, warnings) = policy(cores) { _ in }
        #expect(chosen == .yield && warnings.count == 1)
        #expect(warnings[0].contains("threads.poll: idle") && warnings[0].contains("\(cores) core"))
    }
    #expect(policy(2) { $0.topology = .fused }.0 == .spin)
    #expect(policy(2) { $0.poll = .idle } == (.idle, []))
    let (shared, warnings) = policy(8) {
        $0.feedCore = 2; $0.hotCore = 2; $0.priority = 10
    }
    #expect(shared == .yield && warnings[0].contains("one core") && warnings[0].contains("real-time"))
}

/// Goal: what the journal keeps of the settings gives them again, all of them but the passwords.
@Test func settingsComeBackFromTheirValues() throws {
    let settings = try Settings.load(
        file: nil, environment: [:],
        overrides: [
            "threads.topology=pipelined", "threads.feed_core=3", "instruments.symbols=SPIN,TAIL,NO",
            "risk.max_open_orders=7", "broker.commission_pct=0.015", "broker.ouch.password=secret",
            "feeds.0.port=4567",
        ]
    ).settings
    let values = settings.values()
    #expect(!values.values.contains { $0.contains("secret") })
    var back = try Settings.restored(from: values)
    #expect(back.broker.ouch.password != "secret")
    back.broker.ouch.password = "secret"
    #expect(back == settings)
}
