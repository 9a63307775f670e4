public import Model

/// What is known about an instrument before it trades.
public struct InstrumentDefinition: Sendable, Equatable {
    public var symbol: Symbol
    /// Smallest step of an order's price, in the price scale (4 decimals): 0.01.
    public var tick: Int32 = 100
    /// Smallest step of an order's quantity: one share; the exchange's round lot is no bound on orders.
    public var lot: Int32 = 1
    /// Value of one point of price.
    public var multiplier: Int32 = 1
    /// Place of its currency among the account's: see ``LedgerConfiguration/currencies``.
    public var currency: UInt8 = 0
    /// Feed stream that its market data comes from.
    public var stream: UInt8 = 0
    /// Venue session that its orders go to.
    public var session: UInt8 = 0
    /// No orders at all.
    public var isRestricted = false
    /// Its own position limit; `nil`: the account's.
    public var positionMax: Quantity?
    /// Its own limits on an order, beside the account's; `nil`: none.
    public var orderQuantityMax: Quantity?
    public var orderNotionalMax: Money?
    /// Orders and replacements a second in it; 0: no limit of its own.
    public var ordersPerSecond: Int64 = 0
    public var orderBurst: Int64 = 100
    /// Margin, of its notional, parts per million; `nil`: the account's.
    public var marginPpm: Int64?
    /// Held on margin alone, as futures are: no cash changes hands for it.
    public var isMargined = false
    /// What may be sold short; `nil`: no locate is needed.
    public var locatedQuantity: Quantity?
    /// Volume of a usual day; 0: unknown, and where orders are limited by it, none is made.
    public var averageDailyVolume = Quantity.zero
    /// Place of its hours among ``CoreConfiguration/calendars``; `nil`: whenever its venue trades.
    public var calendar: UInt8?

    public init(symbol: Symbol) { self.symbol = symbol }
}
