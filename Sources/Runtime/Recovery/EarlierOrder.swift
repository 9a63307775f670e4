internal import Model

/// A position as an earlier day left it.
struct EarlierPosition: Equatable {
    /// Signed.
    var quantity: Int64
    var averagePrice: Int64
}

/// An order that had not ended when its run did.
struct EarlierOrder: Equatable {
    struct Tie: Equatable {
        var link: OrderLink
        var other: OrderID
    }

    struct Terms: Equatable {
        /// Of the whole order, with what had executed.
        var quantity: Int64
        var price: Int64
        /// What had been cancelled before is no part of the quantity.
        var cancelledBefore: Int64
    }

    var id: OrderID
    var symbol: Symbol
    var side: Side
    /// As it was first given to the venue, which tells of replacements itself.
    var quantity: Int64
    var price: Int64
    /// Terms in force since, where it was replaced.
    var replaced: Terms?
    /// OrderType, TimeInForce and OrderFlags, as in the fact `orderCreated`.
    var terms: UInt32
    /// Name of the strategy that wanted it; empty: none did.
    var strategy: String
    /// 0: it was never given to a session.
    var userRef: UInt32 = 0
    /// Place of the venue that it was given to, among those of its run: numbers of two venues may be the same.
    var session: UInt8 = 0
    var stop: Int64 = 0
    var trail: Int64 = 0
    /// UTC, nanoseconds; 0: none.
    var endsAtUtcNs: UInt64 = 0
    var isHeld = false
    /// Waits for its moment, not for a price or another order.
    var isAttempt = false
    var isTriggered = false
    /// `nil`: as the settings say.
    var remainder: RemainderPolicy?
    var takeProfit: Int64 = 0
    var stopLoss: Int64 = 0
    var links: [Tie] = []
    /// Executed, busts not taken off.
    var executed: Int64 = 0
    var cancelled: Int64 = 0
    /// The same by the run that is being read alone: to it the venue tells again what it told to those before.
    var executedInRun: Int64 = 0
    var cancelledInRun: Int64 = 0
    /// What its children have executed.
    var closed: Int64 = 0

    /// What is left of it at the least.
    var rest: Int64 {
        let whole = replaced?.quantity ?? quantity
        return whole - executed - (cancelled - (replaced?.cancelledBefore ?? 0))
    }

    var timeInForce: TimeInForce? { TimeInForce(rawValue: UInt8(truncatingIfNeeded: terms >> 8)) }

    /// Never sent and not held: it was lost with its run, and nobody has it.
    private var isLost: Bool { !isHeld && userRef == 0 }

    /// The order and its terms.
    ///
    /// - Parameter heldSession: Where it goes to once it goes: what is held has been given to nobody.
    func inputs(instrument: UInt32, strategies: [String], heldSession: UInt8 = 0) -> [Input] {
        guard !isLost else { return [] }
        var first = Input(kind: .restoreOrder, source: isHeld ? heldSession : session)
        first.user_ref = isHeld ? 0 : userRef
        first.quantity = quantity
        first.price = price
        first.instrument = instrument
        first.side = side.rawValue
        first.execution_id = id.low
        first.venue_time_ns = id.high
        first.flags = UInt8(truncatingIfNeeded: terms >> 16)
        var second = Input(kind: .restoreTerms)
        second.price = stop
        second.quantity = trail
        second.execution_id = endsAtUtcNs
        second.user_ref = strategies.firstIndex(of: strategy).map(UInt32.init) ?? UInt32(UInt16.max)
        second.flags = UInt8(truncatingIfNeeded: terms)
        second.side = UInt8(truncatingIfNeeded: terms >> 8)
        second.instrument =
            RestoredState(remainder: remainder, isAttempt: isAttempt, isTriggered: isTriggered).bits
        second.venue_time_ns = UInt64(executed)
        return [first, second]
    }

    /// What ties it to others, behind all orders: the core drops a tie whose other end is gone.
    var ties: [Input] {
        guard !isLost else { return [] }
        var tie = Input(kind: .restoreTie)
        tie.execution_id = id.low
        tie.venue_time_ns = id.high
        var ties: [Input] = []
        if takeProfit != 0 || stopLoss != 0 {
            tie.flags = 0
            tie.price = takeProfit
            tie.quantity = stopLoss
            let closed = UInt64(bitPattern: closed)
            tie.user_ref = UInt32(truncatingIfNeeded: closed)
            tie.instrument = UInt32(truncatingIfNeeded: closed >> 32)
            ties.append(tie)
            tie.user_ref = 0
            tie.instrument = UInt32.max
        }
        for link in links {
            tie.flags = UInt8(truncatingIfNeeded: link.link.rawValue)
            tie.price = Int64(bitPattern: link.other.high)
            tie.quantity = Int64(bitPattern: link.other.low)
            ties.append(tie)
        }
        return ties
    }
}
