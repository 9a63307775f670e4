@_exported public import Core
@_exported public import Memory
@_exported public import Model
@_exported public import Runtime
@_exported public import Settings

extension Spinetail {
    /// The whole program over your strategies: every command, this process's command line. Three lines make an
    /// executable of it; see Documentation/strategies.md.
    public static func main<Strategies: StrategySet & ~Copyable & Sendable>(
        _ program: StrategyProgram<Strategies>
    ) -> Never {
        // Settings of the program's own strategies are checked, not those of the examples.
        main(
            [.run(program)] + verbs.map { $0.name == "config" ? .config(program.descriptions) : $0 },
            strategies: program.descriptions)
    }
}

extension Both where First == OrderBookImbalance, Second == Both<EmaCross, MarketMaker> {
    /// The example strategies with the parameters that the settings name.
    public init(settings: Settings) {
        self.init(
            OrderBookImbalance(settings: settings),
            Both<EmaCross, MarketMaker>(EmaCross(settings: settings), MarketMaker(settings: settings)))
    }
}

extension OrderBookImbalance {
    /// With the parameters of `strategies.order_book_imbalance`.
    public init(settings: Settings) {
        let own = settings.strategy("order_book_imbalance") ?? StrategySettings(.orderBookImbalance)
        self.init(
            threshold: own.ratio("threshold"), positionMax: Quantity(raw: own.whole("max_position_units")),
            spreadBpsMax: own.whole("max_spread_bps"))
    }
}

extension EmaCross {
    /// With the parameters of `strategies.ema_cross`.
    public init(settings: Settings) {
        let own = settings.strategy("ema_cross") ?? StrategySettings(.emaCross)
        self.init(
            instrumentCountMax: settings.instruments.countMax, fastPeriod: Int(own.whole("fast_period")),
            slowPeriod: Int(own.whole("slow_period")),
            positionMax: Quantity(raw: own.whole("max_position_units")))
    }
}

extension MarketMaker {
    /// With the parameters of `strategies.market_maker`.
    public init(settings: Settings) {
        let own = settings.strategy("market_maker") ?? StrategySettings(.marketMaker)
        self.init(
            instrumentCountMax: settings.instruments.countMax, symbols: own.symbols("symbols"),
            countMax: Int(own.whole("max_instruments")), size: own.whole("quote_size"),
            halfSpreadTicks: own.whole("half_spread_ticks"), skewTicks: own.whole("skew_ticks"),
            inventoryMax: own.whole("max_position_units"), replaceTicks: own.whole("replace_ticks"),
            pauseNs: UInt64(own.durationNs("pause_ms")),
            fair: own.choice("fair_price") == "mid" ? .mid : .micro)
    }
}
