/// Where the sorted list of one side's far levels lies in the pool.
struct SideLevels: BitwiseCopyable {
    var base: UInt32 = 0
    /// Levels in use, worst first; the best is the last.
    var count: UInt16 = 0
    /// Room is `LevelPool.room(sizeClass)`; 0: no block yet.
    var sizeClass: UInt8 = 0
    var reserved: UInt8 = 0
}

/// The best level of one side.
struct SideTop: BitwiseCopyable, Equatable {
    /// The price for bids, its negative for asks: higher is better on both sides, so that one code serves both. ``empty``
    /// where the side is empty, so that every level is better.
    var rank = Self.empty
    var quantity: Int64 = 0

    /// Below every rank, and so far from them that its sum with any is negative and does not overflow.
    @inline(__always) static var empty: Int64 { -(1 << 62) }
}

/// Everything about one instrument's book but its levels: what nearly every message needs in one cache line, the rest in
/// the next.
struct InstrumentBook: BitwiseCopyable {
    /// Index 0: bids, 1: asks; so for all of these.
    var tops: InlineArray<2, SideTop> = .init(repeating: SideTop())
    /// The worst price of each side's window, in ticks: see ``Tick``.
    var windowLows: InlineArray<2, UInt64> = .init(repeating: 0)
    /// A bit for each place of the windows that holds a level: that of a tick is the tick modulo their width.
    var windowBits: InlineArray<2, UInt32> = .init(repeating: 0)
    /// Bit 0: a transaction is open; bit 1: crossed; bit 2: locked.
    var flags: UInt8 = 0
    var isBroken = false
    /// ``MarketStatus``, and beside it ``operationalHalt``.
    var status: UInt8 = 0
    var stream: UInt8 = 0
    /// The stream's count of losses that this book has been mended for.
    var mendedLosses: UInt32 = 0

    var venueTimeNs: UInt64 = 0
    var sides: InlineArray<2, SideLevels> = .init(repeating: SideLevels())
    var reserved: InlineArray<5, UInt64> = .init(repeating: 0)

    static var transactionOpen: UInt8 { 1 }
    static var crossed: UInt8 { 2 }
    static var locked: UInt8 { 4 }

    /// The venue has halted the instrument for reasons of its own; independent of the trading status.
    static var operationalHalt: UInt8 { 0x80 }
}
