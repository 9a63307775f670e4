import Model

extension SettingsSchema {
    private static let off = " 0: off"

    private static func share(upTo percent: Int64) -> Codec<Percent> {
        .percent(Percent(partsPerMillion: 0)...Percent(partsPerMillion: percent * 10_000))
    }

    static let risk: [Field<RiskSettings>] = [
        .value(
            "max_position_units", \.positionUnitsMax, .shares(0...1_000_000_000),
            "Worst case of one instrument, long or short, in shares or contracts; an instrument's own limit goes before it"
        ),
        .value(
            "max_position_equity_pct", \.positionEquityPct, share(upTo: 100_000),
            "The same at its reference price, percent of the account's equity." + off),
        .value(
            "max_order_quantity", \.orderQuantityMax, .shares(0...1_000_000),
            "Most shares or contracts of one order"),
        .value(
            "min_order_quantity", \.orderQuantityMin, .shares(0...1_000_000),
            "Least shares or contracts of one order; an order that reduces may be smaller." + off),
        .value(
            "max_order_notional", \.orderNotionalMax, .dollars(upTo: 1_000_000_000),
            "Value of one order, in the base currency"),
        .value(
            "max_order_capital_pct", \.orderCapitalPct, share(upTo: 100_000),
            "Value of one order, percent of the account's equity." + off),
        .value(
            "max_gross_notional", \.grossNotionalMax, .dollars(upTo: 100_000_000_000),
            "Worst case over all instruments, longs and shorts added, at their reference prices, in the base currency"
        ),
        .value(
            "max_net_notional", \.netNotionalMax, .dollars(upTo: 100_000_000_000),
            "The same with shorts taken off longs, at the worse of its two ends, in the base currency"),
        .value("max_open_orders", \.openOrdersMax, .whole(0...65_535), "Orders that may be open at once"),
        .value(
            "max_open_notional", \.openNotionalMax, .dollars(upTo: 100_000_000_000),
            "What the open orders come to at their prices, in the base currency"),
        .value(
            "price_collar_pct", \.priceCollarPct,
            .percent(Percent(partsPerMillion: 0)...Percent(partsPerMillion: 1_000_000), digitsMax: 2),
            "How far a limit price may be from the reference price, percent of that"),
        .value(
            "last_trade_collar_pct", \.lastTradeCollarPct,
            .percent(Percent(partsPerMillion: 0)...Percent(partsPerMillion: 1_000_000), digitsMax: 2),
            "How far a limit price may be from the last trade, percent of that." + off),
        .value(
            "max_daily_volume_pct", \.dailyVolumePct, share(upTo: 100),
            "Quantity of one order, percent of the instrument's average daily volume, where that is known."
                + off),
        .value(
            "require_daily_volume", \.requiresDailyVolume, .flag,
            "Whether an instrument whose volume is unknown is refused, while max_daily_volume_pct is on"),
        .value(
            "max_orders_per_second", \.ordersPerSecond, .count(0...1_000_000),
            "Orders and replacements a second, over all venues; cancels are never held back." + off),
        .value(
            "order_burst", \.orderBurst, .count(1...1_000_000),
            "How many of them may come at once, while max_orders_per_second is on"),
        .value(
            "max_duplicate_orders", \.duplicateOrdersMax, .count(0...1_000_000),
            "The same order (instrument, side, quantity, price) so many times in a row within the window passes."
                + off),
        .value(
            "duplicate_window_ms", \.duplicateWindowNs,
            .nanoseconds(in: .milliseconds, 1_000_000...3_600_000_000_000),
            "The window of that, in milliseconds"),
        .value(
            "prevent_self_trade", \.preventsSelfTrade, .flag,
            "Refuse an order that could trade with one of our own"),
        .value(
            "require_cash", \.requiresCash, .flag,
            "Refuse what the available cash does not pay for: cash less what open orders may still cost, with their worst fees"
        ),
        .value(
            "initial_margin_pct", \.initialMarginPct, share(upTo: 1_000),
            "What the equity must carry of the worst cases of all positions, percent of their value; an instrument's own goes before it."
                + off),
        .value(
            "allow_short_sales", \.allowsShortSales, .flag,
            "Whether what is not held may be sold, in a margin account"),
        .value(
            "max_day_notional", \.dayNotionalMax, .dollars(upTo: 100_000_000_000),
            "What may be traded in a day, with what is open, in the base currency. 0: no limit"),
        .value(
            "max_daily_loss", \.dailyLossMax, .dollars(upTo: 100_000_000_000),
            "A day's loss, marked at the market, of this much or more, in the base currency, halts all trading until the next day."
                + off),
        .value(
            "max_daily_loss_pct", \.dailyLossPct, share(upTo: 100),
            "The same, percent of the equity at the day's begin." + off),
        .value(
            "max_drawdown_pct", \.drawdownPct, share(upTo: 100),
            "A fall of the equity from its highest of all runs by more than this halts all trading until a person lifts it, percent of that highest."
                + off),
        .value(
            "max_session_drawdown_pct", \.sessionDrawdownPct, share(upTo: 100),
            "A fall from the highest of this run by more than this leaves closing only, percent of that highest."
                + off),
        .value(
            "max_consecutive_rejects", \.consecutiveRejectsMax, .count(0...1_000_000),
            "So many rejects of the venue in a row, and no order may raise exposure." + off),
        .value(
            "stale_data_seconds", \.staleDataNs, .nanoseconds(in: .seconds, 0...86_400_000_000_000),
            "Market data of a traded instrument's feed older than this, and no order may raise exposure in it."
                + off),
        .value(
            "max_executions", \.executionsMax, .count(0...1_000_000),
            "So many executions of one strategy in one instrument within the window pass; one more stops them: a loop that trades with itself or runs away."
                + off),
        .value(
            "execution_window_ms", \.executionWindowNs,
            .nanoseconds(in: .milliseconds, 1_000_000...3_600_000_000_000),
            "The window of that, in milliseconds"),
        .value(
            "max_cancel_ratio", \.cancelRatioHundredths, .hundredths,
            "Cancels and replacements of the day for each execution, counted from 100 orders on." + off),
        .value(
            "flatten_in_liquidation", \.flattensInLiquidation, .flag,
            "Close at once what is held when only closing is left; false: it is left to people and strategies"
        ),
        .section(
            "pattern_day_trader", \.patternDayTrader, "The guard against becoming a pattern day trader",
            patternDayTrader),
        .values(
            "restricted_symbols", \.restrictedSymbols, .symbol, countMax: 16_384,
            "Symbols that are never traded"),
    ]

    private static let patternDayTrader: [Field<PatternDayTraderSettings>] = [
        .value(
            "enabled", \.enabled, .flag,
            "Refuse the opening order that could become the day trade too many, in a margin account"),
        .value(
            "min_equity", \.equityMin, .dollars(upTo: 1_000_000_000),
            "Equity at or above this is free of it, in the base currency"),
        .value(
            "day_trades", \.dayTrades, .whole(1...1_000),
            "The day trade within the days that is not to happen: 4 means that 3 pass"),
        .value(
            "days", \.days, .whole(1...30),
            "Business days that they are counted over, the current one among them"),
    ]

    static let strategyLimits: [Field<StrategyLimitSettings>] = [
        .value(
            "max_position_units", \.positionUnitsMax, .optional(.shares(0...1_000_000_000)),
            "Worst case of its own position in one instrument, long or short"),
        .value(
            "max_order_quantity", \.orderQuantityMax, .optional(.shares(0...1_000_000)),
            "Most shares or contracts of one of its orders"),
        .value(
            "max_order_notional", \.orderNotionalMax, .optional(.dollars(upTo: 1_000_000_000)),
            "Value of one of its orders, in the base currency"),
        .value(
            "max_open_orders", \.openOrdersMax, .optional(.whole(0...65_535)),
            "Its orders that may be open at once"),
        .value(
            "max_open_notional", \.openNotionalMax, .optional(.dollars(upTo: 100_000_000_000)),
            "What its open orders come to at their prices, in the base currency"),
        .value(
            "max_orders_per_second", \.ordersPerSecond, .count(0...1_000_000),
            "Its orders and replacements a second." + off),
        .value(
            "order_burst", \.orderBurst, .count(1...1_000_000),
            "How many of them may come at once, while max_orders_per_second is on"),
        .value(
            "max_daily_loss", \.dailyLossMax, .dollars(upTo: 100_000_000_000),
            "Its own loss of a day, of this much or more, in the base currency, halts it until the next day."
                + off),
        .value(
            "max_executions", \.executionsMax, .count(0...1_000_000),
            "So many of its executions in one instrument within the window pass." + off),
        .value(
            "execution_window_ms", \.executionWindowNs,
            .nanoseconds(in: .milliseconds, 1_000_000...3_600_000_000_000),
            "The window of that, in milliseconds"),
    ]
}
