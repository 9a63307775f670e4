import Model
import TestSupport
import Testing

@testable import Plumbing

/// A message whose every word depends on `number`.
private func message(_ number: UInt64) -> RingLine {
    var line = RingLine()
    line.words = (
        number, number &* 3, ~number, number &+ 7, number << 32 | number >> 32, number ^ 0x5555, number &* 31
    )
    return line
}

private func isMessage(_ line: RingLine, _ number: UInt64) -> Bool {
    let expected = message(number).words
    let words = line.words
    return words.0 == expected.0 && words.1 == expected.1 && words.2 == expected.2 && words.3 == expected.3
        && words.4 == expected.4 && words.5 == expected.5 && words.6 == expected.6
}

private func push(_ number: UInt64, to ring: borrowing LineRing) -> Bool {
    var line = message(number)
    return ring.push(&line)
}

/// Goal: at every place of the ring that the two ends can be, with every number of messages between them, all come out whole
/// and in order; a full ring takes none, an empty one gives none.
/// Method: rings of 2 to 32 slots; for every rotation and every fill, filled so far, then emptied one by one.
@Test(arguments: [2, 4, 8, 32]) func lineRingEveryRotation(capacity: Int) throws {
    let ring = try LineRing(capacity: capacity)
    var reader = ring.reader()
    var sent: UInt64 = 0
    var taken: UInt64 = 0
    var line = RingLine()
    for rotation in 0..<2 * capacity {
        for fill in 0...capacity {
            for _ in 0..<fill {
                check(push(sent, to: ring))
                sent += 1
            }
            check(ring.count == fill)
            if fill == capacity { check(!push(.max, to: ring), "rotation \(rotation): took one too many") }
            for _ in 0..<fill {
                check(reader.pop(into: &line))
                check(isMessage(line, taken), "rotation \(rotation) fill \(fill)")
                taken += 1
            }
            check(!reader.pop(into: &line))
        }
        check(push(sent, to: ring))
        sent += 1
        check(reader.pop(into: &line) && isMessage(line, taken))
        taken += 1
    }
    check(sent == taken)
}

/// Goal: batches of every size give the same as single messages, also where they pass the end; a batch that is not full
/// comes after a bounded number of calls.
/// Method: every batch size and every fill from every rotation of a ring of 32, against a plain count.
@Test func lineRingBatches() throws {
    let ring = try LineRing(capacity: 32)
    var reader = ring.reader()
    var sent: UInt64 = 0
    var taken: UInt64 = 0
    // SAFETY: the room is used inside the closure only.
    unsafe withUnsafeTemporaryAllocation(of: RingLine.self, capacity: 40) { lines in
        for size in 1...20 {
            for fill in 0...32 {
                for _ in 0..<fill {
                    check(push(sent, to: ring))
                    sent += 1
                }
                var left = fill
                var calls = 0
                while left > 0 {
                    // SAFETY: there is room for 40.
                    let count = unsafe reader.pop(into: lines.baseAddress!, countMax: size)
                    check(count <= min(size, left))
                    calls = count == 0 ? calls + 1 : 0
                    check(calls <= 64, "a batch waited for ever: size \(size), fill \(fill)")
                    if calls > 64 { return }
                    for place in 0..<count {
                        unsafe check(isMessage(lines[place], taken))
                        taken += 1
                    }
                    left -= count
                }
                // SAFETY: as above. A look at the empty ring tells the producer of all its room.
                unsafe check(reader.pop(into: lines.baseAddress!, countMax: 0) == 0)
                unsafe check(reader.pop(into: lines.baseAddress!, countMax: size) == 0)
            }
        }
    }
    check(sent == taken)
}

/// Goal: a message that was not taken is never written over, and the two ways of reading can be mixed.
/// Method: 20,000 seeded steps against a plain pair of numbers.
@Test func lineRingAgainstAModel() throws {
    var random = SeededRandom(seed: TestSeed.current)
    let ring = try LineRing(capacity: 8)
    var reader = ring.reader()
    var sent: UInt64 = 0
    var taken: UInt64 = 0
    var line = RingLine()
    for step in 0..<20_000 {
        switch random.below(3) {
        case 0:
            let isPushed = push(sent, to: ring)
            // In a stream of batches the producer is told of its room a quarter at once.
            check(isPushed || sent - taken >= 7, "seed \(TestSeed.current) step \(step)")
            check(!isPushed || sent - taken < 8, "seed \(TestSeed.current) step \(step)")
            if isPushed { sent += 1 }
        case 1:
            let isPopped = reader.pop(into: &line)
            check(isPopped == (sent > taken), "seed \(TestSeed.current) step \(step)")
            if isPopped {
                check(isMessage(line, taken))
                taken += 1
            }
        default:
            // SAFETY: the room is used inside the closure only.
            unsafe withUnsafeTemporaryAllocation(of: RingLine.self, capacity: 3) { lines in
                // SAFETY: there is room for 3.
                let count = unsafe reader.pop(into: lines.baseAddress!, countMax: 3)
                for place in 0..<count {
                    unsafe check(isMessage(lines[place], taken), "seed \(TestSeed.current) step \(step)")
                    taken += 1
                }
            }
        }
    }
}

/// Goal: two threads lose, tear and reorder nothing (and ThreadSanitizer has nothing to say), message by message and in
/// batches.
/// Method: 40,000 messages through a small ring, the consumer changing its way of reading as it goes.
@Test(arguments: [2, 16, 256]) func twoThreadsOverALineRing(capacity: Int) throws {
    let ring = try LineRing(capacity: capacity)
    let total: UInt64 = 40_000
    let consumer = try EngineThread(name: "test-consumer", holding: ring.reader()) { reader in
        var taken: UInt64 = 0
        var line = RingLine()
        while taken < total {
            if taken % 4096 < 2048 {
                if reader.pop(into: &line) {
                    check(isMessage(line, taken))
                    taken += 1
                } else {
                    Clock.sleep(ns: 1)
                }
                continue
            }
            // SAFETY: the room is used inside the closure only.
            unsafe withUnsafeTemporaryAllocation(of: RingLine.self, capacity: 16) { lines in
                // SAFETY: there is room for 16.
                let count = unsafe reader.pop(into: lines.baseAddress!, countMax: 16)
                for place in 0..<count { unsafe check(isMessage(lines[place], taken + UInt64(place))) }
                taken += UInt64(count)
                if count == 0 { Clock.sleep(ns: 1) }
            }
        }
    }
    for number in 0..<total { while !push(number, to: ring) { Clock.sleep(ns: 1) } }
    consumer.join()
}

/// Goal: the pair of lines that hops are measured against goes there and back as often as asked, over one line and over two
/// (and ThreadSanitizer has nothing to say).
@Test func twoThreadsOverALinePair() throws {
    let pair = LinePair()
    let shared = LinePair()
    let peer = try EngineThread(name: "test-pong", holding: 0) { _ in
        pair.pong(first: 1, count: 500)
        pair.pong(first: 501, count: 100)
        shared.pongShared(first: 1, count: 500)
    }
    pair.ping(first: 1, count: 600)
    shared.pingShared(first: 1, count: 500)
    peer.join()
}
