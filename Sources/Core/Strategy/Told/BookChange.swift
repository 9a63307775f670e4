public import Model

/// A message that changed a book. Which levels there are now the context shows.
@frozen public struct BookChange: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    /// Side and price of the level that the message was about; of an order that moved, where it is now. Of a transaction, its
    /// last message.
    public var side: Side
    public var price: Price
    /// The venue's stamp, in its own terms.
    public var venueTimeNs: UInt64

    @inlinable public init(instrument: InstrumentID, side: Side, price: Price, venueTimeNs: UInt64) {
        self.instrument = instrument
        self.side = side
        self.price = price
        self.venueTimeNs = venueTimeNs
    }
}
