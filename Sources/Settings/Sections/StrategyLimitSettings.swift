public import Model

/// Limits of one strategy on its own position book and its own orders, beside the account's. What is `nil` or 0 is not limited.
public struct StrategyLimitSettings: Sendable, Equatable {
    public var positionUnitsMax: Quantity?
    public var orderQuantityMax: Quantity?
    public var orderNotionalMax: Money?
    public var openOrdersMax: Int?
    public var openNotionalMax: Money?
    public var ordersPerSecond: Int64 = 0
    public var orderBurst: Int64 = 100
    /// A positive amount; 0: off.
    public var dailyLossMax = Money.zero
    public var executionsMax: Int64 = 0
    public var executionWindowNs: Int64 = 1_000_000_000

    public init() {}
}
