import Model
import TestSupport
import Testing

@testable import Core

private func flatMarket() -> MarketLine { MarketLine(instrument: InstrumentID(index: 0)) }

private func market(bid: Int64, ask: Int64) -> MarketLine {
    var line = flatMarket()
    line.quote.bid = Price(raw: bid)
    line.quote.bidQuantity = Quantity(raw: bid == 0 ? 0 : 1)
    line.quote.ask = Price(raw: ask)
    line.quote.askQuantity = Quantity(raw: ask == 0 ? 0 : 1)
    return line
}

/// Goal: a future's profit by its multiplier, the case of 4521.25 to 4529.75 at 25 a point.
/// Method: the figure is (4529.75 − 4521.25) · 25 = 212.50.
@Test func multiplierCountsEveryPoint() {
    var ledger = Ledger(instrumentCountMax: 1, commissionHundredthBps: 0)
    ledger.define(0, multiplier: 25)
    var change = ledger.book(0, .buy, price: Price(raw: 45_212_500), quantity: 1, market: flatMarket())
    #expect(change == .opened)
    change = ledger.book(0, .sell, price: Price(raw: 45_297_500), quantity: 1, market: flatMarket())
    #expect(change == .closed)
    #expect(ledger[0].realised.decimal(scale: 4) == "212.50")
    #expect(ledger[0].unrealised == .zero)
}

/// Goal: the mark is what the position could be closed at. Method: each side, each side empty, the last trade.
@Test func longsAreMarkedAtTheBidShortsAtTheAsk() {
    var ledger = Ledger(instrumentCountMax: 2, commissionHundredthBps: 0)
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
    var ledger = Ledger(instrumentCountMax: 1, commissionHundredthBps: 0)
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
    var ledger = Ledger(instrumentCountMax: 1, commissionHundredthBps: 0)
    _ = ledger.book(0, .buy, price: Price(raw: 3), quantity: 2, market: flatMarket())
    _ = ledger.book(0, .buy, price: Price(raw: 4), quantity: 1, market: flatMarket())
    for _ in 0..<3 { _ = ledger.book(0, .sell, price: Price(raw: 5), quantity: 1, market: flatMarket()) }
    #expect(ledger[0].realised.raw == 5)
    #expect(ledger[0].cost == .zero)
}

/// Goal: half a basis point of every notional, exact, and rounded against us where it is shown.
@Test func commissionIsExact() {
    var ledger = Ledger(instrumentCountMax: 1, commissionHundredthBps: 50)
    _ = ledger.book(0, .sell, price: Price(raw: 1_000_100), quantity: 1, market: flatMarket())
    #expect(ledger[0].feesMillionths == 50_005_000)
    #expect(ledger[0].fees.raw == 51)
}

/// Goal: whatever happens, no money appears or goes: realised − cost is the cash that moved, quantities and totals
/// agree, and a bust gives back all that its execution did. Method: seeded random executions and busts in three
/// instruments against plain sums over the list of executions that stand.
@Test(arguments: 0..<8)
func ledgerAgreesWithPlainSums(_ round: Int) {
    var random = SeededRandom(seed: TestSeed.current &+ UInt64(round))
    var ledger = Ledger(instrumentCountMax: 3, commissionHundredthBps: 37)
    ledger.define(2, multiplier: 50)
    struct Execution {
        var instrument: Int
        var side: Side
        var price: Int64
        var quantity: Int64
    }
    var standing: [Execution] = []
    for step in 0..<1_500 {
        let bid = random.within(500_000...1_500_000)
        let line = market(bid: random.chance(perMillion: 50_000) ? 0 : bid, ask: bid + random.within(0...500))
        if random.chance(perMillion: 100_000), !standing.isEmpty {
            let gone = standing.remove(at: Int(random.below(UInt64(standing.count))))
            _ = ledger.undo(
                gone.instrument, gone.side, price: Price(raw: gone.price), quantity: gone.quantity,
                market: line)
        } else if random.chance(perMillion: 200_000) {
            for instrument in 0..<3 { ledger.mark(instrument, market: line) }
        } else {
            let execution = Execution(
                instrument: Int(random.below(3)), side: random.chance(perMillion: 500_000) ? .buy : .sell,
                price: bid, quantity: random.within(1...300))
            standing.append(execution)
            _ = ledger.book(
                execution.instrument, execution.side, price: Price(raw: bid), quantity: execution.quantity,
                market: line)
        }
        var realised = Money.zero
        var unrealised = Money.zero
        var volume: Int64 = 0
        for instrument in 0..<3 {
            let multiplier: Int64 = instrument == 2 ? 50 : 1
            var quantity: Int64 = 0
            var cash: Int128 = 0
            var fees: Int128 = 0
            for execution in standing where execution.instrument == instrument {
                let value = Int128(execution.price) * Int128(execution.quantity) * Int128(multiplier)
                quantity += execution.side.sign * execution.quantity
                cash -= Int128(execution.side.sign) * value
                fees += value * 37
                volume += execution.quantity
            }
            let position = ledger[instrument]
            let told = "seed \(TestSeed.current) round \(round) step \(step) instrument \(instrument)"
            #expect(position.quantity.raw == quantity, "\(told)")
            #expect(position.realised.raw - position.cost.raw == cash, "\(told)")
            #expect(position.feesMillionths == fees, "\(told)")
            if quantity == 0 { #expect(position.cost == .zero && position.unrealised == .zero, "\(told)") }
            let worth = Int128(position.mark.raw) * Int128(quantity) * Int128(multiplier)
            if quantity != 0 { #expect(position.unrealised.raw == worth - position.cost.raw, "\(told)") }
            realised += position.realised
            unrealised += position.unrealised
        }
        #expect(ledger.account.realised == realised)
        #expect(ledger.account.unrealised == unrealised)
        #expect(ledger.account.volume.raw == volume)
    }
}

// The ledger is lent the market's line; a test has it as a value.
extension Ledger {
    mutating func book(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, market: MarketLine
    ) -> PositionChange {
        var market = market
        return book(instrument, side, price: price, quantity: quantity, market: &market)
    }
    mutating func undo(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, market: MarketLine
    ) -> PositionChange {
        var market = market
        return undo(instrument, side, price: price, quantity: quantity, market: &market)
    }
    mutating func mark(_ instrument: Int, market: MarketLine) {
        var market = market
        mark(instrument, market: &market)
    }
}
