internal import Core
public import Model

/// An order as people and programs outside look at it. Prices are decimals as text, exact to the shown digits.
public struct OrderRow: Codable, Sendable, Equatable {
    public var id: String
    /// When it was made, UTC, nanoseconds since 1970; `nil`: in an earlier run.
    public var createdUtcNs: UInt64?
    public var symbol: String
    public var side: String
    public var type: String
    public var timeInForce: String
    public var quantity: Int64
    public var filled: Int64
    /// What may still execute.
    public var leaves: Int64
    /// `nil`: at the market.
    public var limitPrice: String?
    public var stopPrice: String?
    /// Of what executed.
    public var averagePrice: String?
    public var status: String
    /// Whether something of it may still execute, as far as anybody knows.
    public var isOpen: Bool
    /// `nil`: no strategy of this run made it.
    public var strategy: String?
    /// The venue's own number; `nil`: it has told none.
    public var venueOrder: UInt64?
    /// Its number on the venue session; 0: it was never sent.
    public var userRef: UInt32
    /// Why it was refused; `nil`: it was not, or nobody knows any more.
    public var refusal: RefusalRow?
    public var reduceOnly = false
    public var postOnly = false

    public init(
        id: OrderID, createdUtcNs: UInt64?, symbol: String, side: Side, type: OrderType,
        timeInForce: TimeInForce, status: OrderStatus
    ) {
        self.id = id.description
        self.createdUtcNs = createdUtcNs
        self.symbol = symbol
        self.side = side == .sell ? "sell" : "buy"
        self.type = Words.snakeCase("\(type)")
        self.timeInForce = Words.name(timeInForce)
        self.status = Words.snakeCase("\(status)")
        quantity = 0
        filled = 0
        leaves = 0
        isOpen = true
        userRef = 0
    }

    init(_ view: OrderView, symbol: String, strategies: [String], clock: RunClock) {
        self.init(
            id: view.id, createdUtcNs: clock.utcNs(ofOrder: view.id), symbol: symbol, side: view.side,
            type: view.orderType, timeInForce: view.timeInForce, status: view.status)
        quantity = view.ordered
        filled = view.filled
        leaves = view.lifecycle.isEnded ? 0 : view.leaves
        isOpen = !view.lifecycle.isEnded
        limitPrice = Words.price(view.price, of: view.orderType)
        stopPrice = view.stop == 0 ? nil : Words.price(view.stop)
        averagePrice = view.averagePrice == 0 ? nil : Words.price(view.averagePrice)
        strategy = Int(view.strategy) < strategies.count ? strategies[Int(view.strategy)] : nil
        venueOrder = view.venueOrderID == 0 ? nil : view.venueOrderID
        userRef = view.userRef
        reduceOnly = view.flags.isReduceOnly
        postOnly = view.flags.isPostOnly
    }
}

/// What one run's times mean.
public struct RunClock: Sendable {
    public let epoch: UInt32
    /// UTC at engine time 0, nanoseconds since 1970.
    public let utcAtZeroNs: UInt64

    public init(epoch: UInt32, utcAtZeroNs: UInt64) {
        self.epoch = epoch
        self.utcAtZeroNs = utcAtZeroNs
    }

    /// When an order was made, to the microsecond: it is in its id. `nil`: another run made it, whose clock is not ours.
    public func utcNs(ofOrder id: OrderID) -> UInt64? {
        let epoch = UInt32(id.high & 0xfff) | UInt32(truncatingIfNeeded: id.low >> 44 & 0x3_ffff) << 12
        guard epoch == self.epoch & 0x3fff_ffff else { return nil }
        return utcAtZeroNs &+ (id.high >> 16) << 10
    }
}
