import Model
import Testing

@testable import Core

// Goal: what each state lets pass and stops in each scope, who may change it, and that one cause that is lifted leaves
// the others. Method: worlds with the quote 99.90 at 100.10.

private let scopes: [(RiskScope, Int)] = [(.account, 0), (.strategy, 0), (.instrument, 0)]

/// Every cause in every state, alone and beside another: the strictest holds, and lifting one leaves the other.
@Test func theStrictestCauseHolds() {
    let causes = (0..<StateCause.count).map { StateCause(rawValue: $0)! }
    for first in causes {
        for second in causes where second != first {
            for a in TradingState.allCases {
                for b in TradingState.allCases {
                    var scope = ScopeState()
                    scope.set(first, a)
                    scope.set(second, b)
                    #expect(scope.state == max(a, b))
                    #expect(scope.asked(by: first) == a && scope.asked(by: second) == b)
                    let strictest =
                        a > b ? first : b > a ? second : first.rawValue < second.rawValue ? first : second
                    #expect(scope.cause == (max(a, b) == .normal ? nil : strictest))
                    scope.set(first, .normal)
                    #expect(scope.state == b && scope.isNormal == (b == .normal))
                }
            }
        }
    }
    for cause in causes { #expect(StateCause.of(cause.rule) == cause) }
    #expect(StateCause.of(.none) == nil && StateCause.of(.priceCollar) == nil)
}

@Test(arguments: 0..<3)
func reduceOnlyRefusesWhatRaisesAndLeavesWhatRests(_ place: Int) {
    let (scope, index) = scopes[place]
    let world = World()
    world.hold(100)
    let resting = world.working(.buy, 10, limit: 990_000)
    world.say(scope, index, .reduceOnly)
    #expect(world.stateFacts.map(\.cause) == [.operatorSaid] && world.alerts == [.riskState])
    #expect(world.order(resting)?.request == Request.none)
    #expect(world.signal(.buy, 1) == nil)
    #expect(world.refusal! == (.operatorSaid, 0, 1) && world.refusedScope == scope)
    // What closes passes to the last share, and not one more.
    #expect(world.signal(.sell, 101) == nil)
    #expect(world.refusal?.rule == .operatorSaid)
    #expect(world.signal(.sell, 60) != nil)
    #expect(world.signal(.sell, 41) == nil)
    #expect(world.signal(.sell, 40) != nil)
    // A replacement that raises is one, too; one that shrinks passes.
    let handle = world.core.pool.handle(Int(world.core.slots.find(0, resting)!))
    world.replace(handle, quantity: 20)
    #expect(world.refusal?.rule == .operatorSaid)
    world.replace(handle, quantity: 5)
    #expect(world.sent.last?.commandKind == .replace)
    #expect(world.lift(scope, index) == .none)
    #expect(world.state(scope, index) == .normal && world.signal(.buy, 1) != nil)
    #expect(world.disagreement() == nil)
}

@Test(arguments: 0..<3)
func liquidationOnlyCancelsWhatRaises(_ place: Int) throws {
    let (scope, index) = scopes[place]
    let world = World()
    world.hold(100)
    let buy = world.working(.buy, 10, limit: 990_000)
    let closing = world.working(.sell, 60, limit: 1_010_000)
    let beyond = world.working(.sell, 60, limit: 1_011_000)
    let entry = try #require(world.make(.buy, 10, .stop, stop: 1_005_000))
    // Held, and 40 of it still close.
    world.cancelled(beyond, 60)
    let stop = try #require(world.make(.sell, 100, .stop, stop: 980_000))
    let again = world.working(.sell, 30, limit: 1_012_000)
    world.say(scope, index, .liquidationOnly)
    #expect(world.order(buy)?.request == .cancelPending)
    #expect(world.order(closing)?.request == Request.none)
    #expect(world.order(again)?.request == .cancelPending)
    #expect(world.status(entry) == .cancelled)
    #expect(world.record(stop).leaves == 40 && world.status(stop) == .held)
    #expect(world.signal(.buy, 1) == nil && world.refusal?.rule == .operatorSaid)
    // In another instrument only an instrument's state lets it pass.
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    #expect((world.signal(.buy, 1, instrument: 1) != nil) == (scope == .instrument))
    #expect(world.disagreement() == nil)
}

@Test(arguments: 0..<3)
func haltedCancelsEverythingAndDiscardsSignals(_ place: Int) throws {
    let (scope, index) = scopes[place]
    let world = World()
    world.hold(100)
    let working = world.working(.sell, 60, limit: 1_010_000)
    let stop = try #require(world.make(.sell, 10, .stop, stop: 980_000))
    world.say(scope, index, .halted)
    #expect(world.order(working)?.request == .cancelPending && world.status(stop) == .cancelled)
    #expect(world.signal(.sell, 10) == nil)
    #expect(world.kinds == [.signal, .signalDiscarded])
    #expect(world.refusal! == (.operatorSaid, 0, 0) && world.refusedScope == scope)
    // What cancels is heard, by whomever.
    world.report(.cancelRefused, working)
    world.advance(200_000_000)
    #expect(world.order(working)?.request == .cancelPending)
    // What comes to be while it is halted is asked back as well.
    if scope != .strategy {
        world.acceptUnasked(900, .buy, 10, at: 990_000)
        world.advance(200_000_000)
        #expect(world.order(900)?.request == .cancelPending)
    }
    #expect(world.disagreement() == nil)
}

/// A strategy's own book decides what its orders close; the other strategy goes on.
@Test func aStrategysOwnBookDecides() {
    let world = World { $0.strategyLimits = [StrategyLimits(), StrategyLimits()] }
    world.hold(100, strategy: 0)
    world.hold(-150, strategy: 1)
    #expect(world.position().quantity.raw == -50)
    world.say(.strategy, 0, .reduceOnly)
    #expect(world.signal(.buy, 10, strategy: 0) == nil)
    #expect(world.refusedScope == .strategy)
    #expect(world.signal(.sell, 101, strategy: 0) == nil)
    // It closes its own, although the account is short.
    #expect(world.signal(.sell, 100, strategy: 0) != nil)
    #expect(world.signal(.sell, 10, strategy: 1) != nil)
    #expect(world.signal(.buy, 10, strategy: 1) != nil)
    #expect(world.disagreement() == nil)
}

@Test func flatteningClosesAScopeOnceNothingWorks() {
    for scope in [RiskScope.account, .instrument, .strategy] {
        let world = World {
            $0.limits.flattensInLiquidation = true
            $0.strategyLimits = [StrategyLimits(), StrategyLimits()]
        }
        world.hold(100, strategy: 0)
        world.hold(-40, strategy: 1)
        let working = world.working(.sell, 10, limit: 1_010_000)
        world.say(scope, 0, .liquidationOnly)
        #expect(world.sent.last?.commandKind == .cancel)
        world.cancelled(working, 10)
        let closing = world.sent.last!
        #expect(closing.commandKind == .enter && closing.side == Side.sell.rawValue)
        #expect(closing.quantity == (scope == .strategy ? 100 : 60))
        world.accept(closing.user_ref)
        world.execute(closing.user_ref, 30, at: 999_000, match: 5)
        world.cancelled(closing.user_ref, closing.quantity - 30)
        // The rest follows.
        #expect(world.sent.last!.user_ref != closing.user_ref)
        #expect(world.sent.last!.quantity == closing.quantity - 30)
        // Nobody takes it: no circle.
        let last = world.sent.last!
        world.accept(last.user_ref)
        world.cancelled(last.user_ref, last.quantity)
        #expect(world.sent.last!.user_ref == last.user_ref)
        #expect(world.disagreement() == nil)
    }
}

@Test func liftingOneCauseLeavesTheOthers() {
    let world = World { $0.limits.dayLossMax = Money(raw: 1_000_000) }
    world.hold(100)
    world.say(.account, 0, .reduceOnly)
    world.quote(bid: 989_000, 500, ask: 990_000, 500)
    #expect(world.state() == .halted && world.cause() == .dayLoss)
    // The operator's own word goes, the loss stays.
    world.say(.account, 0, .normal)
    #expect(world.state() == .halted && world.cause() == .dayLoss)
    world.say(.account, 0, .reduceOnly)
    // The day's end lifts the loss, the word stays.
    world.passDays(1)
    #expect(world.state() == .reduceOnly && world.cause() == .operatorSaid)
    #expect(world.lift(.account) == .none)
    #expect(world.state() == .normal)
}

@Test func onlyNamedPersonsLiftAndTheEndOfTheRunIsNotLifted() {
    let world = World()
    world.kill(by: "")
    #expect(world.cause() == .killed)
    #expect(world.lift(.account, by: "") == .nameless)
    #expect(world.command(.setState, .account, 0, .reduceOnly, by: "") == .nameless)
    #expect(world.state() == .halted)
    #expect(world.lift(.account, by: "ann-marie") == .none)
    let fact = world.all.last { $0.factKind == .riskState }!
    #expect(OperatorName(high: fact.order_id_high, low: fact.order_id_low).description == "ann-marie")
    #expect(fact.user_ref == UInt32(TradingState.normal.rawValue))
    #expect(world.lift(.account) == .noChange)
    // No such scope.
    #expect(
        world.lift(.strategy, 64) == .unknownInstrument && world.lift(.strategy, -1) == .unknownInstrument)
    #expect(world.lift(.instrument, 4) == .unknownInstrument)
    #expect(world.command(.setState, .account, 0, .normal) == .noChange)
    var input = Input(kind: .operatorCommand)
    input.flags = OperatorCommand.setState.rawValue
    input.execution_id = 65
    input.quantity = 7
    world.step(input)
    input.quantity = 0
    input.side = 9
    world.step(input)
    #expect(world.last.last?.detail ?? 0 >> 16 != 0 && world.state() == .normal)
    world.stopTrading()
    #expect(world.cause() == .stopped && world.lift(.account) == .stopped)
    world.kill()
    #expect(world.lift(.account) == .none && world.state() == .halted)
}

/// A dispute is accepted by itself: a lift of its instrument does not hide it.
@Test func aLiftHidesNoDispute() {
    let world = World()
    let ref = world.working(.buy, 100, limit: 990_000)
    world.execute(ref, 120, at: 990_000, match: 1)
    #expect(world.state(.instrument) == .reduceOnly)
    #expect(world.lift(.instrument) == .instrumentReduceOnly)
    #expect(world.state(.instrument) == .reduceOnly)
}

// MARK: Restart

@Test func statesOfEarlierRunsHoldBeforeTheFirstOrder() {
    func restore(
        _ world: World, _ rule: Rule, _ state: TradingState, _ scope: RiskScope = .account, _ index: Int = 0,
        day: Int64? = nil
    ) {
        world.tell(.restoreState) {
            $0.flags = scope.rawValue
            $0.side = state.rawValue
            $0.user_ref = rule.rawValue
            $0.quantity = day ?? world.core.profitDay
            if scope == .instrument { $0.instrument = UInt32(index) }
            if scope == .strategy { $0.price = Int64(index) }
        }
    }
    let world = World()
    restore(world, .killed, .halted)
    #expect(world.state() == .halted && world.signal(.sell, 1) == nil && world.refusal?.rule == .killed)
    world.lift(.account)
    // Of a day: only on that day.
    restore(world, .dayLoss, .halted, day: world.core.profitDay - 1)
    restore(world, .cancelRatio, .reduceOnly, day: world.core.profitDay + 1)
    #expect(world.state() == .normal)
    restore(world, .dayLoss, .halted)
    #expect(world.cause() == .dayLoss)
    world.lift(.account)
    restore(world, .dayLoss, .halted, .strategy, 0)
    restore(world, .repeatedExecutions, .halted, .strategy, 1)
    restore(world, .operatorSaid, .liquidationOnly, .instrument, 2)
    #expect(world.cause(.strategy, 0) == .dayLoss && world.cause(.strategy, 1) == .repeatedExecutions)
    #expect(world.state(.instrument, 2) == .liquidationOnly)
    world.passDays(1)
    #expect(world.state(.strategy, 0) == .normal && world.state(.strategy, 1) == .halted)
    // What is no cause, no scope or of one run only is left.
    restore(world, .engineHeld, .halted)
    restore(world, .priceCollar, .halted)
    restore(world, .killed, .halted, .strategy, 64)
    restore(world, .killed, .halted, .instrument, 4)
    restore(world, .killed, .normal)
    #expect(world.state() == .normal)
}

/// Goal: what is restored says since when, by whom, and what was measured, each of the state that it is told of and of no other;
/// journals without that are taken as before. Method: the fact of each.
@Test func restoredStatesKeepTheirOrigin() {
    let world = World()
    let ann = OperatorName("ann of the night")!
    func restore(_ rule: Rule, since: UInt64, withOrigin: Bool) -> Fact? {
        if withOrigin {
            world.tell(.restoreOrigin) {
                $0.execution_id = ann.low
                $0.venue_time_ns = ann.high
                $0.price = 10
                $0.quantity = 11
            }
        }
        world.tell(.restoreState) {
            $0.side = TradingState.halted.rawValue
            $0.user_ref = rule.rawValue
            $0.quantity = world.core.profitDay
            $0.execution_id = since
        }
        return world.last.last { $0.kind == FactKind.riskState.rawValue }
    }
    let first = restore(.consecutiveRejects, since: 77, withOrigin: true)
    #expect(first?.execution_id == 77 && first?.price == 10 && first?.quantity == 11)
    #expect(first?.order_id_high == ann.high && first?.order_id_low == ann.low)
    let second = restore(.statesUnknown, since: 0, withOrigin: false)
    #expect(second?.execution_id == 0 && second?.price == 0 && second?.quantity == 0)
    #expect(second?.order_id_high == 0 && second?.order_id_low == 0)
    #expect(world.cause() == .statesUnknown || world.cause() == .consecutiveRejects)
    // Nobody but a person ends it.
    #expect(world.lift(.account) == .none && world.state() == .normal)
}

/// What is restored while nothing can be sent is asked back after the log-on.
@Test func restoredOrdersOfAHaltedScopeAreAskedBack() {
    for scope in [RiskScope.account, .strategy, .instrument] {
        let world = World(isReady: false)
        world.tell(.start) {
            $0.user_ref = 7
            $0.execution_id = 1_700_000_000_000_000_000
        }
        world.tell(.restoreState) {
            $0.flags = scope.rawValue
            $0.side = TradingState.halted.rawValue
            $0.user_ref = Rule.operatorSaid.rawValue
            $0.instrument = scope == .instrument ? 0 : .max
        }
        world.tell(.restoreOrder) {
            $0.user_ref = 5
            $0.quantity = 100
            $0.price = 990_000
            $0.instrument = 0
            $0.side = Side.buy.rawValue
            $0.execution_id = 77
        }
        world.tell(.restoreTerms) {
            $0.flags = OrderType.limit.rawValue
            $0.side = TimeInForce.day.rawValue
        }
        world.report(.orderAccepted, 5, quantity: 100, price: 990_000, id: 1)
        #expect(world.sent.isEmpty)
        world.up(firstUnseen: 6)
        #expect(world.sent.map(\.commandKind) == [.cancel])
        #expect(world.disagreement() == nil)
    }
}
