import Foundation
import Model

@testable import Core

/// A seeded story of an account, written down line by line: what was done, and what risk said of each order. Another
/// implementation reads the same lines and has to come to the same words.
///
/// Orders, prices and limits are drawn to the edges: of most orders one limit is found at which they just pass, and set to
/// it, or one less, or one more.
final class RiskStory {
    var random: SeededRandom
    var world: World
    var configuration: CoreConfiguration
    /// The story's own numbers of orders, by slot.
    private var numbers: [Int]
    private var nextNumber = 0
    private(set) var orderCount = 0
    private(set) var refusedCount = 0
    private var text: [UInt8] = []
    private let write: ([UInt8]) -> Void
    private var match: UInt64 = 0
    /// Executions that a bust may take back: number, match.
    private var executions: [(slot: Int, id: OrderID, ref: UInt32, match: UInt64)] = []
    private var prices: [Int64] = []
    private var toldNs: UInt64 = 0
    private var tuned: [(kind: LimitKind, scope: RiskScope, target: Int, value: Int64)] = []

    /// Looks at what our own orders change; `nil`: nobody does.
    var watch: SumsWatch?

    /// - Parameter change: of the settings that were drawn.
    init(
        seed: UInt64, change: (inout CoreConfiguration) -> Void = { _ in }, write: @escaping ([UInt8]) -> Void
    ) {
        random = SeededRandom(seed: seed)
        self.write = write
        configuration = Self.configuration(&random)
        change(&configuration)
        numbers = [Int](repeating: -1, count: configuration.orderCountMax)
        let settings = configuration
        world = World(isReady: false) { $0 = settings }
        begin(restored: [])
    }

    // MARK: Chance

    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    func chance(_ percent: Int) -> Bool { pick(100) < percent }
    func one<T>(of values: [T]) -> T { values[pick(values.count)] }

    // MARK: Lines

    func line(_ name: String, _ numbers: [Int64]) {
        if world.nowNs != toldNs {
            toldNs = world.nowNs
            append("Z", [Int64(toldNs)])
        }
        append(name, numbers)
        if text.count > 1 << 16 { flush() }
    }

    private func append(_ name: String, _ numbers: [Int64]) {
        text.append(contentsOf: name.utf8)
        for number in numbers {
            text.append(UInt8(ascii: " "))
            text.append(contentsOf: String(number).utf8)
        }
        text.append(UInt8(ascii: "\n"))
    }

    func flush() {
        write(text)
        text.removeAll(keepingCapacity: true)
    }

    // MARK: The world

    static let wallNs: UInt64 = 1_700_000_000_000_000_000

    static func configuration(_ random: inout SeededRandom) -> CoreConfiguration {
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        func one<T>(_ values: T...) -> T { values[pick(values.count)] }
        func chance(_ percent: Int) -> Bool { pick(100) < percent }
        var configuration = World.configuration()
        configuration.orderCountMax = 1_024
        configuration.orderCountReserved = 16
        configuration.residueCountMax = 1 << 15
        configuration.executionCountMax = 1 << 14
        configuration.evidenceHorizonNs = 1_000
        configuration.instrumentCountMax = 6
        // What is plain goes the short way of the check.
        let isPlain = chance(45)
        let hasForeign = !isPlain && chance(60)
        var ledger = LedgerConfiguration()
        ledger.costMethod = chance(50) ? .average : .firstInFirstOut
        let cash = one(Int64(1_000_000_000), 10_000_000_000, 1_000_000_000_000, 1_000_000_000_000_000)
        ledger.currencies = [
            CurrencyDefinition(code: "USD", startCash: Money(raw: Int128(cash + Int64(pick(3)) * 7_777)))
        ]
        if hasForeign {
            ledger.currencies.append(
                CurrencyDefinition(code: "EUR", rate: 1_084_200_001, startCash: Money(raw: 20_000_0001)))
            ledger.currencies.append(
                CurrencyDefinition(code: "JPY", rate: 6_712_345, startCash: Money(raw: 0)))
        }
        if chance(70) {
            ledger.fees.taker = FeeRate(
                notionalHundredthBps: Int64(pick(200)), perUnitMillionths: Int64(pick(4)) * 7_000_001)
            ledger.fees.maker = FeeRate(
                notionalHundredthBps: Int64(pick(200)) - 50, perUnitMillionths: Int64(pick(4) - 1) * 5_000_000)
            if chance(40) { ledger.fees.minimumPerOrder = Money(raw: 3_501) }
        }
        configuration.ledger = ledger
        configuration.instruments = ["AAA", "BBB", "CCC", "DDD", "EEE"].map { name in
            var definition = InstrumentDefinition(symbol: Symbol(name)!)
            definition.tick = one(1, 100, 100, 50, 25)
            definition.lot = isPlain ? 1 : one(1, 1, 1, 10, 100)
            definition.multiplier = isPlain ? 1 : one(1, 1, 1, 50, 7)
            definition.currency = hasForeign ? UInt8(pick(3)) : 0
            definition.isMargined = !isPlain && chance(25)
            definition.isRestricted = chance(3)
            if !isPlain, chance(25) { definition.marginPpm = one(0, 50_000, 120_000, 1_000_000) }
            if !isPlain, chance(20) { definition.locatedQuantity = Quantity(raw: Int64(pick(4)) * 150) }
            if chance(25) { definition.positionMax = Quantity(raw: one(700, 5_000, 1 << 41)) }
            if chance(25) { definition.orderQuantityMax = Quantity(raw: one(150, 1_000)) }
            if chance(25) { definition.orderNotionalMax = Money(raw: one(50_000_0000, 400_000_0000)) }
            definition.averageDailyVolume = Quantity(raw: one(0, 10_000, 123_457, 1_000_000))
            if !isPlain, chance(15) { definition.ordersPerSecond = one(1, 3, 40) }
            definition.orderBurst = one(1, 4, 20)
            return definition
        }
        var limits = RiskLimits()
        let open = Money(raw: Int128(Int64.max))
        limits.orderQuantityMax = Quantity(raw: one(400, 3_000, 1 << 39))
        limits.positionMax = Quantity(raw: one(1_500, 100_000, .max))
        limits.orderNotionalMax = chance(60) ? open : Money(raw: one(100_000_0000, 500_000_0001))
        limits.grossNotionalMax = chance(60) ? open : Money(raw: one(1_000_000_0000, 3_000_000_0001))
        limits.netNotionalMax = chance(60) ? open : Money(raw: one(400_000_0000, 2_000_000_0001))
        limits.openNotionalMax = chance(60) ? open : Money(raw: one(400_000_0000, 2_000_000_0001))
        limits.dayNotionalMax = chance(70) ? open : Money(raw: one(2_000_000_0000, 90_000_000_0001))
        limits.openOrderCountMax = one(6, 12, 25, 40)
        limits.collarPpm = one(50_000, 100_000, 3_300, 200_000)
        if chance(30) { limits.orderQuantityMin = Quantity(raw: one(2, 10, 25)) }
        if chance(20) { limits.lastCollarPpm = one(40_000, 2_500) }
        if chance(40) { limits.dailyVolumePpm = one(10_000, 3_001, 50_000) }
        limits.requiresDailyVolume = chance(30)
        if chance(30) { limits.orderCapitalPpm = one(250_000, 30_001) }
        if chance(30) { limits.positionEquityPpm = one(500_000, 100_003) }
        if chance(30) { limits.marginPpm = one(100_000, 500_000, 33_333) }
        limits.requiresCash = chance(40)
        limits.allowsShortSales = chance(80)
        limits.preventsSelfTrade = chance(50)
        if chance(30) { limits.ordersPerSecond = one(2, 50, 1_000) }
        limits.orderBurst = one(1, 5, 20)
        if chance(50) { limits.duplicateOrderMax = one(1, 2, 3) }
        limits.duplicateWindowNs = one(1_000_000, 1_000_000_000)
        configuration.limits = limits
        configuration.strategyLimits = (0..<2).map { _ in
            var own = StrategyLimits()
            if chance(40) { own.orderQuantityMax = Quantity(raw: one(200, 800)) }
            if chance(40) { own.positionMax = Quantity(raw: one(500, 2_000)) }
            if chance(30) { own.orderNotionalMax = Money(raw: one(60_000_0000, 300_000_0000)) }
            if chance(30) { own.openNotionalMax = Money(raw: one(200_000_0000, 900_000_0000)) }
            if chance(40) { own.openOrderCountMax = one(3, 8, 15) }
            if chance(20) { own.ordersPerSecond = one(1, 20) }
            own.orderBurst = one(1, 3, 10)
            return own
        }
        return configuration
    }

    /// An order that an earlier run left.
    struct Left {
        var number: Int
        var record: OrderRecord
        var detail: OrderDetail
    }

    /// A world as it starts: settings, what an earlier run left, the first prices.
    private func begin(restored: [Left], positions: [(instrument: Int, quantity: Int64, price: Int64)] = []) {
        toldNs = 0
        executions = []
        tuned = []
        numbers = [Int](repeating: -1, count: configuration.orderCountMax)
        let ledger = configuration.ledger
        append(
            "C",
            [
                configuration.tradingDayOffsetSeconds, Int64(Self.wallNs),
                ledger.costMethod == .average ? 0 : 1, ledger.fees.maker.notionalHundredthBps,
                ledger.fees.maker.perUnitMillionths, ledger.fees.taker.notionalHundredthBps,
                ledger.fees.taker.perUnitMillionths, Int64(ledger.fees.minimumPerOrder.raw),
                configuration.sizingQuantity.raw,
            ])
        for currency in ledger.currencies { append("CC", [currency.rate, Int64(currency.startCash.raw)]) }
        for item in configuration.instruments {
            append(
                "CI",
                [
                    Int64(item.tick), Int64(item.lot), Int64(item.multiplier), Int64(item.currency),
                    item.isMargined ? 1 : 0, item.isRestricted ? 1 : 0, item.positionMax?.raw ?? .max,
                    item.orderQuantityMax?.raw ?? .max,
                    item.orderNotionalMax.map { Int64(clamping: $0.raw) } ?? .max, item.ordersPerSecond,
                    item.orderBurst, item.marginPpm ?? -1, item.locatedQuantity?.raw ?? .max,
                    item.averageDailyVolume.raw,
                ])
        }
        for own in configuration.strategyLimits {
            append(
                "CS",
                LimitKind.allCases.filter { $0.isOf(.strategy) }.flatMap { [Int64($0.rawValue), own[$0]] })
        }
        append(
            "CL",
            LimitKind.allCases.filter { $0.isOf(.account) }.flatMap {
                [Int64($0.rawValue), configuration.limits[$0]]
            })
        var start = Input(kind: .start)
        start.user_ref = 7
        start.execution_id = Self.wallNs
        world.step(start)
        for position in positions {
            var input = Input(kind: .restorePosition)
            input.instrument = UInt32(position.instrument)
            input.quantity = position.quantity
            input.price = position.price
            world.step(input)
            line("RP", [Int64(position.instrument), position.quantity, position.price])
        }
        for left in restored { restore(left) }
        if prices.isEmpty {
            for _ in configuration.instruments { prices.append(one(of: [20_000, 1_000_000, 987_600, 45_000_000])) }
        }
        for index in configuration.instruments.indices {
            quote(index, away: 0)
            trade(index, price: prices[index])
        }
        var commit = Input(kind: .restoreCommit)
        commit.user_ref = (restored.map(\.record.userRef).max() ?? 0) + 1
        world.step(commit)
        sessionUp()
    }

    private func restore(_ left: Left) {
        var input = Input(kind: .restoreOrder)
        input.user_ref = left.record.lifecycle == .held ? 0 : left.record.userRef
        input.quantity = left.record.leaves
        input.price = left.record.price.raw
        input.instrument = left.record.instrument
        input.side = left.record.side.rawValue
        input.execution_id = left.record.id.low
        input.venue_time_ns = left.record.id.high
        input.flags = left.record.flags.rawValue
        world.step(input)
        var terms = Input(kind: .restoreTerms)
        let isStop = left.record.orderType.isStop && left.record.lifecycle == .held
        terms.price = isStop ? left.detail.stop : 0
        terms.quantity = isStop ? left.detail.trail : 0
        terms.user_ref = UInt32(left.record.strategy)
        terms.flags = left.record.orderType.rawValue
        terms.side = left.record.timeInForce.rawValue
        terms.instrument = RestoredState(remainder: .keep).bits
        world.step(terms)
        guard let handle = world.handle(left.record.id) else { fatalError("an order was not restored") }
        numbers[Int(handle.index)] = left.number
        line(
            "RO",
            [
                Int64(left.number), Int64(left.record.strategy), Int64(left.record.instrument),
                Int64(left.record.side.rawValue), left.record.leaves, left.record.price.raw,
                left.record.lifecycle == .held ? 1 : 0, Int64(left.record.orderType.rawValue),
                terms.price, terms.quantity, Int64(left.record.flags.rawValue),
            ])
    }

    /// The engine is started again: a new core with the limits of the moment, and what is open.
    func restart() {
        var left: [Left] = []
        for slot in 0..<world.core.orderSlotCount {
            guard let record = world.core.order(slot: slot), !record.lifecycle.isEnded, record.versionCount == 0,
                numbers[slot] >= 0, record.leaves > 0
            else { continue }
            var detail = OrderDetail()
            if record.marks.hasDetail { detail = world.core.details[slot] }
            left.append(Left(number: numbers[slot], record: record, detail: detail))
        }
        var positions: [(Int, Int64, Int64)] = []
        for index in configuration.instruments.indices {
            let held = world.core.risks[index].position
            if held != 0 { positions.append((index, held, prices[index])) }
            prices[index] = world.core.markets[index].lastPrice.raw
        }
        configuration.limits = world.core.account.limits
        let settings = configuration
        world = World(isReady: false) { $0 = settings }
        begin(restored: left, positions: positions)
    }

    private func sessionUp() {
        let before = (0..<world.core.orderSlotCount).map { world.core.order(slot: $0)?.versionCount ?? 0 }
        world.up(firstUnseen: 0)
        line("i", [])
        for (slot, count) in before.enumerated()
        where count > 0 && world.core.order(slot: slot)?.versionCount == 0 && numbers[slot] >= 0 {
            line("W", [Int64(numbers[slot]), 0])
        }
        tellEnds()
    }

    // MARK: Market

    func quote(_ index: Int, away: Int) {
        let tick = Int64(configuration.instruments[index].tick)
        let price = max(prices[index] / tick * tick + Int64(away) * tick, 20 * tick)
        prices[index] = price
        let bid = price - tick * Int64(1 + pick(3))
        let ask = price + tick * Int64(pick(3))
        let bidQuantity = chance(95) ? Int64(100 + pick(50)) : 0
        let askQuantity = chance(95) ? Int64(100 + pick(50)) : 0
        world.quote(UInt32(index), bid: bid, bidQuantity, ask: ask, askQuantity)
        line("Q", [Int64(index), bidQuantity > 0 ? bid : 0, askQuantity > 0 ? ask : 0])
    }

    func trade(_ index: Int, price: Int64) {
        marked = world.all.count
        watch?.before(world, configuration)
        world.trade(UInt32(index), price: max(price, 1))
        watch?.after(world, "a trade that moves what is held")
        line("T", [Int64(index), max(price, 1)])
        tellReleases()
    }

    /// What was held and has gone, in the order in which it did.
    private func tellReleases() {
        for fact in world.all.suffix(from: marked) {
            switch fact.factKind {
            case .orderPending, .riskRejected:
                guard let slot = world.handle(fact.orderID).map({ Int($0.index) }), numbers[slot] >= 0 else {
                    continue
                }
                orderCount += 1
                if fact.factKind == .orderPending {
                    line("G", [Int64(numbers[slot]), 1, fact.price, fact.quantity])
                } else {
                    refusedCount += 1
                    line(
                        "G",
                        [
                            Int64(numbers[slot]), 0, Int64(fact.detail & 0xffff), Int64(fact.detail >> 16),
                            fact.price, fact.quantity,
                        ])
                }
            default: continue
            }
        }
        marked = world.all.count
    }
    /// Facts before this have been told.
    private var marked = 0

    // MARK: Orders

    private static let typeNames: [OrderType] = [.limit, .market, .stop, .stopLimit, .trailingStop]

    /// Terms of an order that is asked for.
    struct Wish {
        var index: Int
        var strategy: Int
        var side: Side
        var type: OrderType
        var price: Int64
        var stop: Int64 = 0
        var trail: Int64 = 0
        var quantity: Int64
        var flags = OrderFlags(rawValue: 0)
    }

    private var lastWish: Wish?

    private func wish() -> Wish {
        if chance(12), var again = lastWish {
            if chance(10) { again.quantity += 1 }
            return again
        }
        let index = pick(configuration.instruments.count)
        let side: Side = chance(50) ? .buy : .sell
        let roll = pick(100)
        let type: OrderType =
            roll < 80 ? .limit : roll < 86 ? .market : roll < 92 ? .stop : roll < 96 ? .stopLimit : .trailingStop
        var wish = Wish(
            index: index, strategy: one(of: [0, 0, 1, 1, 2]), side: side, type: type, price: price(index, side),
            quantity: quantity(index, side))
        let tick = Int64(configuration.instruments[index].tick)
        let last = world.core.markets[index].lastPrice.raw
        switch type {
        case .limit, .market: break
        case .stop, .stopLimit:
            wish.stop = (last + (side == .buy ? 1 : -1) * Int64(1 + pick(6)) * tick) / tick * tick
            if wish.stop <= 0 { wish.stop = tick }
            if type == .stopLimit, wish.price <= 0 { wish.price = wish.stop }
        case .trailingStop:
            wish.trail = tick * Int64(2 + pick(6))
        }
        if type == .limit, chance(8) { wish.flags = chance(50) ? .reduceOnly : .postOnly }
        return wish
    }

    private func price(_ index: Int, _ side: Side) -> Int64 {
        let tick = Int64(configuration.instruments[index].tick)
        let reference = prices[index]
        let near = reference / tick * tick
        let up: Int64 = side == .buy ? 1 : -1
        switch pick(100) {
        case 0..<35: return near + Int64(pick(9) - 4) * tick
        case 35..<55:
            let edge = reference + up * world.core.account.collarBand(reference)
            return edge / tick * tick + Int64(pick(5) - 2) * tick
        case 55..<65:
            let other =
                side == .buy
                ? world.core.account.traces[index].lowestSell : world.core.account.traces[index].highestBuy
            guard other != .max, other != .min else { return near }
            return other + Int64(pick(3) - 1) * tick
        case 65..<70: return near + Int64(pick(3))
        case 70..<73: return one(of: [0, 0, -100, 1 << 50])
        default: return near - up * Int64(pick(20)) * tick
        }
    }

    private func quantity(_ index: Int, _ side: Side) -> Int64 {
        let lot = Int64(configuration.instruments[index].lot)
        let line = world.core.risks[index]
        switch pick(100) {
        case 0..<12:
            let end = side == .buy ? line.position + line.openBuy : line.openSell - line.position
            guard line.positionMax < 1 << 40 else { return lot }
            return line.positionMax - end + Int64(pick(3) - 1)
        case 12..<20: return world.core.account.limits.orderQuantityMax.raw + Int64(pick(3) - 1)
        case 20..<35:
            let closes = side == .buy ? -line.position - line.openBuy : line.position - line.openSell
            return closes > 0 ? closes + Int64(pick(3) - 1) : lot
        case 35..<38: return one(of: [0, 0, -5, .min, .max])
        case 38..<42: return lot * Int64(1 + pick(9)) + Int64(pick(2))
        default: return lot * Int64(1 + pick(Int(200 / lot) + 3))
        }
    }

    /// One order, often at the edge of one limit.
    func order() {
        var wish = wish()
        var undone: (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)?
        if chance(50) { undone = tune(&wish) }
        place(wish)
        if let undone {
            if chance(75) {
                reload([undone])
            } else {
                tuned.append(undone)
            }
        }
        if tuned.count > 3 {
            reload(tuned.reversed())
            tuned = []
        }
    }

    private func place(_ wish: Wish) {
        lastWish = wish
        var terms = SignalTerms()
        terms.stop = Price(raw: wish.stop)
        terms.trail = Price(raw: wish.trail)
        let signal = Signal(
            instrument: InstrumentID(index: UInt32(wish.index)), action: wish.side == .buy ? .buy : .sell,
            strength: 0.5, limit: Price(raw: wish.price), quantity: Quantity(raw: wish.quantity),
            orderType: wish.type, flags: wish.flags)
        let isPlain = !wish.type.isStop
        marked = world.all.count
        watch?.before(world, configuration)
        world.speak(wish.strategy) { if isPlain { $0.signal(signal) } else { $0.signal(signal, terms) } }
        watch?.after(world, "\(wish)")
        orderCount += 1
        let asked: [Int64] = [
            Int64(nextNumber), Int64(wish.strategy), Int64(wish.index), Int64(wish.side.rawValue), wish.quantity,
            Int64(wish.type.rawValue), wish.price, wish.stop, wish.trail, Int64(wish.flags.rawValue),
        ]
        nextNumber += 1
        line("O", asked + verdict())
        guard let fact = world.last.last(where: { $0.factKind == .orderCreated }),
            !world.last.contains(where: { $0.factKind == .riskRejected }),
            let handle = world.handle(fact.orderID)
        else { return }
        numbers[Int(handle.index)] = nextNumber - 1
        if wish.flags == .reduceOnly {
            // The core looks after these itself when something executes, which is another story.
            let record = world.record(handle)
            if record.lifecycle != .held { venueCancels(Int(handle.index), record.leaves) }
        }
    }

    /// What was said of the last order or replacement.
    private func verdict() -> [Int64] {
        if let fact = world.last.first(where: {
            $0.factKind == .riskRejected || $0.factKind == .signalDiscarded
        }) {
            refusedCount += 1
            return [0, Int64(fact.detail & 0xffff), Int64(fact.detail >> 16), fact.price, fact.quantity]
        }
        guard let fact = world.last.first(where: { $0.factKind == .orderCreated || $0.factKind == .replaceRequested })
        else { return [1, 0, 0] }
        return [1, fact.price, fact.quantity]
    }

    func replace() {
        guard let slot = openSlot(where: { record in
            (record.lifecycle == .accepted && record.knowledge == .known && record.request != .cancelPending
                && record.versionCount < 3 && !record.marks.wantsCancel) || record.lifecycle == .held
        }) else { return }
        let record = world.core.pool[slot]
        let index = Int(record.instrument)
        let tick = Int64(configuration.instruments[index].tick)
        let lot = Int64(configuration.instruments[index].lot)
        var price: Int64 = 0
        var quantity: Int64 = 0
        let up = Int64(pick(7) - 3) * tick
        if chance(60) { price = record.price.raw + (chance(70) ? up : self.price(index, record.side) - record.price.raw) }
        if chance(60) || price == 0 { quantity = record.ordered + Int64(pick(9) - 4) * lot * Int64(1 + pick(4)) }
        if record.lifecycle == .held, record.orderType != .stopLimit, price != 0 { price = record.price.raw + up }
        if price < 0 { price = 0 }
        let count = Int(record.versionCount)
        let newest =
            count == 0
            ? (record.price.raw, record.ordered)
            : (
                world.core.details[slot].versions[count - 1].price,
                world.core.details[slot].versions[count - 1].quantity
            )
        let wanted = (price == 0 ? newest.0 : price, quantity == 0 ? newest.1 : quantity)
        guard wanted != newest, wanted.1 > record.filled, quantity >= 0 else { return }
        let undone = chance(40) ? tune(replacing: slot, price: wanted.0, leaves: wanted.1 - record.filled) : nil
        let handle = world.core.pool.handle(slot)
        marked = world.all.count
        watch?.before(world, configuration)
        world.speak(Int(record.strategy)) {
            $0.replace(
                handle, in: InstrumentID(index: record.instrument), limit: Price(raw: price),
                quantity: Quantity(raw: quantity))
        }
        watch?.after(world, "a replacement by \(price), \(quantity)")
        orderCount += 1
        line("P", [Int64(numbers[slot]), price, quantity] + verdict())
        if let undone { reload([undone]) }
    }

    // MARK: What the venue says

    private func openSlot(where suits: (OrderRecord) -> Bool) -> Int? {
        let count = world.core.orderSlotCount
        guard count > 0 else { return nil }
        let first = pick(count)
        for step in 0..<count {
            let slot = (first + step) % count
            guard numbers[slot] >= 0, let record = world.core.order(slot: slot), !record.lifecycle.isEnded else {
                continue
            }
            if suits(record) { return slot }
        }
        return nil
    }

    private func isAtVenue(_ record: OrderRecord) -> Bool {
        record.lifecycle == .submitted || record.lifecycle == .accepted
    }

    func venueAccepts() {
        guard let slot = openSlot(where: { $0.lifecycle == .submitted }) else { return }
        let record = world.core.pool[slot]
        if chance(4), !record.marks.isAdopted {
            // More than was asked for: it counts, and is disputed.
            let more = record.ordered + 10
            world.report(.orderAccepted, record.userRef, quantity: more, id: UInt64(record.userRef) + 9_000)
            line("U", [Int64(numbers[slot]), more])
            world.lift()
            return
        }
        world.accept(record.userRef)
        line("A", [Int64(numbers[slot])])
    }

    func venueExecutes() {
        guard let slot = openSlot(where: isAtVenue) else { return }
        let record = world.core.pool[slot]
        let index = Int(record.instrument)
        match += 1
        let isMaker = chance(50)
        let quantity =
            chance(2) ? record.leaves + 5 : chance(40) ? record.leaves : 1 + Int64(pick(Int(record.leaves)))
        let price = chance(70) ? record.price.raw : prices[index]
        executions.append((slot, record.id, record.userRef, match))
        world.execute(record.userRef, quantity, at: price, match: match, isMaker: isMaker)
        line(
            "E", [Int64(numbers[slot]), quantity, price, isMaker ? 1 : 0, Int64(match)])
        world.lift()
        tellEnds()
    }

    func venueCancels() {
        guard let slot = openSlot(where: isAtVenue) else { return }
        let record = world.core.pool[slot]
        if chance(30) {
            let handle = world.core.pool.handle(slot)
            let index = InstrumentID(index: record.instrument)
            world.speak(Int(record.strategy)) { $0.cancel(handle, in: index) }
            line("K", [Int64(numbers[slot])])
            if chance(50) { return }
        }
        venueCancels(slot, chance(80) || record.leaves == 1 ? record.leaves : 1 + Int64(pick(Int(record.leaves - 1))))
    }

    private func venueCancels(_ slot: Int, _ quantity: Int64) {
        world.cancelled(world.core.pool[slot].userRef, quantity)
        line("c", [Int64(numbers[slot]), quantity])
        tellEnds()
    }

    func withdraw() {
        guard let slot = openSlot(where: { $0.lifecycle == .held }) else { return }
        let record = world.core.pool[slot]
        let handle = world.core.pool.handle(slot)
        world.speak(Int(record.strategy)) { $0.cancel(handle, in: InstrumentID(index: record.instrument)) }
        line("w", [Int64(numbers[slot])])
    }

    func venueRejects() {
        guard let slot = openSlot(where: { $0.lifecycle == .submitted && $0.filled == 0 }) else { return }
        world.report(.orderRejected, world.core.pool[slot].userRef)
        line("J", [Int64(numbers[slot])])
    }

    func venueAnswersReplace() {
        guard let slot = openSlot(where: { $0.versionCount > 0 && isAtVenue($0) }) else { return }
        let record = world.core.pool[slot]
        let place = pick(Int(record.versionCount))
        let version = world.core.details[slot].versions[place]
        if chance(65) {
            let leaves = max(version.quantity - record.filled, 0)
            world.report(
                .orderReplaced, version.userRef, quantity: leaves, price: version.price, id: UInt64(record.userRef))
            line("V", [Int64(numbers[slot]), Int64(place)])
            world.lift()
        } else {
            world.report(.orderRejected, version.userRef)
            line("W", [Int64(numbers[slot]), Int64(place)])
        }
        tellEnds()
    }

    func bust() {
        guard !executions.isEmpty else { return }
        let taken = executions.remove(at: pick(executions.count))
        guard let record = world.core.order(slot: taken.slot), record.id == taken.id, numbers[taken.slot] >= 0 else {
            return
        }
        world.report(.executionBroken, taken.ref, id: taken.match)
        line("B", [Int64(numbers[taken.slot]), Int64(taken.match)])
        world.lift()
        tellEnds()
    }

    /// Orders that ended are no orders of the story any more; their slots may be others' soon.
    private func tellEnds() {
        for slot in 0..<world.core.orderSlotCount where numbers[slot] >= 0 {
            guard let record = world.core.order(slot: slot) else {
                numbers[slot] = -1
                continue
            }
            if record.lifecycle == .closed { numbers[slot] = -1 }
        }
    }

    func connectionBreaks() {
        world.down()
        line("I", [])
        for _ in 0..<pick(3) { place(wish()) }
        if chance(50) { world.advance(UInt64(pick(1_000_000))) }
        sessionUp()
        world.lift()
    }

    func rateMoves() {
        guard configuration.ledger.currencies.count > 1 else { return }
        let currency = 1 + pick(2)
        let old = world.core.ledger.sums(currency).rate
        let rate = max(1, old + old / 1_000 * Int64(pick(41) - 20) + Int64(pick(3)))
        world.rate(configuration.ledger.currencies[currency].code, rate)
        line("X", [Int64(currency), rate])
    }

    func timePasses() {
        world.advance(
            UInt64(one(of: [1, 1_000, 1_000_000, 20_000_000, 300_000_000, 1_000_000_001])) + UInt64(pick(3)))
        if chance(1) { world.advance(UInt64(pick(20)) * 3_600_000_000_000) }
        tellEnds()
    }

    // MARK: Limits

    func reload(_ parts: [(kind: LimitKind, scope: RiskScope, target: Int, value: Int64)]) {
        world.reload(parts)
        for part in parts {
            line("L", [Int64(part.kind.rawValue), Int64(part.scope.rawValue), Int64(part.target), part.value])
        }
        let answer = world.last.last { $0.factKind == .operatorAnswered }!
        line("LC", [Int64(parts.count), answer.detail >> 16 == 0 ? 1 : 0])
        guard answer.detail >> 16 == 0 else { return }
        for part in parts { keep(part) }
    }

    /// The settings of the next start have it, too.
    private func keep(_ part: (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)) {
        switch part.scope {
        case .account: configuration.limits[part.kind] = part.value
        case .strategy: configuration.strategyLimits[part.target][part.kind] = part.value
        case .instrument:
            let isNone = part.value == .max
            let quantity = isNone ? nil : Quantity(raw: part.value)
            switch part.kind {
            case .positionMax: configuration.instruments[part.target].positionMax = quantity
            case .orderQuantityMax: configuration.instruments[part.target].orderQuantityMax = quantity
            case .orderNotionalMax:
                configuration.instruments[part.target].orderNotionalMax = isNone ? nil : Money(raw: Int128(part.value))
            case .locatedQuantity: configuration.instruments[part.target].locatedQuantity = quantity
            case .marginPpm:
                configuration.instruments[part.target].marginPpm = part.value < 0 ? nil : part.value
            case .averageDailyVolume:
                configuration.instruments[part.target].averageDailyVolume = Quantity(raw: part.value)
            case .ordersPerSecond: configuration.instruments[part.target].ordersPerSecond = part.value
            case .orderBurst: configuration.instruments[part.target].orderBurst = part.value
            case .isRestricted: configuration.instruments[part.target].isRestricted = part.value != 0
            default: break
            }
        }
    }

    /// A limit of any kind to any value, or one that cannot be held.
    func reloadAnything() {
        var parts: [(kind: LimitKind, scope: RiskScope, target: Int, value: Int64)] = []
        for _ in 0..<(1 + pick(3)) {
            let scope = one(of: [RiskScope.account, .strategy, .instrument])
            let target = scope == .account ? 0 : scope == .strategy ? pick(2) : pick(5)
            switch pick(10) {
            case 0: parts.append((.ordersPerSecond, scope, target, one(of: [0, 1, 30, 2_000])))
            case 1: parts.append((.orderBurst, scope, target, one(of: [1, 2, 30])))
            case 2: parts.append((.marginPpm, .account, 0, one(of: [0, 0, 100_000, 400_001])))
            case 3: parts.append((.marginPpm, .instrument, pick(5), one(of: [-1, 0, 90_000, 700_001])))
            case 4: parts.append((.requiresCash, .account, 0, Int64(pick(2))))
            case 5: parts.append((.allowsShortSales, .account, 0, chance(80) ? 1 : 0))
            case 6: parts.append((.preventsSelfTrade, .account, 0, Int64(pick(2))))
            case 7: parts.append((.isRestricted, .instrument, pick(5), chance(10) ? 1 : 0))
            case 8: parts.append((.collarPpm, .account, 0, one(of: [50_000, 100_000, 3_300])))
            default: parts.append((.duplicateOrderMax, .account, 0, one(of: [0, 1, 2, 4])))
            }
        }
        if chance(15) { parts.append((.orderQuantityMax, .account, 0, -1)) }
        reload(parts)
    }

    // MARK: To the edge

    private static let tunable: [(LimitKind, RiskScope)] = [
        (.orderQuantityMax, .account), (.orderQuantityMax, .instrument), (.orderQuantityMax, .strategy),
        (.orderQuantityMin, .account), (.positionMax, .account), (.positionMax, .instrument),
        (.positionMax, .strategy), (.orderNotionalMax, .account), (.orderNotionalMax, .instrument),
        (.orderNotionalMax, .strategy), (.openNotionalMax, .account), (.openNotionalMax, .strategy),
        (.dayNotionalMax, .account), (.grossNotionalMax, .account), (.netNotionalMax, .account),
        (.orderCapitalPpm, .account), (.positionEquityPpm, .account), (.lastCollarPpm, .account),
        (.dailyVolumePpm, .account), (.collarPpm, .account), (.marginPpm, .account), (.marginPpm, .instrument),
        (.locatedQuantity, .instrument), (.openOrderCountMax, .account), (.openOrderCountMax, .strategy),
        (.averageDailyVolume, .instrument),
    ]

    /// Looks for the value of one limit, drawn at random, at which the order just passes, and sets the limit there or one
    /// beside it.
    ///
    /// - Returns: what it was before; `nil`: no limit decides on the order.
    private func tune(_ wish: inout Wish) -> (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)? {
        guard wish.type == .limit || wish.type == .stop || wish.type == .stopLimit, wish.price > 0 || wish.type == .stop,
            wish.quantity > 0
        else { return nil }
        if chance(15) {
            // The quantity instead: for what has no number to be set.
            let lot = Int64(configuration.instruments[wish.index].lot)
            var low: Int64 = 0
            var high: Int64 = 1 << 20
            while high - low > 1 {
                wish.quantity = (low + high) / 2 * lot
                if passes(wish) { low = (low + high) / 2 } else { high = (low + high) / 2 }
            }
            wish.quantity = max(low + Int64(pick(2)), 1) * lot
            return nil
        }
        let asked = wish
        return tune(index: wish.index, strategy: wish.strategy) { self.passes(asked) }
    }

    private func tune(
        replacing slot: Int, price: Int64, leaves: Int64
    ) -> (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)? {
        let record = world.core.pool[slot]
        return tune(index: Int(record.instrument), strategy: Int(record.strategy)) {
            self.world.core.passesReplacement(slot, price: price, leaves: leaves)
        }
    }

    private func passes(_ wish: Wish) -> Bool {
        world.core.passes(
            wish.index, wish.strategy, wish.side, quantity: wish.quantity,
            price: wish.type == .stop ? wish.stop : wish.price, wish.type, wish.flags)
    }

    private func tune(
        index: Int, strategy: Int, passes: () -> Bool
    ) -> (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)? {
        let (kind, scope) = one(of: Self.tunable)
        guard scope != .strategy || strategy < 2 else { return nil }
        let target = scope == .account ? 0 : scope == .strategy ? strategy : index
        let before = world.core.limit(kind, scope, target)
        // Where more is less: a higher margin, a higher least quantity.
        let isReversed = kind == .marginPpm || kind == .orderQuantityMin
        var low: Int64 = kind == .orderCapitalPpm || kind == .positionEquityPpm || kind == .lastCollarPpm
            || kind == .dailyVolumePpm || kind == .averageDailyVolume ? 1 : 0
        var high = Self.greatest(kind)
        defer { world.core.setLimit(kind, scope, target, before) }
        func passesAt(_ value: Int64) -> Bool {
            world.core.setLimit(kind, scope, target, value)
            return passes()
        }
        guard passesAt(isReversed ? low : high), !passesAt(isReversed ? high : low) else { return nil }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if passesAt(middle) != isReversed { high = middle } else { low = middle }
        }
        let edge = isReversed ? low : high
        let value = edge + one(of: [0, 0, -1, -1, 1]) * (isReversed ? -1 : 1)
        guard kind.allows(value) else { return nil }
        world.core.setLimit(kind, scope, target, before)
        reload([(kind, scope, target, value)])
        return (kind, scope, target, before)
    }

    private static func greatest(_ kind: LimitKind) -> Int64 {
        switch kind {
        case .orderQuantityMax, .orderQuantityMin: 1 << 39
        case .openOrderCountMax: 60
        case .collarPpm: 1_000_000
        case .orderCapitalPpm, .positionEquityPpm, .lastCollarPpm, .dailyVolumePpm, .marginPpm: 1_000_000_000
        default: .max
        }
    }

    // MARK: The story

    func run(orders: Int) {
        let last = orderCount + orders
        while orderCount < last { step() }
        flush()
    }

    func step() {
            switch pick(100) {
            case 0..<52: order()
            case 52..<62: replace()
            case 62..<68: venueAccepts()
            case 68..<75: venueExecutes()
            case 75..<82: venueCancels()
            case 82..<85: venueAnswersReplace()
            case 85: venueRejects()
            case 86..<90: quote(pick(configuration.instruments.count), away: pick(7) - 3)
            case 90..<93:
                let index = pick(configuration.instruments.count)
                trade(index, price: prices[index] + Int64(pick(9) - 4) * Int64(configuration.instruments[index].tick))
            case 93..<95: timePasses()
            case 95: rateMoves()
            case 96: chance(60) ? bust() : withdraw()
            case 97: reloadAnything()
            case 98: if chance(30) { connectionBreaks() }
            default: if chance(3) { restart() } else { timePasses() }
            }
            if world.all.count > 20_000 {
                world.all.removeAll(keepingCapacity: true)
                world.sent.removeAll(keepingCapacity: true)
                marked = 0
            }
    }
}
