public import Settings

/// A command line that fits its verb.
public struct ParsedArguments: Sendable {
    public let positionals: [String]
    public let output: CommandOutput
    /// Of the program that runs: what its settings may name.
    public internal(set) var strategies = StrategyDescription.examples
    private let flags: Set<String>
    private let values: [String: [String]]

    init(positionals: [String], flags: Set<String>, values: [String: [String]], output: CommandOutput) {
        self.positionals = positionals
        self.flags = flags
        self.values = values
        self.output = output
    }

    public func flag(_ name: String) -> Bool { flags.contains(name) }

    public func text(_ name: String) -> String? { values[name]?.last }

    public func list(_ name: String) -> [String] { values[name] ?? [] }

    /// A whole number of the range; `nil` where the option was not given.
    public func whole(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw UsageError(
                "--\(name) is \"\(text)\", expected a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// A number that is no money; `nil` where the option was not given.
    public func ratio(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw UsageError(
                "--\(name) is \"\(text)\", expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// The settings that `--config`, the environment and `--set` make; for verbs that have the options `.settings`.
    ///
    /// - Parameter extra: Further overrides that win over `--set`: those of options that are short for a setting.
    public func settings(
        extra: [String] = [], strategies: [StrategyDescription]? = nil
    ) throws(SettingsError) -> LoadedSettings {
        try Settings.load(
            file: text("config"), overrides: list("set") + extra, strategies: strategies ?? self.strategies)
    }
}
