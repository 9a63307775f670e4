internal import Model

/// Events of feeds that tell every order.
extension BookTable {
    /// Why quantity leaves an order.
    enum Taking { case executed, executedAtPrice, reduced, deleted }

    /// Prices beyond this could not be turned into their negative and back.
    private static var priceMax: Int64 { 1 << 62 }

    static func sideIndex(_ side: Side) -> Int? {
        switch side {
        case .buy: 0
        case .sell: 1
        case .none: nil
        }
    }

    /// `nil`: a price beyond every bound.
    @inline(__always) static func rank(_ price: Int64, side: Int) -> Int64? {
        guard price < priceMax, price > -priceMax else { return nil }
        return side == 0 ? price : -price
    }

    @inline(__always) mutating func add(_ event: MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let side = Self.sideIndex(event.orderSide), event.quantity > 0,
            let rank = Self.rank(event.price, side: side)
        else {
            counters.badEvents += 1
            return breakBook(index)
        }
        return insert(
            index, side, ref: event.order_ref, rank: rank, quantity: event.quantity, at: event.venue_time_ns)
    }

    @inline(__always) mutating func insert(
        _ index: Int, _ side: Int, ref: UInt64, rank: Int64, quantity: Int64, at timeNs: UInt64
    ) -> BookEffect {
        guard let place = orders.vacancy(ref, instrument: index) else {
            counters.duplicateOrders += 1
            return breakBook(index)
        }
        guard orders.count < orders.orderCountMax else {
            counters.ordersFull += 1
            return breakBook(index)
        }
        guard let level = levelForAdding(index, side, rank: rank) else {
            counters.levelsFull += 1
            return breakBook(index)
        }
        let address = Int(instruments[index].sides[side].base) + level
        let (sum, overflowed) = pool.levels[address].quantity.addingReportingOverflow(quantity)
        guard !overflowed else {
            counters.badEvents += 1
            return breakBook(index)
        }
        pool.levels[address].quantity = sum
        pool.levels[address].orderCount += 1
        orders.fill(
            place,
            with: RestingOrder(
                ref: ref, rank: rank, quantity: quantity,
                owner: UInt32(truncatingIfNeeded: index << 1 | side),
                levelHint: UInt32(truncatingIfNeeded: level)))
        return topMoved(index, side, changed: level, at: timeNs)
    }

    /// Quantity leaves an order; the event is completed with what the order knew.
    @inline(__always) mutating func take(_ event: inout MarketEvent, _ why: Taking) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        var effect: BookEffect = .none
        switch why {
        case .executed, .executedAtPrice: effect = .traded
        case .reduced, .deleted: break
        }
        guard let place = orders.find(event.order_ref, instrument: index) else {
            counters.unknownOrders += 1
            // The price of an execution at the order's own price went with the order.
            if case .executed = why { effect = .none }
            return effect.union(breakBook(index))
        }
        let order = orders[place]
        let side = Int(order.owner & 1)
        event.side = side == 0 ? Side.buy.rawValue : Side.sell.rawValue
        var taken = event.quantity
        switch why {
        case .executed, .reduced: event.price = side == 0 ? order.rank : -order.rank
        case .executedAtPrice: break
        case .deleted:
            event.price = side == 0 ? order.rank : -order.rank
            event.quantity = order.quantity
            taken = order.quantity
        }
        if taken <= 0 || taken > order.quantity {
            if taken <= 0 {
                counters.badEvents += 1
                return breakBook(index)
            }
            counters.overTaken += 1
            taken = order.quantity
            effect.formUnion(breakBook(index).subtracting(.ignored))
        }
        return effect.union(takeOut(taken, of: order, at: place, event.venue_time_ns))
    }

    /// `quantity` is at most the order's.
    @inline(__always) mutating func takeOut(
        _ quantity: Int64, of order: RestingOrder, at place: Int, _ timeNs: UInt64
    ) -> BookEffect {
        let index = Int(order.owner >> 1)
        let side = Int(order.owner & 1)
        let isLast = quantity == order.quantity
        guard let level = findLevel(index, side, rank: order.rank, hint: Int(order.levelHint)) else {
            // Somebody set this book by levels too: whatever it shows, it is no venue's book.
            counters.badEvents += 1
            if isLast { orders.remove(at: place) }
            return breakBook(index)
        }
        if isLast {
            orders.remove(at: place)
        } else {
            orders.setQuantity(place, to: order.quantity - quantity, levelHint: level)
        }
        let address = Int(instruments[index].sides[side].base) + level
        let left = pool.levels[address].quantity - quantity
        let ordersLeft = Int64(pool.levels[address].orderCount) - (isLast ? 1 : 0)
        var effect: BookEffect = .none
        if left <= 0 || ordersLeft <= 0 {
            if left != 0 || ordersLeft != 0 {
                counters.badEvents += 1
                effect = breakBook(index).subtracting(.ignored)
            }
            removeLevel(index, side, level)
        } else {
            pool.levels[address].quantity = left
            pool.levels[address].orderCount = UInt32(truncatingIfNeeded: ordersLeft)
        }
        return effect.union(topMoved(index, side, changed: level, at: timeNs))
    }

    /// The order goes and comes again under another number at the back of its queue.
    @inline(__always) mutating func replace(_ event: inout MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let place = orders.find(event.order_ref, instrument: index) else {
            counters.unknownOrders += 1
            return breakBook(index)
        }
        let order = orders[place]
        let side = Int(order.owner & 1)
        event.side = side == 0 ? Side.buy.rawValue : Side.sell.rawValue
        let gone = takeOut(order.quantity, of: order, at: place, event.venue_time_ns)
        guard event.quantity > 0, let rank = Self.rank(event.price, side: side) else {
            counters.badEvents += 1
            return gone.union(breakBook(index))
        }
        return gone.union(
            insert(
                index, side, ref: event.new_order_ref, rank: rank, quantity: event.quantity,
                at: event.venue_time_ns))
    }
}
