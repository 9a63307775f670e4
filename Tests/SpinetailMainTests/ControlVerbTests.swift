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

/// Holds 100 shares of the first instrument that is quoted, and rests three orders below the market.
private struct Rester: Strategy {
    private var isDone = false
    private var lastNs: UInt64 = 0

    /// Until it has what it wants, once: a wish that was refused, as while a book is stale, is made again.
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard !isDone, quote.instrument.index == 0, quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0
        else { return }
        let working = context.workingCount(quote.instrument, .buy)
        if working == 3, context.position(quote.instrument).raw != 0 {
            isDone = true
            return
        }
        guard context.engineTimeNs > lastNs + 20_000_000 else { return }
        lastNs = context.engineTimeNs
        if context.position(quote.instrument).raw == 0 {
            guard working == 0 else { return }
            let above = quote.ask.raw + quote.ask.raw / 100
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: Price(raw: above / 100 * 100),
                    quantity: Quantity(raw: 100)))
        } else {
            let below = quote.bid.raw - quote.bid.raw / 100 * Int64(1 + working)
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: Price(raw: below / 100 * 100),
                    quantity: Quantity(raw: 200)))
        }
    }
}

/// A venue and an engine in this process, each on threads of its own.
private final class TradingDay: @unchecked Sendable {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("day-\(UUID().uuidString)").path
    private let isOver = Mutex(false)
    private let report = Mutex<RunReportBox?>(nil)
    private var threads: [EngineThread] = []
    private var ended = 0

    struct RunReportBox: Sendable {
        let text: String
        let folder: String
        let allocated: Int64?
        let disputed: Int
        let compared: UInt64
        let warnings: [String]
    }

    init(faults: String = "", topology: String = "fused") throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let feedPort = try Self.freePort()
        var exchange = ExchangeConfiguration(
            instruments: ["SPNA", "SPNB"].map { ExchangeInstrument(symbol: Symbol($0)!) },
            accounts: [ExchangeAccount(username: "spine1", password: "spinetail")],
            flow: FlowConfiguration(seed: 7, eventsPerSecond: 4_000))
        exchange.session = "SPVERBS001"
        var configuration = VenueConfiguration(exchange: exchange)
        configuration.marketData = .loopback(feedPort)
        configuration.queryPort = 0
        if !faults.isEmpty { configuration.faults = VenueFaults(script: faults)! }
        let venue = VenueBox(try VenueServer(configuration))
        let ports = venue.server.ports
        threads.append(
            try EngineThread(name: "venue", holding: venue) { [self] venue in
                _ = venue.server.run(isStopRequested: { isOver.withLock { $0 } })
            })
        let description = StrategyDescription(name: "rester", help: "Rests", parameters: [])
        let file = root + "/settings.yaml"
        try Data("journal:\n  folder: \(root)/runs\nstrategies:\n  - name: rester\n".utf8).write(
            to: URL(fileURLWithPath: file))
        let settings = try Settings.load(
            file: file,
            overrides: WideLimits.overrides + [
                "journal.ring_bytes=\(1 << 22)", "feeds.0.address=127.0.0.1", "feeds.0.port=\(feedPort)",
                "feeds.0.request_host=127.0.0.1", "feeds.0.request_port=\(ports.requestPort)",
                "network.backend=sockets", "threads.poll=idle", "threads.topology=\(topology)",
                "threads.hot_core=-1", "threads.journal_core=-1",
                "broker.ouch.port=\(ports.orderPort)", "broker.back_office.port=\(ports.queryPort!)",
                "execution.reconcile_interval_seconds=0", "pools.book_order_count_max=65536",
            ], strategies: [description]
        ).settings
        let before = Set(EngineListing().living.map(\.about.runID))
        let program = StrategyProgram([description], make: { _ in Rester() }, turns: { $0.run(turns: $1) })
        let run = try LiveRun(settings, program, version: "test")
        let mine = EngineListing().living.first {
            !before.contains($0.about.runID) && run.banner.contains($0.about.runID.description.prefix(8))
        }
        id = try #require(mine?.about.runID.description.prefix(12).description)
        threads.append(
            try EngineThread(name: "engine", holding: RunBox(run)) { [self] box in
                guard let run = box.run.take() else { return }
                guard let report = try? run.run({ _, _ in isOver.withLock { $0 } ? .stop : .goOn }) else {
                    return
                }
                let found = RunReportBox(
                    text: report.text(), folder: report.folder, allocated: report.hotThread.allocatedBytes,
                    disputed: report.books.disputedOrders.count, compared: report.books.comparisonsDone,
                    warnings: report.warnings)
                self.report.withLock { $0 = found }
            })
    }

    /// A UDP port that was free a moment ago.
    private static func freePort() throws -> UInt16 {
        try UdpSender(to: nil, from: .loopback(0)).localAddress.port
    }

    /// Ends the day in order.
    func end() -> RunReportBox? {
        isOver.withLock { $0 = true }
        while ended < threads.count {
            threads[threads.count - 1 - ended].join()
            ended += 1
        }
        return report.withLock { $0 }
    }

    deinit {
        _ = end()
        try? FileManager.default.removeItem(atPath: root)
    }

    private final class VenueBox: @unchecked Sendable {
        let server: VenueServer
        init(_ server: VenueServer) { self.server = server }
    }

    private struct RunBox: ~Copyable, @unchecked Sendable {
        var run: LiveRun<Rester>?
        init(_ run: consuming LiveRun<Rester>) { self.run = consume run }
    }

    /// First digits of the run's id. Other tests of this process run engines too.
    private(set) var id = ""

    func command(_ words: String...) -> (code: Int32, out: String, err: String) {
        run(words, Spinetail.verbs)
    }

    func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Until three orders rest and 100 shares are held, or half a minute.
    func waitForTheStrategy() throws -> Bool {
        for _ in 0..<1_500 {
            let orders = try objects(command("orders", id, "--open", "--json").out)
            let positions = try objects(command("positions", id, "--json").out)
            if orders.filter({ $0["status"] as? String == "accepted" }).count == 3,
                positions.contains(where: { $0["quantity"] as? Int == 100 })
            {
                return true
            }
            Clock.sleep(ns: 20_000_000)
        }
        return false
    }
}

/// Whole days, one after the other: each engine shows itself in shared memory by this process's number.
@Suite(.serialized) struct ControlVerbTests {
    /// Goal: a person looks at a running engine and steers it; everything that is asked is done or refused in words, and with
    /// `--wait` it is the venue that has confirmed it; in either topology. The hot thread allocates nothing for it.
    @Test(.timeLimit(.minutes(2)), arguments: ["fused", "pipelined"])
    func aDayAtTheControls(_ topology: String) throws {
        try engineLock.withLock { _ in try dayAtTheControls(topology) }
    }

    private func dayAtTheControls(_ topology: String) throws {
        let day = try TradingDay(topology: topology)
        try #require(
            try day.waitForTheStrategy(), "\(day.command("orders", day.id)) \(day.end()?.text ?? "")")
        let run = day.id

        // Looking
        let table = day.command("orders", run)
        #expect(table.code == 0 && table.out.contains("accepted") && table.out.contains("rester"), "\(table)")
        #expect(table.out.hasPrefix("time, UTC"))
        let orders = try day.objects(day.command("orders", run, "--open", "--json").out)
        try #require(orders.count == 3)
        let id = try #require(orders[0]["id"] as? String, "\(orders)")
        #expect(orders[0]["symbol"] as? String == "SPNA" && orders[0]["leaves"] as? Int == 200)
        #expect(orders[0]["strategy"] as? String == "rester" && orders[0]["venue_order"] != nil)
        #expect(day.command("orders", run, "--symbol", "SPNB").out == "no orders\n")
        #expect(day.command("orders", run, "--symbol", "NONE").code == 1)
        let positions = day.command("positions", run)
        #expect(positions.out.contains("long") && positions.out.contains("total"))
        let money = try day.objects(day.command("positions", run, "--json").out)
        #expect(money.count == 2 && money[0]["entry_price"] != nil && money[1]["totals"] != nil, "\(money)")
        let account = try #require(money[1]["account"] as? [String: Any])
        let parts = ["cash", "market_value"].compactMap {
            (account[$0] as? String).flatMap { DecimalText.parse($0, scale: 4) }
        }
        let whole = parts.reduce(0, +)
        #expect(parts.count == 2)
        #expect(
            account["equity"] as? String == DecimalText.string(whole, scale: 4)
                && account["peak_equity"] != nil)
        #expect(positions.out.contains("account, USD: equity ") && positions.out.contains("drawdown"))

        // What a currency is worth
        let other = day.command("rate", "EUR", "1.1", "--run", run)
        #expect(other.code == 1 && other.err.contains("unknown_currency"), "\(other)")
        #expect(day.command("rate", "EUR", "nothing", "--run", run).code == 2)

        // The venue agrees.
        let same = day.command("reconcile", "--run", run)
        #expect(same.code == 0 && same.out.contains("no difference"), "\(same)")
        let sameJson = try day.objects(day.command("reconcile", "--run", run, "--json").out)[0]
        #expect(sameJson["confirmed"] as? Bool == true)

        // Replacing
        let below = try #require(
            (orders[0]["limit_price"] as? String).flatMap { DecimalText.parse($0, scale: 4) })
        let price = DecimalText.string(below - 1_000, scale: 4)
        let replaced = day.command(
            "replace", id, "--price", price, "--quantity", "150", "--wait", "10", "--run", run)
        #expect(replaced.code == 0 && replaced.out.contains("confirmed:"), "\(replaced)")
        let after = try day.objects(day.command("orders", run, "--json").out).first {
            $0["id"] as? String == id
        }
        #expect(after?["limit_price"] as? String == price && after?["quantity"] as? Int == 150)
        let collar = day.command("replace", id, "--price", "0.01", "--run", run)
        #expect(
            collar.code == 1 && collar.err.contains("price_collar") && collar.err.contains("too far"),
            "\(collar)")

        // Cancelling
        let number = try #require(orders[1]["user_ref"] as? Int)
        let one = day.command("cancel", "\(number)", "--wait", "10", "--run", run)
        #expect(
            one.code == 0 && one.out.contains("1 cancel sent") && one.out.contains("none of them"), "\(one)")
        let prefix = String(id.dropLast(1))
        #expect(day.command("cancel", "ffff", "--run", run).err.contains("no order ffff"))
        let all = day.command("cancel", "--symbol", "SPNA", "--json", "--wait", "10", "--run", run)
        let told = try day.objects(all.out)[0]
        #expect(all.code == 0 && told["count"] as? Int == 2 && told["confirmed"] as? Bool == true, "\(all)")
        let again = day.command("cancel", prefix, "--run", run)
        #expect(again.code == 1 && again.err.contains("no"), "\(again)")
        #expect(day.command("cancel", "--all", "--run", run).out == "nothing to cancel\n")

        // Closing
        let closed = day.command("close", "SPNA", "--wait", "10", "--run", run)
        #expect(closed.code == 0 && closed.out.contains("SPNA is flat"), "\(closed)")
        let twice = day.command("close", "SPNA", "--run", run)
        #expect(twice.code == 1 && twice.err.contains("sized_to_zero"), "\(twice)")
        let flat = day.command("flatten", "--yes", "--wait", "10", "--json", "--run", run)
        #expect(flat.code == 0, "\(flat)")
        #expect(day.command("close", "NONE", "--run", run).code == 1)

        // The end, and after it.
        let report = try #require(day.end())
        #expect((report.allocated ?? 0) == 0, "\(String(describing: report.allocated))")
        #expect(report.compared >= 2 && report.disputed == 0, "\(report.text)")
        #expect(!String(describing: report.warnings).contains("control"))
        #expect(report.text.contains("compared \(report.compared) of \(report.compared) times"))
        let sockets = try FileManager.default.contentsOfDirectory(atPath: LiveFigures.folder)
        let mine = report.folder.split(separator: "-").last ?? ""
        #expect(!sockets.contains { $0.hasSuffix(".control") && $0.contains(mine) })
        let past = day.command("orders", report.folder, "--json")
        #expect(past.code == 0 && past.err.contains("no engine runs there"), "\(past)")
        #expect(try day.objects(past.out).allSatisfy { $0["is_open"] as? Bool == false })
        let verb = Verb(name: "positions", summary: "shows", options: Verb.positions.options) {
            try showPositions($0, EngineListing(folder: day.root))
        }
        let held = SpinetailMainTests.run(
            ["positions", "--set", "journal.folder=\(day.root)/runs", "--json"], [verb])
        #expect(held.code == 0 && held.err.contains("the last run"), "\(held)")
        let position = try day.objects(held.out)[0]
        #expect(position["side"] as? String == "flat", "\(held)")
        // A journal does not tell what open orders may still do: nothing is not the same as not known.
        #expect(position["open_buy"] == nil && position["state"] == nil, "\(held)")
        #expect(day.command("cancel", "--all", "--run", run).code == 1)
    }

    /// Goal: flatten asks first, and does nothing unless it is told yes.
    @Test(.timeLimit(.minutes(1))) func flattenAsksFirst() throws {
        try engineLock.withLock { _ in try flattensWhenTold() }
    }

    private func flattensWhenTold() throws {
        let day = try TradingDay()
        try #require(try day.waitForTheStrategy())
        let asked = Mutex<[String]>([])
        func flatten(_ answer: Bool?, _ words: String...) -> (code: Int32, out: String, err: String) {
            let verb = Verb(name: "flatten", summary: "flattens", options: Verb.flatten.options) {
                try flattenAll($0, EngineListing()) { question in
                    asked.withLock { $0.append(question) }
                    return answer
                }
            }
            return run(["flatten", "--run", day.id] + words, [verb])
        }
        #expect(flatten(nil).code == 2)
        #expect(flatten(false).code == 1)
        #expect(try day.objects(day.command("orders", day.id, "--open", "--json").out).count == 3)
        let done = flatten(true, "--wait", "10")
        #expect(done.code == 0 && done.out.contains("the account is flat"), "\(done)")
        let questions = asked.withLock { $0 }
        #expect(questions.count == 3)
        #expect(questions[1].contains("Cancel 3 open orders and close 1 position (SPNA 100)"), "\(questions)")
        _ = day.end()
    }

    /// Goal: a back office that does wrong is told as such: exit code 1, and why.
    @Test(.timeLimit(.minutes(1)), arguments: ["query_unavailable=1", "query_partial=1"])
    func comparingFails(_ faults: String) throws {
        try engineLock.withLock { _ in
            let day = try TradingDay(faults: faults)
            try #require(try day.waitForTheStrategy())
            let failed = day.command("reconcile", "--run", day.id)
            #expect(failed.code == 1 && failed.err.contains("nothing was compared"), "\(failed)")
            _ = day.end()
        }
    }
}

/// Goal: command lines that cannot be meant are exit code 2, without an engine being looked for.
@Test(
    arguments: [
        ["cancel"], ["cancel", "7", "--all"], ["cancel", "--all", "--symbol", "A"],
        ["cancel", "--symbol", "NINELONGX"],
        ["replace"], ["replace", "7"], ["replace", "7", "--price", "x"], ["replace", "7", "--quantity", "0"],
        ["close"],
        ["flatten", "x"], ["cancel", "7", "--wait", "soon"], ["orders", "--symbol", ""],
        ["reconcile", "--wait", "-1"],
    ])
func commandLinesAreChecked(_ words: [String]) {
    let result = run(words, Spinetail.verbs)
    #expect(result.code == 2, "\(words) \(result)")
}

/// Goal: an order is meant by its whole id, by digits that no other begins with, or by its number; never by a guess.
@Test func ordersAreMeant() throws {
    func row(_ high: UInt64, _ userRef: UInt32) -> OrderRow {
        var row = OrderRow(
            id: OrderID(high: high, low: 1), createdUtcNs: nil, symbol: "A", side: .buy, type: .limit,
            timeInForce: .day, status: .accepted)
        row.userRef = userRef
        return row
    }
    let books = Books(orders: [row(0x1234_5678_0000_8000, 12), row(0x1234_9999_0000_8000, 13)])
    #expect(try books.order("12345").userRef == 12)
    #expect(try books.order("12349999-0000-8000-0000-000000000001").userRef == 13)
    #expect(try books.order("13").userRef == 13)
    #expect(try books.order("12").userRef == 12)
    #expect(throws: CommandFailure.self) { try books.order("1234") }
    #expect(throws: CommandFailure.self) { try books.order("ab") }
    #expect(throws: CommandFailure.self) { try books.order("99") }
}

/// Goal: totals are exact sums, and unknown where one part is.
@Test func totalsAreSums() {
    var first = PositionRow(symbol: "A", quantity: 1, entryPrice: 10_000, realised: 12_345)
    first.unrealisedPnl = "-0.0001"
    first.fees = "0.5000"
    first.netPnl = "0.7344"
    var second = PositionRow(symbol: "B", quantity: -1, entryPrice: 10_000, realised: -2_345)
    second.unrealisedPnl = "1.0000"
    second.fees = "0.0000"
    second.netPnl = "0.7655"
    let totals = PositionTotals([first, second])
    #expect(totals.realisedPnl == "1.0000" && totals.unrealisedPnl == "0.9999" && totals.fees == "0.5000")
    #expect(totals.netPnl == "1.4999" && PositionTotals.cents(totals.netPnl) == "1.50")
    second.fees = nil
    #expect(PositionTotals([first, second]).fees == nil)
}
