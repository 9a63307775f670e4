public import Model

/// A limit that stands from here on, by the name and in the unit of its setting.
public struct LimitChange: Codable, Sendable, Equatable, CustomStringConvertible {
    /// `risk.max_daily_loss`, `strategies.maker.limits.max_open_orders`.
    public var setting: String
    /// What the numbers count in: `1e-4 USD`, `ppm`, `ns`.
    public var unit: String
    /// As the core held it; `nil`: it was not known there.
    public var before: Int64?
    public var after: Int64
    /// Both as the settings have them: `8.00 USD`, `off`, `no limit`.
    public var beforeText: String?
    public var afterText: String
    /// How long it lasts, where that is not as long as the settings; or that it is taken back.
    public var note: String?

    /// - Parameters:
    ///   - name: Of the strategy, or the instrument's symbol.
    ///   - currency: Code of the account's base.
    public init(
        _ kind: LimitKind, _ scope: RiskScope, _ name: String, before: Int64?, after: Int64,
        currency: String
    ) {
        setting = kind.path(scope, name)
        unit = kind.unit.rawName(currency: currency)
        self.before = before
        self.after = after
        beforeText = before.map { kind.text($0, currency: currency) }
        afterText = kind.text(after, currency: currency)
    }

    /// `risk.max_daily_loss 25000.00 USD → 24000.00 USD`.
    public var description: String {
        "\(setting) \(beforeText ?? "not set") → \(afterText)" + (note.map { ", \($0)" } ?? "")
    }
}
