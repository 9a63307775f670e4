internal import Memory
internal import Model

/// The lots of all instruments, each instrument's oldest first, found by the execution that opened them.
///
/// - Bounds: one lot is kept for each instrument, and `lotCountMax` beside them; so an instrument without a lot always
///   finds one. When the others are used up, the two oldest lots of the instrument become one at their joint cost
///   (``mergedCount``): which units are sold first is coarser from there on, and no sum changes.
/// - Time: an execution opens at most one lot, and a closing takes one step for each lot that it uses up: over a day at
///   most one step an execution.
struct LotPool: ~Copyable {
    private var lots: FixedArray<Lot>
    /// First lot of each bucket.
    private var buckets: FixedArray<UInt32>
    private let shift: UInt64
    private let sharedCountMax: Int
    /// Lots beside the first of each instrument.
    private(set) var sharedCount = 0
    private var firstFree: UInt32 = .max
    private var touchedCount: UInt32 = 0
    /// How often two lots became one.
    private(set) var mergedCount: UInt64 = 0
    /// Sum of the digests of all lots.
    private(set) var digest: UInt64 = 0

    /// - Parameter lotCountMax: `nil`: there will be no lots.
    init(instrumentCountMax: Int, lotCountMax: Int?) {
        precondition(MemoryLayout<Lot>.stride == 64, "Invariant: a lot is one cache line")
        precondition(lotCountMax ?? 0 >= 0, "Caller: a number of lots is not negative")
        let count = lotCountMax.map { $0 + instrumentCountMax } ?? 1
        precondition(count < UInt32.max, "Caller: lots are numbered in 32 bits")
        var bits = 3
        while 1 << bits < count { bits += 1 }
        lots = FixedArray(count: count, repeating: Lot(), for: "lots")
        buckets = FixedArray(count: 1 << bits, repeating: .max, for: "the lots' index")
        shift = UInt64(64 - bits)
        sharedCountMax = lotCountMax ?? 0
    }

    /// For tests: what `place`'s lot holds.
    subscript(place: UInt32) -> Lot { lots[Int(place)] }

    // MARK: Booking

    /// Adds an execution, its quantity signed: what closes takes the oldest lots, what is over opens one.
    mutating func add(
        _ position: inout Position, _ instrument: Int, _ signed: Int64, _ price: Price, _ key: ExecutionKey
    ) {
        let held = position.quantity.raw
        var opening = signed
        if held != 0, (held > 0) != (signed > 0) {
            let closing = min(abs(signed), abs(held))
            close(&position, closing, price)
            opening = signed > 0 ? signed - closing : signed + closing
        }
        if opening != 0 { open(&position, instrument, opening, price, key) }
    }

    /// Takes an execution back: what of it is still open leaves at its own price; the rest, which has closed other lots or
    /// was closed, is booked the other way at its own price.
    mutating func undo(
        _ position: inout Position, _ instrument: Int, _ signed: Int64, _ price: Price, _ key: ExecutionKey
    ) {
        var rest = abs(signed)
        if let place = find(key, instrument, isLong: signed > 0, position) {
            let taken = min(rest, lots[place].quantity)
            reduce(&position, place, taken)
            rest -= taken
        }
        if rest > 0 { add(&position, instrument, signed > 0 ? -rest : rest, price, .none) }
    }

    /// Puts another price and quantity in the place of an execution's. Its lot keeps its place in the row; what had
    /// left the lot has left it at the new price.
    mutating func correct(
        _ position: inout Position, _ instrument: Int, _ side: Side,
        from old: (price: Price, quantity: Int64),
        to new: (price: Price, quantity: Int64), _ key: ExecutionKey
    ) {
        let place = find(key, instrument, isLong: side == .buy, position)
        var open: Int64 = 0
        if let place { open = lots[place].quantity }
        guard open <= old.quantity else {
            // The lot is not what the caller says it is: nothing is known of its fate but its sums.
            undo(&position, instrument, side.sign * old.quantity, old.price, key)
            return add(&position, instrument, side.sign * new.quantity, new.price, key)
        }
        let done = old.quantity - open
        let signedDone = side.sign * done
        position.realised -= Money(
            raw: position.value(new.price, signedDone) - position.value(old.price, signedDone))
        let left = new.quantity - done
        if let place {
            if left > 0 {
                digest &-= lots[place].digest
                let cost = position.value(new.price, side.sign * left)
                position.cost += Money(raw: cost - lots[place].cost)
                position.quantity += Quantity(raw: side.sign * (left - open))
                lots[place].cost = cost
                lots[place].quantity = left
                lots[place].price = new.price.raw
                digest &+= lots[place].digest
                return
            }
            reduce(&position, place, open)
        }
        if left != 0 { add(&position, instrument, side.sign * left, new.price, left > 0 ? key : .none) }
    }

    // MARK: Lots

    /// Sells from the oldest lots on, or buys back.
    private mutating func close(_ position: inout Position, _ closing: Int64, _ price: Price) {
        let costBefore = position.cost.raw
        let isLong = position.quantity.raw > 0
        var left = closing
        while left > 0 {
            let place = Int(position.firstLot)
            let taken = min(left, lots[place].quantity)
            reduce(&position, place, taken)
            left -= taken
        }
        let share = costBefore - position.cost.raw
        position.realised += Money(raw: position.value(price, isLong ? closing : -closing) - share)
    }

    /// Takes a part of a lot off its position, at the lot's cost.
    private mutating func reduce(_ position: inout Position, _ place: Int, _ taken: Int64) {
        let lot = lots[place]
        let isLong = position.quantity.raw > 0
        position.quantity += Quantity(raw: isLong ? -taken : taken)
        digest &-= lot.digest
        if taken == lot.quantity {
            position.cost -= Money(raw: lot.cost)
            free(&position, place)
            return
        }
        let share =
            lot.price == Lot.merged
            ? Position.share(of: lot.cost, taken, of: lot.quantity)
            : position.value(Price(raw: lot.price), isLong ? taken : -taken)
        position.cost -= Money(raw: share)
        lots[place].cost -= share
        lots[place].quantity -= taken
        digest &+= lots[place].digest
    }

    private mutating func open(
        _ position: inout Position, _ instrument: Int, _ signed: Int64, _ price: Price, _ key: ExecutionKey
    ) {
        let cost = position.value(price, signed)
        position.quantity += Quantity(raw: signed)
        position.cost += Money(raw: cost)
        if position.lotCount > 0, sharedCount == sharedCountMax {
            mergedCount += 1
            let first = Int(position.firstLot)
            if position.lotCount == 1 {
                join(first, cost, abs(signed))
                return
            }
            mergeOldest(&position, first)
        }
        let place = take()
        lots[place].cost = cost
        lots[place].key = key
        lots[place].quantity = abs(signed)
        lots[place].price = price.raw
        lots[place].instrument = UInt32(truncatingIfNeeded: instrument)
        lots[place].next = .max
        lots[place].previous = position.lastLot
        if position.lotCount == 0 {
            position.firstLot = UInt32(truncatingIfNeeded: place)
        } else {
            sharedCount += 1
            lots[Int(position.lastLot)].next = UInt32(truncatingIfNeeded: place)
        }
        position.lastLot = UInt32(truncatingIfNeeded: place)
        position.lotCount += 1
        if !key.isNone {
            let bucket = bucket(key)
            lots[place].nextInBucket = buckets[bucket]
            buckets[bucket] = UInt32(truncatingIfNeeded: place)
        }
        digest &+= lots[place].digest
    }

    /// The two oldest become one, which stands first.
    @inline(never)
    private mutating func mergeOldest(_ position: inout Position, _ first: Int) {
        let second = Int(lots[first].next)
        let gone = lots[second]
        digest &-= gone.digest
        free(&position, second)
        join(first, gone.cost, gone.quantity)
    }

    private mutating func join(_ place: Int, _ cost: Int128, _ quantity: Int64) {
        digest &-= lots[place].digest
        forget(place)
        lots[place].key = .none
        lots[place].cost += cost
        lots[place].quantity += quantity
        lots[place].price = Lot.merged
        digest &+= lots[place].digest
    }

    private mutating func take() -> Int {
        if firstFree != .max {
            let place = Int(firstFree)
            firstFree = lots[place].next
            return place
        }
        precondition(Int(touchedCount) < lots.count, "Invariant: there is a lot for each instrument")
        touchedCount += 1
        return Int(touchedCount) - 1
    }

    /// Out of its instrument's row and out of the index; its digest is off already.
    private mutating func free(_ position: inout Position, _ place: Int) {
        forget(place)
        let (next, previous) = (lots[place].next, lots[place].previous)
        if previous == .max { position.firstLot = next } else { lots[Int(previous)].next = next }
        if next == .max { position.lastLot = previous } else { lots[Int(next)].previous = previous }
        position.lotCount -= 1
        if position.lotCount > 0 { sharedCount -= 1 }
        lots[place] = Lot()
        lots[place].next = firstFree
        firstFree = UInt32(truncatingIfNeeded: place)
    }

    // MARK: Index

    /// Odd multipliers from the golden ratio and SplitMix64, as in ``ExecutionSet``.
    private func bucket(_ key: ExecutionKey) -> Int {
        let mixed = (key.executionID &* 0xbf58_476d_1ce4_e5b9) ^ (key.word &* 0x94d0_49bb_1331_11eb)
        return Int(truncatingIfNeeded: ((mixed ^ mixed >> 32) &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    /// The lot that an execution opened, if something of it is still open.
    private func find(_ key: ExecutionKey, _ instrument: Int, isLong: Bool, _ position: Position) -> Int? {
        guard !key.isNone, position.lotCount > 0, (position.quantity.raw > 0) == isLong else { return nil }
        var place = buckets[bucket(key)]
        while place != .max {
            let index = Int(place)
            if lots[index].key == key, Int(lots[index].instrument) == instrument { return index }
            place = lots[index].nextInBucket
        }
        return nil
    }

    /// Takes a lot out of the index; its key stays.
    private mutating func forget(_ place: Int) {
        let key = lots[place].key
        guard !key.isNone else { return }
        let bucket = bucket(key)
        var before: UInt32 = .max
        var now = buckets[bucket]
        while Int(now) != place {
            before = now
            now = lots[Int(now)].nextInBucket
        }
        if before == .max {
            buckets[bucket] = lots[place].nextInBucket
        } else {
            lots[Int(before)].nextInBucket = lots[place].nextInBucket
        }
        lots[place].nextInBucket = .max
    }
}
