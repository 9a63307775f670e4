import Matching
import Model

/// The slow and obvious matching engine: one array of orders per side, searched from end to end.
struct NaiveMatching {
    struct Order {
        var reference: UInt64
        var price: Int64
        var remaining: UInt32
        var owner: UInt32
        var userRef: UInt32
        var arrival: Int
    }
    /// What a command should have said; references are compared, because both hand them out.
    struct Event: Equatable {
        var kind: MatchEventKind
        var reference: UInt64
        var other: UInt64 = 0
        var match: UInt64 = 0
        var price: Int64 = 0
        var quantity: UInt32 = 0
        var remaining: UInt32 = 0
        var otherRemaining: UInt32 = 0
        var userRef: UInt32 = 0
        var reason = MatchReason.none
        var keptPlace = false
    }

    let tick: Int64
    let selfTrade: SelfTrade
    /// Index 2 · instrument + (sell ? 1 : 0).
    var sides: [[Order]]
    var events: [Event] = []
    var arrivals = 0
    var lastMatch: UInt64 = 0

    init(instruments: Int, tick: Int64, selfTrade: SelfTrade) {
        self.tick = tick
        self.selfTrade = selfTrade
        sides = Array(repeating: [], count: instruments * 2)
    }

    func ranked(_ side: Int) -> [Order] {
        sides[side].sorted { a, b in
            if a.price != b.price { return side & 1 == 0 ? a.price > b.price : a.price < b.price }
            return a.arrival < b.arrival
        }
    }

    private func find(_ reference: UInt64) -> (side: Int, index: Int)? {
        for side in sides.indices {
            if let index = sides[side].firstIndex(where: { $0.reference == reference }) {
                return (side, index)
            }
        }
        return nil
    }

    private func tradable(_ side: Int, _ price: Int64?, with maker: Order) -> Bool {
        guard let price else { return true }
        return side & 1 == 0 ? maker.price <= price : maker.price >= price
    }

    private func refusal(_ entry: OrderEntry, _ side: Int) -> MatchReason? {
        if side >= sides.count { return .unknownInstrument }
        if entry.side == .none { return .badSide }
        if entry.quantity == 0 || entry.quantity > 1_000_000 { return .badQuantity }
        let price: Int64? = entry.isMarket ? nil : entry.price.raw
        if let price, price <= 0 || price > 1_999_999_900 || price % tick != 0 { return .badPrice }
        let makers = ranked(side ^ 1).filter { tradable(side, price, with: $0) }
        if entry.isPostOnly, !makers.isEmpty { return .wouldTrade }
        let least = entry.duration == .fillOrKill ? entry.quantity : entry.minimumQuantity
        if least > 0 {
            // What would trade, found out on a copy.
            var copy = self
            copy.events = [Event(kind: .accepted, reference: 0)]
            copy.trade(entry, 0, side)
            let traded = copy.events.filter { $0.kind == .executed }.reduce(0) { $0 + $1.quantity }
            if traded < least { return .notFillable }
        }
        return nil
    }

    /// `reference`: the one that the engine handed out, so that streams can be compared.
    mutating func enter(_ entry: OrderEntry, reference: UInt64) {
        events = []
        let side = Int(entry.instrument.index) * 2 + (entry.side == .sell ? 1 : 0)
        if let reason = refusal(entry, side) {
            events = [
                Event(
                    kind: .rejected, reference: 0, price: entry.price.raw, quantity: entry.quantity,
                    userRef: entry.userRef, reason: reason)
            ]
            return
        }
        events.append(
            Event(
                kind: .accepted, reference: reference, price: entry.price.raw, quantity: entry.quantity,
                userRef: entry.userRef))
        trade(entry, reference, side)
    }

    private mutating func trade(_ entry: OrderEntry, _ reference: UInt64, _ side: Int) {
        var left = entry.quantity
        var stopped = MatchReason.none
        for maker in ranked(side ^ 1) where left > 0 {
            guard tradable(side, entry.isMarket ? nil : entry.price.raw, with: maker) else { break }
            if selfTrade != .allowed, maker.owner == entry.owner, entry.owner != 0 {
                if selfTrade == .cancelNewest {
                    stopped = .selfTrade
                    break
                }
                let met = min(left, maker.remaining)
                let gone = selfTrade == .cancelOldest ? maker.remaining : met
                events.append(
                    Event(
                        kind: .cancelled, reference: maker.reference, other: reference, price: maker.price,
                        quantity: gone, remaining: maker.remaining - gone, otherRemaining: met,
                        userRef: maker.userRef, reason: .selfTrade))
                let index = sides[side ^ 1].firstIndex { $0.reference == maker.reference }!
                sides[side ^ 1][index].remaining -= gone
                if sides[side ^ 1][index].remaining == 0 { sides[side ^ 1].remove(at: index) }
                if selfTrade == .decrementBoth {
                    left -= met
                    events.append(
                        Event(
                            kind: .cancelled, reference: reference, other: maker.reference,
                            price: maker.price, quantity: met, remaining: left, otherRemaining: met,
                            userRef: entry.userRef, reason: .selfTrade))
                }
                continue
            }
            let traded = min(left, maker.remaining)
            left -= traded
            lastMatch += 1
            events.append(
                Event(
                    kind: .executed, reference: maker.reference, other: reference, match: lastMatch,
                    price: maker.price, quantity: traded, remaining: maker.remaining - traded,
                    otherRemaining: left,
                    userRef: maker.userRef))
            let index = sides[side ^ 1].firstIndex { $0.reference == maker.reference }!
            sides[side ^ 1][index].remaining -= traded
            if sides[side ^ 1][index].remaining == 0 { sides[side ^ 1].remove(at: index) }
        }
        guard left > 0 else { return }
        if entry.duration == .day, !entry.isMarket, stopped == .none {
            arrivals += 1
            sides[side].append(
                Order(
                    reference: reference, price: entry.price.raw, remaining: left, owner: entry.owner,
                    userRef: entry.userRef, arrival: arrivals))
            events[0].remaining = left
        } else {
            events.append(
                Event(
                    kind: .cancelled, reference: reference, price: entry.price.raw, quantity: left,
                    userRef: entry.userRef, reason: stopped == .none ? .immediate : stopped))
        }
    }

    mutating func cancel(_ reference: UInt64, to remaining: UInt32) {
        guard let (side, index) = find(reference) else {
            events = [Event(kind: .rejected, reference: reference, reason: .unknownOrder)]
            return
        }
        let order = sides[side][index]
        guard remaining < order.remaining else {
            events = [Event(kind: .rejected, reference: reference, reason: .nothingToCancel)]
            return
        }
        events = [
            Event(
                kind: .cancelled, reference: reference, price: order.price,
                quantity: order.remaining - remaining,
                remaining: remaining, userRef: order.userRef, reason: .asked)
        ]
        sides[side][index].remaining = remaining
        if remaining == 0 { sides[side].remove(at: index) }
    }

    mutating func replace(
        _ reference: UInt64, price: Int64, quantity: UInt32, userRef: UInt32, newReference: UInt64
    ) {
        guard let (side, index) = find(reference) else {
            events = [Event(kind: .rejected, reference: reference, reason: .unknownOrder)]
            return
        }
        let order = sides[side][index]
        let entry = OrderEntry(
            instrument: InstrumentID(index: UInt32(side / 2)), side: side & 1 == 0 ? .buy : .sell,
            price: Price(raw: price), quantity: quantity, owner: order.owner, userRef: userRef)
        if let reason = refusal(entry, side) {
            events = [
                Event(
                    kind: .rejected, reference: reference, price: price, quantity: quantity, userRef: userRef,
                    reason: reason)
            ]
            return
        }
        let keeps = price == order.price && quantity <= order.remaining
        events = [
            Event(
                kind: .replaced, reference: keeps ? reference : newReference, other: reference, price: price,
                quantity: quantity, otherRemaining: order.remaining, userRef: userRef, keptPlace: keeps)
        ]
        if keeps {
            events[0].remaining = quantity
            sides[side][index].remaining = quantity
            sides[side][index].userRef = userRef
            return
        }
        sides[side].remove(at: index)
        trade(entry, newReference, side)
    }
}
