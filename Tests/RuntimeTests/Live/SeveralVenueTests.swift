import Core
import Foundation
import Model
import Plumbing
import Settings
import Simulation
import TestSupport
import Testing

@testable import Runtime

private struct Idle: Strategy {}

private final class HeldServer: @unchecked Sendable {
    let server: VenueServer
    var report: VenueReport?

    init(_ server: VenueServer) { self.server = server }
}

extension LiveRunTests {
    /// Goal: orders go to the venue that their instrument names, over a session of each, and both come to the same books.
    /// Method: two exchanges with the same two instruments; one is traded at each.
    @Test func eachInstrumentGoesToItsVenue() throws {
        try engineLock.withLock { _ in try tradeAtTwoVenues("fused") }
    }

    @Test func eachInstrumentGoesToItsVenueFromItsThread() throws {
        try engineLock.withLock { _ in try tradeAtTwoVenues("pipelined") }
    }

    private func tradeAtTwoVenues(_ topology: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let session = LiveSession(events: 1_000_000, eventsPerSecond: 4_000, instruments: ["SPNA", "SPNB"])
        let servers = [HeldServer(try session.server()), HeldServer(try session.server())]
        let ports = servers.map(\.server.ports)
        let ends = SharedFlag()
        let view = ends.view
        let threads = try servers.map { held in
            try EngineThread(name: "venue", holding: held) { held in
                held.report = held.server.run(isStopRequested: { view.value != 0 })
            }
        }
        let description = StrategyDescription(name: "eager", help: "Trades all the time", parameters: [])
        let file = root + "/settings.yaml"
        let text = """
            journal: {folder: \(root)/runs, ring_bytes: 4194304, segment_bytes: 4194304}
            venues:
              - {name: first, ouch: {port: \(ports[0].orderPort), username: SPINE, password: TAIL}}
              - {name: second, ouch: {port: \(ports[1].orderPort), username: SPINE, password: TAIL}}
            instruments: {definitions: [{name: SPNA, venue: first}, {name: SPNB, venue: second}]}
            feeds: [{name: main, port: \(ports[0].marketDataPort), request_port: \(ports[0].requestPort)}]
            threads: {hot_core: -1, journal_core: -1, topology: \(topology), poll: idle}
            network: {backend: sockets}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let settings = try Settings.load(
            file: file, environment: [:], overrides: WideLimits.overrides, strategies: [description]
        ).settings
        let program = StrategyProgram([description], make: { _ in Eager() }, turns: { $0.run(turns: $1) })
        let report = try LiveRun(settings, program, version: "test").run { progress, seconds in
            progress[.fills] > 100 && seconds > 1.5 || seconds > 30 ? .stop : .goOn
        }
        ends.value = 1
        for thread in threads { thread.join() }
        #expect(report.logOns == 2, "\(report.warnings)")
        #expect(report.fills > 100 && report.ordersInDoubt == 0, "\(report.warnings)")
        let orders = servers.compactMap { $0.report?.orders }
        #expect(orders.count == 2 && orders.allSatisfy { $0 > 10 }, "\(orders)")
        #expect(orders.reduce(0, +) == report.orders, "\(orders)")
    }

    /// Goal: a run trades live only with the permission that settings give; and one that is cancelled leaves nothing.
    @Test func liveTakesAPermission() throws {
        try engineLock.withLock { _ in try takePermission() }
    }

    private func takePermission() throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let description = StrategyDescription(name: "idle", help: "Does nothing", parameters: [])
        let port = try UdpSender(to: nil, from: SocketAddress(host: 0x7f00_0001, port: 0)).localAddress.port
        let file = root + "/settings.yaml"
        let text = """
            broker: {paper_trading: false, ouch: {password: hunter2}}
            risk: {max_open_orders: 5}
            journal: {folder: \(root)/runs, ring_bytes: 1048576}
            feeds: [{name: main, port: \(port)}]
            threads: {hot_core: -1, journal_core: -1}
            network: {backend: sockets}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let loaded = try Settings.load(file: file, environment: [:], strategies: [description])
        let program = StrategyProgram([description], make: { _ in Idle() }, turns: { $0.run(turns: $1) })
        #expect(throws: SetupError.self) { _ = try LiveRun(loaded.settings, program, version: "test") }
        let permission = try loaded.start(live: true)
        var paper = loaded.settings
        paper.broker.paperTrading = true
        #expect(throws: SetupError.self) {
            _ = try LiveRun(paper, program, version: "test", permission: permission)
        }
        #expect(!FileManager.default.fileExists(atPath: root + "/runs"))
        let run = try LiveRun(loaded.settings, program, version: "test", permission: permission)
        #expect(run.banner.hasPrefix("*** LIVE TRADING"))
        run.cancel()
        #expect(try Files.list(root + "/runs") == ["epoch"])
        let mine = "spinetail-\(ProcessInfo.processInfo.processIdentifier)-"
        #expect(try Files.list("/dev/shm").filter { $0.hasPrefix(mine) }.isEmpty)
    }
}
