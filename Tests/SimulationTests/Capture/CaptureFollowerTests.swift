import Matching
import Model
import TestSupport
import Testing

@testable import Simulation

/// The follower's rules, each by a case small enough to check by eye. Prices are in 10⁻⁴, as on the wire.
@Suite struct CaptureFollowerTests {
    static let symbol = Symbol("ZXIET")!

    static func level(_ side: Side, _ price: Int64, _ quantity: Int64, open: Bool = false) -> MarketEvent {
        var event = MarketEvent()
        event.kind = MarketEventKind.levelSet.rawValue
        event.symbol = symbol.raw
        event.instrument = .max
        event.side = side.rawValue
        event.price = price
        event.quantity = quantity
        if open { event.flags = MarketEventFlags.transactionOpen.rawValue }
        return event
    }

    static func trade(_ price: Int64, _ quantity: Int64, cross: Bool = false) -> MarketEvent {
        var event = level(.none, price, quantity)
        event.kind = MarketEventKind.trade.rawValue
        if cross { event.flags = MarketEventFlags.cross.rawValue }
        return event
    }

    static func status(_ code: Character) -> MarketEvent {
        var event = level(.none, 0, 0)
        event.kind = MarketEventKind.status.rawValue
        event.code = code.asciiValue!
        return event
    }

    static func order(
        _ side: Side, _ price: Int64, _ quantity: UInt32, _ duration: Matching.Duration = .day,
        market: Bool = false,
        postOnly: Bool = false
    ) -> OrderEntry {
        OrderEntry(
            instrument: InstrumentID(index: 0), side: side, price: Price(raw: price), quantity: quantity,
            duration: duration, isMarket: market, isPostOnly: postOnly, owner: 3, userRef: 77)
    }

    /// 300 at 10.00 and 200 at 10.01 offered, 400 at 9.99 bid.
    static func follower() -> CaptureFollower {
        var follower = CaptureFollower()
        follower.apply(level(.sell, 100_000, 300))
        follower.apply(level(.sell, 100_100, 200))
        follower.apply(level(.buy, 99_900, 400))
        return follower
    }

    /// Kind, quantity and price of each event, one a word: enough to compare by eye.
    static func said(_ follower: borrowing CaptureFollower) -> [String] {
        follower.events.map { event in
            switch event.kind {
            case .accepted: "accepted \(event.quantity) rests \(event.remaining)"
            case .executed: "\(event.quantity)@\(event.price.raw)"
            case .cancelled: "cancelled \(event.quantity) \(event.reason)"
            case .replaced: "replaced \(event.quantity) rests \(event.remaining)"
            case .rejected: "rejected \(event.reason)"
            }
        }
    }

    /// Goal: an order takes what is displayed within its limit, at the displayed prices, and the rest waits or goes.
    @Test func takesDisplayed() {
        var follower = Self.follower()
        follower.enter(Self.order(.buy, 100_100, 600))
        #expect(Self.said(follower) == ["accepted 600 rests 100", "300@100000", "200@100100"])
        #expect(follower.events[1].otherReference == 1 && follower.events[1].reference == 0)
        #expect(follower.events[1].otherRemaining == 300 && follower.events[2].otherRemaining == 100)
        #expect(follower.events[1].matchNumber == 1 && follower.events[2].matchNumber == 2)

        var other = Self.follower()
        other.enter(Self.order(.sell, 99_900, 500, .immediateOrCancel))
        #expect(Self.said(other) == ["accepted 500 rests 0", "400@99900", "cancelled 100 immediate"])
        other.enter(Self.order(.sell, 0, 1, .immediateOrCancel, market: true))
        #expect(Self.said(other) == ["accepted 1 rests 0", "cancelled 1 immediate"])
    }

    /// Goal: the same displayed share is never sold twice, whatever the level does.
    @Test func displayedFillsOnce() {
        var follower = Self.follower()
        func bought(_ quantity: UInt32, from follower: inout CaptureFollower) -> UInt32 {
            follower.enter(Self.order(.buy, 100_000, quantity, .immediateOrCancel))
            return follower.events.filter { $0.kind == .executed }.reduce(0) { $0 + $1.quantity }
        }
        #expect(bought(200, from: &follower) == 200)
        #expect(bought(200, from: &follower) == 100)
        #expect(bought(200, from: &follower) == 0)
        follower.apply(Self.level(.sell, 100_000, 300))  // said again: nothing new
        #expect(bought(200, from: &follower) == 0)
        follower.apply(Self.level(.sell, 100_000, 350))  // 50 are new
        #expect(bought(200, from: &follower) == 50)
        follower.apply(Self.level(.sell, 100_000, 100))  // the capture's own buyers took ours: nothing new
        #expect(bought(200, from: &follower) == 0)
        follower.apply(Self.level(.sell, 100_000, 0))
        follower.apply(Self.level(.sell, 100_000, 80))  // a new level
        #expect(bought(200, from: &follower) == 80)
    }

    /// Goal: a waiting order fills after the quantity ahead of it has traded, at its own price.
    @Test func queueAhead() {
        var follower = Self.follower()
        let reference = follower.enter(Self.order(.buy, 99_900, 100))
        #expect(follower.waiting(reference)! == (100, 400))
        follower.apply(Self.trade(99_900, 150))
        #expect(follower.events.isEmpty && follower.waiting(reference)! == (100, 250))
        follower.apply(Self.level(.buy, 99_900, 250))
        #expect(follower.waiting(reference)! == (100, 250))
        follower.apply(Self.level(.buy, 99_900, 900))  // others come behind
        #expect(follower.waiting(reference)! == (100, 250))
        follower.apply(Self.level(.buy, 99_900, 200))  // some ahead must have gone
        #expect(follower.waiting(reference)! == (100, 200))
        follower.apply(Self.trade(99_900, 230))
        #expect(Self.said(follower) == ["30@99900"])
        #expect(follower.events[0].reference == reference && follower.events[0].remaining == 70)
        #expect(follower.events[0].owner == 3 && follower.events[0].userRef == 77)
        follower.apply(Self.trade(99_900, 500))
        #expect(Self.said(follower) == ["70@99900"])
        #expect(follower.waiting(reference) == nil)
    }

    /// Goal: a print through the price fills without a queue, and one print fills no more than its quantity.
    @Test func printThrough() {
        var follower = Self.follower()
        let first = follower.enter(Self.order(.buy, 99_900, 100))
        let second = follower.enter(Self.order(.buy, 99_900, 100))
        follower.apply(Self.trade(99_800, 150, cross: true))
        #expect(follower.events.isEmpty)
        follower.apply(Self.trade(99_800, 150))
        #expect(Self.said(follower) == ["100@99900", "50@99900"])
        #expect(follower.events.map(\.reference) == [first, second])
        follower.apply(Self.trade(100_000, 500))
        #expect(follower.events.isEmpty)
    }

    /// Goal: two orders at one price keep their order, and one print passes the queue once.
    @Test func firstComeFirstServed() {
        var follower = Self.follower()
        let first = follower.enter(Self.order(.buy, 99_900, 100))
        follower.apply(Self.level(.buy, 99_900, 600))
        let second = follower.enter(Self.order(.buy, 99_900, 100))
        #expect(follower.waiting(second)! == (100, 600))
        follower.apply(Self.trade(99_900, 450))  // 400 ahead of both, then 50 of the first
        #expect(Self.said(follower) == ["50@99900"])
        #expect(follower.waiting(first)! == (50, 0))
        #expect(follower.waiting(second)! == (100, 200))
    }

    /// Goal: when the other side comes to display the price, the waiting order trades, once; not in mid-transaction.
    @Test func displayComesToUs() {
        var follower = Self.follower()
        let reference = follower.enter(Self.order(.buy, 99_950, 250))
        follower.apply(Self.level(.sell, 99_940, 100, open: true))
        #expect(follower.events.isEmpty)
        follower.apply(Self.level(.sell, 99_930, 50))
        #expect(Self.said(follower) == ["150@99950"])
        follower.apply(Self.level(.sell, 99_930, 50))
        #expect(follower.events.isEmpty && follower.waiting(reference)! == (100, 0))
    }

    /// Goal: cancel, reduce, replace as the matching engine has them.
    @Test func cancelAndReplace() {
        var follower = Self.follower()
        let reference = follower.enter(Self.order(.buy, 99_900, 100))
        let did1 = follower.cancel(reference, toRemaining: 60)
        #expect(did1)
        #expect(Self.said(follower) == ["cancelled 40 asked"])
        let did2 = follower.cancel(reference, toRemaining: 60)
        #expect(!did2)
        let did3 = follower.replace(reference, price: Price(raw: 99_900), quantity: 50, userRef: 78)
        #expect(did3 == reference)
        #expect(follower.waiting(reference)! == (50, 400))
        let moved = follower.replace(reference, price: Price(raw: 100_000), quantity: 350, userRef: 79)
        #expect(Self.said(follower) == ["replaced 350 rests 50", "300@100000"])
        #expect(moved != reference && follower.waiting(reference) == nil)
        #expect(follower.events[0].otherReference == reference)
        let did4 = follower.cancel(moved)
        #expect(did4)
        let did5 = follower.cancel(moved)
        #expect(!did5)
        #expect(Self.said(follower) == ["rejected unknownOrder"])
    }

    /// Goal: what cannot be done is refused with its reason; a halted instrument trades not at all.
    @Test func refusalsAndHalts() {
        var follower = Self.follower()
        var stranger = Self.order(.buy, 100_000, 1)
        stranger.instrument = InstrumentID(index: 9)
        follower.enter(stranger)
        #expect(Self.said(follower) == ["rejected unknownInstrument"])
        follower.enter(Self.order(.buy, 100_000, 1, postOnly: true))
        #expect(Self.said(follower) == ["rejected wouldTrade"])
        follower.enter(Self.order(.buy, 100_000, 301, .fillOrKill))
        #expect(Self.said(follower) == ["rejected notFillable"])
        follower.enter(Self.order(.buy, 100_000, 300, .fillOrKill))
        #expect(Self.said(follower) == ["accepted 300 rests 0", "300@100000"])
        follower.enter(Self.order(.buy, 0, 300))
        #expect(Self.said(follower) == ["rejected badPrice"])

        var halted = Self.follower()
        halted.apply(Self.status("H"))
        let reference = halted.enter(Self.order(.buy, 100_000, 100))
        #expect(Self.said(halted) == ["accepted 100 rests 100"])
        halted.apply(Self.trade(99_000, 100))
        #expect(halted.events.isEmpty)
        halted.apply(Self.status("T"))
        #expect(Self.said(halted) == ["100@100000"])
        #expect(halted.waiting(reference) == nil)

        // The venue's own halt ends with its own message, whatever the trading status says meanwhile.
        var operational = Self.follower()
        operational.apply(Self.status("O"))
        _ = operational.enter(Self.order(.buy, 100_000, 100))
        _ = Self.said(operational)
        operational.apply(Self.status("T"))
        #expect(operational.events.isEmpty)
        operational.apply(Self.status("N"))
        #expect(Self.said(operational) == ["100@100000"])
    }

    /// Goal: by-order captures move the same levels: add, execute, reduce, replace, delete.
    @Test func byOrder() {
        var follower = CaptureFollower()
        func event(
            _ kind: MarketEventKind, _ reference: UInt64, _ fill: (inout MarketEvent) -> Void = { _ in }
        ) -> MarketEvent {
            var event = MarketEvent()
            event.kind = kind.rawValue
            event.instrument = 5
            event.order_ref = reference
            fill(&event)
            return event
        }
        follower.apply(
            event(.add, 1) {
                $0.side = 1; $0.price = 99_900; $0.quantity = 100
            })
        #expect(follower.unexplainedCount == 1)
        follower.apply(event(.instrument, 0) { $0.symbol = Self.symbol.raw })
        let instrument = InstrumentID(index: 0)
        #expect(follower.instrument(Self.symbol) == instrument)
        follower.apply(
            event(.add, 1) {
                $0.side = 1; $0.price = 99_900; $0.quantity = 100
            })
        follower.apply(
            event(.add, 2) {
                $0.side = 1; $0.price = 99_900; $0.quantity = 50
            })
        #expect(follower.best(instrument, .buy)?.quantity == 150)
        let reference = follower.enter(Self.order(.buy, 99_900, 10))
        follower.apply(event(.execute, 1) { $0.quantity = 60 })
        #expect(follower.waiting(reference)! == (10, 90))
        follower.apply(
            event(.replace, 2) {
                $0.new_order_ref = 3; $0.price = 99_950; $0.quantity = 20
            })
        #expect(follower.best(instrument, .buy)! == (Price(raw: 99_950), 20))
        #expect(follower.waiting(reference)! == (10, 40))
        follower.apply(event(.delete, 3))
        follower.apply(event(.reduce, 1) { $0.quantity = 30 })
        #expect(follower.best(instrument, .buy)! == (Price(raw: 99_900), 10))
        follower.apply(event(.execute, 1) { $0.quantity = 10 })
        #expect(follower.events.isEmpty && follower.waiting(reference)! == (10, 0))
        follower.apply(
            event(.add, 4) {
                $0.side = 2; $0.price = 99_900; $0.quantity = 4
            })
        #expect(Self.said(follower) == ["4@99900"])
    }

    /// Goal: whatever comes, nothing traps, no order fills beyond its quantity, and clients never get more shares than
    /// were displayed or printed. Method: 20,000 seeded steps, sums kept on the side.
    @Test func neverMoreThanTheMarketHad() {
        var random = SeededRandom(seed: TestSeed.current)
        var follower = CaptureFollower()
        follower.apply(Self.level(.buy, 10_000, 1))
        var displayed: [Int64: Int64] = [10_000: 1]
        var offered: Int64 = 1
        var filled: Int64 = 0
        var ordered: [UInt64: Int64] = [:]
        var live: [UInt64] = []
        for step in 0..<20_000 {
            let price = random.within(9_990...10_010)
            let quantity = random.within(0...300)
            let side: Side = price <= 10_000 ? .buy : .sell
            switch random.below(5) {
            case 0, 1:
                offered += max(0, quantity - displayed[price, default: 0])
                displayed[price] = quantity
                follower.apply(Self.level(side, price, quantity))
            case 2:
                offered += 2 * quantity
                follower.apply(Self.trade(price, quantity))
            case 3:
                let reference = follower.enter(
                    Self.order(random.below(2) == 0 ? .buy : .sell, price, UInt32(quantity) + 1))
                ordered[reference] = quantity + 1
                live.append(reference)
            default:
                if !live.isEmpty {
                    follower.cancel(live.remove(at: Int(random.below(UInt64(live.count)))))
                }
            }
            for event in follower.events where event.kind == .executed {
                filled += Int64(event.quantity)
                let reference = max(event.reference, event.otherReference)
                ordered[reference, default: 0] -= Int64(event.quantity)
                #expect(ordered[reference]! >= 0, "seed \(TestSeed.current) step \(step)")
            }
        }
        #expect(filled > 1_000)
        #expect(filled <= offered, "seed \(TestSeed.current)")
    }

    /// Goal: no market event is a trap. Method: 50,000 records of random bytes with a known kind.
    @Test func randomEventsNeverTrap() {
        var random = SeededRandom(seed: TestSeed.current)
        var follower = CaptureFollower()
        for _ in 0..<50_000 {
            var event = MarketEvent()
            event.kind = UInt8(random.below(13))
            event.symbol = random.below(3)
            event.instrument = random.below(2) == 0 ? .max : UInt32(random.below(100_000))
            event.side = UInt8(random.below(3))
            event.flags = UInt8(random.below(8))
            event.order_ref = random.below(50)
            event.new_order_ref = random.below(50)
            event.price = random.below(4) == 0 ? Int64(bitPattern: random.next()) : random.within(0...10)
            event.quantity = random.below(4) == 0 ? Int64(bitPattern: random.next()) : random.within(0...10)
            follower.apply(event)
            if random.below(8) == 0 { follower.enter(Self.order(.buy, random.within(1...10), 5)) }
            if random.below(8) == 0 { follower.enter(Self.order(.sell, random.within(1...10), 5)) }
        }
    }
}
