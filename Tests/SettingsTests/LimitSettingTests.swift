import Model
import Testing

@testable import Settings

/// Settings with one strategy and one instrument, so that every scope has its keys.
private func loaded() throws -> LoadedSettings {
    let world = try FileWorld()
    try world.write(
        "s.yaml", "strategies: [{name: ema_cross}]\ninstruments: {definitions: [{name: ES}]}\n")
    return try world.load()
}

private let names: [RiskScope: String] = [.account: "", .strategy: "ema_cross", .instrument: "ES"]

/// Goal: a person is shown each limit under a key that he can write, and with the value that he would write there.
/// Method: every kind of every scope that has it against the settings' own list of keys; the account's built-in values against
/// what `config show` prints of them.
@Test func everyLimitHasItsSetting() throws {
    let loaded = try loaded()
    for kind in LimitKind.allCases {
        for scope in RiskScope.allCases where kind.isOf(scope) {
            let path = kind.path(scope, names[scope]!)
            #expect(loaded.entries(at: path).count == 1, "\(kind) \(scope): \(path)")
        }
    }
    for limit in loaded.settings.limits(strategies: []) where limit.scope == .account {
        let path = limit.kind.path(.account, "")
        let entry = try #require(loaded.entries(at: path).first, "\(path)")
        let shown = limit.kind.text(limit.value, currency: "USD")
        let number = Double(shown.prefix { "-0123456789.".contains($0) })
        switch entry.text {
        case "true": #expect(shown == "on", "\(path) \(shown)")
        case "false": #expect(shown == "off", "\(path) \(shown)")
        default:
            guard let number else {
                #expect(Double(entry.text) == 0 && ["off", "no limit"].contains(shown), "\(path) \(shown)")
                continue
            }
            #expect(number == Double(entry.text), "\(path) \(shown) \(entry.text)")
        }
    }
}

/// Goal: no rule that carries a limit is left in internal units, and each names a setting that there is.
/// Method: all rules and scopes; those that measure nothing are spelled out.
@Test func everyRuleWithALimitHasAMeasure() throws {
    let loaded = try loaded()
    let measureless: Set<Rule> = [
        .none, .noQuote, .staleBook, .notTrading, .sizedToZero, .unknownInstrument, .signalBufferFull,
        .restrictedSymbol, .sessionDown, .stopped, .journalPressure, .noSuchOrder, .requestPending,
        .badTerms, .timerQueueFull, .noChange, .noBackOffice, .nameless, .unknownCurrency, .badRate,
        .marketClosed, .killed, .engineHeld, .journalFailed, .statesUnknown,
    ]
    for rule in Rule.allCases {
        for scope in RiskScope.allCases {
            let measure = RuleMeasure.ofRefusal(rule, scope)
            #expect((measure == nil) == measureless.contains(rule), "\(rule)")
            for measure in [measure, RuleMeasure.ofState(rule)].compactMap({ $0 }) {
                let path = measure.path(5, scope, names[scope]!)
                #expect((path == nil) == (measure.kind == nil), "\(rule) \(scope)")
                for one in (path ?? "").split(separator: " or ") where !one.isEmpty {
                    #expect(loaded.entries(at: String(one)).count == 1, "\(rule) \(scope): \(one)")
                }
            }
        }
    }
    let tripped: Set<Rule> = [
        .dayLoss, .drawdown, .sessionDrawdown, .consecutiveRejects, .staleData, .repeatedExecutions,
        .cancelRatio,
    ]
    #expect(Set(Rule.allCases.filter { RuleMeasure.ofState($0) != nil }) == tripped)
}

/// Goal: where two settings may have tripped a scope, the one that did is named, or both where nobody can know.
@Test func theSettingThatTrippedIsNamed() {
    let measure = RuleMeasure.ofState(.dayLoss)!
    func path(_ amount: Int64?, _ percent: Int64?) -> String? {
        measure.path(80_000, .account, "") { kind, _ in kind == .dayLossMax ? amount : percent }
    }
    #expect(path(80_000, 20_000) == "risk.max_daily_loss")
    #expect(path(80_000, 0) == "risk.max_daily_loss")
    #expect(path(0, 20_000) == "risk.max_daily_loss_pct")
    #expect(path(nil, nil) == "risk.max_daily_loss or risk.max_daily_loss_pct")
    let executions = RuleMeasure.ofState(.repeatedExecutions)!
    #expect(
        executions.path(500, .strategy, "maker") { _, scope in scope == .strategy ? 0 : 500 }
            == "risk.max_executions")
    #expect(
        executions.path(10, .strategy, "maker") { _, scope in scope == .strategy ? 10 : 500 }
            == "strategies.maker.limits.max_executions")
    #expect(LimitKind.dayNotionalMax.text(.max, currency: "USD") == "no limit")
    #expect(LimitKind.dayLossMax.text(0, currency: "USD") == "off")
    #expect(LimitKind.staleDataNs.text(4_500_000_000, currency: "") == "4.5 s")
}
