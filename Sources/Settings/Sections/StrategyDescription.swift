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

/// One parameter of a strategy.
public struct StrategyParameter: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case whole(Int64)
        case ratio(Double)
        case flag(Bool)
    }

    public let key: String
    public let help: String
    public let standard: Value
    /// Bounds of a whole number or ratio, inclusive.
    public let lowest: Double
    public let highest: Double

    public static func whole(
        _ key: String, _ standard: Int64, in range: ClosedRange<Int64>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(
            key: key, help: help, standard: .whole(standard), lowest: Double(range.lowerBound),
            highest: Double(range.upperBound))
    }

    public static func ratio(
        _ key: String, _ standard: Double, in range: ClosedRange<Double>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(
            key: key, help: help, standard: .ratio(standard), lowest: range.lowerBound,
            highest: range.upperBound)
    }

    public static func flag(_ key: String, _ standard: Bool, _ help: String) -> StrategyParameter {
        StrategyParameter(key: key, help: help, standard: .flag(standard), lowest: 0, highest: 0)
    }
}

extension StrategyDescription {
    /// The strategies that come with the engine.
    public static let examples: [StrategyDescription] = [
        StrategyDescription(
            name: "order_book_imbalance",
            help: "Buys where far more is bid than offered, sells where far more is offered than bid.",
            parameters: [
                .ratio("threshold", 0.8, in: 0.001...1.0, "(bid − ask) / (bid + ask) sizes at which it acts"),
                .whole(
                    "max_position_units", 300, in: 1...1_000_000_000,
                    "shares; it adds to no position of this size"),
                .whole("max_spread_bps", 10, in: 0...10_000, "widest spread that it pays, in basis points"),
            ]),
        StrategyDescription(
            name: "ema_cross",
            help:
                "Buys when the fast average of the traded price passes above the slow one, sells when below.",
            parameters: [
                .whole("fast_period", 20, in: 1...1_000_000, "trades of the fast average"),
                .whole("slow_period", 100, in: 2...1_000_000, "trades of the slow average"),
                .whole(
                    "max_position_units", 100, in: 1...1_000_000_000,
                    "shares; it adds to no position of this size"),
            ]),
    ]
}
