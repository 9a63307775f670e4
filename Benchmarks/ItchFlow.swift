import Foundation
import Memory
import Model
import Wire

/// A seeded stretch of ITCH 5.0 as a trading day has it, in memory: what the decoder and the books are measured on.
///
/// Message types come in the shares of a public sample day (NASDAQ, 27 March 2019, 294 M messages: add 43.3 %, delete
/// 41.9 %, replace 8.7 %, execute 2.5 %, imbalance 1.3 %, partial cancel 1.2 %, trade 0.5 %, add with participant 0.5 %,
/// position 0.1 %, execute with price 0.04 %), at that day's mean rate of 12,563 a second.
///
/// An order ends when its life is over, in a delete or (one of six) a replace. Lives are drawn from what the SEC published
/// in "The Speed of the Equity Markets" (October 2013): 7.5 % up to half a millisecond, a quarter up to 50 ms, 38.7 % up to
/// half a second, 65 % up to 5 s, all within 10 minutes; evenly in the logarithm between these. So the types come in the
/// order that births and deaths give, and an order is touched again soon, late, or when it has left every cache.
///
/// Instruments are drawn with Zipf weights (exponent 1). Prices lie near a touch that stands still, with a long tail;
/// order numbers rise by 1 to 4. Before the measured part come one directory message and one trading action an
/// instrument, and additions: `standingOrderCount` orders that outlive the stretch, half of them spread evenly over the
/// instruments, and the orders alive at a random moment of such a day, about 280,000, with what is left of their lives.
/// (A public sample day, 30 January 2017, had at most 1.65 M orders at once, over 8,371 instruments.)
///
/// Harder than the real thing: no bursts, in which one instrument's messages follow each other and meet warm lines.
///
/// Each message stands behind two bytes of length, as in files and MoldUDP64 packets. Locates are 1 ... instruments.
@safe struct ItchFlow: ~Copyable {
    struct Settings {
        var seed: UInt64 = 1
        var instrumentCount = 8_000
        /// Orders that outlive the stretch.
        var standingOrderCount = 400_000
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
        var stock: Int32
        /// Its place in its instrument's list; -1: gone.
        var place: Int32
        /// The next order that ends with the same message; -1: none.
        var next: Int32 = -1
        var isBuy: Bool
    }

    private var random: SeededRandom
    private var reference: UInt64 = 0
    private var match: UInt64 = 0
    private var timestamp: UInt64 = 34_200_000_000_000
    /// Every order there ever was, the live ones of each instrument, and by message the first of those that end then.
    private var orders: [LiveOrder] = []
    private var live: [[Int32]]
    private var ends: [Int32]
    private var now = 0
    private var oldestEnd = 0
    private var zipfWeights: [Double] = []
    private var zipfStocks: [Int]

    init(_ settings: Settings) {
        self.settings = settings
        random = SeededRandom(seed: settings.seed)
        live = [[Int32]](repeating: [], count: settings.instrumentCount)
        ends = [Int32](repeating: -1, count: settings.messageCount + 1)
        zipfStocks = Array(0..<settings.instrumentCount)
        let messages =
            settings.messageCount + settings.standingOrderCount + Lives.aliveCount + 2
            * settings.instrumentCount
        // SAFETY: freed in deinit. No message is longer than 50 bytes, and two of five are deletions of 21.
        unsafe bytes = .allocate(byteCount: messages * 42 + 4_096, alignment: 64)
        build()
    }

    // SAFETY: nobody keeps the bytes longer than the flow.
    deinit { unsafe bytes.deallocate() }

    // MARK: How long orders live

    /// Lives of orders, in messages.
    private enum Lives {
        static let messagesPerSecond = 12_563.0
        /// Orders born a second, and those alive at a random moment, whatever their number is.
        static let perThousand = [75, 170, 142, 263, 350]
        static let secondsFrom = [0.000_08, 0.000_5, 0.05, 0.5, 5]
        static let secondsTo = [0.000_5, 0.05, 0.5, 5, 600]

        static func mean(_ segment: Int) -> Double {
            let from = secondsFrom[segment]
            let to = secondsTo[segment]
            return (to - from) / log(to / from)
        }

        /// Births a second times the mean life: Little's law.
        static var aliveCount: Int {
            let meanLife = (0..<5).reduce(0.0) { $0 + Double(perThousand[$1]) / 1_000 * mean($1) }
            return Int(0.506 * messagesPerSecond * meanLife)
        }

        static func ofNewOrder(_ random: inout SeededRandom) -> Double {
            var draw = Int(random.below(1_000))
            var segment = 0
            while draw >= perThousand[segment] {
                draw -= perThousand[segment]
                segment += 1
            }
            let from = secondsFrom[segment]
            return from * pow(secondsTo[segment] / from, unit(&random)) * messagesPerSecond
        }

        /// What is left of the life of an order met at a random moment. It is met the likelier the longer it lives, so
        /// within a segment such lives are spread evenly, and of each some even part is over.
        static func leftOfLiving(_ random: inout SeededRandom) -> Double {
            let weights = (0..<5).map { Double(perThousand[$0]) * mean($0) }
            var draw = unit(&random) * weights.reduce(0, +)
            var segment = 0
            while segment < 4, draw >= weights[segment] {
                draw -= weights[segment]
                segment += 1
            }
            let from = secondsFrom[segment]
            let life = from + (secondsTo[segment] - from) * unit(&random)
            return life * unit(&random) * messagesPerSecond
        }
    }

    private static func unit(_ random: inout SeededRandom) -> Double { Double(random.next() >> 11) * 0x1p-53 }

    private mutating func end(_ order: Int32, after messages: Double) {
        let due = now + 1 + Int(min(messages, 1e12))
        guard due < ends.count else { return }
        orders[Int(order)].next = ends[due]
        ends[due] = order
    }

    /// The next order whose time has come.
    private mutating func takeEnded() -> Int32? {
        while oldestEnd <= now {
            let order = ends[oldestEnd]
            if order < 0 {
                oldestEnd += 1
                continue
            }
            ends[oldestEnd] = orders[Int(order)].next
            // An execution may have been quicker.
            if orders[Int(order)].place >= 0 { return order }
        }
        return nil
    }

    // MARK: Making it

    private mutating func build() {
        var sum = 0.0
        for rank in 1...settings.instrumentCount {
            sum += 1 / Double(rank)
            zipfWeights.append(sum)
        }
        // The most active instruments should not be neighbours in memory.
        for index in stride(from: zipfStocks.count - 1, to: 0, by: -1) {
            zipfStocks.swapAt(index, Int(random.below(UInt64(index + 1))))
        }
        for stock in 0..<settings.instrumentCount {
            directory(stock)
            tradingAction(stock)
        }
        for index in 0..<settings.standingOrderCount {
            add(index & 1 == 0 ? Int(random.below(UInt64(settings.instrumentCount))) : zipf())
        }
        for _ in 0..<Lives.aliveCount { end(add(zipf()), after: Lives.leftOfLiving(&random)) }
        fillByteCount = byteCount
        fillMessageCount = settings.standingOrderCount + Lives.aliveCount + 2 * settings.instrumentCount
        while now < settings.messageCount {
            if let order = takeEnded() {
                // 25.5 M replaces to 123.3 M deletes.
                if random.below(1_000) < 171 { replace(order) } else { delete(order) }
            } else {
                unforced()
            }
            now += 1
        }
        liveCount = live.reduce(0) { $0 + $1.count }
        orders = []
        live = []
        ends = []
    }

    /// A message that no order's end brings about: of the day's, in ten thousands.
    private mutating func unforced() {
        let stock = zipf()
        switch random.below(4_933) {
        case 0..<249: execute(stock, withPrice: false)
        case 249..<253: execute(stock, withPrice: true)
        case 253..<374: cancel(stock)
        case 374..<501: imbalance(stock)
        case 501..<553: trade(stock)
        case 553..<560: position(stock)
        default: end(add(stock), after: Lives.ofNewOrder(&random))
        }
    }

    /// By table: the place in the cumulative weights, found by halving.
    private mutating func zipf() -> Int {
        let wanted = Self.unit(&random) * zipfWeights[zipfWeights.count - 1]
        var low = 0
        var high = zipfWeights.count - 1
        while low < high {
            let middle = (low + high) / 2
            if zipfWeights[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return zipfStocks[low]
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

    /// 12,563 messages a second.
    private mutating func stamp() -> UInt64 {
        timestamp += 1 + random.below(159_198)
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
        message.timestamp = stamp()
        message.stock = symbol(stock)
        message.roundLotSize = 100
        put(message)
    }

    private mutating func tradingAction(_ stock: Int) {
        put(
            Itch50.TradingAction(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(), stock: symbol(stock),
                tradingState: 0x54, reserved: 0x20, reason: 0x2020_2020))
    }

    @discardableResult
    private mutating func add(_ stock: Int) -> Int32 {
        let isBuy = random.below(2) == 0
        let index = live(
            LiveOrder(
                reference: nextReference(), price: price(stock, isBuy: isBuy),
                shares: UInt32(1 + random.below(10)) * 100, stock: Int32(stock), place: 0, isBuy: isBuy))
        let order = orders[Int(index)]
        let side: UInt8 = isBuy ? 0x42 : 0x53
        if random.below(10_000) < 111 {
            put(
                Itch50.AddOrderWithParticipant(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(),
                    orderReference: order.reference, side: side, shares: order.shares, stock: symbol(stock),
                    price: order.price, participant: 0x4253_444e))
        } else {
            put(
                Itch50.AddOrder(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(),
                    orderReference: order.reference, side: side, shares: order.shares, stock: symbol(stock),
                    price: order.price))
        }
        return index
    }

    private mutating func live(_ order: LiveOrder) -> Int32 {
        let index = Int32(orders.count)
        orders.append(order)
        orders[Int(index)].place = Int32(live[Int(order.stock)].count)
        live[Int(order.stock)].append(index)
        return index
    }

    private mutating func remove(_ index: Int32) {
        let order = orders[Int(index)]
        let last = live[Int(order.stock)].removeLast()
        if last != index {
            live[Int(order.stock)][Int(order.place)] = last
            orders[Int(last)].place = order.place
        }
        orders[Int(index)].place = -1
    }

    private mutating func delete(_ index: Int32) {
        let order = orders[Int(index)]
        remove(index)
        put(
            Itch50.OrderDelete(
                stockLocate: UInt16(order.stock + 1), trackingNumber: 0, timestamp: stamp(),
                orderReference: order.reference))
    }

    private mutating func replace(_ index: Int32) {
        let old = orders[Int(index)]
        remove(index)
        var order = old
        order.reference = nextReference()
        order.price = price(Int(old.stock), isBuy: old.isBuy)
        order.next = -1
        end(live(order), after: Lives.ofNewOrder(&random))
        put(
            Itch50.OrderReplace(
                stockLocate: UInt16(old.stock + 1), trackingNumber: 0, timestamp: stamp(),
                originalOrderReference: old.reference, orderReference: order.reference, shares: order.shares,
                price: order.price))
    }

    /// One of the instrument's orders; where it has none, a new one.
    private mutating func pick(_ stock: Int) -> Int32? {
        guard !live[stock].isEmpty else {
            end(add(stock), after: Lives.ofNewOrder(&random))
            return nil
        }
        return live[stock][Int(random.below(UInt64(live[stock].count)))]
    }

    private mutating func execute(_ stock: Int, withPrice: Bool) {
        guard var best = pick(stock) else { return }
        // The best of eight: near the touch.
        for _ in 0..<7 {
            guard let other = pick(stock) else { return }
            let distance = abs(Int(orders[Int(other)].price) - Int(middle(stock)))
            if distance < abs(Int(orders[Int(best)].price) - Int(middle(stock))) { best = other }
        }
        let order = orders[Int(best)]
        // Half of them leave something.
        let shares = order.shares > 100 && random.below(2) == 0 ? 100 : order.shares
        if shares == order.shares {
            remove(best)
        } else {
            orders[Int(best)].shares -= shares
        }
        match += 1
        if withPrice {
            put(
                Itch50.OrderExecutedWithPrice(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(),
                    orderReference: order.reference, shares: shares, matchNumber: match, printable: 0x59,
                    price: order.price))
        } else {
            put(
                Itch50.OrderExecuted(
                    stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(),
                    orderReference: order.reference, shares: shares, matchNumber: match))
        }
    }

    private mutating func cancel(_ stock: Int) {
        guard let index = pick(stock) else { return }
        guard orders[Int(index)].shares > 100 else { return delete(index) }
        orders[Int(index)].shares -= 100
        put(
            Itch50.OrderCancel(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(),
                orderReference: orders[Int(index)].reference, shares: 100))
    }

    private mutating func trade(_ stock: Int) {
        match += 1
        put(
            Itch50.Trade(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(), orderReference: 0,
                side: 0x42,
                shares: 100, stock: symbol(stock), price: middle(stock), matchNumber: match))
    }

    private mutating func imbalance(_ stock: Int) {
        put(
            Itch50.NetOrderImbalance(
                stockLocate: UInt16(stock + 1), trackingNumber: 0, timestamp: stamp(), pairedShares: 1_000,
                imbalanceShares: 100, imbalanceDirection: 0x42, stock: symbol(stock), farPrice: middle(stock),
                nearPrice: middle(stock), referencePrice: middle(stock), crossType: 0x43, priceVariation: 0x4c
            ))
    }

    private mutating func position(_ stock: Int) {
        // Fields that nobody here looks at are spaces.
        var raw = [UInt8](repeating: 0x20, count: Itch50.ParticipantPosition.byteCount)
        raw[0] = Itch50.ParticipantPosition.type
        guard var message = unsafe raw.withUnsafeBytes({ unsafe Itch50.ParticipantPosition(reading: $0) })
        else {
            return
        }
        message.stockLocate = UInt16(stock + 1)
        message.timestamp = stamp()
        message.stock = symbol(stock)
        put(message)
    }
}
