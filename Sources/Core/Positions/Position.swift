public import Model

/// What the account holds in one instrument, exact: money as sums of products, in the instrument's currency. Two cache
/// lines: a tick touches the first alone.
public struct Position: BitwiseCopyable, Sendable {
    /// What the open quantity was bought for; negative: what an open short was sold for.
    public internal(set) var cost = Money.zero
    /// `quantity · mark · multiplier − cost`.
    public internal(set) var unrealised = Money.zero
    /// Signed: negative is short.
    public internal(set) var quantity = Quantity.zero
    /// The price that ``unrealised`` was last counted by.
    public internal(set) var mark = Price(raw: 0)
    /// What ``Ledger/digest(_:_:)`` says of it.
    var digest: UInt64 = 0
    var points: Int32 = 1
    /// Its place among the account's currencies.
    public internal(set) var currency: UInt8 = 0
    /// No cash changes hands for it but profit and fees.
    var isMargined = false
    var reserved: (UInt8, UInt8) = (0, 0)

    public internal(set) var realised = Money.zero
    /// Fees in millionths of the money unit, never divided; rebates are negative.
    public internal(set) var feesMillionths: Int128 = 0
    /// Quantity bought and sold, busts taken off again.
    public internal(set) var volume = Quantity.zero
    /// First in, first out: oldest and newest lot, and how many there are.
    var firstLot: UInt32 = .max
    var lastLot: UInt32 = .max
    var lotCount: UInt32 = 0
    var reserved2: UInt32 = 0
    var reserved3: UInt64 = 0

    /// Value of one point of price.
    public var multiplier: Int64 { Int64(points) }

    /// Fees paid, rounded up: against us.
    public var fees: Money { Self.wholeFees(feesMillionths) }

    /// What the open quantity is worth at its mark.
    public var marketValue: Money { cost + unrealised }

    /// Average price of the open quantity, truncated toward zero; 0 when flat.
    public var averagePrice: Price {
        guard quantity.raw != 0 else { return Price(raw: 0) }
        return Price(raw: Int64(clamping: cost.raw / (Int128(quantity.raw) * Int128(multiplier))))
    }

    static func wholeFees(_ millionths: Int128) -> Money {
        Money(raw: millionths > 0 ? (millionths + 999_999) / 1_000_000 : millionths / 1_000_000)
    }
}
