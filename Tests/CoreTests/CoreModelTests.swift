import Model
import TestSupport
import Testing

@testable import Core

/// A venue that does everything venues do, and some things that they must not: drawn from a seed.
private struct RandomVenue {
    var random: SeededRandom
    /// What the venue believes: number → what is left there.
    var alive: [(ref: UInt32, side: Side, instrument: UInt32, left: Int64)] = []
    var dead: [UInt32] = []
    var nextMatch: UInt64 = 1
    var matches: [(ref: UInt32, match: UInt64)] = []
    var seen = 0
    var isUp = true
    var passedBeyondLimit = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func take(_ world: World) {
        for command in world.sent[seen...] where command.commandKind == .enter {
            let line = world.risk(command.instrument)
            let end =
                command.side == Side.buy.rawValue
                ? line.position + line.openBuy : line.openSell - line.position
            if end > line.positionMax { passedBeyondLimit += 1 }
            alive.append(
                (command.user_ref, Side(rawValue: command.side)!, command.instrument, command.quantity))
        }
        seen = world.sent.count
    }

    mutating func move(_ world: World) {
        let draw = random.below(100)
        switch draw {
        case 0..<25:
            let actions: [SignalAction] = [.buy, .sell, .buy, .sell, .flat, .cancel, .hold]
            let action = actions[Int(random.below(7))]
            let limit = random.chance(perMillion: 500_000) ? 0 : 1_000_000 + random.within(-60...60) * 100
            world.signal(
                action, random.within(0...220), limit: limit, instrument: UInt32(random.below(3)),
                strategy: Int(random.below(3)),
                orderType: random.chance(perMillion: 100_000) ? .market : .limit,
                flags: OrderFlags(rawValue: random.chance(perMillion: 100_000) ? 1 : 0))
        case 25..<45:
            let bid = 1_000_000 + random.within(-50...50) * 100
            world.quote(
                UInt32(random.below(3)), bid: bid, random.within(0...9),
                ask: bid + random.within(1...20) * 100,
                random.within(0...9))
        case 45..<48: world.trade(UInt32(random.below(3)), price: 1_000_000 + random.within(-50...50) * 100)
        case 48..<56 where !alive.isEmpty:
            world.accept(alive[Int(random.below(UInt64(alive.count)))].ref)
        case 56..<76 where !alive.isEmpty:
            let place = Int(random.below(UInt64(alive.count)))
            let quantity = min(random.within(1...150), alive[place].left)
            let ref = alive[place].ref
            matches.append((ref, nextMatch))
            world.execute(ref, quantity, at: 1_000_000 + random.within(-70...70) * 100, match: nextMatch)
            nextMatch += 1
            alive[place].left -= quantity
            if alive[place].left == 0 { dead.append(alive.remove(at: place).ref) }
        case 76..<83 where !alive.isEmpty:
            let place = Int(random.below(UInt64(alive.count)))
            let quantity = min(random.within(1...400), alive[place].left)
            world.cancelled(alive[place].ref, quantity)
            alive[place].left -= quantity
            if alive[place].left == 0 { dead.append(alive.remove(at: place).ref) }
        case 83..<85 where !alive.isEmpty:
            let ref = alive.remove(at: Int(random.below(UInt64(alive.count)))).ref
            world.report(.orderRejected, ref, flags: 3)
            dead.append(ref)
        case 85..<88 where !matches.isEmpty:
            let known = matches[Int(random.below(UInt64(matches.count)))]
            world.report(.executionBroken, known.ref, id: known.match)
        case 88..<90 where !matches.isEmpty:
            let known = matches[Int(random.below(UInt64(matches.count)))]
            world.execute(known.ref, 10, at: 1_000_000, match: known.match)
        case 90..<91 where !dead.isEmpty:
            // What must not happen: more of an order that is over, or nonsense about it.
            let ref = dead[Int(random.below(UInt64(dead.count)))]
            let kinds: [InputKind] = [
                .execution, .orderCancelled, .orderAccepted, .cancelRefused, .orderReplaced,
            ]
            world.report(
                kinds[Int(random.below(5))], ref, quantity: random.within(0...50), price: 1_000_000,
                id: random.below(1 << 40))
        case 91..<92: world.execute(5_000_000, 5, at: 1_000_000, match: random.below(1 << 50))
        case 92..<94 where !alive.isEmpty:
            world.report(
                .cancelRefused, alive[Int(random.below(UInt64(alive.count)))].ref,
                flags: UInt8(random.below(2)))
        case 94..<96:
            if isUp { world.down() } else { world.up(firstUnseen: UInt32(random.below(3) == 0 ? 0 : 1)) }
            isUp.toggle()
        case 96..<97: _ = world.setTimer(afterNs: random.below(5_000), id: UInt32(random.below(9)))
        case 97..<98: world.submitsAtOnce.toggle()
        case 98..<99: world.answerAll(random.chance(perMillion: 300_000) ? .sendFailed : .submitted)
        default: world.advance(random.below(3_000_000))
        }
        if world.submitsAtOnce { world.answerAll() }
        take(world)
    }

    static func world() -> World {
        World {
            $0.limits.positionMax = Quantity(raw: 2_000)
            $0.limits.openOrderCountMax = 20
            $0.evidenceHorizonNs = 2_000_000
            $0.commissionHundredthBps = 50
        }
    }
}

/// Goal: after any input, whatever venue and strategies did, every running sum equals the slow recomputation from
/// orders and positions, and no order passed risk that could end beyond the limit.
/// Method: seeded random days of one venue that fills, cancels, rejects, busts, repeats, contradicts itself, goes and
/// comes back.
@Test(arguments: 0..<12)
func runningSumsAgreeWithTheSlowOnes(_ round: Int) {
    let world = RandomVenue.world()
    var venue = RandomVenue(seed: TestSeed.current &+ UInt64(round) &* 7_919)
    for step in 0..<1_500 {
        venue.move(world)
        // Somebody has looked: disputes would otherwise end the day after a few steps.
        if step % 25 == 0 { world.lift() }
        if let what = world.disagreement() {
            Issue.record("seed \(TestSeed.current) round \(round) step \(step): \(what)")
            return
        }
    }
    #expect(venue.passedBeyondLimit == 0, "round \(round): an order passed beyond the limit")
    let fills = world.core.counters.fills
    #expect(fills > 20, "round \(round): nothing happened")
}

/// Goal: the machine is deterministic: the same inputs give the same facts, commands and digest, bit for bit.
/// Method: one random day, driven twice from one seed; and one from another, which must differ.
@Test func sameInputsGiveTheSameFacts() {
    func day(_ seed: UInt64) -> (facts: [Fact], commands: [Command], digest: UInt64) {
        let world = RandomVenue.world()
        var venue = RandomVenue(seed: seed)
        for _ in 0..<2_000 { venue.move(world) }
        return (world.all, world.sent, world.digest)
    }
    func bytes<Record: BitwiseCopyable>(_ records: [Record]) -> [UInt8] {
        // SAFETY: the records have explicit padding and are alive during the call.
        unsafe records.withUnsafeBytes { unsafe Array($0) }
    }
    let first = day(TestSeed.current)
    let second = day(TestSeed.current)
    let other = day(TestSeed.current &+ 1)
    #expect(first.facts.count > 1_000)
    #expect(bytes(first.facts) == bytes(second.facts))
    #expect(bytes(first.commands) == bytes(second.commands))
    #expect(first.digest == second.digest)
    #expect(first.digest != other.digest)
}

/// Goal: a digest is told every 65,536 inputs.
@Test func digestComesEvery65536Inputs() {
    let world = World()
    var count = 0
    for _ in 0..<140_000 {
        world.step(Input(kind: .venueNotice))
        count += world.kinds.filter { $0 == .digest }.count
    }
    #expect(count == 2)
}
