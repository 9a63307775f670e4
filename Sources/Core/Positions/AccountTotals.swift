public import Model

/// Sums over all positions, kept by difference: the parts sum to the whole at every step.
public struct AccountTotals: BitwiseCopyable, Sendable {
    public internal(set) var realised = Money.zero
    public internal(set) var unrealised = Money.zero
    public internal(set) var feesMillionths: Int128 = 0
    /// Price times quantity times multiplier of all executions that stand.
    public internal(set) var tradedNotional = Money.zero
    public internal(set) var volume = Quantity.zero

    /// Commission paid, rounded up: against us.
    public var fees: Money { Self.wholeFees(feesMillionths) }

    /// What was won and lost, commission taken off.
    public var net: Money { realised + unrealised - fees }

    static func wholeFees(_ millionths: Int128) -> Money {
        Money(raw: millionths > 0 ? (millionths + 999_999) / 1_000_000 : millionths / 1_000_000)
    }
}
