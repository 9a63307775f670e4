import Core
import Foundation
import Journal
import Model
import Plumbing
import Reporting
import Settings
import Simulation
import TestSupport
import Testing

@testable import Runtime

/// Rests at the touch, takes every third time, and takes back what rests for long.
private struct Both: Strategy {
    private var quotes = 0

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return }
        quotes += 1
        let working =
            context.workingCount(quote.instrument, .buy) + context.workingCount(quote.instrument, .sell)
        if working > 0 {
            if quotes % 16 == 0 { context.signal(Signal(instrument: quote.instrument, action: .cancel)) }
            return
        }
        let buys = context.position(quote.instrument).raw <= 0
        let takes = quotes % 3 == 0
        context.signal(
            Signal(
                instrument: quote.instrument, action: buys ? .buy : .sell,
                limit: takes ? Price(raw: 0) : buys ? quote.bid : quote.ask, quantity: Quantity(raw: 100),
                timeInForce: takes ? .immediateOrCancel : .day))
    }
}

private let description = StrategyDescription(name: "both", help: "Makes and takes", parameters: [])
private let program = StrategyProgram(
    [description], make: { _ in Both() }, turns: { $0.run(turns: $1) })

/// What a client of the control socket asked and heard, while the run went on.
private final class Caller: @unchecked Sendable {
    var socket: ControlTester?
    var lines: [ControlLine] { socket?.lines ?? [] }
    var hasHeard: Bool { lines.filter { $0.done == true }.count == 3 }

    /// The socket of the run whose folder lies below `root`.
    func connect(_ root: String) {
        guard socket == nil else { return }
        for path in LiveFigures.paths() {
            guard let reader = try? LiveReader(path: path), reader.about.folder.contains(root) else {
                continue
            }
            socket = try? ControlTester(path: ControlPath.of(reader.about.runID))
        }
        socket?.say(
            """
            {"id":1,"command":"rate","currency":"EUR","rate":"1.25"}
            {"id":2,"command":"rate","currency":"USD","rate":"1.25"}
            {"id":3,"command":"positions"}

            """)
    }
}

/// What a journal's facts come to.
private struct Told {
    struct Fill {
        let fact: Fact
        var isMaker: Bool { fact.detail & Input.makerDetail != 0 }
    }
    var fills: [String: Fill] = [:]
    var makers = 0
    var takers = 0
    var busts = 0
    var rates: [Fact] = []
    var accounts: [Fact] = []
    /// Behind each account's, two.
    var currencies: [Fact] = []

    init(_ folder: String) throws {
        let reader = try JournalReader(folder: folder + "/journal")
        while let record = try reader.next() {
            guard let fact = record.fact else { continue }
            let key = "\(fact.execution_id) \(fact.user_ref) \(fact.side)"
            switch fact.factKind {
            case .orderFilled:
                fills[key] = Fill(fact: fact)
                if fact.detail & Input.makerDetail != 0 { makers += 1 } else { takers += 1 }
            case .executionBroken:
                busts += 1
                #expect(fills.removeValue(forKey: key) != nil, "a bust of \(key)")
            case .currencyRate: rates.append(fact)
            case .accountState: accounts.append(fact)
            case .currencyState: currencies.append(fact)
            default: break
            }
        }
    }

    /// In millionths of 10⁻⁴, by the settings below: makers −0.0020 a unit, takers 0.0030 a unit and 0.01 percent.
    func fees(_ instrument: UInt32, multiplier: Int128) -> Int128 {
        fills.values.filter { $0.fact.instrument == instrument }.reduce(0) { sum, fill in
            let quantity = Int128(fill.fact.quantity)
            let notional = Int128(fill.fact.price) * quantity * multiplier
            return sum + (fill.isMaker ? -20_000_000 * quantity : 100 * notional + 30_000_000 * quantity)
        }
    }
}

extension LiveRunTests {
    /// Goal: from the settings file to the report: what the venue says of liquidity, its busts and corrections, two
    /// currencies, a multiplier, a rate that an operator changes, either cost method. Method: a whole session over loopback
    /// whose venue breaks and corrects trades; the fees are counted again from the facts, the account from its currencies,
    /// and the journal is decided again without a difference.
    @Test(.timeLimit(.minutes(2)), arguments: ["average", "fifo"])
    func moneyIsRightFromTheSettingsToTheReport(_ method: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        var faults = VenueFaults()
        faults.bustEvery = 9
        faults.correctEvery = 7
        var exchange = ExchangeConfiguration(
            instruments: ["SPNA", "SPNB"].map { ExchangeInstrument(symbol: Symbol($0)!) },
            accounts: [ExchangeAccount(username: "SPINE", password: "TAIL")],
            flow: FlowConfiguration(seed: 5, eventsPerSecond: 8_000, countMax: 1_000_000))
        exchange.session = "SPMONEY001"
        var configuration = VenueConfiguration(exchange: exchange)
        configuration.faults = faults
        let server = try VenueServer(configuration)
        let ports = server.ports
        let file = root + "/settings.yaml"
        let text = """
            journal: {folder: \(root)/runs, ring_bytes: 16777216}
            strategies: [{name: both}]
            broker:
              commission_pct: 0
              fees: {taker_pct: 0.01, taker_per_unit: 0.0030, maker_per_unit: -0.0020}
              ouch: {port: \(ports.orderPort), username: SPINE, password: TAIL}
            account:
              start_cash: 1000000
              cost_method: \(method)
              currencies: [{name: EUR, rate: 1.1, start_cash: 500000}]
            instruments:
              definitions: [{name: SPNB, currency: EUR, multiplier: 2}, {name: SPNA}]
            risk: {max_order_notional: 100000000, max_gross_notional: 1000000000, max_order_quantity: 100000}
            feeds:
              - {name: main, port: \(ports.marketDataPort), request_port: \(ports.requestPort)}
            threads: {hot_core: -1, journal_core: -1}
            network: {backend: sockets}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        // The money is what the file says.
        let wide = WideLimits.overrides.filter { !$0.hasPrefix("account.") }
        let settings = try Settings.load(
            file: file, environment: [:], overrides: wide, strategies: [description]
        ).settings
        let ends = SharedFlag()
        let venue = try EngineThread(name: "venue", holding: HeldVenue(server: server)) { held in
            _ = held.server.run(isStopRequested: { ends.value != 0 })
        }
        defer {
            ends.value = 1
            venue.join()
        }
        let caller = Caller()
        let report = try LiveRun(settings, program, version: "test").run { progress, seconds in
            if progress[.fills] > 60 { caller.connect(root) }
            caller.socket?.receive()
            return caller.hasHeard && progress[.fills] > 150 && seconds > 1 || seconds > 40 ? .stop : .goOn
        }
        #expect(report.ending == "stopped", "\(report.warnings)")

        let told = try Told(report.folder)
        #expect(
            told.makers > 5 && told.takers > 5 && told.busts > 3,
            "\(told.makers) \(told.takers) \(told.busts)")
        // Symbols have their numbers in the order of the definitions.
        let account = try #require(report.account)
        #expect(account.costMethod == method && account.currencies.map(\.currency) == ["USD", "EUR"])
        for (place, (instrument, multiplier)) in [(1, 1), (0, 2)].enumerated() {
            let millionths = told.fees(UInt32(instrument), multiplier: Int128(multiplier))
            let whole = millionths > 0 ? (millionths + 999_999) / 1_000_000 : millionths / 1_000_000
            #expect(account.currencies[place].fees == Money(raw: whole).decimal(scale: 4))
        }

        // The operator's rate, once; the base's was refused.
        #expect(told.rates.map(\.quantity) == [1_250_000_000])
        #expect(told.rates.map(\.price) == [1_100_000_000])
        #expect(account.currencies.map(\.rate) == ["1.000000000", "1.250000000"])
        #expect(caller.lines.first { $0.id == 2 }?.rule == "unknown_currency")
        let shown = try #require(caller.lines.first { $0.id == 3 && $0.done == true }?.account)
        #expect(shown.currency == "USD" && shown.currencies.map(\.rate) == ["1.000000000", "1.250000000"])
        let rows = caller.lines.compactMap(\.position)
        #expect(rows.first { $0.symbol == "SPNB" }?.currency == "EUR")

        // At each moment that was written down: cash and what is held, by the rates, are the equity.
        #expect(told.accounts.map(\.detail) == [AccountMoment.start, .rate, .stop].map(\.rawValue))
        for (place, fact) in told.accounts.enumerated() {
            let rate: Int128 = place == 0 ? 1_100_000_000 : 1_250_000_000
            let parts = told.currencies[2 * place..<2 * place + 2].map {
                Int128($0.price) + Int128($0.quantity)
            }
            let whole = parts[0] * 1_000_000_000 + parts[1] * rate
            let less = Int128(fact.price) * 1_000_000_000 - whole
            #expect(less > -1_000_000_000 && less < 1_000_000_000 + rate, "moment \(place)")
        }
        #expect(told.accounts[0].price == 1_000_000_0000 + 550_000_0000)
        #expect(Money(raw: Int128(told.accounts[2].price)).decimal(scale: 4) == account.equity)
        #expect(report.text().contains("equity \(account.equity)"))

        let replayed = try JournalReplay.run(folder: report.folder, program)
        #expect(replayed.difference == nil, "\(replayed.difference?.description ?? "")")
        #expect(String(replayed.digest, radix: 16) == String(report.digest.drop { $0 == "0" }))
    }
}

/// The server on its way to its thread.
private struct HeldVenue: @unchecked Sendable {
    let server: VenueServer
}
