public import Model

/// An order as people look at it: a copy, one moment.
@frozen public struct OrderView: BitwiseCopyable, Sendable {
    public var id = OrderID.none
    public var ordered: Int64 = 0
    public var filled: Int64 = 0
    public var leaves: Int64 = 0
    public var busted: Int64 = 0
    /// What the worst-case sums hold for it.
    public var reserved: Int64 = 0
    public var price: Int64 = 0
    /// Average price of what executed, truncated; 0: nothing did.
    public var averagePrice: Int64 = 0
    /// 0: it waits for no price.
    public var stop: Int64 = 0
    public var venueOrderID: UInt64 = 0
    /// Core time of the end, of the last unanswered question, or since when it is in doubt.
    public var sinceNs: UInt64 = 0
    public var userRef: UInt32 = 0
    public var instrument: UInt32 = .max
    public var strategy: UInt16 = .max
    public var status: OrderStatus = .created
    public var lifecycle: Lifecycle = .created
    public var request: Request = .none
    public var knowledge: Knowledge = .known
    public var side: Side = .none
    public var orderType: OrderType = .limit
    public var timeInForce: TimeInForce = .day
    public var flags = OrderFlags(rawValue: 0)
    public var session: UInt8 = 0

    @inlinable public init() {}
}
