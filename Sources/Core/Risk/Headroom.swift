internal import Model

/// What one order more may come to without passing a limit on what the account comes to: drawn from the sums ahead of the
/// order, so that the order itself is held against one number for each side, not against each limit.
///
/// Never more than there is: whatever moves a sum either takes as much off or makes it stale, and a stale one is drawn anew
/// before it is looked at. Where it is not enough the limits are asked one by one (``AccountRisk/check(_:_:_:_:_:)``).
///
/// Money in the base currency, below ``ShortLimits/moneyBound`` either way.
struct Headroom: BitwiseCopyable {
    /// Quantity times the higher of price and reference, at most; below zero: ask the limits.
    var buy: Int64 = -1
    var sell: Int64 = -1
    /// What was taken off both since: by how much prices have moved what the account holds and has open.
    var moved: Int64 = 0
    /// What one position may come to at its reference.
    var position: Int64 = 0
    /// All of this holds while the equity and the cash that is there are at least as much: a little less than they were.
    var equityFloor: Int64 = 0
    var cashFloor: Int64 = 0
    /// More than this taken off, and it is worth drawing anew.
    var movedMax: Int64 = 0
    /// A sum has changed.
    var isStale = true

    /// No limit.
    @inline(__always) static var unlimited: Int64 { 1 << 62 }

    /// What is taken for granted of an amount that moves with every price: an order waits for no such move.
    @inline(__always)
    static func floor(_ amount: Int64) -> Int64 { amount &- amount >> 7 }

    /// Prices may go to and fro: where they have taken off a good part it is worth drawing anew.
    @inline(__always) var isWorthDrawing: Bool { isStale || moved > movedMax }

    /// Prices have moved the notional of what there is by so much.
    @inline(__always)
    mutating func take(off notional: Int128) {
        let short = Int64(truncatingIfNeeded: notional)
        let size = short < 0 ? 0 &- short : short
        // Neither side of the clamp comes near 64 bits.
        moved = min(moved &+ (size & (1 << 61 - 1)), 1 << 60)
        if unlikely(Int128(short) != notional || UInt64(bitPattern: size) >> 60 != 0) { isStale = true }
    }
}
