import Model
import Wire

/// The book that a reader of the feed has: a dictionary of orders, filled message by message.
struct NaiveItchBook {
    struct Order: Equatable {
        var locate: UInt16
        var side: UInt8
        var price: UInt32
        var shares: UInt32
        /// Rank among orders of its price: the message that put it there.
        var arrival: Int
    }

    var orders: [UInt64: Order] = [:]
    var messages = 0
    var tradedShares: UInt64 = 0
    var counts: [Character: Int] = [:]
    /// What no reader should ever see.
    var faults: [String] = []

    mutating func apply(_ message: [UInt8]) {
        messages += 1
        guard let letter = message.first.map({ Character(UnicodeScalar($0)) }) else {
            faults.append("empty message")
            return
        }
        counts[letter, default: 0] += 1
        unsafe message.withUnsafeBytes { bytes in
            if let m = unsafe Itch50.AddOrder(reading: bytes) {
                add(m.orderReference, m.stockLocate, m.side, m.price, m.shares)
            } else if let m = unsafe Itch50.AddOrderWithParticipant(reading: bytes) {
                add(m.orderReference, m.stockLocate, m.side, m.price, m.shares)
            } else if let m = unsafe Itch50.OrderExecuted(reading: bytes) {
                tradedShares += UInt64(m.shares)
                take(m.orderReference, m.stockLocate, m.shares)
            } else if let m = unsafe Itch50.Trade(reading: bytes) {
                tradedShares += UInt64(m.shares)
            } else if let m = unsafe Itch50.OrderCancel(reading: bytes) {
                take(m.orderReference, m.stockLocate, m.shares)
            } else if let m = unsafe Itch50.OrderDelete(reading: bytes) {
                if orders.removeValue(forKey: m.orderReference) == nil { faults.append("delete of nothing") }
            } else if let m = unsafe Itch50.OrderReplace(reading: bytes) {
                guard let old = orders.removeValue(forKey: m.originalOrderReference) else {
                    faults.append("replace of nothing")
                    return
                }
                add(m.orderReference, old.locate, old.side, m.price, m.shares)
            } else if !"SRHBP".contains(letter) {
                faults.append("message \(letter) not understood")
            }
        }
    }

    private mutating func add(
        _ reference: UInt64, _ locate: UInt16, _ side: UInt8, _ price: UInt32, _ shares: UInt32
    ) {
        if orders[reference] != nil || shares == 0 { faults.append("bad add") }
        orders[reference] = Order(locate: locate, side: side, price: price, shares: shares, arrival: messages)
    }

    private mutating func take(_ reference: UInt64, _ locate: UInt16, _ shares: UInt32) {
        guard let order = orders[reference], order.shares >= shares, order.locate == locate else {
            faults.append("takes what is not there")
            return
        }
        orders[reference]?.shares -= shares
        if order.shares == shares { orders[reference] = nil }
    }

    /// The orders of one side as they would trade.
    func ranked(_ locate: UInt16, _ side: Side) -> [String] {
        let letter = side == .buy ? UInt8(ascii: "B") : UInt8(ascii: "S")
        return orders.filter { $0.value.locate == locate && $0.value.side == letter }
            .sorted { a, b in
                if a.value.price != b.value.price {
                    return side == .buy ? a.value.price > b.value.price : a.value.price < b.value.price
                }
                return a.value.arrival < b.value.arrival
            }
            .map { "\($0.key) \($0.value.price) \($0.value.shares)" }
    }
}
