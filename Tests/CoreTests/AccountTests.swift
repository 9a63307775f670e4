import Model
import TestSupport
import Testing

@testable import Core

// The account through the core's inputs: what executions cost, what currencies are worth, when a day is over.

private let day: UInt64 = 86_400_000_000_000

/// Takers 0.0030 a share and 1 bp, makers a rebate of 0.0020 a share; no minimum.
private func rates(_ configuration: inout CoreConfiguration) {
    configuration.ledger.fees = FeeSchedule()
    configuration.ledger.fees.taker = FeeRate(notionalHundredthBps: 100, perUnitMillionths: 30_000_000)
    configuration.ledger.fees.maker = FeeRate(notionalHundredthBps: 0, perUnitMillionths: -20_000_000)
}

extension World {
    fileprivate var fees: Int128 { totals.feesMillionths }

    fileprivate func facts(_ kind: FactKind) -> [Fact] { all.filter { $0.factKind == kind } }
}

// MARK: Makers and takers

/// Goal: who gave what rested is paid the rebate, who took pays, and the fact tells which it was. Method: an order of
/// 200 at 100.00, half as a maker (−0.20), half as a taker (0.30 + 1.00); then the venue says nothing (a taker's).
@Test func executionsAreChargedByWhatTheVenueSays() {
    let world = World { rates(&$0) }
    let ref = world.working(.buy, 300, limit: 1_000_000)
    world.execute(ref, 100, at: 1_000_000, match: 1, isMaker: true)
    #expect(world.fees == -2_000_000_000)
    #expect(world.facts(.orderFilled).last?.detail == UInt32(UInt8(ascii: "A")) | 0x100)
    world.execute(ref, 100, at: 1_000_000, match: 2)
    #expect(world.fees == -2_000_000_000 + 13_000_000_000)
    #expect(world.facts(.orderFilled).last?.detail == UInt32(UInt8(ascii: "R")))
    world.report(.execution, ref, quantity: 100, price: 1_000_000, id: 3)
    #expect(world.fees == -2_000_000_000 + 26_000_000_000)
    #expect(world.disagreement() == nil)
}

/// Goal: what is undone gives back exactly what it cost, and what is corrected is charged by the same rate, while the order
/// lives and when only its residue is left. Method: a maker's and a taker's execution, corrected and broken, with the
/// other one's rate never touched.
@Test(arguments: [false, true])
func bustsAndCorrectionsUseTheRateOfTheExecution(_ isClosed: Bool) {
    let world = World { rates(&$0) }
    let ref = world.working(.buy, 200, limit: 1_000_000)
    world.execute(ref, 100, at: 1_000_000, match: 1, isMaker: true)
    world.execute(ref, 100, at: 1_000_000, match: 2)
    if isClosed {
        world.advance(2_000_000_000)
        #expect(world.order(ref) == nil)
    }
    let (maker, taker): (Int128, Int128) = (-2_000_000_000, 13_000_000_000)
    #expect(world.fees == maker + taker)
    world.report(.executionCorrected, ref, quantity: 50, price: 1_000_000, id: 1, flags: 1)
    #expect(world.fees == maker / 2 + taker)
    // The correction's own flags say nothing of liquidity: the second counts like the first.
    world.report(.executionCorrected, ref, quantity: 80, price: 1_000_000, id: 1, flags: 2)
    #expect(world.fees == -1_600_000_000 + taker)
    world.report(.executionBroken, ref, id: 1, flags: UInt8(ascii: "S"))
    #expect(world.fees == taker)
    world.report(.executionBroken, ref, id: 2, flags: UInt8(ascii: "S"))
    #expect(world.fees == 0)
    #expect(world.totals.equity == .zero)
    #expect(world.disagreement() == nil)
}

/// Goal: the execution that a comparison of books finds is charged as the venue's books have it, and its report is
/// recognised when it comes.
@Test func executionFoundInTheVenuesBooksKeepsItsLiquidity() {
    let world = World {
        rates(&$0)
        $0.hasBackOffice = true
    }
    let ref = world.working(.buy, 100, limit: 1_000_000)
    var question = Input(kind: .operatorCommand)
    question.flags = OperatorCommand.reconcile.rawValue
    world.step(question)
    let number = world.sent.last { $0.commandKind == .query }?.user_ref ?? 0
    var begin = Input(kind: .reconcileBegin)
    begin.user_ref = number
    world.step(begin)
    var part = Input(kind: .reconcileExecution)
    part.user_ref = ref
    part.quantity = 100
    part.price = 1_000_000
    part.execution_id = 9
    part.instrument = 0
    part.side = Side.buy.rawValue
    part.flags = Input.executionFlags(UInt8(ascii: "A"), isMaker: true)
    world.step(part)
    var position = Input(kind: .reconcilePosition)
    position.instrument = 0
    position.quantity = 100
    position.price = 1_000_000
    world.step(position)
    var commit = Input(kind: .reconcileCommit)
    commit.user_ref = number
    commit.quantity = 2
    commit.flags = 1
    world.step(commit)
    #expect(world.fees == -2_000_000_000)
    world.execute(ref, 100, at: 1_000_000, match: 9, isMaker: true)
    #expect(world.kinds.contains(.executionRepeated))
    #expect(world.fees == -2_000_000_000)
    world.report(.executionBroken, ref, id: 9)
    #expect(world.fees == 0)
}

// MARK: Cost methods

/// Goal: the methods divide a profit differently and never disagree on its sum. Method: 100 at 99.00, 100 at 101.00, 150
/// sold at 100.50 (a partial close), 150 more at 100.00 (a reversal), through orders and their reports.
@Test func costMethodsDivideOneProfit() {
    func run(_ method: CostMethod) -> (partial: Money, reversed: Money, totals: AccountTotals) {
        let world = World {
            rates(&$0)
            $0.ledger.costMethod = method
        }
        let buy = world.working(.buy, 200, limit: 1_001_000)
        world.execute(buy, 100, at: 990_000, match: 1)
        world.execute(buy, 100, at: 1_010_000, match: 2)
        let sell = world.working(.sell, 300, limit: 1_000_000)
        world.execute(sell, 150, at: 1_005_000, match: 3)
        let partial = world.position().realised
        world.execute(sell, 150, at: 1_000_000, match: 4)
        #expect(world.position().quantity.raw == -100)
        #expect(world.position().averagePrice.raw == 1_000_000)
        #expect(world.disagreement() == nil)
        return (partial, world.position().realised, world.totals)
    }
    let average = run(.average)
    let first = run(.firstInFirstOut)
    #expect(average.partial.raw == 150 * 5_000)
    #expect(first.partial.raw == 100 * 15_000 - 50 * 5_000)
    // Closed to the last share, both have made the same.
    #expect(average.reversed == first.reversed)
    #expect(average.reversed.raw == 150 * 5_000)
    #expect(average.totals.equity == first.totals.equity)
    #expect(average.totals.cash == first.totals.cash)
}

// MARK: Currencies

private func euros(_ configuration: inout CoreConfiguration) {
    configuration.ledger.currencies = [
        CurrencyDefinition(code: "USD", startCash: Money(raw: 10_000_0000)),
        CurrencyDefinition(code: "EUR", rate: 1_100_000_001, startCash: Money(raw: 1_000_0000)),
    ]
    configuration.instruments[1].currency = 1
}

/// Goal: the limit on the whole account is held in its base currency, to the last digit: never a hair over it. Method: a
/// limit that an order in euros meets exactly by its rate passes; one unit of money less refuses; what is shown is rounded
/// up.
@Test func grossNotionalIsConvertedExactlyAndNeverTooLow() {
    // 100 at 100.00 in euros are 1,000.0000 · 10 = 10,000.0000, at 1.100000001 11,000.00001: the last digit counts.
    for (limit, passes) in [(110_000_001, true), (110_000_000, false)] {
        let world = World {
            euros(&$0)
            $0.limits.grossNotionalMax = Money(raw: Int128(limit))
        }
        world.quote(1, bid: 1_000_000, 500, ask: 1_000_000, 500)
        let command = world.signal(.buy, 100, limit: 1_000_000, instrument: 1)
        #expect((command != nil) == passes, "limit \(limit)")
        if passes {
            #expect(world.core.grossNotional.raw == 110_000_001)
        } else {
            #expect(world.refusal! == (.grossNotional, Int64(limit), 110_000_001))
        }
        #expect(world.disagreement() == nil)
    }
}

/// Goal: an order's own limit is in the base currency too, and closing takes no more than it lets through. Method: 100 at
/// 100.00 are 10,000 in dollars and 11,000.00001 in euros.
@Test func orderNotionalIsConvertedToTheBase() {
    for (limit, passes) in [(110_000_001, true), (110_000_000, false)] {
        let world = World {
            euros(&$0)
            $0.limits.orderNotionalMax = Money(raw: Int128(limit))
        }
        world.quote(1, bid: 1_000_000, 500, ask: 1_000_000, 500)
        #expect((world.signal(.buy, 100, limit: 1_000_000, instrument: 1) != nil) == passes)
        if !passes { #expect(world.refusal! == (.orderNotional, Int64(limit), 110_000_001)) }
        var line = world.risk(1)
        let size = world.core.account.largestOrder(&line, 1, quantity: 1_000, price: 1_000_000)
        #expect(size == (passes ? 100 : 99))
    }
}

/// Goal: a rate comes in as an input, revalues cash, positions, fees and gross notional at once, and is written down; what
/// makes no sense is refused by name.
@Test func rateRevaluesEverythingAtOnce() throws {
    let world = World {
        euros(&$0)
        rates(&$0)
    }
    world.quote(1, bid: 1_000_000, 500, ask: 1_000_000, 500)
    let ref = world.working(.buy, 100, limit: 1_000_000, instrument: 1)
    world.execute(ref, 40, at: 1_000_000, match: 1, isMaker: true)
    #expect(world.disagreement() == nil)
    let before = world.totals
    world.rate("EUR", 1_250_000_000)
    #expect(world.kinds == [.currencyRate, .accountState, .currencyState, .currencyState, .operatorAnswered])
    let fact = try #require(world.last.first)
    #expect(Symbol(raw: fact.execution_id).description == "EUR")
    #expect((fact.price, fact.quantity) == (1_100_000_001, 1_250_000_000))
    // 10,000 dollars, and 1,000.08 euros: 0.08 is the rebate.
    #expect(world.totals.equity.raw == 10_000_0000 + 1_250_1000)
    #expect(world.totals.equity > before.equity)
    #expect(world.totals.dayProfit.raw == 1_250_1000 - 1_100_0001)
    #expect(world.totals.realised == .zero)
    #expect(world.core.grossNotional.raw == 125_000_000)
    #expect(world.disagreement() == nil)

    func rule() -> Rule? {
        world.last.last { $0.factKind == .operatorAnswered }.flatMap { Rule(rawValue: $0.detail >> 16) }
    }
    for (code, rate, expected) in [
        ("EUR", 1_250_000_000, Rule.noChange), ("USD", 1, .unknownCurrency), ("CHF", 1, .unknownCurrency),
        ("EUR", 0, .badRate), ("EUR", -1, .badRate), ("EUR", Int64.max, .badRate),
    ] {
        let digest = world.digest
        world.rate(code, rate)
        #expect(rule() == expected)
        #expect(world.kinds == [.operatorAnswered])
        #expect(world.digest == digest)
    }
}

// MARK: Days

/// Goal: the day's profit counts from the roll of the venue's day, five hours behind UTC, and its last word is written down.
/// Method: 100 bought, the price rises by one; the clock of World stands at 22:13:20 UTC, 6 h 46 m 40 s before the roll.
@Test func dayRollsByTheVenuesCalendar() throws {
    let world = World { rates(&$0) }
    let ref = world.working(.buy, 100, limit: 1_000_000)
    world.execute(ref, 100, at: 999_000, match: 1, isMaker: true)
    world.quote(bid: 1_009_000, 500, ask: 1_010_000, 500)
    let profit = world.totals.dayProfit
    #expect(profit.raw == 100 * 10_000 + 2_000)
    let roll = 24_400 * 1_000_000_000 as UInt64
    world.nowNs = roll - 1
    world.runTimers()
    #expect(world.totals.dayProfit == profit)
    world.nowNs = roll
    world.all = []
    world.runTimers()
    let told = try #require(world.facts(.accountState).first)
    #expect(told.detail == AccountMoment.dayEnd.rawValue)
    #expect(told.quantity == Int64(profit.raw))
    #expect(told.price == Int64(world.totals.equity.raw))
    #expect(world.totals.dayProfit == .zero)
    world.quote(bid: 1_008_000, 500, ask: 1_010_000, 500)
    #expect(world.totals.dayProfit.raw == -100 * 1_000)
    #expect(world.totals.drawdown.raw == 100 * 1_000)
    // Two days later, in one jump: each day ends by itself, and the next at midnight again.
    world.nowNs = roll + 2 * day + 5
    world.all = []
    world.runTimers()
    #expect(world.facts(.accountState).count == 2)
    #expect(world.core.dayEndsNs == roll + 3 * day)
}

/// Goal: a clock that is set moves the roll, and one that is set back brings no day a second time.
@Test func clockMovesTheEndOfTheDay() {
    let world = World()
    let roll = 24_400 * 1_000_000_000 as UInt64
    func set(_ movedNs: Int64) {
        var input = Input(kind: .clockOffset)
        input.execution_id = UInt64(1_700_000_000_000_000_000 + movedNs)
        world.step(input)
    }
    set(1_000)
    #expect(world.core.nextDeadlineNs == roll - 1_000)
    set(-1_000)
    #expect(world.core.nextDeadlineNs == roll + 1_000)
    world.nowNs = roll + 1_000
    world.runTimers()
    #expect(world.facts(.accountState).last?.detail == AccountMoment.dayEnd.rawValue)
    // A second before midnight once more: the next end is tomorrow's.
    set(-1_000_000_000)
    #expect(world.core.nextDeadlineNs == roll + day + 1_000_000_000)
    // A day ahead: it is over at once.
    let count = world.facts(.accountState).count
    set(Int64(day) + 5_000_000_000)
    world.runTimers()
    #expect(world.facts(.accountState).count == count + 1)
    #expect(world.core.nextDeadlineNs > world.nowNs)
}

/// Goal: the account is written down when the run begins and when it ends.
@Test func accountIsToldAtStartAndStop() throws {
    let world = World { euros(&$0) }
    let start = try #require(world.facts(.accountState).first)
    #expect(start.sequence == 1)
    #expect(start.detail == AccountMoment.start.rawValue)
    #expect(start.price == 10_000_0000 + 1_100_0000)
    let currencies = world.facts(.currencyState).prefix(2)
    #expect(currencies.map { Symbol(raw: $0.execution_id).description } == ["USD", "EUR"])
    #expect(currencies.map(\.price) == [10_000_0000, 1_000_0000])
    world.step(Input(kind: .stop))
    #expect(world.kinds == [.accountState, .currencyState, .currencyState, .digest])
    #expect(world.last.first?.detail == AccountMoment.stop.rawValue)
}

// MARK: Everything together

/// Goal: whatever is executed, undone, corrected, quoted and revalued, at every fact the parts sum to the whole: cash and
/// positions are the equity in every currency, the currencies are the account, and the gross notional is that of the
/// lines, converted. Method: random inputs over three instruments in two currencies, compared after each.
@Test(arguments: CostMethod.allCases, 0..<4)
func partsSumToTheWholeAtEveryFact(_ method: CostMethod, _ part: Int) {
    let world = World {
        euros(&$0)
        rates(&$0)
        $0.ledger.costMethod = method
        $0.ledger.lotCountMax = 6
        $0.ledger.fees.minimumPerOrder = Money(raw: 1_0000)
        $0.instruments[2].currency = 1
        $0.instruments[2].multiplier = 50
        $0.limits.orderNotionalMax = Money(raw: 1 << 50)
        $0.limits.grossNotionalMax = Money(raw: 1 << 60)
        $0.evidenceHorizonNs = 1_000
        $0.tradingDayOffsetSeconds = 0
    }
    var random = SeededRandom(seed: TestSeed.current &+ UInt64(part))
    for instrument in 0..<3 as Range<UInt32> {
        world.quote(instrument, bid: 999_000, 500, ask: 1_001_000, 500)
    }
    var match: UInt64 = 1
    var done: [(ref: UInt32, match: UInt64, corrections: UInt8)] = []
    var rolled = 0
    for step in 0..<1_500 {
        let instrument = UInt32.random(in: 0..<3, using: &random)
        let price = 1_000_000 + Int64.random(in: -20_000...20_000, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1, 2:
            let middle = price / 100 * 100
            world.quote(instrument, bid: middle - 1_000, 500, ask: middle + 1_000, 500)
        case 3, 4, 5, 6:
            let quantity = Int64.random(in: 1...300, using: &random)
            let action: SignalAction = Bool.random(using: &random) ? .buy : .sell
            let limit = action == .buy ? 1_040_000 : 960_000
            guard let command = world.signal(action, quantity, limit: Int64(limit), instrument: instrument)
            else { break }
            world.accept(command.user_ref)
            let first = Int64.random(in: 1...quantity, using: &random)
            for executed in [first, quantity - first] where executed > 0 {
                world.execute(
                    command.user_ref, executed, at: price, match: match, isMaker: Bool.random(using: &random))
                done.append((command.user_ref, match, 0))
                match += 1
                if let wrong = world.disagreement() {
                    Issue.record("seed \(TestSeed.current) part \(part) step \(step): \(wrong)")
                    return
                }
            }
        case 7:
            guard let place = done.indices.randomElement(using: &random) else { break }
            world.report(.executionBroken, done[place].ref, id: done[place].match)
            done.remove(at: place)
        case 8:
            guard let place = done.indices.randomElement(using: &random) else { break }
            done[place].corrections += 1
            world.report(
                .executionCorrected, done[place].ref,
                quantity: Int64.random(in: 1...300, using: &random), price: price, id: done[place].match,
                flags: done[place].corrections)
        default:
            if Bool.random(using: &random) {
                world.rate("EUR", Int64.random(in: 800_000_000...1_300_000_000, using: &random))
            } else {
                world.advance(UInt64.random(in: 1..<day / 20, using: &random))
            }
            rolled = world.facts(.accountState).filter { $0.detail == AccountMoment.dayEnd.rawValue }.count
        }
        world.lift()
        if let wrong = world.disagreement() {
            Issue.record("seed \(TestSeed.current) part \(part) step \(step): \(wrong)")
            return
        }
    }
    #expect(match > 300)
    #expect(rolled > 0)
    #expect(!world.facts(.executionBroken).isEmpty && !world.facts(.executionCorrected).isEmpty)
    let merges = world.facts(.alert).filter { $0.detail == AlertCode.lotsMerged.rawValue }
    #expect(merges.isEmpty == (method == .average))
    // What was written down agrees with itself: in every currency cash and what is held, by its rate, are the equity. Each
    // figure is rounded down by less than one unit.
    var euro: Int128 = 1_100_000_001
    for (place, fact) in world.all.enumerated() {
        if fact.factKind == .currencyRate { euro = Int128(fact.quantity) }
        guard fact.factKind == .accountState else { continue }
        let (dollars, euros) = (world.all[place + 1], world.all[place + 2])
        let parts =
            (Int128(dollars.price) + Int128(dollars.quantity)) * 1_000_000_000
            + (Int128(euros.price) + Int128(euros.quantity)) * euro
        let less = Int128(fact.price) * 1_000_000_000 - parts
        #expect(less > -1_000_000_000 && less < 1_000_000_000 + euro, "input \(fact.sequence)")
    }
}
