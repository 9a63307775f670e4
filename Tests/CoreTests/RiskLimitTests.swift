import Model
import Testing

@testable import Core

// Goal: each rule passes at its limit and refuses one beyond it, says limit and value, and a missing price or state
// refuses. Method: one world a rule; the quote is 99.90 at 100.10, so the reference is 100.00.

@Test func orderQuantityIsInclusive() {
    let world = World { $0.limits.orderQuantityMax = Quantity(raw: 200) }
    #expect(world.signal(.buy, 200) != nil)
    #expect(world.signal(.buy, 201) == nil)
    #expect(world.refusal! == (.orderQuantity, 200, 201))
    #expect(world.kinds == [.signal, .orderCreated, .riskRejected])
    #expect(world.signal(.buy, -5) == nil)
    #expect(world.refusal! == (.orderQuantity, 200, -5))
    #expect(world.signal(.buy, .max) == nil)
    #expect(world.signal(.sell, .min) == nil)
    #expect(world.disagreement() == nil)
}

@Test func orderNotionalIsInclusive() {
    let world = World { $0.limits.orderNotionalMax = Money(raw: 1_001_000 * 100) }
    #expect(world.signal(.buy, 100) != nil)
    #expect(world.signal(.buy, 101) == nil)
    #expect(world.refusal! == (.orderNotional, 1_001_000 * 100, 1_001_000 * 101))
}

@Test(arguments: [SignalAction.buy, .sell])
func positionLimitCountsWorkingOrdersOfTheSameSideOnly(_ action: SignalAction) {
    let world = World { $0.limits.positionMax = Quantity(raw: 300) }
    let other: SignalAction = action == .buy ? .sell : .buy
    #expect(world.signal(action, 200) != nil)
    // The other side never nets what may be filled on this one.
    #expect(world.signal(other, 300) != nil)
    #expect(world.signal(action, 101) == nil)
    #expect(world.refusal! == (.positionLimit, 300, 301))
    #expect(world.signal(action, 100) != nil)
    #expect(world.signal(other, 1) == nil)
    #expect(world.refusal! == (.positionLimit, 300, 301))
    #expect(world.disagreement() == nil)
}

@Test func positionLimitCountsThePosition() {
    let world = World { $0.limits.positionMax = Quantity(raw: 300) }
    let ref = world.working(.buy, 200, limit: 1_001_000)
    world.execute(ref, 200, at: 1_001_000, match: 1)
    #expect(world.signal(.buy, 101) == nil)
    #expect(world.signal(.buy, 100) != nil)
    // From +200 it may sell 500 to stand at −300.
    #expect(world.signal(.sell, 501) == nil)
    #expect(world.refusal! == (.positionLimit, 300, 301))
    #expect(world.signal(.sell, 500) != nil)
}

@Test func grossNotionalIsInclusiveAndSeesEveryInstrument() {
    // The reference is 100.00: 300 shares are 30,000.
    let world = World { $0.limits.grossNotionalMax = Money(raw: 300 * 1_000_000) }
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    #expect(world.signal(.buy, 200) != nil)
    #expect(world.signal(.sell, 101, instrument: 1) == nil)
    #expect(world.refusal! == (.grossNotional, 300 * 1_000_000, 301 * 1_000_000))
    #expect(world.signal(.sell, 100, instrument: 1) != nil)
    // What does not raise the worst end passes at the limit: the worse end of each instrument counts, not both.
    #expect(world.signal(.sell, 200) != nil)
    #expect(world.signal(.sell, 1) == nil)
    #expect(world.disagreement() == nil)
    // And it follows the price.
    world.quote(bid: 1_099_000, 500, ask: 1_101_000, 500)
    #expect(world.core.grossNotional.raw == 200 * 1_100_000 + 100 * 1_000_000)
    #expect(world.disagreement() == nil)
}

@Test func openOrderCountIsInclusive() {
    let world = World { $0.limits.openOrderCountMax = 3 }
    for _ in 0..<3 { #expect(world.signal(.buy, 1) != nil) }
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.openOrderCount, 3, 4))
    world.execute(1, 1, at: 1_001_000, match: 1)
    #expect(world.signal(.buy, 1) != nil)
}

@Test func collarIsInclusive() {
    let world = World { $0.limits.collarPpm = 50_000 }  // 95.00 … 105.00
    #expect(world.signal(.buy, 1, limit: 1_050_000) != nil)
    #expect(world.signal(.buy, 1, limit: 1_050_100) == nil)
    #expect(world.refusal! == (.priceCollar, 1_050_000, 1_050_100))
    #expect(world.signal(.sell, 1, limit: 950_000) != nil)
    #expect(world.signal(.sell, 1, limit: 949_900) == nil)
    #expect(world.refusal! == (.priceCollar, 950_000, 949_900))
    #expect(world.signal(.buy, 1, limit: .max) == nil)
    #expect(world.signal(.buy, 1, limit: -100) == nil)
    #expect(world.refusal?.rule == .priceCollar)
}

@Test func marketOrderIsALimitAtTheCollarRoundedInward() {
    let world = World { $0.limits.collarPpm = 3_300 }  // 100.00 ± 0.33
    world.quote(bid: 1_000_100, 5, ask: 1_000_900, 5)  // 100.05: ± 0.330165
    #expect(world.signal(.buy, 1, orderType: .market)?.price == 1_003_800)
    #expect(world.signal(.sell, 1, orderType: .market)?.price == 997_200)
    #expect(world.sent.last?.order_type == OrderType.limit.rawValue)
}

@Test func priceIsOnTheTick() {
    let world = World()
    #expect(world.signal(.buy, 1, limit: 1_000_050) == nil)
    #expect(world.refusal! == (.offTick, 100, 1_000_050))
    #expect(world.signal(.buy, 1, limit: 1_000_100) != nil)
}

@Test func quantityIsInLots() {
    let world = World {
        $0.instruments[0].lot = 10
        $0.sizingQuantity = Quantity(raw: 57)
    }
    #expect(world.signal(.buy, 15) == nil)
    #expect(world.refusal! == (.offLot, 10, 15))
    #expect(world.signal(.buy, 20) != nil)
    // The sizing stage rounds down what it sizes itself.
    #expect(world.signal(.buy)?.quantity == 50)
}

@Test func sizedToZeroIsNoOrderAndSaysWhy() {
    let world = World {
        $0.instruments[0].lot = 10
        $0.sizingQuantity = Quantity(raw: 9)
    }
    #expect(world.signal(.buy) == nil)
    #expect(world.refusal?.rule == .sizedToZero)
    #expect(world.kinds == [.signal, .signalDiscarded])
}

@Test func restrictedSymbolTakesNoOrder() {
    let world = World { $0.instruments[0].isRestricted = true }
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .restrictedSymbol)
    let verdict = world.core.judge(
        0, 0, .buy, quantity: 1, price: 1_000_000, flags: OrderFlags(rawValue: 0), reducing: false,
        isHeld: false)
    #expect(verdict.rule == .restrictedSymbol)
}

@Test func reduceOnlyNeverFlipsThePosition() {
    let world = World()
    #expect(world.signal(.sell, 1, flags: .reduceOnly) == nil)
    #expect(world.refusal! == (.reduceOnly, 0, 1))
    let ref = world.working(.buy, 100, limit: 1_001_000)
    world.execute(ref, 100, at: 1_001_000, match: 1)
    #expect(world.signal(.sell, 60, flags: .reduceOnly) != nil)
    #expect(world.signal(.sell, 41, flags: .reduceOnly) == nil)
    #expect(world.refusal! == (.reduceOnly, 40, 41))
    #expect(world.signal(.sell, 40, flags: .reduceOnly) != nil)
    #expect(world.signal(.buy, 1, flags: .reduceOnly) == nil)
}

@Test func flatClosesWhatNothingClosesYet() {
    let world = World()
    #expect(world.signal(.flat) == nil)
    #expect(world.refusal?.rule == .sizedToZero)
    let ref = world.working(.sell, 100, limit: 999_000)
    world.execute(ref, 100, at: 999_000, match: 1)
    world.signal(.buy, 30)
    let close = world.signal(.flat)
    #expect(close?.quantity == 70)
    #expect(close?.side == Side.buy.rawValue)
    #expect(close?.flags == OrderFlags.reduceOnly.rawValue)
    #expect(world.signal(.flat) == nil)
    #expect(world.refusal?.rule == .sizedToZero)
    #expect(world.disagreement() == nil)
}

@Test func holdIsRecordedAndDoesNothing() {
    let world = World()
    world.signal(.hold)
    #expect(world.kinds == [.signal])
    #expect(world.last[0].detail == UInt32(SignalAction.hold.rawValue))
    #expect(world.last[0].execution_id == (0.5).bitPattern)
    #expect(world.last[0].price == 1_000_000)
}

@Test func missingPriceRefuses() {
    let world = World()
    #expect(world.signal(.buy, 1, instrument: 1) == nil)
    #expect(world.refusal?.rule == .noQuote)
    // A last trade is a reference, but there is nobody to buy from …
    world.trade(1, price: 500_000)
    #expect(world.signal(.buy, 1, instrument: 1) == nil)
    #expect(world.refusal?.rule == .noQuote)
    // … unless the strategy names its price.
    #expect(world.signal(.buy, 1, limit: 500_000, instrument: 1) != nil)
}

@Test func unknownInstrumentRefuses() {
    let world = World()
    #expect(world.signal(.buy, 1, instrument: 3) == nil)  // room, but never defined
    #expect(world.refusal?.rule == .unknownInstrument)
    #expect(world.signal(.buy, 1, instrument: .max) == nil)
    #expect(world.refusal?.rule == .unknownInstrument)
}

@Test func feedDefinesAnInstrument() {
    let world = World()
    var event = MarketEvent()
    event.kind = MarketEventKind.instrument.rawValue
    event.instrument = 3
    event.symbol = Symbol("DDD")!.raw
    event.quantity = 100
    world.packet([event])
    world.quote(3, bid: 999_000, 500, ask: 1_001_000, 500)
    #expect(world.signal(.buy, 1, instrument: 3)?.symbol == Symbol("DDD")!.raw)
    #expect(world.core.instrument(InstrumentID(index: 3)).roundLot == 100)
}

@Test func nothingTradesOnAStaleBook() {
    let world = World()
    world.step(Input(kind: .feedGap))
    #expect(world.kinds == [.bookState, .alert])
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .staleBook)
    world.step(Input(kind: .feedWhole))
    #expect(world.signal(.buy, 1) != nil)
    world.quote(bid: 1_001_000, 5, ask: 1_001_000, 5)
    world.status(0, "T")
    world.quote(bid: 1_002_000, 5, ask: 1_001_000, 5)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.staleBook, 0, 3))
}

@Test func nothingTradesInAHalt() {
    let world = World()
    for code in "HPQ" {
        world.status(0, code)
        #expect(world.signal(.buy, 1) == nil)
        #expect(world.refusal?.rule == .notTrading)
    }
    world.status(0, "T")
    #expect(world.signal(.buy, 1) != nil)
    // A venue's own halt stands beside the trading status: the end of one is not the end of the other.
    world.status(0, "O")
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .notTrading)
    world.status(0, "T")
    #expect(world.signal(.buy, 1) == nil)
    world.status(0, "N")
    #expect(world.signal(.buy, 1) != nil)
    world.status(0, "O")
    world.status(0, "H")
    world.status(0, "N")
    #expect(world.signal(.buy, 1) == nil)
    world.status(0, "T")
    #expect(world.signal(.buy, 1) != nil)
    let strict = World { $0.requiresTradingStatus = true }
    #expect(strict.signal(.buy, 1) == nil)
    #expect(strict.refusal?.rule == .notTrading)
}

@Test func journalPressureStopsNewExposureOnly() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 1_001_000)
    world.execute(ref, 100, at: 1_001_000, match: 1)
    var input = Input(kind: .journalPressure)
    input.flags = 1
    world.step(input)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .journalPressure)
    #expect(world.signal(.sell, 100) != nil)
    input.flags = 0
    world.step(input)
    #expect(world.signal(.buy, 1) != nil)
}

@Test func poolKeepsRoomForReducingOrders() {
    let world = World {
        $0.orderCountMax = 8
        $0.orderCountReserved = 2
    }
    let ref = world.working(.buy, 100, limit: 1_001_000)
    world.execute(ref, 100, at: 1_001_000, match: 1)
    for _ in 0..<5 { #expect(world.signal(.buy, 1) != nil) }
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.orderPoolFull, 8, 6))
    #expect(world.signal(.sell, 50) != nil)
    #expect(world.signal(.flat) != nil)
    #expect(world.signal(.sell, 1) == nil)
    #expect(world.refusal! == (.orderPoolFull, 8, 8))
    #expect(world.disagreement() == nil)
}

@Test func residuesAreBoundedBeforeTheyAreMade() {
    let world = World {
        $0.residueCountMax = 3
        $0.evidenceHorizonNs = 10
    }
    for _ in 0..<3 {
        let ref = world.signal(.buy, 1)!.user_ref
        world.report(.orderRejected, ref)
        world.advance(2_000_000)
    }
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.residueFull, 3, 3))
}

@Test func nearlyFullExecutionSetStopsNewExposure() {
    let world = World {
        $0.executionCountMax = 32
        $0.limits.orderQuantityMax = Quantity(raw: 1_000)
    }
    let ref = world.working(.buy, 100, limit: 1_001_000)
    for match in 1...29 { world.execute(ref, 1, at: 1_001_000, match: UInt64(match)) }
    #expect(world.signal(.buy, 1) != nil)
    world.execute(ref, 1, at: 1_001_000, match: 30)
    #expect(world.alerts == [.executionSetNearFull])
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal?.rule == .executionSetNearFull)
    #expect(world.signal(.sell, 10) != nil)
    // Beyond the bound a fill is booked all the same.
    for match in 31...40 { world.execute(ref, 1, at: 1_001_000, match: UInt64(match)) }
    #expect(world.position().quantity.raw == 40)
    #expect(world.disagreement() == nil)
}

/// Goal: a position that is larger than one order may be is closed in several, not refused for ever.
@Test func aLargePositionIsClosedInOrdersThatTheLimitsAllow() {
    let world = World { $0.limits.orderQuantityMax = Quantity(raw: 150) }
    for match in 1...2 {
        let ref = world.working(.buy, 150, limit: 1_001_000)
        world.execute(ref, 150, at: 1_001_000, match: UInt64(match))
    }
    #expect(world.signal(.flat)?.quantity == 150)
    #expect(world.signal(.flat)?.quantity == 150)
    #expect(world.signal(.flat) == nil)  // both halves are working
    #expect(world.disagreement() == nil)
    let narrow = World { $0.limits.orderNotionalMax = Money(raw: 1_001_000 * 100) }
    let ref = narrow.working(.buy, 100, limit: 1_001_000)
    narrow.execute(ref, 100, at: 1_001_000, match: 3)
    let other = narrow.working(.buy, 50, limit: 1_001_000)
    narrow.execute(other, 50, at: 1_001_000, match: 4)
    #expect(narrow.signal(.flat)?.quantity == 100)  // sold at 99.90: 100 shares fit, 101 would not at 100.10
}
