import Core
import Foundation
import Glibc
import Model
import Plumbing
import Runtime
import Settings
import Simulation
import Synchronization
import TestSupport
import Testing

@testable import SpinetailMain

/// Rests three orders far below the market, and then does what must not be done; a tame one does nothing at all.
private struct Unruly: Strategy {
    enum Kind: String { case tame, traps, loops }

    let kind: Kind
    private var calls = 0
    /// Never set.
    private static let isOver = Atomic<Bool>(false)

    init(_ kind: Kind) { self.kind = kind }

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard kind != .tame, quote.instrument.index == 0, quote.bidQuantity.raw > 0 else { return }
        if context.workingCount(quote.instrument, .buy) < 3 {
            let limit = Price(raw: quote.bid.raw * 98 / 100 / 100 * 100)
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: limit, quantity: Quantity(raw: 100)))
            return
        }
        calls += 1
        // By then the venue has taken the orders.
        guard calls > 2_000 else { return }
        precondition(kind == .loops, "Caller: this strategy traps")
        while !Self.isOver.load(ordering: .relaxed) {}
    }

    static let description = StrategyDescription(
        name: "unruly", help: "Does what must not be", parameters: [])

    static func program(_ kind: Kind) -> StrategyProgram<Unruly> {
        StrategyProgram([description], make: { _ in Unruly(kind) }, turns: { $0.run(turns: $1) })
    }
}

/// Where the test tells the process that it starts what to do.
private func letter(_ process: Int32) -> String {
    "\(FileManager.default.temporaryDirectory.path)/unruly-\(process)"
}

private final class VenueBox: @unchecked Sendable {
    let server: VenueServer
    init(_ server: VenueServer) { self.server = server }
}

/// What the process does: `spinetail run` over the strategy, as a user starts it; a ctrl-C, and another, once the watchdog
/// has found its hot thread away.
private func runUnruly() throws -> Int32 {
    let words = try String(contentsOfFile: letter(getppid()), encoding: .utf8).split(separator: "\n").map(
        String.init)
    let kind = Unruly.Kind(rawValue: words[0])!
    if kind == .loops {
        _ = try EngineThread(name: "fingers", holding: 0) { _ in
            let mine = "spinetail-\(getpid())-"
            while true {
                Clock.sleep(ns: 20_000_000)
                guard
                    let path = LiveFigures.paths().first(where: { $0.contains(mine) }),
                    let reader = try? LiveReader(path: path),
                    reader.figure(EngineProgress.Figure.awayNs.rawValue) > 0
                else { continue }
                // The progress loop looks twenty times a second.
                Clock.sleep(ns: 200_000_000)
                kill(getpid(), SIGINT)
                Clock.sleep(ns: 200_000_000)
                kill(getpid(), SIGINT)
                return
            }
        }
    }
    return Spinetail.run(
        ["run"] + words.dropFirst(), verbs: [.run(Unruly.program(kind))], output: .standard)
}

extension ControlVerbTests {
    /// Goal: a strategy that traps, or that never comes back, leaves no order behind: the venue cancels what works when the
    /// sockets close, and the next start finds what was recorded and hears from the venue what became of it.
    /// Method: an engine in a process of its own that dies so, the venue in this one; then a second engine over the same
    /// folder.
    @Test(.timeLimit(.minutes(1)), arguments: ["traps", "loops"])
    func anUnrulyStrategyOrphansNoOrder(_ kind: String) async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "unruly-\(UUID().uuidString)"
        )
        .path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let feedPort = try UdpSender(to: nil, from: .loopback(0)).localAddress.port
        var exchange = ExchangeConfiguration(
            instruments: ["SPNA", "SPNB"].map { ExchangeInstrument(symbol: Symbol($0)!) },
            accounts: [
                ExchangeAccount(username: "spine1", password: "spinetail", cancelOnDisconnect: true)
            ], flow: FlowConfiguration(seed: 9, eventsPerSecond: 4_000))
        exchange.session = "SPUNRULY01"
        var configuration = VenueConfiguration(exchange: exchange)
        configuration.marketData = .loopback(feedPort)
        let box = VenueBox(try VenueServer(configuration))
        let ports = box.server.ports
        let stop = SharedFlag()
        let view = stop.view
        let venue = try EngineThread(name: "venue", holding: box) { box in
            _ = box.server.run(isStopRequested: { view.value != 0 })
        }
        defer {
            stop.value = 1
            venue.join()
            try? FileManager.default.removeItem(atPath: root)
            try? FileManager.default.removeItem(atPath: letter(getpid()))
        }
        let settings =
            WideLimits.overrides + [
                "journal.folder=\(root)/runs", "journal.ring_bytes=\(1 << 22)", "feeds.0.address=127.0.0.1",
                "feeds.0.port=\(feedPort)", "feeds.0.request_host=127.0.0.1",
                "feeds.0.request_port=\(ports.requestPort)", "broker.ouch.port=\(ports.orderPort)",
                "broker.ouch.cancel_on_disconnect=true", "network.backend=sockets", "threads.hot_core=-1",
                "threads.journal_core=-1", "threads.watchdog_seconds=0.3", "threads.huge_pages=off",
                // What is not written when the process dies is in its ring.
                "journal.commit_interval_ms=1000", "pools.book_order_count_max=65536",
            ]
        let file = root + "/settings.yaml"
        try Data("strategies:\n  - name: unruly\n".utf8).write(to: URL(fileURLWithPath: file))
        let words = [kind, "--config", file, "--quiet"] + settings.flatMap { ["--set", $0] }
        try Data(words.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: letter(getpid())))

        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            exit(try runUnruly())
        }
        let ended = try #require(result)
        let out = String(decoding: ended.standardOutputContent, as: UTF8.self)
        let err = String(decoding: ended.standardErrorContent, as: UTF8.self)
        #expect(err.contains("which is to cancel all when the session ends"), "\(err)")
        if kind == "loops" {
            #expect(ended.exitStatus == .exitCode(1), "\(ended.exitStatus) \(err)")
            #expect(out.contains("(held: the hot thread did not come back"), "\(out)")
            #expect(out.contains("3 orders were open then") && out.contains("it never came back"), "\(out)")
            #expect(err.contains("WATCHDOG: the hot thread has not come back for"), "\(err)")
        } else {
            #expect([.signal(SIGILL), .signal(SIGTRAP)].contains(ended.exitStatus), "\(ended.exitStatus)")
            #expect(!out.contains("Run "), "no report of a process that died")
        }

        // What the dead engine had recorded, before and after the next start.
        let first = try #require(
            try FileManager.default.contentsOfDirectory(atPath: root + "/runs").first {
                $0.contains("Z-")
            })
        let before = run(["orders", "\(root)/runs/\(first)", "--json"])
        // What it wanted before the venue was up was refused here.
        let taken = before.out.split(separator: "\n").filter { !$0.contains("\"status\":\"rejected\"") }
        #expect(before.code == 0 && taken.count == 3, "\(before)")
        #expect(before.out.components(separatedBy: "\"accepted\"").count == 4, "\(before.out)")
        let next = try await secondStart(file, settings)
        #expect(next.warnings.contains("died"), "\(next.warnings)")
        #expect(next.open == 0 && next.inDoubt == 0 && next.ending == "stopped", "\(next)")
        let after = run(["orders", "\(root)/runs/\(first)", "--json"])
        #expect(after.out == before.out)
        let heard = run(["orders", next.folder, "--json"])
        #expect(heard.out.components(separatedBy: "\"cancelled\"").count == 4, "\(heard)")
    }

    /// An engine that trades nothing, for as long as it takes to hear the venue.
    private func secondStart(_ file: String, _ words: [String]) async throws -> (
        warnings: String, open: Int, inDoubt: UInt64, ending: String, folder: String
    ) {
        try engineLock.withLock { _ in
            let settings = try Settings.load(file: file, overrides: words, strategies: [Unruly.description])
                .settings
            let run = try LiveRun(settings, Unruly.program(.tame), version: "test")
            let warnings = run.warnings.joined(separator: "\n")
            let report = try run.run { progress, seconds in
                progress[.sessionsUp] > 0 && seconds > 1 || seconds > 20 ? .stop : .goOn
            }
            return (warnings, report.openOrders.count, report.ordersInDoubt, report.ending, report.folder)
        }
    }
}
