import Model
import Testing

@testable import Core

// Goal: orders that wait for a price, a moment or another order go once, when it has come, after risk has spoken again,
// and count at their worst meanwhile. Method: one story a test; every running sum is recomputed.

private let day: UInt64 = 24 * 3_600 * 1_000_000_000
private let second: UInt64 = 1_000_000_000

@Test func stopGoesOnceAtTheMarketWhenItsPriceTrades() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    #expect(world.status(stop) == .held)
    #expect(world.kinds.suffix(2) == [.orderCreated, .orderHeld])
    #expect(world.sent.isEmpty)
    #expect(world.risk().openBuy == 100)
    #expect(world.core.openOrderCount == 1)
    world.trade(price: 1_004_900)
    #expect(world.status(stop) == .held)
    world.trade(price: 1_005_000)
    #expect(world.kinds.prefix(2) == [.orderTriggered, .orderPending])
    #expect(world.status(stop) == .submitted)
    // A limit at the collar: 5% above the middle of the quote.
    #expect(world.sent.map(\.price) == [1_050_000])
    world.trade(price: 1_006_000)
    world.trade(price: 1_007_000)
    #expect(world.sent.count == 1)
    world.accept(world.ref(stop))
    world.execute(world.ref(stop), 100, at: 1_006_000, match: 1)
    #expect(world.status(stop) == .filled)
    #expect(world.disagreement() == nil)
}

@Test func stopLimitGoesAtItsLimit() throws {
    let world = World()
    let stop = try #require(world.make(.sell, 100, limit: 990_000, .stopLimit, stop: 995_000))
    #expect(world.risk().openSell == 100)
    world.trade(price: 995_100)
    #expect(world.status(stop) == .held)
    world.trade(price: 994_000)
    #expect(world.sent.map(\.price) == [990_000])
    #expect(world.disagreement() == nil)
}

@Test func trailingStopFollowsInOneDirectionOnly() throws {
    let world = World()
    world.trade(price: 1_000_000)
    let sell = try #require(world.make(.sell, 100, .trailingStop, trail: 5_000))
    #expect(world.detail(sell).stop == 995_000)
    world.trade(price: 1_003_000)
    #expect(world.detail(sell).stop == 998_000)
    world.trade(price: 999_000)
    #expect(world.detail(sell).stop == 998_000)
    #expect(world.status(sell) == .held)
    world.trade(price: 998_000)
    #expect(world.status(sell) == .submitted)
    #expect(world.sent.map(\.price) == [950_000])

    world.trade(price: 1_000_000)
    let buy = try #require(world.make(.buy, 100, .trailingStop, stop: 1_008_000, trail: 5_000))
    world.trade(price: 997_000)
    #expect(world.detail(buy).stop == 1_002_000)
    world.trade(price: 1_001_900)
    #expect(world.status(buy) == .held)
    world.trade(price: 1_002_000)
    #expect(world.status(buy) == .submitted)
    #expect(world.disagreement() == nil)
}

@Test func trailingStopBeginsOnATickAfterATradeBetweenTwo() throws {
    let world = World()
    world.trade(price: 1_000_050)
    let sell = try #require(world.make(.sell, 100, .trailingStop, trail: 5_000))
    #expect(world.detail(sell).stop == 995_000)
    let buy = try #require(world.make(.buy, 100, .trailingStop, trail: 5_000))
    #expect(world.detail(buy).stop == 1_005_100)
}

@Test func termsThatMakeNoOrderAreRefused() {
    let world = World()
    world.trade(price: 1_000_000)
    let post = OrderFlags.postOnly
    for attempt in 0..<11 {
        switch attempt {
        case 0: world.make(.buy, 1, .stop)
        case 1: world.make(.buy, 1, .stopLimit, stop: 1_005_000)
        case 2: world.make(.buy, 1, .trailingStop)
        case 3: world.make(.buy, 1, limit: 990_000, .limit, .goodTillDate)
        case 4: world.make(.buy, 1, limit: 990_000, .limit, stop: 1_005_000)
        case 5: world.make(.buy, 1, .market, flags: post, takeProfit: 1_010_000)
        case 6: world.make(.buy, 1, limit: 990_000, .limit, .immediateOrCancel, flags: post)
        case 7: world.make(.buy, 1, .stop, flags: post, stop: 1_005_000)
        case 8: world.make(.buy, 1, .trailingStop, trail: .max)
        case 9: world.make(.buy, 1, limit: 990_000, takeProfit: -1)
        default: world.make(.sell, 1, .trailingStop, trail: 1_000_000)
        }
        #expect(world.refusal?.rule == .badTerms, "\(attempt)")
    }
    #expect(world.sent.isEmpty)
    #expect(world.core.openOrderCount == 0)
}

@Test func postOnlyWithImmediateIsRefusedOnTheShortWayToo() {
    let world = World()
    world.speak {
        $0.signal(
            Signal(
                instrument: InstrumentID(index: 0), action: .buy, limit: Price(raw: 990_000),
                quantity: Quantity(raw: 1), timeInForce: .immediateOrCancel, flags: .postOnly))
    }
    #expect(world.refusal?.rule == .badTerms)
    #expect(world.sent.isEmpty)
}

@Test func stopTriggeredWhileTheSessionIsDownGoesWhenItIsUp() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.down()
    world.trade(price: 1_006_000)
    #expect(world.status(stop) == .held)
    // Once: it is not triggered anew.
    world.trade(price: 1_007_000)
    #expect(!world.kinds.contains(.orderTriggered))
    world.up(firstUnseen: 1)
    #expect(world.status(stop) == .submitted)
    #expect(world.sent.count == 1)
    #expect(world.disagreement() == nil)
}

@Test func stopTriggeredWithoutCreditGoesWhenOneIsBack() throws {
    let world = World { $0.creditCountMax = 8 }
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.submitsAtOnce = false
    for _ in 0..<6 { #expect(world.signal(.buy, 1, limit: 990_000) != nil) }
    world.trade(price: 1_006_000)
    #expect(world.status(stop) == .held)
    world.answerAll()
    #expect(world.status(stop) != .held)
    #expect(world.sent.count == 7)
    #expect(world.disagreement() == nil)
}

@Test func stopTriggeredWithoutRateGoesByItself() throws {
    let world = World {
        $0.messagesPerSecond = 1
        $0.messageBurst = 4
    }
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    for _ in 0..<3 { #expect(world.signal(.buy, 1, limit: 990_000) != nil) }
    #expect(world.signal(.buy, 1, limit: 990_000) == nil)
    #expect(world.refusal?.rule == .rateLimit)
    world.trade(price: 1_006_000)
    #expect(world.status(stop) == .held)
    world.advance(999_000_000)
    #expect(world.status(stop) == .held)
    world.advance(101_000_000)
    #expect(world.status(stop) == .submitted)
    #expect(world.nextDeadlineNs == .max)
}

@Test func stopIsRefusedByRiskWhenItIsTriggered() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.core.setState(.account, 0, .disputedAccount, .reduceOnly)
    world.trade(price: 1_006_000)
    #expect(world.status(stop) == .rejected)
    #expect(world.refusal?.rule == .reduceOnly)
    #expect(world.sent.isEmpty)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func heldOrderIsCancelledAndReplacedWithoutTheVenue() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.replace(stop, limit: 1_010_000, quantity: 150)
    #expect(world.detail(stop).stop == 1_010_000)
    #expect(world.risk().openBuy == 150)
    world.trade(price: 1_006_000)
    #expect(world.status(stop) == .held)
    #expect(world.disagreement() == nil)
    world.cancel(stop)
    #expect(world.status(stop) == .cancelled)
    #expect(world.sent.isEmpty)
    world.trade(price: 1_011_000)
    #expect(world.sent.isEmpty)
    #expect(world.risk().openBuy == 0)
    #expect(world.disagreement() == nil)
}

@Test func stopTradingWithdrawsWhatIsHeld() throws {
    let world = World()
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.stopTrading()
    #expect(world.status(stop) == .cancelled)
    #expect(world.core.openOrderCount == 0)
}

@Test func postOnlyIsRefusedWhereItWouldTradeAndAfterItsTrigger() throws {
    let world = World()
    #expect(world.signal(.buy, 10, limit: 1_001_000, flags: .postOnly) == nil)
    #expect(world.refusal?.rule == .wouldTrade)
    #expect(world.signal(.buy, 10, limit: 1_000_900, flags: .postOnly) != nil)
    #expect(world.signal(.sell, 10, limit: 999_000, flags: .postOnly) == nil)
    let stop = try #require(
        world.make(.buy, 10, limit: 1_004_000, .stopLimit, flags: .postOnly, stop: 1_005_000))
    world.trade(price: 1_005_000)
    #expect(world.status(stop) == .rejected)
    #expect(world.refusal?.rule == .wouldTrade)
    #expect(world.disagreement() == nil)
}

@Test func marketOrderIsALimitAtTheCollar() {
    let world = World()
    #expect(world.signal(.buy, 10, orderType: .market)?.price == 1_050_000)
    #expect(world.signal(.sell, 10, orderType: .market)?.price == 950_000)
}

// MARK: Moments

@Test func goodTillDateWakesOnceHeldAndWorking() throws {
    let world = World()
    let held = try #require(
        world.make(.buy, 100, .stop, .goodTillDate, stop: 1_005_000, lifetimeNs: 2 * second))
    let working = world.makeWorking(.buy, 50, limit: 990_000, .goodTillDate, lifetimeNs: 3 * second)
    #expect(world.sent.last?.reserved == 3)
    world.advance(2 * second)
    #expect(world.status(held) == .expired)
    #expect(world.all.filter { $0.factKind == .orderTimedOut }.count == 1)
    world.advance(second)
    #expect(world.status(working) == .pendingCancel)
    #expect(world.all.filter { $0.factKind == .orderTimedOut }.count == 2)
    #expect(world.commandKinds.filter { $0 == .cancel }.count == 1)
    world.report(.orderExpired, world.ref(working), quantity: 50)
    #expect(world.status(working) == .expired)
    world.advance(10 * second)
    #expect(world.all.filter { $0.factKind == .orderTimedOut }.count == 2)
    #expect(world.nextDeadlineNs == .max)
    #expect(world.disagreement() == nil)
}

@Test func aLifetimeBeyondAllTimeNeverComes() {
    let world = World()
    let order = world.makeWorking(.buy, 50, limit: 990_000, .goodTillDate, lifetimeNs: .max)
    world.advance(1_000 * day)
    #expect(world.status(order) == .accepted)
}

@Test func momentsOfOrdersThatHaveEndedTakeNoRoom() {
    let world = World { $0.evidenceHorizonNs = 1_000 }
    for _ in 0..<300 {
        let order = world.make(.buy, 1, limit: 990_000, .limit, .goodTillDate, lifetimeNs: day)
        guard let order else {
            Issue.record("\(String(describing: world.refusal))")
            return
        }
        world.accept(world.ref(order))
        world.cancelled(world.ref(order), 1)
        world.advance(2_000)
    }
    let last = world.makeWorking(.buy, 1, limit: 990_000, .goodTillDate, lifetimeNs: second)
    world.advance(second)
    #expect(world.status(last) == .pendingCancel)
}

@Test func ordersTimeOutAfterThirtySecondsAndTheGoodTillCancelledDoNot() {
    let world = World { $0.orderTimeoutNs = 30 * second }
    let gtc = world.makeWorking(.buy, 10, limit: 990_000, .goodTillCancelled)
    let order = world.makeWorking(.buy, 10, limit: 990_000)
    world.advance(30 * second - 1)
    #expect(world.status(order) == .accepted)
    world.advance(1)
    #expect(world.status(order) == .pendingCancel)
    #expect(world.all.contains { $0.factKind == .orderTimedOut && $0.execution_id == 30 * second })
    world.cancelled(world.ref(order), 10)
    world.advance(100 * second)
    #expect(world.status(gtc) == .accepted)
    let all = World {
        $0.orderTimeoutNs = 30 * second
        $0.timesOutGoodTillCancelled = true
    }
    let other = all.makeWorking(.buy, 10, limit: 990_000, .goodTillCancelled)
    all.advance(30 * second)
    #expect(all.status(other) == .pendingCancel)
}

@Test func timedOutWhileTheSessionIsDownIsCancelledWhenItIsUp() {
    let world = World { $0.orderTimeoutNs = 30 * second }
    let order = world.makeWorking(.buy, 10, limit: 990_000)
    world.down()
    world.advance(30 * second)
    #expect(world.status(order) == .accepted)
    world.up(firstUnseen: 5)
    #expect(world.status(order) == .pendingCancel)
}

@Test func unansweredIsInDoubtAskedForAndEscalated() {
    let world = World {
        $0.answerTimeoutNs = 5 * second
        $0.doubtAlertNs = 30 * second
        $0.hasBackOffice = true
        $0.reconciliationNs = 0
    }
    world.answer(orders: [])
    let order = world.make(.buy, 10, limit: 990_000)!
    world.advance(5 * second)
    #expect(world.status(order) == .inDoubt)
    #expect(world.sent.last?.commandKind == .query)
    let questions = world.commandKinds.filter { $0 == .query }.count
    world.advance(30 * second)
    #expect(world.alerts == [.doubtUnresolved])
    // One at a time; the next once this one was answered.
    #expect(world.commandKinds.filter { $0 == .query }.count == questions)
    world.advance(30 * second)
    #expect(
        world.all.filter { $0.factKind == .alert && $0.detail == AlertCode.doubtUnresolved.rawValue }.count
            == 1)
    #expect(world.risk().openBuy == 10)
    world.answer(orders: [(world.ref(order), 10)])
    #expect(world.status(order) == .accepted)
    #expect(world.core.inDoubtCount == 0)
    #expect(world.disagreement() == nil)
}

@Test func unansweredReplacementIsInDoubtUntilItIsAnswered() {
    let world = World { $0.answerTimeoutNs = 5 * second }
    let order = world.makeWorking(.buy, 10, limit: 990_000)
    world.replace(order, quantity: 20)
    let version = world.detail(order).versions[0].userRef
    world.advance(5 * second)
    #expect(world.status(order) == .inDoubt)
    #expect(world.risk().openBuy == 20)
    world.report(.orderReplaced, version, quantity: 20, price: 990_000, id: UInt64(world.ref(order)))
    #expect(world.status(order) == .accepted)
    #expect(world.disagreement() == nil)
}
