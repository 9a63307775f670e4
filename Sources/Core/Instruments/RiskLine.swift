/// What every order in an instrument touches: the worst case as running sums, and its limits; one cache line.
///
/// With P the position and B, S the sums of what may still execute on each side, the position ends somewhere in
/// `[P − S, P + B]`, whatever becomes of the orders.
@frozen public struct RiskLine: BitwiseCopyable, Sendable {
    /// P: net position, signed.
    public internal(set) var position: Int64
    /// B: what may still be bought by orders that are pending, working, in doubt or being cancelled.
    public internal(set) var openBuy: Int64
    /// S: the same for sells.
    public internal(set) var openSell: Int64
    /// The price by which the gross notional counts this instrument; 0: none yet.
    @usableFromInline var reference: Int64
    /// Largest allowed worst end of the position, either way.
    @usableFromInline var positionMax: Int64
    @usableFromInline var tick: Int32
    @usableFromInline var lot: Int32
    /// Value of one point of price.
    @usableFromInline var multiplier: Int32
    /// First and last of the orders that have not ended, oldest first; `UInt32.max`: none.
    @usableFromInline var firstOrder: UInt32
    /// How many orders have not ended.
    public internal(set) var buyCount: UInt16
    public internal(set) var sellCount: UInt16
    /// Bits, named below.
    private var states: UInt8
    @usableFromInline var session: UInt8
    /// Its place among the account's currencies.
    @usableFromInline var currency: UInt8

    init(positionMax: Int64, tick: Int32, lot: Int32) {
        position = 0
        openBuy = 0
        openSell = 0
        reference = 0
        self.positionMax = positionMax
        self.tick = tick
        self.lot = lot
        multiplier = 1
        firstOrder = UInt32.max
        buyCount = 0
        sellCount = 0
        states = 0
        session = 0
        currency = 0
    }

    /// No orders at all.
    var isRestricted: Bool {
        get { states & 1 != 0 }
        set { states = newValue ? states | 1 : states & ~1 }
    }
    /// It may do less than everything: why, and what, ``RiskStates`` tells.
    var isReduceOnly: Bool {
        get { states & 2 != 0 }
        set { states = newValue ? states | 2 : states & ~2 }
    }
    /// There may be orders that must not do more than reduce the position.
    var hasReduceOnly: Bool {
        get { states & 4 != 0 }
        set { states = newValue ? states | 4 : states & ~4 }
    }
    /// Outside its hours.
    var isMarketClosed: Bool {
        get { states & 16 != 0 }
        set { states = newValue ? states | 16 : states & ~16 }
    }
    /// What keeps its orders from being judged by limits alone; 0: nothing.
    var stateBits: UInt8 { states & (2 | 8 | 16) }
    /// Held on margin alone: no cash changes hands for it.
    var isMargined: Bool {
        get { states & 128 != 0 }
        set { states = newValue ? states | 128 : states & ~128 }
    }
    /// ``positionMax`` is its own, not the account's.
    var hasOwnPositionMax: Bool {
        get { states & 32 != 0 }
        set { states = newValue ? states | 32 : states & ~32 }
    }
    /// Counted in the base currency, in single shares, with no terms of its own, and not restricted.
    @inline(__always) var isPlain: Bool {
        currency == 0 && multiplier == 1 && lot == 1 && states & (1 | 64 | 128) == 0
    }
    /// ``RareTerms`` of it make its checks others.
    var hasRareTerms: Bool {
        get { states & 64 != 0 }
        set { states = newValue ? states | 64 : states & ~64 }
    }
    /// The position is to be closed as soon as nothing works any more.
    var isClosing: Bool {
        get { states & 8 != 0 }
        set { states = newValue ? states | 8 : states & ~8 }
    }
}
