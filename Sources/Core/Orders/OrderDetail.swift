internal import Model

/// What few orders have: replacements on their way, prices to wait for, ties to other orders. One for each slot, valid
/// while the order's record says so (``OrderMarks/hasDetail``).
struct OrderDetail: BitwiseCopyable {
    /// Replacements of one order that may wait for answers: FIX's and OUCH's chains are seldom longer than two.
    static var versionCountMax: Int { 3 }
    /// Numbers that an order had before, for reports that still name them.
    static var pastRefCountMax: Int { 4 }

    /// Unanswered, oldest first; `OrderRecord.versionCount` of them.
    var versions = InlineArray<3, OrderVersion>(repeating: OrderVersion())
    var pastRefs = InlineArray<4, UInt32>(repeating: 0)
    var pastRefCount: UInt8 = 0
    /// Attempts after the first.
    var retryCount: UInt8 = 0
    /// Made again, and held until its pause is over.
    var isAttempt = false
    /// How the order hangs on ``parent``.
    var link: UInt8 = 0
    /// Quantity that the worst-case sums hold for the order.
    var reserved: Int64 = 0
    /// The price that they hold it by.
    var reservedPrice: Int64 = 0
    /// Price at which a held order moves; 0: none.
    var stop: Int64 = 0
    /// Distance at which ``stop`` follows the market; 0: it stays.
    var trail: Int64 = 0
    /// Core time of the order's next moment: at which a held order moves or a dated one ends; 0: none.
    var wakeAtNs: UInt64 = 0
    /// Core time at which a dated order ends; 0: it has no date.
    var expiresAtNs: UInt64 = 0
    /// Prices of the children to make from what is executed; 0: none.
    var takeProfit: Int64 = 0
    var stopLoss: Int64 = 0
    var parent = OrderHandle.none
    /// One cancels the other.
    var sibling = OrderHandle.none
    /// What the children have executed.
    var closed: Int64 = 0
    /// Executed before the run that made the order ended, and not told again yet: what hangs on it knows of them.
    var applied: Int64 = 0
    /// Children made from executions, takes profit and stops the loss.
    var profitChild = OrderHandle.none
    var lossChild = OrderHandle.none
    /// Bits of the signal's strength (Double).
    var strength: UInt64 = 0

    var parentLink: OrderLink? { OrderLink(rawValue: UInt32(link)) }
}
