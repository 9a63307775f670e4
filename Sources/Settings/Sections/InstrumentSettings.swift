public import Model

/// What may be traded.
public struct InstrumentSettings: Sendable, Equatable {
    /// The symbols to trade; empty: every one that the feeds tell of, where ``discover`` allows it.
    public var symbols: [Symbol] = []
    /// Instruments that the feeds tell of get a book even when ``symbols`` does not name them.
    public var discover = true
    /// Room of the instrument table; what comes beyond it is counted and ignored.
    public var countMax = 16_384
    /// The file with the instrument master; empty: `instruments.yaml` beside the settings file where there is one.
    public var source = ""
    /// What the feeds do not tell of an instrument: those of ``source`` and those of the settings, which win, key by key. It is
    /// no list of what is traded: that is ``symbols``.
    public var definitions: [InstrumentTerms] = []

    public init() {}
}

/// One instrument of the master.
public struct InstrumentTerms: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Paid for in full, or borrowed for.
        case equity
        /// Held on margin alone: no cash changes hands for it.
        case future
    }

    public var symbol: Symbol
    /// Of the account's currencies; empty: the base.
    public var currency = ""
    /// Value of one point of price of one contract.
    public var multiplier = 1
    /// Smallest step of an order's price.
    public var tick = Price(raw: 100)
    /// Smallest step of an order's quantity.
    public var lot = Quantity(raw: 1)
    public var kind = Kind.equity
    /// Name of its hours; empty: whenever its venue trades.
    public var calendar = ""
    /// Name of the venue that its orders go to; empty: the first.
    public var venue = ""
    public var sector = ""
    public var beta = 1.0
    /// 0: unknown.
    public var averageDailyVolume = Quantity.zero
    /// 0: the account's.
    public var marginPct = Percent(partsPerMillion: 0)
    /// `nil`: no locate is needed.
    public var locatedUnits: Quantity?
    public var isRestricted = false
    public var positionUnitsMax: Quantity?
    public var orderQuantityMax: Quantity?
    public var orderNotionalMax: Money?
    /// 0: none of its own.
    public var ordersPerSecond: Int64 = 0
    public var orderBurst: Int64 = 100

    public init(symbol: Symbol) { self.symbol = symbol }
}
