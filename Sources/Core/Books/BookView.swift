public import Model

/// Levels and states of the books, to look at from beside the table: for strategies, whose context is no part of it.
///
/// - Threads: the table's owner, as long as the table lives.
@safe public struct BookView {
    private let instruments: UnsafePointer<InstrumentBook>
    private let windows: UnsafePointer<Level>
    private let lists: UnsafePointer<FarLevel>
    private let losses: UnsafePointer<UInt32>
    private let mended: UnsafePointer<UInt32>
    private let instrumentCount: Int

    init(
        instruments: UnsafePointer<InstrumentBook>, windows: UnsafePointer<Level>,
        lists: UnsafePointer<FarLevel>, losses: UnsafePointer<UInt32>, mended: UnsafePointer<UInt32>,
        instrumentCount: Int
    ) {
        unsafe self.instruments = instruments
        unsafe self.windows = windows
        unsafe self.lists = lists
        unsafe self.losses = losses
        unsafe self.mended = mended
        self.instrumentCount = instrumentCount
    }

    @inline(__always)
    private func book(_ instrument: InstrumentID) -> UnsafePointer<InstrumentBook> {
        precondition(Int(instrument.index) < instrumentCount, "Caller: an instrument is in the table")
        // SAFETY: the index was checked, and the table outlives its view.
        return unsafe instruments + Int(instrument.index)
    }

    /// The level at `depth` from the best (0); `nil`: there are not so many. Traps outside the instrument table.
    #if !DEBUG
    @_noLocks
    #endif
    public func level(_ instrument: InstrumentID, _ side: Side, depth: Int) -> BookLevel? {
        guard let sideIndex = BookTable.sideIndex(side), depth >= 0 else { return nil }
        let book = unsafe book(instrument)
        let low = unsafe book.pointee.windowLows[sideIndex]
        var near = unsafe BookTable.sorted(book.pointee.windowBits[sideIndex], low)
        let list = unsafe book.pointee.sides[sideIndex]
        let owner = Int(instrument.index) << 1 | sideIndex
        var far = Int(list.count)
        var left = depth
        while near != 0 || far > 0 {
            let tick = near == 0 ? 0 : low &+ 31 &- UInt64(near.leadingZeroBitCount)
            let nearRank = near == 0 ? SideTop.empty : Tick.rank(tick)
            // SAFETY: `far` is above 0 and at most the list's count, and the list lies in the pool.
            let farRank = unsafe far == 0 ? SideTop.empty : lists[Int(list.base) + far - 1].rank
            let isNear = nearRank > farRank
            if left == 0 {
                // SAFETY: the place is one of the window of an instrument that was checked; the list as above.
                let level =
                    unsafe isNear
                    ? windows[LevelPool.place(owner, tick)] : lists[Int(list.base) + far - 1].level
                let rank = isNear ? nearRank : farRank
                return BookLevel(
                    price: Price(raw: BookTable.turned(rank, side: sideIndex)),
                    quantity: Quantity(raw: level.quantity), orderCount: Int(level.orderCount))
            }
            if isNear { near &= ~(0x8000_0000 &>> UInt32(near.leadingZeroBitCount)) } else { far -= 1 }
            left -= 1
        }
        return nil
    }

    /// Levels on `side`. Traps outside the instrument table.
    #if !DEBUG
    @_noLocks
    #endif
    public func levelCount(_ instrument: InstrumentID, _ side: Side) -> Int {
        guard let sideIndex = BookTable.sideIndex(side) else { return 0 }
        let book = unsafe book(instrument)
        return unsafe book.pointee.windowBits[sideIndex].nonzeroBitCount
            + Int(book.pointee.sides[sideIndex].count)
    }

    /// Whether the book may be believed. Traps outside the instrument table.
    #if !DEBUG
    @_noLocks
    #endif
    public func state(_ instrument: InstrumentID) -> BookState {
        let book = unsafe book(instrument)
        if unsafe book.pointee.isBroken { return .broken }
        let stream = unsafe Int(book.pointee.stream)
        // SAFETY: there are as many counts as a byte has numbers.
        let lost = unsafe losses[stream]
        let whole = unsafe max(mended[stream], book.pointee.mendedLosses)
        return lost > whole ? .stale : .whole
    }
}
