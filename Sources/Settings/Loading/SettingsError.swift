/// One thing that is wrong, where, and what would be right.
public struct SettingsProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `spinetail.yaml:12`, `environment SPINETAIL_RISK__X`, `--set risk.x`.
    public let place: String
    public let message: String

    public var description: String { "\(place): \(message)" }
}

/// Everything that is wrong with the settings, all of it at once.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    public let problems: [SettingsProblem]

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
