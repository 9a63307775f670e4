public import Model

/// What one strategy holds and has working in one instrument: its own book under the account's. One cache line.
///
/// Bought and sold against each other, the books of all strategies and what has none sum to the account's position.
@frozen public struct StrategyBook: BitwiseCopyable, Sendable {
    /// What its open quantity was bought for, at average cost; negative: what an open short was sold for.
    public internal(set) var cost = Money.zero
    public internal(set) var realised = Money.zero
    /// Signed: negative is short.
    public internal(set) var position: Int64 = 0
    /// What its orders may still buy and sell, those in doubt included.
    public internal(set) var openBuy: Int64 = 0
    public internal(set) var openSell: Int64 = 0
    /// Its orders that have not ended.
    public internal(set) var buyCount: UInt32 = 0
    public internal(set) var sellCount: UInt32 = 0

    /// Nothing held, nothing working.
    @inlinable public init() {}
}
