import Model

/// One instrument of a capture: what it displays on both sides, and the clients' orders that wait in it.
struct FollowedBook {
    let symbol: Symbol
    var buys = FollowedSide()
    var sells = FollowedSide()
    /// Best price first, then first come.
    var buyOrders: [FollowedOrder] = []
    var sellOrders: [FollowedOrder] = []
    /// The venue's trading status; clients' orders trade in `T` only. Until the capture says otherwise, it is `T`.
    private var status = UInt8(ascii: "T")
    /// Halted by this venue for reasons of its own, whatever the trading status.
    private var isOperationallyHalted = false

    var isTrading: Bool { status == UInt8(ascii: "T") && !isOperationallyHalted }

    /// - Parameter code: Of a market event of kind `status`.
    mutating func setStatus(_ code: UInt8) {
        switch code {
        case UInt8(ascii: "O"): isOperationallyHalted = true
        case UInt8(ascii: "N"): isOperationallyHalted = false
        default: status = code
        }
    }

    init(symbol: Symbol) { self.symbol = symbol }

    subscript(_ side: Side) -> FollowedSide {
        get { side == .buy ? buys : sells }
        _modify { if side == .buy { yield &buys } else { yield &sells } }
    }

    subscript(orders side: Side) -> [FollowedOrder] {
        get { side == .buy ? buyOrders : sellOrders }
        _modify { if side == .buy { yield &buyOrders } else { yield &sellOrders } }
    }

    /// What is displayed on `side` has changed at `key`: the queue before an order is never longer than the level.
    /// Whether a cancel was before or behind an order is not known, so it counts as behind while it can.
    mutating func shortenQueues(_ side: Side, _ key: Int64) {
        guard !self[orders: side].isEmpty else { return }
        let available = self[side].available(key)
        for index in self[orders: side].indices where self[orders: side][index].key == key {
            self[orders: side][index].ahead = min(self[orders: side][index].ahead, available)
        }
    }
}
