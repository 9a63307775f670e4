// What people know a limit by: the setting that says it, and its unit there. This is the only such table; whatever shows a
// limit asks it.
extension LimitKind {
    /// The setting's key within its section, and the unit of the number.
    private var setting: (key: String, unit: LimitUnit) {
        // swift-format-ignore
        switch self {
        case .positionMax:           ("max_position_units", .shares)
        case .positionEquityPpm:     ("max_position_equity_pct", .percent)
        case .orderQuantityMax:      ("max_order_quantity", .shares)
        case .orderQuantityMin:      ("min_order_quantity", .shares)
        case .orderNotionalMax:      ("max_order_notional", .money)
        case .orderCapitalPpm:       ("max_order_capital_pct", .percent)
        case .grossNotionalMax:      ("max_gross_notional", .money)
        case .netNotionalMax:        ("max_net_notional", .money)
        case .openOrderCountMax:     ("max_open_orders", .count)
        case .openNotionalMax:       ("max_open_notional", .money)
        case .collarPpm:             ("price_collar_pct", .percent)
        case .lastCollarPpm:         ("last_trade_collar_pct", .percent)
        case .dailyVolumePpm:        ("max_daily_volume_pct", .percent)
        case .ordersPerSecond:       ("max_orders_per_second", .perSecond)
        case .orderBurst:            ("order_burst", .count)
        case .duplicateOrderMax:     ("max_duplicate_orders", .count)
        case .duplicateWindowNs:     ("duplicate_window_ms", .milliseconds)
        case .preventsSelfTrade:     ("prevent_self_trade", .flag)
        case .requiresCash:          ("require_cash", .flag)
        case .marginPpm:             ("initial_margin_pct", .percent)
        case .allowsShortSales:      ("allow_short_sales", .flag)
        case .dayNotionalMax:        ("max_day_notional", .money)
        case .requiresDailyVolume:   ("require_daily_volume", .flag)
        case .dayLossMax:            ("max_daily_loss", .money)
        case .dayLossPpm:            ("max_daily_loss_pct", .percent)
        case .drawdownPpm:           ("max_drawdown_pct", .percent)
        case .sessionDrawdownPpm:    ("max_session_drawdown_pct", .percent)
        case .rejectCountMax:        ("max_consecutive_rejects", .count)
        case .staleDataNs:           ("stale_data_seconds", .seconds)
        case .executionCountMax:     ("max_executions", .count)
        case .executionWindowNs:     ("execution_window_ms", .milliseconds)
        case .cancelRatioHundredths: ("max_cancel_ratio", .ratio)
        case .flattensInLiquidation: ("flatten_in_liquidation", .flag)
        case .guardsDayTrades:       ("pattern_day_trader.enabled", .flag)
        case .dayTradeEquityMin:     ("pattern_day_trader.min_equity", .money)
        case .dayTradeCount:         ("pattern_day_trader.day_trades", .count)
        case .dayTradeDays:          ("pattern_day_trader.days", .count)
        case .isRestricted:          ("restricted", .flag)
        case .locatedQuantity:       ("located_units", .shares)
        case .averageDailyVolume:    ("average_daily_volume", .shares)
        }
    }

    public var unit: LimitUnit { setting.unit }

    /// The key within the section of a scope: `max_daily_loss`.
    public func key(_ scope: RiskScope) -> String {
        // Of an instrument it has no other by its side.
        self == .marginPpm && scope == .instrument ? "margin_pct" : setting.key
    }

    /// The setting's path: `risk.max_daily_loss`, `strategies.maker.limits.max_daily_loss`,
    /// `instruments.definitions.ES.margin_pct`.
    ///
    /// - Parameter name: Of the strategy, or the instrument's symbol; of the account any.
    public func path(_ scope: RiskScope, _ name: String) -> String {
        switch scope {
        case .account: "risk.\(key(scope))"
        case .strategy: "strategies.\(name).limits.\(key(scope))"
        case .instrument: "instruments.definitions.\(name).\(key(scope))"
        }
    }

    /// What a value means, in the setting's own unit: `8.00 USD`, `10.0 %`, `5 s`, `on`, `off`, `no limit`.
    public func text(_ value: Int64, currency: String) -> String {
        if self == .marginPpm, value < 0 { return "the account's" }
        if value == 0, self == .averageDailyVolume { return "not known" }
        return value == 0 && isOffAtZero ? "off" : unit.text(value, currency: currency)
    }

    /// Whether a value limits nothing, as the setting says.
    public func isOff(_ value: Int64) -> Bool { value == 0 && isOffAtZero || value == .max && unit != .flag }

    /// Whether it bounds something by itself: no switch, and no window or burst of another.
    public var isAmount: Bool {
        switch self {
        case .positionMax, .positionEquityPpm, .orderQuantityMax, .orderNotionalMax, .orderCapitalPpm,
            .grossNotionalMax, .netNotionalMax, .openOrderCountMax, .openNotionalMax, .collarPpm,
            .lastCollarPpm, .dailyVolumePpm, .ordersPerSecond, .duplicateOrderMax, .marginPpm,
            .dayNotionalMax, .dayLossMax, .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm, .rejectCountMax,
            .executionCountMax, .cancelRatioHundredths:
            true
        case .orderQuantityMin, .orderBurst, .duplicateWindowNs, .preventsSelfTrade, .requiresCash,
            .allowsShortSales, .requiresDailyVolume, .staleDataNs, .executionWindowNs,
            .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin, .dayTradeCount, .dayTradeDays,
            .isRestricted, .locatedQuantity, .averageDailyVolume:
            false
        }
    }

    /// Whether 0 switches it off, as its setting says.
    private var isOffAtZero: Bool {
        switch self {
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .lastCollarPpm, .dailyVolumePpm,
            .ordersPerSecond, .duplicateOrderMax, .marginPpm, .dayLossMax, .dayLossPpm, .drawdownPpm,
            .sessionDrawdownPpm, .rejectCountMax, .staleDataNs, .executionCountMax, .cancelRatioHundredths:
            true
        case .positionMax, .orderQuantityMax, .orderNotionalMax, .grossNotionalMax, .netNotionalMax,
            .openOrderCountMax, .openNotionalMax, .collarPpm, .orderBurst, .duplicateWindowNs,
            .preventsSelfTrade, .requiresCash, .allowsShortSales, .dayNotionalMax, .requiresDailyVolume,
            .executionWindowNs, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays, .isRestricted, .locatedQuantity, .averageDailyVolume:
            false
        }
    }
}
