internal import Model

/// Events of feeds that tell every order.
extension BookTable {
    /// Prices beyond this could not be turned into their negative and back.
    private static var priceMax: Int64 { 1 << 62 }

    @inline(__always) static func sideIndex(_ side: Side) -> Int? {
        switch side {
        case .buy: 0
        case .sell: 1
        case .none: nil
        }
    }

    @inline(__always) static func sideIndex(of event: borrowing MarketEvent) -> Int? {
        let index = Int(event.side) - Int(Side.buy.rawValue)
        return index & ~1 == 0 ? index : nil
    }

    /// A price as a rank, and back.
    @inline(__always) static func turned(_ price: Int64, side: Int) -> Int64 { side == 0 ? price : -price }

    /// `nil`: a price beyond every bound.
    @inline(__always) static func rank(_ price: Int64, side: Int) -> Int64? {
        guard price < priceMax, price > -priceMax else { return nil }
        return turned(price, side: side)
    }

    @inline(__always) mutating func add(_ event: borrowing MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let side = Self.sideIndex(of: event), event.quantity > 0,
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
        guard pool.levels[Int(level)].orderCount > 0 || pool.levels[Int(level)].quantity == 0 else {
            return toldInTwoWays(index)
        }
        let (sum, overflowed) = pool.levels[Int(level)].quantity.addingReportingOverflow(quantity)
        guard !overflowed else {
            // The level holds something, so nothing was made that had to be taken back.
            counters.badEvents += 1
            return breakBook(index)
        }
        pool.levels[Int(level)].quantity = sum
        pool.levels[Int(level)].orderCount += 1
        orders.fill(
            place,
            with: RestingOrder(
                ref: ref, rank: rank, quantity: quantity,
                owner: UInt32(truncatingIfNeeded: index << 1 | side),
                level: level))
        return levelChanged(index, side, rank: rank, quantity: sum, at: timeNs)
    }

    /// Quantity leaves an order; the event is completed with what the order knew.
    ///
    /// - Parameters:
    ///   - all: the whole order goes, whatever quantity the event names.
    ///   - ownPrice: at the order's price, not the event's.
    @inline(__always) mutating func take(
        _ event: inout MarketEvent, all: Bool, ownPrice: Bool, effect: BookEffect
    ) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        guard let place = orders.find(event.order_ref, instrument: index) else {
            counters.unknownOrders += 1
            // The price of an execution at the order's own price went with the order: no trade to tell.
            return (ownPrice ? .none : effect).union(breakBook(index))
        }
        let order = orders[place]
        let side = Int(order.owner & 1)
        event.side = UInt8(truncatingIfNeeded: side) + Side.buy.rawValue
        if ownPrice { event.price = Self.turned(order.rank, side: side) }
        if all { event.quantity = order.quantity }
        var taken = event.quantity
        var effect = effect
        if taken <= 0 || taken > order.quantity {
            guard taken > 0 else {
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
        if isLast {
            orders.remove(at: place)
        } else {
            orders.setQuantity(place, to: order.quantity - quantity)
        }
        let level = Int(order.level)
        let left = pool.levels[level].quantity - quantity
        pool.levels[level].quantity = left
        if isLast {
            pool.levels[level].orderCount -= 1
            if pool.levels[level].orderCount == 0 {
                precondition(left == 0, "Invariant: a level has what its orders have")
                removeLevel(index, side, rank: order.rank)
            }
        }
        return levelChanged(index, side, rank: order.rank, quantity: left, at: timeNs)
    }

    /// Some of a level's orders, and then what it holds in all: the two cannot be kept in one.
    mutating func toldInTwoWays(_ index: Int) -> BookEffect {
        counters.badEvents += 1
        return breakBook(index)
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
        event.side = UInt8(truncatingIfNeeded: side) + Side.buy.rawValue
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
