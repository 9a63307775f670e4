import Model
import TestSupport
import Testing

@testable import Core

// Goal: after the kill nothing but cancels leaves, whatever was under way, and everything is asked back as fast as the
// session takes it.

@Test func killAsksEverythingBackWhateverItsState() throws {
    let world = World()
    world.hold(100)
    let working = world.working(.buy, 10, limit: 990_000)
    let changing = world.makeWorking(.buy, 10, limit: 989_000)
    world.replace(changing, quantity: 20)
    let held = try #require(world.make(.sell, 50, .stop, stop: 950_000))
    world.submitsAtOnce = false
    let pending = world.signal(.buy, 10, limit: 988_000)!.user_ref
    world.kill()
    #expect(world.state() == .halted && world.cause() == .killed)
    #expect(world.status(held) == .cancelled)
    let cancels = world.sent.filter { $0.commandKind == .cancel }
    #expect(cancels.count == 3)
    for order in [working, pending] { #expect(world.order(order)?.request == .cancelPending) }
    #expect(world.record(changing).request == .cancelPending)
    // Again, and again: answered, and nothing is done twice.
    let count = world.sent.count
    #expect(world.kill() == .none)
    #expect(world.sent.count == count && world.stateFacts.isEmpty)
    world.answerAll()
    #expect(world.signal(.sell, 10) == nil && world.refusal?.rule == .killed)
    var close = Input(kind: .operatorCommand)
    close.flags = OperatorCommand.closePosition.rawValue
    close.instrument = 0
    world.step(close)
    #expect(world.sent.count == count)
    #expect(world.disagreement() == nil)
}

@Test func killReachesOrdersInDoubtAfterTheLogOn() {
    let world = World()
    let order = world.signal(.buy, 10, limit: 990_000)!.user_ref
    let held = world.make(.buy, 10, .stop, stop: 1_005_000)!
    world.down()
    #expect(world.order(order)?.status == .inDoubt)
    world.kill()
    // What has not left the engine ends without the venue.
    #expect(world.status(held) == .cancelled && world.sent.count == 1)
    world.report(.orderAccepted, order, quantity: 10, price: 990_000, id: 3)
    world.up(firstUnseen: order + 1)
    #expect(world.order(order)?.request == .cancelPending)
    #expect(world.sent.dropFirst().allSatisfy { $0.commandKind == .cancel })
    #expect(world.disagreement() == nil)
}

/// A lift in the middle: what was asked for stays asked for.
@Test func aLiftedKillStillCancelsWhatItFound() {
    let world = World { $0.creditCountMax = 4 }
    for index in 0..<6 { _ = world.working(.buy, 10, limit: 990_000 - Int64(index) * 100) }
    world.submitsAtOnce = false
    world.kill()
    #expect(world.sent.filter { $0.commandKind == .cancel }.count == 4)
    world.lift(.account)
    world.answerAll()
    #expect(world.sent.filter { $0.commandKind == .cancel }.count == 6)
    #expect(world.disagreement() == nil)
}

/// Thousands of orders under few credits, with and without a rate: every one is asked for once, in a number of steps that
/// grows with their number and not with its square.
@Test(arguments: [Int64(0), 50_000])
func killAsksThousandsBackUnderCreditsAndRate(_ rate: Int64) {
    let count = 5_000
    let world = World {
        $0.orderCountMax = count + 64
        $0.limits.openOrderCountMax = count
        $0.limits.positionMax = Quantity(raw: 1 << 30)
        $0.limits.grossNotionalMax = Money(raw: 1 << 60)
        $0.residueCountMax = 1 << 15
        $0.messagesPerSecond = rate
        $0.messageBurst = 1_000
    }
    for _ in 0..<count {
        if rate > 0 { world.advance(100_000) }
        _ = world.working(.buy, 1, limit: 990_000)
    }
    world.all = []
    world.submitsAtOnce = false
    world.kill()
    var steps = 0
    while steps < 3 * count, world.sent.count < 2 * count {
        world.answerAll()
        world.advance(20_000_000)
        steps += 1
    }
    let cancels = world.sent.dropFirst(count)
    #expect(cancels.count == count && cancels.allSatisfy { $0.commandKind == .cancel })
    #expect(Set(cancels.map(\.original_ref)).count == count)
    world.answerAll()
    for command in cancels { world.cancelled(command.original_ref, 1) }
    #expect(world.core.openOrderCount == 0)
    #expect(world.disagreement() == nil)
}

/// A strategy that says something on each quote and fill.
private struct Eager: Strategy {
    var bought = 0
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        buy(quote.instrument, &context)
    }
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {
        buy(trade.instrument, &context)
    }
    mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) { buy(fill.instrument, &context) }
    private mutating func buy(_ instrument: InstrumentID, _ context: inout StrategyContext) {
        bought += 1
        context.signal(Signal(instrument: instrument, action: .buy, quantity: Quantity(raw: 1)))
    }
}

/// E7: on the very input that trips it, liquidation only reaches every strategy's later wish to buy, of the first as of
/// the last one that is called in that step.
@Test func liquidationOnlyHoldsBeforeAnyLaterBuyOfTheSameStep() {
    let world = World {
        $0.limits.sessionDrawdownPpm = 50_000
        $0.ledger.currencies[0].startCash = Money(raw: 20_000_000)
        $0.strategyLimits = [StrategyLimits(), StrategyLimits()]
    }
    var eager = Both<Eager, Eager>(Eager(), Eager())
    world.hold(100)
    let resting = world.working(.buy, 10, limit: 980_000)
    // Marked at 98.90 the position of 100.00 has lost 1,100,000 of 20,000,000: 5.5%.
    world.begin(Input(kind: .marketPacket), at: world.nowNs)
    var first = World.level(0, .buy, 989_000, 500)
    var second = World.level(0, .buy, 999_000, 0)
    let before = world.sent.count
    world.core.market(&first, &eager)
    world.core.market(&second, &eager)
    world.finish()
    #expect(world.state() == .liquidationOnly && world.cause() == .sessionDrawdown)
    let trip = world.last.firstIndex { $0.factKind == .riskState }!
    #expect(!world.last[trip...].contains { $0.factKind == .orderPending })
    #expect(
        world.last[trip...].filter { $0.factKind == .riskRejected }.map(\.detail)
            == [Rule.sessionDrawdown.rawValue, Rule.sessionDrawdown.rawValue])
    #expect(world.order(resting)?.request == .cancelPending)
    #expect(world.sent.count > before)
    #expect(world.disagreement() == nil)
}

/// The same where an execution trips it, before `onFill`.
@Test func anExecutionThatTripsIsFollowedByNoBuy() {
    let world = World {
        $0.limits.sessionDrawdownPpm = 100_000
        $0.ledger.currencies[0].startCash = Money(raw: 20_000_000)
    }
    var eager = Eager()
    let ref = world.working(.buy, 100, limit: 1_020_000)
    // Bought at 101.90, marked at the bid of 99.90: 20,000 · 100 are 10% of 20,000,000, and a unit more trips.
    var input = Input(kind: .execution)
    input.user_ref = ref
    input.quantity = 100
    input.price = 1_019_001
    input.execution_id = 4
    world.begin(input, at: world.nowNs)
    world.core.input(&world.lastInput, &eager)
    world.finish()
    #expect(eager.bought == 1)
    #expect(world.state() == .liquidationOnly)
    #expect(world.refusal?.rule == .sessionDrawdown && world.sent.count == 1)
}

// MARK: Closing while strategies trade

private func ask(_ world: World, _ command: OperatorCommand, instrument: UInt32 = .max) {
    var input = Input(kind: .operatorCommand)
    input.flags = command.rawValue
    input.instrument = instrument
    input.user_ref = 9
    world.step(input)
}

/// The rule and the count of the last answer.
private func answer(_ world: World) -> (rule: UInt32, count: Int64)? {
    world.all.last { $0.factKind == .operatorAnswered }.map { ($0.detail >> 16, $0.quantity) }
}

/// Goal: a position is closed although a strategy would go on quoting. Method: a maker whose quotes are cancelled asks for
/// the same again at once, and is refused until the account is flat.
@Test(arguments: [OperatorCommand.closePosition, .flatten])
func whatIsBeingClosedIsNotOpenedMeanwhile(_ command: OperatorCommand) {
    let world = World()
    world.hold(50)
    let quoted = world.working(.buy, 20, limit: 990_000)
    ask(world, command, instrument: command == .flatten ? .max : 0)
    #expect(answer(world)?.rule == 0 && world.order(quoted)?.request == .cancelPending)
    // Again at once, as makers do, on either side; and a smaller one.
    #expect(world.signal(.buy, 20, limit: 990_000) == nil && world.refusal?.rule == .closing)
    #expect(world.signal(.sell, 20, limit: 1_010_000) == nil && world.refusal?.rule == .closing)
    #expect(world.risk().position == 50)
    world.cancelled(quoted, 20)
    let closing = world.sent.last
    #expect(closing?.side == Side.sell.rawValue && closing?.quantity == 50)
    #expect(world.signal(.buy, 20, limit: 990_000) == nil)
    if let closing { world.execute(closing.user_ref, 50, at: 999_000, match: 77) }
    #expect(world.risk().position == 0)
    // It is flat: strategies trade again.
    #expect(world.signal(.buy, 20, limit: 990_000) != nil)
    #expect(world.disagreement() == nil)
}

/// Goal: where not even closing goes out, the answer is the rule, and no wish stays to be carried out later.
@Test(arguments: [OperatorCommand.closePosition, .flatten])
func closingUnderAHaltIsRefusedAndForgotten(_ command: OperatorCommand) {
    let world = World()
    world.hold(50)
    world.say(.account, 0, .halted)
    ask(world, command, instrument: command == .flatten ? .max : 0)
    #expect(answer(world)?.rule == Rule.operatorSaid.rawValue)
    let sent = world.sent.count
    #expect(world.lift(.account) == .none)
    #expect(world.sent.count == sent && world.risk().position == 50)
    #expect(world.signal(.sell, 10) != nil)
}

/// Goal: what cannot be closed for now can be given up. Method: the venue does not answer the cancel of a quote.
@Test func aClosingThatWaitsIsGivenUpByALift() {
    let world = World()
    world.hold(50)
    _ = world.working(.buy, 20, limit: 990_000)
    ask(world, .closePosition, instrument: 0)
    #expect(answer(world)?.rule == 0)
    #expect(world.signal(.sell, 10) == nil && world.refusal?.rule == .closing)
    #expect(world.lift(.instrument) == .none)
    #expect(world.signal(.sell, 10) != nil)
    #expect(world.lift(.instrument) == .noChange)
}
