public import Model

/// What became of an order of the strategy that is called.
@frozen public struct OrderUpdate: BitwiseCopyable, Sendable {
    public var id: OrderID
    public var instrument: InstrumentID
    public var side: Side
    public var status: OrderStatus
    public var price: Price
    public var filled: Quantity
    /// What may still execute.
    public var leaves: Quantity
    /// Names the order in ``SignalTerms/order``, for as long as its record lives.
    public var handle: OrderHandle

    @inlinable public init(
        id: OrderID, instrument: InstrumentID, side: Side, status: OrderStatus, price: Price,
        filled: Quantity,
        leaves: Quantity, handle: OrderHandle
    ) {
        self.id = id
        self.instrument = instrument
        self.side = side
        self.status = status
        self.price = price
        self.filled = filled
        self.leaves = leaves
        self.handle = handle
    }
}
