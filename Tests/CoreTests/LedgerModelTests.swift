import Model
import TestSupport
import Testing

@testable import Core

/// What the random operations are drawn from.
private struct Draw {
    var prices: ClosedRange<Int64>
    var quantities: ClosedRange<Int64>
    var rates: ClosedRange<Int64>
    /// Far from the last price, or near it.
    var isWild: Bool
}

private func market(_ draw: Draw, _ random: inout SeededRandom, near: Int64) -> MarketLine {
    var line = flatMarket()
    func price() -> Int64 {
        draw.isWild
            ? random.within(draw.prices)
            : min(max(near + random.within(-2_000...2_000), draw.prices.lowerBound), draw.prices.upperBound)
    }
    line.quote.bid = Price(raw: price())
    line.quote.bidQuantity = Quantity(raw: random.chance(perMillion: 100_000) ? 0 : 1)
    line.quote.ask = Price(raw: price())
    line.quote.askQuantity = Quantity(raw: random.chance(perMillion: 100_000) ? 0 : 1)
    line.lastPrice = Price(raw: random.chance(perMillion: 100_000) ? 0 : price())
    return line
}

/// Runs operations on the ledger and on the model, and compares everything after each.
private func run(
    _ configuration: LedgerConfiguration, instruments: [(multiplier: Int64, currency: Int)], _ draw: Draw,
    steps: Int, seed: UInt64
) {
    var random = SeededRandom(seed: seed)
    var ledger = Ledger(configuration, instrumentCountMax: instruments.count, orderCountMax: 16)
    var model = LedgerModel(configuration, instruments: instruments)
    for (index, instrument) in instruments.enumerated() {
        ledger.define(index, multiplier: instrument.multiplier, currency: instrument.currency)
    }
    var nextID: UInt64 = 1
    var last = [Int64](repeating: random.within(draw.prices), count: instruments.count)
    /// The order that each slot has now; its number is its generation too.
    var orders = (0..<16).map { (number: $0, instrument: 0) }
    var orderNumber = 16

    func admitted(_ at: Int) -> (price: Int64, quantity: Int64) {
        while true {
            let price =
                draw.isWild
                ? random.within(draw.prices)
                : min(
                    max(last[at] + random.within(-2_000...2_000), draw.prices.lowerBound),
                    draw.prices.upperBound)
            let quantity = random.within(draw.quantities)
            if ledger.admits(at, price: Price(raw: price), quantity: quantity) {
                last[at] = price
                return (price, quantity)
            }
        }
    }
    func handle(_ order: Int?) -> OrderHandle {
        guard let order, let slot = orders.firstIndex(where: { $0.number == order }) else { return .none }
        return OrderHandle(index: UInt32(slot), generation: UInt32(order))
    }

    for step in 0..<steps {
        let kind = random.below(100)
        switch kind {
        case 0..<45:
            let at = Int(random.below(UInt64(instruments.count)))
            let (price, quantity) = admitted(at)
            let side: Side = random.chance(perMillion: 500_000) ? .buy : .sell
            var order: Int?
            if random.chance(perMillion: 700_000) {
                let slot = Int(random.below(16))
                if orders[slot].instrument != at || random.chance(perMillion: 300_000) {
                    // What was booked for the order that was here is untracked from now on, as its record is gone: only
                    // when nothing of it stands, so that the model need not know.
                    if !model.standing.contains(where: { $0.order == orders[slot].number }) {
                        orders[slot] = (orderNumber, at)
                        orderNumber += 1
                    }
                }
                if orders[slot].instrument == at { order = orders[slot].number }
            }
            let execution = LedgerModel.Execution(
                key: ExecutionKey(
                    venue: UInt8(random.below(2)), tradingDay: 7, executionID: nextID,
                    userRef: UInt32(random.below(3)), side: side, kind: .new),
                instrument: at, side: side, price: price, quantity: quantity,
                isMaker: random.chance(perMillion: 400_000), order: order)
            nextID += 1
            let line = market(draw, &random, near: price)
            let before = model.holdings[at].quantity
            let change = ledger.book(
                at, side, price: Price(raw: price), quantity: quantity, key: execution.key,
                isMaker: execution.isMaker, order: handle(order), market: line)
            model.book(execution, market: line)
            let after = model.holdings[at].quantity
            let expected: PositionChange =
                before == 0
                ? .opened : after == 0 ? .closed : (before > 0) == (after > 0) ? .changed : .reversed
            #expect(change == expected, "seed \(seed) step \(step)")
        case 45..<60 where !model.standing.isEmpty:
            let place = Int(random.below(UInt64(model.standing.count)))
            let gone = model.standing[place]
            let line = market(draw, &random, near: gone.price)
            _ = ledger.undo(
                gone.instrument, gone.side, price: Price(raw: gone.price), quantity: gone.quantity,
                key: gone.key,
                isMaker: gone.isMaker, order: handle(gone.order), market: line)
            model.undo(place, market: line)
        case 60..<72 where !model.standing.isEmpty:
            let place = Int(random.below(UInt64(model.standing.count)))
            let old = model.standing[place]
            var (price, quantity) = admitted(old.instrument)
            if random.chance(perMillion: 400_000) { quantity = old.quantity }
            if random.chance(perMillion: 300_000) { price = old.price }
            guard ledger.admits(old.instrument, price: Price(raw: price), quantity: quantity) else {
                continue
            }
            var line = market(draw, &random, near: price)
            _ = ledger.correct(
                old.instrument, old.side, from: (Price(raw: old.price), old.quantity),
                to: (Price(raw: price), quantity), key: old.key, isMaker: old.isMaker,
                order: handle(old.order),
                market: &line)
            model.correct(place, price: price, quantity: quantity, market: line)
        case 72..<93:
            let at = Int(random.below(UInt64(instruments.count)))
            let line = market(draw, &random, near: last[at])
            ledger.mark(at, market: line)
            model.mark(at, market: line)
        case 93..<98 where configuration.currencies.count > 1:
            let currency = 1 + Int(random.below(UInt64(configuration.currencies.count - 1)))
            let rate = random.within(draw.rates)
            _ = ledger.setRate(currency, rate)
            model.setRate(currency, rate)
        default:
            ledger.beginDay()
            model.beginDay()
        }
        if let wrong = model.disagreement(ledger) {
            Issue.record("seed \(seed) step \(step) kind \(kind): \(wrong)")
            return
        }
        // An ordinary day takes little back at once: a list that only grows is slow to look through.
        if model.standing.count > 60 {
            let line = flatMarket()
            while model.standing.count > 20 {
                let gone = model.standing[0]
                _ = ledger.undo(
                    gone.instrument, gone.side, price: Price(raw: gone.price), quantity: gone.quantity,
                    key: gone.key, isMaker: gone.isMaker, order: handle(gone.order), market: line)
                model.undo(0, market: line)
            }
            if let wrong = model.disagreement(ledger) {
                Issue.record("seed \(seed) step \(step) after taking back: \(wrong)")
                return
            }
        }
    }
    #expect(ledger.account.equity == ledger.equity.money)
    if configuration.costMethod == .firstInFirstOut, configuration.lotCountMax < 8 {
        #expect(ledger.lots.mergedCount > 0, "the lots were never full")
    }
}

/// Goal: position, cost, realised, unrealised, fees, cash, equity, peak and drawdown are exact at every step, for each
/// instrument, each currency and the account; the parts sum to the whole; and, beside the rules of the cost methods,
/// equity is what the executions that stand have moved, plus what is held, less fees.
/// Method: 12 runs of 20,000 (2,000 in debug builds) random executions, busts, corrections, ticks, rates and days against lists and numbers
/// without a bound; both methods, three currencies, lots from too few to plenty.
@Test(arguments: 0..<12)
func ledgerAgreesWithTheSlowModel(_ round: Int) {
    var configuration = LedgerConfiguration()
    configuration.costMethod = round % 2 == 0 ? .average : .firstInFirstOut
    configuration.lotCountMax = [3, 7, 1_000][round / 2 % 3]
    configuration.currencies = [
        CurrencyDefinition(code: "USD", startCash: Money(raw: 100_000_0000)),
        CurrencyDefinition(code: "EUR", rate: 1_083_217_431, startCash: Money(raw: -77_7777)),
        CurrencyDefinition(code: "JPY", rate: 6_642_331),
    ]
    configuration.fees.taker = FeeRate(notionalHundredthBps: 37, perUnitMillionths: 30_000_001)
    configuration.fees.maker = FeeRate(notionalHundredthBps: -11, perUnitMillionths: -20_000_003)
    if round % 3 != 0 { configuration.fees.minimumPerOrder = Money(raw: 2_5001) }
    run(
        configuration, instruments: [(1, 0), (50, 0), (1, 1), (25, 1), (1_000, 2)],
        Draw(
            prices: round % 4 == 3 ? -5_000...5_000 : 1...2_000_000, quantities: 1...300,
            rates: 1...2_000_000_000, isWild: false),
        steps: BuildKind.isDebug ? 2_000 : 20_000, seed: TestSeed.current &+ UInt64(round))
}

/// Goal: the largest figures that the core admits neither trap nor lose anything. Method: the same comparison with prices
/// to 2⁴⁸, quantities to 2⁴⁰, the largest multipliers, fees and rates.
@Test(arguments: CostMethod.allCases, [0, 1])
func extremesNeitherTrapNorLose(_ method: CostMethod, _ round: UInt64) {
    var configuration = LedgerConfiguration()
    configuration.costMethod = method
    configuration.lotCountMax = 5
    configuration.currencies = [
        CurrencyDefinition(code: "USD", startCash: Money(raw: (1 << 100) - 1)),
        CurrencyDefinition(code: "BIG", rate: .max, startCash: Money(raw: -(1 << 100) + 1)),
    ]
    configuration.fees.taker = FeeRate(
        notionalHundredthBps: FeeRate.notionalHundredthBpsMax, perUnitMillionths: FeeRate.perUnitMillionthsMax
    )
    configuration.fees.maker = FeeRate(
        notionalHundredthBps: -FeeRate.notionalHundredthBpsMax,
        perUnitMillionths: -FeeRate.perUnitMillionthsMax)
    configuration.fees.minimumPerOrder = Money(raw: (1 << 60) - 1)
    let priceMax: Int64 = (1 << 48) - 1
    let quantityMax: Int64 = (1 << 40) - 1
    run(
        configuration, instruments: [(1, 0), (round == 0 ? 256 : 1, 1), (1, 1), (1, 0)],
        Draw(
            prices: round == 0 ? -priceMax...priceMax : (priceMax - 3)...priceMax,
            quantities: round == 0 ? 1...quantityMax : (quantityMax - 3)...quantityMax, rates: 1...Int64.max,
            isWild: true),
        steps: BuildKind.isDebug ? 500 : 3_000, seed: TestSeed.current &+ round)
    run(
        configuration, instruments: [(Int64(Int32.max), 1), (1 << 20, 0)],
        Draw(
            prices: -priceMax...priceMax, quantities: 1...131_071, rates: (Int64.max - 5)...Int64.max,
            isWild: true),
        steps: BuildKind.isDebug ? 500 : 3_000, seed: TestSeed.current &+ round)
}

/// Goal: what is shown of an exact amount is its floor or ceiling, saturated where 128 bits end; basis points are rounded
/// up. Method: seeded random amounts of every size against numbers without a bound.
@Test func shownAmountsAreRoundedAgainstUs() {
    var random = SeededRandom(seed: TestSeed.current)
    let unit = BigInteger(1_000_000_000_000_000)
    func amount() -> BaseMoney {
        var amount = BaseMoney.zero
        let wide = Int128(truncatingIfNeeded: random.next()) << 64 | Int128(random.next())
        amount.add(
            wide >> Int128(random.below(128)), times: Int128(random.next()) >> Int128(random.below(64)))
        return amount
    }
    for step in 0..<3_000 {
        let (a, b) = (amount(), amount())
        let told = "seed \(TestSeed.current) step \(step)"
        #expect((a + b).big == a.big + b.big, "\(told)")
        #expect((a - b).big == a.big - b.big, "\(told)")
        #expect((a < b) == (a.big < b.big), "\(told)")
        let floor = a.big.floor(unit)
        if floor < BigInteger(Int128.max), floor > BigInteger(-Int128.max) {
            #expect(BigInteger(a.money.raw) == floor, "\(told)")
            #expect(BigInteger(a.moneyRoundedUp.raw) == -(-a.big).floor(unit), "\(told)")
        } else {
            #expect(a.money.raw.magnitude >= Int128.max.magnitude - 1, "\(told)")
        }
        guard a > .zero, b > .zero else { continue }
        let points = -(-(a.big * BigInteger(10_000))).floor(b.big)
        #expect(a.basisPoints(of: b).map { BigInteger($0) } == min(points, BigInteger(1 << 40)), "\(told)")
    }
}
