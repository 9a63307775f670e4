import Foundation
import Model
import Plumbing
import TestSupport
import Testing

@testable import Journal

private func readAll(_ records: RunRecords) throws(JournalError) -> [Sample] {
    var samples: [Sample] = []
    while let record = try records.next() {
        // SAFETY: copied before the next call.
        samples.append(
            unsafe Sample(type: record.type, stream: record.stream, content: Array(record.content)))
    }
    return samples
}

/// Goal: after the death of a process every record that it appended is read once, in order: those of the files, then
/// those that only the ring still holds.
/// Method: random sessions, left at any turn; files and ring as they then are, the ring through its saved form.
@Test(arguments: 0..<20) func aDeadRunIsReadWhole(_ number: UInt64) throws {
    let seed = TestSeed.current &+ number
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("ring-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var world = try JournalWorld(seed: seed, ringPath: path)
    world.run(turns: Int(number) * 7)
    let samples = world.samples
    let left = try JournalRing.salvage(path: path)
    let saved = try SalvagedFile.parse(SalvagedFile.bytes(left), path: "ring.salvaged")
    #expect(saved.bytes == left.bytes && saved.firstPosition == left.firstPosition, "seed \(seed)")
    #expect(saved.runID == JournalWorld.runID && saved.epoch == 7)
    let records = RunRecords(segments: world.disk.contents, ring: saved)
    let read = try readAll(records)
    #expect(read == samples, "seed \(seed): \(read.count) records of \(samples.count)")
    #expect(number == 0 || records.fromRingCount < samples.count || left.firstPosition == 0, "seed \(seed)")
}

/// Goal: a saved ring of which a byte is another one, or the end is missing, is refused. Method: every byte.
@Test func aDamagedSavedRingIsRefused() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("ring-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var world = try JournalWorld(seed: 5, ringPath: path)
    world.run(turns: 1)
    let bytes = SalvagedFile.bytes(try JournalRing.salvage(path: path))
    #expect(bytes.count > SalvagedFile.headerByteCount)
    for place in bytes.indices {
        var changed = bytes
        changed[place] ^= 0x40
        #expect(throws: JournalError.self) { _ = try SalvagedFile.parse(changed, path: "") }
    }
    for count in [0, 1, 47, 48, bytes.count - 1] {
        #expect(throws: JournalError.self) { _ = try SalvagedFile.parse(Array(bytes[..<count]), path: "") }
    }
}

/// Goal: files that end before the saved ring begins have lost something that was durable: told, not skipped.
@Test func aGapBetweenFilesAndRingIsTold() throws {
    var world = try JournalWorld(seed: 11)
    world.run(turns: 20)
    let ring = SalvagedRing(runID: JournalWorld.runID, epoch: 7, firstPosition: 1 << 40, bytes: [])
    #expect(throws: JournalError.self) {
        _ = try readAll(RunRecords(segments: world.disk.contents, ring: ring))
    }
}
