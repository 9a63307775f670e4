/// What makes an execution the same execution, across reconnects and restarts.
///
/// Both sides of a trade with ourselves carry one match number, so the side and our own order belong to the key;
/// ids repeat from day to day, so the trading day does.
@frozen public struct ExecutionKey: Hashable, BitwiseCopyable, Sendable {
    /// A first report of a trade, its undoing, or its mending: each is applied once.
    @frozen public enum Kind: UInt8, BitwiseCopyable, Sendable {
        case new = 0
        case bust = 1
        case correct = 2
    }

    public let executionID: UInt64
    public let userRef: UInt32
    /// Days since 1970-01-01 in the venue's own calendar.
    public let tradingDay: UInt16
    public let venue: UInt8
    public let sideAndKind: UInt8

    @inlinable public init(
        venue: UInt8, tradingDay: UInt16, executionID: UInt64, userRef: UInt32, side: Side, kind: Kind
    ) {
        self.executionID = executionID
        self.userRef = userRef
        self.tradingDay = tradingDay
        self.venue = venue
        self.sideAndKind = side.rawValue << 4 | kind.rawValue
    }
}
