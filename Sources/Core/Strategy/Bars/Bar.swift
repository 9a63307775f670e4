public import Model

/// Trades of one instrument put together: exact, in whole numbers.
@frozen public struct Bar: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    /// Which of the strategy's subscriptions it is of.
    public var stream: BarStream
    public var open: Price
    public var high: Price
    public var low: Price
    public var close: Price
    /// Σ quantity.
    public var volume: Quantity
    /// Σ price · quantity; divided by ``volume`` it is the volume-weighted average price.
    public var notional: Int128
    /// Trades.
    public var count: Int
    /// Core time: of a time bar when its period began, else of its first trade.
    public var beganAtNs: UInt64
    /// Core time: of a time bar when its period is over, else of its last trade.
    public var endedAtNs: UInt64

    /// The volume-weighted average price, truncated toward zero.
    @inlinable public var vwap: Price {
        volume.raw == 0 ? close : Price(raw: Int64(clamping: notional / Int128(volume.raw)))
    }

    @usableFromInline init() {
        instrument = .none
        stream = BarStream(index: 0)
        open = Price(raw: 0)
        high = open
        low = open
        close = open
        volume = .zero
        notional = 0
        count = 0
        beganAtNs = 0
        endedAtNs = 0
    }
}
