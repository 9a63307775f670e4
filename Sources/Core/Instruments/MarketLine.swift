public import Model

/// What every quote of an instrument touches: its best prices and states, one cache line.
@frozen public struct MarketLine: BitwiseCopyable, Sendable {
    public internal(set) var quote: Quote
    /// Price of the last trade; 0: none yet.
    public internal(set) var lastPrice: Price
    public internal(set) var trading: TradingStatus
    /// There is a position or an order that could become one: a change of price changes money.
    @usableFromInline var isExposed: Bool
    @usableFromInline var isDefined: Bool
    @usableFromInline var stream: UInt8

    init(instrument: InstrumentID) {
        quote = Quote(
            instrument: instrument, bid: Price(raw: 0), bidQuantity: .zero, ask: Price(raw: 0), askQuantity: .zero,
            venueTimeNs: 0)
        lastPrice = Price(raw: 0)
        trading = .unknown
        isExposed = false
        isDefined = false
        stream = 0
    }
}

/// What the venue says about trading in an instrument.
@frozen public enum TradingStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nothing was said yet.
    case unknown = 0
    case trading = 1
    case halted = 2
    case paused = 3
    case quotationOnly = 4
}
