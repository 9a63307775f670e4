public import Model

/// What may be traded.
public struct InstrumentSettings: Sendable, Equatable {
    /// The symbols to trade; empty: every one that the feeds tell of, where ``discover`` allows it.
    public var symbols: [Symbol] = []
    /// Instruments that the feeds tell of get a book even when ``symbols`` does not name them.
    public var discover = true
    /// Room of the instrument table; what comes beyond it is counted and ignored.
    public var countMax = 16_384
    /// What the feeds do not tell of an instrument. It is no list of what is traded: that is ``symbols``.
    public var definitions: [InstrumentTerms] = []

    public init() {}
}

/// What one instrument is worth, and in which currency.
public struct InstrumentTerms: Sendable, Equatable {
    public var symbol: Symbol
    /// Of the account's currencies; empty: the base.
    public var currency = ""
    /// Value of one point of price of one contract.
    public var multiplier = 1

    public init(symbol: Symbol) { self.symbol = symbol }
}
