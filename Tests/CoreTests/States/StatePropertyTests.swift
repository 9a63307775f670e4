import Model
import TestSupport
import Testing

@testable import Core

/// Goal: in no state does a command leave that the state forbids, whoever asks for it: signals, replacements, held orders
/// that go, new attempts, children of brackets, closings. Method: random steps of everything that moves states and orders;
/// of each step in which the states stood still every command is compared with them, and with positions and open orders
/// from before it.
@Test(arguments: 0..<20)
func noForbiddenCommandLeavesInAnyState(_ part: UInt64) {
    var random = SeededRandom(seed: TestSeed.current &+ part &* 0x9e37)
    let flattens = part % 3 == 0
    let world = World {
        $0.limits.flattensInLiquidation = flattens
        $0.limits.dayLossMax = Money(raw: 400_000)
        $0.limits.sessionDrawdownPpm = 30_000
        $0.limits.rejectCountMax = 4
        $0.limits.executionCountMax = 12
        $0.limits.executionWindowNs = 5_000
        $0.ledger.currencies[0].startCash = Money(raw: 40_000_000)
        $0.strategyLimits = [StrategyLimits(), StrategyLimits()]
        $0.retryCountMax = 2
        $0.retryDelayNs = 1_000
        $0.creditCountMax = 8
        $0.residueCountMax = 1 << 16
        $0.executionCountMax = 1 << 16
        $0.evidenceHorizonNs = 10_000
    }
    world.quote(1, bid: 999_000, 500, ask: 1_001_000, 500)
    var seen = [Bool](repeating: false, count: 12)
    var match: UInt64 = 0
    for step in 0..<5_000 {
        let before = (0..<2).map { world.core.risks[$0] }
        let books = (0..<4).map {
            world.core.strategyBooks[world.core.bookPlace(UInt16($0 >> 1), $0 & 1)]
        }
        let states = snapshot(world)
        let sent = world.sent.count
        world.nowNs += random.below(500)
        move(world, &random, &match)
        let isSame = snapshot(world) == states
        for command in world.sent[sent...] {
            guard isSame, command.commandKind != .cancel, command.commandKind != .query else { continue }
            let instrument = Int(command.instrument)
            let account = states[0]
            let strategy = command.strategy == .max ? TradingState.normal : states[1 + Int(command.strategy)]
            let single = states[3 + instrument]
            if max(account, max(strategy, single)) == .halted {
                Issue.record("part \(part), step \(step): \(command.commandKind) in a halted scope")
                return
            }
            guard command.commandKind == .enter else { continue }
            let isBuy = command.side == Side.buy.rawValue
            if max(account, single) != .normal {
                let position = before[instrument].position
                // Reports of the step may have closed some of it, never made it more.
                if isBuy
                    ? position >= 0 || command.quantity > -position
                    : position <= 0 || command.quantity > position
                {
                    Issue.record("part \(part), step \(step): \(command.quantity) raise \(position)")
                    return
                }
            }
            if strategy != .normal {
                let own = books[Int(command.strategy) * 2 + instrument].position
                if isBuy ? own >= 0 || command.quantity > -own : own <= 0 || command.quantity > own {
                    Issue.record(
                        "part \(part), step \(step): \(command.quantity) raise the strategy's \(own)")
                    return
                }
            }
        }
        for (place, state) in states.prefix(4).enumerated() where place < 3 {
            seen[place * 4 + Int(state.rawValue)] = true
        }
        if step % 50 == 0, let wrong = world.disagreement() ?? sums(world) {
            Issue.record("part \(part), step \(step): \(wrong)")
            return
        }
        world.all.removeAll(keepingCapacity: true)
    }
    #expect(seen.prefix(4).allSatisfy { $0 })
}

private func snapshot(_ world: World) -> [TradingState] {
    [
        world.core.states.look(.account, 0).state, world.core.states.look(.strategy, 0).state,
        world.core.states.look(.strategy, 1).state, world.core.states.look(.instrument, 0).state,
        world.core.states.look(.instrument, 1).state,
    ]
}

/// What is kept by difference beside the states.
private func sums(_ world: World) -> String? {
    var opening: Int64 = 0
    for slot in 0..<world.core.orderSlotCount {
        guard let order = world.core.order(slot: slot), !order.lifecycle.isEnded else { continue }
        if order.marks.mayOpen { opening += 1 }
    }
    if opening != world.core.dayTrades.openingOrderCount {
        return "orders that may open: \(world.core.dayTrades.openingOrderCount), slow \(opening)"
    }
    let strategies = (0..<64).filter { !world.core.states.look(.strategy, $0).isNormal }.count
    if strategies != world.core.states.strategyCount { return "strategies with a state" }
    let halted =
        (0..<64).filter { world.core.states.look(.strategy, $0).state == .halted }.count
        + (0..<4).filter { world.core.states.look(.instrument, $0).state == .halted }.count
    if halted != world.core.states.haltedCount { return "halted scopes" }
    let bits = world.core.account.stateBits
    if (bits & StateBits.account != 0) != !world.core.states.account.isNormal { return "the account's bit" }
    if (bits & StateBits.halted != 0) != (world.core.states.account.state == .halted) {
        return "the halt's bit"
    }
    if (bits & StateBits.strategy != 0) != (strategies > 0) { return "the strategies' bit" }
    for index in 0..<4
    where world.core.risks[index].isReduceOnly != !world.core.states.look(.instrument, index).isNormal {
        return "the bit of instrument \(index)"
    }
    return nil
}

private func move(_ world: World, _ random: inout SeededRandom, _ match: inout UInt64) {
    let instrument = UInt32(random.below(2))
    let strategy = Int(random.below(2))
    let quantity = Int64(random.below(60)) + 1
    let isBuy = random.chance(perMillion: 500_000)
    switch random.below(100) {
    case 0..<30:
        let limit = 1_000_000 + Int64(random.below(400)) * 100 - 20_000
        world.signal(
            isBuy ? .buy : .sell, quantity, limit: limit, instrument: instrument, strategy: strategy,
            orderType: random.chance(perMillion: 300_000) ? .market : .limit)
    case 30..<36: world.signal(.flat, instrument: instrument, strategy: strategy)
    case 36..<42:
        let price = 1_000_000 + Int64(random.below(200)) * 100 - 10_000
        world.make(isBuy ? .buy : .sell, quantity, .stop, stop: price)
    case 42..<60: report(world, &random, &match)
    case 60..<72:
        let middle = 1_000_000 + (Int64(random.below(100)) - 50) * 100
        world.quote(instrument, bid: middle - 1_000, 500, ask: middle + 1_000, 500)
        if random.chance(perMillion: 500_000) { world.trade(instrument, price: middle) }
    case 72..<78:
        if let slot = (0..<world.core.orderSlotCount).filter({
            world.core.order(slot: $0)?.lifecycle == .accepted
        })
        .randomElement(&random) {
            let handle = world.core.pool.handle(slot)
            let place = InstrumentID(index: world.core.pool[slot].instrument)
            world.speak(strategy) {
                $0.replace(handle, in: place, limit: Price(raw: 0), quantity: Quantity(raw: quantity))
            }
        }
    case 78..<82: world.say(.account, 0, TradingState.allCases[Int(random.below(4))])
    case 82..<85: world.say(.strategy, strategy, TradingState.allCases[Int(random.below(4))])
    case 85..<88: world.say(.instrument, Int(instrument), TradingState.allCases[Int(random.below(4))])
    case 88..<93:
        world.lift(.account)
        world.lift(.strategy, strategy)
        world.lift(.instrument, Int(instrument))
    case 93: world.kill()
    case 94:
        world.down()
    case 95..<97: world.up(firstUnseen: 0)
    case 97: world.advance(random.below(200_000_000))
    default: if random.chance(perMillion: 50_000) { world.passDays(1) } else { world.advance(10_000) }
    }
    // A session that is gone comes back before long.
    if !world.core.isSessionUp(0), random.chance(perMillion: 300_000) { world.up(firstUnseen: 0) }
}

private func report(_ world: World, _ random: inout SeededRandom, _ match: inout UInt64) {
    let open = (0..<world.core.orderSlotCount).compactMap { world.core.order(slot: $0) }
        .filter { !$0.lifecycle.isEnded && $0.userRef != 0 && $0.lifecycle != .held }
    guard let order = open.randomElement(&random) else { return }
    match += 1
    switch random.below(10) {
    case 0..<3 where order.lifecycle == .submitted: world.accept(order.userRef)
    case 0..<6 where order.leaves > 0:
        let part = Int64(random.below(UInt64(order.leaves))) + 1
        world.execute(order.userRef, part, at: 1_000_000, match: match)
    case 6 where order.lifecycle == .submitted: world.report(.orderRejected, order.userRef)
    case 7 where order.request == .cancelPending: world.report(.cancelRefused, order.userRef)
    default: world.cancelled(order.userRef, max(order.leaves, 1))
    }
}

extension Array {
    fileprivate func randomElement(_ random: inout SeededRandom) -> Element? {
        isEmpty ? nil : self[Int(random.below(UInt64(count)))]
    }
}
