import Core
import Foundation
import Model
import Plumbing
import Settings
import Testing

@testable import Runtime

private func assembled(
    _ text: String, takenOver: [Symbol] = [], startUtcNs: UInt64 = 0
) throws -> (assembly: EngineAssembly, loaded: LoadedSettings) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
        "assembly-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    let loaded = try Settings.load(file: file.path, environment: [:])
    let assembly = EngineAssembly(loaded.settings, epoch: 1, takenOver: takenOver, startUtcNs: startUtcNs)
    return (assembly, loaded)
}

private let names = ["ema_cross", "order_book_imbalance"]

/// Goal: the core begins with exactly the limits that a reload would tell it.
/// Method: unusual values everywhere; each of the list against the field of the configuration that its kind names.
@Test func theCoreBeginsWithTheListedLimits() throws {
    let assembly = try assembled(
        """
        account: {type: cash}
        risk:
          {max_position_units: 7, max_position_equity_pct: 1, max_order_quantity: 8, min_order_quantity: 2,
           max_order_notional: 9, max_net_notional: 10, max_open_notional: 11, last_trade_collar_pct: 2,
           require_daily_volume: true, max_day_notional: 12, max_daily_loss_pct: 3, max_cancel_ratio: 4,
           flatten_in_liquidation: true, restricted_symbols: [BAD]}
        strategies:
          - {name: order_book_imbalance, limits: {max_position_units: 1, max_daily_loss: 2, max_executions: 3}}
          - {name: ema_cross, limits: {max_open_orders: 4, order_burst: 5}}
        instruments:
          symbols: [ES, IBM]
          definitions:
            - {name: ES, kind: future, multiplier: 50, tick: 0.25, lot: 2, margin_pct: 5, max_position_units: 3}
            - {name: IBM, located_units: 9, average_daily_volume: 4000000, max_order_notional: 5}
        """, takenOver: [Symbol("OLD")!]
    ).assembly
    let core = assembly.core(strategyNames: names)
    let limits = assembly.limits(strategyNames: names)
    var seen: Set<UInt16> = []
    for limit in limits {
        seen.insert(limit.kind.rawValue)
        switch limit.scope {
        case .account: #expect(core.limits[limit.kind] == limit.value, "\(limit)")
        case .strategy:
            let value = core.strategyLimits[limit.strategy][limit.kind]
            #expect(value == limit.value || value >= 65_536 && limit.value == .max, "\(limit)")
        case .instrument:
            let found = try #require(core.instruments.first { $0.symbol == limit.symbol })
            #expect(value(of: limit.kind, found) == limit.value, "\(limit)")
        }
    }
    #expect(seen.count == LimitKind.allCases.count)
    #expect(core.limits.disagreement == nil)
    #expect(
        core.strategyLimits.map(\.openOrderCountMax)[0] == 4 && core.strategyLimits[1].executionCountMax == 3)
    let es = try #require(core.instruments.first { $0.symbol == Symbol("ES") })
    #expect(es.multiplier == 50 && es.tick == 2_500 && es.lot == 2 && es.isMargined && es.marginPpm == 50_000)
    // Named by nobody but an earlier run, and not listed: looked after, and not traded.
    let restricted = core.instruments.filter(\.isRestricted).map(\.symbol.description).sorted()
    #expect(restricted == ["BAD", "OLD"])
}

private func value(of kind: LimitKind, _ definition: InstrumentDefinition) -> Int64? {
    switch kind {
    case .positionMax: definition.positionMax?.raw ?? .max
    case .orderQuantityMax: definition.orderQuantityMax?.raw ?? .max
    case .orderNotionalMax: definition.orderNotionalMax.map { Int64($0.raw) } ?? .max
    case .ordersPerSecond: definition.ordersPerSecond
    case .orderBurst: definition.orderBurst
    case .marginPpm: definition.marginPpm ?? -1
    case .isRestricted: definition.isRestricted ? 1 : 0
    case .locatedQuantity: definition.locatedQuantity?.raw ?? .max
    case .averageDailyVolume: definition.averageDailyVolume.raw
    default: nil
    }
}

/// Goal: instruments that name a calendar share it, those that name none have none, and it begins with the session that is open.
@Test func instrumentsShareTheirCalendars() throws {
    // Tuesday 24 November 2026, 15:00 in New York.
    let start: UInt64 = 1_795_550_400_000_000_000
    let core = try assembled(
        """
        instruments:
          definitions:
            - {name: A, calendar: us_equities}
            - {name: B}
            - {name: ES, calendar: cme_globex}
            - {name: C, calendar: us_equities}
        """, startUtcNs: start
    ).assembly.core(strategyNames: names)
    #expect(core.instruments.map(\.calendar) == [0, nil, 1, 0])
    #expect(core.calendars.count == 2 && core.instrumentDefaults.calendar == nil)
    for calendar in core.calendars {
        let sessions = calendar.sessions
        #expect(sessions[0].opensNs <= start && sessions[0].closesNs > start)
        #expect(zip(sessions, sessions.dropFirst()).allSatisfy { $0.closesNs <= $1.opensNs })
        #expect(sessions.last!.closesNs > start + 398 * 86_400_000_000_000)
    }
    #expect(core.calendars[0].sessions[0].closesNs == start + 3_600_000_000_000)
}

/// Goal: each venue has its own session, log-on, address and rate, and each instrument goes to the one that it names.
@Test func venuesBecomeSessions() throws {
    let assembly = try assembled(
        """
        venues:
          - {name: a, ouch: {port: 4001, username: one, messages_per_second: 10, message_burst: 20}}
          - {name: b, ouch: {host: 127.0.0.2, port: 4002, username: two, password: pw}}
        instruments: {definitions: [{name: X, venue: b}, {name: Y, venue: a}, {name: Z}]}
        """
    ).assembly
    let core = assembly.core(strategyNames: names)
    #expect(core.sessionCount == 2 && !core.hasBackOffice)
    #expect(
        core.sessionRates == [SessionRate(perSecond: 10, burst: 20), SessionRate(perSecond: 0, burst: 100)])
    #expect(core.instruments.map(\.session) == [1, 0, 0])
    #expect(assembly.session(0).username == "one" && assembly.session(1).username == "two")
    #expect(assembly.session(1).password == "pw" && assembly.session(0).seed != assembly.session(1).seed)
    #expect(try assembly.sessionSettings().map { $0.venue.port } == [4001, 4002])
    #expect(assembly.sessions(connectAtNs: 0).count == 2)
    let single = try assembled("broker: {ouch: {port: 4001}}").assembly
    #expect(single.core(strategyNames: names).sessionCount == 1 && single.sessions(connectAtNs: 0).count == 1)
}

/// Goal: a run's header names build, settings, mode and day, holds no password, and makes the same core again.
@Test func theHeaderSaysWhatRan() throws {
    let text = """
        broker: {ouch: {username: a-b, password: hunter2}}
        instruments: {definitions: [{name: ES, calendar: cme_globex, tick: 0.25}]}
        """
    let start: UInt64 = 1_795_550_400_000_000_001
    let (assembly, loaded) = try assembled(text, startUtcNs: start)
    func header(_ loaded: LoadedSettings) -> RunHeader {
        RunHeader("1", assembly, StrategyDescription.examples, loaded.settings, Files.randomRunID())
    }
    let about = header(loaded)
    let json = try about.json()
    #expect(!json.contains("hunter2"))
    let back = try JSONDecoder().decode(RunHeader.self, from: Data(json.utf8))
    #expect(back.mode == "paper" && back.startUtcNs == start && back.build?.count == 16)
    #expect(back.settingsHash?.count == 16 && back.build == BuildID.current)
    #expect(back.account == EarlierRuns.Account(loaded.settings))
    #expect(
        header(try assembled(text.replacingOccurrences(of: "hunter2", with: "x")).loaded).settingsHash
            == about.settingsHash)
    #expect(
        header(try assembled(text + "\nrisk: {max_open_orders: 9}").loaded).settingsHash != about.settingsHash
    )
    let restored = EngineAssembly(
        try Settings.restored(from: back.settings), epoch: 1, takenOver: [], startUtcNs: back.startUtcNs ?? 0
    ).core(strategyNames: names)
    let first = assembly.core(strategyNames: names)
    #expect(restored.instruments == first.instruments && restored.calendars == first.calendars)
    #expect(restored.limits == first.limits)
    // Two venues are another account than one of them.
    let two = try assembled("venues: [{name: a, ouch: {port: 1}}, {name: b, ouch: {port: 2}}]").loaded
    #expect(header(two).account == EarlierRuns.Account(two.settings))
    #expect(
        header(two).account != EarlierRuns.Account(try assembled("broker: {ouch: {port: 1}}").loaded.settings)
    )
}

/// Goal: the banner says before anything else whether orders are real, whose they are, where they go, and the limits; never a
/// password.
@Test func theBannerSaysWhetherOrdersAreReal() throws {
    let text = """
        broker: {paper_trading: false}
        venues:
          - {name: a, ouch: {port: 4001, username: one, password: hunter2}}
          - {name: b, ouch: {port: 4002, username: two, password: hunter2}}
        risk: {max_daily_loss: 123}
        """
    func banner(_ text: String, _ mode: TradingMode) throws -> String {
        let (assembly, loaded) = try assembled(text)
        let header = RunHeader(
            "1", assembly, StrategyDescription.examples, loaded.settings, Files.randomRunID())
        return RunBanner(loaded.settings, header, mode: mode).text(
            folder: "runs/x", feeds: ["f"], network: "n", threads: "t", strategies: [])
    }
    let live = try banner(text, .live)
    #expect(live.hasPrefix("*** LIVE TRADING"))
    for words in [
        "orders to a 127.0.0.1:4001 as one", "orders to b 127.0.0.1:4002 as two", "risk.max_daily_loss: 123",
        "risk.pattern_day_trader.days: 5", BuildID.current,
    ] {
        #expect(live.contains(words), "\(words)")
    }
    #expect(!live.contains("hunter2"))
    let paper = try banner("broker: {ouch: {password: hunter2}}", .paper)
    #expect(paper.contains("PAPER trading") && !paper.contains("LIVE") && !paper.contains("hunter2"))
    #expect(paper.contains("max_daily_loss 25000"))
}
