/// Where the sorted list of one side's levels lies in the pool.
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
    /// As in ``Level/rank``; ``empty`` where the side is empty, so that every level is better.
    var rank = Self.empty
    var quantity: Int64 = 0

    /// Below every rank, and so far from them that its sum with any is negative and does not overflow.
    @inline(__always) static var empty: Int64 { -(1 << 62) }
}

/// Everything about one instrument's book but its levels: one cache line, so that reading a quote costs one.
struct InstrumentBook: BitwiseCopyable {
    /// Index 0: bids, 1: asks.
    var tops: InlineArray<2, SideTop> = .init(repeating: SideTop())
    var venueTimeNs: UInt64 = 0
    var sides: InlineArray<2, SideLevels> = .init(repeating: SideLevels())
    /// The stream's count of losses that this book has been mended for.
    var mendedLosses: UInt32 = 0
    var stream: UInt8 = 0
    /// ``MarketStatus``, and beside it ``operationalHalt``.
    var status: UInt8 = 0
    var isBroken = false
    /// Bit 0: a transaction is open; bit 1: crossed; bit 2: locked.
    var flags: UInt8 = 0

    static var transactionOpen: UInt8 { 1 }
    static var crossed: UInt8 { 2 }
    static var locked: UInt8 { 4 }

    /// The venue has halted the instrument for reasons of its own; independent of the trading status.
    static var operationalHalt: UInt8 { 0x80 }
}
