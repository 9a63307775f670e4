public import Model

/// The account as one, in its base currency, as it is shown. Every figure is converted from the exact sums and rounded by
/// itself: what we have down, what we owe up, by less than one money unit. With one currency nothing but fees is rounded.
public struct AccountTotals: BitwiseCopyable, Sendable {
    /// Start cash, and everything that executions moved.
    public internal(set) var cash = Money.zero
    /// What the open positions are worth at their marks; shorts are negative: the net exposure.
    public internal(set) var marketValue = Money.zero
    /// Cash and market value.
    public internal(set) var equity = Money.zero
    public internal(set) var realised = Money.zero
    public internal(set) var unrealised = Money.zero
    public internal(set) var feesMillionths: Int128 = 0
    /// Sum of the sizes of the open positions at their marks, longs and shorts alike.
    public internal(set) var grossExposure = Money.zero
    /// Price times quantity times multiplier of all executions that stand.
    public internal(set) var tradedNotional = Money.zero
    /// Shares and contracts of all executions that stand.
    public internal(set) var volume = Quantity.zero
    /// Equity now less equity when the day began.
    public internal(set) var dayProfit = Money.zero
    /// The highest that equity was after any execution, tick or rate.
    public internal(set) var equityPeak = Money.zero
    /// How far equity is below its peak.
    public internal(set) var drawdown = Money.zero
    /// The same in basis points of the peak, rounded up; 0 while the peak is not above zero.
    public internal(set) var drawdownBps: Int64 = 0
    /// The farthest that equity ever was below the peak it had then.
    public internal(set) var drawdownMax = Money.zero
    /// The same in basis points of that peak, rounded up; 0 while that peak is not above zero.
    public internal(set) var drawdownMaxBps: Int64 = 0

    public init() {}

    /// Fees paid, rounded up: against us.
    public var fees: Money { Position.wholeFees(feesMillionths) }

    /// What was won and lost, fees taken off.
    public var net: Money { realised + unrealised - fees }
}
