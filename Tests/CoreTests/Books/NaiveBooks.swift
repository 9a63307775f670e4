import Core
import Model

/// The slow and obvious books: every order in a list, levels summed up when they are asked for.
struct NaiveBooks {
    struct Order {
        var instrument: UInt32
        var ref: UInt64
        var side: Side
        var price: Int64
        var quantity: Int64
    }

    struct PriceLevel {
        var instrument: UInt32
        var side: Side
        var price: Int64
        var quantity: Int64
    }

    var orders: [Order] = []
    /// Of instruments that a level feed tells.
    var set: [PriceLevel] = []

    func index(_ instrument: UInt32, _ ref: UInt64) -> Int? {
        orders.firstIndex { $0.instrument == instrument && $0.ref == ref }
    }

    /// Best first.
    func levels(_ instrument: UInt32, _ side: Side) -> [BookLevel] {
        var found: [BookLevel] = []
        for order in orders where order.instrument == instrument && order.side == side {
            if let at = found.firstIndex(where: { $0.price.raw == order.price }) {
                found[at].quantity += Quantity(raw: order.quantity)
                found[at].orderCount += 1
            } else {
                found.append(
                    BookLevel(
                        price: Price(raw: order.price), quantity: Quantity(raw: order.quantity), orderCount: 1
                    ))
            }
        }
        for level in set where level.instrument == instrument && level.side == side {
            found.append(
                BookLevel(
                    price: Price(raw: level.price), quantity: Quantity(raw: level.quantity), orderCount: 0))
        }
        return found.sorted { side == .buy ? $0.price > $1.price : $0.price < $1.price }
    }

    func hasLevel(_ instrument: UInt32, _ side: Side, _ price: Int64) -> Bool {
        levels(instrument, side).contains { $0.price.raw == price }
    }

    /// Levels of all instruments.
    var levelCount: Int {
        let instruments = Set(orders.map(\.instrument)).union(set.map(\.instrument))
        return instruments.reduce(0) { $0 + levels($1, .buy).count + levels($1, .sell).count }
    }

    mutating func forget(_ instrument: UInt32) {
        orders.removeAll { $0.instrument == instrument }
        set.removeAll { $0.instrument == instrument }
    }
}

extension MarketEvent {
    init(
        _ kind: MarketEventKind, _ instrument: UInt32, ref: UInt64 = 0, newRef: UInt64 = 0,
        side: Side = .none,
        price: Int64 = 0, quantity: Int64 = 0, flags: MarketEventFlags = [], code: UInt8 = 0,
        timeNs: UInt64 = 0
    ) {
        self.init()
        self.kind = kind.rawValue
        self.instrument = instrument
        order_ref = ref
        new_order_ref = newRef
        self.side = side.rawValue
        self.price = price
        self.quantity = quantity
        self.flags = flags.rawValue
        self.code = code
        venue_time_ns = timeNs
    }
}

extension BookTable {
    /// Best first.
    func levels(_ instrument: UInt32, _ side: Side) -> [BookLevel] {
        let id = InstrumentID(index: instrument)
        return (0..<levelCount(id, side)).compactMap { level(id, side, depth: $0) }
    }
}
