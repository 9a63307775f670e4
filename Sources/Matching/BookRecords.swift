/// Marks "no such record" in a link: no pool is that large.
let noSlot = UInt32.max

/// An order in the book: half a cache line, linked into the queue of its price level.
struct OrderSlot: BitwiseCopyable {
    /// 0: the slot is free. Else rising serial number above, the slot's own index below.
    var reference: UInt64 = 0
    /// Toward the back of the queue; the next free slot where this one is free.
    var next: UInt32 = noSlot
    /// Toward the front.
    var previous: UInt32 = noSlot
    var remaining: UInt32 = 0
    /// Page number · 64 + place in the page.
    var level: UInt32 = 0
    var owner: UInt32 = 0
    var userRef: UInt32 = 0
}

/// The queue of one price. Meaningful only while its bit in the page is set.
struct LevelSlot: BitwiseCopyable {
    var head: UInt32 = noSlot
    var tail: UInt32 = noSlot
    var quantity: Int64 = 0
}

/// Sixty-four neighbouring prices of one side; `occupied` tells which have orders.
struct PageSlot: BitwiseCopyable {
    var occupied: UInt64 = 0
    /// Key of the page's first price, divided by 64.
    var number: Int64 = 0
    /// Farther from the touch; the next free page where this one is free.
    var next: UInt32 = noSlot
    /// Nearer to the touch.
    var previous: UInt32 = noSlot
    /// 2 · instrument, + 1 for the sell side.
    var side: UInt32 = 0
    var padding: UInt32 = 0
}

/// One side of one book. A price's *key* is its tick number for sells and the complement of it for buys, so that
/// the best price has the smallest key on either side and one code serves both.
struct SideSlot: BitwiseCopyable {
    /// `Int64.max`: the side is empty.
    var bestKey: Int64 = .max
    var firstPage: UInt32 = noSlot
    var orderCount: UInt32 = 0
}

/// What an instrument's prices are counted in.
struct TickSlot: BitwiseCopyable {
    /// In 10⁻⁴ of the currency; 0: not defined.
    var size: Int64 = 0
    /// ⌊2⁶³ / size⌋ + 1: division by the tick as a multiplication, exact for prices below 2⁴⁰ and ticks below 2²³.
    var inverse: UInt64 = 0
}
