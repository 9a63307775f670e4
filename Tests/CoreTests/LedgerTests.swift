import Model
import TestSupport
import Testing

@testable import Core

private func ledger(
    instrumentCountMax: Int = 1, commissionHundredthBps: Int64 = 0, _ method: CostMethod = .average,
    _ change: (inout LedgerConfiguration) -> Void = { _ in }
) -> Ledger {
    var configuration = LedgerConfiguration()
    configuration.costMethod = method
    configuration.fees = FeeSchedule(commissionHundredthBps: commissionHundredthBps)
    change(&configuration)
    return Ledger(configuration, instrumentCountMax: instrumentCountMax, orderCountMax: 4)
}

private func key(_ id: UInt64, _ side: Side) -> ExecutionKey {
    ExecutionKey(venue: 0, tradingDay: 1, executionID: id, userRef: 1, side: side, kind: .new)
}

extension Ledger {
    fileprivate var digest: UInt64 {
        var digest = Digest()
        add(to: &digest)
        return digest.value
    }
}

/// Goal: a future's profit by its multiplier: 4521.25 to 4529.75 is 425.00 at ES's 50 a point, and 212.50 at 25.
/// Method: long and short, by both methods; nothing is left open.
@Test(arguments: [(Int64(50), "425.00"), (25, "212.50")], CostMethod.allCases)
func multiplierCountsEveryPoint(_ future: (points: Int64, profit: String), _ method: CostMethod) {
    for side in [Side.buy, .sell] {
        var ledger = ledger(method)
        ledger.define(0, multiplier: future.points)
        let (first, last): (Int64, Int64) = side == .buy ? (45_212_500, 45_297_500) : (45_297_500, 45_212_500)
        var change = ledger.book(0, side, price: Price(raw: first), quantity: 1, market: flatMarket())
        #expect(change == .opened)
        change = ledger.book(0, side.opposite, price: Price(raw: last), quantity: 1, market: flatMarket())
        #expect(change == .closed)
        #expect(ledger[0].realised.decimal(scale: 4) == future.profit)
        #expect(ledger[0].unrealised == .zero)
        #expect(ledger.account.equity.decimal(scale: 4) == future.profit)
    }
}

/// Goal: the mark is what the position could be closed at. Method: each side, each side empty, the last trade.
@Test func longsAreMarkedAtTheBidShortsAtTheAsk() {
    var ledger = ledger(instrumentCountMax: 2, commissionHundredthBps: 0)
    _ = ledger.book(
        0, .buy, price: Price(raw: 1_000_000), quantity: 100, market: market(bid: 999_000, ask: 1_001_000))
    #expect(ledger[0].unrealised.raw == -100_000)
    _ = ledger.book(
        1, .sell, price: Price(raw: 1_000_000), quantity: 100, market: market(bid: 999_000, ask: 1_001_000))
    #expect(ledger[1].unrealised.raw == -100_000)
    ledger.mark(0, market: market(bid: 1_010_000, ask: 1_020_000))
    ledger.mark(1, market: market(bid: 980_000, ask: 990_000))
    #expect(ledger[0].unrealised.raw == 1_000_000)
    #expect(ledger[1].unrealised.raw == 1_000_000)
    #expect(ledger.account.unrealised.raw == 2_000_000)
    var empty = market(bid: 0, ask: 1_020_000)
    empty.lastPrice = Price(raw: 1_015_000)
    ledger.mark(0, market: empty)
    #expect(ledger[0].unrealised.raw == 1_500_000)
    ledger.mark(0, market: flatMarket())  // nothing known: as it was
    #expect(ledger[0].unrealised.raw == 1_500_000)
}

/// Goal: through zero, the old position is closed at the fill and the new one opened at it.
@Test func reversalSplitsTheFill() {
    var ledger = ledger(instrumentCountMax: 1, commissionHundredthBps: 0)
    _ = ledger.book(0, .buy, price: Price(raw: 1_000_000), quantity: 100, market: flatMarket())
    let change = ledger.book(0, .sell, price: Price(raw: 1_100_000), quantity: 250, market: flatMarket())
    #expect(change == .reversed)
    #expect(ledger[0].realised.raw == 100 * 100_000)
    #expect(ledger[0].quantity.raw == -150)
    #expect(ledger[0].cost.raw == -150 * 1_100_000)
    #expect(ledger[0].averagePrice.raw == 1_100_000)
}

/// Goal: the share of a cost that does not divide stays somewhere. Method: 3 bought for 10 units in all, sold singly.
@Test func indivisibleCostLosesNothing() {
    var ledger = ledger(instrumentCountMax: 1, commissionHundredthBps: 0)
    _ = ledger.book(0, .buy, price: Price(raw: 3), quantity: 2, market: flatMarket())
    _ = ledger.book(0, .buy, price: Price(raw: 4), quantity: 1, market: flatMarket())
    for _ in 0..<3 { _ = ledger.book(0, .sell, price: Price(raw: 5), quantity: 1, market: flatMarket()) }
    #expect(ledger[0].realised.raw == 5)
    #expect(ledger[0].cost == .zero)
}

/// Goal: half a basis point of every notional, exact, and rounded against us where it is shown.
@Test func commissionIsExact() {
    var ledger = ledger(instrumentCountMax: 1, commissionHundredthBps: 50)
    _ = ledger.book(0, .sell, price: Price(raw: 1_000_100), quantity: 1, market: flatMarket())
    #expect(ledger[0].feesMillionths == 50_005_000)
    #expect(ledger[0].fees.raw == 51)
}

/// Goal: what was bought first is sold first. Method: two lots, one and a half of them sold; by average the same sales
/// realise another part, and realised and unrealised together are the same.
@Test func oldestLotIsSoldFirst() {
    var lots = ledger(.firstInFirstOut)
    var average = ledger(.average)
    let steps: [(Side, Int64, Int64)] = [
        (.buy, 100_0000, 100), (.buy, 120_0000, 100), (.sell, 130_0000, 150),
    ]
    for (id, step) in steps.enumerated() {
        let key = key(UInt64(id), step.0)
        let line = market(bid: 125_0000, ask: 126_0000)
        _ = lots.book(0, step.0, price: Price(raw: step.1), quantity: step.2, key: key, market: line)
        _ = average.book(0, step.0, price: Price(raw: step.1), quantity: step.2, key: key, market: line)
    }
    #expect(lots[0].realised.raw == 100 * 30_0000 + 50 * 10_0000)
    #expect(lots[0].averagePrice.raw == 120_0000)
    #expect(average[0].realised.raw == 150 * 20_0000)
    #expect(average[0].averagePrice.raw == 110_0000)
    #expect(lots.equity == average.equity)
    #expect(lots[0].realised + lots[0].unrealised == average[0].realised + average[0].unrealised)
}

/// Goal: a bust of an execution whose lot is half used up is exact in total. Method: what is still open leaves without
/// profit; what was sold of it counts as bought back from the next lot, at the busted price.
@Test func bustOfAHalfSoldLotIsExactInTotal() {
    var ledger = ledger(commissionHundredthBps: 50, .firstInFirstOut)
    let line = market(bid: 125_0000, ask: 126_0000)
    _ = ledger.book(0, .buy, price: Price(raw: 100_0000), quantity: 100, key: key(1, .buy), market: line)
    _ = ledger.book(0, .buy, price: Price(raw: 120_0000), quantity: 100, key: key(2, .buy), market: line)
    _ = ledger.book(0, .sell, price: Price(raw: 130_0000), quantity: 40, key: key(3, .sell), market: line)
    let change = ledger.undo(
        0, .buy, price: Price(raw: 100_0000), quantity: 100, key: key(1, .buy), market: line)
    #expect(change == .changed)
    #expect(ledger[0].quantity.raw == 60)
    #expect(ledger[0].averagePrice.raw == 120_0000)
    // Without it: 40 of those bought at 120 sold at 130, 60 still held at 120.
    #expect(ledger[0].realised.raw == 40 * 10_0000)
    #expect(ledger[0].unrealised.raw == 60 * 5_0000)
    let notional: Int128 = 100 * 120_0000 + 40 * 130_0000
    #expect(ledger[0].feesMillionths == notional * 50)
    #expect(ledger[0].volume.raw == 140)
}

/// Goal: a correction keeps its lot's place in the row, and what was sold of the lot is counted at the new price.
@Test func correctedLotKeepsItsPlace() {
    var ledger = ledger(.firstInFirstOut)
    _ = ledger.book(
        0, .buy, price: Price(raw: 100_0000), quantity: 100, key: key(1, .buy), market: flatMarket())
    _ = ledger.book(
        0, .buy, price: Price(raw: 120_0000), quantity: 100, key: key(2, .buy), market: flatMarket())
    _ = ledger.book(
        0, .sell, price: Price(raw: 130_0000), quantity: 40, key: key(3, .sell), market: flatMarket())
    var line = flatMarket()
    _ = ledger.correct(
        0, .buy, from: (Price(raw: 100_0000), 100), to: (Price(raw: 101_0000), 90), key: key(1, .buy),
        market: &line)
    #expect(ledger[0].realised.raw == 40 * 29_0000)
    #expect(ledger[0].cost.raw == 50 * 101_0000 + 100 * 120_0000)
    _ = ledger.book(
        0, .sell, price: Price(raw: 130_0000), quantity: 50, key: key(4, .sell), market: flatMarket())
    #expect(ledger[0].cost.raw == 100 * 120_0000)
}

/// Goal: when there is no room for another lot, two become one and no sum changes; the other instrument still gets one.
@Test func fullLotsAreMerged() {
    var ledger = ledger(instrumentCountMax: 2, .firstInFirstOut) { $0.lotCountMax = 1 }
    for id in 1...4 {
        _ = ledger.book(
            0, .buy, price: Price(raw: Int64(id) * 1_0000), quantity: 10, key: key(UInt64(id), .buy),
            market: flatMarket())
        let paid = Int128(5_0000 * id * (id + 1))
        #expect(ledger[0].cost.raw == paid)
    }
    let cash: Int128 = 75_0000 - 90_0000  // 15 sold at 5, less what the purchases at 2, 3 and 4 cost
    #expect(ledger.lots.mergedCount == 2)
    let told = (ledger.mergesToTell(), ledger.mergesToTell())
    #expect(told == (2, nil))
    #expect(ledger[0].lotCount == 2)
    for id in 5...6 {
        _ = ledger.book(
            1, .sell, price: Price(raw: 1_0000), quantity: 10, key: key(UInt64(id), .sell),
            market: flatMarket())
    }
    #expect(ledger[1].lotCount == 1)
    #expect(ledger[1].cost.raw == -20 * 1_0000)
    #expect(ledger.lots.mergedCount == 3)
    // The first three are one lot at 2.00; a bust of one of them is booked the other way.
    _ = ledger.book(
        0, .sell, price: Price(raw: 5_0000), quantity: 15, key: key(7, .sell), market: flatMarket())
    #expect(ledger[0].realised.raw == 15 * 3_0000)
    _ = ledger.undo(0, .buy, price: Price(raw: 1_0000), quantity: 10, key: key(1, .buy), market: flatMarket())
    #expect(ledger[0].quantity.raw == 15)
    #expect(ledger[0].realised.raw - ledger[0].cost.raw == cash)
}

/// Goal: fees by unit, rebates of makers, and a minimum for each order. Method: 0.0030 a share to takers, 0.0020 back to
/// makers, an order at least 1.00; a bust gives back what the rest of its order does not owe.
@Test func feesByUnitAndOrder() {
    var ledger = ledger {
        $0.fees.taker.perUnitMillionths = 30_000_000
        $0.fees.maker.perUnitMillionths = -20_000_000
        $0.fees.minimumPerOrder = Money(raw: 1_0000)
    }
    let order = OrderHandle(index: 2, generation: 1)
    var line = flatMarket()
    let price = Price(raw: 10_0000)
    _ = ledger.book(0, .buy, price: price, quantity: 100, order: order, market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "1.00")  // 0.30 by rate
    _ = ledger.book(0, .buy, price: price, quantity: 400, order: order, market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "1.50")
    _ = ledger.book(0, .buy, price: price, quantity: 100, isMaker: true, order: order, market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "1.30")
    _ = ledger.undo(0, .buy, price: price, quantity: 400, order: order, market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "1.00")
    // Another order in the same slot begins anew, and one that nobody tracks pays by rate.
    _ = ledger.book(
        0, .buy, price: price, quantity: 10, order: OrderHandle(index: 2, generation: 2), market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "2.00")
    _ = ledger.book(0, .sell, price: price, quantity: 100, isMaker: true, market: &line)
    #expect(ledger[0].fees.decimal(scale: 4) == "1.80")
}

/// Goal: two currencies in one account. Method: 1,000 in dollars, a purchase in euros at 1.10, a better price, a better
/// rate; what is shown is rounded down, what was won is not lost.
@Test func currenciesAreConvertedToTheBase() {
    var ledger = ledger(instrumentCountMax: 2) {
        $0.currencies = [
            CurrencyDefinition(code: "USD", startCash: Money(raw: 1_000_0000)),
            CurrencyDefinition(code: "EUR", rate: 1_100_000_000),
        ]
    }
    ledger.define(1, multiplier: 1, currency: 1)
    _ = ledger.book(
        1, .buy, price: Price(raw: 10_0000), quantity: 50, market: market(bid: 10_0000, ask: 11_0000))
    #expect(ledger.account.cash.decimal(scale: 4) == "450.00")
    #expect(ledger.account.equity.decimal(scale: 4) == "1000.00")
    ledger.mark(1, market: market(bid: 12_0000, ask: 13_0000))
    #expect(ledger.account.equity.decimal(scale: 4) == "1110.00")
    #expect(ledger.account.grossExposure.decimal(scale: 4) == "660.00")
    var changed = ledger.setRate(1, 1_200_000_000)
    #expect(changed)
    #expect(ledger.account.equity.decimal(scale: 4) == "1120.00")
    #expect(ledger.account.unrealised.decimal(scale: 4) == "120.00")
    changed = ledger.setRate(1, 333_333_333)
    #expect(changed)
    #expect(ledger.account.unrealised.raw == 33_3333)  // 33.3333333, down
    changed = ledger.setRate(1, 333_333_333)
    #expect(!changed)
    changed = ledger.setRate(0, 2_000_000_000)
    #expect(!changed)
    changed = ledger.setRate(2, 2_000_000_000)
    #expect(!changed)
    changed = ledger.setRate(1, 0)
    #expect(!changed)
    #expect(ledger.equity == ledger.equityOfParts)
}

/// Goal: day's profit, peak and drawdown follow every tick. Method: 100 held from 10.00 with 1,000.00: up to 14.00, down
/// to 9.00, up again; 500 of 1,400 are 3,571.4 basis points.
@Test func drawdownIsMeasuredFromThePeak() {
    var ledger = ledger { $0.currencies[0].startCash = Money(raw: 1_000_0000) }
    _ = ledger.book(
        0, .buy, price: Price(raw: 10_0000), quantity: 100, market: market(bid: 10_0000, ask: 11_0000))
    ledger.mark(0, market: market(bid: 14_0000, ask: 15_0000))
    ledger.beginDay()
    ledger.mark(0, market: market(bid: 9_0000, ask: 15_0000))
    #expect(ledger.account.equityPeak.decimal(scale: 4) == "1400.00")
    #expect(ledger.account.drawdown.decimal(scale: 4) == "500.00")
    #expect(ledger.account.drawdownBps == 3_572)
    #expect(ledger.account.dayProfit.decimal(scale: 4) == "-500.00")
    ledger.mark(0, market: market(bid: 13_0000, ask: 15_0000))
    #expect(ledger.account.drawdown.decimal(scale: 4) == "100.00")
    #expect(ledger.account.drawdownMax.decimal(scale: 4) == "500.00")
    #expect(ledger.account.drawdownMaxBps == 3_572)
    #expect(ledger.account.equity.decimal(scale: 4) == "1300.00")
}

/// Goal: a position of yesterday costs nothing today, and is worth what it was.
@Test func carriedPositionCostsNoFee() {
    var ledger = ledger(commissionHundredthBps: 50) { $0.currencies[0].startCash = Money(raw: 1_000_0000) }
    var line = market(bid: 10_0000, ask: 11_0000)
    let change = ledger.carry(0, .buy, price: Price(raw: 10_0000), quantity: 100, market: &line)
    #expect(change == .opened)
    #expect(ledger.account.feesMillionths == 0)
    #expect(ledger.account.volume == .zero)
    #expect(ledger.account.equity.decimal(scale: 4) == "1000.00")
    #expect(ledger.account.cash == .zero)
}

/// Goal: the digest tells states apart, and nothing but a change of state changes it. Method: calls that change nothing,
/// then each that changes something.
@Test(arguments: CostMethod.allCases)
func digestChangesOnlyWithTheState(_ method: CostMethod) {
    var ledger = ledger(instrumentCountMax: 2, method) {
        $0.currencies.append(CurrencyDefinition(code: "EUR", rate: 1_100_000_000))
    }
    var seen = [ledger.digest]
    func isNew(_ digest: UInt64) -> Bool {
        defer { seen.append(digest) }
        return !seen.contains(digest)
    }
    ledger.mark(0, market: market(bid: 10_0000, ask: 11_0000))  // not held
    ledger.beginDay()
    _ = ledger.setRate(1, 1_100_000_000)
    ledger.define(1, multiplier: 10)
    _ = ledger.account
    #expect(!isNew(ledger.digest))
    let line = market(bid: 10_0000, ask: 11_0000)
    _ = ledger.book(0, .buy, price: Price(raw: 10_0000), quantity: 10, key: key(1, .buy), market: line)
    #expect(isNew(ledger.digest))
    ledger.mark(0, market: line)
    let isDefined = ledger.define(0, multiplier: 10)
    #expect(!isDefined)
    _ = PositionSummary(symbol: .blank, ledger[0])
    #expect(!isNew(ledger.digest))
    ledger.mark(0, market: market(bid: 12_0000, ask: 13_0000))
    #expect(isNew(ledger.digest))
    ledger.beginDay()
    #expect(isNew(ledger.digest))
    _ = ledger.setRate(1, 1_200_000_000)
    #expect(isNew(ledger.digest))
    var same = line
    _ = ledger.correct(
        0, .buy, from: (Price(raw: 10_0000), 10), to: (Price(raw: 9_0000), 10), key: key(1, .buy),
        market: &same)
    #expect(isNew(ledger.digest))
    _ = ledger.undo(0, .buy, price: Price(raw: 9_0000), quantity: 10, key: key(1, .buy), market: line)
    #expect(isNew(ledger.digest))  // flat again, but the account has had a higher peak
}

/// Goal: what people read. Method: long, short, flat.
@Test func summaryNamesTheSide() {
    var ledger = ledger(instrumentCountMax: 3)
    _ = ledger.book(
        0, .buy, price: Price(raw: 10_0000), quantity: 7, market: market(bid: 9_0000, ask: 9_5000))
    _ = ledger.book(
        1, .sell, price: Price(raw: 10_0000), quantity: 7, market: market(bid: 9_0000, ask: 9_5000))
    let symbol = Symbol("ES")!
    let long = PositionSummary(symbol: symbol, ledger[0])
    #expect("\(long.side) \(long.quantity.raw)" == "LONG 7")
    #expect(long.entryPrice.raw == 10_0000)
    #expect(long.currentPrice.raw == 9_0000)
    #expect(long.unrealisedPnl.raw == -7_0000)
    #expect(long.realisedPnl == .zero)
    let short = PositionSummary(symbol: symbol, ledger[1])
    #expect("\(short.side) \(short.quantity.raw)" == "SHORT 7")
    #expect(short.currentPrice.raw == 9_5000)
    #expect(short.unrealisedPnl.raw == 3_5000)
    #expect("\(PositionSummary(symbol: symbol, ledger[2]).side)" == "FLAT")
}
