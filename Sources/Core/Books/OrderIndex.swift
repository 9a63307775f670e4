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
    /// Of the place and not of the order, see ``OrderIndex``: 1, an insertion went past it.
    var mark: UInt32 = 0
}

/// Every resting order of every instrument, found by instrument and number: open addressing, linear probing,
/// removal by shifting back.
///
/// Both name the order because venues differ in how far their numbers are unique. Neighbouring numbers share a run of
/// 128 places, a page (venues number in sequence: new orders then go through memory in order, which the cache foresees), and
/// runs are spread by Fibonacci hashing so that no sequence of numbers can pile up.
///
/// A place is marked when an insertion goes past it. Only from behind a marked place may something have to move back
/// when its order leaves; without the mark every removal would look at the next place, half the time in another line,
/// which nobody asked the cache for. A removal that finds nothing to move takes the mark away.
///
/// - Bounds: `orderCountMax` orders in a table at least twice as large.
struct OrderIndex: ~Copyable {
    private var places: FixedArray<RestingOrder>
    /// Low bits of a number that are its place in its run.
    private static var runBits: UInt64 { 7 }
    private let runCount: UInt64
    private let mask: Int
    let orderCountMax: Int
    private(set) var count = 0

    init(orderCountMax: Int) {
        precondition(orderCountMax > 0, "Caller: there is room for an order")
        var bits = Int(Self.runBits)
        while 1 << bits < 2 * orderCountMax { bits += 1 }
        places = FixedArray(count: 1 << bits, repeating: RestingOrder(), for: "resting orders")
        runCount = 1 << (UInt64(bits) - Self.runBits)
        mask = 1 << bits - 1
        self.orderCountMax = orderCountMax
    }

    @inline(__always) private func home(_ ref: UInt64) -> Int {
        let spread = (ref &>> Self.runBits) &* 0x9e37_79b9_7f4a_7c15
        // The high half of a product: a shift by a number of bits that is not known here would cost more.
        let run = spread.multipliedFullWidth(by: runCount).high
        return Int(truncatingIfNeeded: run &<< Self.runBits | ref & (1 &<< Self.runBits &- 1))
    }

    @inline(__always) func prefetch(_ ref: UInt64) { places.prefetch(home(ref)) }

    /// The order at a place that ``find(_:instrument:)`` or ``vacancy(_:instrument:)`` gave.
    @inline(__always) func at(_ place: Int) -> UnsafeMutablePointer<RestingOrder> {
        // SAFETY: a place is a number under the mask, and the table has one for each.
        unsafe places.unsafeBase + place & mask
    }

    /// What stands where `ref` is looked for first: nearly always that order. For prefetching only.
    @inline(__always) func likely(_ ref: UInt64) -> UnsafeMutablePointer<RestingOrder> {
        unsafe at(home(ref))
    }

    /// The place of an order, good until the next insertion or removal; `nil`: not there.
    @inline(__always) func find(_ ref: UInt64, instrument: Int) -> Int? {
        var place = home(ref)
        while true {
            let order = unsafe at(place)
            if unsafe order.pointee.ref == ref, unsafe order.pointee.quantity != 0,
                unsafe Int(order.pointee.owner >> 1) == instrument
            {
                return place
            }
            if unsafe order.pointee.quantity == 0 { return nil }
            place = (place &+ 1) & mask
        }
    }

    /// An empty place for a new order; `nil`: the number is taken.
    @inline(__always) mutating func vacancy(_ ref: UInt64, instrument: Int) -> Int? {
        var place = home(ref)
        while true {
            let order = unsafe at(place)
            if unsafe order.pointee.quantity == 0 { return place }
            if unsafe order.pointee.ref == ref, unsafe Int(order.pointee.owner >> 1) == instrument {
                return nil
            }
            unsafe order.pointee.mark = 1
            place = (place &+ 1) & mask
        }
    }

    /// Fills a place that ``vacancy(_:instrument:)`` gave.
    @inline(__always) mutating func fill(
        _ place: Int, ref: UInt64, rank: Int64, quantity: Int64, owner: UInt32
    ) {
        precondition(count < orderCountMax, "Invariant: the bound was asked before")
        let order = unsafe at(place)
        unsafe order.pointee.ref = ref
        unsafe order.pointee.rank = rank
        unsafe order.pointee.quantity = quantity
        unsafe order.pointee.owner = owner
        count &+= 1
    }

    @inline(__always) mutating func remove(at place: Int) {
        count &-= 1
        let order = unsafe at(place)
        if unsafe order.pointee.mark != 0 { return closeHole(place) }
        unsafe order.pointee.quantity = 0
    }

    /// Whatever a collision pushed past the hole moves back, until an empty place. Marks stay with their places, but for
    /// the place that is empty in the end: nothing behind it began before it.
    @inline(never) private mutating func closeHole(_ place: Int) {
        var hole = place
        var next = (hole &+ 1) & mask
        while unsafe at(next).pointee.quantity != 0 {
            let moving = unsafe at(next).pointee
            let wanted = home(moving.ref)
            if (next &- wanted) & mask >= (next &- hole) & mask {
                let holeMark = unsafe at(hole).pointee.mark
                unsafe at(hole).pointee = moving
                unsafe at(hole).pointee.mark = holeMark
                hole = next
            }
            next = (next &+ 1) & mask
        }
        unsafe at(hole).pointee.quantity = 0
        unsafe at(hole).pointee.mark = 0
    }

    var placeCount: Int { mask + 1 }

    /// Whose order stands at a place, `nil`: none does.
    func instrument(at place: Int) -> Int? {
        places[place].quantity != 0 ? Int(places[place].owner >> 1) : nil
    }
}
