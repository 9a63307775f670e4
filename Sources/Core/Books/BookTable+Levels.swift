internal import Memory
internal import Model

/// The levels of a side, and what follows from a change of them.
extension BookTable {
    /// Steps from the best price before the search halves what is left.
    private static var linearSteps: Int { 8 }

    // MARK: Finding and making

    /// How many levels of the side are worse than `rank`: its place, taken or not.
    @inline(__always) private func levelsBelow(_ rank: Int64, base: Int, count: Int) -> Int {
        var upper = count
        let lowest = max(0, count - Self.linearSteps)
        while upper > lowest {
            if pool.levels[base + upper - 1].rank < rank { return upper }
            upper -= 1
        }
        var lower = 0
        while lower < upper {
            let middle = (lower + upper) >> 1
            if pool.levels[base + middle].rank < rank { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }

    /// The place of the level at `rank` in its side; `nil`: there is none.
    @inline(__always) func findLevel(_ index: Int, _ side: Int, rank: Int64, hint: Int) -> Int? {
        let levels = instruments[index].sides[side]
        let base = Int(levels.base)
        let count = Int(levels.count)
        if hint < count, pool.levels[base + hint].rank == rank { return hint }
        let place = levelsBelow(rank, base: base, count: count)
        return place < count && pool.levels[base + place].rank == rank ? place : nil
    }

    /// The place of the level at `rank`, made with nothing in it where there was none; `nil`: no room.
    @inline(__always) mutating func levelForAdding(_ index: Int, _ side: Int, rank: Int64) -> Int? {
        let levels = instruments[index].sides[side]
        let base = Int(levels.base)
        let count = Int(levels.count)
        let place = levelsBelow(rank, base: base, count: count)
        if place < count, pool.levels[base + place].rank == rank { return place }
        return makeLevel(index, side, place, rank: rank) ? place : nil
    }

    private mutating func makeLevel(_ index: Int, _ side: Int, _ place: Int, rank: Int64) -> Bool {
        var levels = instruments[index].sides[side]
        let count = Int(levels.count)
        if count == LevelPool.room(levels.sizeClass) {
            guard levels.sizeClass < LevelPool.sizeClassMax, let block = pool.acquire(levels.sizeClass + 1)
            else { return false }
            for level in 0..<count {
                pool.levels[Int(block) + level] = pool.levels[Int(levels.base) + level]
            }
            if levels.sizeClass > 0 { pool.release(levels.base, levels.sizeClass) }
            levels.base = block
            levels.sizeClass += 1
        }
        let base = Int(levels.base)
        var moving = count
        while moving > place {
            pool.levels[base + moving] = pool.levels[base + moving - 1]
            moving -= 1
        }
        pool.levels[base + place] = Level(rank: rank)
        levels.count += 1
        instruments[index].sides[side] = levels
        return true
    }

    mutating func removeLevel(_ index: Int, _ side: Int, _ place: Int) {
        let levels = instruments[index].sides[side]
        let base = Int(levels.base)
        let last = Int(levels.count) - 1
        var moving = place
        while moving < last {
            pool.levels[base + moving] = pool.levels[base + moving + 1]
            moving += 1
        }
        instruments[index].sides[side].count = levels.count - 1
    }

    // MARK: Feeds that tell levels

    mutating func setLevel(_ event: MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let side = Self.sideIndex(event.orderSide), event.quantity >= 0,
            let rank = Self.rank(event.price, side: side)
        else {
            counters.badEvents += 1
            return breakBook(index)
        }
        var effect: BookEffect = .none
        if event.quantity == 0 {
            if let level = findLevel(index, side, rank: rank, hint: .max) {
                removeLevel(index, side, level)
            } else {
                counters.unknownLevels += 1
                effect = .ignored
            }
        } else if let level = levelForAdding(index, side, rank: rank) {
            pool.levels[Int(instruments[index].sides[side].base) + level].quantity = event.quantity
        } else {
            counters.levelsFull += 1
            effect = breakBook(index)
        }
        let wasOpen = instruments[index].flags & InstrumentBook.transactionOpen != 0
        if event.flags & MarketEventFlags.transactionOpen.rawValue != 0 {
            instruments[index].flags |= InstrumentBook.transactionOpen
            return effect
        }
        instruments[index].flags &= ~InstrumentBook.transactionOpen
        // The closing message may touch one side after others touched the other.
        if wasOpen { effect.formUnion(topMoved(index, 1 - side, changed: .max, at: event.venue_time_ns)) }
        return effect.union(topMoved(index, side, changed: .max, at: event.venue_time_ns))
    }

    // MARK: Consequences

    /// Looks whether a change at place `changed` of a side is one of the best price.
    @inline(__always) mutating func topMoved(
        _ index: Int, _ side: Int, changed: Int, at timeNs: UInt64
    ) -> BookEffect {
        let levels = instruments[index].sides[side]
        let count = Int(levels.count)
        guard changed >= count - 1, instruments[index].flags & InstrumentBook.transactionOpen == 0 else {
            return .none
        }
        var top = SideTop()
        if count > 0 {
            let best = pool.levels[Int(levels.base) + count - 1]
            top = SideTop(price: side == 0 ? best.rank : -best.rank, quantity: best.quantity)
        }
        guard top != instruments[index].tops[side] else { return .none }
        instruments[index].tops[side] = top
        instruments[index].venueTimeNs = timeNs
        return crossing(index).union(.topChanged)
    }

    @inline(__always) private mutating func crossing(_ index: Int) -> BookEffect {
        let bid = instruments[index].tops[0]
        let ask = instruments[index].tops[1]
        let meets = bid.quantity > 0 && ask.quantity > 0 && bid.price >= ask.price
        let before = instruments[index].flags
        // Nearly always: apart now, apart before.
        guard meets || before & (InstrumentBook.crossed | InstrumentBook.locked) != 0 else { return .none }
        var flags = before & ~(InstrumentBook.crossed | InstrumentBook.locked)
        if meets { flags |= bid.price > ask.price ? InstrumentBook.crossed : InstrumentBook.locked }
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

    mutating func setStatus(_ event: MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        let status = MarketStatus(code: event.code).rawValue
        guard status != instruments[index].status else { return .none }
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
