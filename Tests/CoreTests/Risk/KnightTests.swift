import Model
import Testing

@testable import Core

// What the loss of 1 August 2012 was made of (SEC release 34-70694), and what stands against it here; the table is in
// Documentation/risk.md.

/// Goal: children that go on and on, as what was filled is counted nowhere that matters, are stopped by the gate, whatever
/// their strategy says that it has left.
/// Method: a strategy that never counts its fills sends the same child again after each; everything is filled at once.
@Test(arguments: [SignalAction.buy, .sell], [true, false])
func childrenWithoutACounterStopAtTheGate(_ action: SignalAction, _ isOwnLimit: Bool) {
    let world = World {
        $0.limits.positionMax = Quantity(raw: isOwnLimit ? 1_000_000 : 1_000)
        $0.strategyLimits[0].positionMax = Quantity(raw: isOwnLimit ? 1_000 : .max)
    }
    let price: Int64 = action == .buy ? 1_001_000 : 999_000
    var refused = 0
    for child in 0..<2_000 {
        guard let command = world.signal(action, 90, limit: price) else {
            refused += 1
            #expect(world.refusal! == (.positionLimit, 1_000, 1_080))
            #expect(world.scope == (isOwnLimit ? .strategy : .account))
            continue
        }
        world.execute(command.user_ref, 90, at: price, match: UInt64(child + 1))
    }
    // Eleven of 2,000: 990 of 1,000.
    #expect(refused == 2_000 - 11)
    #expect(abs(world.position().quantity.raw) == 990)
    #expect(world.disagreement() == nil)
}

/// Goal: the same where the children's parent is given up and made anew each time, with brackets that execute against it.
@Test func bracketsThatAreMadeAnewStopAtTheGate() {
    let world = World { $0.limits.positionMax = Quantity(raw: 500) }
    var match: UInt64 = 0
    for _ in 0..<200 {
        guard
            let parent = world.make(
                .buy, 100, limit: 1_001_000, takeProfit: 1_010_000, stopLoss: 990_000)
        else { continue }
        guard !world.record(parent).lifecycle.isEnded else { continue }
        match += 1
        world.execute(world.ref(parent), 100, at: 1_001_000, match: match)
        // The strategy asks its children back and forgets them.
        for child in world.open { world.cancel(child) }
        for slot in 0..<world.core.orderSlotCount {
            guard let order = world.core.order(slot: slot), !order.lifecycle.isEnded, order.lifecycle != .held else {
                continue
            }
            world.cancelled(order.userRef, order.leaves)
        }
        #expect(world.disagreement() == nil)
    }
    #expect(world.position().quantity.raw == 500)
}

/// Goal: attempts, remainders and replacements of one order never come to more than the order's own reservation.
@Test func attemptsAndRemaindersStopAtTheGate() {
    let world = World {
        $0.retryCountMax = 1_000
        $0.limits.positionMax = Quantity(raw: 300)
        $0.remainderPolicy = .cross
    }
    for round in 0..<100 {
        world.signal(.buy, 100, limit: 1_000_000)
        for slot in 0..<world.core.orderSlotCount {
            guard let order = world.core.order(slot: slot), !order.lifecycle.isEnded, order.lifecycle != .held else {
                continue
            }
            if round % 3 == 0 {
                world.report(.orderRejected, order.userRef, quantity: Int64(RefusalClass.retry.rawValue))
            } else if order.leaves > 0 {
                world.execute(order.userRef, min(order.leaves, 7), at: 1_000_000, match: UInt64(round * 1_000 + slot + 1))
            }
        }
        world.advance(1_500_000_000)
        let line = world.risk()
        #expect(line.position + line.openBuy <= 300)
        #expect(world.disagreement() == nil)
    }
    #expect(world.position().quantity.raw > 0)
}

/// Goal: a number of a rule, limit, fact, input, operator's command or alert never gets a second meaning.
/// Method: names and numbers are compared with what was written down when each was made (`FrozenNumbers`).
@Test func noNumberIsGivenASecondMeaning() {
    hold(FrozenNumbers.rule, Rule.allCases.map { ("\($0)", UInt64($0.rawValue)) }, "Rule")
    hold(FrozenNumbers.limitKind, LimitKind.allCases.map { ("\($0)", UInt64($0.rawValue)) }, "LimitKind")
    hold(FrozenNumbers.factKind, FactKind.allCases.map { ("\($0)", UInt64($0.rawValue)) }, "FactKind")
    hold(FrozenNumbers.inputKind, InputKind.allCases.map { ("\($0)", UInt64($0.rawValue)) }, "InputKind")
    hold(
        FrozenNumbers.operatorCommand, OperatorCommand.allCases.map { ("\($0)", UInt64($0.rawValue)) },
        "OperatorCommand")
    hold(FrozenNumbers.alertCode, AlertCode.allCases.map { ("\($0)", UInt64($0.rawValue)) }, "AlertCode")
}

private func hold(_ written: String, _ cases: [(name: String, number: UInt64)], _ type: String) {
    var names: [UInt64: String] = [:]
    for word in written.split(whereSeparator: \.isWhitespace) {
        let parts = word.split(separator: "=")
        let number = UInt64(parts[1])!
        #expect(names[number] == nil, "\(type): \(number) is written down twice")
        names[number] = String(parts[0])
    }
    #expect(names.count > 5)
    for item in cases {
        #expect(
            names[item.number] == item.name,
            "\(type) \(item.number) is \(item.name), and was \(names[item.number] ?? "nothing: write it down in FrozenNumbers")")
    }
}
