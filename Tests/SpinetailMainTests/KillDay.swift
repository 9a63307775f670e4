import Core
import Foundation
import Model
import Plumbing
import Runtime
import Settings
import Simulation
import Synchronization
import TestSupport
import Testing

@testable import SpinetailMain

/// What a test makes of the strategy of a ``KillDay`` while it runs.
final class KillMoves: Sendable {
    let hangs = Atomic<Bool>(false)
    let isHanging = Atomic<Bool>(false)
}

/// Rests three orders far below the market, and buys and sells one share all the time.
struct Flowing: Strategy {
    let moves: KillMoves

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        if moves.hangs.load(ordering: .relaxed) {
            moves.isHanging.store(true, ordering: .relaxed)
            while moves.hangs.load(ordering: .relaxed) {}
            moves.isHanging.store(false, ordering: .relaxed)
        }
        guard quote.instrument.index == 0, quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else {
            return
        }
        if context.workingCount(quote.instrument, .buy) < 3 {
            let limit = Price(raw: quote.bid.raw * 98 / 100 / 100 * 100)
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: limit, quantity: Quantity(raw: 100)))
        }
        guard context.workingCount(quote.instrument, .sell) == 0 else { return }
        context.signal(
            Signal(
                instrument: quote.instrument, action: .sell,
                limit: Price(raw: quote.ask.raw * 102 / 100 / 100 * 100), quantity: Quantity(raw: 1),
                timeInForce: .immediateOrCancel))
    }

    static let description = StrategyDescription(name: "flowing", help: "Orders all the time", parameters: [])

    static func program(_ moves: KillMoves) -> StrategyProgram<Flowing> {
        StrategyProgram([description], make: { _ in Flowing(moves: moves) }, turns: { $0.run(turns: $1) })
    }
}

/// A venue, something that writes down what it is sent, and an engine that sends orders all the time.
final class KillDay: @unchecked Sendable {
    struct Ended: Sendable {
        let text: String
        let folder: String
        let ending: String
        let openOrders: Int
        let warnings: [String]
    }

    let root: String
    let moves = KillMoves()
    let tap: OrderTap
    let banner: String
    /// Of the run.
    let reader: LiveReader
    private let ownsRoot: Bool
    private let isOver = SharedFlag()
    private let venue: EngineThread
    private let venueIsOver = SharedFlag()
    private let engine: EngineThread
    private var isJoined = false

    static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("kill-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path + "/runs", withIntermediateDirectories: true)
        return path
    }

    /// - Parameters:
    ///   - root: Of an earlier day, to go on below; `nil`: a new one.
    ///   - port: Of the earlier day's venue, for what it left to be this one's; 0: another.
    init(
        _ root: String? = nil, topology: String = "fused", overrides: [String] = [],
        manners: OrderTap.Manners = .init(), port: UInt16 = 0, file more: String = ""
    ) throws {
        ownsRoot = root == nil
        let root = try root ?? Self.folder()
        self.root = root
        let feedPort = try UdpSender(to: nil, from: .loopback(0)).localAddress.port
        var exchange = ExchangeConfiguration(
            instruments: ["SPNA", "SPNB"].map { ExchangeInstrument(symbol: Symbol($0)!) },
            accounts: [ExchangeAccount(username: "spine1", password: "spinetail")],
            flow: FlowConfiguration(seed: 11, eventsPerSecond: 4_000))
        exchange.session = "SPKILLED01"
        var configuration = VenueConfiguration(exchange: exchange)
        configuration.marketData = .loopback(feedPort)
        let server = ServerBox(try VenueServer(configuration))
        let ports = server.server.ports
        tap = try OrderTap(venue: .loopback(ports.orderPort), port: port)
        tap.manners = manners
        let venueView = venueIsOver.view
        venue = try EngineThread(name: "venue", holding: server) { box in
            _ = box.server.run(isStopRequested: { venueView.value != 0 })
        }
        let path = root + "/settings.yaml"
        try Data(("journal:\n  folder: \(root)/runs\n" + more + "strategies:\n  - name: flowing\n").utf8)
            .write(
                to: URL(fileURLWithPath: path))
        let words =
            WideLimits.overrides + [
                "journal.ring_bytes=\(1 << 22)", "feeds.0.address=127.0.0.1", "feeds.0.port=\(feedPort)",
                "feeds.0.request_host=127.0.0.1", "feeds.0.request_port=\(ports.requestPort)",
                "network.backend=sockets", "threads.poll=idle", "threads.topology=\(topology)",
                "threads.hot_core=-1", "threads.journal_core=-1", "broker.ouch.port=\(tap.port)",
                "pools.book_order_count_max=65536", "broker.ouch.reconnect_min_seconds=0.05",
            ] + overrides
        let settings = try Settings.load(file: path, overrides: words, strategies: [Flowing.description])
            .settings
        let run = try LiveRun(
            settings, Flowing.program(moves), version: "test",
            source: SettingsSource(file: path, overrides: words, strategies: [Flowing.description]))
        banner = run.banner
        runNotices = run.notices
        let said = run.banner
        let mine = EngineListing().living.first { said.contains($0.about.runID.description.prefix(8)) }
        reader = try #require(mine)
        let (overView, box) = (isOver.view, EndedBox())
        boxed = box
        engine = try EngineThread(name: "engine", holding: RunBox(run)) { held in
            guard let run = held.run.take() else { return }
            guard let report = try? run.run({ _, _ in overView.value != 0 ? .stop : .goOn }) else { return }
            box.value.withLock {
                $0 = Ended(
                    text: report.text(), folder: report.folder, ending: report.ending,
                    openOrders: report.openOrders.count, warnings: report.warnings)
            }
        }
    }

    private let runNotices: RunNotices
    private var noticesSoFar: [String] = []
    /// What the engine has said to its terminal so far.
    var notices: [String] {
        noticesSoFar += runNotices.take()
        return noticesSoFar
    }

    private let boxed: EndedBox

    deinit {
        _ = end()
        if ownsRoot { try? FileManager.default.removeItem(atPath: root) }
    }

    /// Ends the day in order.
    @discardableResult
    func end() -> Ended? {
        moves.hangs.store(false, ordering: .relaxed)
        isOver.value = 1
        if !isJoined {
            isJoined = true
            engine.join()
            venueIsOver.value = 1
            venue.join()
            tap.end()
        }
        return boxed.value.withLock { $0 }
    }

    /// The engines of this test, and no others of the machine.
    func listing(_ others: KillDay...) -> EngineListing {
        EngineListing(living: ([self] + others).map(\.reader))
    }

    var killState: KillState { KillStateFile.read(in: root + "/runs") }

    func figure(_ figure: EngineProgress.Figure) -> UInt64 { reader.figure(figure.rawValue) }

    /// Until orders flow and three rest.
    func flows(_ more: Int = 50) -> Bool {
        let wanted = tap.orderCount + more
        return within(30) { tap.orderCount >= wanted && figure(.openOrders) >= 3 }
    }

    private final class ServerBox: @unchecked Sendable {
        let server: VenueServer
        init(_ server: VenueServer) { self.server = server }
    }

    private struct RunBox: ~Copyable, @unchecked Sendable {
        var run: LiveRun<Flowing>?
        init(_ run: consuming LiveRun<Flowing>) { self.run = consume run }
    }

    private final class EndedBox: Sendable { let value = Mutex<Ended?>(nil) }
}

/// Whether it comes true within so many seconds.
func within(_ seconds: Double, _ isTrue: () -> Bool) -> Bool {
    let untilNs = Clock.kernel.nowNs() + UInt64(seconds * 1e9)
    while !isTrue() {
        guard Clock.kernel.nowNs() < untilNs else { return false }
        Clock.sleep(ns: 2_000_000)
    }
    return true
}

/// One verb over the engines of a test, as the command line has it.
func run(
    _ verb: Verb, _ words: [String], _ listing: EngineListing,
    _ body: (ParsedArguments, EngineListing) throws -> Int32
) -> (code: Int32, out: String, err: String) {
    let kept = Mutex((out: "", err: ""))
    let output = CommandOutput { text in
        kept.withLock { $0.out += text }
    } err: { text in
        kept.withLock { $0.err += text }
    }
    var code: Int32
    do {
        code = try body(try CommandLineParser.parse(words[...], for: verb, output: output), listing)
    } catch {
        output.note("\(error)")
        code = error is UsageError ? 2 : 1
    }
    return kept.withLock { (code, $0.out, $0.err) }
}
