import Model
import TestSupport
import Testing

@testable import Plumbing

/// Bytes whose every one depends on `number`.
private func content(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) }
}

private func append(_ number: Int, _ count: Int, to ring: borrowing RecordRing) -> Bool {
    let bytes = content(number, count)
    // SAFETY: the array stands still inside the closure.
    return unsafe bytes.withUnsafeBytes {
        unsafe ring.append(kind: UInt16(truncatingIfNeeded: number), source: UInt16(count), $0)
    }
}

private func expect(_ number: Int, _ count: Int, from reader: inout RecordRingReader) {
    let isThere = unsafe reader.next { kind, source, bytes in
        check(kind == UInt16(truncatingIfNeeded: number) && source == UInt16(count))
        unsafe check(Array(bytes) == content(number, count))
    }
    check(isThere)
}

/// Goal: a record of any length comes out as it went in from every place in the ring, also where it passes the end.
/// Method: every size against every rotation of a ring of one page.
@Test func recordRingEveryRotation() throws {
    for size in [0, 1, 7, 8, 9, 63, 64, 65, 130, 1000, 4088] {
        let ring = try RecordRing(capacity: 4096)
        var reader = ring.reader()
        for rotation in 0..<512 {
            check(append(rotation, size, to: ring))
            expect(rotation, size, from: &reader)
            // One word on, so that the next begins at another place.
            let stride = (8 + size + 7) & ~7
            let filler = (8 - stride) & 4095
            if filler >= 8 {
                check(append(1, filler - 8, to: ring))
                expect(1, filler - 8, from: &reader)
            }
        }
        check(!(unsafe reader.next { _, _, _ in }))
    }
}

/// Goal: a full ring says so, keeps what it has, and takes more when there is room.
/// Method: records of many lengths until one is refused, then all taken out, from many beginnings.
@Test func recordRingFull() throws {
    let ring = try RecordRing(capacity: 4096)
    var reader = ring.reader()
    for round in 0..<200 {
        var sizes: [Int] = []
        while append(round + sizes.count, (round * 7 + sizes.count * 13) % 300, to: ring) {
            sizes.append((round * 7 + sizes.count * 13) % 300)
        }
        let used = sizes.reduce(0) { $0 + (8 + $1 + 7) & ~7 }
        check(used <= 4096 && used > 4096 - 320)
        for (place, size) in sizes.enumerated() { expect(round + place, size, from: &reader) }
    }
}

/// Goal: two threads lose, tear and reorder nothing (and ThreadSanitizer has nothing to say).
/// Method: 50,000 seeded records of all lengths through a small ring.
@Test func twoThreadsOverARecordRing() throws {
    let ring = try RecordRing(capacity: 1 << 14)
    let consumer = try EngineThread(name: "test-consumer", holding: ring.reader()) { reader in
        var random = SeededRandom(seed: TestSeed.current)
        for number in 0..<50_000 {
            let count = Int(random.below(300))
            while true {
                let isThere = unsafe reader.next { kind, source, bytes in
                    check(kind == UInt16(truncatingIfNeeded: number) && Int(source) == count)
                    unsafe check(
                        bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: count) } && bytes.count == count)
                }
                if isThere { break }
                Clock.sleep(ns: 1)
            }
        }
    }
    var random = SeededRandom(seed: TestSeed.current)
    for number in 0..<50_000 {
        let count = Int(random.below(300))
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count)
        while true {
            // SAFETY: the array stands still inside the closure.
            let isTaken = unsafe bytes.withUnsafeBytes {
                unsafe ring.append(kind: UInt16(truncatingIfNeeded: number), source: UInt16(count), $0)
            }
            if isTaken { break }
            Clock.sleep(ns: 1)
        }
    }
    consumer.join()
}
