import Model
import TestSupport
import Testing

@testable import Core

/// Keeps the bars that it subscribes to.
private struct Barkeeper: Strategy {
    var periods: [BarPeriod]
    var only: InstrumentID
    var streams: [BarStream?] = []
    var bars: [Bar] = []
    var times: [UInt64] = []
    static var wants: StrategyInterests { .bars }

    init(_ periods: [BarPeriod], only: InstrumentID = .none) {
        self.periods = periods
        self.only = only
    }
    mutating func onStart(_ context: inout StrategyContext) {
        for period in periods { streams.append(context.subscribe(period, in: only)) }
    }
    mutating func onBar(_ bar: Bar, _ context: inout StrategyContext) {
        bars.append(bar)
        times.append(context.engineTimeNs)
    }
}

/// A bar the slow way: from the list of its trades.
private struct SlowBar: Equatable {
    var instrument: UInt32
    var stream: Int
    var prices: [Int64]
    var quantities: [Int64]
    var endNs: UInt64?

    func agrees(_ bar: Bar) -> Bool {
        bar.instrument.index == instrument && bar.open.raw == prices.first && bar.close.raw == prices.last
            && bar.high.raw == prices.max() && bar.low.raw == prices.min() && bar.count == prices.count
            && bar.volume.raw == quantities.reduce(0, +)
            && bar.notional == zip(prices, quantities).map { Int128($0) * Int128($1) }.reduce(0, +)
            && bar.vwap.raw == Int64(bar.notional / Int128(bar.volume.raw))
            && (endNs == nil || bar.endedAtNs == endNs)
    }
}

/// Goal: time, tick and volume bars are what their trades say. Method: random trades of three instruments at random times
/// against lists of trades, cut the slow way; each bar at its moment, in the order of the streams.
@Test(arguments: 0..<8)
func barsAreWhatTheTradesSay(_ round: UInt64) {
    var random = SeededRandom(seed: TestSeed.current &+ round)
    let periodNs: UInt64 = 1_000_000 * (1 + random.below(5))
    let countMax = 1 + Int(random.below(7))
    let volumeMax = 1 + Int64(random.below(400))
    let utcNs: UInt64 = 1_700_000_000_000_000_000
    var rehearsal = StrategyRehearsal(
        Barkeeper([.time(ns: periodNs), .ticks(countMax), .volume(Quantity(raw: volumeMax))]),
        symbols: ["AAA", "BBB", "CCC"])
    rehearsal.start()
    var open: [[SlowBar?]] = .init(repeating: .init(repeating: nil, count: 3), count: 3)
    var timed: [SlowBar] = []
    var counted: [SlowBar] = []
    var filled: [SlowBar] = []
    var endNs: UInt64 = 0
    func closeTimed() {
        // In the order of the first trades.
        timed += order.compactMap { open[0][$0] }
        for place in 0..<3 { open[0][place] = nil }
        order = []
        endNs = 0
    }
    var order: [Int] = []
    for _ in 0..<2_000 {
        if random.below(3) == 0 { rehearsal.advance(ns: random.below(2 * periodNs)) }
        let nowNs = rehearsal.nowNs
        if endNs != 0, nowNs >= endNs { closeTimed() }
        let instrument = Int(random.below(3))
        let price = 1_000_000 + Int64(random.below(2_000)) - 1_000
        let quantity = 1 + Int64(random.below(100))
        rehearsal.trade(UInt32(instrument), price: price, quantity)
        if endNs == 0 { endNs = ((utcNs + nowNs) / periodNs + 1) * periodNs - utcNs }
        for stream in 0..<3 {
            if open[stream][instrument] == nil {
                open[stream][instrument] = SlowBar(
                    instrument: UInt32(instrument), stream: stream, prices: [], quantities: [],
                    endNs: stream == 0 ? endNs : nowNs)
                if stream == 0 { order.append(instrument) }
            }
            open[stream][instrument]!.prices.append(price)
            open[stream][instrument]!.quantities.append(quantity)
            if stream > 0 { open[stream][instrument]!.endNs = nowNs }
        }
        if open[1][instrument]!.prices.count >= countMax {
            counted.append(open[1][instrument]!)
            open[1][instrument] = nil
        }
        if open[2][instrument]!.quantities.reduce(0, +) >= volumeMax {
            filled.append(open[2][instrument]!)
            open[2][instrument] = nil
        }
    }
    rehearsal.advance(ns: 2 * periodNs)
    closeTimed()
    let streams = rehearsal.strategies.streams
    let bars = rehearsal.strategies.bars
    let times = rehearsal.strategies.times
    for (place, slow) in [timed, counted, filled].enumerated() {
        let made = bars.filter { $0.stream == streams[place] }
        #expect(made.count == slow.count, "seed \(TestSeed.current) round \(round) stream \(place)")
        for (bar, expected) in zip(made, slow) where !expected.agrees(bar) {
            Issue.record("seed \(TestSeed.current) round \(round) stream \(place): \(bar), \(expected)")
        }
    }
    // Each came at its moment, and a time bar is of one whole period.
    for (bar, atNs) in zip(bars, times) {
        #expect(bar.endedAtNs == atNs)
        if bar.stream == streams[0] {
            #expect(bar.endedAtNs - bar.beganAtNs == periodNs)
            #expect((utcNs + bar.endedAtNs) % periodNs == 0)
        }
    }
    let refused = rehearsal.core.bars.refusedCount
    #expect(refused == 0)
}

/// Goal: a subscription of one instrument has bars of that one; who has no trade has none; and the time of a quiet market wakes
/// nobody.
@Test func aSubscriptionIsOfItsInstrument() {
    var rehearsal = StrategyRehearsal(
        Barkeeper([.ticks(1), .time(ns: 1_000_000)], only: InstrumentID(index: 1)), symbols: ["AAA", "BBB"])
    rehearsal.start()
    let quiet = rehearsal.core.nextDeadlineNs
    rehearsal.trade(0, price: 1_000_000, 1)
    rehearsal.advance(ns: 5_000_000)
    var bars = rehearsal.strategies.bars
    #expect(bars.isEmpty)
    let still = rehearsal.core.nextDeadlineNs
    #expect(still == quiet)
    rehearsal.trade(1, price: 1_000_100, 2)
    let due = rehearsal.core.nextDeadlineNs
    #expect(due <= rehearsal.nowNs + 1_000_000)
    rehearsal.advance(ns: 5_000_000)
    bars = rehearsal.strategies.bars
    #expect(bars.map(\.instrument.index) == [1, 1])
    let after = rehearsal.core.nextDeadlineNs
    #expect(after == quiet)
}

/// Goal: at the bounds: the seventeenth subscription is refused, an instrument without a place gets no bars and an alert tells it
/// once, and quantities that are none are in no bar.
@Test func barsHaveTheirBounds() {
    var many = StrategyRehearsal(Barkeeper(.init(repeating: .ticks(1), count: 17)))
    many.start()
    let given = many.strategies.streams.map { $0 != nil }
    #expect(given == .init(repeating: true, count: 16) + [false])
    var full = StrategyRehearsal(Barkeeper([.ticks(1)]), symbols: ["AAA", "BBB", "CCC"]) {
        $0.barCountMax = 2
    }
    full.start()
    for _ in 0..<3 {
        for instrument: UInt32 in 0..<3 { full.trade(instrument, price: 1_000_000, 1) }
    }
    full.trade(0, price: 1_000_000, 0)
    full.trade(0, price: 1_000_000, 1 << 40)
    let bars = full.strategies.bars
    #expect(bars.map(\.instrument.index) == [0, 1, 0, 1, 0, 1])
    let alerts = full.facts.filter {
        $0.factKind == .alert && $0.detail == AlertCode.barRoomFull.rawValue
    }
    #expect(alerts.map(\.instrument) == [2])
}
