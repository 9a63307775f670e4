/// Which way an order or a trade goes.
@frozen public enum Side: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The kind of record has no side, or the venue did not tell.
    case none = 0
    case buy = 1
    case sell = 2

    @inlinable public var opposite: Side {
        switch self {
        case .none: .none
        case .buy: .sell
        case .sell: .buy
        }
    }

    /// +1 for a buy, −1 for a sell, 0 for neither: what a fill does to a position.
    @inlinable public var sign: Int64 {
        switch self {
        case .none: 0
        case .buy: 1
        case .sell: -1
        }
    }
}
