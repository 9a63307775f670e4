public import Model

/// The account: its money, and how its positions are counted.
public struct AccountSettings: Sendable, Equatable {
    /// Which part of what was paid belongs to what is sold.
    public enum CostMethod: String, Sendable, CaseIterable { case average, fifo }

    public enum AccountType: String, Sendable, CaseIterable {
        /// It may borrow: buy on margin, sell what it does not hold, as far as risk allows.
        case margin
        /// It pays for what it buys and sells what it has.
        case cash
    }

    /// What every figure of the account as one is in, and every limit on money.
    public var baseCurrency = "USD"
    /// Held of it before the first execution.
    public var startCash = Money(raw: 100_000_0000)
    public var type = AccountType.margin
    public var costMethod = CostMethod.average
    /// Added to UTC: the day of executions and of the day's profit begins at that clock's midnight.
    public var dayOffsetHours = -5
    /// The other currencies that instruments are in.
    public var currencies: [CurrencySettings] = []

    public init() {}
}

/// A currency beside the base.
public struct CurrencySettings: Sendable, Equatable {
    /// As in ISO 4217.
    public var name = ""
    /// Units of the base currency for one of it, in 10⁻⁹, when the run begins; 0: not told, which is refused.
    public var rate: Int64 = 0
    public var startCash = Money.zero

    public init() {}
}
