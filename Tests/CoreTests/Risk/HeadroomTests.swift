import Model
import Testing

@testable import Core

// That the short way never passes what a limit refuses is checked at every order of every test: see `surelyPasses`.

private func wide(_ configuration: inout CoreConfiguration) {
    configuration.limits.grossNotionalMax = Money(raw: 300_000_0000)
    configuration.limits.openNotionalMax = Money(raw: 400_000_0000)
    configuration.limits.orderCapitalPpm = 200_000
    configuration.limits.positionEquityPpm = 900_000
    configuration.limits.marginPpm = 250_000
    configuration.ledger.currencies[0].startCash = Money(raw: 500_000_0000)
    configuration.strategyLimits = [StrategyLimits(), StrategyLimits()]
    configuration.strategyLimits[1].openNotionalMax = Money(raw: 50_000_0000)
}

extension TradingCore {
    fileprivate mutating func asks(_ side: Side, _ quantity: Int64, _ price: Int64, _ strategy: UInt16)
        -> Bool
    {
        // What a signal's order is asked first.
        account.setReference(&risks[0], 0, Self.reference(&markets[0]))
        return surelyPasses(0, strategy, side, quantity: quantity, price: price)
    }
}

extension World {
    fileprivate func surelyPasses(_ side: Side, _ quantity: Int64, _ price: Int64, _ strategy: UInt16 = 0)
        -> Bool
    {
        core.asks(side, quantity, price, strategy)
    }
}

/// Goal: what limits leave is ready before an order asks, and the order of every day needs nothing else: otherwise all
/// orders would go the long way, and nobody would see it.
@Test func whatLimitsLeaveIsReadyBeforeAnOrderAsks() {
    let world = World(wide)
    for round in 0..<20 {
        #expect(!world.core.account.headroom.isStale)
        let side: SignalAction = round & 1 == 0 ? .buy : .sell
        #expect(world.surelyPasses(side == .buy ? .buy : .sell, 10, 1_000_000, UInt16(round & 1)))
        #expect(!world.core.account.headroom.isStale, "asking changes nothing")
        let ref = world.signal(side, 10, limit: 1_000_000, strategy: round & 1)!.user_ref
        world.accept(ref)
        #expect(!world.core.account.headroom.isStale)
        if round % 3 == 0 { world.execute(ref, 10, at: 1_000_000, match: UInt64(round + 1)) }
    }
    #expect(world.disagreement() == nil)
}

/// Goal: each side's number is that of the nearest limit: an order up to it surely passes, one beyond does not, and the
/// limits have the last word on what lies between.
@Test func anOrderIsHeldAgainstTheNearestLimit() {
    // 100.00 a share at a reference of 100.00, 1,000 shares an order at most: 100,000.00.
    let world = World {
        wide(&$0)
        $0.limits.orderNotionalMax = Money(raw: 1_000_000_0000)
        $0.limits.orderCapitalPpm = 0
    }
    #expect(world.core.account.headroom.buy == 300_000_0000)
    for _ in 0..<2 { _ = world.working(.buy, 1_000, limit: 1_000_000) }
    #expect(
        world.core.account.headroom.buy == 100_000_0000 && world.core.account.headroom.sell == 100_000_0000)
    #expect(world.surelyPasses(.buy, 1_000, 1_000_000))
    _ = world.working(.buy, 500, limit: 1_000_000)
    #expect(world.surelyPasses(.buy, 500, 1_000_000) && !world.surelyPasses(.buy, 501, 1_000_000))
    #expect(world.signal(.buy, 501, limit: 1_000_000) == nil)
    #expect(world.refusal! == (.grossNotional, 300_000_0000, 300_100_0000))
    // It sells what the others may buy: the worst end does not grow, and the limits know.
    #expect(!world.surelyPasses(.sell, 501, 1_000_000) && world.signal(.sell, 501, limit: 1_000_000) != nil)
    // A strategy's own.
    #expect(world.core.account.strategies[1].headroom == 50_000_0000)
    #expect(world.disagreement() == nil)
}

/// Goal: prices that move what the account has take off what is left at once, and what they have taken is given back when
/// it is drawn anew.
@Test func pricesTakeOffWhatIsLeft() {
    let world = World(wide)
    world.execute(world.working(.buy, 100, limit: 1_001_000), 100, at: 1_001_000, match: 1)
    let before = world.core.account.headroom.buy
    world.quote(bid: 1_000_000, 500, ask: 1_002_000, 500)
    // The middle has risen by 0.10, for 100 shares.
    #expect(world.core.account.headroom.moved == 10_0000 && world.core.account.headroom.buy == before)
    world.quote(bid: 999_000, 500, ask: 1_001_000, 500)
    #expect(world.core.account.headroom.moved == 20_0000)
    // An eighth of it and more.
    for step in 1...60 {
        let bid = 999_000 + Int64(step & 1) * 49_000
        world.quote(bid: bid, 500, ask: bid + 2_000, 500)
        #expect(world.core.account.headroom.moved <= world.core.account.headroom.buy / 8)
    }
    #expect(world.disagreement() == nil)
}

/// Goal: where the equity has fallen below what was taken for granted, nothing passes by it.
@Test func whatWasTakenForGrantedOfTheEquityIsLookedAt() {
    let world = World(wide)
    #expect(world.surelyPasses(.buy, 10, 1_000_000))
    let floor = world.core.account.headroom.equityFloor
    // Counted in 2⁵⁰ of its unit, which are 1.126 of the money's, and a 128th less.
    #expect(floor > 440_000_0000 && floor < 441_000_0000)
    world.core.account.headroom.equityFloor = world.core.ledger.equityShortly + 1
    #expect(!world.surelyPasses(.buy, 10, 1_000_000))
    #expect(world.signal(.buy, 10, limit: 1_000_000) != nil, "the limits have the last word")
    #expect(world.core.account.headroom.equityFloor == floor, "and it is drawn anew")
}
