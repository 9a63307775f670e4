/// What a strategy wants. ``flat`` closes; ``hold`` is recorded and does nothing. ``long`` and ``short`` are other words for
/// ``buy`` and ``sell``.
@frozen public enum SignalAction: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case buy = 1
    case sell = 2
    case flat = 3
    case hold = 4
    /// Cancel the strategy's working orders in the instrument.
    case cancel = 5
    /// Cancel the order that the terms name.
    case cancelOrder = 6
    /// Give the order that the terms name the signal's limit and quantity (0: as it was). The quantity is the whole
    /// order's, with what has been executed.
    case replace = 7

    @inlinable public static var long: SignalAction { .buy }
    @inlinable public static var short: SignalAction { .sell }

    /// One of the words for a side, in capitals or not: BUY, LONG, SELL, SHORT, FLAT, HOLD.
    public init?(word: String) {
        switch word.uppercased() {
        case "BUY", "LONG": self = .buy
        case "SELL", "SHORT": self = .sell
        case "FLAT": self = .flat
        case "HOLD": self = .hold
        default: return nil
        }
    }
}

/// One wish of a strategy, made in a callback and handled by the core right after it.
@frozen public struct Signal: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var action: SignalAction
    public var orderType: OrderType
    public var timeInForce: TimeInForce
    public var flags: OrderFlags
    /// Between 0 and 1; recorded with the order.
    public var strength: Double
    /// Price of a limit order; `nil`-like 0: the sizing stage takes the touch on the other side.
    public var limit: Price
    /// 0: the sizing stage decides.
    public var quantity: Quantity

    @inlinable public init(
        instrument: InstrumentID, action: SignalAction, strength: Double = 1, limit: Price = Price(raw: 0),
        quantity: Quantity = .zero, orderType: OrderType = .limit, timeInForce: TimeInForce = .day,
        flags: OrderFlags = OrderFlags(rawValue: 0)
    ) {
        self.instrument = instrument
        self.action = action
        self.orderType = orderType
        self.timeInForce = timeInForce
        self.flags = flags
        self.strength = strength
        self.limit = limit
        self.quantity = quantity
    }
}
