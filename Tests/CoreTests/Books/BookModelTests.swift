import Core
import Model
import Testing
import TestSupport

/// Goal: after any message the books are what the messages say, and at every bound and contradiction the book that may
/// be wrong says so.
/// Method: seeded random messages of all kinds over few instruments, prices and order numbers, right ones and wrong
/// ones, against ``NaiveBooks``; pools so small that they run full all the time. A failure prints its seed.
@Suite struct BookModelTests {
    struct Size: Sendable, CustomTestStringConvertible {
        var orders: Int
        var levels: Int
        /// Prices are multiples of it; 100 is what windows are made of.
        var tick: Int64 = 1
        /// What so small or large pools bring about.
        var meets: Set<String> {
            let all: Set = [
                "add", "bad", "delete", "execute", "executeAtPrice", "levelSet", "nothing taken", "over",
                "reduce", "replace",
                "unknown",
            ]
            return all.union(
                orders < levels || orders == 1 ? ["ordersFull"] : ["duplicate", "replaced by nothing"]
            )
            .union(levels < 25 ? ["levelsFull"] : [])
        }

        var testDescription: String { "\(orders) orders, \(levels) levels, tick \(tick)" }
    }

    @Test(arguments: [
        Size(orders: 1, levels: 1), Size(orders: 12, levels: 9), Size(orders: 60, levels: 24),
        Size(orders: 30, levels: 99),
        Size(orders: 400, levels: 400),
        Size(orders: 12, levels: 9, tick: 100), Size(orders: 60, levels: 24, tick: 100),
        Size(orders: 30, levels: 99, tick: 100), Size(orders: 400, levels: 400, tick: 100),
        Size(orders: 60, levels: 60, tick: 50),
    ])
    func booksAreWhatTheMessagesSay(_ size: Size) {
        let seed = TestSeed.current &+ UInt64(size.orders)
        var run = Run(seed: seed, size: size)
        // The model slows down with the square of its orders.
        for step in 0..<(size.orders > 100 ? 4_000 : 10_000) {
            run.step()
            if let fault = run.fault {
                Issue.record("seed \(seed) step \(step): \(fault)")
                return
            }
        }
        // The test is worth something only if it met the bounds and the ordinary.
        #expect(run.met.isSuperset(of: size.meets), "seed \(seed): met only \(run.met.sorted())")
    }

    struct Run: ~Copyable {
        var random: SeededRandom
        var books: BookTable
        var naive = NaiveBooks()
        var broken: Set<UInt32> = []
        var crossed: Set<UInt32> = []
        var fault: String?
        var met: Set<String> = []
        let size: Size
        // 0, 1: by order; 2: by level.
        let instrumentCount: UInt32 = 3

        init(seed: UInt64, size: Size) {
            random = SeededRandom(seed: seed)
            self.size = size
            books = BookTable(instrumentCountMax: 3, orderCountMax: size.orders, levelCountMax: size.levels)
        }

        mutating func check(_ holds: Bool, _ what: @autoclosure () -> String) {
            if !holds, fault == nil { fault = what() }
        }

        mutating func step() {
            let instrument = UInt32(random.below(UInt64(instrumentCount)))
            if random.chance(perMillion: broken.contains(instrument) ? 60_000 : 300) {
                books.reset(InstrumentID(index: instrument))
                naive.forget(instrument)
                broken.remove(instrument)
                return compare(instrument)
            }
            let before = tops(instrument)
            let countersBefore = books.counters
            var mayReturn = false
            var effect = BookEffect.none
            if instrument == 2 {
                effect = setLevel()
            } else {
                switch random.below(20) {
                case 0..<9: effect = add(instrument)
                case 9..<12: effect = take(instrument, .execute)
                case 12: effect = take(instrument, .executeAtPrice)
                case 13: effect = take(instrument, .reduce)
                case 14..<17: effect = take(instrument, .delete)
                default:
                    effect = replace(instrument)
                    mayReturn = true  // away from the best price and back to it, within one message
                }
            }
            let after = tops(instrument)
            check(
                effect.contains(.topChanged) == (before != after) || (mayReturn && before == after),
                "topChanged told wrongly")
            let broke = books.counters.broken != countersBefore.broken
            check(effect.contains(.broken) == broke, "broken told wrongly")
            if broke {
                check(!broken.contains(instrument), "a broken book broke again")
                broken.insert(instrument)
            }
            compare(instrument)
            if random.below(50) == 0 { for other in 0..<instrumentCount { compare(other) } }
        }

        func tops(_ instrument: UInt32) -> [BookLevel?] {
            [naive.levels(instrument, .buy).first, naive.levels(instrument, .sell).first].map { level in
                level.map { BookLevel(price: $0.price, quantity: $0.quantity, orderCount: 0) }
            }
        }

        mutating func compare(_ instrument: UInt32) {
            let id = InstrumentID(index: instrument)
            for side in [Side.buy, .sell] {
                let expected = naive.levels(instrument, side)
                let found = books.levels(instrument, side)
                check(found == expected, "\(side) of \(instrument): \(found) instead of \(expected)")
                check(books.level(id, side, depth: expected.count) == nil, "a level too many")
            }
            let quote = books.quote(id)
            let bid = naive.levels(instrument, .buy).first
            let ask = naive.levels(instrument, .sell).first
            check(quote.bidQuantity == bid?.quantity ?? .zero, "bid quantity")
            check(quote.askQuantity == ask?.quantity ?? .zero, "ask quantity")
            if let bid { check(quote.bid == bid.price, "bid") }
            if let ask { check(quote.ask == ask.price, "ask") }
            if let bid, let ask { check(books.isCrossed(id) == (bid.price > ask.price), "crossed") }
            check(books.orderCount == naive.orders.count, "order count")
            check(books.state(id) == (broken.contains(instrument) ? .broken : .whole), "state")
        }

        /// Where most prices are; with ticks it wanders, so that windows move after it.
        var middle: Int64 = 100

        mutating func price() -> Int64 {
            guard size.tick > 1 else { return random.within(90...110) }
            if random.below(100) == 0 { middle += random.within(-30...30) }
            // Some far away, below zero too, and some between whole ticks.
            let reach: Int64 = random.below(8) == 0 ? 120 : 10
            let off: Int64 = random.below(20) == 0 ? 1 : 0
            return (middle + random.within(-reach...reach)) * size.tick + off
        }

        /// An order of the instrument, or a number that nobody has.
        mutating func someRef(_ instrument: UInt32) -> UInt64 {
            let mine = naive.orders.filter { $0.instrument == instrument }
            if mine.isEmpty || random.below(25) == 0 { return 1_000 + random.below(5) }
            return mine[Int(random.below(UInt64(mine.count)))].ref
        }

        mutating func add(_ instrument: UInt32) -> BookEffect {
            // Instruments share numbers: they are different orders.
            let ref = random.below(40) == 0 ? .max - random.below(3) : random.below(900)
            let bad = random.below(60) == 0
            let order = NaiveBooks.Order(
                instrument: instrument, ref: ref, side: random.below(2) == 0 ? .buy : .sell, price: price(),
                quantity: random.within(1...50))
            var event = MarketEvent(
                .add, instrument, ref: ref, side: order.side, price: order.price, quantity: order.quantity)
            if bad {
                met.insert("bad")
                switch random.below(4) {
                case 0: event.quantity = 0
                case 1: event.quantity = -5
                case 2: event.side = 0
                default: event.price = random.below(2) == 0 ? .max : .min
                }
                let before = books.counters.badEvents
                let effect = books.apply(&event)
                check(books.counters.badEvents == before + 1, "a bad event was not counted")
                check(effect.contains(.ignored), "a bad event was applied")
                return effect
            }
            let before = books.counters
            let isTaken = naive.index(instrument, ref) != nil
            let effect = books.apply(&event)
            settle(order, before, isTaken: isTaken, effect)
            return effect
        }

        /// Puts an order into the model if the books took it, and checks their reason if not.
        mutating func settle(
            _ order: NaiveBooks.Order, _ before: BookCounters, isTaken: Bool, _ effect: BookEffect
        ) {
            let now = books.counters
            if isTaken {
                met.insert("duplicate")
                check(now.duplicateOrders == before.duplicateOrders + 1, "a number in use was taken again")
            } else if naive.orders.count == size.orders {
                met.insert("ordersFull")
                check(now.ordersFull == before.ordersFull + 1, "an order more than fits")
            } else if now.levelsFull != before.levelsFull {
                met.insert("levelsFull")
                check(
                    !naive.hasLevel(order.instrument, order.side, order.price),
                    "refused a level that is there")
                check(2 * naive.levelCount >= size.levels, "refused a level while there was much room")
            } else {
                met.insert("add")
                check(
                    naive.levelCount < size.levels
                        || naive.hasLevel(order.instrument, order.side, order.price),
                    "a level more than fits")
                naive.orders.append(order)
                check(!effect.contains(.ignored), "an order was taken and not")
                return
            }
            check(effect.contains(.ignored), "a refused order was not told")
        }

        mutating func take(_ instrument: UInt32, _ kind: MarketEventKind) -> BookEffect {
            let ref = someRef(instrument)
            let place = naive.index(instrument, ref)
            let known = place.map { naive.orders[$0] }
            var quantity = random.within(1...50)
            if let known, random.below(3) > 0 { quantity = random.within(1...known.quantity) }
            if random.below(80) == 0 { quantity = -random.within(0...3) }
            var event = MarketEvent(kind, instrument, ref: ref, price: 77, quantity: quantity)
            let before = books.counters
            let effect = books.apply(&event)
            guard let place, let known else {
                met.insert("unknown")
                check(
                    books.counters.unknownOrders == before.unknownOrders + 1,
                    "an unknown order was not counted")
                check(effect.contains(.ignored), "an unknown order was found")
                check(effect.contains(.traded) == (kind == .executeAtPrice), "a trade without a price")
                return effect
            }
            check(event.side == known.side.rawValue, "side was not completed")
            check(event.price == (kind == .executeAtPrice ? 77 : known.price), "price was not completed")
            if kind == .delete {
                met.insert("delete")
                check(event.quantity == known.quantity, "quantity was not completed")
                naive.orders.remove(at: place)
                return effect
            }
            guard quantity > 0 else {
                met.insert("nothing taken")
                check(books.counters.badEvents == before.badEvents + 1, "an empty execution was not counted")
                check(effect.contains(.ignored) && !effect.contains(.traded), "an empty execution")
                return effect
            }
            check(effect.contains(.traded) == (kind != .reduce), "a trade was not told")
            let isOver = quantity > known.quantity
            check(
                books.counters.overTaken == before.overTaken + (isOver ? 1 : 0), "too much taken, not counted"
            )
            met.insert(isOver ? "over" : "\(kind)")
            if quantity >= known.quantity {
                naive.orders.remove(at: place)
            } else {
                naive.orders[place].quantity -= quantity
            }
            return effect
        }

        mutating func replace(_ instrument: UInt32) -> BookEffect {
            let ref = someRef(instrument)
            let newRef = random.below(6) == 0 ? ref : random.below(900)
            let bad = random.below(50) == 0
            var event = MarketEvent(
                .replace, instrument, ref: ref, newRef: newRef, price: price(),
                quantity: bad ? 0 : random.within(1...50))
            let before = books.counters
            let effect = books.apply(&event)
            guard let place = naive.index(instrument, ref) else {
                met.insert("unknown")
                check(
                    books.counters.unknownOrders == before.unknownOrders + 1,
                    "an unknown order was not counted")
                return effect
            }
            let old = naive.orders.remove(at: place)
            check(event.side == old.side.rawValue, "side was not completed")
            if bad {
                met.insert("replaced by nothing")
                check(books.counters.badEvents == before.badEvents + 1, "a bad event was not counted")
                return effect
            }
            met.insert("replace")
            settle(
                NaiveBooks.Order(
                    instrument: instrument, ref: newRef, side: old.side, price: event.price,
                    quantity: event.quantity),
                before, isTaken: naive.index(instrument, newRef) != nil, effect)
            return effect
        }

        mutating func setLevel() -> BookEffect {
            let side = random.below(2) == 0 ? Side.buy : .sell
            let level = NaiveBooks.PriceLevel(
                instrument: 2, side: side, price: price(), quantity: max(0, random.within(-20...50)))
            var event = MarketEvent(.levelSet, 2, side: side, price: level.price, quantity: level.quantity)
            let before = books.counters
            let hadLevel = naive.hasLevel(2, side, level.price)
            let levelCount = naive.levelCount
            let effect = books.apply(&event)
            naive.set.removeAll { $0.side == side && $0.price == level.price }
            if level.quantity == 0 {
                let unknown: UInt64 = hadLevel ? 0 : 1
                check(books.counters.unknownLevels == before.unknownLevels + unknown, "unknown levels")
            } else if books.counters.levelsFull != before.levelsFull {
                check(!hadLevel, "refused a level that is there")
                check(2 * levelCount >= size.levels, "refused a level while there was much room")
            } else {
                met.insert("levelSet")
                check(hadLevel || levelCount < size.levels, "a level more than fits")
                naive.set.append(level)
            }
            return effect
        }
    }
}
