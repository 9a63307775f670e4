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

/// Buys where more is bid than offered and sells where less: orders all the time, and fills.
struct Eager: Strategy {
    /// Called with every quote.
    var onEach: @Sendable () -> Void = {}
    /// How many orders it only rests, well below the market; 0: it trades.
    var resting = 0

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        onEach()
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return }
        if resting > 0 {
            guard context.workingCount(quote.instrument, .buy) < resting else { return }
            let limit = Price(raw: quote.bid.raw * 98 / 100 / 100 * 100)
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: limit, quantity: Quantity(raw: 100)))
            return
        }
        guard
            context.workingCount(quote.instrument, .buy) + context.workingCount(quote.instrument, .sell) == 0
        else { return }
        let buys = context.position(quote.instrument).raw <= 0
        context.signal(
            Signal(
                instrument: quote.instrument, action: buys ? .buy : .sell, strength: 1,
                timeInForce: .immediateOrCancel))
    }
}

/// An exchange and an engine over loopback in this process, as `tools/run` has them in two: one whole session.
struct LiveSession {
    /// Further settings of the engine.
    var overrides: [String] = []
    var faults = VenueFaults()
    /// Events of the market, at `eventsPerSecond`.
    var events: UInt64 = 30_000
    var eventsPerSecond: UInt64 = 20_000
    var strategy = Eager()
    /// Seconds after which the engine is asked to stop; `nil`: the market's end ends it.
    var stopAfter: Double?

    /// Called when the exchange stands and the engine is not made yet; it may answer another port for orders.
    var beforeEngine: @Sendable (VenuePorts) throws -> UInt16? = { _ in nil }
    /// The engine is asked to stop once this says so.
    var isEnough: @Sendable () -> Bool = { false }
    /// Asked before ``isEnough``; `nil`: nothing is wished.
    var wish: @Sendable (EngineProgress) -> LiveRun<Eager>.Wish? = { _ in nil }
    var cancelOnDisconnect = false
    /// What the exchange did, once a run is over.
    let venueReport = VenueReportBox()
    /// Instruments of the market.
    var instruments = ["SPNA"]

    /// A folder for one test, which removes it.
    static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("live-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    func server() throws -> VenueServer {
        var configuration = VenueConfiguration(
            exchange: ExchangeConfiguration(
                instruments: instruments.map { ExchangeInstrument(symbol: Symbol($0)!) },
                accounts: [
                    ExchangeAccount(
                        username: "SPINE", password: "TAIL", cancelOnDisconnect: cancelOnDisconnect)
                ],
                flow: FlowConfiguration(
                    seed: TestSeed.current, eventsPerSecond: eventsPerSecond, countMax: events)))
        configuration.faults = faults
        configuration.settleNs = 100_000_000
        return try VenueServer(configuration)
    }

    func settings(_ ports: VenuePorts, _ root: String) throws -> (Settings, StrategyDescription) {
        let description = StrategyDescription(name: "eager", help: "Trades all the time", parameters: [])
        let file = root + "/settings.yaml"
        try Data("journal:\n  folder: \(root)/runs\n".utf8).write(to: URL(fileURLWithPath: file))
        let settings = try Settings.load(
            file: file, environment: [:],
            overrides: WideLimits.overrides + [
                "feeds.0.address=127.0.0.1", "feeds.0.port=\(ports.marketDataPort)",
                "feeds.0.request_host=127.0.0.1", "feeds.0.request_port=\(ports.requestPort)",
                "broker.ouch.port=\(ports.orderPort)", "broker.ouch.username=SPINE",
                "broker.ouch.password=TAIL",
                "threads.hot_core=-1", "threads.journal_core=-1", "journal.ring_bytes=\(1 << 22)",
                "journal.segment_bytes=\(1 << 22)", "network.backend=sockets",
                // The market does not wait for who comes back.
                "broker.ouch.reconnect_min_seconds=0.1",
            ] + overrides, strategies: [description]
        ).settings
        return (settings, description)
    }

    /// Runs it to its end; the folder is the caller's.
    func run(in root: String, _ look: (EngineProgress, Double) -> Void = { _, _ in }) throws -> RunReport {
        let server = try server()
        var ports = server.ports
        if let other = try beforeEngine(ports) { ports.orderPort = other }
        let (settings, description) = try settings(ports, root)
        let ends = SharedFlag()
        let told = venueReport
        let venue = try EngineThread(name: "venue", holding: HeldServer(server: server)) { held in
            told.value = held.server.run(isStopRequested: { ends.value != 0 })
        }
        defer {
            ends.value = 1
            venue.join()
        }
        let (strategy, isEnough, wish) = (strategy, isEnough, wish)
        let program = StrategyProgram(
            [description], make: { _ in strategy }, turns: { $0.run(turns: $1) })
        return try LiveRun(settings, program, version: "test").run { progress, seconds in
            look(progress, seconds)
            if let wish = wish(progress) { return wish }
            if isEnough() { return .stop }
            guard let stopAfter else { return seconds > 60 ? .stop : .goOn }
            return seconds > stopAfter ? .stop : .goOn
        }
    }
}

/// The server on its way to its thread.
private struct HeldServer: @unchecked Sendable {
    let server: VenueServer
}

/// Written by the exchange's thread at its end, read when that is over.
final class VenueReportBox: @unchecked Sendable {
    var value: VenueReport?
}
