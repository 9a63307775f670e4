import Matching
import Model
import TestSupport
import Testing

private func events(of engine: borrowing MatchingEngine) -> [NaiveMatching.Event] {
    var found: [NaiveMatching.Event] = []
    for index in 0..<engine.eventCount {
        let event = engine.event(index)
        found.append(
            NaiveMatching.Event(
                kind: event.kind, reference: event.reference, other: event.otherReference,
                match: event.matchNumber,
                price: event.price.raw, quantity: event.quantity, remaining: event.remaining,
                otherRemaining: event.otherRemaining, userRef: event.userRef, reason: event.reason,
                keptPlace: event.keptPlace))
    }
    return found
}

private func ordersEqual(_ engine: borrowing MatchingEngine, _ model: NaiveMatching) -> Bool {
    for side in model.sides.indices {
        let instrument = InstrumentID(index: UInt32(side / 2))
        let wanted = model.ranked(side).map { "\($0.reference) \($0.price) \($0.remaining) \($0.userRef)" }
        var found: [String] = []
        var byLevel: [Int64: Int64] = [:]
        engine.forEachOrder(instrument, side & 1 == 0 ? .buy : .sell) {
            found.append("\($0.reference) \($0.price.raw) \($0.remaining) \($0.userRef)")
            byLevel[$0.price.raw, default: 0] += Int64($0.remaining)
        }
        var levelsEqual = true
        engine.forEachLevel(instrument, side & 1 == 0 ? .buy : .sell) {
            if byLevel.removeValue(forKey: $0.price.raw) != $0.quantity { levelsEqual = false }
        }
        guard wanted == found, levelsEqual, byLevel.isEmpty else { return false }
    }
    return true
}

/// What one kind of market looks like to the comparison below.
struct MatchingCase: Sendable, CustomStringConvertible {
    var instruments: Int
    /// Ticks on either side of the middle in which orders fall: small makes trades, large makes many pages.
    var width: Int64
    var selfTrade: SelfTrade
    var pageCountMax: Int
    var salt: UInt64
    var description: String { "\(instruments) instruments, width \(width), \(selfTrade)" }
}

/// Goal: fills, queue places and every event are exactly those of the obvious engine, for every kind of command.
/// Method: 6 markets × 30,000 seeded commands, good and bad, against `NaiveMatching`; every event compared, the whole
/// books compared every 500 commands and the best prices (never crossed) after each one.
@Test(arguments: [
    MatchingCase(instruments: 3, width: 12, selfTrade: .allowed, pageCountMax: 64, salt: 1),
    MatchingCase(instruments: 2, width: 90, selfTrade: .cancelNewest, pageCountMax: 64, salt: 2),
    MatchingCase(instruments: 1, width: 9_000, selfTrade: .allowed, pageCountMax: 512, salt: 3),
    MatchingCase(instruments: 5, width: 3, selfTrade: .cancelNewest, pageCountMax: 64, salt: 4),
    MatchingCase(instruments: 2, width: 10, selfTrade: .cancelOldest, pageCountMax: 64, salt: 5),
    MatchingCase(instruments: 2, width: 10, selfTrade: .decrementBoth, pageCountMax: 64, salt: 6),
])
func matchingEqualsTheObviousEngine(_ market: MatchingCase) {
    let seed = TestSeed.current &+ market.salt
    var random = SeededRandom(seed: seed)
    var engine = MatchingEngine(
        MatchingLimits(
            instrumentCountMax: market.instruments, orderCountMax: 4_096, pageCountMax: market.pageCountMax,
            eventCountMax: 4_096, selfTrade: market.selfTrade))
    for index in 0..<market.instruments { engine.define(InstrumentID(index: UInt32(index)), tick: 100) }
    var model = NaiveMatching(instruments: market.instruments, tick: 100, selfTrade: market.selfTrade)
    var references: [UInt64] = []
    var shares: UInt64 = 0

    for step in 0..<30_000 {
        // Orders off the tick, beyond the highest price and of no quantity are part of life.
        func price(_ random: inout SeededRandom) -> Int64 {
            if random.chance(perMillion: 20_000) { return random.within(-50...2_000_000_100) }
            return 1_000_000 + 100 * random.within(-market.width...market.width)
        }
        func quantity(_ random: inout SeededRandom) -> UInt32 {
            if random.chance(perMillion: 10_000) { return random.chance(perMillion: 500_000) ? 0 : 1_000_001 }
            return UInt32(random.within(1...50)) * (random.chance(perMillion: 50_000) ? 20 : 1)
        }
        let draw = random.below(100)
        let pick = references.isEmpty ? 0 : references[Int(random.below(UInt64(references.count)))]
        // Books stay small enough for the slow model: the fuller they are, the more is cancelled.
        if draw < 72, references.count < 150 || draw < 40 {
            var entry = OrderEntry(
                instrument: InstrumentID(index: UInt32(random.below(UInt64(market.instruments)))),
                side: random.chance(perMillion: 500_000) ? .buy : .sell, price: Price(raw: price(&random)),
                quantity: quantity(&random), owner: UInt32(random.below(4)), userRef: UInt32(step))
            if random.chance(perMillion: 3_000) { entry.instrument = .none }
            switch random.below(20) {
            case 0: entry.duration = .immediateOrCancel
            case 1: entry.duration = .fillOrKill
            case 2: entry.isPostOnly = true
            case 3: entry.isMarket = true
            case 4:
                entry.duration = .immediateOrCancel
                entry.minimumQuantity = UInt32(random.within(1...60))
            default: break
            }
            let reference = engine.enter(entry)
            if entry.instrument == .none {
                #expect(engine.event(0).reason == .unknownInstrument)
                continue
            }
            model.enter(entry, reference: reference)
            if engine.order(reference) != nil { references.append(reference) }
        } else if draw < 86 {
            let remaining = random.chance(perMillion: 300_000) ? UInt32(random.below(60)) : 0
            engine.cancel(pick, toRemaining: remaining)
            model.cancel(pick, to: remaining)
        } else {
            let newPrice: Int64
            if random.chance(perMillion: 400_000), let order = engine.order(pick) {
                newPrice = order.price.raw
            } else {
                newPrice = price(&random)
            }
            let newQuantity = quantity(&random)
            let reference = engine.replace(
                pick, price: Price(raw: newPrice), quantity: newQuantity, userRef: UInt32(step))
            model.replace(
                pick, price: newPrice, quantity: newQuantity, userRef: UInt32(step), newReference: reference)
            if reference != 0, reference != pick, engine.order(reference) != nil {
                references.append(reference)
            }
        }
        // The dead are forgotten now and then, so that commands on dead orders are tested too.
        if step % 8 == 0 { references.removeAll { engine.order($0) == nil } }

        let found = events(of: engine)
        if found != model.events {
            Issue.record("seed \(TestSeed.current) step \(step): \(found) is not \(model.events)")
            return
        }
        for event in found where event.kind == .executed { shares += UInt64(event.quantity) }
        for index in 0..<market.instruments {
            let instrument = InstrumentID(index: UInt32(index))
            if let bid = engine.best(instrument, .buy), let ask = engine.best(instrument, .sell) {
                #expect(bid.price < ask.price, "seed \(TestSeed.current) step \(step): crossed")
            }
        }
        if step % 500 == 0, !ordersEqual(engine, model) {
            Issue.record("seed \(TestSeed.current) step \(step): the books differ")
            return
        }
    }
    #expect(ordersEqual(engine, model) == true, "seed \(TestSeed.current)")
    #expect(engine.counters.sharesTraded == shares)
    #expect(engine.counters.executions == model.lastMatch)
    #expect(engine.counters.executions > 100, "the test traded")
    #expect(engine.liveOrderCount == model.sides.reduce(0) { $0 + $1.count })
}

/// Goal: full pools refuse with their reason, change nothing, and work again when there is room.
/// Method: an engine with room for 4 orders and 2 pages is filled, overfilled, and emptied.
@Test func fullPoolsRefuse() {
    var engine = MatchingEngine(
        MatchingLimits(instrumentCountMax: 1, orderCountMax: 4, pageCountMax: 2, eventCountMax: 4))
    let one = InstrumentID(index: 0)
    engine.define(one, tick: 1)
    func buy(_ price: Int64) -> OrderEntry {
        OrderEntry(instrument: one, side: .buy, price: Price(raw: price), quantity: 1)
    }
    let first = engine.enter(buy(1_000))
    engine.enter(buy(5_000))
    #expect(engine.enter(buy(9_000)) == 0)
    #expect(engine.event(0).reason == .levelPoolFull)
    // The page that the order leaves is the page that it needs.
    #expect(engine.replace(first, price: Price(raw: 1_001), quantity: 1, userRef: 0) != 0)
    engine.enter(buy(5_001))
    engine.enter(buy(5_002))
    #expect(engine.enter(buy(5_002)) == 0)
    #expect(engine.event(0).reason == .orderPoolFull)
    #expect(engine.counters.rejectedForRoom == 2)
    #expect(engine.liveOrderCount == 4)

    // Three fills fit beside the acceptance and the cancellation of the rest … two, in four places.
    let sell = OrderEntry(
        instrument: one, side: .sell, price: Price(raw: 1), quantity: 9, duration: .immediateOrCancel)
    engine.enter(sell)
    #expect(engine.eventCount == 4)
    #expect(engine.event(1).kind == .executed)
    #expect(engine.event(2).kind == .executed)
    #expect(engine.event(3).reason == .tooManyFills)
    #expect(engine.event(3).quantity == 7)
    #expect(engine.counters.cutOff == 1)
    #expect(engine.liveOrderCount == 2)
    #expect(engine.enter(buy(5_002)) != 0)
}

/// Goal: references rise, are never 0, and a dead one never names the order that took its slot.
/// Method: one slot, used a thousand times.
@Test func aDeadReferenceStaysDead() {
    var engine = MatchingEngine(
        MatchingLimits(instrumentCountMax: 1, orderCountMax: 1, pageCountMax: 1, eventCountMax: 4))
    engine.define(InstrumentID(index: 0), tick: 100)
    var last: UInt64 = 0
    for _ in 0..<1_000 {
        let entry = OrderEntry(
            instrument: InstrumentID(index: 0), side: .sell, price: Price(raw: 10_000), quantity: 5)
        let reference = engine.enter(entry)
        #expect(reference > last)
        #expect(engine.cancel(last) == false)
        #expect(engine.cancel(reference) == true)
        last = reference
    }
}
