import Foundation
import Model
import Testing

@testable import Runtime

// Goal: of what a run's journal tells, exactly what had not ended is taken over, on the terms that it had at the end.
// Method: facts by hand, as the core records them.

/// The facts of a run, in two instruments and for one strategy.
private struct Story {
    var run: EarlierRun
    private var number: UInt64 = 0

    init(before: [EarlierOrder] = []) {
        run = EarlierRun(before: before)
        run.take(text: "{\"strategies\":[\"rester\"]}")
        run.take(text: "{\"instrument\":0,\"symbol\":\"AAA\"}")
        run.take(text: "{\"instrument\":1,\"symbol\":\"BBB\"}")
        var start = Input(kind: .start)
        start.execution_id = 1_000_000
        run.take(start)
    }

    static func terms(
        _ type: OrderType = .limit, _ timeInForce: TimeInForce = .day,
        _ flags: OrderFlags = OrderFlags(rawValue: 0)
    ) -> UInt32 {
        UInt32(type.rawValue) | UInt32(timeInForce.rawValue) << 8 | UInt32(flags.rawValue) << 16
    }

    mutating func make(_ quantity: Int64 = 100, _ terms: UInt32 = terms()) -> OrderID {
        number += 1
        let id = OrderID(high: 5, low: number)
        tell(.orderCreated, id) {
            $0.quantity = quantity
            $0.price = 1_000_000
            $0.detail = terms
            $0.strategy = 0
        }
        return id
    }

    mutating func hold(_ id: OrderID, stop: Int64 = 0, trail: Int64 = 0, wakesAtNs: UInt64 = 0) {
        tell(.orderHeld, id) {
            $0.price = stop
            $0.quantity = trail
            $0.execution_id = wakesAtNs
            $0.detail = UInt32(RemainderPolicy.cancel.rawValue) << 8
        }
    }

    mutating func send(_ id: OrderID, _ ref: UInt32, _ quantity: Int64 = 100) {
        tell(.orderPending, id) {
            $0.user_ref = ref
            $0.quantity = quantity
            $0.price = 1_000_100
        }
    }

    mutating func tie(_ id: OrderID, _ link: OrderLink, _ other: OrderID) {
        tell(.orderLinked, id) {
            $0.detail = link.rawValue
            $0.price = Int64(bitPattern: other.high)
            $0.quantity = Int64(bitPattern: other.low)
        }
    }

    mutating func fill(_ id: OrderID, _ quantity: Int64) { tell(.orderFilled, id) { $0.quantity = quantity } }

    mutating func tell(_ kind: FactKind, _ id: OrderID, _ change: (inout Fact) -> Void = { _ in }) {
        var fact = Fact(kind: kind, sequence: 1)
        fact.orderID = id
        fact.instrument = 0
        fact.side = Side.buy.rawValue
        change(&fact)
        run.take(fact)
    }
}

@Test func onlyWhatHasNotEndedIsTakenOver() {
    var story = Story()
    let (filled, cancelled, rejected, refused, works, lost) = (
        story.make(), story.make(), story.make(), story.make(), story.make(), story.make()
    )
    for (ref, id) in [filled, cancelled, rejected, works].enumerated() { story.send(id, UInt32(ref) + 1) }
    story.fill(filled, 60)
    story.fill(filled, 40)
    story.fill(cancelled, 10)
    story.tell(.orderCancelled, cancelled) { $0.quantity = 90 }
    story.tell(.orderRejected, rejected)
    story.tell(.riskRejected, refused)
    story.fill(works, 30)
    #expect(story.run.open.map(\.id) == [works, lost])
    #expect(story.run.nextRef == 5)
    let order = story.run.open[0]
    #expect(order.executed == 30 && order.quantity == 100 && order.price == 1_000_100 && order.userRef == 4)
    #expect(order.strategy == "rester" && order.symbol == Symbol("AAA") && story.run.atVenue.contains(works))
    let inputs = order.inputs(instrument: 7, strategies: ["other", "rester"])
    #expect(inputs.map(\.kind) == [InputKind.restoreOrder.rawValue, InputKind.restoreTerms.rawValue])
    #expect(inputs[0].user_ref == 4 && inputs[0].instrument == 7 && inputs[1].user_ref == 1)
    #expect(inputs[1].venue_time_ns == 30)
    // Never given to a session and not held: nobody has it.
    #expect(story.run.open[1].inputs(instrument: 7, strategies: []).isEmpty)
}

@Test func whatIsHeldKeepsItsTerms() {
    var story = Story()
    let stop = story.make(100, Story.terms(.trailingStop, .goodTillDate, .reduceOnly))
    story.hold(stop, stop: 990_000, trail: 5_000, wakesAtNs: 2_000_000)
    story.hold(stop, stop: 995_000, trail: 5_000, wakesAtNs: 2_000_000)
    story.tell(.orderReplaced, stop) {
        $0.quantity = 70
        $0.price = 995_000
    }
    story.tell(.orderTriggered, stop)
    let order = story.run.open[0]
    #expect(order.isHeld && order.isTriggered && order.stop == 995_000 && order.trail == 5_000)
    #expect(order.quantity == 70 && order.endsAtUtcNs == 3_000_000 && order.remainder == .cancel)
    let state = RestoredState(bits: order.inputs(instrument: 0, strategies: [])[1].instrument)
    #expect(state == RestoredState(remainder: .cancel, isTriggered: true))
    // It went at last.
    story.send(stop, 12, 70)
    #expect(story.run.open[0].isHeld == false && story.run.open[0].isTriggered == false)
}

@Test func tiesAndWhatChildrenHaveClosedAreTold() {
    var story = Story()
    let entry = story.make()
    story.tell(.orderBracket, entry) {
        $0.price = 1_010_000
        $0.quantity = 990_000
    }
    story.send(entry, 1)
    story.fill(entry, 60)
    let loss = story.make(60, Story.terms(.stop, .goodTillCancelled, .reduceOnly))
    story.tie(loss, .stopLoss, entry)
    story.hold(loss, stop: 990_000)
    let profit = story.make(60, Story.terms(.limit, .goodTillCancelled, .reduceOnly))
    story.tie(profit, .takeProfit, entry)
    story.send(profit, 2, 60)
    story.tie(profit, .sibling, loss)
    story.fill(profit, 20)
    let ties = story.run.open.flatMap(\.ties)
    #expect(ties.map(\.flags) == [0, 2, 1, 3])
    #expect(ties[0].price == 1_010_000 && ties[0].quantity == 990_000 && ties[0].user_ref == 20)
    #expect(ties[3].execution_id == profit.low && UInt64(bitPattern: ties[3].quantity) == loss.low)

    // A new attempt waits for its moment, which is no date.
    let again = story.make()
    story.tie(again, .retryOf, profit)
    story.hold(again, wakesAtNs: 9_000_000)
    let attempt = story.run.open.last!
    #expect(attempt.isAttempt && attempt.endsAtUtcNs == 0 && attempt.links.isEmpty)
}

@Test func theNextDayHasPositionsAndWhatIsGoodForLonger() {
    var story = Story()
    let day = story.make()
    story.send(day, 1)
    let rests = story.make(100, Story.terms(.limit, .goodTillCancelled))
    story.send(rests, 2)
    story.fill(rests, 40)
    story.tell(.orderExpired, rests)
    let stop = story.make(50, Story.terms(.stop, .goodTillCancelled))
    story.hold(stop, stop: 990_000)
    let triggered = story.make(50, Story.terms(.stop, .goodTillCancelled))
    story.hold(triggered, stop: 990_000)
    story.send(triggered, 3, 50)
    for (kind, quantity) in [(FactKind.positionOpened, Int64(40)), (.positionChanged, 25)] {
        story.tell(kind, rests) {
            $0.quantity = quantity
            $0.price = 999_000
        }
    }
    story.tell(.positionOpened, stop) {
        $0.instrument = 1
        $0.quantity = 5
    }
    story.tell(.positionClosed, stop) { $0.instrument = 1 }
    let left = story.run.outlivingDay
    #expect(left.map(\.id) == [rests, stop, triggered])
    #expect(left[0].isAttempt && left[0].isHeld && left[0].quantity == 60 && left[0].userRef == 0)
    #expect(!left[1].isAttempt && left[1].stop == 990_000)
    #expect(
        left[2].isAttempt && left[2].stop == 0
            && UInt8(truncatingIfNeeded: left[2].terms) == OrderType.market.rawValue)
    #expect(story.run.openPositions == [Symbol("AAA")!: EarlierPosition(quantity: 25, averagePrice: 999_000)])
    #expect(story.run.atVenue == [day, triggered])
}

/// What a run took over and told again is one order, not two, and keeps the ties that it was told before.
@Test func aRunUponARunKeepsOneOrder() {
    var story = Story()
    let stop = story.make(50, Story.terms(.stop, .goodTillCancelled))
    story.hold(stop, stop: 990_000)
    let other = story.make()
    story.send(other, 1)
    story.tie(stop, .sibling, other)
    var next = Story(before: story.run.open)
    next.tell(.orderRestored, stop) { $0.quantity = 50 }
    next.hold(stop, stop: 985_000)
    next.tie(stop, .sibling, other)
    next.tell(.orderResolved, other) { $0.detail = UInt32(Lifecycle.cancelled.rawValue) }
    #expect(next.run.open.map(\.id) == [stop])
    #expect(next.run.open[0].stop == 985_000 && next.run.open[0].links.count == 1)
    #expect(next.run.open[0].strategy == "rester")
}

/// The venue tells each run anew what executed: an order of which more than half is done is still open after two starts,
/// and what its children have closed is closed once.
@Test func whatIsToldToEachRunIsCountedOnce() {
    var story = Story()
    let entry = story.make()
    story.tell(.orderBracket, entry) { $0.price = 1_010_000 }
    story.send(entry, 1)
    story.fill(entry, 60)
    let profit = story.make(60, Story.terms(.limit, .goodTillCancelled, .reduceOnly))
    story.tie(profit, .takeProfit, entry)
    story.send(profit, 2, 60)
    story.fill(profit, 20)
    var orders = story.run.open
    for _ in 0..<2 {
        var next = Story(before: orders)
        next.tell(.orderRestored, entry) { $0.quantity = 100 }
        next.tell(.orderRestored, profit) { $0.quantity = 60 }
        next.fill(entry, 60)
        next.fill(profit, 20)
        orders = next.run.open
    }
    #expect(orders.map(\.id) == [entry, profit])
    #expect(orders[0].executed == 60 && orders[0].closed == 20 && orders[0].quantity == 100)
    #expect(orders[1].executed == 20)
    // One that ended before it was told of everything still knows what the others heard.
    var short = Story(before: orders)
    short.fill(entry, 10)
    #expect(short.run.open[0].executed == 60)
    // What comes on top counts.
    short.fill(entry, 55)
    #expect(short.run.open[0].executed == 65)
    short.fill(entry, 35)
    #expect(short.run.open.map(\.id) == [profit])
}

/// A replacement for more lets an order go on that has executed all that was first ordered; the next day has the terms
/// that were in force.
@Test func replacedOrdersAreTakenOver() {
    var story = Story()
    let order = story.make(100, Story.terms(.limit, .goodTillCancelled))
    story.send(order, 1)
    story.fill(order, 70)
    story.tell(.orderCancelled, order) { $0.quantity = 10 }
    story.tell(.orderReplaced, order) {
        $0.quantity = 150
        $0.price = 1_002_000
    }
    story.fill(order, 40)
    #expect(story.run.open.map(\.id) == [order])
    // Under its first number and on its first terms: the stream tells of the others.
    #expect(story.run.open[0].quantity == 100 && story.run.open[0].price == 1_000_100)
    #expect(story.run.open[0].executed == 110)
    story.tell(.orderExpired, order)
    let left = story.run.outlivingDay
    #expect(left.map(\.id) == [order])
    #expect(left.first?.quantity == 40 && left.first?.price == 1_002_000)
}

@Test func daysAreTheVenues() {
    let evening = EarlierRuns.utcNs(ofFolder: "20260301T010000Z-0123abcd")!
    #expect(EarlierRuns.day(evening, 0) == EarlierRuns.day(evening, -18_000) + 1)
    #expect(EarlierRuns.utcNs(ofFolder: "20260301T010000Z") == nil)
    #expect(EarlierRuns.utcNs(ofFolder: "epoch") == nil)
    #expect(EarlierRuns.day(3_600_000_000_000, -18_000) == -1)
}

/// Other accounts' runs are nobody's business here, and what cannot be read is told.
@Test func foldersAreChosenByDayAndAccount() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("earlier-\(UUID().uuidString)")
        .path
    defer { try? FileManager.default.removeItem(atPath: root) }
    let damaged = "\(root)/20260301T010000Z-0123abcd"
    try FileManager.default.createDirectory(atPath: "\(damaged)/journal", withIntermediateDirectories: true)
    let account = EarlierRuns.Account(host: "127.0.0.1", port: "1", username: "a")
    let now = EarlierRuns.utcNs(ofFolder: "20260301T020000Z-0123abcd")!
    let found = EarlierRuns(root: root, account: account, nowUtcNs: now, dayOffsetSeconds: 0)
    #expect(found.orders.isEmpty && found.runCount == 0 && found.summary == nil)
    #expect(found.inputs(instrument: { _ in 0 }, strategies: []).isEmpty)
    #expect(
        EarlierRuns(root: "\(root)/none", account: account, nowUtcNs: now, dayOffsetSeconds: 0).warnings
            .isEmpty)
}
