public import Model

/// Looking at the books, without changing them.
extension MatchingEngine {
    /// Orders in all books.
    public var liveOrderCount: Int { liveOrders }

    /// Numbers of the last order and of the last trade.
    public var lastMatchNumber: UInt64 { lastMatch }

    /// Orders of one side.
    public func orderCount(_ instrument: InstrumentID, _ side: Side) -> Int {
        guard let sideIndex = sideIndex(instrument, side) else { return 0 }
        return Int(sides[sideIndex].orderCount)
    }

    /// The best level of a side; `nil`: it is empty, or there is no such instrument.
    public func best(_ instrument: InstrumentID, _ side: Side) -> MatchingLevel? {
        guard let sideIndex = sideIndex(instrument, side), sides[sideIndex].bestKey != .max else {
            return nil
        }
        let key = sides[sideIndex].bestKey
        let level = Int(sides[sideIndex].firstPage) << 6 | Int(key & 63)
        return MatchingLevel(price: price(key, sideIndex), quantity: levels[level].quantity)
    }

    /// The order of a side that would trade first; `nil`: there is none.
    public func first(_ instrument: InstrumentID, _ side: Side) -> RestingOrder? {
        guard let sideIndex = sideIndex(instrument, side), sides[sideIndex].bestKey != .max else {
            return nil
        }
        let level = Int(sides[sideIndex].firstPage) << 6 | Int(sides[sideIndex].bestKey & 63)
        return resting(orders[Int(levels[level].head)])
    }

    /// An order that is in the book.
    public func order(_ reference: UInt64) -> RestingOrder? {
        guard let slot = liveSlot(reference) else { return nil }
        return resting(orders[slot])
    }

    /// Calls `body` with each level of a side, best first.
    public func forEachLevel(_ instrument: InstrumentID, _ side: Side, _ body: (MatchingLevel) -> Void) {
        guard let sideIndex = sideIndex(instrument, side) else { return }
        walk(sideIndex) { level, key in
            body(MatchingLevel(price: price(key, sideIndex), quantity: levels[level].quantity))
        }
    }

    /// Calls `body` with each order of a side in the order in which they would trade.
    public func forEachOrder(_ instrument: InstrumentID, _ side: Side, _ body: (RestingOrder) -> Void) {
        guard let sideIndex = sideIndex(instrument, side) else { return }
        walk(sideIndex) { level, _ in
            var slot = levels[level].head
            while slot != noSlot {
                body(resting(orders[Int(slot)]))
                slot = orders[Int(slot)].next
            }
        }
    }

    private func walk(_ sideIndex: Int, _ body: (_ level: Int, _ key: Int64) -> Void) {
        var page = sides[sideIndex].firstPage
        while page != noSlot {
            var occupied = pages[Int(page)].occupied
            while occupied != 0 {
                let place = occupied.trailingZeroBitCount
                body(Int(page) << 6 | place, pages[Int(page)].number << 6 | Int64(place))
                occupied &= occupied - 1
            }
            page = pages[Int(page)].next
        }
    }

    private func sideIndex(_ instrument: InstrumentID, _ side: Side) -> Int? {
        guard Int(instrument.index) < limits.instrumentCountMax, side != .none else { return nil }
        return Int(instrument.index) * 2 + (side == .sell ? 1 : 0)
    }

    private func resting(_ order: OrderSlot) -> RestingOrder {
        let page = pages[Int(order.level >> 6)]
        return RestingOrder(
            reference: order.reference,
            price: price(page.number << 6 | Int64(order.level & 63), Int(page.side)),
            remaining: order.remaining, owner: order.owner, userRef: order.userRef,
            instrument: InstrumentID(index: page.side >> 1), side: page.side & 1 == 0 ? .buy : .sell)
    }
}
