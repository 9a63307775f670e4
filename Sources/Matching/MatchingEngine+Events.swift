import Model

/// What is written for the caller to read.
extension MatchingEngine {
    @inline(__always)
    mutating func append(_ event: MatchEvent) {
        eventRecords[eventsWritten] = event
        eventsWritten &+= 1
    }

    @inline(__always)
    mutating func appendAccepted(_ entry: OrderEntry, _ reference: UInt64) {
        append(
            MatchEvent(
                .accepted, reference: reference, price: entry.price, quantity: entry.quantity,
                owner: entry.owner, userRef: entry.userRef, instrument: entry.instrument, side: entry.side))
    }

    @inline(__always)
    mutating func appendReplaced(
        _ entry: OrderEntry, _ reference: UInt64, _ old: UInt64, _ oldRemaining: UInt32, keptPlace: Bool
    ) {
        append(
            MatchEvent(
                .replaced, reference: reference, otherReference: old, price: entry.price,
                quantity: entry.quantity, otherRemaining: oldRemaining, owner: entry.owner,
                userRef: entry.userRef, instrument: entry.instrument, side: entry.side, keptPlace: keptPlace))
    }

    /// What is left of an arriving order goes: nothing of it was in the book.
    mutating func appendCancelled(
        _ entry: OrderEntry, _ reference: UInt64, _ quantity: UInt32, _ reason: MatchReason
    ) {
        append(
            MatchEvent(
                .cancelled, reference: reference, price: entry.price, quantity: quantity, owner: entry.owner,
                userRef: entry.userRef, instrument: entry.instrument, side: entry.side, reason: reason))
    }

    /// A resting order loses `quantity` because its owner asked.
    @inline(__always)
    mutating func appendCancelled(
        _ order: OrderSlot, _ page: PageSlot, _ quantity: UInt32, _ remaining: UInt32
    ) {
        append(
            MatchEvent(
                .cancelled, reference: order.reference,
                price: price(page.number << 6 | Int64(order.level & 63), Int(page.side)), quantity: quantity,
                remaining: remaining, owner: order.owner, userRef: order.userRef,
                instrument: InstrumentID(index: page.side >> 1), side: page.side & 1 == 0 ? .buy : .sell,
                reason: .asked))
    }

    @inline(never)
    mutating func reject(_ reason: MatchReason, entry: OrderEntry, reference: UInt64 = 0) {
        countRejected(reason)
        append(
            MatchEvent(
                .rejected, reference: reference, price: entry.price, quantity: entry.quantity,
                owner: entry.owner, userRef: entry.userRef, instrument: entry.instrument, side: entry.side,
                reason: reason))
    }

    @inline(never)
    mutating func reject(_ reason: MatchReason, reference: UInt64) {
        countRejected(reason)
        append(MatchEvent(.rejected, reference: reference, reason: reason))
    }

    private mutating func countRejected(_ reason: MatchReason) {
        counters.rejected += 1
        if reason == .orderPoolFull || reason == .levelPoolFull { counters.rejectedForRoom += 1 }
    }
}
