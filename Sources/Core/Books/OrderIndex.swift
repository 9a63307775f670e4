internal import Memory

/// An order of a by-order feed: two to a cache line, inside the hash table itself, so that finding one is reading it.
struct RestingOrder: BitwiseCopyable {
    var ref: UInt64 = 0
    /// As in ``Level/rank``.
    var rank: Int64 = 0
    /// 0: this place of the table is empty.
    var quantity: Int64 = 0
    /// Instrument index · 2 + side (0 bid, 1 ask).
    var owner: UInt32 = 0
    /// Its level in the pool.
    var level: UInt32 = 0
}

/// Every resting order of every instrument, found by instrument and number: open addressing, linear probing,
/// removal by shifting back.
///
/// Both name the order because venues differ in how far their numbers are unique. Neighbouring numbers share a run of
/// eight places (venues number in sequence: new orders then meet lines that are in the cache already), and runs are
/// spread by Fibonacci hashing so that no sequence of numbers can pile up.
///
/// - Bounds: `orderCountMax` orders in a table at least twice as large.
struct OrderIndex: ~Copyable {
    private static var runBits: UInt64 { 3 }

    private var places: FixedArray<RestingOrder>
    private let shift: UInt64
    private let mask: Int
    let orderCountMax: Int
    private(set) var count = 0

    init(orderCountMax: Int) {
        precondition(orderCountMax > 0, "Caller: there is room for an order")
        var bits = 4
        while 1 << bits < 2 * orderCountMax { bits += 1 }
        places = FixedArray(count: 1 << bits, repeating: RestingOrder(), for: "resting orders")
        shift = 64 - (UInt64(bits) - Self.runBits)
        mask = 1 << bits - 1
        self.orderCountMax = orderCountMax
    }

    @inline(__always) private func home(_ ref: UInt64) -> Int {
        let run = ((ref >> Self.runBits) &* 0x9e37_79b9_7f4a_7c15) >> shift
        return Int(truncatingIfNeeded: run << Self.runBits | ref & (1 << Self.runBits - 1))
    }

    @inline(__always) func prefetch(_ ref: UInt64) { places.prefetch(home(ref)) }

    @inline(__always) subscript(place: Int) -> RestingOrder { places[place] }

    /// The level of the order that stands where `ref` is looked for first, if it is that one.
    @inline(__always) func guess(_ ref: UInt64) -> UInt32? {
        let place = home(ref)
        return places[place].ref == ref && places[place].quantity != 0 ? places[place].level : nil
    }

    /// The place of an order, good until the next insertion or removal; `nil`: not there.
    @inline(__always) func find(_ ref: UInt64, instrument: Int) -> Int? {
        // SAFETY: a place is a number under the mask, and the table has one for each.
        let table = unsafe UnsafePointer(places.unsafeBase)
        var place = home(ref)
        while true {
            let order = unsafe table + place
            if unsafe order.pointee.quantity == 0 { return nil }
            if unsafe order.pointee.ref == ref, unsafe Int(order.pointee.owner >> 1) == instrument {
                return place
            }
            place = (place &+ 1) & mask
        }
    }

    /// An empty place for a new order; `nil`: the number is taken.
    @inline(__always) func vacancy(_ ref: UInt64, instrument: Int) -> Int? {
        // SAFETY: a place is a number under the mask, and the table has one for each.
        let table = unsafe UnsafePointer(places.unsafeBase)
        var place = home(ref)
        while true {
            let order = unsafe table + place
            if unsafe order.pointee.quantity == 0 { return place }
            if unsafe order.pointee.ref == ref, unsafe Int(order.pointee.owner >> 1) == instrument {
                return nil
            }
            place = (place &+ 1) & mask
        }
    }

    /// Fills a place that ``vacancy(_:instrument:)`` gave.
    @inline(__always) mutating func fill(_ place: Int, with order: RestingOrder) {
        precondition(count < orderCountMax, "Invariant: the bound was asked before")
        places[place] = order
        count += 1
    }

    @inline(__always) mutating func setQuantity(_ place: Int, to quantity: Int64) {
        places[place].quantity = quantity
    }

    mutating func remove(at place: Int) {
        count -= 1
        // Close the hole: whatever a collision pushed past it moves back, until an empty place.
        // SAFETY: as in find.
        let table = unsafe places.unsafeBase
        var hole = place
        var next = (hole &+ 1) & mask
        while unsafe table[next].quantity != 0 {
            let wanted = unsafe home(table[next].ref)
            if (next &- wanted) & mask >= (next &- hole) & mask {
                unsafe table[hole] = table[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        unsafe table[hole].quantity = 0
    }

    var placeCount: Int { mask + 1 }

    /// Whose order stands at a place, `nil`: none does.
    func instrument(at place: Int) -> Int? {
        places[place].quantity != 0 ? Int(places[place].owner >> 1) : nil
    }
}
