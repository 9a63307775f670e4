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
        main([.run(program)] + verbs.map { $0.name == "config" ? .config(program.descriptions) : $0 })
    }
}

extension Both where First == OrderBookImbalance, Second == EmaCross {
    /// The example strategies with the parameters that the settings name.
    public init(settings: Settings) {
        let imbalance =
            settings.strategy("order_book_imbalance") ?? StrategySettings(StrategyDescription.examples[0])
        let cross = settings.strategy("ema_cross") ?? StrategySettings(StrategyDescription.examples[1])
        self.init(
            OrderBookImbalance(
                threshold: imbalance.ratio("threshold"),
                positionMax: Quantity(raw: imbalance.whole("max_position_units")),
                spreadBpsMax: imbalance.whole("max_spread_bps")),
            EmaCross(
                instrumentCountMax: settings.instruments.countMax,
                fastPeriod: Int(cross.whole("fast_period")),
                slowPeriod: Int(cross.whole("slow_period")),
                positionMax: Quantity(raw: cross.whole("max_position_units"))))
    }
}
