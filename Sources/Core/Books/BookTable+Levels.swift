internal import Memory
internal import Model

/// The levels of a side, and what follows from a change of them.
extension BookTable {
    /// Levels from the best price that are compared one and all, without a branch to mispredict.
    private static var nearCount: Int { 8 }

    // MARK: Finding and making

    /// How many levels of the side are worse than `rank`: its place in the list, taken or not.
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
    @inline(__always) private func halve(_ rank: Int64, _ list: UnsafePointer<RankedLevel>, _ count: Int)
        -> Int
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
    @inline(__always) private func findPlace(_ list: SideLevels, rank: Int64) -> Int? {
        let count = Int(list.count)
        let place = levelsBelow(rank, base: Int(list.base), count: count)
        return place < count && pool.lists[Int(list.base) + place].rank == rank ? place : nil
    }

    /// The level at `rank`, made with nothing in it where there was none; `nil`: no room.
    @inline(__always) mutating func levelForAdding(_ index: Int, _ side: Int, rank: Int64) -> UInt32? {
        let list = unsafe book(index).pointee.sides[side]
        let base = Int(list.base)
        let count = Int(list.count)
        let place = levelsBelow(rank, base: base, count: count)
        if place < count {
            // SAFETY: the place is one of the list's.
            let found = unsafe pool.lists.unsafeBase + (base + place)
            if unsafe found.pointee.rank == rank { return unsafe found.pointee.level }
        }
        return makeLevel(index, side, place, rank: rank)
    }

    /// Asks the cache for the best levels in a side's list.
    @inline(__always) func prefetchList(_ instrument: UInt32, _ side: Int) {
        guard Int(instrument) < instruments.count else { return }
        let list = unsafe book(Int(instrument)).pointee.sides[side]
        let end = Int(list.base) &+ Int(list.count)
        pool.lists.prefetch(end &- 1)
        pool.lists.prefetch(end &- 5)
    }

    /// Asks the cache for the level that an addition at `price` will be part of. Reads the list.
    @inline(__always) func prefetchLevel(_ instrument: UInt32, _ side: Int, price: Int64) {
        guard Int(instrument) < instruments.count else { return }
        let list = unsafe book(Int(instrument)).pointee.sides[side]
        let count = Int(list.count)
        guard count > 0 else { return }
        let place = levelsBelow(Self.turned(price, side: side), base: Int(list.base), count: count)
        // SAFETY: one of the list's places.
        let found = unsafe pool.lists.unsafeBase + (Int(list.base) + min(place, count &- 1))
        pool.levels.prefetch(unsafe Int(found.pointee.level))
    }

    /// An instrument's line, for who has checked that there is one.
    @inline(__always) func book(_ index: Int) -> UnsafeMutablePointer<InstrumentBook> {
        precondition(
            UInt(bitPattern: index) < UInt(bitPattern: instruments.count),
            "Invariant: the instrument was checked")
        // SAFETY: the index was checked.
        return unsafe instruments.unsafeBase + index
    }

    private mutating func makeLevel(_ index: Int, _ side: Int, _ place: Int, rank: Int64) -> UInt32? {
        var list = instruments[index].sides[side]
        let count = Int(list.count)
        if count == LevelPool.room(list.sizeClass) {
            guard grow(&list) else { return nil }
            instruments[index].sides[side] = list
        }
        guard let level = pool.acquireLevel(rank: rank) else { return nil }
        // SAFETY: the list has room for one more, made sure of above, and `place` is at most its count.
        let first = unsafe pool.lists.unsafeBase + (Int(list.base) + place)
        var moving = count - place
        while moving > 0 {
            unsafe first[moving] = first[moving &- 1]
            moving &-= 1
        }
        unsafe first[0] = RankedLevel(rank: rank, level: level)
        instruments[index].sides[side].count = list.count + 1
        return level
    }

    private mutating func grow(_ list: inout SideLevels) -> Bool {
        guard list.sizeClass < LevelPool.sizeClassMax, let block = pool.acquireBlock(list.sizeClass + 1)
        else { return false }
        for place in 0..<Int(list.count) {
            pool.lists[Int(block) + place] = pool.lists[Int(list.base) + place]
        }
        if list.sizeClass > 0 { pool.releaseBlock(list.base, list.sizeClass) }
        list.base = block
        list.sizeClass += 1
        return true
    }

    mutating func removeLevel(_ index: Int, _ side: Int, rank: Int64) {
        guard let place = unsafe findPlace(book(index).pointee.sides[side], rank: rank) else {
            preconditionFailure("Invariant: a level that holds something is in its side's list")
        }
        removeLevel(index, side, at: place)
    }

    private mutating func removeLevel(_ index: Int, _ side: Int, at place: Int) {
        let list = instruments[index].sides[side]
        precondition(place < Int(list.count), "Invariant: a level that goes is in the list")
        // SAFETY: the places from this one to the list's last.
        let first = unsafe pool.lists.unsafeBase + (Int(list.base) + place)
        pool.releaseLevel(unsafe first[0].level)
        let after = Int(list.count) - 1 - place
        var moving = 0
        while moving < after {
            unsafe first[moving] = first[moving &+ 1]
            moving &+= 1
        }
        instruments[index].sides[side].count = list.count - 1
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
        let list = instruments[index].sides[side]
        let place = findPlace(list, rank: rank)
        if let place, pool.levels[Int(pool.lists[Int(list.base) + place].level)].orderCount > 0 {
            effect = toldInTwoWays(index)
        } else if event.quantity == 0 {
            if let place {
                removeLevel(index, side, at: place)
            } else {
                counters.unknownLevels += 1
                effect = .ignored
            }
        } else if let level = levelForAdding(index, side, rank: rank) {
            pool.levels[Int(level)].quantity = event.quantity
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

    /// The level at `rank` has `quantity` now, 0: it is gone. Is that one of the best price?
    @inline(__always) mutating func levelChanged(
        _ index: Int, _ side: Int, rank: Int64, quantity: Int64, at timeNs: UInt64
    ) -> BookEffect {
        if unsafe rank < book(index).pointee.tops[side].rank { return .none }
        // By far most changes of the best price leave it where it is.
        if quantity == 0 { return readTop(index, side, at: timeNs) }
        return setTop(index, side, SideTop(rank: rank, quantity: quantity), at: timeNs)
    }

    /// Takes the best price from the list.
    @inline(never) mutating func readTop(_ index: Int, _ side: Int, at timeNs: UInt64) -> BookEffect {
        let list = unsafe book(index).pointee.sides[side]
        var top = SideTop()
        if list.count > 0 {
            let best = unsafe pool.level(Int(pool.lists[Int(list.base) + Int(list.count) - 1].level))
            unsafe top = SideTop(rank: best.pointee.rank, quantity: best.pointee.quantity)
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
        let status: UInt8
        switch event.code {
        case 0x4f: status = before | InstrumentBook.operationalHalt
        case 0x4e: status = before & ~InstrumentBook.operationalHalt
        // Any other letter is of the trading status, which knows what to make of it.
        default: status = before & InstrumentBook.operationalHalt | MarketStatus(code: event.code).rawValue
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
