public import Matching
public import Model

/// What clients ask. Each command clears the events of the one before.
extension CaptureFollower {
    /// A new order.
    ///
    /// - Returns: Its reference, also where nothing of it waits; 0: rejected.
    @discardableResult
    public mutating func enter(_ entry: OrderEntry) -> UInt64 {
        events.removeAll(keepingCapacity: true)
        return place(entry, replacing: nil)
    }

    /// Takes a waiting order down to `remaining`; 0 takes it out.
    ///
    /// - Returns: `false`: rejected, the order does not wait or has no more than that left.
    @discardableResult
    public mutating func cancel(_ reference: UInt64, toRemaining remaining: UInt32 = 0) -> Bool {
        events.removeAll(keepingCapacity: true)
        guard let (place, index) = find(reference) else { return reject(.unknownOrder, reference) }
        let order = books[place.book][orders: place.side][index]
        guard remaining < order.remaining else { return reject(.nothingToCancel, reference) }
        var event = self.event(.cancelled, order, place)
        event.reason = .asked
        event.quantity = order.remaining - remaining
        event.remaining = remaining
        events.append(event)
        if remaining == 0 {
            remove(place, index)
        } else {
            books[place.book][orders: place.side][index].remaining = remaining
        }
        return true
    }

    /// Gives an order another price and remaining quantity: the same price and no more quantity keep its reference
    /// and place; else it goes as a new order with a new reference, and may trade.
    ///
    /// - Parameter keepsPlace: `false`: it goes to the back with a new reference in any case, as OUCH has it.
    /// - Returns: Its reference from here on; 0: rejected, and the old one stands as it was.
    @discardableResult
    public mutating func replace(
        _ reference: UInt64, price: Price, quantity: UInt32, userRef: UInt32, duration: Duration = .day,
        isMarket: Bool = false, isPostOnly: Bool = false, keepsPlace: Bool = true, minimumQuantity: UInt32 = 0
    ) -> UInt64 {
        events.removeAll(keepingCapacity: true)
        guard let (place, index) = find(reference) else {
            reject(.unknownOrder, reference)
            return 0
        }
        let order = books[place.book][orders: place.side][index]
        let stays = Self.key(price, place.side) == order.key && quantity <= order.remaining && quantity > 0
        if stays, keepsPlace, duration == .day, !isMarket {
            books[place.book][orders: place.side][index].remaining = quantity
            books[place.book][orders: place.side][index].userRef = userRef
            var event = self.event(.replaced, books[place.book][orders: place.side][index], place)
            event.otherReference = reference
            event.quantity = quantity
            event.remaining = quantity
            event.otherRemaining = order.remaining
            event.keptPlace = true
            events.append(event)
            return reference
        }
        let entry = OrderEntry(
            instrument: InstrumentID(index: UInt32(place.book)), side: place.side, price: price,
            quantity: quantity, duration: duration, isMarket: isMarket, isPostOnly: isPostOnly,
            owner: order.owner, userRef: userRef, minimumQuantity: minimumQuantity)
        return self.place(entry, replacing: (place, index, order))
    }

    mutating func place(
        _ entry: OrderEntry, replacing old: (place: Placed, index: Int, order: FollowedOrder)?
    ) -> UInt64 {
        let bookIndex = Int(entry.instrument.index)
        let limitKey = entry.isMarket ? Int64.max : Self.key(entry.price, entry.side.opposite)
        if let reason = refusal(entry, bookIndex, limitKey, isReplacement: old != nil) {
            var event = self.event(of: entry, .rejected, old?.order.reference ?? 0)
            event.reason = reason
            events.append(event)
            return 0
        }
        if let old { remove(old.place, old.index) }
        lastReference += 1
        let reference = lastReference
        let firstEvent = events.count
        var event = self.event(of: entry, old == nil ? .accepted : .replaced, reference)
        event.otherReference = old?.order.reference ?? 0
        event.otherRemaining = old?.order.remaining ?? 0
        events.append(event)

        var remaining = entry.quantity
        let isTrading = books[bookIndex].isTrading
        if isTrading { remaining = takeDisplayed(entry, bookIndex, limitKey, reference) }
        guard remaining > 0 else { return reference }
        let wasCutOff = events.count - firstEvent > Self.fillCountMax
        if entry.duration == .day, !entry.isMarket, !wasCutOff {
            rest(entry, bookIndex, reference, remaining)
            events[firstEvent].remaining = remaining
        } else {
            var event = self.event(of: entry, .cancelled, reference)
            event.quantity = remaining
            event.reason = wasCutOff ? .tooManyFills : .immediate
            events.append(event)
        }
        return reference
    }

    func refusal(_ entry: OrderEntry, _ book: Int, _ limitKey: Int64, isReplacement: Bool) -> MatchReason? {
        guard book < books.count else { return .unknownInstrument }
        guard entry.side != .none else { return .badSide }
        guard entry.quantity > 0, entry.quantity <= MatchingLimits.quantityMax else { return .badQuantity }
        guard entry.isMarket || entry.price.raw > 0 && entry.price <= MatchingLimits.priceMax else {
            return .badPrice
        }
        let opposite = books[book][entry.side.opposite]
        if entry.isPostOnly, opposite.availableTotal(upTo: 1, limitKey: limitKey) > 0 { return .wouldTrade }
        let least = entry.duration == .fillOrKill ? entry.quantity : entry.minimumQuantity
        if least > 0 {
            let wanted = Int64(least)
            let isTrading = books[book].isTrading
            let found = isTrading ? opposite.availableTotal(upTo: wanted, limitKey: limitKey) : 0
            if found < wanted { return .notFillable }
        }
        if !isReplacement, placed.count >= Self.orderCountMax { return .orderPoolFull }
        return nil
    }

    /// The market is the maker, with reference 0; the client's order is the other side of each execution.
    mutating func takeDisplayed(
        _ entry: OrderEntry, _ book: Int, _ limitKey: Int64, _ reference: UInt64
    ) -> UInt32 {
        let side = entry.side.opposite
        var fills: [(key: Int64, quantity: Int64)] = []
        books[book][side].take(upTo: Int64(entry.quantity), limitKey: limitKey, fillsMax: Self.fillCountMax) {
            fills.append(($0, $1))
        }
        guard !fills.isEmpty else { return entry.quantity }
        var remaining = entry.quantity
        for fill in fills {
            remaining -= UInt32(fill.quantity)
            var event = MatchEvent()
            event.kind = .executed
            event.otherReference = reference
            event.price = Self.price(fill.key, side)
            event.quantity = UInt32(fill.quantity)
            event.otherRemaining = remaining
            event.instrument = entry.instrument
            event.side = side
            event.matchNumber = nextMatch()
            events.append(event)
            // What waits on that side queues behind fewer shares now.
            books[book].shortenQueues(side, fill.key)
        }
        return remaining
    }

    mutating func nextMatch() -> UInt64 {
        lastMatch += 1
        executionCount += 1
        return lastMatch
    }

    mutating func rest(_ entry: OrderEntry, _ book: Int, _ reference: UInt64, _ remaining: UInt32) {
        let key = Self.key(entry.price, entry.side)
        let order = FollowedOrder(
            reference: reference, owner: entry.owner, userRef: entry.userRef, key: key, remaining: remaining,
            ahead: books[book][entry.side].available(key))
        let orders = books[book][orders: entry.side]
        let index = orders.firstIndex { $0.key > key } ?? orders.count
        books[book][orders: entry.side].insert(order, at: index)
        placed[reference] = Placed(book: book, side: entry.side)
    }

    func find(_ reference: UInt64) -> (Placed, Int)? {
        guard let place = placed[reference] else { return nil }
        let index = books[place.book][orders: place.side].firstIndex { $0.reference == reference }
        return index.map { (place, $0) }
    }

    mutating func remove(_ place: Placed, _ index: Int) {
        let order = books[place.book][orders: place.side].remove(at: index)
        placed[order.reference] = nil
    }

    @discardableResult
    mutating func reject(_ reason: MatchReason, _ reference: UInt64) -> Bool {
        var event = MatchEvent()
        event.reference = reference
        event.reason = reason
        events.append(event)
        return false
    }

    func event(of entry: OrderEntry, _ kind: MatchEventKind, _ reference: UInt64) -> MatchEvent {
        var event = MatchEvent()
        event.kind = kind
        event.reference = reference
        event.price = entry.price
        event.quantity = entry.quantity
        event.owner = entry.owner
        event.userRef = entry.userRef
        event.instrument = entry.instrument
        event.side = entry.side
        return event
    }

    func event(_ kind: MatchEventKind, _ order: FollowedOrder, _ place: Placed) -> MatchEvent {
        var event = MatchEvent()
        event.kind = kind
        event.reference = order.reference
        event.price = Self.price(order.key, place.side)
        event.remaining = order.remaining
        event.owner = order.owner
        event.userRef = order.userRef
        event.instrument = InstrumentID(index: UInt32(place.book))
        event.side = place.side
        return event
    }
}
