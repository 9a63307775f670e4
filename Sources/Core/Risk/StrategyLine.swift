internal import Model

/// Limits and counts of one strategy: what each of its orders touches beside the account's and the instrument's lines, in
/// one cache line; and behind it what few ask.
struct StrategyLine: BitwiseCopyable {
    // The limits as the short way compares them: see ``ShortLimits``.
    private(set) var positionMax: Int64 = 0
    private(set) var orderQuantityMax: Int64 = 0
    private(set) var openOrderCountMax: Int64 = 0
    /// Quantity times the higher of price and reference, at most, of one order more; below zero: ask the limits.
    var headroom: Int64 = -1
    /// Its orders that have not ended.
    var openOrderCount: Int64 = 0
    /// What they come to, of instruments of the base currency.
    var open: Int128 = 0

    var rate: OrderRate
    var limits: StrategyLimits
    /// So that each begins at the begin of a cache line.
    private let filler: (Int128, Int128, Int128) = (0, 0, 0)

    init(_ limits: StrategyLimits) {
        self.limits = limits
        rate = OrderRate(perSecond: limits.ordersPerSecond, burst: limits.orderBurst)
        limitsHaveChanged()
    }

    mutating func limitsHaveChanged() {
        positionMax = limits.positionMax.raw
        orderQuantityMax = limits.orderQuantityMax.raw
        openOrderCountMax = Int64(limits.openOrderCountMax)
    }

    /// Draws anew what its limits leave: see ``Headroom``.
    mutating func drawHeadroom() {
        guard openOrderCount < openOrderCountMax, AccountRisk.beyond(open) == 0 else { return headroom = -1 }
        headroom = min(
            ShortLimits.clamped(limits.orderNotionalMax),
            ShortLimits.clamped(limits.openNotionalMax) &- Int64(truncatingIfNeeded: open))
    }
}
