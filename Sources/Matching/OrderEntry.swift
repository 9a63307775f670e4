public import Model

/// How long an order stands.
@frozen public enum Duration: UInt8, BitwiseCopyable, Sendable {
    /// Rests until it is filled or cancelled.
    case day = 0
    /// Fills what it can at once; the rest is cancelled.
    case immediateOrCancel = 1
    /// Fills all of it at once or nothing.
    case fillOrKill = 2
}

/// A new order, as the engine takes it.
@frozen public struct OrderEntry: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var side: Side
    public var duration: Duration
    /// No limit: `price` is not looked at and the order never rests.
    public var isMarket: Bool
    /// Refused where it would trade on arrival.
    public var isPostOnly: Bool
    public var price: Price
    /// Shares, `1 ... MatchingLimits.quantityMax`.
    public var quantity: UInt32
    /// Who sent it: handed back in every event, and compared, but for its highest bit, where self-trade is prevented;
    /// 0 is nobody, who may trade with himself.
    public var owner: UInt32
    /// Shares that must trade at once, or none does; 0: none must. Of an order that does not rest.
    public var minimumQuantity: UInt32
    /// The owner's own number of the order, handed back in every event and never looked at.
    public var userRef: UInt32

    @inlinable public init(
        instrument: InstrumentID, side: Side, price: Price, quantity: UInt32, duration: Duration = .day,
        isMarket: Bool = false, isPostOnly: Bool = false, owner: UInt32 = 0, userRef: UInt32 = 0,
        minimumQuantity: UInt32 = 0
    ) {
        self.instrument = instrument
        self.side = side
        self.duration = duration
        self.isMarket = isMarket
        self.isPostOnly = isPostOnly
        self.price = price
        self.quantity = quantity
        self.owner = owner
        self.userRef = userRef
        self.minimumQuantity = minimumQuantity
    }
}
