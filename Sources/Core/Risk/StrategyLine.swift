internal import Model

/// Limits and counts of one strategy: what each of its orders touches beside the account's and the instrument's lines.
struct StrategyLine: BitwiseCopyable {
    var limits: StrategyLimits
    /// Its orders that have not ended.
    var openOrderCount = 0
    var rate: OrderRate

    init(_ limits: StrategyLimits) {
        self.limits = limits
        rate = OrderRate(perSecond: limits.ordersPerSecond, burst: limits.orderBurst)
    }
}
