internal import Model

/// Events of feeds that tell every order.
extension BookTable {
    /// Prices beyond this could not be turned into their negative and back.
    static var priceMax: Int64 { Tick.bias }

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

    /// A price as a rank, and back: its negative on the side of asks, without a branch that nothing could predict.
    @inline(__always) static func turned(_ price: Int64, side: Int) -> Int64 {
        (price ^ -Int64(side)) &+ Int64(side)
    }

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
        guard let level = unsafe levelForAdding(index, side, rank: rank) else {
            counters.levelsFull += 1
            return breakBook(index)
        }
        guard unsafe level.pointee.orderCount > 0 || level.pointee.quantity == 0 else {
            return toldInTwoWays(index)
        }
        let (sum, overflowed) = unsafe level.pointee.quantity.addingReportingOverflow(quantity)
        guard !overflowed else {
            // The level holds something, so nothing was made that had to be taken back.
            counters.badEvents += 1
            return breakBook(index)
        }
        unsafe level.pointee.quantity = sum
        unsafe level.pointee.orderCount &+= 1
        orders.fill(
            place, ref: ref, rank: rank, quantity: quantity,
            owner: UInt32(truncatingIfNeeded: index << 1 | side))
        return levelChanged(index, side, rank: rank, quantity: sum, at: timeNs)
    }

    /// Quantity leaves an order; the event is completed with what the order knew.
    ///
    /// One code for deletion, execution and reduction: of their mixture no jump can be guessed.
    @inline(__always) mutating func take(_ event: inout MarketEvent) -> BookEffect {
        let index = Int(event.instrument)
        guard index < instruments.count else { return unknownInstrument() }
        let kind = event.kind
        let all = kind == MarketEventKind.delete.rawValue
        let ownPrice = kind != MarketEventKind.executeAtPrice.rawValue
        let isTrade = kind == MarketEventKind.execute.rawValue || !ownPrice
        var effect = isTrade ? BookEffect.traded : .none
        guard let place = orders.find(event.order_ref, instrument: index) else {
            counters.unknownOrders += 1
            // The price of an execution at the order's own price went with the order: no trade to tell.
            return (ownPrice ? .none : effect).union(breakBook(index))
        }
        let order = unsafe orders.at(place)
        let side = unsafe Int(order.pointee.owner & 1)
        event.side = UInt8(truncatingIfNeeded: side) &+ Side.buy.rawValue
        if ownPrice { unsafe event.price = Self.turned(order.pointee.rank, side: side) }
        var taken = unsafe order.pointee.quantity
        if all {
            event.quantity = taken
        } else if event.quantity <= 0 || event.quantity > taken {
            guard event.quantity > 0 else {
                counters.badEvents += 1
                return breakBook(index)
            }
            counters.overTaken += 1
            effect.formUnion(breakBook(index).subtracting(.ignored))
        } else {
            taken = event.quantity
        }
        return effect.union(takeOut(taken, at: place, index, side, event.venue_time_ns))
    }

    /// `quantity` is at most that of the order at `place`, which is on `side` of the instrument at `index`.
    @inline(__always) mutating func takeOut(
        _ quantity: Int64, at place: Int, _ index: Int, _ side: Int, _ timeNs: UInt64
    ) -> BookEffect {
        let order = unsafe orders.at(place)
        let rank = unsafe order.pointee.rank
        guard let level = unsafe findLevel(index, side, rank: rank) else {
            preconditionFailure("Invariant: an order's level is there")
        }
        let left = unsafe level.pointee.quantity &- quantity
        unsafe level.pointee.quantity = left
        if unsafe quantity == order.pointee.quantity {
            orders.remove(at: place)
            let orderCount = unsafe level.pointee.orderCount &- 1
            unsafe level.pointee.orderCount = orderCount
            if orderCount == 0 {
                precondition(left == 0, "Invariant: a level has what its orders have")
                removeLevel(index, side, rank: rank)
                if unsafe rank < book(index).pointee.tops[side].rank { return .none }
                return readTop(index, side, at: timeNs)
            }
        } else {
            unsafe order.pointee.quantity &-= quantity
        }
        return levelChanged(index, side, rank: rank, quantity: left, at: timeNs)
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
        let order = unsafe orders.at(place)
        let side = unsafe Int(order.pointee.owner & 1)
        event.side = UInt8(truncatingIfNeeded: side) &+ Side.buy.rawValue
        let gone = unsafe takeOut(order.pointee.quantity, at: place, index, side, event.venue_time_ns)
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
