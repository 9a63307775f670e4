public import Model

/// A trade that the market data told of.
@frozen public struct Trade: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    /// Of the order that rested in the book; `.none` where the feed does not tell.
    public var restingSide: Side
    public var price: Price
    public var quantity: Quantity
    public var matchNumber: UInt64
    /// The venue's stamp, in its own terms.
    public var venueTimeNs: UInt64

    @inlinable public init(
        instrument: InstrumentID, restingSide: Side, price: Price, quantity: Quantity, matchNumber: UInt64,
        venueTimeNs: UInt64
    ) {
        self.instrument = instrument
        self.restingSide = restingSide
        self.price = price
        self.quantity = quantity
        self.matchNumber = matchNumber
        self.venueTimeNs = venueTimeNs
    }
}
