import Model
import TestSupport
import Testing

@testable import Core

// Goal: limits change in a running engine all at once or not at all, each where it belongs, on record, and with the same
// result in a replay. Method: inputs as the shell tells them, and every kind in every scope that has it.

typealias LimitChange = (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)

private func target(_ scope: RiskScope) -> Int { scope == .instrument ? 1 : scope == .strategy ? 1 : 0 }

/// Two values that a kind may have, other than what the settings say.
private func values(_ kind: LimitKind) -> [Int64] {
    switch kind {
    case .preventsSelfTrade, .requiresCash, .allowsShortSales, .requiresDailyVolume, .flattensInLiquidation,
        .guardsDayTrades, .isRestricted:
        [0, 1]
    case .dayTradeCount, .dayTradeDays: [2, 7]
    default: [12, 345]
    }
}

private func twoStrategies(_ configuration: inout CoreConfiguration) {
    configuration.strategyLimits = [StrategyLimits(), StrategyLimits()]
}

extension World {
    fileprivate func kept(_ kind: LimitKind, _ scope: RiskScope) -> Int64 {
        let place = target(scope)
        if scope == .instrument {
            switch kind {
            case .isRestricted: return core.risks[place].isRestricted ? 1 : 0
            case .ordersPerSecond: return core.account.rare[place].rate.perSecond
            case .orderBurst: return core.account.rare[place].rate.burst
            default: break
            }
        }
        return core.limit(kind, scope, place)
    }
    fileprivate var answer: (rule: Rule, count: Int64)? {
        guard let fact = last.last(where: { $0.factKind == .operatorAnswered }) else { return nil }
        #expect(fact.user_ref == 4_711)
        return (Rule(rawValue: fact.detail >> 16)!, fact.quantity)
    }
}

@Test func eachLimitOfEachScopeChanges() {
    for scope in RiskScope.allCases {
        for kind in LimitKind.allCases where kind.isOf(scope) {
            let world = World(twoStrategies)
            for value in values(kind) {
                let before = world.kept(kind, scope)
                world.reload([(kind, scope, target(scope), value)])
                let isChange = before != value
                #expect(world.answer! == (.none, isChange ? 1 : 0), "\(kind) of \(scope)")
                #expect(world.kept(kind, scope) == value, "\(kind) of \(scope)")
                let facts = world.last.filter { $0.factKind == .limitChanged }
                #expect(facts.count == (isChange ? 1 : 0), "\(kind) of \(scope)")
                guard let fact = facts.first else { continue }
                #expect(fact.price == before && fact.quantity == value, "\(kind) of \(scope)")
                #expect(fact.detail == UInt32(kind.rawValue) | UInt32(scope.rawValue) << 16)
                #expect(fact.instrument == (scope == .instrument ? 1 : .max))
                #expect(fact.strategy == (scope == .strategy ? 1 : .max))
            }
            #expect(world.disagreement() == nil, "\(kind) of \(scope)")
        }
    }
}

@Test func oneBadPartRefusesAll() {
    var bad: [LimitChange] = [
        (.positionMax, .instrument, 3, 5),  // never defined
        (.positionMax, .instrument, 99, 5), (.positionMax, .strategy, 2, 5), (.grossNotionalMax, .strategy, 0, 5),
        (.openOrderCountMax, .instrument, 0, 5), (.isRestricted, .account, 0, 1), (.marginPpm, .strategy, 0, 1),
    ]
    for scope in RiskScope.allCases {
        for kind in LimitKind.allCases where kind.isOf(scope) {
            let isNone = scope == .instrument && kind == .marginPpm
            bad.append((kind, scope, target(scope), isNone ? -2 : -1))
            bad.append((kind, scope, target(scope), .min))
            // The largest number is no rate, no margin and no switch.
            let isMoney = kind.allows(.max)
            if !isMoney, scope == .account || !kind.isOpen(.max) { bad.append((kind, scope, target(scope), .max)) }
        }
    }
    let world = World(twoStrategies)
    let good: LimitChange = (.positionMax, .account, 0, 42)
    for part in bad {
        for parts in [[good, part], [part, good]] {
            world.reload(parts)
            #expect(world.answer!.rule != .none, "\(part)")
            #expect(world.answer!.count == 0)
            #expect(world.alerts == [.limitsRefused], "\(part)")
            #expect(!world.last.contains { $0.factKind == .limitChanged }, "\(part)")
            #expect(world.core.account.limits.positionMax.raw == 5_000, "\(part)")
        }
    }
    #expect(world.disagreement() == nil)
    world.reload([good])
    #expect(world.core.account.limits.positionMax.raw == 42)
}

@Test func whatIsNotWholeIsNotTaken() {
    let world = World { $0.limitPartCountMax = 2 }
    let good: LimitChange = (.positionMax, .account, 0, 42)
    // Fewer and more than were announced, and more than there is room for.
    world.reload([good], told: 2)
    #expect(world.answer!.rule == .badTerms)
    world.reload([good, good], told: 1)
    #expect(world.answer!.rule == .badTerms)
    world.reload([good, good, good])
    #expect(world.answer!.rule == .badTerms)
    // A commit without a begin, and one that comes twice.
    var commit = Input(kind: .limitsCommit)
    world.step(commit)
    #expect(world.answer!.rule == .badTerms)
    world.reload([good])
    #expect(world.answer! == (.none, 1))
    commit.quantity = 1
    world.step(commit)
    #expect(world.answer!.rule == .badTerms)
    // What was told before a second begin does not count with it.
    var begin = Input(kind: .limitsBegin)
    begin.user_ref = 4_711
    world.step(begin)
    world.reload([(.positionMax, .account, 0, 43)])
    #expect(world.core.account.limits.positionMax.raw == 43)
}

@Test func newLimitsHoldAtOnceForTheirScopeOnly() {
    let world = World(twoStrategies)
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    world.reload([(.orderQuantityMax, .instrument, 1, 10), (.orderQuantityMax, .strategy, 1, 20)])
    #expect(world.signal(.buy, 11, instrument: 1) == nil)
    #expect(world.refusal! == (.orderQuantity, 10, 11))
    #expect(world.scope == .instrument)
    #expect(world.signal(.buy, 21, strategy: 1) == nil)
    #expect(world.scope == .strategy)
    #expect(world.signal(.buy, 21) != nil)
    // Taken away again.
    world.reload([(.orderQuantityMax, .instrument, 1, .max), (.orderQuantityMax, .strategy, 1, .max)])
    #expect(world.signal(.buy, 11, instrument: 1) != nil)
    #expect(world.signal(.buy, 21, strategy: 1) != nil)
    // An instrument's own limit on its position stands in the account's place, until it is taken away.
    world.reload([(.positionMax, .instrument, 0, 30), (.positionMax, .account, 0, 60)])
    #expect(world.signal(.buy, 1) == nil)
    world.reload([(.positionMax, .instrument, 0, .max)])
    #expect(world.signal(.buy, 18) != nil)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.positionLimit, 60, 61))
    // A limit that is overrun by its being set closes nothing, and lets nothing more in.
    world.reload([(.positionMax, .account, 0, 5)])
    #expect(world.risk().openBuy == 60)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.disagreement() == nil)
}

@Test func marginsAreSummedAnew() {
    let world = World { $0.ledger.currencies[0].startCash = Money(raw: 100 * 1_000_000) }
    _ = world.working(.buy, 100, limit: 1_000_000)
    for (account, own) in [(Int64(500_000), Int64(-1)), (500_000, 0), (500_000, 100_000), (0, 990_000), (10_000, 990_000)] {
        world.reload([(.marginPpm, .account, 0, account), (.marginPpm, .instrument, 0, own)])
        #expect(world.disagreement() == nil)
        let needs = own < 0 ? account : own
        // 100 more of the same: the equity carries 100 whole.
        let made = world.signal(.buy, 100, limit: 1_000_000)
        #expect((made != nil) == (needs <= 500_000), "\(account), \(own): \(world.said)")
        if let made { world.report(.orderRejected, made.user_ref) }
    }
}

@Test(arguments: RiskScope.allCases)
func aRateKeepsWhatWasUsed(_ scope: RiskScope) {
    let world = World(twoStrategies)
    let place = target(scope)
    let instrument: UInt32 = scope == .instrument ? 1 : 0
    let strategy = scope == .strategy ? 1 : 0
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    func passes() -> Bool { world.signal(.buy, 1, instrument: instrument, strategy: strategy) != nil }
    world.reload([(.ordersPerSecond, scope, place, 1), (.orderBurst, scope, place, 5)])
    for _ in 0..<4 { #expect(passes()) }
    // Four are used: of a burst of 5 one is left, of 6 two, of 3 none, and no more than that.
    world.reload([(.orderBurst, scope, place, 6)])
    for _ in 0..<2 { #expect(passes()) }
    #expect(!passes())
    world.reload([(.orderBurst, scope, place, 3)])
    #expect(!passes())
    world.reload([(.ordersPerSecond, scope, place, 1_000)])
    #expect(!passes())
    #expect(world.refusal! == (.orderRate, 1_000, 1_001))
    world.advance(1_000_000)
    #expect(passes())
    #expect(!passes())
    world.reload([(.ordersPerSecond, scope, place, 0)])
    for _ in 0..<10 { #expect(passes()) }
}

/// Goal: the same inputs give the same facts and digests, new limits among them.
@Test func aReplayOfNewLimitsIsTheSame() {
    var lines: [[UInt8]] = [[], []]
    var digests: [UInt64] = []
    for run in 0..<2 {
        let story = RiskStory(seed: TestSeed.current ^ 0x11) { lines[run] += $0 }
        for _ in 0..<20 {
            story.run(orders: 30)
            story.reloadAnything()
        }
        story.flush()
        digests.append(story.world.digest)
    }
    #expect(digests[0] == digests[1])
    #expect(lines[0] == lines[1])
    #expect(lines[0].count > 10_000)
}
