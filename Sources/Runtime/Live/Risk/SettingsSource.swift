public import Settings

/// Where a run's settings came from, so that they can be read again.
public struct SettingsSource: Sendable {
    /// `nil`: the file that is read where none is named.
    public var file: String?
    /// `risk.max_open_orders=5`, in order.
    public var overrides: [String]
    /// What may stand in the list of strategies.
    public var strategies: [StrategyDescription]

    public init(file: String?, overrides: [String], strategies: [StrategyDescription]) {
        self.file = file
        self.overrides = overrides
        self.strategies = strategies
    }
}
