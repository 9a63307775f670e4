import Model

/// What is written for the caller to read.
extension MatchingEngine {
    @inline(__always)
    mutating func append(_ event: MatchEvent) {
        eventRecords[eventCount] = event
        eventCount &+= 1
    }

    @inline(__always)
    mutating func appendAccepted(_ entry: OrderEntry, _ reference: UInt64) {
        var event = event(of: entry, .accepted)
        event.reference = reference
        append(event)
    }

    @inline(__always)
    mutating func appendReplaced(
        _ entry: OrderEntry, _ reference: UInt64, _ old: UInt64, _ oldRemaining: UInt32, keptPlace: Bool
    ) {
        var event = event(of: entry, .replaced)
        event.reference = reference
        event.otherReference = old
        event.otherRemaining = oldRemaining
        event.keptPlace = keptPlace
        append(event)
    }

    /// What is left of an arriving order goes: nothing of it was in the book.
    mutating func appendCancelled(
        _ entry: OrderEntry, _ reference: UInt64, _ quantity: UInt32, _ reason: MatchReason
    ) {
        var event = event(of: entry, .cancelled)
        event.reference = reference
        event.quantity = quantity
        event.reason = reason
        append(event)
    }

    /// A resting order loses `quantity` because its owner asked.
    @inline(__always)
    mutating func appendCancelled(
        _ order: OrderSlot, _ page: PageSlot, _ quantity: UInt32, _ remaining: UInt32
    ) {
        var event = MatchEvent()
        event.kind = .cancelled
        event.reason = .asked
        event.reference = order.reference
        event.price = price(page.number << 6 | Int64(order.level & 63), Int(page.side))
        event.quantity = quantity
        event.remaining = remaining
        event.owner = order.owner
        event.userRef = order.userRef
        event.instrument = InstrumentID(index: page.side >> 1)
        event.side = page.side & 1 == 0 ? .buy : .sell
        append(event)
    }

    @inline(never)
    mutating func reject(_ reason: MatchReason, entry: OrderEntry, reference: UInt64 = 0) {
        var event = event(of: entry, .rejected)
        event.reference = reference
        event.reason = reason
        countRejected(reason)
        append(event)
    }

    @inline(never)
    mutating func reject(_ reason: MatchReason, reference: UInt64) {
        var event = MatchEvent()
        event.reference = reference
        event.reason = reason
        countRejected(reason)
        append(event)
    }

    private mutating func countRejected(_ reason: MatchReason) {
        counters.rejected += 1
        if reason == .orderPoolFull || reason == .levelPoolFull { counters.rejectedForRoom += 1 }
    }

    @inline(__always)
    private func event(of entry: OrderEntry, _ kind: MatchEventKind) -> MatchEvent {
        var event = MatchEvent()
        event.kind = kind
        event.price = entry.price
        event.quantity = entry.quantity
        event.owner = entry.owner
        event.userRef = entry.userRef
        event.instrument = entry.instrument
        event.side = entry.side
        return event
    }
}
