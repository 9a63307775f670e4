/// What an instrument or the account may do.
@frozen public enum TradingState: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    case normal = 0
    /// No order may raise exposure; resting ones stay.
    case reduceOnly = 1
    /// Nothing but cancels.
    case stopped = 2
}
