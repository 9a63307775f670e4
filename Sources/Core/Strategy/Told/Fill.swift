public import Model

/// An execution of an order of the strategy that is called. It is booked already: `context.position` counts it.
@frozen public struct Fill: BitwiseCopyable, Sendable {
    public var order: OrderID
    public var instrument: InstrumentID
    public var side: Side
    public var price: Price
    public var quantity: Quantity
    /// What of the order may still execute.
    public var leaves: Quantity
    public var matchNumber: UInt64
    /// Names the order in ``SignalTerms/order``, for as long as its record lives.
    public var handle: OrderHandle

    @inlinable public init(
        order: OrderID, instrument: InstrumentID, side: Side, price: Price, quantity: Quantity,
        leaves: Quantity,
        matchNumber: UInt64, handle: OrderHandle
    ) {
        self.order = order
        self.instrument = instrument
        self.side = side
        self.price = price
        self.quantity = quantity
        self.leaves = leaves
        self.matchNumber = matchNumber
        self.handle = handle
    }
}
