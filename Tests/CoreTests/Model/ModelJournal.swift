import Model

@testable import Core

/// What the facts of a run say is open, for the run after it: who wanted an order, on what terms, under which number it
/// was first given away. What became of it since, the venue's stream says.
struct ModelJournal {
    struct Order {
        var id: OrderID
        var instrument: UInt32
        var strategy: UInt16
        var side: Side
        var price: Int64
        var quantity: Int64
        var terms: UInt32
        /// 0: it was never given to a session.
        var userRef: UInt32 = 0
        var stop: Int64 = 0
        var trail: Int64 = 0
        var endsAtNs: UInt64 = 0
        var isHeld = false
        var isAttempt = false
        var isTriggered = false
        var remainder: RemainderPolicy?
        var takeProfit: Int64 = 0
        var stopLoss: Int64 = 0
        var links: [(link: OrderLink, other: OrderID)] = []
        var executed: Int64 = 0
        /// By the run that is being read: it is told again what earlier ones were told.
        var executedInRun: Int64 = 0
        /// What its children have executed.
        var closed: Int64 = 0
    }

    private(set) var orders: [Order] = []
    /// Of each session the lowest number that no order and no replacement has had.
    private(set) var nextRef: UInt32 = 0
    /// Without one, the number that the venue here begins with must come from the venue.
    var hasNumbers: Bool { nextRef > 0 }

    private func place(_ fact: Fact) -> Int? { orders.lastIndex { $0.id == fact.orderID } }

    mutating func take(_ fact: Fact) {
        switch fact.factKind {
        case .orderCreated, .orderRestored:
            if let place = place(fact) { return orders[place].executedInRun = 0 }
            guard fact.instrument != .max, let side = Side(rawValue: fact.side), side != .none else { return }
            orders.append(
                Order(
                    id: fact.orderID, instrument: fact.instrument, strategy: fact.strategy, side: side,
                    price: fact.price, quantity: fact.quantity, terms: fact.detail, userRef: fact.user_ref))
        case .orderHeld:
            guard let place = place(fact) else { return }
            orders[place].isHeld = true
            orders[place].stop = fact.price
            orders[place].trail = fact.quantity
            orders[place].remainder = RemainderPolicy(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8))
            // The moment of an attempt is no date.
            if !orders[place].isAttempt { orders[place].endsAtNs = fact.execution_id }
        case .orderBracket:
            guard let place = place(fact) else { return }
            orders[place].takeProfit = fact.price
            orders[place].stopLoss = fact.quantity
        case .orderLinked: link(fact)
        case .orderTriggered: if let place = place(fact) { orders[place].isTriggered = true }
        case .orderFilled:
            guard let place = place(fact) else { return }
            orders[place].executedInRun += fact.quantity
            let more = orders[place].executedInRun - orders[place].executed
            guard more > 0 else { return }
            orders[place].executed += more
            for (link, other) in orders[place].links where link == .takeProfit || link == .stopLoss {
                if let parent = orders.firstIndex(where: { $0.id == other }) { orders[parent].closed += more }
            }
        case .orderDated: if let place = place(fact) { orders[place].endsAtNs = fact.execution_id }
        case .orderPending:
            nextRef = max(nextRef, fact.user_ref + 1)
            guard let place = place(fact) else { return }
            orders[place].isHeld = false
            orders[place].isAttempt = false
            orders[place].isTriggered = false
            orders[place].userRef = fact.user_ref
            orders[place].price = fact.price
            orders[place].quantity = fact.quantity
        case .replaceRequested: nextRef = max(nextRef, fact.user_ref + 1)
        case .orderReplaced:
            // What the venue has it tells again, from the first number on.
            guard let place = place(fact), orders[place].isHeld else { return }
            orders[place].price = fact.price
            orders[place].quantity = fact.quantity
            if orders[place].stop != 0 { orders[place].stop = fact.price }
        default: break
        }
    }

    private mutating func link(_ fact: Fact) {
        guard let place = place(fact), let link = OrderLink(rawValue: fact.detail) else { return }
        let other = OrderID(high: UInt64(bitPattern: fact.price), low: UInt64(bitPattern: fact.quantity))
        if link == .retryOf {
            orders[place].isAttempt = true
            if let first = orders.first(where: { $0.id == other }) { orders[place].endsAtNs = first.endsAtNs }
        } else if !orders[place].links.contains(where: { $0.link == link && $0.other == other }) {
            orders[place].links.append((link, other))
        }
    }

    /// Forgets what has ended: `isOpen` looks into the core that made the facts.
    mutating func keep(_ isOpen: (OrderID) -> Bool) { orders.removeAll { !isOpen($0.id) } }

    func inputs(utcAtZeroNs: UInt64) -> [Input] {
        var inputs: [Input] = []
        let kept = orders.filter { $0.isHeld || $0.userRef != 0 }
        for order in kept {
            var first = Input(kind: .restoreOrder, source: order.instrument == 2 ? 1 : 0)
            first.user_ref = order.isHeld ? 0 : order.userRef
            first.quantity = order.quantity
            first.price = order.price
            first.instrument = order.instrument
            first.side = order.side.rawValue
            first.execution_id = order.id.low
            first.venue_time_ns = order.id.high
            first.flags = UInt8(truncatingIfNeeded: order.terms >> 16)
            var second = Input(kind: .restoreTerms, source: first.source)
            second.price = order.stop
            second.quantity = order.trail
            second.execution_id = order.endsAtNs == 0 ? 0 : utcAtZeroNs &+ order.endsAtNs
            second.user_ref = UInt32(order.strategy)
            second.flags = UInt8(truncatingIfNeeded: order.terms)
            second.side = UInt8(truncatingIfNeeded: order.terms >> 8)
            second.instrument =
                RestoredState(
                    remainder: order.remainder, isAttempt: order.isAttempt, isTriggered: order.isTriggered
                ).bits
            second.venue_time_ns = UInt64(order.executed)
            inputs += [first, second]
        }
        for order in kept { inputs += ties(order) }
        var last = Input(kind: .restoreCommit)
        last.user_ref = nextRef
        inputs.append(last)
        return inputs
    }

    /// A tie whose other end is gone is dropped by the core.
    private func ties(_ order: Order) -> [Input] {
        var ties: [Input] = []
        var tie = Input(kind: .restoreTie)
        tie.execution_id = order.id.low
        tie.venue_time_ns = order.id.high
        if order.takeProfit != 0 || order.stopLoss != 0 {
            var prices = tie
            prices.price = order.takeProfit
            prices.quantity = order.stopLoss
            prices.user_ref = UInt32(truncatingIfNeeded: order.closed)
            prices.instrument = UInt32(truncatingIfNeeded: order.closed >> 32)
            ties.append(prices)
        }
        for (link, other) in order.links {
            tie.flags = UInt8(truncatingIfNeeded: link.rawValue)
            tie.price = Int64(bitPattern: other.high)
            tie.quantity = Int64(bitPattern: other.low)
            ties.append(tie)
        }
        return ties
    }
}
