import Memory
import Model
import Wire

/// A seeded stretch of ITCH 5.0 as a busy day has it, in memory: what the decoder and the books are measured on.
///
/// Mix of the measured part: 40 % add, 37 % delete, 8 % replace, 8 % execute, 3 % partial cancel, 2 % trade, 1 % execute
/// with price, 1 % trading action. Instruments are drawn with Zipf weights (exponent 1), most deletions hit
/// young orders, executions hit orders near the touch, prices lie near the touch with a long tail, order numbers rise
/// by 1 to 4. Before the measured part come one directory message an instrument and enough additions for
/// `liveOrderCount` orders (half of them spread evenly over the instruments); the mix keeps their number about there.
///
/// Each message stands behind two bytes of length, as in files and MoldUDP64 packets. Locates are 1 ... instruments.
@safe struct ItchFlow: ~Copyable {
    struct Settings {
        var seed: UInt64 = 1
        var instrumentCount = 8_000
        var liveOrderCount = 1_000_000
        /// Messages in the measured part.
        var messageCount = 4_000_000
    }

    let settings: Settings
    let bytes: UnsafeMutableRawBufferPointer
    /// Where the measured part begins, and messages before it.
    private(set) var fillByteCount = 0
    private(set) var fillMessageCount = 0
    private(set) var byteCount = 0
    /// Orders alive at the end.
    private(set) var liveCount = 0

    private struct LiveOrder {
        var reference: UInt64
        var price: UInt32
        var shares: UInt32
        var isBuy: Bool
    }

    private var random: SeededRandom
    private var reference: UInt64 = 0
    private var match: UInt64 = 0
    private var timestamp: UInt64 = 34_200_000_000_000

    init(_ settings: Settings) {
        self.settings = settings
        random = SeededRandom(seed: settings.seed)
        let messages = settings.messageCount + settings.liveOrderCount + 2 * settings.instrumentCount
        // SAFETY: freed in deinit; no message is longer than 50 bytes.
        unsafe bytes = .allocate(byteCount: messages * 42 + 4_096, alignment: 64)
        build()
    }

    // SAFETY: nobody keeps the bytes longer than the flow.
    deinit { unsafe bytes.deallocate() }

    // MARK: Making it

    private mutating func build() {
        var live = [[LiveOrder]](repeating: [], count: settings.instrumentCount)
        // Zipf by table: position in the cumulative weights, found by halving.
        var cumulative: [Double] = []
        var sum = 0.0
        for rank in 1...settings.instrumentCount {
            sum += 1 / Double(rank)
            cumulative.append(sum)
        }
        // The most active instruments should not be neighbours in memory.
        var shuffled = Array(0..<settings.instrumentCount)
        for index in stride(from: shuffled.count - 1, to: 0, by: -1) {
            shuffled.swapAt(index, Int(random.below(UInt64(index + 1))))
        }
        func zipf(_ random: inout SeededRandom) -> Int {
            let wanted = Double(random.next() >> 11) * 0x1p-53 * sum
            var low = 0
            var high = cumulative.count - 1
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] <= wanted { low = middle + 1 } else { high = middle }
            }
            return shuffled[low]
        }

        for stock in 0..<settings.instrumentCount {
            directory(stock)
            tradingAction(stock)
        }
        for index in 0..<settings.liveOrderCount {
            add(index & 1 == 0 ? Int(random.below(UInt64(settings.instrumentCount))) : zipf(&random), &live)
        }
        fillByteCount = byteCount
        fillMessageCount = settings.liveOrderCount + 2 * settings.instrumentCount
        for _ in 0..<settings.messageCount {
            let stock = zipf(&random)
            let draw = random.below(100)
            if draw < 40 || live[stock].isEmpty {
                add(stock, &live)
            } else if draw < 77 {
                delete(stock, &live)
            } else if draw < 85 {
                replace(stock, &live)
            } else if draw < 94 {
                execute(stock, &live, withPrice: draw == 93)
            } else if draw < 97 {
                cancel(stock, &live)
            } else if draw < 99 {
                trade(stock)
            } else {
                tradingAction(stock)
            }
        }
        liveCount = live.reduce(0) { $0 + $1.count }
    }

    /// 20 to 820 dollars, fixed by the instrument; the touch stays where it is.
    private func middle(_ stock: Int) -> UInt32 { 200_000 + UInt32(stock % 800) * 10_000 }

    private mutating func price(_ stock: Int, isBuy: Bool) -> UInt32 {
        // Three of four within 8 cents of the touch, one of 64 up to 2.50 dollars away.
        let reach: UInt64 =
            switch random.below(64) {
            case 0..<48: 8
            case 48..<60: 32
            case 60..<63: 128
            default: 250
            }
        let away = UInt32(1 + random.below(reach)) * 100
        return isBuy ? middle(stock) - away : middle(stock) + away
    }

    private func symbol(_ stock: Int) -> UInt64 {
        var raw: UInt64 = 0x2020_2020 << 32
        var rest = stock
        for index in 0..<4 {
            raw |= UInt64(0x41 + rest % 26) << (8 * UInt64(index))
            rest /= 26
        }
        return raw
    }

    private mutating func now() -> UInt64 {
        timestamp += 1 + random.below(2_000)
        return timestamp
    }

    private mutating func nextReference() -> UInt64 {
        reference += 1 + random.below(4)
        return reference
    }

    private mutating func put(_ message: some WireMessage) {
        // SAFETY: the buffer was made for the longest messages; `write` checks its own room.
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(byteCount + 2)...])
        let count = unsafe message.write(to: room)
        unsafe bytes.storeBytes(of: UInt16(count).bigEndian, toByteOffset: byteCount, as: UInt16.self)
        byteCount += 2 + count
    }

    // MARK: Messages

    private mutating func directory(_ stock: Int) {
        // Fields that nobody here looks at are spaces.
        var raw = [UInt8](repeating: 0x20, count: Itch50.StockDirectory.byteCount)
        raw[0] = Itch50.StockDirectory.type
        guard var message = unsafe raw.withUnsafeBytes({ unsafe Itch50.StockDirectory(reading: $0) }) else {
            return
        }
        message.stockLocate = UInt16(stock + 1)
        message.timestamp = now()
        message.stock = symbol(stock)
        message.roundLotSize = 100
        put(message)
    }

    private mutating func tradingAction(_ stock: Int) {
        put(
            Itch50.TradingAction(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(), stock: symbol(stock),
                tradingState: 0x54, reserved: 0x20, reason: 0x2020_2020))
    }

    private mutating func add(_ stock: Int, _ live: inout [[LiveOrder]]) {
        let isBuy = random.below(2) == 0
        let order = LiveOrder(
            reference: nextReference(), price: price(stock, isBuy: isBuy),
            shares: UInt32(1 + random.below(10)) * 100, isBuy: isBuy)
        live[stock].append(order)
        put(
            Itch50.AddOrder(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                orderReference: order.reference, side: isBuy ? 0x42 : 0x53, shares: order.shares,
                stock: symbol(stock), price: order.price))
    }

    /// Three of four are among the youngest sixteen of their instrument.
    private mutating func pick(_ orders: [LiveOrder]) -> Int {
        let count = UInt64(orders.count)
        if random.below(4) < 3 { return Int(count - 1 - random.below(min(16, count))) }
        return Int(random.below(count))
    }

    private mutating func delete(_ stock: Int, _ live: inout [[LiveOrder]]) {
        let index = pick(live[stock])
        let order = live[stock].remove(at: index, keepingOrderNear: 16)
        put(
            Itch50.OrderDelete(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                orderReference: order.reference))
    }

    private mutating func replace(_ stock: Int, _ live: inout [[LiveOrder]]) {
        let index = pick(live[stock])
        var order = live[stock].remove(at: index, keepingOrderNear: 16)
        let old = order.reference
        order.reference = nextReference()
        order.price = price(stock, isBuy: order.isBuy)
        live[stock].append(order)
        put(
            Itch50.OrderReplace(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                originalOrderReference: old,
                orderReference: order.reference, shares: order.shares, price: order.price))
    }

    private mutating func execute(_ stock: Int, _ live: inout [[LiveOrder]], withPrice: Bool) {
        // The best of eight: near the touch.
        var best = pick(live[stock])
        for _ in 0..<7 {
            let other = pick(live[stock])
            let distance = abs(Int(live[stock][other].price) - Int(middle(stock)))
            if distance < abs(Int(live[stock][best].price) - Int(middle(stock))) { best = other }
        }
        let order = live[stock][best]
        // Half of them leave something.
        let shares = order.shares > 100 && random.below(2) == 0 ? 100 : order.shares
        if shares == order.shares {
            _ = live[stock].remove(at: best, keepingOrderNear: 16)
        } else {
            live[stock][best].shares -= shares
        }
        match += 1
        if withPrice {
            put(
                Itch50.OrderExecutedWithPrice(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                    orderReference: order.reference, shares: shares, matchNumber: match, printable: 0x59,
                    price: order.price))
        } else {
            put(
                Itch50.OrderExecuted(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                    orderReference: order.reference, shares: shares, matchNumber: match))
        }
    }

    private mutating func cancel(_ stock: Int, _ live: inout [[LiveOrder]]) {
        let index = pick(live[stock])
        guard live[stock][index].shares > 100 else { return delete(stock, &live) }
        live[stock][index].shares -= 100
        put(
            Itch50.OrderCancel(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(),
                orderReference: live[stock][index].reference, shares: 100))
    }

    private mutating func trade(_ stock: Int) {
        match += 1
        put(
            Itch50.Trade(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: now(), orderReference: 0,
                side: 0x42,
                shares: 100, stock: symbol(stock), price: middle(stock), matchNumber: match))
    }
}

extension Array {
    /// Removes in a few steps whatever the size: an element near the end is taken out in its order, one further
    /// away by putting one in its place that stands `near` from the end.
    fileprivate mutating func remove(at index: Int, keepingOrderNear near: Int) -> Element {
        let border = count - near
        guard index < border else { return remove(at: index) }
        let element = self[index]
        self[index] = self[border]
        remove(at: border)
        return element
    }
}
