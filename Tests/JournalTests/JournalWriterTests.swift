import Model
import Plumbing
import TestSupport
import Testing

@testable import Journal

/// Goal: what goes in comes out, over many blocks and segments, typed and in order, and the journal says that it is
/// complete; the ring has its room back.
/// Method: seeded records of every type through a seeded disk whose writes complete in any order.
@Test(arguments: [1, 2, 8]) func everythingComesBack(blocksInFlight: Int) throws {
    var world = try JournalWorld(seed: TestSeed.current, blocksInFlightMax: blocksInFlight)
    world.run(turns: 1500)
    world.close()
    check(world.writer.state == .closed)
    check(world.samples.count > 1000)
    let reader = JournalReader(segments: world.disk.contents)
    let found = try readAll(reader)
    check(found == world.samples)
    check(reader.ending == .closed)
    check(reader.header?.runID == JournalWorld.runID && reader.header?.epoch == 7)
    check(reader.chainHead == world.writer.chainHead)
    check(world.disk.contents.count > 5)
    check(world.writer.status.durablePosition.value == world.ring.position)
    check(reader.endPosition == world.ring.position)
    check(world.ring.fillPermille == 0)
}

/// Goal: the same records at the same times give the same bytes.
/// Method: two worlds from one seed, and a third from another, which must differ.
@Test func sameSeedSameBytes() throws {
    func bytes(seed: UInt64) throws -> [[UInt8]] {
        var world = try JournalWorld(seed: seed)
        world.run(turns: 200)
        world.close()
        return world.disk.contents.map(\.bytes)
    }
    #expect(try bytes(seed: 5) == bytes(seed: 5))
    #expect(try bytes(seed: 5) != bytes(seed: 6))
}

/// Goal: typed records give what was put in; a block's header knows its first and last input.
@Test func recordsAreTyped() throws {
    var world = try JournalWorld(seed: 1)
    var input = Input(kind: .marketPacket)
    input.sequence = 41
    let packet: [UInt8] = [1, 2, 3]
    // SAFETY: the array stands still inside the closure.
    check(unsafe packet.withUnsafeBytes { unsafe world.ring.append(&input, packet: $0, stream: 2) })
    input.sequence = 42
    check(world.ring.append(&input))
    check(world.ring.append(Fact(kind: .orderFilled, sequence: 42)))
    var command = Command()
    command.user_ref = 9
    check(world.ring.append(command))
    check(world.ring.append(text: "{\"run\":1}"))
    world.close()
    let reader = JournalReader(segments: world.disk.contents)
    let first = try #require(try reader.next())
    // SAFETY: looked at before the next call.
    check(first.type == .packet && first.stream == 2 && first.input?.sequence == 41)
    check(unsafe Array(first.payload) == packet)
    check(
        reader.header?.firstInput == 41 && reader.header?.lastInput == 42 && reader.header?.recordCount == 5)
    check(try reader.next()?.input?.sequence == 42)
    check(try reader.next()?.fact?.factKind == .orderFilled)
    check(try reader.next()?.command?.user_ref == 9)
    check(try reader.next()?.text == "{\"run\":1}")
    check(try reader.next() == nil)
    check(reader.ending == .closed)
}

/// Goal: whichever disk operation fails, and however, nothing that was said to be durable is lost, nothing is invented,
/// the engine is told, and what is not in the files is in the ring.
/// Method: the same session once for each of its operations and each kind of failure; afterwards power is lost.
@Test(arguments: [SeededDisk.Fault.failure(.ioError), .failure(.noSpace), .shortWrite])
func everyOperationFailsOnce(fault: SeededDisk.Fault) throws {
    var clean = try JournalWorld(seed: 3)
    clean.run(turns: 120)
    clean.close()
    let operationCount = clean.disk.operationCount
    check(operationCount > 30)
    for number in 0..<operationCount {
        let path = "/dev/shm/spinetail-test-journal-\(Files.randomRunID())"
        defer { try? JournalRing.remove(path: path) }
        var settings = SeededDisk.Settings()
        settings.faults = [number: fault]
        let made: Result<JournalWorld, SetupError>
        do throws(SetupError) {
            made = .success(try JournalWorld(seed: 3, disk: settings, ringPath: path))
        } catch {
            made = .failure(error)
        }
        guard case .success(var world) = consume made else {
            check(number == 0, "only the first segment is made before the run")
            continue
        }
        world.run(turns: 120)
        world.close()
        let failed = world.isFailed
        check(failed == (world.writer.status.failure.value != 0))
        check(failed == (world.writer.status.failureMessage != nil))
        if fault != .shortWrite { check(failed, "operation \(number)") }
        if !failed { check(world.writer.state == .closed) }

        world.disk.crash()
        let durable = world.writer.status.durablePosition.value
        let reader = JournalReader(segments: world.disk.contents, durablePosition: durable)
        let found = try readAll(reader)
        check(
            found.elementsEqual(world.samples.prefix(found.count)),
            "operation \(number): invented or reordered")
        check(reader.endPosition >= durable, "operation \(number): durable records are lost")

        // Files and ring together have everything.
        let left = try JournalRing.salvage(path: path)
        check(left.firstPosition <= reader.endPosition)
        var all = found
        left.forEachRecord(from: reader.endPosition) { type, stream, content in
            all.append(Sample(type: type, stream: stream, content: Array(content)))
        }
        check(all == world.samples, "operation \(number)")
    }
}

/// Goal: after a loss of power at any time the journal reads as a prefix of what was appended that holds everything
/// durable, and never as damage.
/// Method: 150 seeds, each ended at another moment, unsynced sectors torn by the seed.
@Test func crashAtAnyTime() throws {
    for seed in 0..<150 as Range<UInt64> {
        var world = try JournalWorld(seed: TestSeed.current &+ seed)
        world.run(turns: 5 + Int(seed))
        let durable = world.writer.status.durablePosition.value
        world.disk.crash()
        let reader = JournalReader(segments: world.disk.contents)
        let found = try readAll(reader)
        check(found.elementsEqual(world.samples.prefix(found.count)), "seed \(TestSeed.current &+ seed)")
        check(reader.endPosition >= durable, "seed \(TestSeed.current &+ seed)")
        check(reader.ending != .closed)
    }
}

/// Goal: a full disk stops the journal with the reason, visible to the engine; nothing durable is lost.
/// Method: room for two segments and a half.
@Test func fullDiskStops() throws {
    var settings = SeededDisk.Settings()
    settings.byteCountMax = 80_000
    var world = try JournalWorld(seed: 9, disk: settings)
    world.run(turns: 3000)
    check(world.writer.state == .failed(.noSpace))
    check(world.writer.status.failure.view.value == UInt64(Errno.noSpace.code))
    check(world.writer.status.failureMessage?.contains("free space") == true)
    let reader = JournalReader(segments: world.disk.contents)
    let found = try readAll(reader)
    check(found.elementsEqual(world.samples.prefix(found.count)))
}

/// Goal: the real disk, by io_uring and by plain calls, and the journal's own thread do the same.
/// Method: 20,000 records from this thread into files of a temporary folder.
@Test(arguments: [true, false]) func realDisk(usesRing: Bool) throws {
    let root = "/tmp/spinetail-test-\(Files.randomRunID())"
    let runID = Files.randomRunID()
    let folder = try RunFolder.create(root: root, utcNs: Clock.utcNs(), runID: runID)
    defer { removeTree(root) }
    let ring = try JournalRing(path: nil, capacity: 1 << 18, runID: runID, epoch: 1)
    var settings = JournalSettings(folder: folder.journalPath, runID: runID, epoch: 1)
    settings.segmentByteCount = 1 << 20
    settings.commitNs = 1_000_000
    let disk = UringDisk(usesRing: usesRing)
    if !usesRing { check(disk.message == nil && !disk.usesRing) }
    let writer = try JournalWriter(settings, reader: ring.reader(), disk: disk)
    let thread = try JournalThread(writer, clock: Clock.calibrated())
    var random = SeededRandom(seed: TestSeed.current)
    var samples: [Sample] = []
    for number in 1...20_000 {
        let sample = Sample.random(&random, number: number)
        while !sample.append(to: ring) { Clock.sleep(ns: 100_000) }
        samples.append(sample)
    }
    check(thread.stop() == nil)
    check(thread.status.durablePosition.value == ring.position)
    let reader = try JournalReader(folder: folder.journalPath)
    check(try readAll(reader) == samples)
    check(reader.ending == .closed)
}

/// Goal: a journal's folder that is not there or full of another run's files is told at start.
@Test func startErrors() throws {
    let ring = try JournalRing(path: nil, capacity: 4096, runID: JournalWorld.runID, epoch: 1)
    let settings = JournalSettings(folder: "/nonexistent/journal", runID: JournalWorld.runID, epoch: 1)
    do {
        _ = try JournalWriter(settings, reader: ring.reader(), disk: UringDisk())
        Issue.record("wrote to a folder that does not exist")
    } catch {
        #expect(error.reason == .noSuchFile)
        #expect(error.description.contains("/nonexistent/journal/00000001.journal"))
    }
    #expect(throws: JournalError.self) { _ = try JournalReader(folder: "/nonexistent/journal") }
}
