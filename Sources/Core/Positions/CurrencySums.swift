public import Model

/// What the account won, lost, paid and holds in one currency: exact sums over the instruments of that currency, kept by
/// difference. 128 bytes.
public struct CurrencySums: BitwiseCopyable, Sendable {
    /// Held before the first execution.
    public internal(set) var startCash = Money.zero
    public internal(set) var realised = Money.zero
    public internal(set) var unrealised = Money.zero
    /// What the open positions were bought for; what shorts were sold for is negative.
    public internal(set) var cost = Money.zero
    /// Sum of the sizes of the open positions at their marks, longs and shorts alike.
    public internal(set) var grossExposure = Money.zero
    public internal(set) var feesMillionths: Int128 = 0
    /// Price times quantity times multiplier of all executions that stand.
    public internal(set) var tradedNotional = Money.zero
    /// Shares or contracts of all executions that stand.
    public internal(set) var volume = Quantity.zero
    /// Units of the base currency for one of this, in 10⁻⁹.
    public internal(set) var rate: Int64 = 1_000_000_000

    /// Fees paid, rounded up: against us.
    public var fees: Money { Position.wholeFees(feesMillionths) }

    /// What was not spent: start cash, and everything that executions moved. Rounded down: against us.
    public var cash: Money { startCash + realised - cost - fees }

    /// What the open positions are worth at their marks; shorts are negative: the net exposure.
    public var marketValue: Money { cost + unrealised }

    /// Cash and market value, rounded down: against us.
    public var equity: Money { startCash + realised + unrealised - fees }

    /// What a money unit is worth, in units of ``BaseMoney``.
    @inline(__always) var worth: Int128 { Int128(rate) &* 1_000_000 }
}
