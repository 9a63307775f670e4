import Foundation
import Model
import Testing

@testable import Settings

/// What `text` makes, with nothing else told.
func load(
    _ text: String, environment: [String: String] = [:], overrides: [String] = [],
    strategies: [StrategyDescription] = StrategyDescription.examples
) throws(SettingsError) -> LoadedSettings {
    try Settings.load(
        text: Array(text.utf8), name: "test.yaml", environment: environment, overrides: overrides,
        strategies: strategies)
}

/// The problems that `text` has, a line each; empty: none.
func problems(_ text: String, environment: [String: String] = [:], overrides: [String] = []) -> [String] {
    do throws(SettingsError) {
        _ = try load(text, environment: environment, overrides: overrides)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Goal: the shipped file tells the truth: it names every key, and each with its built-in default.
/// Method: load it alone, without the instrument master beside it; compare with the built-in values, and look where each value
/// came from.
@Test func theShippedFileIsTheBuiltInDefaults() throws {
    let text = try String(contentsOf: projectFolder.appendingPathComponent("spinetail.yaml"), encoding: .utf8)
    let loaded = try load(text)
    #expect(loaded.settings == Settings())
    for entry in loaded.entries {
        guard case .file(_, let line) = entry.origin, line > 0 else {
            Issue.record("\(entry.path) is not in spinetail.yaml")
            continue
        }
    }
    #expect(loaded.entries.count > 150)
}

/// Goal: `Documentation/settings.md` cannot fall behind the code.
/// Method: compare with what the code makes; `UPDATE_DOCUMENTATION=1` writes it.
@Test func theDocumentationIsMadeFromTheCode() throws {
    let page = projectFolder.appendingPathComponent("Documentation/settings.md")
    let made = SettingsReference.markdown()
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] != nil {
        try Data(made.utf8).write(to: page)
    }
    let written = try String(contentsOf: page, encoding: .utf8)
    #expect(written == made, "UPDATE_DOCUMENTATION=1 swift test --filter SettingsTests writes it")
}

/// Goal: what is shown can be read back: every value's text, put in by `--set`, gives the same settings; but secrets, which
/// are not shown.
@Test func everyShownValueReadsBack() throws {
    let changed = """
        broker: {commission_pct: 0.0125, ouch: {session: "a\\"b", password: "x y", heartbeat_seconds: 0.25}}
        risk: {max_order_notional: 1234.5678, restricted_symbols: [NO, "Y", BRK.A]}
        strategies: [{name: ema_cross, fast_period: 3, slow_period: 7}]
        journal: {commit_interval_ms: 0.5}
        """
    let loaded = try load(changed)
    let overrides = loaded.entries.filter { !$0.isSecret }.map { "\($0.path)=\(unquoted($0.text))" }
    let again = try load(
        "strategies: [{name: ema_cross}]", overrides: overrides + ["broker.ouch.password=x y"])
    #expect(again.settings == loaded.settings)
    #expect(again.canonicalText == loaded.canonicalText)
    #expect(loaded.settings.broker.ouch.session == "a\"b")
}

/// `--set` takes the bare text; only the file needs quotes.
private func unquoted(_ text: String) -> String {
    guard text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    return text.dropFirst().dropLast().replacingOccurrences(of: "\\\"", with: "\"")
}

/// Goal: the later source wins, value by value, and every value knows where it came from.
@Test func sourcesWinInOrderAndAreRemembered() throws {
    let text = """
        risk:
          max_open_orders: 10
          max_order_quantity: 20
          max_position_units: 30
        """
    let loaded = try load(
        text,
        environment: [
            "SPINETAIL_RISK__MAX_ORDER_QUANTITY": "21", "SPINETAIL_RISK__MAX_POSITION_UNITS": "31",
            "SPINETAIL_DATA": "/x",
        ],
        overrides: ["risk.max_position_units=32"])
    #expect(loaded.settings.risk.openOrdersMax == 10)
    #expect(loaded.settings.risk.orderQuantityMax == Quantity(raw: 21))
    #expect(loaded.settings.risk.positionUnitsMax == Quantity(raw: 32))
    func origin(_ path: String) -> String? { loaded.entries.first { $0.path == path }.map { "\($0.origin)" } }
    #expect(origin("risk.max_open_orders") == "test.yaml:2")
    #expect(origin("risk.max_order_quantity") == "environment SPINETAIL_RISK__MAX_ORDER_QUANTITY")
    #expect(origin("risk.max_position_units") == "command line")
    #expect(origin("risk.max_order_notional") == "default")
}

/// Goal: the environment and the command line reach every depth, lists of sections by index and by name.
@Test func overridesReachEveryDepth() throws {
    let loaded = try load(
        "",
        environment: [
            "SPINETAIL_BROKER__OUCH__PORT": "4002", "SPINETAIL_FEEDS__0__PORT": "4001",
            "SPINETAIL_INSTRUMENTS__SYMBOLS": "NO, ON",
        ],
        overrides: [
            "strategies.ema_cross.enabled=true", "strategies.1.fast_period=5",
            "feeds.main.protocol=deep_iextp",
        ])
    #expect(loaded.settings.broker.ouch.port == 4002)
    #expect(loaded.settings.feeds[0].port == 4001)
    #expect(loaded.settings.feeds[0].feedProtocol == .deepIEXTP)
    #expect(loaded.settings.instruments.symbols.map(\.description) == ["NO", "ON"])
    #expect(loaded.settings.strategy("ema_cross")?.enabled == true)
    #expect(loaded.settings.strategy("ema_cross")?.whole("fast_period") == 5)
    #expect(loaded.settings.strategy("ema_cross")?.whole("slow_period") == 100)
}

/// Goal: a file's list replaces the built-in one; listed means enabled; defaults of what an element leaves out.
@Test func aListInTheFileReplacesTheBuiltInOne() throws {
    let loaded = try load(
        """
        strategies:
          - name: ema_cross
        feeds:
          - {name: a, port: 1001}
          - {name: b, port: 1002, protocol: deep_iextp}
        """)
    #expect(loaded.settings.strategies.map(\.name) == ["ema_cross"])
    #expect(loaded.settings.strategies[0].enabled)
    #expect(loaded.settings.feeds.map(\.port) == [1001, 1002])
    #expect(loaded.settings.feeds[1].requestPort == 30503)
    #expect(try load("strategies: []").settings.strategies.isEmpty)
}

/// Goal: everything that is wrong is told, at once, each with line, expectation and nearest name.
@Test func allProblemsAreToldAtOnce() {
    let found = problems(
        """
        risk:
          max_open_order: 5
          max_order_quantity: many
        brokr: {}
        execution:
          default_order_type: stop
        """, environment: ["SPINETAIL_RISK__MAX_OPEN_ORDERZ": "1"],
        overrides: ["risk.price_collar=1", "nonsense"])
    #expect(
        found == [
            "test.yaml:2: unknown key \"max_open_order\" in risk, did you mean \"max_open_orders\"?",
            "test.yaml:3: risk.max_order_quantity is \"many\", expected a whole number of shares from 0 to 1000000",
            "test.yaml:4: unknown key \"brokr\", did you mean \"broker\"?",
            "test.yaml:6: execution.default_order_type is \"stop\", expected limit (all there is in this version)",
            "--set nonsense: expected section.key=value",
            "environment SPINETAIL_RISK__MAX_OPEN_ORDERZ: unknown key \"max_open_orderz\" in risk, did you mean \"max_open_orders\"?",
            "--set risk.price_collar: unknown key \"price_collar\" in risk, did you mean \"price_collar_pct\"?",
        ])
}

/// Goal: each of these is refused in its line, with words that fit. One mistake a row.
@Test(
    arguments: [
        ("risk:\n  max_open_orders: 1\n  max_open_orders: 2", 3, "again: it is set in line 2"),
        ("risk: {}\nrisk: {}", 2, "again"),
        ("journal:\n  enabled: yes", 2, "expected true or false (yes, no"),
        ("journal: {enabled: \"true\"}", 1, "expected true or false"),
        ("journal: {enabled: True}", 1, "expected true or false"),
        ("risk: {max_open_orders: 12:30}", 1, "\"12:30\""),
        ("risk: {max_open_orders: 010}", 1, "expected a whole number"),
        ("risk: {max_open_orders: 0x10}", 1, "expected a whole number"),
        ("risk: {max_open_orders: 1e3}", 1, "expected a whole number"),
        ("risk: {max_open_orders: 1.5}", 1, "expected a whole number"),
        ("risk: {max_open_orders: -1}", 1, "from 0 to"),
        ("risk: {max_open_orders: \"5\"}", 1, "expected a whole number"),
        ("risk: {max_open_orders: 99999999999999999999}", 1, "expected a whole number"),
        ("risk: {max_open_orders: _}", 1, "expected a whole number"),
        ("risk: {max_open_orders: 1__0}", 1, "expected a whole number"),
        ("risk: {max_open_orders: ٣}", 1, "expected a whole number"),
        ("risk:\n  max_open_orders:\n", 2, "without a value"),
        ("risk: {max_order_notional: 1.00001}", 1, "at most 4 digits"),
        ("risk: {price_collar_pct: 0.001}", 1, "at most 2 digits"),
        ("risk: {price_collar_pct: 5%}", 1, "expected percent"),
        ("risk: {restricted_symbols: TOOLONGSYM}", 1, "expected a list"),
        ("risk:\n  restricted_symbols:\n    - A\n    - TOOLONGSYM", 4, "a symbol of 1 to 8"),
        ("risk: [1]", 1, "risk is a list, expected a section"),
        ("risk: 5", 1, "expected a section"),
        ("- a", 1, "the file is a list"),
        ("just text", 1, "expected a section"),
        ("broker: {paper_trading: no}", 1, "expected true or false"),
        ("broker: {ouch: {host: localhost}}", 1, "expected an IPv4 address"),
        ("broker: {ouch: {host: 300.0.0.1}}", 1, "expected an IPv4 address"),
        ("broker: {ouch: {username: longer7}}", 1, "1 to 6 bytes"),
        ("broker: {ouch: {port: 0}}", 1, "from 1 to 65535"),
        ("broker: {ouch: {session: null}}", 1, "(\"\" for none)"),
        ("broker:\n  ouch: {reconnect_min_seconds: 40}", 2, "more than reconnect_max_seconds"),
        ("feeds:\n  - {name: a, multicast_group: 10.0.0.1}", 2, "multicast"),
        ("feeds:\n  - port: 5", 2, "has no name"),
        ("feeds:\n  - name: a\n  - name: a\n    port: 4", 3, "again, expected a name of its own"),
        ("feeds:\n  - name: a\n  - name: b", 3, "one port a feed"),
        ("feeds: {}", 1, "expected a list of sections"),
        ("strategies:\n  - name: ema_crss", 2, "did you mean \"ema_cross\"?"),
        ("strategies:\n  - name: ema_cross\n    fast: 3", 3, "unknown key \"fast\" in strategies.0"),
        ("strategies:\n  - name: ema_cross\n    fast_period: 100", 3, "expected less than slow_period"),
        ("strategies:\n  - name: order_book_imbalance\n    threshold: 1.01", 3, "a number from 0.001 to 1"),
        ("journal: {ring_bytes: 100000}", 1, "a power of two"),
        ("network: {backend: io_uring}", 1, "uring_sqpoll"),
        ("network: {datagram_buffers: 100}", 1, "a power of two"),
        ("network: {datagram_buffers: 65536}", 1, "32768"),
        ("network: {kernel_timestamps: on}", 1, "true or false"),
        ("network:\n  backend: uring_sqpoll\n  sqpoll_core: 1", 3, "the core of the hot thread too"),
        ("risk: {max_open_orders: 20000}", 1, "at most pools.order_count_max"),
        ("account: {base_currency: usd}", 1, "a currency's code"),
        ("account: {base_currency: \"\"}", 1, "a currency's code"),
        ("account: {cost_method: lifo}", 1, "expected average or fifo"),
        ("account: {start_cash: 0.00001}", 1, "at most 4 digits"),
        ("account: {day_offset_hours: 15}", 1, "from -12 to 14"),
        ("account:\n  currencies:\n    - name: EUR", 3, "is not told, expected what one EUR is worth in USD"),
        ("account:\n  currencies:\n    - {name: USD, rate: 1}", 3, "is the base currency (USD)"),
        ("account:\n  currencies:\n    - name: EUR\n      rate: 0", 4, "a number above 0"),
        ("account:\n  currencies:\n    - name: EUR\n      rate: 1.0000000001", 4, "at most 9 digits"),
        ("account:\n  currencies: [{name: EUR, rate: 1}, {name: EUR, rate: 2}]", 2, "again"),
        ("instruments:\n  definitions:\n    - name: A\n      currency: CHF", 4, "one of the account's (USD)"),
        ("instruments:\n  definitions:\n    - {name: A, multiplier: 0}", 3, "from 1 to 1000000"),
        ("instruments:\n  definitions:\n    - {name: TOOLONGSYM}", 3, "a symbol of 1 to 8"),
        ("instruments:\n  max_count: 1\n  symbols: [A, B]", 2, "expected at least 2"),
        ("broker:\n  commission_pct: 5\n  fees: {taker_pct: 6}", 3, "more than 10 percent"),
        ("broker:\n  fees: {maker_per_unit: 0.00000000001}", 2, "at most 10 digits"),
        ("broker: {fees: {min_per_order: -1}}", 1, "from 0 to"),
        ("pools: {lot_count_max: 0}", 1, "from 1 to"),
        ("risk: &a {}", 1, "anchor"),
        ("risk: {}\nbroker: *a", 2, "alias"),
        ("risk: !x {}", 1, "tag"),
        ("risk: {}\n---\nbroker: {}", 2, "second document"),
        ("? [a]\n: b", 1, "no name"),
        ("risk: {max_open_orders: 1", 2, "flow mapping (line 1)"),
        ("risk:\n\tmax_open_orders: 1", 2, "no YAML"),
        (String(repeating: "[", count: 40), 1, "levels deep"),
    ] as [(String, Int, String)])
func aMistakeIsToldInItsLine(_ text: String, _ line: Int, _ words: String) {
    let found = problems(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("test.yaml:\(line): ") == true, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
}

/// Goal: what YAML 1.1 turns into something else stays what was written.
@Test func yamlTrapsStayText() throws {
    let loaded = try load(
        """
        instruments: {symbols: [NO, ON, Y, "1234", 12:30, null, 1e3]}
        risk: {max_open_orders: 1_000}
        journal: {folder: 12:30}
        """)
    #expect(
        loaded.settings.instruments.symbols.map(\.description) == [
            "NO", "ON", "Y", "1234", "12:30", "null", "1e3",
        ])
    #expect(loaded.settings.risk.openOrdersMax == 1000)
    #expect(loaded.settings.journal.folder == "12:30")
}

/// Goal: money and percent are exact.
@Test func moneyAndPercentAreExact() throws {
    let loaded = try load(
        """
        risk: {max_order_notional: 0.1, max_gross_notional: 123456789.0001, price_collar_pct: 0.07}
        broker: {commission_pct: 0.0001}
        """)
    #expect(loaded.settings.risk.orderNotionalMax == Money(raw: 1000))
    #expect(loaded.settings.risk.grossNotionalMax == Money(raw: 1_234_567_890_001))
    #expect(loaded.settings.risk.priceCollarPct.partsPerMillion == 700)
    #expect(loaded.settings.broker.commissionPct.partsPerMillion == 1)
}

/// Goal: fees, rates and the account's money are exact, rebates negative; and what a journal keeps of them reads back.
@Test func theAccountIsExactAndReadsBack() throws {
    let settings = try load(
        """
        broker: {fees: {maker_pct: -0.0012, taker_per_unit: 0.0030, maker_per_unit: -0.0000000001, min_per_order: 0.35}}
        account:
          base_currency: EUR
          start_cash: -0.0001
          cost_method: fifo
          day_offset_hours: 2
          currencies:
            - {name: USD, rate: 0.921234567, start_cash: 250000.5}
            - {name: JPY, rate: 0.000000001}
        instruments:
          definitions: [{name: ESZ6, currency: USD, multiplier: 50}, {name: NO}]
        pools: {lot_count_max: 7}
        """
    ).settings
    let fees = settings.broker.fees
    #expect(fees.makerPct.partsPerMillion == -12 && fees.takerPct.partsPerMillion == 0)
    #expect(fees.takerPerUnit == 30_000_000 && fees.makerPerUnit == -1)
    #expect(fees.minPerOrder == Money(raw: 3_500))
    let account = settings.account
    #expect(account.baseCurrency == "EUR" && account.startCash == Money(raw: -1))
    #expect(account.costMethod == .fifo && account.dayOffsetHours == 2)
    #expect(account.currencies.map(\.name) == ["USD", "JPY"])
    #expect(account.currencies.map(\.rate) == [921_234_567, 1])
    #expect(account.currencies.map(\.startCash) == [Money(raw: 2_500_005_000), .zero])
    #expect(settings.instruments.definitions.map(\.multiplier) == [50, 1])
    #expect(settings.instruments.definitions.map(\.currency) == ["USD", ""])
    #expect(settings.pools.lotCountMax == 7)
    #expect(try Settings.restored(from: settings.values()) == settings)
    let other = try load(
        "account: {currencies: [{name: USD, rate: 1}], base_currency: EUR}",
        overrides: ["account.currencies.USD.rate=1.25"])
    #expect(other.settings.account.currencies[0].rate == 1_250_000_000)
}

/// Goal: no file is no mistake, a named file that is missing is; an empty file is the defaults.
@Test func filesThatAreNotThere() throws {
    #expect(throws: SettingsError.self) { try Settings.load(file: "/nonexistent/x.yaml", environment: [:]) }
    #expect(try load("").settings == Settings())
    #expect(try load("# nothing\n---\n").settings == Settings())
}

/// Goal: no bytes make the reader crash, and what it refuses it refuses with a place.
/// Method: the shipped file with seeded damage: bytes changed, cut out, doubled.
@Test func damagedFilesAreRefusedWithoutACrash() throws {
    let whole = [UInt8](try Data(contentsOf: projectFolder.appendingPathComponent("spinetail.yaml")))
    var random = SeededRandom(seed: 20_260_101)
    var refused = 0
    for round in 0..<1_000 {
        var bytes = whole
        for _ in 0...Int.random(in: 0..<4, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1..<200, using: &random)))
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 50)], at: at)
            }
        }
        do throws(SettingsError) {
            _ = try Settings.load(
                text: bytes, name: "damaged.yaml", environment: [:], overrides: [],
                strategies: StrategyDescription.examples)
        } catch {
            refused += 1
            for problem in error.problems {
                #expect(problem.place.hasPrefix("damaged.yaml"), "round \(round): \(problem)")
            }
        }
    }
    #expect(refused > 300)
}

/// Goal: a strategy from outside brings its own parameters, checked like all others.
@Test func outsideStrategiesBringTheirParameters() throws {
    let mine = StrategyDescription(
        name: "mine", help: "Mine",
        parameters: [.whole("depth", 3, in: 1...10, "levels"), .flag("eager", false, "at once")])
    let loaded = try load("strategies: [{name: mine, depth: 4, eager: true}]", strategies: [mine])
    #expect(loaded.settings.strategies[0].whole("depth") == 4)
    #expect(loaded.settings.strategies[0].flag("eager"))
    #expect(throws: SettingsError.self) { try load("strategies: [{name: ema_cross}]", strategies: [mine]) }
}

/// Goal: the distance is the textbook's, and only near names are offered.
@Test func nearestNames() {
    #expect(NearestName.distance("kitten", "sitting") == 3)
    #expect(NearestName.distance("ab", "ba") == 1)
    #expect(NearestName.distance("", "abc") == 3)
    #expect(NearestName.find("prot", in: ["port", "host"]) == "port")
    #expect(NearestName.find("zzzzzz", in: ["port", "host"]) == nil)
}
