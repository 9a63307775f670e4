public import Model

/// A position as people look at it: a copy, one moment.
@frozen public struct PositionView: BitwiseCopyable, Sendable {
    public var realised: Int128 = 0
    public var unrealised: Int128 = 0
    public var fees: Int128 = 0
    public var quantity: Int64 = 0
    public var averagePrice: Int64 = 0
    public var mark: Int64 = 0
    /// What the open orders may still buy and sell, those in doubt included.
    public var openBuy: Int64 = 0
    public var openSell: Int64 = 0
    public var instrument: UInt32 = .max
    /// It may do less than everything: see ``state``.
    public var isReduceOnly = false
    /// What the instrument may do.
    public var state = TradingState.normal
    /// Its place among the account's currencies.
    public var currency: UInt8 = 0

    @inlinable public init() {}
}
