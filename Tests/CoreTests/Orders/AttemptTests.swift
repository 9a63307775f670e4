import Model
import Testing

@testable import Core

// Goal: an order that the venue is proven not to have is made again where the reason passes, at the right moments, as
// the order that it was; and never where it was to be cancelled. Method: scripted refusals; every sum is recomputed.

private let second: UInt64 = 1_000_000_000

private func refuse(_ world: World, _ order: OrderHandle, _ refusal: RefusalClass) {
    world.report(.orderRejected, world.ref(order), quantity: Int64(refusal.rawValue), id: 0x20)
}

@Test func attemptsComeAfterOneTwoAndFourSecondsWithJitter() throws {
    let world = World { $0.retryCountMax = 3 }
    let twin = World { $0.retryCountMax = 3 }
    var dues: [[UInt64]] = []
    for world in [world, twin] {
        var order = try #require(world.make(.buy, 100, limit: 990_000))
        var times: [UInt64] = []
        for attempt in 0..<3 {
            refuse(world, order, .retry)
            let id = world.record(order).id
            let next = try #require(world.open.last)
            #expect(world.status(next) == .held)
            #expect(world.risk().openBuy == 100)
            let link = try #require(world.last.first { $0.factKind == .orderLinked })
            #expect(link.detail == OrderLink.retryOf.rawValue)
            #expect(UInt64(bitPattern: link.price) == id.high && UInt64(bitPattern: link.quantity) == id.low)
            let delay = world.detail(next).wakeAtNs - world.nowNs
            let nominal = second << UInt64(attempt)
            #expect(delay >= nominal - nominal / 8 && delay <= nominal + nominal / 8)
            times.append(delay)
            world.advance(delay - 1)
            #expect(world.status(next) == .held)
            world.advance(1)
            #expect(world.status(next) == .submitted)
            #expect(world.sent.last?.price == 990_000)
            order = next
        }
        refuse(world, order, .retry)
        #expect(world.core.openOrderCount == 0)
        #expect(world.core.counters.ordersRetried == 3)
        #expect(world.disagreement() == nil)
        dues.append(times)
    }
    #expect(dues[0] == dues[1])
}

@Test(arguments: [RefusalClass.unknown, .never])
func refusedForGoodIsNotMadeAgain(_ refusal: RefusalClass) {
    let world = World { $0.retryCountMax = 3 }
    let order = world.make(.buy, 100, limit: 990_000)!
    refuse(world, order, refusal)
    #expect(world.core.openOrderCount == 0)
    #expect(world.core.counters.ordersRetried == 0)
}

@Test func whatWasToBeCancelledIsNeverMadeAgain() {
    for way in 0..<3 {
        let world = World { $0.retryCountMax = 3 }
        if way == 0 { world.submitsAtOnce = false }
        let order = world.make(.buy, 100, limit: 990_000)!
        world.cancel(order)
        switch way {
        case 0: world.answerAll(.sendFailed)
        case 1: refuse(world, order, .retry)
        default:
            world.down()
            world.up(firstUnseen: world.ref(order))
        }
        #expect(world.core.openOrderCount == 0, "\(way)")
        #expect(world.core.counters.ordersRetried == 0, "\(way)")
        #expect(world.disagreement() == nil)
    }
}

@Test func lostWithItsConnectionComesBackOnce() throws {
    let world = World { $0.retryCountMax = 3 }
    let order = try #require(world.make(.buy, 100, limit: 990_000))
    world.down()
    world.up(firstUnseen: world.ref(order))
    #expect(world.status(order) == .rejected)
    let next = try #require(world.open.first)
    world.advance(2 * second)
    #expect(world.status(next) == .submitted)
    #expect(world.sent.count == 2)
    #expect(world.disagreement() == nil)
}

@Test func attemptWhileTheSessionIsDownWaitsOrEnds() throws {
    let world = World {
        $0.retryCountMax = 3
        $0.evidenceHorizonNs = 100 * second
    }
    let order = try #require(world.make(.buy, 100, limit: 990_000))
    refuse(world, order, .retry)
    world.down()
    let next = try #require(world.open.first)
    world.advance(20 * second)
    #expect(world.status(next) == .cancelled)
    #expect(world.core.openOrderCount == 0)
}

@Test func datedOrderKeepsItsDateThroughAnAttempt() throws {
    let world = World { $0.retryCountMax = 3 }
    let order = try #require(
        world.make(.buy, 100, limit: 990_000, .limit, .goodTillDate, lifetimeNs: 10 * second))
    refuse(world, order, .retry)
    world.advance(2 * second)
    let next = try #require(world.open.first)
    #expect(world.status(next) == .submitted)
    #expect(world.sent.last?.reserved ?? 0 >= 8)
    world.accept(world.ref(next))
    world.advance(8 * second)
    #expect(world.status(next) == .pendingCancel)
}

@Test func attemptOfATriggeredStopIsAtTheMarket() throws {
    let world = World { $0.retryCountMax = 3 }
    let stop = try #require(world.make(.buy, 100, .stop, stop: 1_005_000))
    world.trade(price: 1_005_000)
    refuse(world, stop, .retry)
    let next = try #require(world.open.first)
    #expect(world.record(next).orderType == .market)
    world.quote(bid: 1_019_000, 5, ask: 1_021_000, 5)
    world.advance(2 * second)
    #expect(world.sent.last?.price == 1_071_000)
    #expect(world.disagreement() == nil)
}

@Test func attemptOfABracketsProfitStaysTiedToTheStop() throws {
    let world = World { $0.retryCountMax = 3 }
    let entry = world.makeWorking(.buy, 100, limit: 1_000_000, takeProfit: 1_010_000, stopLoss: 990_000)
    world.execute(world.ref(entry), 100, at: 1_000_000, match: 1)
    let profit = world.core.pool.handle(Int(world.detail(entry).profitChild.index))
    let loss = world.detail(entry).lossChild
    refuse(world, profit, .retry)
    #expect(world.risk().openSell == 100)
    #expect(world.disagreement() == nil)
    let next = world.detail(entry).profitChild
    #expect(next != profit)
    world.advance(2 * second)
    #expect(world.status(next) == .submitted)
    #expect(world.status(loss) == .held)
    #expect(world.risk().openSell == 100)
    world.accept(world.ref(next))
    world.execute(world.ref(next), 100, at: 1_010_000, match: 2)
    #expect(world.status(loss) == .cancelled)
    #expect(world.position().quantity.raw == 0)
    #expect(world.disagreement() == nil)
}
