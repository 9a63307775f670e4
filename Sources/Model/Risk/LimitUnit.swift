/// What the number of a limit counts in, and how a person reads it: as the settings have it, never as the core holds it.
///
/// The raw value is what programs are told of the numbers that they get.
@frozen public enum LimitUnit: String, Sendable, CaseIterable {
    /// 10⁻⁴ of the account's base currency.
    case money
    /// 10⁻⁴ of the instrument's currency.
    case price
    /// Parts per million: a percent is 10,000.
    case percent = "ppm"
    /// Shares or contracts.
    case shares
    case count
    /// Hundredths.
    case ratio = "hundredths"
    case perSecond = "per_second"
    /// Nanoseconds that the settings have in seconds.
    case seconds = "ns_seconds"
    /// Nanoseconds that the settings have in milliseconds.
    case milliseconds = "ns_milliseconds"
    /// 1: on, 0: off.
    case flag

    /// Of a table in a file; `nil`: a newer program's.
    public init?(name: some StringProtocol) { self.init(rawValue: String(name)) }

    /// `8.00 USD`, `0.006 %`, `5 s`, `on`; the largest number is no limit.
    ///
    /// - Parameter currency: Code of the account's base currency; empty: not known.
    public func text(_ value: Int64, currency: String) -> String {
        switch self {
        case .flag: return value == 0 ? "off" : "on"
        case .money, .price, .percent, .shares, .count, .ratio, .perSecond, .seconds, .milliseconds: break
        }
        guard value != .max else { return "no limit" }
        switch self {
        case .money:
            return DecimalText.short(value, scale: 4, digitsMin: 2) + (currency.isEmpty ? "" : " \(currency)")
        case .price: return DecimalText.short(value, scale: 4, digitsMin: 2)
        case .percent: return DecimalText.short(value, scale: 4, digitsMin: 1) + " %"
        case .shares, .count: return "\(value)"
        case .ratio: return DecimalText.short(value, scale: 2)
        case .perSecond: return "\(value)/s"
        case .seconds: return DecimalText.short(value, scale: 9) + " s"
        case .milliseconds: return DecimalText.short(value, scale: 6) + " ms"
        case .flag: return ""
        }
    }

    /// What programs are told beside the raw number: `1e-4 USD`, `ppm`, `ns`.
    public func rawName(currency: String) -> String {
        switch self {
        case .money: currency.isEmpty ? "1e-4" : "1e-4 \(currency)"
        case .price: "1e-4"
        case .seconds, .milliseconds: "ns"
        case .percent, .shares, .count, .ratio, .perSecond, .flag: rawValue
        }
    }
}
