import Model
import TestSupport
import Testing

@testable import Core

// Goal: each breaker trips at its limit and not one unit before it, says limit and value, and is lifted by whom its table
// names. Method: one share held at 100.00 and start cash of 100.0000: each unit of the bid's price is a unit of equity.

private func world(_ change: (inout RiskLimits) -> Void) -> World {
    let world = World {
        $0.ledger.currencies[0].startCash = Money(raw: 1_000_000)
        $0.limits.collarPpm = 1_000_000
        change(&$0.limits)
    }
    world.quote(bid: 1_000_000, 500, ask: 1_200_000, 500)
    world.hold(1)
    return world
}

extension World {
    /// So much less equity than at the start; negative: more.
    fileprivate func lose(_ loss: Int64) { quote(bid: 1_000_000 - loss, 500, ask: 1_500_000, 500) }
}

// MARK: Day's loss

@Test(arguments: [true, false])
func dayLossHaltsAtItsLimitUntilTheNextDay(_ isRelative: Bool) {
    // 5,000 of 1,000,000.
    let world = world { if isRelative { $0.dayLossPpm = 5_000 } else { $0.dayLossMax = Money(raw: 5_000) } }
    let working = world.working(.buy, 1, limit: 900_000)
    world.lose(4_999)
    #expect(world.state() == .normal)
    world.lose(5_000)
    #expect(world.state() == .halted && world.cause() == .dayLoss)
    #expect(world.stateFacts.map(\.limit) == [5_000] && world.stateFacts.map(\.value) == [5_000])
    #expect(world.alerts == [.riskState] && world.order(working)?.request == .cancelPending)
    #expect(world.signal(.sell, 1) == nil && world.refusal?.rule == .dayLoss)
    // What comes back does not lift it.
    world.lose(0)
    #expect(world.state() == .halted)
    world.passDays(1)
    #expect(world.state() == .normal && world.signal(.sell, 1) != nil)
    // The new day's loss counts from its begin.
    world.lose(5_000)
    #expect(world.state() == .halted)
}

@Test func aLiftedDayLossIsReachedByAnotherFullLimit() {
    let world = world { $0.dayLossMax = Money(raw: 5_000) }
    world.lose(6_000)
    #expect(world.state() == .halted && world.lift(.account) == .none)
    world.lose(10_999)
    #expect(world.state() == .normal)
    world.lose(11_000)
    #expect(world.state() == .halted && world.stateFacts.map(\.value) == [5_000])
    // The next day's limit is the usual one again.
    world.passDays(1)
    world.lose(15_999)
    #expect(world.state() == .normal)
    world.lose(16_000)
    #expect(world.state() == .halted)
}

/// The day's loss sees executions, fees, busts and rates, not prices alone.
@Test func everyChangeOfEquityIsLookedAt() {
    let byFee = World {
        $0.ledger.fees.taker = FeeRate(notionalHundredthBps: 0, perUnitMillionths: 5_000_000_000)
        $0.limits.dayLossMax = Money(raw: 5_000)
    }
    byFee.quote(bid: 1_000_000, 500, ask: 1_001_000, 500)
    byFee.hold(1)
    #expect(byFee.cause() == .dayLoss)

    let byBust = World { $0.limits.dayLossMax = Money(raw: 5_000) }
    let ref = byBust.working(.buy, 1, limit: 1_001_000)
    byBust.execute(ref, 1, at: 990_000, match: 9)
    byBust.quote(bid: 991_000, 500, ask: 992_000, 500)
    #expect(byBust.state() == .normal)
    byBust.passDays(1)
    // 1,000 of profit were yesterday's, and are gone.
    byBust.report(.executionCorrected, ref, quantity: 1, price: 995_000, id: 9, flags: 1)
    #expect(byBust.cause() == .dayLoss)

    let byRate = World {
        $0.ledger.currencies.append(
            CurrencyDefinition(code: "EUR", rate: 1_000_000_000, startCash: Money(raw: 1_000_000)))
        $0.limits.dayLossMax = Money(raw: 5_000)
    }
    byRate.rate("EUR", 995_000_001)
    #expect(byRate.state() == .normal)
    byRate.rate("EUR", 995_000_000)
    #expect(byRate.cause() == .dayLoss)
}

// MARK: Falls

@Test func drawdownHaltsBeyondItsLimitUntilItIsLifted() {
    let world = world { $0.drawdownPpm = 100_000 }
    world.lose(-777)
    // 10% of 1,000,777 are 100,077.7.
    world.lose(100_077 - 777)
    #expect(world.state() == .normal)
    world.lose(100_078 - 777)
    #expect(world.state() == .halted && world.cause() == .drawdown)
    #expect(world.stateFacts.map(\.limit) == [100_000] && world.stateFacts.map(\.value) == [100_001])
    world.passDays(3)
    world.lose(0)
    #expect(world.state() == .halted)
    world.lose(100_000)
    // From here the peak is the equity at the lift.
    #expect(world.lift(.account) == .none)
    world.lose(190_000)
    #expect(world.state() == .normal)
    world.lose(190_001)
    #expect(world.state() == .halted)
}

@Test func sessionDrawdownLiquidatesBeyondItsLimit() {
    let world = world { $0.sessionDrawdownPpm = 50_000 }
    let buy = world.working(.buy, 1, limit: 900_000)
    world.lose(50_000)
    #expect(world.state() == .normal)
    world.lose(50_001)
    #expect(world.state() == .liquidationOnly && world.cause() == .sessionDrawdown)
    #expect(world.order(buy)?.request == .cancelPending)
    #expect(world.signal(.buy, 1) == nil && world.signal(.sell, 1, limit: 950_000) != nil)
    world.passDays(1)
    #expect(world.state() == .liquidationOnly)
    #expect(world.lift(.account) == .none && world.state() == .normal)
}

@Test func thePeakOfEarlierRunsCounts() {
    let world = world {
        $0.drawdownPpm = 100_000
        $0.sessionDrawdownPpm = 100_000
    }
    world.tell(.restorePeak) { $0.quantity = 1_050_000 }
    world.lose(55_000)
    #expect(world.state() == .normal)
    // 105,000 below the earlier peak, 55,001 below this run's.
    world.lose(55_001)
    #expect(world.state() == .halted && world.cause() == .drawdown)
    world.lift(.account)
    // No peak is told by absurd figures, or a lower one.
    world.tell(.restorePeak) { $0.price = .max }
    world.tell(.restorePeak) { $0.price = -1 }
    world.tell(.restorePeak) { $0.quantity = 1 }
    #expect(world.state() == .normal)
}

/// Goal: what the bounds leave out is nothing. Method: 20,000 random prices a seed, with lifts and days between them,
/// against the definitions of the breakers in big whole numbers.
@Test(arguments: 0..<8)
func breakersAgreeWithTheirDefinitions(_ part: UInt64) {
    var random = SeededRandom(seed: TestSeed.current &+ part &* 77)
    let ppm = [Int64(1), 333, 50_000, 100_000, 999_999][Int(random.below(5))]
    let dayMax = Int64(random.below(60_000)) + 1
    let world = world {
        $0.dayLossMax = Money(raw: Int128(dayMax))
        $0.dayLossPpm = 40_000
        $0.drawdownPpm = ppm
        $0.sessionDrawdownPpm = 30_000
    }
    var equity: Int128 = 1_000_000
    var (peak, session, base, begin) = (equity, equity, equity, equity)
    var (isDay, isDown, isSession) = (false, false, false)
    var price: Int64 = 1_000_000
    for step in 0..<20_000 {
        switch random.below(400) {
        case 0:
            world.advance(86_400_000_000_000)
            (base, begin, isDay) = (equity, equity, false)
        case 1:
            world.lift(.account)
            if isDay { base = equity }
            if isDown { peak = equity }
            if isSession { session = equity }
            (isDay, isDown, isSession) = (false, false, false)
        default:
            let stepMax = UInt64([3, 500, 20_000][Int(random.below(3))])
            price = max(
                200_000, min(1_900_000, price + Int64(random.below(2 * stepMax + 1)) - Int64(stepMax)))
            world.quote(bid: price, 500, ask: 2_000_000, 500)
            equity = Int128(price)
        }
        peak = max(peak, equity)
        session = max(session, equity)
        let loss = base - equity
        if loss >= Int128(dayMax) || (loss > 0 && loss * 1_000_000 >= begin * 40_000) { isDay = true }
        if (peak - equity) * 1_000_000 > peak * Int128(ppm) { isDown = true }
        if (session - equity) * 1_000_000 > session * 30_000 { isSession = true }
        let states = world.core.states.account
        guard states.asked(by: .dayLoss) == (isDay ? .halted : .normal),
            states.asked(by: .drawdown) == (isDown ? .halted : .normal),
            states.asked(by: .sessionDrawdown) == (isSession ? .liquidationOnly : .normal)
        else {
            Issue.record(
                "part \(part), step \(step), ppm \(ppm): \(states) at \(equity), peak \(peak), base \(base)")
            return
        }
    }
}

// MARK: Rejects

@Test func rejectsInARowReduce() {
    let world = World { $0.limits.rejectCountMax = 3 }
    world.hold(10)
    func reject() { world.report(.orderRejected, world.signal(.sell, 1, limit: 1_010_000)!.user_ref) }
    reject()
    reject()
    // An acceptance begins anew.
    world.cancelled(world.working(.sell, 1, limit: 1_010_000), 1)
    reject()
    reject()
    #expect(world.state() == .normal)
    reject()
    #expect(world.state() == .reduceOnly && world.cause() == .consecutiveRejects)
    #expect(world.stateFacts.map(\.limit) == [3] && world.stateFacts.map(\.value) == [3])
    #expect(world.signal(.buy, 1) == nil && world.refusal?.rule == .consecutiveRejects)
    // Neither an acceptance nor a day lifts it.
    world.cancelled(world.working(.sell, 1, limit: 1_010_000), 1)
    world.passDays(1)
    #expect(world.state() == .reduceOnly)
    #expect(world.lift(.account) == .none)
    reject()
    reject()
    #expect(world.state() == .normal)
}

// MARK: Silence

@Test func aSilentStreamReducesItsInstrumentsUntilItSpeaks() {
    let world = World {
        $0.limits.staleDataNs = 1_000
        $0.instruments[1].stream = 1
    }
    world.tell(.feedAlive, source: 1)
    world.hold(10)
    world.quote(bid: 999_000, 400, ask: 1_001_000, 400)
    world.advance(999)
    #expect(world.state(.instrument, 0) == .normal)
    world.tell(.feedAlive, source: 1)
    world.advance(1)
    #expect(world.state(.instrument, 0) == .reduceOnly && world.cause(.instrument, 0) == .staleData)
    #expect(world.state(.instrument, 1) == .normal && world.state() == .normal)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.staleData, 1_000, 1_000) && world.refusedScope == .instrument)
    #expect(world.signal(.sell, 1) != nil)
    #expect(world.lift(.instrument, 0) == .staleData)
    // It says that it lives.
    world.tell(.feedAlive)
    #expect(world.state(.instrument, 0) == .normal && world.signal(.buy, 1) != nil)
    #expect(Set(World.read(world.all).map(\.cause)) == [.staleData])
    // A heartbeat is worth an input only after a while.
    let isEarly = world.core.wantsLife(ofStream: 0, nowNs: world.nowNs + 249)
    let isLate = world.core.wantsLife(ofStream: 0, nowNs: world.nowNs + 250)
    #expect(!isEarly && isLate)
    // One that has ended is not waited for.
    world.tell(.feedEnded)
    world.tell(.feedEnded, source: 1)
    world.advance(10_000)
    #expect(world.core.streams.staleCount == 0 && world.core.streams.dueNs == .max)
}

// MARK: Executions

@Test(arguments: [true, false])
func repeatedExecutionsHaltTheirStrategy(_ isOwn: Bool) {
    let world = World {
        var own = StrategyLimits()
        if isOwn {
            own.executionCountMax = 3
            own.executionWindowNs = 1_000
            $0.limits.executionCountMax = 5
            $0.limits.executionWindowNs = 1_000
        } else {
            $0.limits.executionCountMax = 3
            $0.limits.executionWindowNs = 1_000
        }
        $0.strategyLimits = [own, StrategyLimits()]
    }
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    for _ in 0..<3 { world.hold(1) }
    world.advance(1_000)
    // A window later they do not count any more.
    for _ in 0..<3 { world.hold(1) }
    for _ in 0..<3 { world.hold(1, instrument: 1) }
    for _ in 0..<3 { world.hold(1, strategy: 1) }
    #expect(world.state(.strategy, 0) == .normal && world.state(.strategy, 1) == .normal)
    world.advance(999)
    world.hold(1)
    #expect(world.state(.strategy, 0) == .halted && world.cause(.strategy, 0) == .repeatedExecutions)
    #expect(world.stateFacts.map(\.limit) == [3] && world.stateFacts.map(\.value) == [4])
    #expect(world.state(.strategy, 1) == .normal && world.state() == .normal)
    #expect(world.signal(.buy, 1) == nil && world.refusedScope == .strategy)
    #expect(world.signal(.buy, 1, strategy: 1) != nil)
    world.passDays(1)
    #expect(world.state(.strategy, 0) == .halted)
    // A lift begins anew, in the same window too.
    for _ in 0..<3 { world.lift(.strategy, 0) }
    for _ in 0..<3 { world.hold(1) }
    #expect(world.state(.strategy, 0) == .normal)
    world.lift(.strategy, 0)
    world.hold(1)
    #expect(world.state(.strategy, 0) == .halted)
    world.lift(.strategy, 0)
    for _ in 0..<3 { world.hold(1) }
    #expect(world.state(.strategy, 0) == .normal)
    #expect(world.disagreement() == nil)
}

/// Goal: the windows count as a list of all executions would. Method: random keys and times.
@Test func executionWindowsAgreeWithAList() {
    var random = SeededRandom(seed: TestSeed.current)
    var windows = ExecutionWindows(isOn: true)
    var list: [(key: UInt64, atNs: UInt64)] = []
    var nowNs: UInt64 = 1_000
    for step in 0..<20_000 {
        nowNs += random.below(20)
        let key = random.below(4)
        let count = windows.add(key, nowNs: nowNs, windowNs: 100, sequence: UInt64(step), since: 0)
        list.append((key, nowNs))
        list.removeAll { $0.atNs + 100 <= nowNs }
        #expect(count == Int64(list.filter { $0.key == key }.count))
    }
    // Full is not few.
    for step in 0..<ExecutionWindows.executionCountMax {
        _ = windows.add(UInt64(step), nowNs: nowNs + 200, windowNs: 1_000, sequence: 0, since: 0)
    }
    let beyond = windows.add(0, nowNs: nowNs + 200, windowNs: 1_000, sequence: 0, since: 0)
    let later = windows.add(0, nowNs: nowNs + 1_200, windowNs: 1_000, sequence: 0, since: 0)
    #expect(beyond == nil && later == 1)
}

// MARK: Cancels

@Test func tooManyCancelsForTheExecutionsReduceForTheDay() {
    let world = World {
        $0.limits.cancelRatioHundredths = 200
        $0.orderCountMax = 512
    }
    func order(_ isCancelled: Bool) {
        let ref = world.working(.buy, 1, limit: 990_000)
        if isCancelled {
            world.speak { $0.signal(Signal(instrument: InstrumentID(index: 0), action: .cancel)) }
        }
        world.cancelled(ref, 1)
    }
    // Two for no execution are two for one: at the limit.
    for number in 0..<100 { order(number < 2) }
    #expect(world.state() == .normal)
    order(true)
    #expect(world.state() == .reduceOnly && world.cause() == .cancelRatio)
    #expect(World.read(world.all).map(\.limit) == [200] && World.read(world.all).map(\.value) == [300])
    world.passDays(1)
    #expect(world.state() == .normal)
    // The new day counts its own hundred.
    for _ in 0..<99 { order(true) }
    #expect(world.state() == .normal)
    order(false)
    #expect(world.state() == .reduceOnly)
    #expect(world.lift(.account) == .none)
    order(true)
    #expect(world.state() == .normal)
}

// MARK: Strategies' days

@Test func aStrategyThatHasLostEnoughIsHaltedAlone() {
    let world = World {
        var own = StrategyLimits()
        own.dayLossMax = Money(raw: 5_000)
        $0.strategyLimits = [own, StrategyLimits()]
        $0.limits.collarPpm = 1_000_000
    }
    world.quote(bid: 1_000_000, 500, ask: 1_000_100, 500)
    world.hold(1, strategy: 0)
    world.hold(-1, strategy: 1)
    // The account holds nothing: only the strategy's own book moves.
    #expect(world.position().quantity.raw == 0)
    world.quote(bid: 995_001, 500, ask: 996_000, 500)
    #expect(world.state(.strategy, 0) == .normal)
    world.quote(bid: 995_000, 500, ask: 996_000, 500)
    #expect(world.state(.strategy, 0) == .halted && world.cause(.strategy, 0) == .dayLoss)
    #expect(world.stateFacts.map(\.limit) == [5_000] && world.stateFacts.map(\.value) == [5_000])
    #expect(world.state(.strategy, 1) == .normal && world.state() == .normal)
    world.lift(.strategy, 0)
    world.quote(bid: 990_001, 500, ask: 996_000, 500)
    #expect(world.state(.strategy, 0) == .normal)
    world.quote(bid: 990_000, 500, ask: 996_000, 500)
    #expect(world.state(.strategy, 0) == .halted)
    world.passDays(1)
    #expect(world.state(.strategy, 0) == .normal)
    // Realised counts as what is open does.
    world.hold(-1, at: 985_000, strategy: 0)
    #expect(world.state(.strategy, 0) == .halted)
    #expect(world.disagreement() == nil)
}

/// In another currency: what it is worth in the base, as rates move.
@Test func aStrategysDayFollowsTheRate() {
    let world = World {
        var own = StrategyLimits()
        own.dayLossMax = Money(raw: 5_000)
        $0.strategyLimits = [own]
        $0.ledger.currencies.append(CurrencyDefinition(code: "EUR", rate: 2_000_000_000))
        $0.instruments[0].currency = 1
        $0.limits.collarPpm = 1_000_000
    }
    world.quote(bid: 1_000_000, 500, ask: 1_000_100, 500)
    world.hold(1)
    world.quote(bid: 997_501, 500, ask: 1_000_100, 500)
    #expect(world.state(.strategy, 0) == .normal)
    world.rate("EUR", 2_000_800_319)
    #expect(world.state(.strategy, 0) == .normal)
    world.rate("EUR", 2_000_800_321)
    #expect(world.state(.strategy, 0) == .halted)
}

// MARK: New limits

@Test func newBreakersHoldAtOnce() {
    let world = world { $0.dayLossMax = Money(raw: 50_000) }
    world.lose(20_000)
    world.tell(.limitsBegin)
    world.tell(.limitsPart) {
        $0.user_ref = UInt32(LimitKind.dayLossMax.rawValue)
        $0.quantity = 20_000
    }
    world.tell(.limitsCommit) { $0.quantity = 1 }
    #expect(world.cause() == .dayLoss)
}

// MARK: What is told late

/// Goal: what the sums come to while executions are told late, one by one, is no equity: nothing trips and no peak is noted;
/// once all is told, what is true counts. Method: a share was bought at 100 and sold at 100 before the connection was lost
/// or the process died; the market is at 90 by now, or at 110.
@Test(arguments: [true, false])
func whatIsToldLateTripsNothingOnItsWay(_ isFirstConnection: Bool) {
    for price in [900_000, 1_100_000] as [Int64] {
        let world = World(isReady: !isFirstConnection) {
            $0.ledger.currencies[0].startCash = Money(raw: 10_000_000)
            $0.limits.collarPpm = 1_000_000
            $0.limits.dayLossMax = Money(raw: 50_000)
            $0.limits.drawdownPpm = 5_000
            $0.limits.sessionDrawdownPpm = 5_000
        }
        if isFirstConnection {
            var start = Input(kind: .start)
            start.user_ref = 7
            start.execution_id = 1_700_000_000_000_000_000
            world.step(start)
        } else {
            world.down()
        }
        world.quote(bid: price, 500, ask: price, 500)
        world.stranger(.buy, 1, at: 1_000_000, match: 5)
        #expect(world.risk().position == 1)
        #expect(world.state() == .normal)
        world.stranger(.sell, 1, at: 1_000_000, match: 6)
        #expect(world.risk().position == 0)
        world.up(firstUnseen: 1)
        #expect(world.state() == .normal && world.core.breakers.peak == BaseMoney(money: 10_000_000))

        // And the truth counts at once.
        world.down()
        world.stranger(.buy, 1, at: price + 50_000, match: 7)
        #expect(world.state() == .normal)
        world.up(firstUnseen: 1)
        #expect(world.state() == .halted && world.cause() == .dayLoss)
    }
}

extension World {
    /// An execution of an order that an earlier run made.
    fileprivate func stranger(_ side: Side, _ quantity: Int64, at price: Int64, match: UInt64) {
        var input = Input(kind: .execution)
        input.instrument = 0
        input.user_ref = 500 + UInt32(match)
        input.quantity = quantity
        input.price = price
        input.execution_id = match
        input.side = side.rawValue
        step(input)
    }
}
