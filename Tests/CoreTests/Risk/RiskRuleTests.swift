import Model
import Testing

@testable import Core

// Goal: each limit passes what comes exactly to it and refuses one more, with rule, scope, limit and value, whatever state
// the orders beside it are in, after a restart, in another currency, for new orders and for replacements.
// Method: one table of limits. Beside 100 open units at 100.00 comes an order of 50; the reference is 100.00.

/// What the 100 open units are.
enum Beside: CaseIterable {
    case working, submitted, inDoubt, disputed, held, pendingCancel, pendingReplace, restored
}

/// One limit: how it is set, the value at which the order just passes, and what is said where it is one less.
struct LimitRow: Sendable {
    var name: String
    var rule: Rule
    var scope: RiskScope = .account
    /// At 1 for one; in another currency money is twice as much.
    var edge: Int64
    var isMoney = false
    /// Orders to sell.
    var isShort = false
    /// Asked of new orders only.
    var isOfNewOrders = false
    /// What the refusal shows, where it is not one less than the edge, and the edge.
    var shown: (@Sendable (Int64) -> (limit: Int64, value: Int64))?
    var set: @Sendable (inout CoreConfiguration, Int64) -> Void

    func edge(_ rate: Int64) -> Int64 { isMoney ? edge * rate : edge }
}

private let unitPrice: Int64 = 1_000_000

private func cash(_ configuration: inout CoreConfiguration, _ raw: Int64) {
    configuration.ledger.currencies[0].startCash = Money(raw: Int128(raw))
}

/// Limits on what everything comes to: 100 open and 50 more.
private let sums: [LimitRow] = [
    LimitRow(name: "position", rule: .positionLimit, edge: 150) { $0.limits.positionMax = Quantity(raw: $1) },
    LimitRow(name: "position", rule: .positionLimit, scope: .instrument, edge: 150) {
        $0.instruments[0].positionMax = Quantity(raw: $1)
    },
    LimitRow(name: "position", rule: .positionLimit, scope: .strategy, edge: 150) {
        $0.strategyLimits[0].positionMax = Quantity(raw: $1)
    },
    LimitRow(name: "short", rule: .positionLimit, edge: 150, isShort: true) {
        $0.limits.positionMax = Quantity(raw: $1)
    },
    LimitRow(name: "located", rule: .shortSale, scope: .instrument, edge: 150, isShort: true) {
        $0.instruments[0].locatedQuantity = Quantity(raw: $1)
    },
    LimitRow(name: "open orders", rule: .openOrderCount, edge: 2, isOfNewOrders: true) {
        $0.limits.openOrderCountMax = Int($1)
    },
    LimitRow(name: "open orders", rule: .openOrderCount, scope: .strategy, edge: 2, isOfNewOrders: true) {
        $0.strategyLimits[0].openOrderCountMax = Int($1)
    },
    LimitRow(name: "open", rule: .openNotional, edge: 150 * unitPrice, isMoney: true) {
        $0.limits.openNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "open", rule: .openNotional, scope: .strategy, edge: 150 * unitPrice, isMoney: true) {
        $0.strategyLimits[0].openNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "day", rule: .dayNotional, edge: 150 * unitPrice, isMoney: true) {
        $0.limits.dayNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "gross", rule: .grossNotional, edge: 150 * unitPrice, isMoney: true) {
        $0.limits.grossNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "net", rule: .netNotional, edge: 150 * unitPrice, isMoney: true) {
        $0.limits.netNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "net short", rule: .netNotional, edge: 150 * unitPrice, isMoney: true, isShort: true) {
        $0.limits.netNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(
        name: "margin", rule: .margin, edge: 75 * unitPrice, isMoney: true,
        set: {
            $0.limits.marginPpm = 500_000
            cash(&$0, $1)
        }),
    LimitRow(
        name: "own margin", rule: .margin, edge: 30 * unitPrice, isMoney: true,
        set: {
            $0.instruments[0].marginPpm = 200_000
            cash(&$0, $1)
        }),
    LimitRow(
        name: "cash", rule: .cash, edge: 150 * unitPrice, isMoney: true,
        // What is left for the order, and what it wants.
        shown: { ($0 / 3 - 1, $0 / 3) },
        set: {
            $0.limits.requiresCash = true
            cash(&$0, $1)
        }),
    LimitRow(
        name: "position of equity", rule: .positionEquity, edge: 500_000,
        shown: { _ in (150 * unitPrice - 300, 150 * unitPrice) },
        set: {
            $0.limits.positionEquityPpm = $1
            cash(&$0, 300 * unitPrice)
        }),
]

/// Limits on the order by itself.
private let sizes: [LimitRow] = [
    LimitRow(name: "quantity", rule: .orderQuantity, edge: 50) {
        $0.limits.orderQuantityMax = Quantity(raw: $1)
    },
    LimitRow(name: "quantity", rule: .orderQuantity, scope: .instrument, edge: 50) {
        $0.instruments[0].orderQuantityMax = Quantity(raw: $1)
    },
    LimitRow(name: "quantity", rule: .orderQuantity, scope: .strategy, edge: 50) {
        $0.strategyLimits[0].orderQuantityMax = Quantity(raw: $1)
    },
    LimitRow(name: "notional", rule: .orderNotional, edge: 50 * unitPrice, isMoney: true) {
        $0.limits.orderNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "notional", rule: .orderNotional, scope: .instrument, edge: 50 * unitPrice, isMoney: true)
    {
        $0.instruments[0].orderNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(name: "notional", rule: .orderNotional, scope: .strategy, edge: 50 * unitPrice, isMoney: true) {
        $0.strategyLimits[0].orderNotionalMax = Money(raw: Int128($1))
    },
    LimitRow(
        name: "capital", rule: .orderCapital, edge: 500_000,
        shown: { _ in (50 * unitPrice - 100, 50 * unitPrice) },
        set: {
            $0.limits.orderCapitalPpm = $1
            cash(&$0, 100 * unitPrice)
        }),
    LimitRow(
        name: "volume", rule: .dailyVolume, scope: .instrument, edge: 50_000, shown: { _ in (49, 50) },
        set: {
            $0.limits.dailyVolumePpm = $1
            $0.instruments[0].averageDailyVolume = Quantity(raw: 1_000)
        }),
    LimitRow(
        name: "least quantity", rule: .orderQuantityMin, edge: -50, shown: { _ in (51, 50) },
        set: { $0.limits.orderQuantityMin = Quantity(raw: -$1) }),
]

/// A world with a limit, in the base currency or in one that is worth two of it, where money is not the limit itself.
private func world(_ row: LimitRow, _ limit: Int64, rate: Int64) -> World {
    World(isReady: false) {
        $0.ledger.currencies[0].startCash = Money(raw: Int128(10_000 * unitPrice))
        if rate != 1 {
            $0.ledger.currencies.append(CurrencyDefinition(code: "EUR", rate: rate * 1_000_000_000))
            $0.instruments[0].currency = 1
        }
        row.set(&$0, limit)
        // Parts of the equity are of twice as much where everything is.
        if !row.isMoney, row.rule == .orderCapital || row.rule == .positionEquity {
            $0.ledger.currencies[0].startCash = Money(
                raw: $0.ledger.currencies[0].startCash.raw * Int128(rate))
        }
    }
}

private func start(_ world: World, firstUnseen: UInt32 = 1) {
    var start = Input(kind: .start)
    start.user_ref = 7
    start.execution_id = 1_700_000_000_000_000_000
    world.step(start)
    world.up(firstUnseen: firstUnseen)
    world.quote(bid: 999_000, 500, ask: 1_001_000, 500)
}

/// Opens 100 units, in one of the states that orders can be in.
private func open(_ world: World, _ beside: Beside, isShort: Bool) {
    let action: SignalAction = isShort ? .sell : .buy
    if beside == .restored {
        var order = Input(kind: .restoreOrder)
        order.user_ref = 5
        order.quantity = 100
        order.price = unitPrice
        order.instrument = 0
        order.side = (isShort ? Side.sell : .buy).rawValue
        order.execution_id = 77
        order.venue_time_ns = 1
        world.step(order)
        var terms = Input(kind: .restoreTerms)
        terms.flags = OrderType.limit.rawValue
        terms.instrument = RestoredState(remainder: .keep).bits
        world.step(terms)
        return start(world, firstUnseen: 0)
    }
    start(world)
    switch beside {
    case .working: _ = world.working(action, 100, limit: unitPrice)
    case .submitted: world.signal(action, 100, limit: unitPrice)
    case .inDoubt:
        world.signal(action, 100, limit: unitPrice)
        world.down()
        world.up(firstUnseen: 0)
        #expect(world.core.inDoubtCount == 1)
    case .disputed:
        let ref = world.signal(action, 90, limit: unitPrice)!.user_ref
        world.report(.orderAccepted, ref, quantity: 100, id: 9_001)
        #expect(world.order(ref)!.knowledge == .disputed)
        world.lift()
    case .held:
        // As a limit, which it will be: a stop alone counts at the collar.
        let stop: Int64 = isShort ? 990_000 : 1_010_000
        #expect(world.make(action, 100, limit: unitPrice, .stopLimit, stop: stop) != nil)
    case .pendingCancel:
        let ref = world.working(action, 100, limit: unitPrice)
        world.signal(.cancel)
        #expect(world.order(ref)!.request == .cancelPending)
    case .pendingReplace:
        let order = world.makeWorking(action, 60, limit: unitPrice)
        world.replace(order, quantity: 100)
        #expect(world.record(order).versionCount == 1)
    case .restored: break
    }
}

private func expect(_ row: LimitRow, _ world: World, _ edge: Int64, _ rate: Int64, _ comment: String) {
    var shown: (limit: Int64, value: Int64) = row.shown?(edge) ?? (edge - 1, edge)
    if row.rule == .orderCapital || row.rule == .positionEquity {
        shown = (shown.limit * rate, shown.value * rate)
    }
    #expect(
        world.refusal.map { $0 == (row.rule, shown.limit, shown.value) } == true, "\(comment): \(world.said)")
    #expect(world.scope == row.scope, "\(comment): \(world.said)")
}

@Test(arguments: Beside.allCases)
func aLimitOnSumsIsInclusiveBeside(_ beside: Beside) {
    for rate in [Int64(1), 2] {
        for row in sums {
            let action: SignalAction = row.isShort ? .sell : .buy
            let comment = "\(row.name) of \(row.scope) beside \(beside), rate \(rate)"
            let fits = world(row, row.edge(rate), rate: rate)
            open(fits, beside, isShort: row.isShort)
            #expect(fits.signal(action, 50, limit: unitPrice) != nil, "\(comment): \(fits.said)")
            #expect(fits.disagreement() == nil, "\(comment)")
            let narrow = world(row, row.edge(rate) - 1, rate: rate)
            open(narrow, beside, isShort: row.isShort)
            #expect(narrow.signal(action, 50, limit: unitPrice) == nil, "\(comment)")
            expect(row, narrow, row.edge(rate), rate, comment)
            #expect(narrow.disagreement() == nil, "\(comment)")
        }
    }
}

@Test(arguments: [Int64(1), 2])
func aLimitOnAnOrderIsInclusive(_ rate: Int64) {
    for row in sizes {
        let comment = "\(row.name) of \(row.scope), rate \(rate)"
        let fits = world(row, row.edge(rate), rate: rate)
        start(fits)
        #expect(fits.signal(.buy, 50, limit: unitPrice) != nil, "\(comment): \(fits.said)")
        let narrow = world(row, row.edge(rate) - 1, rate: rate)
        start(narrow)
        #expect(narrow.signal(.buy, 50, limit: unitPrice) == nil, "\(comment)")
        expect(row, narrow, row.edge(rate), rate, comment)
        // A held order of the same size is asked the same.
        #expect(narrow.make(.buy, 50, limit: unitPrice, .stopLimit, stop: 1_010_000) == nil, "\(comment)")
        expect(row, narrow, row.edge(rate), rate, "\(comment), held")
    }
}

/// Goal: a replacement is judged with its own reservation set aside, held or working, and only what it grows by counts.
@Test(arguments: [true, false])
func aReplacementIsHeldToTheSameLimits(_ isHeld: Bool) {
    for rate in [Int64(1), 2] {
        for row in sums + sizes where !row.isOfNewOrders && row.rule != .orderQuantityMin {
            let action: SignalAction = row.isShort ? .sell : .buy
            let comment = "\(row.name) of \(row.scope), rate \(rate), held \(isHeld)"
            let isSum = sums.contains { $0.name == row.name && $0.scope == row.scope }
            // The sums come to 150 with what is beside it; sizes are the order's alone.
            for (limit, isRefused) in [(row.edge(rate), false), (row.edge(rate) - 1, true)] {
                let world = world(row, limit, rate: rate)
                start(world)
                if isSum { _ = world.working(action, 100, limit: unitPrice) }
                let order: OrderHandle
                if isHeld {
                    order = world.make(
                        action, 20, limit: unitPrice, .stopLimit, stop: action == .sell ? 990_000 : 1_010_000)!
                } else {
                    order = world.makeWorking(action, 20, limit: unitPrice)
                }
                world.replace(order, quantity: 50)
                #expect(world.kinds.contains(.signalDiscarded) == isRefused, "\(comment): \(world.said)")
                if isRefused { expect(row, world, row.edge(rate), rate, comment) }
                // Less than it is passes under any limit.
                if isRefused {
                    world.replace(order, quantity: 10)
                    #expect(!world.kinds.contains(.signalDiscarded), "\(comment), smaller: \(world.said)")
                }
                #expect(world.disagreement() == nil, "\(comment)")
            }
        }
    }
}

/// Goal: what only reduces a position is kept back by the limits of which the table says so, and by no other.
@Test func whatReducesIsAskedWhatTheTableSays() {
    typealias Part = (kind: LimitKind, scope: RiskScope, target: Int, value: Int64)
    let asked: [(Part, Rule)] = [
        ((.orderQuantityMax, .account, 0, 49), .orderQuantity),
        ((.orderQuantityMax, .instrument, 0, 49), .orderQuantity),
        ((.orderQuantityMax, .strategy, 0, 49), .orderQuantity),
        ((.orderNotionalMax, .account, 0, 50 * unitPrice - 1), .orderNotional),
        ((.orderNotionalMax, .instrument, 0, 50 * unitPrice - 1), .orderNotional),
        ((.orderNotionalMax, .strategy, 0, 50 * unitPrice - 1), .orderNotional),
        ((.openOrderCountMax, .account, 0, 0), .openOrderCount),
        ((.openOrderCountMax, .strategy, 0, 0), .openOrderCount),
        ((.dailyVolumePpm, .account, 0, 1), .dailyVolume),
        ((.isRestricted, .instrument, 0, 1), .restrictedSymbol),
        ((.collarPpm, .account, 0, 0), .none), ((.lastCollarPpm, .account, 0, 1), .lastCollar),
    ]
    let free: [Part] = [
        (.orderQuantityMin, .account, 0, 51), (.orderCapitalPpm, .account, 0, 1),
        (.positionMax, .account, 0, 0),
        (.positionEquityPpm, .account, 0, 1), (.openNotionalMax, .account, 0, 0),
        (.dayNotionalMax, .account, 0, 0),
        (.grossNotionalMax, .account, 0, 0), (.netNotionalMax, .account, 0, 0),
        (.marginPpm, .account, 0, 1_000_000_000),
        (.marginPpm, .instrument, 0, 1_000_000_000), (.requiresCash, .account, 0, 1),
        (.allowsShortSales, .account, 0, 0), (.locatedQuantity, .instrument, 0, 0),
        (.openNotionalMax, .strategy, 0, 0), (.positionMax, .strategy, 0, 0),
        (.positionMax, .instrument, 0, 0),
    ]
    func held() -> World {
        let world = World {
            $0.instruments[0].averageDailyVolume = Quantity(raw: 1_000)
            $0.ledger.currencies[0].startCash = Money(raw: Int128(300 * unitPrice))
        }
        let ref = world.working(.buy, 200, limit: 1_001_000)
        world.execute(ref, 200, at: 1_001_000, match: 1)
        world.trade(price: 999_000)
        return world
    }
    for (part, rule) in asked {
        let world = held()
        world.reload([part])
        let made = world.signal(.sell, 50, limit: unitPrice)
        #expect((made == nil) == (rule != .none), "\(part): \(world.said)")
        if rule != .none { #expect(world.refusal?.rule == rule, "\(part): \(world.said)") }
        if rule != .none, part.scope != .account {
            #expect(world.scope == part.scope, "\(part): \(world.said)")
        }
    }
    for part in free {
        let world = held()
        world.reload([part])
        #expect(world.signal(.sell, 50, limit: unitPrice) != nil, "\(part): \(world.said)")
        // One more than the position is asked, where it raises what the limit is about.
        switch part.kind {
        case .orderQuantityMin, .requiresCash, .grossNotionalMax, .marginPpm: break
        default: #expect(world.signal(.sell, 151, limit: unitPrice) == nil, "\(part)")
        }
        #expect(world.disagreement() == nil)
    }
}

@Test func anOwnOrderIsNotTradedWith() {
    let world = World { $0.limits.preventsSelfTrade = true }
    let sell = world.makeWorking(.sell, 10, limit: 1_002_000)
    #expect(world.signal(.buy, 5, limit: 1_001_900) != nil)
    #expect(world.signal(.buy, 5, limit: 1_002_000) == nil)
    #expect(world.refusal! == (.selfTrade, 1_002_000, 1_002_000))
    // Also with what a replacement on its way will be.
    world.replace(sell, limit: 1_002_500)
    let newRef = world.sent.last!.user_ref
    #expect(world.signal(.buy, 5, limit: 1_002_000) == nil)
    world.report(.orderReplaced, newRef, quantity: 10, price: 1_002_500, id: UInt64(world.ref(sell)))
    #expect(world.record(sell).price.raw == 1_002_500)
    #expect(world.signal(.buy, 5, limit: 1_002_400) != nil)
    // What is held is at no venue.
    #expect(world.make(.sell, 5, limit: 1_000_000, .stopLimit, stop: 990_000) != nil)
    #expect(world.signal(.buy, 5, limit: 1_000_500) != nil)
    #expect(world.disagreement() == nil)
}

/// Goal: what the venue puts in force at another price than was asked for is not traded with either.
@Test func anOwnOrderAtAPriceOfTheVenuesIsNotTradedWith() {
    let world = World { $0.limits.preventsSelfTrade = true }
    let sell = world.makeWorking(.sell, 10, limit: 1_005_000)
    world.replace(sell, limit: 1_010_000)
    let first = world.sent.last!.user_ref
    world.replace(sell, limit: 1_011_000)
    world.report(.orderReplaced, first, quantity: 10, price: 1_002_000, id: UInt64(world.ref(sell)))
    #expect(world.record(sell).price.raw == 1_002_000)
    world.lift()
    #expect(world.signal(.buy, 5, limit: 1_003_000) == nil)
    #expect(world.refusal! == (.selfTrade, 1_002_000, 1_003_000))
    #expect(world.disagreement() == nil)
}

@Test func theSameOrderIsNotMadeForEver() {
    let world = World {
        $0.limits.duplicateOrderMax = 3
        $0.limits.duplicateWindowNs = 1_000
    }
    for _ in 0..<3 { #expect(world.signal(.buy, 5, limit: unitPrice) != nil) }
    #expect(world.signal(.buy, 5, limit: unitPrice) == nil)
    #expect(world.refusal! == (.duplicateOrder, 3, 4))
    #expect(world.scope == .instrument)
    #expect(world.signal(.buy, 6, limit: unitPrice) != nil)
    for _ in 0..<3 { #expect(world.signal(.buy, 5, limit: unitPrice) != nil) }
    world.advance(1_000)
    #expect(world.signal(.buy, 5, limit: unitPrice) == nil)
    world.advance(1)
    #expect(world.signal(.buy, 5, limit: unitPrice) != nil)
}

@Test(arguments: RiskScope.allCases)
func ordersAreNotMadeFasterThanTheRate(_ scope: RiskScope) {
    let world = World {
        switch scope {
        case .account:
            $0.limits.ordersPerSecond = 2
            $0.limits.orderBurst = 3
        case .strategy:
            $0.strategyLimits[0].ordersPerSecond = 2
            $0.strategyLimits[0].orderBurst = 3
        case .instrument:
            $0.instruments[0].ordersPerSecond = 2
            $0.instruments[0].orderBurst = 3
        }
    }
    let order = world.makeWorking(.buy, 1, limit: unitPrice)
    // A replacement counts, a refused order does not.
    world.replace(order, quantity: 2)
    #expect(world.signal(.buy, 1_000_000) == nil)
    #expect(world.signal(.buy, 1, limit: unitPrice) != nil)
    #expect(world.signal(.buy, 1, limit: unitPrice) == nil)
    #expect(world.refusal! == (.orderRate, 2, 3))
    #expect(world.scope == scope)
    world.advance(499_999_999)
    #expect(world.signal(.buy, 1, limit: unitPrice) == nil)
    world.advance(1)
    #expect(world.signal(.buy, 1, limit: unitPrice) != nil)
    #expect(world.disagreement() == nil)
}

/// Goal: a held stop to buy is judged at what it will count: its stop price and the collar.
@Test func aHeldStopIsJudgedAtTheCollar() {
    // 10 at 102.00 and 5% are 1,071.00.
    for (limit, passes) in [(Int64(10_710_000), true), (10_709_999, false)] {
        let world = World { $0.limits.openNotionalMax = Money(raw: Int128(limit)) }
        let made = world.make(.buy, 10, .stop, stop: 1_020_000)
        #expect((made != nil) == passes, "\(world.said)")
        if !passes { #expect(world.refusal! == (.openNotional, limit, 10_710_000)) }
        #expect(world.disagreement() == nil)
        // Reservation and limit are in the same terms after a wider collar, too.
        world.reload([(.collarPpm, .account, 0, 100_000)])
        #expect(world.disagreement() == nil)
    }
}

/// Goal: no quantity of a signal ends the engine, also where nothing more fits.
@Test func aQuantityThatIsNoneIsRefused() {
    let world = World { $0.limits.positionMax = Quantity(raw: 100) }
    let ref = world.working(.sell, 100, limit: 999_000)
    world.execute(ref, 100, at: 999_000, match: 1)
    for quantity in [Int64.min, -1, .max] {
        #expect(world.signal(.sell, quantity, limit: 999_000) == nil)
        #expect(world.refusal?.rule == .positionLimit && world.refusal!.value > 100)
        #expect(world.signal(.buy, quantity, limit: 999_000) == nil)
        #expect(world.refusal?.rule == .orderQuantity)
    }
}

/// Goal: the least fee of an order that is judged again counts once.
@Test func aReplacementPaysItsLeastFeeOnce() {
    let world = World {
        $0.ledger.fees.minimumPerOrder = Money(raw: 5_000)
        $0.ledger.currencies[0].startCash = Money(raw: Int128(20 * unitPrice + 5_000))
        $0.limits.requiresCash = true
    }
    let order = world.makeWorking(.buy, 10, limit: unitPrice)
    world.replace(order, quantity: 20)
    #expect(!world.kinds.contains(.signalDiscarded), "\(world.said)")
    world.replace(order, quantity: 21)
    #expect(world.refusal?.rule == .cash)
}

/// Goal: what a bust brings back counts by the market of now, not by what it was when something was last at stake.
@Test func aBustCountsByTheMarketOfNow() {
    let world = World()
    let buy = world.working(.buy, 100, limit: 1_001_000)
    world.execute(buy, 100, at: 1_001_000, match: 1)
    let sell = world.working(.sell, 100, limit: 999_000)
    world.execute(sell, 100, at: 999_000, match: 2)
    world.quote(bid: 1_999_000, 500, ask: 2_001_000, 500)
    world.report(.executionBroken, sell, id: 2)
    #expect(world.core.grossNotional.raw == 100 * 2_000_000)
    #expect(world.disagreement() == nil)
}

/// Goal: a position of an earlier day is taken over whole, also where it is more than one execution may have, and where it
/// cannot be believed nothing is added to it. Method: two and a half times that bound, and more than any bound.
@Test func aPositionBeyondOneExecutionIsTakenOverWhole() {
    let world = World()
    var position = Input(kind: .restorePosition)
    position.instrument = 0
    position.price = 1_000_000
    position.quantity = -(5 << 39)
    world.step(position)
    #expect(world.risk().position == -(5 << 39))
    #expect(world.disagreement() == nil)

    let other = World()
    position.quantity = Int64.min
    other.step(position)
    #expect(other.risk().position == 0 && other.risk().isReduceOnly)
    #expect(other.last.contains { $0.factKind == .alert })
}
