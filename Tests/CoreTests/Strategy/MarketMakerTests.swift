import Model
import TestSupport
import Testing

@testable import Core

private func maker(
    _ change: (inout CoreConfiguration) -> Void = { _ in }, skewTicks: Int64 = 2, replaceTicks: Int64 = 2,
    fair: MarketMaker.Fair = .mid
) -> StrategyRehearsal<MarketMaker> {
    StrategyRehearsal(
        MarketMaker(
            instrumentCountMax: 4, size: 10, halfSpreadTicks: 2, skewTicks: skewTicks, inventoryMax: 20,
            replaceTicks: replaceTicks, pauseNs: 1_000, fair: fair), symbols: ["AAA", "BBB"], change)
}

/// Two quotes, acknowledged, around 100.05 in a market of 100.00 to 100.10.
private func quoting(_ rehearsal: inout StrategyRehearsal<MarketMaker>) {
    rehearsal.start()
    rehearsal.quote(bid: 1_000_000, 500, ask: 1_001_000, 500)
    for order in rehearsal.orders { rehearsal.accept(order) }
}

/// Goal: the quotes of the formula: half a spread of two ticks from the middle, post-only, for a day; and the micro-price leans to
/// the thinner side: (100.00 · 100 + 100.10 · 900) / 1000 = 100.09, where the ask must not be crossed.
@Test func makerQuotesAroundItsFairPrice() {
    var rehearsal = maker()
    rehearsal.start()
    rehearsal.quote(bid: 1_000_000, 500, ask: 1_001_000, 500)
    let orders = rehearsal.orders
    #expect(orders.map(\.price) == [1_000_300, 1_000_700])
    #expect(orders.map(\.side) == [Side.buy.rawValue, Side.sell.rawValue])
    #expect(orders.map(\.quantity) == [10, 10])
    #expect(orders.map(\.flags) == [OrderFlags.postOnly.rawValue, OrderFlags.postOnly.rawValue])
    var leaning = maker(fair: .micro)
    leaning.start()
    leaning.quote(bid: 1_000_000, 900, ask: 1_001_000, 100)
    #expect(leaning.orders.map(\.price) == [1_000_700, 1_001_100])
}

/// Goal: a quote moves by a replacement, once it is two ticks from its price and not before, and nothing else is asked of it until
/// the venue has answered.
@Test func makerReplacesFromItsThresholdOn() {
    var rehearsal = maker()
    quoting(&rehearsal)
    // Our own quotes are the best now: what they are worth is still the market behind them.
    rehearsal.quote(bid: 1_000_100, 500, ask: 1_001_100, 500)
    #expect(rehearsal.commands.count == 2)
    rehearsal.quote(bid: 1_000_200, 500, ask: 1_001_200, 500)
    #expect(rehearsal.commands.count == 4)
    let moves = Array(rehearsal.commands[2...])
    #expect(moves.allSatisfy { $0.kind == CommandKind.replace.rawValue })
    #expect(moves.map(\.price) == [1_000_500, 1_000_900])
    #expect(moves.map(\.original_ref) == rehearsal.orders.map(\.user_ref))
    rehearsal.quote(bid: 1_000_600, 500, ask: 1_001_600, 500)
    #expect(rehearsal.commands.count == 4)
    // Answered: from here on the market of now counts.
    for move in moves { rehearsal.accept(move) }
    #expect(rehearsal.commands.count == 6)
    // The bid no further than a tick below where the ask still stands.
    #expect(rehearsal.commands[4...].map(\.price) == [1_000_800, 1_001_300])
}

/// Goal: what is held moves both quotes against it, and at the bound only the way out is quoted: at 10 of 20 one tick, at 20 two
/// ticks and no bid.
@Test func makerLeansAgainstWhatItHolds() {
    var rehearsal = maker(replaceTicks: 1)
    quoting(&rehearsal)
    let bid = rehearsal.orders[0]
    rehearsal.fill(bid, 10)
    // The bid is gone and comes anew a tick lower; the ask moves a tick down.
    #expect(rehearsal.orders.count == 3)
    #expect(rehearsal.orders[2].price == 1_000_200)
    #expect(rehearsal.commands.last?.kind == CommandKind.replace.rawValue)
    #expect(rehearsal.commands.last?.price == 1_000_600)
    rehearsal.accept(rehearsal.orders[2])
    rehearsal.fill(rehearsal.orders[2], 10)
    let own = rehearsal.core.context.own(InstrumentID(index: 0))
    #expect(own.position == 20 && own.buyCount == 0)
    #expect(rehearsal.orders.count == 3)
    // A part of the ask executes: inventory falls, and a bid has room for that much.
    let ask = rehearsal.orders[1]
    rehearsal.fill(ask, 4)
    #expect(rehearsal.orders.count == 4)
    #expect(rehearsal.orders[3].quantity == 4)
    #expect(rehearsal.orders[3].side == Side.buy.rawValue)
}

/// Goal: nothing is quoted while trading is halted, the books are not whole, risk allows less than everything, or the engine has
/// stopped; and it quotes again when it may. Method: each trouble once, and the commands that follow.
@Test(arguments: ["halt", "gap", "risk", "stop"])
func makerPullsItsQuotes(_ trouble: String) {
    var rehearsal = maker()
    quoting(&rehearsal)
    switch trouble {
    case "halt": rehearsal.status(UInt8(ascii: "H"))
    case "gap": rehearsal.step(.feedGap)
    case "risk": rehearsal.step(.operatorCommand) { $0.flags = OperatorCommand.stopTrading.rawValue }
    default: rehearsal.stop()
    }
    let cancels = rehearsal.commands[2...].map(\.kind)
    #expect(cancels == [CommandKind.cancel.rawValue, CommandKind.cancel.rawValue])
    for order in rehearsal.orders { rehearsal.cancelled(order, 10) }
    rehearsal.quote(bid: 1_000_000, 501, ask: 1_001_000, 500)
    #expect(rehearsal.orders.count == 2)
    switch trouble {
    case "halt": rehearsal.status(UInt8(ascii: "T"))
    case "gap": rehearsal.step(.feedWhole)
    default: return
    }
    #expect(rehearsal.orders.count == 4)
}

/// Goal: what the venue rejects or our own risk refuses is tried again, but not before the pause is over.
@Test func makerPausesAfterARefusal() {
    var rehearsal = maker({ $0.limits.openOrderCountMax = 1 })
    rehearsal.start()
    rehearsal.quote(bid: 1_000_000, 500, ask: 1_001_000, 500)
    #expect(rehearsal.orders.count == 1)
    var refused = rehearsal.facts.filter { $0.factKind == .riskRejected }.count
    #expect(refused == 1)
    rehearsal.quote(bid: 1_000_000, 501, ask: 1_001_000, 500)
    refused = rehearsal.facts.filter { $0.factKind == .riskRejected }.count
    #expect(refused == 1)
    rehearsal.reject(rehearsal.orders[0])
    #expect(rehearsal.orders.count == 1)
    rehearsal.advance(ns: 1_000)
    rehearsal.quote(bid: 1_000_000, 502, ask: 1_001_000, 500)
    #expect(rehearsal.orders.count == 2)
}

/// Goal: nothing is quoted into a day that ends; what is quoted later is answered as ever.
@Test func makerQuotesNothingInAnswerToAnExpiry() {
    var rehearsal = maker()
    quoting(&rehearsal)
    for order in rehearsal.orders { rehearsal.expired(order, 10) }
    #expect(rehearsal.orders.count == 2)
    rehearsal.advance(ns: 1_000)
    rehearsal.quote(bid: 1_000_000, 501, ask: 1_001_000, 500)
    #expect(rehearsal.orders.count == 4)
}

/// Goal: whatever market and venue do, there is one order a side at most, none of our quotes could trade with the other, and what
/// it holds stays within its bound with every open quote counted as filled. Method: random steps against the venue's view of our
/// orders, kept apart.
@Test(arguments: 0..<6)
func makerKeepsItsPromises(_ round: UInt64) {
    var random = SeededRandom(seed: TestSeed.current &+ round)
    var rehearsal = maker(skewTicks: Int64(round), replaceTicks: 1, fair: round % 2 == 0 ? .mid : .micro)
    rehearsal.start()
    /// The venue's: number, and what it stands at.
    struct Resting {
        var command: Command
        var leaves: Int64
        var price: Int64
    }
    var resting: [Resting] = []
    var waiting: [Command] = []
    var taken = 0
    var middle: Int64 = 1_000_000
    var fills = 0
    for step in 0..<1_500 {
        let label: Comment = "seed \(TestSeed.current) round \(round) step \(step)"
        rehearsal.advance(ns: random.below(2_000))
        switch random.below(6) {
        case 0, 1:
            middle += (Int64(random.below(9)) - 4) * 100
            let half = (1 + Int64(random.below(5))) * 100
            rehearsal.quote(
                bid: middle - half, 1 + Int64(random.below(900)), ask: middle + half,
                1 + Int64(random.below(900)))
        case 2, 3:
            guard !waiting.isEmpty else { break }
            let command = waiting.removeFirst()
            switch command.commandKind {
            case .enter:
                if random.below(8) == 0 {
                    rehearsal.reject(command)
                } else {
                    resting.append(
                        Resting(command: command, leaves: command.quantity, price: command.price))
                    rehearsal.accept(command)
                }
            case .replace:
                guard let place = resting.firstIndex(where: { $0.command.user_ref == command.original_ref })
                else { break }
                resting[place].command.user_ref = command.user_ref
                resting[place].price = command.price
                rehearsal.accept(command)
            case .cancel:
                guard let place = resting.firstIndex(where: { $0.command.user_ref == command.original_ref })
                else { break }
                let gone = resting.remove(at: place)
                rehearsal.cancelled(gone.command, gone.leaves)
            case .query: break
            }
        case 4:
            guard !resting.isEmpty else { break }
            let place = Int(random.below(UInt64(resting.count)))
            let quantity = 1 + Int64(random.below(UInt64(resting[place].leaves)))
            let order = resting[place]
            resting[place].leaves -= quantity
            if resting[place].leaves == 0 { resting.remove(at: place) }
            rehearsal.fill(order.command, quantity, at: order.price)
            fills += 1
        default:
            rehearsal.status(UInt8(ascii: random.below(4) == 0 ? "H" : "T"))
        }
        while taken < rehearsal.commands.count {
            waiting.append(rehearsal.commands[taken])
            taken += 1
        }
        let own = rehearsal.core.context.own(InstrumentID(index: 0))
        #expect(own.buyCount <= 1 && own.sellCount <= 1, label)
        #expect(own.position + own.openBuy <= 20 && own.position - own.openSell >= -20, label)
        let bids = resting.filter { $0.command.side == Side.buy.rawValue }.map(\.price)
        let asks = resting.filter { $0.command.side == Side.sell.rawValue }.map(\.price)
        if let bid = bids.max(), let ask = asks.min() { #expect(bid < ask, label) }
        let account = rehearsal.core.position(InstrumentID(index: 0)).quantity.raw
        #expect(account == own.position, label)
    }
    #expect(fills > 50)
}

/// Goal: which instruments are quoted: the first that come where none is named, else those that are, whenever they come.
@Test func makerQuotesWhatItIsTold() {
    var first = StrategyRehearsal(
        MarketMaker(instrumentCountMax: 4, countMax: 1), symbols: ["AAA", "BBB"])
    first.start()
    first.quote(1, bid: 1_000_000, 500, ask: 1_001_000, 500)
    first.quote(0, bid: 1_000_000, 500, ask: 1_001_000, 500)
    #expect(first.orders.map(\.instrument) == [1, 1])
    var named = StrategyRehearsal(
        MarketMaker(instrumentCountMax: 4, symbols: [Symbol("AAA")!]), symbols: ["AAA", "BBB"])
    named.start()
    named.quote(1, bid: 1_000_000, 500, ask: 1_001_000, 500)
    named.quote(0, bid: 1_000_000, 500, ask: 1_001_000, 500)
    #expect(named.orders.map(\.instrument) == [0, 0])
}
