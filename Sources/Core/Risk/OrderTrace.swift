internal import Model

/// What an order in an instrument leaves for the check of the next one: the second cache line that risk looks at, beside
/// ``RiskLine``.
struct OrderTrace: BitwiseCopyable {
    /// The least of all limits on an order's quantity, and of those on its notional, in the base currency. Which of them it
    /// is stands elsewhere (``AccountRisk/drawTrace(_:tick:)``).
    var quantityMax: Int64 = 0
    var notionalMax: Int64 = 0
    /// 2⁶⁴ divided by the tick, rounded up.
    var tickInverse: UInt64 = 0
    /// No own order sells below this, and none buys above that. What has ended may have been the one: then they are too
    /// cautious, and whoever is refused by them looks again.
    var lowestSell: Int64 = .max
    var highestBuy: Int64 = .min
    /// The last order, and how many like it came in a row since ``firstNs``.
    private var price: Int64 = 0
    /// 40 bits of quantity, 2 of side, 22 of the count.
    private var packed: UInt64 = 0
    private var firstNs: UInt64 = 0

    /// Whether a price of at most 32 bits is a whole number of ticks: n is a multiple of d where n · ⌈2⁶⁴/d⌉, of which 64
    /// bits are kept, is below ⌈2⁶⁴/d⌉ (Lemire, Kaser, Kurz: Faster remainder by direct computation, 2019). A division
    /// takes six times as long.
    @inline(__always)
    func isOnTick(_ price: Int64) -> Bool {
        UInt64(truncatingIfNeeded: price) &* tickInverse <= tickInverse &- 1
    }

    /// How many like this there are in a row with it, the first of them not older than the window.
    @inline(__always)
    func repeats(_ side: Side, _ quantity: Int64, _ price: Int64, nowNs: UInt64, windowNs: UInt64) -> Int64 {
        guard self.price == price, packed >> 22 == Self.pack(side, quantity), nowNs - firstNs <= windowNs
        else { return 1 }
        return Int64(packed & Self.countMask) + 1
    }

    /// It was let through: so many like it in a row, it among them.
    @inline(__always)
    mutating func note(_ side: Side, _ quantity: Int64, _ price: Int64, repeats: Int64, nowNs: UInt64) {
        if repeats == 1 { firstNs = nowNs }
        self.price = price
        packed = Self.pack(side, quantity) << 22 | min(UInt64(repeats), Self.countMask)
    }

    @inline(__always) private static var countMask: UInt64 { (1 << 22) - 1 }

    @inline(__always)
    private static func pack(_ side: Side, _ quantity: Int64) -> UInt64 {
        UInt64(truncatingIfNeeded: quantity) << 2 | UInt64(side.rawValue)
    }
}
