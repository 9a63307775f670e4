public import Model

/// A currency that the account holds money in.
public struct CurrencyDefinition: Sendable, Equatable {
    /// As in ISO 4217; at most eight characters.
    public var code: String
    /// Units of the base currency for one of this, in 10⁻⁹; of the base currency itself 1,000,000,000.
    public var rate: Int64
    /// What the account holds of it before the first execution.
    public var startCash: Money

    public init(code: String, rate: Int64 = 1_000_000_000, startCash: Money = .zero) {
        self.code = code
        self.rate = rate
        self.startCash = startCash
    }
}
