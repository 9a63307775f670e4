import Model
import TestSupport
import Testing

@testable import Core

private func key(_ id: UInt64, _ ref: UInt32, _ kind: ExecutionKey.Kind = .new) -> ExecutionKey {
    ExecutionKey(venue: 0, tradingDay: 20_000, executionID: id, userRef: ref, side: .buy, kind: kind)
}

/// Goal: the memory is what the comment derives: 64 to 128 bytes for each execution of the bound.
/// Method: many bounds, powers of two and their neighbours among them.
@Test func executionSetTakesTheMemoryThatItSays() {
    for countMax in [1, 3, 4, 5, 300, 1_000, 1_023, 1_024, 1_025, 4_095, 4_097, 65_536, 1 << 18] {
        let set = ExecutionSet(executionCountMax: countMax)
        let bytes = set.byteCount
        #expect(bytes >= 64 * countMax && bytes <= max(128 * countMax, 8 * 32), "bound \(countMax)")
    }
    let usual = ExecutionSet(executionCountMax: 1 << 18)
    let bytes = usual.byteCount
    #expect(bytes == 16 << 20)
}

/// Goal: a search takes the same few looks however full the set is, for numbers as venues give them.
/// Method: match numbers in sequence, in steps of a power of two, and random, up to the bound; the average of all searches,
/// found and not, against what the comment says, with some room; and no search is long.
@Test(arguments: 0..<4)
func executionSetSearchesInConstantTime(_ pattern: Int) {
    var random = SeededRandom(seed: TestSeed.current &+ UInt64(pattern))
    let countMax = 1 << 15
    var set = ExecutionSet(executionCountMax: countMax)
    var ids: [UInt64] = []
    for number in 0..<countMax {
        let id: UInt64 =
            switch pattern {
            case 0: UInt64(number) + 1
            case 1: UInt64(number) << 20
            case 2: UInt64(number) << 44 | 7
            default: random.next()
            }
        ids.append(id)
        let verdict = set.insert(key(id, UInt32(number % 97)), price: Price(raw: 1), quantity: 1)
        #expect(verdict == .new)
    }
    var found = 0
    var missed = 0
    var longest = 0
    for (number, id) in ids.enumerated() {
        found += set.searchLength(key(id, UInt32(number % 97)))
        let length = set.searchLength(key(id, UInt32(number % 97), .bust))
        missed += length
        longest = max(longest, length)
    }
    #expect(found <= countMax * 17 / 10, "\(found) looks for \(countMax) found")
    #expect(missed <= countMax * 29 / 10, "\(missed) looks for \(countMax) not found")
    #expect(longest < 200)
}

/// Goal: near its bound the set turns the account to reduce-only; beyond it executions are booked, what was remembered is
/// recognised, and nothing is booked that could be booked again without an alert.
/// Method: a set of 32, one order after the other, every execution told twice; busts and corrections beyond the bound.
@Test func fullExecutionSetNeverBooksTwiceInSilence() {
    let world = World { $0.executionCountMax = 32 }
    var booked: Int64 = 0
    for number in 1...48 as ClosedRange<UInt64> {
        world.lift()
        let ref = world.working(number % 2 == 0 ? .buy : .sell, 10, limit: 1_000_000)
        let sign: Int64 = number % 2 == 0 ? 1 : -1
        world.execute(ref, 10, at: 1_000_000, match: number)
        booked += sign * 10
        #expect(world.position().quantity.raw == booked)
        let isBeyond = number > 32
        #expect(world.alerts.contains(.executionSetNearFull) == (number >= 30), "execution \(number)")
        // Beyond the bound too, whoever has lifted it.
        #expect((world.core.tradingState == .reduceOnly) == (number >= 30), "execution \(number)")
        world.execute(ref, 10, at: 1_000_000, match: number)
        if isBeyond {
            booked += sign * 10
            #expect(world.alerts.contains(.executionSetNearFull))
        } else {
            #expect(world.kinds == [.executionRepeated])
        }
        #expect(world.position().quantity.raw == booked)
        #expect(world.disagreement() == nil)
    }
    // The first ones are known still, and can be undone; told twice, it is said.
    world.report(.executionBroken, 1, id: 1)
    booked += 10
    #expect(world.position().quantity.raw == booked)
    #expect(world.alerts.contains(.executionSetNearFull))
    world.report(.executionCorrected, 2, quantity: 12, price: 1_000_000, id: 2, flags: 1)
    booked += 2
    #expect(world.position().quantity.raw == booked)
    #expect(world.alerts.contains(.executionSetNearFull))
    // The same correction again changes nothing: what stands is known.
    world.report(.executionCorrected, 2, quantity: 12, price: 1_000_000, id: 2, flags: 1)
    #expect(world.position().quantity.raw == booked)
    #expect(world.disagreement() == nil)
}
