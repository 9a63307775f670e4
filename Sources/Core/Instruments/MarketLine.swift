public import Model

/// What every quote of an instrument touches: its best prices and states, one cache line.
@frozen public struct MarketLine: BitwiseCopyable, Sendable {
    public internal(set) var quote: Quote
    /// Price of the last trade; 0: none yet.
    public internal(set) var lastPrice: Price
    public internal(set) var trading: MarketStatus
    /// There is a position or an order that could become one: a change of price changes money.
    @usableFromInline var isExposed: Bool
    @usableFromInline var isDefined: Bool
    @usableFromInline var stream: UInt8
    /// Something is held here until the market has moved.
    @usableFromInline var hasHeld: Bool
    /// A strategy whose day is watched holds something of it by its own book.
    @usableFromInline var hasOwn: Bool

    init(instrument: InstrumentID) {
        quote = Quote(
            instrument: instrument, bid: Price(raw: 0), bidQuantity: .zero, ask: Price(raw: 0),
            askQuantity: .zero,
            venueTimeNs: 0)
        lastPrice = Price(raw: 0)
        trading = .unknown
        isExposed = false
        isDefined = false
        stream = 0
        hasHeld = false
        hasOwn = false
    }
}
