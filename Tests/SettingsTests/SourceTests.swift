import Foundation
import Model
import Testing

@testable import Settings

/// Goal: what the master says, the settings go before, key by key; each value knows where it stands, of all five places.
@Test func theMasterIsBelowTheSettings() throws {
    let world = try FileWorld()
    try world.write(
        "instruments.yaml",
        """
        - name: ES
          multiplier: 50
          tick: 0.25
        - {name: AAPL, average_daily_volume: 50_000_000}
        """)
    try world.write(
        "s.yaml",
        """
        instruments:
          definitions:
            - {name: IBM, lot: 10}
            - name: ES
              tick: 0.5
        """)
    let loaded = try world.load(
        environment: ["SPINETAIL_INSTRUMENTS__DEFINITIONS__ES__LOT": "2"],
        overrides: ["instruments.definitions.AAPL.beta=1.5"])
    let terms = loaded.settings.instruments.definitions
    #expect(terms.map(\.symbol.description) == ["IBM", "ES", "AAPL"])
    #expect(
        terms[1].multiplier == 50 && terms[1].tick == Price(raw: 5_000) && terms[1].lot == Quantity(raw: 2))
    #expect(terms[2].averageDailyVolume == Quantity(raw: 50_000_000) && terms[2].beta == 1.5)
    func origin(_ key: String) -> String {
        "\(loaded.entries(at: "instruments.definitions.\(key)").first!.origin)"
            .replacingOccurrences(of: world.folder + "/", with: "")
    }
    #expect(origin("ES.multiplier") == "instruments.yaml:2")
    #expect(origin("ES.tick") == "s.yaml:5")
    #expect(origin("ES.lot") == "environment SPINETAIL_INSTRUMENTS__DEFINITIONS__ES__LOT")
    #expect(origin("AAPL.beta") == "command line")
    #expect(origin("AAPL.tick") == "default")
    #expect(origin("IBM.lot") == "s.yaml:3")
    // What the journal keeps needs no file to come back.
    #expect(try Settings.restored(from: loaded.settings.values()) == loaded.settings)
}

/// Goal: which file is read: the one that is named, by the highest place that names one; else the usual one, if it is there.
@Test func theSourceIsChosen() throws {
    let world = try FileWorld()
    try world.write("s.yaml", "instruments: {source: other.yaml}")
    try world.write("other.yaml", "[{name: A}]")
    try world.write("third.yaml", "[{name: B}]")
    try world.write("instruments.yaml", "[{name: C}]")
    func symbols(_ environment: [String: String] = [:], _ overrides: [String] = []) throws -> [String] {
        try world.load(environment: environment, overrides: overrides).settings.instruments.definitions
            .map(\.symbol.description)
    }
    let variable = ["SPINETAIL_INSTRUMENTS__SOURCE": "third.yaml"]
    #expect(try symbols() == ["A"])
    #expect(try symbols(variable) == ["B"])
    #expect(try symbols(variable, ["instruments.source=none"]) == [])
    #expect(try symbols(variable, ["instruments.source=\(world.folder)/instruments.yaml"]) == ["C"])
    #expect(try symbols(variable, ["instruments.source="]) == ["C"])
    #expect(
        world.problems(overrides: ["instruments.source=gone.yaml"]).first?.hasPrefix(
            "gone.yaml: cannot be read") == true)
    try FileManager.default.removeItem(atPath: world.folder + "/instruments.yaml")
    #expect(try symbols([:], ["instruments.source="]) == [])
}

/// Goal: mistakes of the master are told in its own lines.
@Test func theMastersMistakes() throws {
    let world = try FileWorld()
    try world.write("s.yaml", "")
    try world.write("instruments.yaml", "- name: ES\n  tick: 0\n- name: ES\n- name: CL\n  multiplyer: 3\n")
    #expect(
        world.problems() == [
            "instruments.yaml:2: instruments.definitions.0.tick is \"0\", expected an amount from 0.0001 to 100000, at most 4 digits behind the point",
            "instruments.yaml:3: instruments.definitions.1.name is \"ES\" again, expected a name of its own",
            "instruments.yaml:5: unknown key \"multiplyer\" in instruments.definitions.2, did you mean \"multiplier\"?",
        ])
    try world.write("instruments.yaml", "ES: {tick: 1}")
    #expect(world.problems().first?.contains("expected a list of sections") == true)
}

/// Goal: the shipped master is read with the shipped settings, and is what it says it is.
@Test func theShippedMaster() throws {
    let loaded = try Settings.load(
        file: projectFolder.appendingPathComponent("spinetail.yaml").path, environment: [:])
    func terms(_ name: String) -> InstrumentTerms {
        loaded.settings.instruments.definitions.first { $0.symbol == Symbol(name) }!
    }
    let futures = ["ES", "NQ", "CL", "GC"].map(terms)
    #expect(futures.map(\.multiplier) == [50, 20, 1_000, 100])
    #expect(futures.map(\.tick.raw) == [2_500, 2_500, 100, 1_000])
    #expect(futures.allSatisfy { $0.kind == .future && $0.calendar == "cme_globex" })
    for name in ["AAPL", "MSFT", "GOOG", "AMZN", "SPY", "QQQ", "IBM"] {
        #expect(
            terms(name).kind == .equity && terms(name).averageDailyVolume.raw > 0
                && !terms(name).sector.isEmpty)
    }
}

/// Goal: the four places, the later winning, each known by its place.
@Test func fourOrigins() throws {
    let world = try FileWorld()
    let file = try world.write(
        "s.yaml", "risk:\n  max_open_orders: 1\n  max_executions: 1\n  max_order_quantity: 1\n")
    let loaded = try world.load(
        environment: ["SPINETAIL_RISK__MAX_EXECUTIONS": "2", "SPINETAIL_RISK__MAX_ORDER_QUANTITY": "2"],
        overrides: ["risk.max_order_quantity=3"])
    func shown(_ key: String) -> String {
        loaded.entries(at: "risk." + key).map { "\($0.text) \($0.origin)" }[0]
    }
    #expect(shown("max_position_units") == "5000 default")
    #expect(shown("max_open_orders") == "1 \(file):2")
    #expect(shown("max_executions") == "2 environment SPINETAIL_RISK__MAX_EXECUTIONS")
    #expect(shown("max_order_quantity") == "3 command line")
}

/// Goal: the environment reaches every depth, and what begins like a setting and is none is refused with the nearest; what
/// tests and tools use is left alone.
@Test func theEnvironmentIsExact() throws {
    let loaded = try load(
        "",
        environment: [
            "SPINETAIL_STRATEGIES__EMA_CROSS__LIMITS__MAX_POSITION_UNITS": "7",
            "SPINETAIL_RISK__PATTERN_DAY_TRADER__DAYS": "6", "SPINETAIL_DATA": "/x",
            "SPINETAIL_SEEDS": "5", "SPINETAIL_TESTS": "CoreTests", "SPINETAILED": "x", "PATH": "/bin",
        ])
    #expect(loaded.settings.strategy("ema_cross")?.limits.positionUnitsMax == Quantity(raw: 7))
    #expect(loaded.settings.risk.patternDayTrader.days == 6)
    #expect(
        problems(
            "",
            environment: [
                "SPINETAIL_RISK_MAX_OPEN_ORDERS": "5", "SPINETAIL_SEED": "5",
                "SPINETAIL_RISK__MAX_OPEN_ORDRS": "5",
                "SPINETAIL_STRATEGIES__EMA__ENABLED": "true", "SPINETAIL_RISK": "5",
            ]) == [
                "environment SPINETAIL_RISK: no setting has this name, expected SPINETAIL_SECTION__KEY, levels parted by two underscores",
                "environment SPINETAIL_RISK_MAX_OPEN_ORDERS: no setting has this name, did you mean SPINETAIL_RISK__MAX_OPEN_ORDERS?",
                "environment SPINETAIL_SEED: no setting has this name, did you mean SPINETAIL_SEEDS?",
                "environment SPINETAIL_RISK__MAX_OPEN_ORDRS: unknown key \"max_open_ordrs\" in risk, did you mean \"max_open_orders\"?",
                "environment SPINETAIL_STRATEGIES__EMA__ENABLED: strategies has no \"ema\", expected 0 to 2 or a name; known: order_book_imbalance, ema_cross, market_maker",
            ])
}

/// Goal: one venue said in the long form trades as in the short one.
@Test func theShortFormIsTheLongForm() throws {
    let section =
        "ouch: {port: 4001, username: abc, password: x, messages_per_second: 5}\n  back_office: {port: 4002}\n"
    let short = try load("broker:\n  \(section)").settings
    let long = try load("venues:\n- name: main\n  \(section)").settings
    #expect(short.routedVenues == long.routedVenues && short.venues.isEmpty)
    #expect(long.routedVenues.count == 1 && long.routedVenues[0].ouch.messagesPerSecond == 5)
    let two = try load(
        """
        venues: [{name: a, ouch: {port: 1}}, {name: b, ouch: {port: 2}}]
        instruments: {definitions: [{name: X, venue: b}]}
        """, environment: ["SPINETAIL_VENUES__B__OUCH__PORT": "3"]
    ).settings
    #expect(two.routedVenues.map(\.ouch.port) == [1, 3])
    #expect(try Settings.restored(from: two.values()) == two)
}

/// Goal: what venues cannot be is refused in its line.
@Test(
    arguments: [
        ("venues:\n- name: a\n- name: b", 3, "is that of venues.0"),
        (
            "venues:\n- {name: a, ouch: {port: 1}}\n- {name: b, back_office: {port: 5}}", 3,
            "no back office can be asked"
        ),
        ("broker: {ouch: {port: 5}}\nvenues: [{name: a}]", 1, "broker is the short form"),
        ("broker: {back_office: {port: 5}}\nvenues: [{name: a}]", 1, "broker is the short form"),
        ("venues:\n- {name: a, ouch: {reconnect_min_seconds: 40}}", 2, "at most that"),
        ("venues:\n- {name: a, ouch: {port: 1}}\n- {name: a, ouch: {port: 2}}", 3, "again"),
        ("venues:\n- {name: a, paper_trading: false}", 2, "unknown key \"paper_trading\""),
    ] as [(String, Int, String)])
func aVenuesMistakeIsToldInItsLine(_ text: String, _ line: Int, _ words: String) {
    let found = problems(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("test.yaml:\(line): ") == true, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
}
