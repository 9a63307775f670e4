import Model
import TestSupport
import Testing

@testable import Plumbing

/// A name in shared memory that no other test has.
private func ringPath(_ name: String) -> String { "/dev/shm/spinetail-test-\(name)-\(Files.randomRunID())" }

private let runID = RunID(low: 0x0102_0304_0506_0708, high: 0x1112_1314_1516_1718)

/// Bytes whose every one depends on `number`.
private func content(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) }
}

private func append(_ bytes: [UInt8], stream: Int, to ring: borrowing JournalRing) -> Bool {
    // SAFETY: the array stands still inside the closure.
    unsafe bytes.withUnsafeBytes { unsafe ring.append(.text, stream: UInt16(stream), bytes: $0) }
}

/// Reads one record, checks it and gives its room back.
private func expectRecord(_ bytes: [UInt8], stream: Int, from reader: inout JournalRingReader) {
    // SAFETY: the ring's bytes stand until released.
    let stride = unsafe reader.withReadable { readable -> Int in
        let count = unsafe Int(readable.load(as: UInt32.self))
        check(count == 8 + bytes.count)
        unsafe check(readable.load(fromByteOffset: 4, as: UInt16.self) == JournalRecordType.text.rawValue)
        unsafe check(Int(readable.load(fromByteOffset: 6, as: UInt16.self)) == stream)
        unsafe check(Array(readable[8..<count]) == bytes)
        let stride = (count + 7) & ~7
        unsafe check(readable[count..<stride].allSatisfy { $0 == 0 })
        return stride
    }
    reader.advance(stride)
    reader.release(upTo: reader.position)
}

/// Goal: a record of any length comes out as it went in from any place in the ring, also where it passes the end.
/// Method: every size from nothing to 130 bytes, from every rotation (position mod 4096) that a record can begin at.
@Test func everyRotation() throws {
    for size in [0, 1, 7, 8, 9, 63, 64, 65, 72, 120, 130, 1000, 4088] {
        let ring = try JournalRing(path: nil, capacity: 4096, runID: runID, epoch: 1)
        var reader = ring.reader()
        for rotation in 0..<512 {
            let bytes = content(rotation, size)
            check(append(bytes, stream: rotation, to: ring))
            expectRecord(bytes, stream: rotation, from: &reader)
            // Move the beginning of the next record to the next multiple of 8.
            let wanted = (rotation + 1) * 8
            let filler = (wanted - Int(ring.position)) & 4095
            if filler >= 8 {
                check(append(content(0, filler - 8), stream: 0, to: ring))
                expectRecord(content(0, filler - 8), stream: 0, from: &reader)
            }
        }
        check(reader.readableCount == 0)
    }
}

/// Goal: a full ring says so, loses nothing, and goes on when there is room; the fill level is right at every step.
/// Method: lines of 72 bytes into one page, half of them taken out, filled again.
@Test func fullIsAnAnswer() throws {
    let ring = try JournalRing(path: nil, capacity: 4096, runID: runID, epoch: 1)
    var reader = ring.reader()
    var input = Input(kind: .timer)
    var written: UInt64 = 0
    var read: UInt64 = 0
    for _ in 0..<10 {
        while true {
            input.sequence = written
            check(ring.fillPermille == Int((written - read) * 72 * 1000 / 4096))
            if !ring.append(&input) { break }
            written += 1
        }
        check((written - read + 1) * 72 > 4096)
        for _ in 0..<28 {
            // SAFETY: the ring's bytes stand until released.
            unsafe reader.withReadable {
                let sequence = unsafe $0.loadUnaligned(fromByteOffset: 8, as: Input.self).sequence
                check(sequence == read)
            }
            reader.advance(72)
            read += 1
        }
        let before = ring.fillPermille
        check(before > 950)
        reader.release(upTo: reader.position)
    }
}

/// Goal: the typed skins write their type and their line; a packet's bytes stand behind its input.
/// Method: one of each, looked at byte by byte.
@Test func typedRecords() throws {
    let ring = try JournalRing(path: nil, capacity: 8192, runID: runID, epoch: 1)
    let reader = ring.reader()
    var input = Input(kind: .marketPacket)
    input.sequence = 7
    let fact = Fact(kind: .orderCreated, sequence: 8)
    var command = Command()
    command.sequence = 9
    let packet = content(3, 45)
    check(ring.append(&input, stream: 5))
    check(ring.append(fact))
    check(ring.append(command))
    // SAFETY: the array stands still inside the closure.
    check(unsafe packet.withUnsafeBytes { unsafe ring.append(&input, packet: $0, stream: 6) })
    check(ring.append(text: "{}"))
    // SAFETY: the ring's bytes stand until released.
    unsafe reader.withReadable { bytes in
        let types = [0, 72, 144, 216, 216 + 120].map {
            unsafe bytes.load(fromByteOffset: $0 + 4, as: UInt16.self)
        }
        check(types == [1, 2, 3, 4, 5])
        unsafe check(bytes.loadUnaligned(fromByteOffset: 8, as: Input.self).sequence == 7)
        unsafe check(bytes.loadUnaligned(fromByteOffset: 80, as: Fact.self).sequence == 8)
        unsafe check(bytes.loadUnaligned(fromByteOffset: 152, as: Command.self).sequence == 9)
        unsafe check(bytes.load(fromByteOffset: 216, as: UInt32.self) == 8 + 64 + 45)
        unsafe check(Array(bytes[216 + 72..<216 + 72 + 45]) == packet)
        check(bytes.count == 216 + 120 + 16)
    }
}

/// Goal: what was appended and not released is found again in the file by somebody else, also when it passes the
/// ring's end; what was released is not.
/// Method: the same file is read by its name while the ring, which has died as far as the reader knows, lies as it was.
@Test(arguments: [0, 1, 40, 56]) func salvageFindsWhatWasLeft(lead: Int) throws {
    let path = ringPath("salvage")
    defer { try? JournalRing.remove(path: path) }
    let ring = try JournalRing(path: path, capacity: 4096, runID: runID, epoch: 42)
    var reader = ring.reader()
    for number in 0..<lead {
        check(append(content(number, 56), stream: 1, to: ring))
        expectRecord(content(number, 56), stream: 1, from: &reader)
    }
    for number in 0..<30 { check(append(content(number, number * 3), stream: number, to: ring)) }
    // Read but not released: not durable yet, so it must be found.
    reader.advance(8)

    let found = try JournalRing.salvage(path: path)
    check(found.runID == runID)
    check(found.epoch == 42)
    check(found.firstPosition == UInt64(lead * 64))
    check(found.endPosition == ring.position)
    var count = 0
    found.forEachRecord { type, stream, bytes in
        check(type == .text && Int(stream) == count && Array(bytes) == content(count, count * 3))
        count += 1
    }
    check(count == 30)
    check(RunID(found.runID.description) == runID)

    // A second ring of that name would lose the records: refused with what to do.
    do {
        _ = try JournalRing(path: path, capacity: 4096, runID: runID, epoch: 43)
        Issue.record("made over one that exists")
    } catch {
        check(error.reason == .fileExists)
        check(error.description.contains("salvage"))
    }
}

/// Goal: a file that is no ring is refused.
/// Method: too short, wrong magic, positions that contradict each other.
@Test func salvageRefusesOtherFiles() throws {
    let path = ringPath("broken")
    defer { try? Files.remove(path) }
    #expect(throws: SetupError.self) { _ = try JournalRing.salvage(path: path) }
    for size in [0, 100, 4096, 8192] {
        try Files.replace(path, with: [UInt8](repeating: 0x5a, count: size))
        #expect(throws: SetupError.self) { _ = try JournalRing.salvage(path: path) }
    }
}

/// Goal: two threads lose, tear and reorder nothing (and ThreadSanitizer has nothing to say).
/// Method: 100,000 seeded records of all lengths through a small ring, one thread at each end.
@Test func twoThreads() throws {
    let ring = try JournalRing(path: nil, capacity: 1 << 14, runID: runID, epoch: 1)
    let reader = ring.reader()
    let consumer = try EngineThread(name: "test-consumer", holding: reader) { reader in
        var random = SeededRandom(seed: TestSeed.current)
        var records = 0
        while records < 100_000 {
            // SAFETY: the ring's bytes stand until released.
            let taken = unsafe reader.withReadable { bytes -> Int in
                var offset = 0
                while offset + 8 <= bytes.count {
                    let count = unsafe Int(bytes.load(fromByteOffset: offset, as: UInt32.self))
                    guard offset + count <= bytes.count else { break }
                    let expected = Int(random.below(300))
                    check(count == 8 + expected)
                    unsafe check(
                        bytes[offset + 8..<offset + count].allSatisfy {
                            $0 == UInt8(truncatingIfNeeded: expected)
                        })
                    offset += (count + 7) & ~7
                    records += 1
                }
                return offset
            }
            if taken > 0 { reader.advance(taken) } else { Clock.sleep(ns: 1000) }
            reader.release(upTo: reader.position)
        }
    }
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<100_000 {
        let count = Int(random.below(300))
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count)
        while !append(bytes, stream: 0, to: ring) { Clock.sleep(ns: 1000) }
    }
    consumer.join()
}
