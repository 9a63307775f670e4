import Foundation
import Model
import TestSupport
import Testing

@testable import Core

/// Goal: however often and in whatever order reports come, across any number of reconnects and restarts, every execution is
/// booked exactly once, every bust and every correction too.
/// Method: a day's reports of 40 orders, self-trades among them, shuffled and repeated; after each one position, volume and
/// money that moved are compared with the running sums of what was told for the first time, and these now and then with
/// the list of it. A new core knows the orders and hears everything again. `SPINETAIL_REPORTS` sets how many are told.
@Test(arguments: 0..<4)
func everyExecutionIsBookedOnceHoweverOftenItComes(_ part: Int) {
    let environment = ProcessInfo.processInfo.environment
    // A sample; `tools/test --long` tells ten million.
    let count = environment["SPINETAIL_REPORTS"].flatMap { Int($0) } ?? 200_000
    var random = SeededRandom(seed: TestSeed.current &+ UInt64(part) &* 7_919)
    var told = 0
    var repeated: UInt64 = 0
    var restarts = 0
    while told < count / 4 {
        let day = ShuffledDay(random.split())
        let length = min(count / 4 - told, 50_000)
        if let failure = day.run(length) {
            Issue.record("seed \(TestSeed.current) part \(part): \(failure)")
            return
        }
        told += length
        repeated += day.repeatedCount
        restarts += day.restartCount
    }
    print(
        "shuffled reports \(part): \(told) told, \(repeated) of them repeated executions, \(restarts) restarts"
    )
    #expect(repeated > UInt64(told / 4))
    #expect(restarts > 0)
}

private final class ShuffledDay {
    var core: TradingCore
    private var sequencer = Sequencer()
    private var nowNs: UInt64 = 1_000
    private var random: SeededRandom
    private var reports: [Input] = []
    /// By number of the order: 0: buys.
    private var sides: [UInt32: Side] = [:]
    /// Of each execution (match, order): what stands, and how often it was corrected.
    private var standing: [UInt64: (price: Int64, quantity: Int64, isBroken: Bool, correction: UInt8)] = [:]
    private var position: Int64 = 0
    private var volume: Int64 = 0
    private var cash: Int128 = 0
    private(set) var restartCount = 0
    private var repeatedBefore: UInt64 = 0
    var repeatedCount: UInt64 { repeatedBefore + core.counters.executionsRepeated }

    private static func configuration() -> CoreConfiguration {
        var configuration = World.configuration()
        configuration.orderCountMax = 128
        configuration.creditCountMax = 64
        configuration.limits.openOrderCountMax = 100
        configuration.limits.positionMax = Quantity(raw: 1 << 30)
        configuration.evidenceHorizonNs = 500_000
        return configuration
    }

    init(_ random: SeededRandom) {
        self.random = random
        core = TradingCore(Self.configuration())
        start(epoch: 7)
        var up = Input(kind: .sessionUp)
        up.user_ref = 1
        step(up)
        begin(Input(kind: .marketPacket))
        for side in [Side.buy, .sell] {
            var event = World.level(0, side, side == .buy ? 999_000 : 1_001_000, 100)
            _ = core.applyMarket(&event)
        }
        core.facts.clear()
        for number in 0..<40 {
            begin(Input(kind: .clockOffset))
            _ = core.context.enter(0)
            core.context.signal(
                Signal(
                    instrument: InstrumentID(index: 0), action: number % 2 == 0 ? .buy : .sell,
                    limit: Price(raw: 1_000_000), quantity: Quantity(raw: 100)))
            core.decide()
            let ref = core.commands[0].user_ref
            core.commands.clear()
            core.facts.clear()
            var submitted = Input(kind: .submitted)
            submitted.user_ref = ref
            step(submitted)
            sides[ref] = number % 2 == 0 ? .buy : .sell
            reports.append(report(.orderAccepted, ref, 100, 1_000_000, UInt64(ref) + 9_000))
            for execution in 0..<4 {
                // Neighbours share their match numbers: they have traded with each other.
                let match = UInt64(number / 2 * 4 + execution + 1)
                let price = 1_000_000 + Int64(match) * 7
                reports.append(report(.execution, ref, 20, price, match))
                if execution == 1 { reports.append(report(.executionBroken, ref, 0, 0, match)) }
                if execution == 2 {
                    reports.append(report(.executionCorrected, ref, 19, price + 3, match, 1))
                    reports.append(report(.executionCorrected, ref, 21, price - 3, match, 2))
                }
            }
            reports.append(report(.orderCancelled, ref, 20, 0, 0))
        }
    }

    private func report(
        _ kind: InputKind, _ ref: UInt32, _ quantity: Int64, _ price: Int64, _ id: UInt64, _ flags: UInt8 = 0
    ) -> Input {
        var input = Input(kind: kind)
        input.user_ref = ref
        input.quantity = quantity
        input.price = price
        input.execution_id = id
        input.flags = flags
        return input
    }

    private func begin(_ input: Input) {
        var input = input
        sequencer.stamp(&input, clockNs: nowNs)
        core.begin(&input)
    }

    private func step(_ input: Input) {
        while let timer = core.dueTimer(upTo: nowNs) { apply(timer, timer.execution_id) }
        apply(input, nowNs)
    }

    private func apply(_ input: Input, _ timeNs: UInt64) {
        var input = input
        sequencer.stamp(&input, clockNs: timeNs)
        core.begin(&input)
        _ = core.applyInput(&input)
        core.facts.clear()
        core.commands.clear()
    }

    private func start(epoch: UInt32) {
        var start = Input(kind: .start)
        start.user_ref = epoch
        step(start)
    }

    /// Another core, which is given the orders and knows nothing of what became of them.
    private func restart() {
        restartCount += 1
        repeatedBefore += core.counters.executionsRepeated
        core = TradingCore(Self.configuration())
        sequencer = Sequencer()
        standing = [:]
        (position, volume, cash) = (0, 0, 0)
        start(epoch: 7 + UInt32(restartCount))
        for (ref, side) in sides.sorted(by: { $0.key < $1.key }) {
            var order = Input(kind: .restoreOrder)
            order.user_ref = ref
            order.quantity = 100
            order.price = 1_000_000
            order.instrument = 0
            order.side = side.rawValue
            order.venue_time_ns = 1
            order.execution_id = UInt64(ref)
            step(order)
            var terms = Input(kind: .restoreTerms)
            terms.flags = OrderType.limit.rawValue
            terms.side = TimeInForce.day.rawValue
            step(terms)
        }
        var commit = Input(kind: .restoreCommit)
        commit.user_ref = 41
        step(commit)
    }

    /// What stands after a report, the obvious way.
    private func expect(_ input: Input) {
        let key = input.execution_id << 32 | UInt64(input.user_ref)
        let was = standing[key]
        switch input.inputKind {
        case .execution:
            guard was == nil else { return }
            standing[key] = (input.price, input.quantity, false, 0)
        case .executionBroken:
            guard let was, !was.isBroken else { return }
            standing[key]?.isBroken = true
        case .executionCorrected:
            guard let was, !was.isBroken, was.correction < input.flags else { return }
            standing[key] = (input.price, input.quantity, false, input.flags)
        default: return
        }
        if let was { count(input.user_ref, was.price, was.quantity, -1) }
        if let now = standing[key], !now.isBroken { count(input.user_ref, now.price, now.quantity, 1) }
    }

    private func count(_ ref: UInt32, _ price: Int64, _ quantity: Int64, _ times: Int64) {
        let signed = (sides[ref] == .buy ? quantity : -quantity) * times
        position += signed
        volume += quantity * times
        cash -= Int128(signed) * Int128(price)
    }

    /// `nil`: nothing was wrong.
    func run(_ length: Int) -> String? {
        var order: [Int] = []
        for number in 0..<length {
            if order.isEmpty {
                order = Array(reports.indices)
                for place in order.indices.reversed() where place > 0 {
                    order.swapAt(place, Int(random.below(UInt64(place + 1))))
                }
            }
            // A shuffled round, with some of it told again at random.
            let place = random.below(4) == 0 ? Int(random.below(UInt64(reports.count))) : order.removeLast()
            expect(reports[place])
            step(reports[place])
            nowNs += random.below(3_000)
            if random.below(700) == 0 {
                step(Input(kind: .sessionDown))
                let first = reports[Int(random.below(40)) * reports.count / 40]
                expect(first)
                step(first)
                var up = Input(kind: .sessionUp)
                up.user_ref = 41
                step(up)
            }
            if random.below(12_000) == 0 || number == length / 2 { restart() }
            if let wrong = compare() { return "report \(number): \(wrong)" }
            if number % 256 == 0, let wrong = recount() { return "report \(number): \(wrong)" }
        }
        return nil
    }

    /// The running sums anew, from the list.
    private func recount() -> String? {
        var (held, traded, money): (Int64, Int64, Int128) = (0, 0, 0)
        for (key, execution) in standing where !execution.isBroken {
            let sign: Int64 = sides[UInt32(truncatingIfNeeded: key)] == .buy ? 1 : -1
            held += sign * execution.quantity
            traded += execution.quantity
            money -= Int128(sign * execution.quantity) * Int128(execution.price)
        }
        return held == position && traded == volume && money == cash
            ? nil : "the sums of the test itself are wrong"
    }

    private func compare() -> String? {
        let ours = core.ledger[0]
        if ours.quantity.raw != position { return "position \(ours.quantity.raw), told \(position)" }
        if ours.volume.raw != volume { return "volume \(ours.volume.raw), told \(volume)" }
        if ours.realised.raw - ours.cost.raw != cash {
            return "money \(ours.realised.raw - ours.cost.raw), told \(cash)"
        }
        return nil
    }
}
