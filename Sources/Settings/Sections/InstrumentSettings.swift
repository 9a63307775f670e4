public import Model

/// What may be traded.
public struct InstrumentSettings: Sendable, Equatable {
    /// The symbols to trade; empty: every one that the feeds tell of, where ``discover`` allows it.
    public var symbols: [Symbol] = []
    /// Instruments that the feeds tell of get a book even when ``symbols`` does not name them.
    public var discover = true
    /// Room of the instrument table; what comes beyond it is counted and ignored.
    public var countMax = 16_384

    public init() {}
}
