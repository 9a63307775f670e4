/// What a scope may do, from everything to nothing. Where several scopes concern an order, the strictest holds.
@frozen public enum TradingState: UInt8, BitwiseCopyable, Sendable, CaseIterable, Comparable {
    case normal = 0
    /// No order may raise exposure; resting ones stay.
    case reduceOnly = 1
    /// Orders that raise exposure are cancelled, too; only what closes passes.
    case liquidationOnly = 2
    /// Nothing but cancels.
    case halted = 3

    @inlinable public static func < (a: TradingState, b: TradingState) -> Bool { a.rawValue < b.rawValue }
}
