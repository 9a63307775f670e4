public import Model

/// One parameter of a strategy: its key, its default, its bounds, and what it means.
public struct StrategyParameter: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case whole(Int64)
        case ratio(Double)
        case flag(Bool)
        case text(String)
        case choice(String)
        case symbols([Symbol])
        case duration(ns: Int64)
        case percent(Percent)
    }

    public let key: String
    public let help: String
    public let standard: Value
    /// Bounds of a number, inclusive; of a duration in nanoseconds, of percent in parts per million. `highest` of a text: bytes;
    /// of a list: elements.
    public let lowest: Double
    public let highest: Double
    /// Of a choice.
    public let choices: [String]

    private init(
        _ key: String, _ help: String, _ standard: Value, lowest: Double = 0, highest: Double = 0,
        choices: [String] = []
    ) {
        self.key = key
        self.help = help
        self.standard = standard
        self.lowest = lowest
        self.highest = highest
        self.choices = choices
    }

    public static func whole(
        _ key: String, _ standard: Int64, in range: ClosedRange<Int64>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(
            key, help, .whole(standard), lowest: Double(range.lowerBound), highest: Double(range.upperBound))
    }

    /// For arithmetic that is not money.
    public static func ratio(
        _ key: String, _ standard: Double, in range: ClosedRange<Double>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(key, help, .ratio(standard), lowest: range.lowerBound, highest: range.upperBound)
    }

    public static func flag(_ key: String, _ standard: Bool, _ help: String) -> StrategyParameter {
        StrategyParameter(key, help, .flag(standard))
    }

    public static func text(
        _ key: String, _ standard: String, bytesMax: Int = 64, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(key, help, .text(standard), highest: Double(bytesMax))
    }

    /// One of some words.
    public static func choice(
        _ key: String, _ standard: String, of choices: [String], _ help: String
    ) -> StrategyParameter {
        precondition(choices.contains(standard), "Caller: the default is one of the choices")
        return StrategyParameter(key, help, .choice(standard), choices: choices)
    }

    /// Names of instruments; by default none, which is for the strategy to read as it likes.
    public static func symbols(
        _ key: String, _ standard: [Symbol] = [], countMax: Int = 16_384, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(key, help, .symbols(standard), highest: Double(countMax))
    }

    /// Written in milliseconds, with a fraction where needed; kept in nanoseconds.
    public static func milliseconds(
        _ key: String, _ standardNs: Int64, in rangeNs: ClosedRange<Int64>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(
            key, help, .duration(ns: standardNs), lowest: Double(rangeNs.lowerBound),
            highest: Double(rangeNs.upperBound))
    }

    /// At most four digits behind the point, exact.
    public static func percent(
        _ key: String, _ standard: Percent, in range: ClosedRange<Percent>, _ help: String
    ) -> StrategyParameter {
        StrategyParameter(
            key, help, .percent(standard), lowest: Double(range.lowerBound.partsPerMillion),
            highest: Double(range.upperBound.partsPerMillion))
    }
}
