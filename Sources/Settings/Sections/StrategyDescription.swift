/// What a strategy tells the settings about itself, so that its parameters are checked like all others. A strategy
/// from outside the package brings its own.
public struct StrategyDescription: Sendable, Equatable {
    public let name: String
    public let help: String
    public let parameters: [StrategyParameter]
    /// Whether it trades in a run whose settings name no strategies.
    public let enabledByDefault: Bool

    public init(name: String, help: String, enabledByDefault: Bool = true, parameters: [StrategyParameter]) {
        self.name = name
        self.help = help
        self.enabledByDefault = enabledByDefault
        self.parameters = parameters
    }
}

extension StrategyDescription {
    /// The strategies that come with the engine.
    public static let examples: [StrategyDescription] = [.orderBookImbalance, .emaCross, .marketMaker]

    public static let orderBookImbalance = StrategyDescription(
        name: "order_book_imbalance",
        help: "Buys where far more is bid than offered, sells where far more is offered than bid.",
        parameters: [
            .ratio("threshold", 0.8, in: 0.001...1.0, "(bid − ask) / (bid + ask) sizes at which it acts"),
            .whole(
                "max_position_units", 20, in: 1...1_000_000_000,
                "shares; it adds to no position of its own of this size"),
            .whole("max_spread_bps", 10, in: 0...10_000, "widest spread that it pays, in basis points"),
        ])

    public static let emaCross = StrategyDescription(
        name: "ema_cross",
        help:
            "Buys when the fast average of the traded price passes above the slow one, sells when below.",
        parameters: [
            .whole("fast_period", 20, in: 1...1_000_000, "trades of the fast average"),
            .whole("slow_period", 100, in: 2...1_000_000, "trades of the slow average"),
            .whole(
                "max_position_units", 10, in: 1...1_000_000_000,
                "shares; it adds to no position of its own of this size"),
        ])

    public static let marketMaker = StrategyDescription(
        name: "market_maker",
        help: "Quotes both sides around a fair price, and leans against what it holds.",
        parameters: [
            .symbols("symbols", countMax: 16, "what it quotes; empty: the first that come"),
            .whole("max_instruments", 8, in: 1...16, "how many, where no symbols are named"),
            .choice("fair_price", "micro", of: ["micro", "mid"], "what it quotes around"),
            .whole("quote_size", 10, in: 1...1_000_000, "shares of a quote"),
            .whole("half_spread_ticks", 2, in: 1...10_000, "from the fair price to each quote"),
            .whole("skew_ticks", 2, in: 0...10_000, "by which a full inventory moves both quotes"),
            .whole(
                "max_position_units", 20, in: 1...1_000_000_000,
                "shares; it quotes nothing that would lead beyond"),
            .whole("replace_ticks", 2, in: 1...10_000, "how far a quote may be from its price"),
            .milliseconds(
                "pause_ms", 100_000_000, in: 0...60_000_000_000,
                "for which it quotes nothing new where something was refused"),
        ])
}
