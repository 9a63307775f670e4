public import Model

/// What the account holds in one instrument, exact: average-cost method, money as sums of products.
public struct Position: BitwiseCopyable, Sendable {
    /// What the open quantity was bought for; negative: what an open short was sold for.
    public internal(set) var cost = Money.zero
    public internal(set) var realised = Money.zero
    /// `quantity · mark · multiplier − cost`.
    public internal(set) var unrealised = Money.zero
    /// Commission in millionths of the money unit: notional times hundredths of basis points, never divided.
    public internal(set) var feesMillionths: Int128 = 0
    /// Signed: negative is short.
    public internal(set) var quantity = Quantity.zero
    /// The price that ``unrealised`` was last counted by.
    public internal(set) var mark = Price(raw: 0)
    /// Quantity bought and sold, busts taken off again.
    public internal(set) var volume = Quantity.zero
    public internal(set) var multiplier: Int64 = 1

    /// Commission paid, rounded up: against us.
    public var fees: Money { AccountTotals.wholeFees(feesMillionths) }

    /// Average price of the open quantity, truncated toward zero; 0 when flat.
    public var averagePrice: Price {
        guard quantity.raw != 0 else { return Price(raw: 0) }
        return Price(raw: Int64(clamping: cost.raw / (Int128(quantity.raw) * Int128(multiplier))))
    }
}
