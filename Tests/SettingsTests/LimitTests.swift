import Foundation
import Model
import Testing

@testable import Settings

/// One way of saying a limit, and what it must come to.
private struct LimitRow {
    let scope: RiskScope
    let kind: LimitKind
    let text: String
    let value: Int64

    init(_ kind: LimitKind, _ text: String, _ value: Int64) {
        (scope, self.kind, self.value) = (.account, kind, value)
        self.text = "risk: {\(text)}"
    }

    init(strategy kind: LimitKind, _ text: String, _ value: Int64) {
        (scope, self.kind, self.value) = (.strategy, kind, value)
        self.text = "strategies: [{name: ema_cross, limits: {\(text)}}]"
    }

    init(instrument kind: LimitKind, _ text: String, _ value: Int64) {
        (scope, self.kind, self.value) = (.instrument, kind, value)
        self.text = "instruments: {definitions: [{name: ES, \(text)}]}"
    }
}

/// Every kind of every scope, said with a value that it does not have by itself.
private let rows: [LimitRow] = [
    LimitRow(.positionMax, "max_position_units: 4999", 4_999),
    LimitRow(.positionEquityPpm, "max_position_equity_pct: 4.5", 45_000),
    LimitRow(.orderQuantityMax, "max_order_quantity: 999", 999),
    LimitRow(.orderQuantityMin, "min_order_quantity: 2", 2),
    LimitRow(.orderNotionalMax, "max_order_notional: 199999.9999", 1_999_999_999),
    LimitRow(.orderCapitalPpm, "max_order_capital_pct: 0.0001", 1),
    LimitRow(.grossNotionalMax, "max_gross_notional: 1", 10_000),
    LimitRow(.netNotionalMax, "max_net_notional: 2", 20_000),
    LimitRow(.openOrderCountMax, "max_open_orders: 199", 199),
    LimitRow(.openNotionalMax, "max_open_notional: 3", 30_000),
    LimitRow(.collarPpm, "price_collar_pct: 4.99", 49_900),
    LimitRow(.lastCollarPpm, "last_trade_collar_pct: 3", 30_000),
    LimitRow(.dailyVolumePpm, "max_daily_volume_pct: 0.5", 5_000),
    LimitRow(.requiresDailyVolume, "require_daily_volume: true", 1),
    LimitRow(.ordersPerSecond, "max_orders_per_second: 999", 999),
    LimitRow(.orderBurst, "order_burst: 199", 199),
    LimitRow(.duplicateOrderMax, "max_duplicate_orders: 9", 9),
    LimitRow(.duplicateWindowNs, "duplicate_window_ms: 999.5", 999_500_000),
    LimitRow(.preventsSelfTrade, "prevent_self_trade: false", 0),
    LimitRow(.requiresCash, "require_cash: false", 0),
    LimitRow(.marginPpm, "initial_margin_pct: 25", 250_000),
    LimitRow(.allowsShortSales, "allow_short_sales: false", 0),
    LimitRow(.dayNotionalMax, "max_day_notional: 5", 50_000),
    LimitRow(.dayLossMax, "max_daily_loss: 24999", 249_990_000),
    LimitRow(.dayLossPpm, "max_daily_loss_pct: 2", 20_000),
    LimitRow(.drawdownPpm, "max_drawdown_pct: 9.9", 99_000),
    LimitRow(.sessionDrawdownPpm, "max_session_drawdown_pct: 4.9", 49_000),
    LimitRow(.rejectCountMax, "max_consecutive_rejects: 9", 9),
    LimitRow(.staleDataNs, "stale_data_seconds: 4.5", 4_500_000_000),
    LimitRow(.executionCountMax, "max_executions: 499", 499),
    LimitRow(.executionWindowNs, "execution_window_ms: 2000", 2_000_000_000),
    LimitRow(.cancelRatioHundredths, "max_cancel_ratio: 12.5", 1_250),
    LimitRow(.flattensInLiquidation, "flatten_in_liquidation: true", 1),
    LimitRow(.guardsDayTrades, "pattern_day_trader: {enabled: false}", 0),
    LimitRow(.dayTradeEquityMin, "pattern_day_trader: {min_equity: 24999}", 249_990_000),
    LimitRow(.dayTradeCount, "pattern_day_trader: {day_trades: 3}", 3),
    LimitRow(.dayTradeDays, "pattern_day_trader: {days: 6}", 6),

    LimitRow(strategy: .positionMax, "max_position_units: 5", 5),
    LimitRow(strategy: .orderQuantityMax, "max_order_quantity: 6", 6),
    LimitRow(strategy: .orderNotionalMax, "max_order_notional: 7", 70_000),
    LimitRow(strategy: .openOrderCountMax, "max_open_orders: 0", 0),
    LimitRow(strategy: .openNotionalMax, "max_open_notional: 9", 90_000),
    LimitRow(strategy: .ordersPerSecond, "max_orders_per_second: 10", 10),
    LimitRow(strategy: .orderBurst, "order_burst: 11", 11),
    LimitRow(strategy: .dayLossMax, "max_daily_loss: 12", 120_000),
    LimitRow(strategy: .executionCountMax, "max_executions: 13", 13),
    LimitRow(strategy: .executionWindowNs, "execution_window_ms: 14", 14_000_000),

    LimitRow(instrument: .positionMax, "max_position_units: 0", 0),
    LimitRow(instrument: .orderQuantityMax, "max_order_quantity: 16", 16),
    LimitRow(instrument: .orderNotionalMax, "max_order_notional: 17", 170_000),
    LimitRow(instrument: .ordersPerSecond, "max_orders_per_second: 18", 18),
    LimitRow(instrument: .orderBurst, "order_burst: 19", 19),
    LimitRow(instrument: .marginPpm, "margin_pct: 20", 200_000),
    LimitRow(instrument: .isRestricted, "restricted: true", 1),
    LimitRow(instrument: .locatedQuantity, "located_units: 0", 0),
    LimitRow(instrument: .averageDailyVolume, "average_daily_volume: 21", 21),
]

private let names = ["order_book_imbalance", "ema_cross", "market_maker"]

/// Goal: no limit is forgotten: every kind can be said in every scope that has it, and changes that one limit and no other.
/// Method: the rows above against the list of kinds; each row alone against the built-in limits.
@Test func everyLimitCanBeSaid() throws {
    for scope in RiskScope.allCases {
        let said = rows.filter { $0.scope == scope }.map(\.kind.rawValue)
        let kinds = LimitKind.allCases.filter { $0.isOf(scope) }.map(\.rawValue)
        #expect(said.sorted() == kinds.sorted(), "\(scope)")
    }
    let builtIn = Settings().limits(strategies: names, also: [Symbol("ES")!])
    for row in rows {
        let settings = try load(row.text).settings
        let limits = settings.limits(strategies: names, also: [Symbol("ES")!])
        #expect(limits.count == builtIn.count, "\(row)")
        let expected = LimitValue(
            scope: row.scope, strategy: row.scope == .strategy ? 1 : 0,
            symbol: row.scope == .instrument ? Symbol("ES")! : .blank, kind: row.kind, value: row.value)
        #expect(limits.changes(since: builtIn) == [expected], "\(row)")
        #expect(limits.digest != builtIn.digest)
        // What a running engine can take over, and nothing else, but the definition that was not there.
        let rest = Settings().changesBesideLimits(settings).filter {
            !$0.hasPrefix("strategies.order_book_imbalance") && !$0.hasPrefix("strategies.market_maker")
                && !$0.hasPrefix("instruments.definitions")
        }
        #expect(rest == [], "\(row)")
    }
}

/// Goal: the built-in limits are those that are documented, and the core can hold them, each once.
@Test func theBuiltInLimits() throws {
    let limits = Settings().limits(strategies: names, also: [Symbol("ES")!])
    let account = limits.filter { $0.scope == .account }
    let expected: [(LimitKind, Int64)] = [
        (.positionMax, 5_000), (.positionEquityPpm, 50_000), (.orderQuantityMax, 1_000),
        (.orderQuantityMin, 0),
        (.orderNotionalMax, 2_000_000_000), (.orderCapitalPpm, 20_000), (.grossNotionalMax, 20_000_000_000),
        (.netNotionalMax, 20_000_000_000), (.openOrderCountMax, 200), (.openNotionalMax, 20_000_000_000),
        (.collarPpm, 50_000), (.lastCollarPpm, 0), (.dailyVolumePpm, 10_000), (.ordersPerSecond, 1_000),
        (.orderBurst, 200), (.duplicateOrderMax, 10), (.duplicateWindowNs, 1_000_000_000),
        (.preventsSelfTrade, 1),
        (.requiresCash, 1), (.marginPpm, 500_000), (.allowsShortSales, 1), (.dayNotionalMax, .max),
        (.requiresDailyVolume, 0), (.dayLossMax, 250_000_000), (.dayLossPpm, 0), (.drawdownPpm, 100_000),
        (.sessionDrawdownPpm, 50_000), (.rejectCountMax, 10), (.staleDataNs, 5_000_000_000),
        (.executionCountMax, 500), (.executionWindowNs, 1_000_000_000), (.cancelRatioHundredths, 0),
        (.flattensInLiquidation, 0), (.guardsDayTrades, 1), (.dayTradeEquityMin, 250_000_000),
        (.dayTradeCount, 4),
        (.dayTradeDays, 5),
    ]
    #expect(account.count == expected.count)
    for (kind, value) in expected { #expect(account.contains(LimitValue(kind, value)), "\(kind)") }
    for limit in account { #expect(limit.kind.allows(limit.value), "\(limit)") }
    #expect(Set(limits.map { "\($0.scope) \($0.strategy) \($0.symbol) \($0.kind)" }).count == limits.count)
    for limit in limits where limit.scope != .account {
        #expect(limit.kind.isOf(limit.scope))
        let isNone = limit.value == .max || limit.value == -1 && limit.kind == .marginPpm
        #expect(isNone || limit.kind.allows(limit.value), "\(limit)")
    }
    #expect(Settings().account.startCash == Money(raw: 1_000_000_000))
    #expect(Settings().execution.orderQuantity == Quantity(raw: 10))
}

/// Goal: a cash account borrows nothing, whatever risk says, and is free of the day traders' rule.
@Test func aCashAccountBorrowsNothing() throws {
    let limits = try load("account: {type: cash}\nrisk: {require_cash: false, allow_short_sales: true}")
        .settings
        .limits(strategies: [])
    #expect(limits.contains(LimitValue(.requiresCash, 1)))
    #expect(limits.contains(LimitValue(.allowsShortSales, 0)))
    #expect(limits.contains(LimitValue(.guardsDayTrades, 0)))
}

/// Goal: an instrument is restricted by its definition, by the list, or by not being listed; and no longer, once none says so.
@Test func restrictionsComeFromThreePlaces() throws {
    func restricted(_ text: String) throws -> [String] {
        let known = ["A", "B", "C", "D"].map { Symbol($0)! }
        return try load(text).settings.limits(strategies: [], also: known)
            .filter { $0.kind == .isRestricted && $0.value == 1 }.map(\.symbol.description)
    }
    #expect(try restricted("") == [])
    #expect(try restricted("risk: {restricted_symbols: [B]}") == ["B"])
    #expect(try restricted("instruments: {definitions: [{name: C, restricted: true}]}") == ["C"])
    #expect(
        try restricted("instruments: {symbols: [A, D]}\nrisk: {restricted_symbols: [A]}") == ["A", "B", "C"])
}

/// Goal: what only a restart takes over is told by its name, whichever place in a list it has.
@Test func whatNeedsARestartIsNamed() throws {
    let old = try load(
        """
        strategies: [{name: ema_cross}, {name: order_book_imbalance}]
        instruments: {definitions: [{name: ES, tick: 0.25}, {name: NQ, multiplier: 20}]}
        """
    ).settings
    let new = try load(
        """
        strategies: [{name: order_book_imbalance}, {name: ema_cross, fast_period: 3, limits: {max_executions: 3}}]
        instruments: {definitions: [{name: NQ, multiplier: 21, max_position_units: 3}, {name: ES, tick: 0.25, lot: 2}]}
        risk: {max_open_orders: 3}
        broker: {ouch: {password: other}}
        """
    ).settings
    #expect(
        old.changesBesideLimits(new) == [
            "broker.ouch.password", "instruments.definitions.ES.lot", "instruments.definitions.NQ.multiplier",
            "strategies.ema_cross.fast_period",
        ])
    #expect(old.changesBesideLimits(old) == [])
}

/// Goal: every bound of a limit is told in its line, one mistake a row.
@Test(
    arguments: [
        ("risk:\n  max_position_units: -1", 2, "from 0 to"),
        ("risk:\n  max_position_equity_pct: 5%", 2, "expected percent"),
        ("risk:\n  max_order_capital_pct: 0.00001", 2, "at most 4 digits"),
        ("risk:\n  max_order_quantity: 1000001", 2, "from 0 to 1000000"),
        ("risk:\n  min_order_quantity: 1001", 2, "at most max_order_quantity (1000)"),
        ("risk:\n  max_net_notional: -1", 2, "an amount from 0"),
        ("risk:\n  max_open_notional: 1.00001", 2, "at most 4 digits"),
        ("risk:\n  last_trade_collar_pct: 101", 2, "percent from 0 to 100"),
        ("risk:\n  max_daily_volume_pct: 101", 2, "percent from 0 to 100"),
        ("risk:\n  require_daily_volume: 1", 2, "true or false"),
        ("risk:\n  max_orders_per_second: 1000001", 2, "from 0 to 1000000"),
        ("risk:\n  order_burst: 0", 2, "from 1 to"),
        ("risk:\n  max_duplicate_orders: 1.5", 2, "a whole number"),
        ("risk:\n  duplicate_window_ms: 0", 2, "milliseconds from 1 to"),
        ("risk:\n  prevent_self_trade: no", 2, "true or false"),
        ("risk:\n  require_cash: off", 2, "true or false"),
        ("risk:\n  initial_margin_pct: -1", 2, "percent from 0"),
        ("risk:\n  allow_short_sales: \"true\"", 2, "true or false"),
        ("risk:\n  max_day_notional: many", 2, "an amount"),
        ("risk:\n  max_daily_loss: -25000", 2, "an amount from 0"),
        ("risk:\n  max_daily_loss_pct: 100.0001", 2, "percent from 0 to 100"),
        ("risk:\n  max_drawdown_pct: 101", 2, "percent from 0 to 100"),
        ("risk:\n  max_session_drawdown_pct: 101", 2, "percent from 0 to 100"),
        ("risk:\n  max_consecutive_rejects: -1", 2, "from 0"),
        ("risk:\n  stale_data_seconds: 86401", 2, "seconds from 0 to 86400"),
        ("risk:\n  max_executions: -1", 2, "from 0"),
        ("risk:\n  execution_window_ms: 0.5", 2, "milliseconds from 1"),
        ("risk:\n  max_cancel_ratio: 0.001", 2, "at most 2 digits"),
        ("risk:\n  flatten_in_liquidation: yes", 2, "true or false"),
        ("risk:\n  pattern_day_trader:\n    day_trades: 0", 3, "from 1 to"),
        ("risk:\n  pattern_day_trader:\n    days: 31", 3, "from 1 to 30"),
        ("risk:\n  pattern_day_trader:\n    equity: 1", 3, "known: enabled, min_equity, day_trades, days"),
        ("account:\n  type: loan", 2, "expected margin or cash"),
        (
            "strategies:\n  - name: ema_cross\n    limits:\n      max_position_units: no", 4,
            "none or a whole number"
        ),
        ("strategies:\n  - name: ema_cross\n    limits:\n      order_burst: 0", 4, "from 1 to"),
        (
            "strategies:\n  - name: ema_cross\n    limits: {max_postion_units: 1}", 3,
            "did you mean \"max_position_units\"?"
        ),
        ("instruments:\n  definitions:\n    - name: A\n      tick: 0", 4, "from 0.0001"),
        ("instruments:\n  definitions:\n    - name: A\n      tick: 0.00001", 4, "at most 4 digits"),
        ("instruments:\n  definitions:\n    - name: A\n      lot: 0", 4, "from 1 to"),
        ("instruments:\n  definitions:\n    - name: A\n      kind: option", 4, "expected equity or future"),
        ("instruments:\n  definitions:\n    - name: A\n      beta: high", 4, "a number from -100 to 100"),
        ("instruments:\n  definitions:\n    - name: A\n      margin_pct: -1", 4, "percent from 0"),
        ("instruments:\n  definitions:\n    - name: A\n      located_units: all", 4, "none or"),
        (
            "instruments:\n  definitions:\n    - name: A\n      calendar: us_equity", 4,
            "did you mean \"us_equities\"?"
        ),
        ("instruments:\n  definitions:\n    - name: A\n      venue: man", 4, "did you mean \"main\"?"),
    ] as [(String, Int, String)])
func aLimitsMistakeIsToldInItsLine(_ text: String, _ line: Int, _ words: String) {
    let found = problems(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("test.yaml:\(line): ") == true, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
}
