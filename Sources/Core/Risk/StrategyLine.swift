internal import Model

/// Limits and counts of one strategy: what each of its orders touches beside the account's and the instrument's lines, in
/// one cache line; and behind it what few ask.
struct StrategyLine: BitwiseCopyable {
    // The limits as the short way compares them: see ``ShortLimits``.
    private(set) var positionMax: Int64 = 0
    private(set) var orderQuantityMax: Int64 = 0
    private(set) var orderNotionalMax: Int64 = 0
    private(set) var openNotionalMax: Int64 = 0
    private(set) var openOrderCountMax: Int64 = 0
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
        orderNotionalMax = ShortLimits.clamped(limits.orderNotionalMax)
        openNotionalMax = ShortLimits.clamped(limits.openNotionalMax)
        openOrderCountMax = Int64(limits.openOrderCountMax)
    }
}
