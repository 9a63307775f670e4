/// Everything a run can be told, typed and checked. Made once at start by ``Settings/load(file:environment:overrides:strategies:)``;
/// `Settings()` is what a run has that is told nothing.
///
/// A key is here only when the program honours it: a setting that is accepted and ignored is a lie. The names
/// in the file and the properties here are bound in `Schema/SettingsSchema.swift`.
public struct Settings: Sendable, Equatable {
    public var execution = ExecutionSettings()
    public var broker = BrokerSettings()
    /// Several venues; empty: the one that ``broker`` describes.
    public var venues: [RoutedVenueSettings] = []
    public var account = AccountSettings()
    public var risk = RiskSettings()
    public var strategies: [StrategySettings] = StrategySettings.standard
    public var instruments = InstrumentSettings()
    /// Hours that instruments name, beside those that are built in.
    public var calendars: [CalendarSettings] = []
    public var feeds: [FeedSettings] = [FeedSettings()]
    public var venue = VenueSettings()
    public var journal = JournalSettings()
    public var log = LogSettings()
    public var network = NetworkSettings()
    public var threads = ThreadSettings()
    public var pools = PoolSettings()

    public init() {}

    /// The strategy of that name; `nil`: it is not listed, and does not trade.
    public func strategy(_ name: String) -> StrategySettings? { strategies.first { $0.name == name } }
}
