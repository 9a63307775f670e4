public import Model
import Wire

/// What the capture shows, and what it does to clients' waiting orders.
extension CaptureFollower {
    /// One message of the capture, as a decoder gave it.
    public mutating func apply(_ market: MarketEvent) {
        events.removeAll(keepingCapacity: true)
        absorb(market)
    }

    /// A datagram of IEX-TP with DEEP 1.0; ``events`` tells what its messages did, in order. What is not whole or not
    /// understood is passed over and counted.
    public mutating func apply(deepPacket packet: UnsafeRawBufferPointer) {
        events.removeAll(keepingCapacity: true)
        // SAFETY: the blocks are checked against the packet's end before they are looked at.
        guard let header = unsafe IexTransport.Header(reading: packet), let base = packet.baseAddress else {
            undecodedCount += 1
            return
        }
        var offset = IexTransport.Header.byteCount
        for _ in 0..<header.messageCount {
            guard let block = unsafe IexTransport.block(at: offset, in: packet) else {
                undecodedCount += 1
                return
            }
            offset = block.end
            messageCount += 1
            var event = MarketEvent()
            if unsafe DeepDecoder.decode(base + block.offset, count: block.count, into: &event) == .ok {
                absorb(event)
            } else {
                undecodedCount += 1
            }
        }
    }

    /// One message of ITCH 5.0; ``events`` tells what it did.
    public mutating func apply(itchMessage message: UnsafeRawBufferPointer) {
        events.removeAll(keepingCapacity: true)
        messageCount += 1
        var event = MarketEvent()
        // SAFETY: the decoder looks at no more than the count.
        guard let base = message.baseAddress,
            unsafe ItchDecoder.decode(base, count: message.count, into: &event) == .ok
        else {
            undecodedCount += 1
            return
        }
        absorb(event)
    }

    private mutating func absorb(_ market: MarketEvent) {
        if market.eventKind == .system {
            // "Start of messages": a new day, or the exchange begins again; what was displayed is void.
            if market.code == UInt8(ascii: "O") { clearDisplay() }
            return
        }
        switch market.eventKind {
        case .other, .system, .tradeBreak: return
        case .execute, .executeAtPrice, .reduce, .delete, .replace: applyByOrder(market)
        case .instrument, .add, .levelSet, .trade, .status:
            guard let book = book(of: market) else {
                unexplainedCount += 1
                return
            }
            switch market.eventKind {
            case .status:
                books[book].setStatus(market.code)
                if books[book].isTrading {
                    tradeAgainstDisplay(book, .buy)
                    tradeAgainstDisplay(book, .sell)
                }
            case .add: add(market.order_ref, market, book, market.orderSide)
            case .levelSet:
                let side = market.orderSide
                guard side != .none else { return }
                let key = Self.key(Price(raw: market.price), side)
                books[book][side].set(key, max(0, market.quantity))
                books[book].shortenQueues(side, key)
                if !MarketEventFlags(rawValue: market.flags).contains(.transactionOpen) {
                    tradeAgainstDisplay(book, side.opposite)
                }
            case .trade:
                if !MarketEventFlags(rawValue: market.flags).contains(.cross) {
                    print(book, market.orderSide, market.price, market.quantity)
                }
            case .instrument, .other, .execute, .executeAtPrice, .reduce, .delete, .replace, .tradeBreak,
                .system:
                break
            }
        }
    }

    private mutating func add(_ reference: UInt64, _ market: MarketEvent, _ book: Int, _ side: Side) {
        guard side != .none, market.quantity > 0 else { return }
        displayedOrders[reference] = DisplayedOrder(
            book: Int32(book), side: side, price: market.price, quantity: market.quantity)
        books[book][side].change(Self.key(Price(raw: market.price), side), by: market.quantity)
        tradeAgainstDisplay(book, side.opposite)
    }

    private mutating func applyByOrder(_ market: MarketEvent) {
        guard var order = displayedOrders[market.order_ref] else {
            unexplainedCount += 1
            return
        }
        let book = Int(order.book)
        let key = Self.key(Price(raw: order.price), order.side)
        let isAll = market.eventKind == .delete || market.eventKind == .replace
        let quantity = isAll ? order.quantity : min(max(0, market.quantity), order.quantity)
        if market.eventKind == .execute || market.eventKind == .executeAtPrice {
            let price = market.eventKind == .execute ? order.price : market.price
            print(book, order.side, price, quantity)
        }
        books[book][order.side].change(key, by: -quantity)
        books[book].shortenQueues(order.side, key)
        order.quantity -= quantity
        displayedOrders[market.order_ref] = order.quantity > 0 ? order : nil
        if market.eventKind == .replace { add(market.new_order_ref, market, book, order.side) }
    }

    /// A trade of the capture. It fills waiting orders on the side that it traded with: both, where it is not known.
    private mutating func print(_ book: Int, _ side: Side, _ price: Int64, _ quantity: Int64) {
        guard books[book].isTrading else { return }
        var left = quantity
        if side != .sell { left = fillWaiting(book, .buy, price, left) }
        if side != .buy { _ = fillWaiting(book, .sell, price, left) }
    }

    /// Lets `quantity` shares that traded at `price` go to the waiting orders of one side, and gives what is left.
    private mutating func fillWaiting(_ book: Int, _ side: Side, _ price: Int64, _ quantity: Int64) -> Int64 {
        let key = Self.key(Price(raw: price), side)
        var left = quantity
        // What the displayed queue at this price took of the print: it stood before every order there alike.
        var queue: Int64 = 0
        var index = 0
        while left > 0, index < books[book][orders: side].count {
            let order = books[book][orders: side][index]
            guard order.key <= key else { break }
            if order.key == key {
                let more = max(0, min(order.ahead - queue, left))
                queue += more
                left -= more
                guard left > 0 else { break }
            } else {
                books[book][orders: side][index].ahead = 0
            }
            let filled = min(left, Int64(order.remaining))
            left -= filled
            if !fill(book, side, index, UInt32(filled)) { index += 1 }
        }
        for index in books[book][orders: side].indices where books[book][orders: side][index].key == key {
            books[book][orders: side][index].ahead = max(0, books[book][orders: side][index].ahead - queue)
        }
        return left
    }

    /// Fills a waiting order at its own price. `true`: it is gone from the book.
    private mutating func fill(_ book: Int, _ side: Side, _ index: Int, _ quantity: UInt32) -> Bool {
        books[book][orders: side][index].remaining -= quantity
        let order = books[book][orders: side][index]
        let place = Placed(book: book, side: side)
        var event = self.event(.executed, order, place)
        event.quantity = quantity
        event.matchNumber = nextMatch()
        events.append(event)
        guard order.remaining == 0 else { return false }
        remove(place, index)
        return true
    }

    /// The other side has come to display the price of waiting orders of `side`, or better: they trade with it.
    private mutating func tradeAgainstDisplay(_ book: Int, _ side: Side) {
        guard !books[book][orders: side].isEmpty, books[book].isTrading else { return }
        while let order = books[book][orders: side].first {
            let limitKey = Self.key(Self.price(order.key, side), side.opposite)
            var taken: Int64 = 0
            books[book][side.opposite].take(
                upTo: Int64(order.remaining), limitKey: limitKey, fillsMax: Self.fillCountMax
            ) { _, quantity in taken += quantity }
            guard taken > 0 else { return }
            if !fill(book, side, 0, UInt32(taken)) { return }
        }
    }

    private mutating func clearDisplay() {
        displayedOrders.removeAll(keepingCapacity: true)
        for index in books.indices {
            books[index].buys.clear()
            books[index].sells.clear()
            for order in books[index].buyOrders.indices { books[index].buyOrders[order].ahead = 0 }
            for order in books[index].sellOrders.indices { books[index].sellOrders[order].ahead = 0 }
        }
    }
}
