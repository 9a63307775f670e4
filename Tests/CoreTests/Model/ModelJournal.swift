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
        var session: UInt8 = 0
        var stop: Int64 = 0
        var trail: Int64 = 0
        var endsAtNs: UInt64 = 0
        var isHeld = false
    }

    private(set) var orders: [Order] = []
    /// Of each session the lowest number that no order and no replacement has had.
    private(set) var nextRef: UInt32 = 0

    private func place(_ fact: Fact) -> Int? { orders.lastIndex { $0.id == fact.orderID } }

    mutating func take(_ fact: Fact) {
        switch fact.factKind {
        case .orderCreated, .orderRestored:
            guard place(fact) == nil, fact.instrument != .max, let side = Side(rawValue: fact.side), side != .none else { return }
            orders.append(
                Order(
                    id: fact.orderID, instrument: fact.instrument, strategy: fact.strategy, side: side,
                    price: fact.price, quantity: fact.quantity, terms: fact.detail, userRef: fact.user_ref))
        case .orderHeld:
            guard let place = place(fact) else { return }
            orders[place].isHeld = true
            orders[place].stop = fact.price
            orders[place].trail = fact.quantity
            orders[place].endsAtNs = fact.execution_id
        case .orderDated: if let place = place(fact) { orders[place].endsAtNs = fact.execution_id }
        case .orderPending:
            nextRef = max(nextRef, fact.user_ref + 1)
            guard let place = place(fact) else { return }
            orders[place].isHeld = false
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

    /// Forgets what has ended: `isOpen` looks into the core that made the facts.
    mutating func keep(_ isOpen: (OrderID) -> Bool) { orders.removeAll { !isOpen($0.id) } }

    func inputs(utcAtZeroNs: UInt64) -> [Input] {
        var inputs: [Input] = []
        for order in orders where order.isHeld || order.userRef != 0 {
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
            inputs += [first, second]
        }
        var last = Input(kind: .restoreCommit)
        last.user_ref = nextRef
        inputs.append(last)
        return inputs
    }
}
