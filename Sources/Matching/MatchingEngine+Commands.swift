public import Model

/// The commands. Each clears the events of the one before.
extension MatchingEngine {
    /// A new order: matched at once, and what is left of a day order rests.
    ///
    /// - Returns: Its reference, also where nothing of it rests; 0: rejected.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    public mutating func enter(_ entry: OrderEntry) -> UInt64 {
        beginCommand()
        let sideIndex = Int(truncatingIfNeeded: entry.instrument.index) &* 2 &+ (entry.side == .sell ? 1 : 0)
        let key: Int64
        switch entryKey(entry, sideIndex) {
        case .key(let found): key = found
        case .refused(let reason):
            reject(reason, entry: entry)
            return 0
        }
        let rests = entry.duration == .day && !entry.isMarket
        // The best key of the other side, read in its own terms, that this order may still trade with.
        let limitKey = entry.isMarket ? Int64.max - 1 : ~key
        let crosses = sides[sideIndex ^ 1].bestKey <= limitKey
        if crosses, entry.isPostOnly {
            reject(.wouldTrade, entry: entry)
            return 0
        }
        let least = entry.duration == .fillOrKill ? entry.quantity : entry.minimumQuantity
        if least > 0, !isFillable(least, entry, sideIndex ^ 1, limitKey) {
            reject(.notFillable, entry: entry)
            return 0
        }
        // Room is taken before anything trades: a trade cannot be taken back when its rest finds no place.
        var slot = noSlot
        if rests {
            guard freeOrder != noSlot else {
                reject(.orderPoolFull, entry: entry)
                return 0
            }
            guard freePageCount > 0 || findPage(sideIndex, key >> 6) != noSlot else {
                reject(.levelPoolFull, entry: entry)
                return 0
            }
            slot = takeOrderSlot()
        }
        lastSerial += 1
        let reference = lastSerial << Self.slotBits | UInt64(slot) & Self.slotMask
        let accepted = eventsWritten
        appendAccepted(entry, reference)
        guard crosses else {
            if rests {
                rest(slot, reference, sideIndex, key, entry.quantity, entry.owner, entry.userRef)
                eventRecords[accepted].remaining = entry.quantity
            } else {
                appendCancelled(entry, reference, entry.quantity, .immediate)
            }
            return reference
        }
        var taker = Taker(
            reference: reference, limitKey: limitKey, remaining: entry.quantity, owner: entry.owner,
            userRef: entry.userRef)
        match(&taker, sideIndex ^ 1)
        if taker.remaining > 0, rests, taker.stopped == .none {
            rest(slot, reference, sideIndex, key, taker.remaining, entry.owner, entry.userRef)
            eventRecords[accepted].remaining = taker.remaining
            return reference
        }
        if slot != noSlot { releaseOrderSlot(slot) }
        if taker.remaining > 0 {
            let reason: MatchReason = taker.stopped == .none ? .immediate : taker.stopped
            appendCancelled(entry, reference, taker.remaining, reason)
        }
        return reference
    }

    /// Takes an order down to `remaining`, which must be below what is left of it; 0 takes it out.
    ///
    /// - Returns: `false`: rejected, the order is not in the book or has no more than that left.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    public mutating func cancel(_ reference: UInt64, toRemaining remaining: UInt32 = 0) -> Bool {
        beginCommand()
        guard let slot = liveSlot(reference) else {
            reject(.unknownOrder, reference: reference)
            return false
        }
        let order = orders[slot]
        guard remaining < order.remaining else {
            reject(.nothingToCancel, reference: reference)
            return false
        }
        let page = pages[Int(order.level >> 6)]
        appendCancelled(order, page, order.remaining - remaining, remaining)
        if remaining == 0 {
            unlink(slot, order)
            releaseOrderSlot(UInt32(truncatingIfNeeded: slot))
        } else {
            orders[slot].remaining = remaining
            levels[Int(order.level)].quantity -= Int64(order.remaining - remaining)
        }
        return true
    }

    /// Gives an order another price and remaining quantity. The same price and no more quantity: it keeps its
    /// reference and its place. Else it goes as a new order with a new reference, and may trade.
    ///
    /// - Parameters:
    ///   - quantity: What is to be left of it, not counting what has traded.
    ///   - userRef: The owner's number of the order from here on.
    ///   - duration: An immediate-or-cancel replacement does not rest.
    ///   - minimumQuantity: As of ``OrderEntry``.
    ///   - keepsPlace: `false`: it goes to the back with a new reference in any case, as OUCH has it.
    /// - Returns: Its reference from here on; 0: rejected, and the old one stands as it was.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    public mutating func replace(
        _ reference: UInt64, price: Price, quantity: UInt32, userRef: UInt32, duration: Duration = .day,
        isMarket: Bool = false, isPostOnly: Bool = false, keepsPlace: Bool = true, minimumQuantity: UInt32 = 0
    ) -> UInt64 {
        beginCommand()
        guard let slot = liveSlot(reference) else {
            reject(.unknownOrder, reference: reference)
            return 0
        }
        let order = orders[slot]
        let page = pages[Int(order.level >> 6)]
        let sideIndex = Int(page.side)
        var entry = OrderEntry(
            instrument: InstrumentID(index: page.side >> 1), side: page.side & 1 == 0 ? .buy : .sell,
            price: price, quantity: quantity, duration: duration, isMarket: isMarket, isPostOnly: isPostOnly,
            owner: order.owner, userRef: userRef, minimumQuantity: minimumQuantity)
        let key: Int64
        switch entryKey(entry, sideIndex) {
        case .key(let found): key = found
        case .refused(let reason):
            reject(reason, entry: entry, reference: reference)
            return 0
        }
        let rests = duration == .day && !isMarket
        let oldKey = page.number << 6 | Int64(order.level & 63)
        if keepsPlace, rests, key == oldKey, quantity <= order.remaining {
            orders[slot].remaining = quantity
            orders[slot].userRef = userRef
            levels[Int(order.level)].quantity -= Int64(order.remaining - quantity)
            appendReplaced(entry, reference, reference, order.remaining, keptPlace: true)
            eventRecords[eventsWritten - 1].remaining = quantity
            return reference
        }
        let limitKey = isMarket ? Int64.max - 1 : ~key
        let crosses = sides[sideIndex ^ 1].bestKey <= limitKey
        if crosses, isPostOnly {
            reject(.wouldTrade, entry: entry, reference: reference)
            return 0
        }
        let least = duration == .fillOrKill ? quantity : minimumQuantity
        if least > 0, !isFillable(least, entry, sideIndex ^ 1, limitKey) {
            reject(.notFillable, entry: entry, reference: reference)
            return 0
        }
        // The order's own slot is used again; only a page may be wanting, unless the old one frees its own.
        if rests, freePageCount == 0, findPage(sideIndex, key >> 6) == noSlot {
            reject(.levelPoolFull, entry: entry, reference: reference)
            return 0
        }
        unlink(slot, order)
        lastSerial += 1
        let newReference = lastSerial << Self.slotBits | UInt64(slot)
        let replaced = eventsWritten
        appendReplaced(entry, newReference, reference, order.remaining, keptPlace: false)
        entry.userRef = userRef
        let shortSlot = UInt32(truncatingIfNeeded: slot)
        // The slot stays ours while it trades, but its old reference is dead from here on.
        orders[slot].reference = 0
        var taker = Taker(
            reference: newReference, limitKey: limitKey, remaining: quantity, owner: order.owner,
            userRef: userRef)
        if crosses { match(&taker, sideIndex ^ 1) }
        if taker.remaining > 0, rests, taker.stopped == .none {
            rest(shortSlot, newReference, sideIndex, key, taker.remaining, order.owner, userRef)
            eventRecords[replaced].remaining = taker.remaining
            return newReference
        }
        releaseOrderSlot(shortSlot)
        if taker.remaining > 0 {
            let reason: MatchReason = taker.stopped == .none ? .immediate : taker.stopped
            appendCancelled(entry, newReference, taker.remaining, reason)
        }
        return newReference
    }

    /// Uses up the next match number for a trade that is booked by hand.
    public mutating func takeMatchNumber() -> UInt64 {
        lastMatch += 1
        return lastMatch
    }

    /// Forgets the events of the last command: there was none.
    public mutating func beginNothing() { eventsWritten = 0 }

    /// Asks the cache for an order that a command will soon name. Any number is allowed.
    #if !DEBUG
    @_noLocks
    #endif
    public func prefetch(_ reference: UInt64) {
        orders.prefetch(Int(truncatingIfNeeded: reference & Self.slotMask))
    }
}

/// A price as a key, or why not.
enum EntryKey {
    case key(Int64)
    case refused(MatchReason)
}

/// The arriving order while it trades.
struct Taker {
    let reference: UInt64
    let limitKey: Int64
    var remaining: UInt32
    let owner: UInt32
    let userRef: UInt32
    /// Why it stopped with something left, where its limit was not the reason.
    var stopped = MatchReason.none
}

extension MatchingEngine {
    @inline(__always)
    mutating func beginCommand() {
        eventsWritten = 0
        counters.commands &+= 1
    }

    /// Checks an order's own fields. For a market order the key is 0 and means nothing.
    @inline(__always)
    func entryKey(_ entry: OrderEntry, _ sideIndex: Int) -> EntryKey {
        guard Int(entry.instrument.index) < limits.instrumentCountMax else {
            return .refused(.unknownInstrument)
        }
        let tick = ticks[Int(entry.instrument.index)]
        guard tick.size > 0 else { return .refused(.unknownInstrument) }
        guard entry.side != .none else { return .refused(.badSide) }
        guard entry.quantity &- 1 < MatchingLimits.quantityMax else { return .refused(.badQuantity) }
        if entry.isMarket { return .key(0) }
        let raw = entry.price.raw
        guard raw > 0, raw <= MatchingLimits.priceMax.raw else { return .refused(.badPrice) }
        let product = UInt64(raw).multipliedFullWidth(by: tick.inverse)
        let number = Int64(truncatingIfNeeded: product.high << 1 | product.low >> 63)
        guard number &* tick.size == raw else { return .refused(.badPrice) }
        return .key(sideIndex & 1 == 0 ? ~number : number)
    }

    /// The price of a key on a side.
    @inline(__always)
    func price(_ key: Int64, _ sideIndex: Int) -> Price {
        Price(raw: (sideIndex & 1 == 0 ? ~key : key) &* ticks[sideIndex >> 1].size)
    }

    /// The slot of an order that is in the book.
    @inline(__always)
    func liveSlot(_ reference: UInt64) -> Int? {
        let slot = Int(truncatingIfNeeded: reference & Self.slotMask)
        guard slot < orders.count, reference != 0, orders[slot].reference == reference else { return nil }
        return slot
    }

    /// Whether an order would trade `least` at once against `sideIndex` down to `limitKey`: its own walk through the
    /// queues, trading nothing. Orders of its owner, and what one command may fill, count as they would in ``match``.
    func isFillable(_ least: UInt32, _ entry: OrderEntry, _ sideIndex: Int, _ limitKey: Int64) -> Bool {
        var left = entry.quantity
        var traded: UInt32 = 0
        // Less one for the order itself, and one for the cancellation of its rest.
        var eventsFree = eventRecords.count - eventsWritten - 2
        var page = sides[sideIndex].firstPage
        while page != noSlot {
            let record = pages[Int(page)]
            var occupied = record.occupied
            while occupied != 0 {
                let place = occupied.trailingZeroBitCount
                guard record.number << 6 | Int64(place) <= limitKey else { return false }
                var slot = levels[Int(page) << 6 | place].head
                while slot != noSlot {
                    let maker = orders[Int(slot)]
                    let quantity = min(left, maker.remaining)
                    let isSelfTrade = isSelfTrade(maker.owner, entry.owner)
                    guard eventsFree > (isSelfTrade ? 1 : 0) else { return false }
                    if isSelfTrade {
                        switch limits.selfTrade {
                        case .allowed: traded += quantity
                        case .cancelNewest: return false
                        case .cancelOldest: break
                        case .decrementBoth: left -= quantity
                        }
                        eventsFree -= limits.selfTrade == .decrementBoth ? 2 : 1
                    } else {
                        traded += quantity
                        left -= quantity
                        eventsFree -= 1
                    }
                    if traded >= least { return true }
                    if left == 0 { return false }
                    slot = maker.next
                }
                occupied &= occupied - 1
            }
            page = record.next
        }
        return false
    }

    /// The highest bit is the caller's (a hidden order, say) and does not make another owner; nobody is no owner.
    @inline(__always)
    func isSelfTrade(_ maker: UInt32, _ taker: UInt32) -> Bool {
        limits.selfTrade != .allowed && (maker ^ taker) << 1 == 0 && taker << 1 != 0
    }

    /// Trades against the resting side, best price first and first come first served, until the taker is done.
    mutating func match(_ taker: inout Taker, _ sideIndex: Int) {
        let instrument = InstrumentID(index: UInt32(truncatingIfNeeded: sideIndex >> 1))
        let makerSide: Side = sideIndex & 1 == 0 ? .buy : .sell
        while taker.remaining > 0 {
            let bestKey = sides[sideIndex].bestKey
            guard bestKey <= taker.limitKey else { return }
            let level = Int(sides[sideIndex].firstPage) << 6 | Int(bestKey & 63)
            let price = price(bestKey, sideIndex)
            let slot = Int(levels[level].head)
            let maker = orders[slot]
            let isSelfTrade = isSelfTrade(maker.owner, taker.owner)
            if isSelfTrade, limits.selfTrade == .cancelNewest {
                taker.stopped = .selfTrade
                return
            }
            // One place stays free for the cancellation of the rest; what is prevented may take two.
            let needed = isSelfTrade ? 2 : 1
            guard eventsWritten < eventRecords.count - needed else {
                counters.cutOff += 1
                taker.stopped = .tooManyFills
                return
            }
            if isSelfTrade {
                prevent(&taker, slot, maker, price, instrument, makerSide)
                continue
            }
            let traded = min(maker.remaining, taker.remaining)
            taker.remaining -= traded
            lastMatch += 1
            counters.executions &+= 1
            counters.sharesTraded &+= UInt64(traded)
            append(
                MatchEvent(
                    .executed, reference: maker.reference, otherReference: taker.reference,
                    matchNumber: lastMatch, price: price, quantity: traded,
                    remaining: maker.remaining - traded, otherRemaining: taker.remaining, owner: maker.owner,
                    userRef: maker.userRef, instrument: instrument, side: makerSide))
            if traded == maker.remaining {
                unlink(slot, maker)
                releaseOrderSlot(UInt32(truncatingIfNeeded: slot))
            } else {
                orders[slot].remaining = maker.remaining - traded
                levels[level].quantity -= Int64(traded)
            }
        }
    }
    /// Takes out what would have traded with its own owner, by the setting's rule.
    @inline(never)
    mutating func prevent(
        _ taker: inout Taker, _ slot: Int, _ maker: OrderSlot, _ price: Price, _ instrument: InstrumentID,
        _ makerSide: Side
    ) {
        let met = min(maker.remaining, taker.remaining)
        let gone = limits.selfTrade == .decrementBoth ? met : maker.remaining
        append(
            MatchEvent(
                .cancelled, reference: maker.reference, otherReference: taker.reference, price: price,
                quantity: gone, remaining: maker.remaining - gone, otherRemaining: met, owner: maker.owner,
                userRef: maker.userRef, instrument: instrument, side: makerSide, reason: .selfTrade))
        if gone == maker.remaining {
            unlink(slot, maker)
            releaseOrderSlot(UInt32(truncatingIfNeeded: slot))
        } else {
            orders[slot].remaining = maker.remaining - gone
            levels[Int(maker.level)].quantity -= Int64(gone)
        }
        guard limits.selfTrade == .decrementBoth else { return }
        taker.remaining -= met
        append(
            MatchEvent(
                .cancelled, reference: taker.reference, otherReference: maker.reference, price: price,
                quantity: met, remaining: taker.remaining, otherRemaining: met, owner: taker.owner,
                userRef: taker.userRef, instrument: instrument, side: makerSide.opposite, reason: .selfTrade))
    }
}
