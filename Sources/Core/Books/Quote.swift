public import Model

/// The best prices of one instrument. Where a side's quantity is zero the side is empty and its price means nothing.
@frozen public struct Quote: Hashable, BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var bid: Price
    public var bidQuantity: Quantity
    public var ask: Price
    public var askQuantity: Quantity
    /// The venue's stamp of the message that changed the quote last, in the venue's own terms.
    public var venueTimeNs: UInt64

    @inlinable public init(
        instrument: InstrumentID, bid: Price, bidQuantity: Quantity, ask: Price, askQuantity: Quantity,
        venueTimeNs: UInt64
    ) {
        self.instrument = instrument
        self.bid = bid
        self.bidQuantity = bidQuantity
        self.ask = ask
        self.askQuantity = askQuantity
        self.venueTimeNs = venueTimeNs
    }
}
