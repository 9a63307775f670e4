internal import Memory
internal import Model

/// The levels of a side, and what follows from a change of them.
extension BookTable {
    /// Levels from the best price of a far list that are compared one and all, without a branch to mispredict.
    private static var nearCount: Int { 8 }

    /// An instrument's line, for who has checked that there is one.
    @inline(__always) func book(_ index: Int) -> UnsafeMutablePointer<InstrumentBook> {
        precondition(
            UInt(bitPattern: index) < UInt(bitPattern: instruments.count),
            "Invariant: the instrument was checked")
        // SAFETY: the index was checked.
        return unsafe instruments.unsafeBase + index
    }

    @inline(__always) static func bit(_ tick: UInt64) -> UInt32 {
        1 &<< UInt32(truncatingIfNeeded: tick & (LevelPool.windowTicks &- 1))
    }

    @inline(__always) static func isNear(_ tick: Tick, _ low: UInt64) -> Bool {
        tick.number &- low < LevelPool.windowTicks && tick.isWhole
    }

    // MARK: Finding and making

    /// The level at `rank`, made where there was none, with nothing in it: whoever asks puts something in. `nil`: no room.
    /// The address is good until the next level comes or goes.
    @inline(__always) mutating func levelForAdding(_ index: Int, _ side: Int, rank: Int64)
        -> UnsafeMutablePointer<Level>?
    {
        let tick = Tick(rank)
        let book = unsafe book(index)
        guard unsafe Self.isNear(tick, book.pointee.windowLows[side]) else {
            return unsafe farLevelForAdding(index, side, rank: rank)
        }
        return unsafe nearLevelForAdding(index, side, tick.number)
    }

    @inline(__always) private mutating func nearLevelForAdding(_ index: Int, _ side: Int, _ tick: UInt64)
        -> UnsafeMutablePointer<Level>?
    {
        let book = unsafe book(index)
        let bits = unsafe book.pointee.windowBits[side]
        let isNew = bits & Self.bit(tick) == 0 ? 1 : 0
        guard pool.count &+ isNew <= pool.levelCountMax else { return nil }
        pool.count &+= isNew
        unsafe book.pointee.windowBits[side] = bits | Self.bit(tick)
        return unsafe pool.near(index &<< 1 | side, tick)
    }

    // What is not inlined is mutating, also where it changes nothing: the whole table would be copied for the call.

    /// For a price outside the window: moves the window there if it belongs there, else a place in the list.
    @inline(never)
    private mutating func farLevelForAdding(_ index: Int, _ side: Int, rank: Int64)
        -> UnsafeMutablePointer<Level>?
    {
        let tick = Tick(rank)
        if tick.isWhole, let low = lowForReaching(index, side, tick.number), moveWindow(index, side, to: low)
        {
            return unsafe nearLevelForAdding(index, side, tick.number)
        }
        let list = unsafe book(index).pointee.sides[side]
        let place = levelsBelow(rank, base: Int(list.base), count: Int(list.count))
        if place >= Int(list.count) || pool.lists[Int(list.base) + place].rank != rank {
            guard pool.count < pool.levelCountMax, makeRoom(index, side, 1) else { return nil }
            insertFar(index, side, FarLevel(rank: rank), at: place)
            pool.count += 1
        }
        // The block may be another now.
        return unsafe farLevel(Int(book(index).pointee.sides[side].base) + place)
    }

    /// The level at `rank`; `nil`: there is none.
    @inline(__always) mutating func findLevel(_ index: Int, _ side: Int, rank: Int64)
        -> UnsafeMutablePointer<Level>?
    {
        let tick = Tick(rank)
        let book = unsafe book(index)
        guard unsafe Self.isNear(tick, book.pointee.windowLows[side]) else {
            return unsafe findFar(index, side, rank: rank)
        }
        guard unsafe book.pointee.windowBits[side] & Self.bit(tick.number) != 0 else { return nil }
        return unsafe pool.near(index &<< 1 | side, tick.number)
    }

    @inline(never) private mutating func findFar(_ index: Int, _ side: Int, rank: Int64)
        -> UnsafeMutablePointer<Level>?
    {
        guard let place = findPlace(index, side, rank: rank) else { return nil }
        return unsafe farLevel(Int(book(index).pointee.sides[side].base) + place)
    }

    @inline(__always) private func farLevel(_ place: Int) -> UnsafeMutablePointer<Level> {
        precondition(place < pool.lists.count, "Invariant: lists lie within the pool")
        // SAFETY: the place was checked; the rank stands before the level.
        let far = unsafe UnsafeMutableRawPointer(pool.lists.unsafeBase + place)
        return unsafe (far + 8).assumingMemoryBound(to: Level.self)
    }

    /// Takes away the level at `rank`, which is there.
    @inline(__always) mutating func removeLevel(_ index: Int, _ side: Int, rank: Int64) {
        let tick = Tick(rank)
        let book = unsafe book(index)
        guard unsafe Self.isNear(tick, book.pointee.windowLows[side]) else {
            return removeFar(index, side, rank: rank)
        }
        pool.count &-= 1
        unsafe book.pointee.windowBits[side] &= ~Self.bit(tick.number)
        unsafe pool.near(index &<< 1 | side, tick.number).pointee = Level()
    }

    // MARK: The window

    /// Where the window should lie for a tick outside it to be inside; `nil`: nowhere, it is far from the best price.
    @inline(__always) private func lowForReaching(_ index: Int, _ side: Int, _ tick: UInt64) -> UInt64? {
        // Some places are left above what is best, for prices that get better.
        let above = LevelPool.windowTicks - 5
        let rank = unsafe book(index).pointee.tops[side].rank
        guard rank != SideTop.empty else { return tick - above }
        let best = max(Tick(rank).number, tick)
        return best - tick <= above ? best - above : nil
    }

    /// Levels that fall out of the window go to the far list, and those that it now covers come from there. `false`: the
    /// list has no room, nothing was done.
    private mutating func moveWindow(_ index: Int, _ side: Int, to low: UInt64) -> Bool {
        let book = unsafe book(index)
        let oldLow = unsafe book.pointee.windowLows[side]
        let owner = index << 1 | side
        guard unsafe makeRoom(index, side, book.pointee.windowBits[side].nonzeroBitCount) else {
            return false
        }
        for tick in oldLow..<oldLow + LevelPool.windowTicks where tick &- low >= LevelPool.windowTicks {
            guard unsafe book.pointee.windowBits[side] & Self.bit(tick) != 0 else { continue }
            unsafe book.pointee.windowBits[side] &= ~Self.bit(tick)
            let list = unsafe book.pointee.sides[side]
            let rank = Tick.rank(tick)
            insertFar(
                index, side, FarLevel(rank: rank, level: unsafe pool.near(owner, tick).pointee),
                at: levelsBelow(rank, base: Int(list.base), count: Int(list.count)))
            unsafe pool.near(owner, tick).pointee = Level()
        }
        unsafe book.pointee.windowLows[side] = low
        var place = 0
        while unsafe place < Int(book.pointee.sides[side].count) {
            let far = unsafe pool.lists[Int(book.pointee.sides[side].base) + place]
            let tick = Tick(far.rank)
            if Self.isNear(tick, low) {
                unsafe book.pointee.windowBits[side] |= Self.bit(tick.number)
                unsafe pool.near(owner, tick.number).pointee = far.level
                removeFar(index, side, at: place)
            } else {
                place += 1
            }
        }
        return true
    }

    /// Ticks of the window's levels, best first: bit 31 is the window's best tick.
    @inline(__always) static func sorted(_ bits: UInt32, _ low: UInt64) -> UInt32 {
        let turn = UInt32(truncatingIfNeeded: low & (LevelPool.windowTicks &- 1))
        return bits &>> turn | bits &<< (32 &- turn & 31)
    }

    // MARK: The far list

    /// How many levels of the list are worse than `rank`: its place in the list, taken or not.
    @inline(__always) private func levelsBelow(_ rank: Int64, base: Int, count: Int) -> Int {
        // SAFETY: a side's list lies within the pool, `base ..< base + count`, and nothing outside it is read.
        let list = unsafe UnsafePointer(pool.lists.unsafeBase + base)
        if count >= Self.nearCount {
            let far = count &- Self.nearCount
            var below = far
            for place in 0..<Self.nearCount {
                below = unsafe below &- Self.isWorse(list[far &+ place].rank, rank)
            }
            return below > far || far == 0 ? below : unsafe halve(rank, list, far)
        }
        var below = 0
        for place in 0..<count { below = unsafe below &- Self.isWorse(list[place].rank, rank) }
        return below
    }

    /// All bits set, which is −1, where the first rank is below the second, else 0. By arithmetic, as the compiler would
    /// make a branch of a comparison here, one that nothing can predict. Ranks are below 2⁶², so nothing overflows.
    @inline(__always) private static func isWorse(_ rank: Int64, _ other: Int64) -> Int {
        Int(truncatingIfNeeded: (rank &- other) >> 63)
    }

    /// As ``levelsBelow(_:base:count:)`` for the `count` worst levels, at least one.
    @inline(__always) private func halve(_ rank: Int64, _ list: UnsafePointer<FarLevel>, _ count: Int) -> Int
    {
        var lower = 0
        var length = count
        while length > 1 {
            let half = length >> 1
            // SAFETY: lower + length is at most `count`.
            lower = unsafe lower &+ (half & Self.isWorse(list[lower &+ half &- 1].rank, rank))
            length &-= half
        }
        return unsafe lower &- Self.isWorse(list[lower].rank, rank)
    }

    /// The place of `rank` in its side's list; `nil`: there is no such level.
    @inline(__always) private func findPlace(_ index: Int, _ side: Int, rank: Int64) -> Int? {
        let list = unsafe book(index).pointee.sides[side]
        let count = Int(list.count)
        let place = levelsBelow(rank, base: Int(list.base), count: count)
        return place < count && pool.lists[Int(list.base) + place].rank == rank ? place : nil
    }

    /// Makes the list's block large enough for `more` levels. `false`: there is no such block.
    private mutating func makeRoom(_ index: Int, _ side: Int, _ more: Int) -> Bool {
        let list = unsafe book(index).pointee.sides[side]
        var sizeClass = list.sizeClass
        while LevelPool.room(sizeClass) < Int(list.count) + more {
            guard sizeClass < LevelPool.sizeClassMax else { return false }
            sizeClass += 1
        }
        guard sizeClass != list.sizeClass else { return true }
        guard let block = pool.acquireBlock(sizeClass) else { return false }
        for place in 0..<Int(list.count) {
            pool.lists[Int(block) + place] = pool.lists[Int(list.base) + place]
        }
        if list.sizeClass > 0 { pool.releaseBlock(list.base, list.sizeClass) }
        unsafe book(index).pointee.sides[side].base = block
        unsafe book(index).pointee.sides[side].sizeClass = sizeClass
        return true
    }

    /// The block has room.
    private mutating func insertFar(_ index: Int, _ side: Int, _ level: FarLevel, at place: Int) {
        let list = unsafe book(index).pointee.sides[side]
        precondition(Int(list.count) < LevelPool.room(list.sizeClass), "Invariant: room was made before")
        // SAFETY: the list has room for one more, and `place` is at most its count.
        let first = unsafe pool.lists.unsafeBase + (Int(list.base) + place)
        var moving = Int(list.count) - place
        while moving > 0 {
            unsafe first[moving] = first[moving &- 1]
            moving &-= 1
        }
        unsafe first[0] = level
        unsafe book(index).pointee.sides[side].count = list.count + 1
    }

    @inline(never) private mutating func removeFar(_ index: Int, _ side: Int, rank: Int64) {
        guard let place = findPlace(index, side, rank: rank) else {
            preconditionFailure("Invariant: a level that holds something is in its side's list")
        }
        pool.count -= 1
        removeFar(index, side, at: place)
    }

    private mutating func removeFar(_ index: Int, _ side: Int, at place: Int) {
        let list = unsafe book(index).pointee.sides[side]
        precondition(place < Int(list.count), "Invariant: a level that goes is in the list")
        // SAFETY: the places from this one to the list's last.
        let first = unsafe pool.lists.unsafeBase + (Int(list.base) + place)
        let after = Int(list.count) - 1 - place
        var moving = 0
        while moving < after {
            unsafe first[moving] = first[moving &+ 1]
            moving &+= 1
        }
        unsafe book(index).pointee.sides[side].count = list.count - 1
    }

    // MARK: Reading

    /// The level at `depth` from the best, and its rank: the window's and the list's, merged.
    func levelAt(_ index: Int, _ side: Int, depth: Int) -> FarLevel? {
        let low = instruments[index].windowLows[side]
        var near = Self.sorted(instruments[index].windowBits[side], low)
        let list = instruments[index].sides[side]
        var far = Int(list.count)
        var left = depth
        while near != 0 || far > 0 {
            let tick = near == 0 ? 0 : low &+ 31 &- UInt64(near.leadingZeroBitCount)
            let nearRank = near == 0 ? SideTop.empty : Tick.rank(tick)
            let farRank = far == 0 ? SideTop.empty : pool.lists[Int(list.base) + far - 1].rank
            let isNear = nearRank > farRank
            if left == 0 {
                return isNear
                    ? FarLevel(rank: nearRank, level: pool.windows[LevelPool.place(index << 1 | side, tick)])
                    : pool.lists[Int(list.base) + far - 1]
            }
            if isNear { near &= ~(0x8000_0000 &>> UInt32(near.leadingZeroBitCount)) } else { far -= 1 }
            left -= 1
        }
        return nil
    }

    func levelCount(_ index: Int, _ side: Int) -> Int {
        instruments[index].windowBits[side].nonzeroBitCount + Int(instruments[index].sides[side].count)
    }

    mutating func clearLevels(_ index: Int, _ side: Int) {
        pool.count -= levelCount(index, side)
        for place in 0..<Int(LevelPool.windowTicks) {
            pool.windows[(index << 1 | side) * Int(LevelPool.windowTicks) + place] = Level()
        }
        let list = instruments[index].sides[side]
        if list.sizeClass != 0 { pool.releaseBlock(list.base, list.sizeClass) }
    }

    // MARK: Feeds that tell levels

    mutating func setLevel(_ event: borrowing MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let side = Self.sideIndex(of: event), event.quantity >= 0,
            let rank = Self.rank(event.price, side: side)
        else {
            counters.badEvents += 1
            return breakBook(index)
        }
        let isOpen = event.flags & MarketEventFlags.transactionOpen.rawValue != 0
        let wasOpen = instruments[index].flags & InstrumentBook.transactionOpen != 0
        if isOpen { instruments[index].flags |= InstrumentBook.transactionOpen }
        var effect: BookEffect = .none
        let found = unsafe findLevel(index, side, rank: rank)
        if let found = unsafe found, unsafe found.pointee.orderCount > 0 {
            effect = toldInTwoWays(index)
        } else if event.quantity == 0 {
            if unsafe found != nil {
                removeLevel(index, side, rank: rank)
            } else {
                counters.unknownLevels += 1
                effect = .ignored
            }
        } else if let level = unsafe levelForAdding(index, side, rank: rank) {
            unsafe level.pointee.quantity = event.quantity
        } else {
            counters.levelsFull += 1
            effect = breakBook(index)
        }
        if isOpen { return effect }
        instruments[index].flags &= ~InstrumentBook.transactionOpen
        // The closing message may touch one side after others touched the other.
        if wasOpen { effect.formUnion(readTop(index, 1 - side, at: event.venue_time_ns)) }
        return effect.union(readTop(index, side, at: event.venue_time_ns))
    }

    // MARK: Consequences

    /// The level at `rank` has `quantity` now, not 0. Is that one of the best price?
    @inline(__always) mutating func levelChanged(
        _ index: Int, _ side: Int, rank: Int64, quantity: Int64, at timeNs: UInt64
    ) -> BookEffect {
        let book = unsafe book(index)
        // Nearly always: no transaction is open, and the sides are apart.
        guard unsafe book.pointee.flags == 0 else {
            if unsafe rank < book.pointee.tops[side].rank { return .none }
            return setTop(index, side, SideTop(rank: rank, quantity: quantity), at: timeNs)
        }
        if unsafe rank < book.pointee.tops[side].rank { return .none }
        unsafe book.pointee.tops[side].rank = rank
        unsafe book.pointee.tops[side].quantity = quantity
        unsafe book.pointee.venueTimeNs = timeNs
        if unsafe rank &+ book.pointee.tops[1 &- side].rank < 0 { return .topChanged }
        return crossing(index).union(.topChanged)
    }

    /// Takes the best price from the levels.
    @inline(never) mutating func readTop(_ index: Int, _ side: Int, at timeNs: UInt64) -> BookEffect {
        let book = unsafe book(index)
        var top = SideTop()
        let low = unsafe book.pointee.windowLows[side]
        let near = unsafe Self.sorted(book.pointee.windowBits[side], low)
        if near != 0 {
            let tick = low &+ 31 &- UInt64(near.leadingZeroBitCount)
            unsafe top = SideTop(
                rank: Tick.rank(tick), quantity: pool.near(index &<< 1 | side, tick).pointee.quantity)
        }
        let list = unsafe book.pointee.sides[side]
        if list.count > 0 {
            let far = pool.lists[Int(list.base) + Int(list.count) - 1]
            if far.rank > top.rank { top = SideTop(rank: far.rank, quantity: far.level.quantity) }
        }
        return setTop(index, side, top, at: timeNs)
    }

    @inline(__always) private mutating func setTop(
        _ index: Int, _ side: Int, _ top: SideTop, at timeNs: UInt64
    ) -> BookEffect {
        let book = unsafe book(index)
        guard unsafe book.pointee.flags & InstrumentBook.transactionOpen == 0 else { return .none }
        guard unsafe top != book.pointee.tops[side] else { return .none }
        unsafe book.pointee.tops[side] = top
        unsafe book.pointee.venueTimeNs = timeNs
        // Best bid at or above best ask; an empty side is far below.
        let meets = unsafe book.pointee.tops[0].rank &+ book.pointee.tops[1].rank >= 0
        let before = unsafe book.pointee.flags & (InstrumentBook.crossed | InstrumentBook.locked)
        // Nearly always: apart now, apart before.
        guard meets || before != 0 else { return .topChanged }
        return crossing(index).union(.topChanged)
    }

    @inline(never) private mutating func crossing(_ index: Int) -> BookEffect {
        let sum = instruments[index].tops[0].rank &+ instruments[index].tops[1].rank
        let before = instruments[index].flags
        var flags = before & ~(InstrumentBook.crossed | InstrumentBook.locked)
        if sum >= 0 { flags |= sum > 0 ? InstrumentBook.crossed : InstrumentBook.locked }
        instruments[index].flags = flags
        // While nothing is matched, in a halt or before an auction, books may cross.
        guard instruments[index].status == MarketStatus.trading.rawValue else { return .none }
        let began = flags & ~before
        if began & InstrumentBook.locked != 0 { counters.locked += 1 }
        if began & InstrumentBook.crossed != 0 {
            counters.crossed += 1
            return .crossed
        }
        return .none
    }

    mutating func setStatus(_ event: borrowing MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        let before = instruments[index].status
        // `O` and `N` are the operational halt's; any other letter is the trading status's, which knows what to make of it.
        let status: UInt8 =
            if event.code == 0x4f {
                before | InstrumentBook.operationalHalt
            } else if event.code == 0x4e {
                before & ~InstrumentBook.operationalHalt
            } else {
                before & InstrumentBook.operationalHalt | MarketStatus(code: event.code).rawValue
            }
        guard status != before else { return .none }
        instruments[index].status = status
        return .statusChanged
    }

    /// From here on the book may differ from the venue's.
    @inline(never) mutating func breakBook(_ index: Int) -> BookEffect {
        guard !instruments[index].isBroken else { return .ignored }
        instruments[index].isBroken = true
        counters.broken += 1
        return BookEffect.broken.union(.ignored)
    }

    mutating func unknownInstrument() -> BookEffect {
        counters.unknownInstruments += 1
        return .ignored
    }
}
