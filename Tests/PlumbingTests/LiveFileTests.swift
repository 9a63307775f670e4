import Foundation
import Model
import Testing

@testable import Plumbing

private func about(process: Int, started: UInt64) -> LiveAbout {
    LiveAbout(
        process: process, processStarted: started, epoch: 7, begunUtcNs: 1_795_000_000_000_000_000,
        runID: RunID(low: 0x0102_0304_0506_0708, high: 9), folder: "/tmp/runs/ü-1", version: "0.1.0")
}

private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("live-\(UUID().uuidString)").path
}

/// Goal: what one side writes the other reads: who it is, figures, latencies, clocks. Method: both ends in one process.
@Test func figuresCrossTheFile() throws {
    let path = temporaryPath()
    let file = try LiveFile(path: path, about: about(process: 5, started: 6))
    defer { file.remove() }
    let reader = try LiveReader(path: path)
    #expect(reader.about == about(process: 5, started: 6))
    #expect(reader.figure(3) == 0 && reader.stage(2).count == 0)

    // SAFETY: the figures are words, and nobody else writes them here.
    unsafe file.figureBase.bindMemory(to: UInt64.self, capacity: LiveFile.figureCountMax)[3] = 99
    #expect(reader.figure(3) == 99 && reader.figure(2) == 0 && reader.figure(4) == 0)
    #expect(reader.figure(LiveFile.figureCountMax) == 0 && reader.figure(Int.max) == 0)

    var random = SeededRandom(seed: 20_260_101)
    var histogram = LatencyHistogram()
    for _ in 0..<10_000 { histogram.record(UInt64.random(in: 0...2_000_000, using: &random)) }
    file.copy(stage: 2, histogram.view)
    let first = reader.stage(2)
    #expect(first.count == 10_000 && reader.stage(1).count == 0 && reader.stage(3).count == 0)
    for percentile in [0, 1, 50, 99, 99.9, 100] {
        let exact = histogram.valueNs(atPercentile: percentile)
        let read = first.valueNs(atPercentile: percentile)
        // The histogram never says more than its largest; the counts alone do not know it.
        #expect(read >= exact && read <= exact + exact / 128 + 1, "p\(percentile): \(read) for \(exact)")
    }
    #expect(first.maxNs >= histogram.maxNs && first.maxNs <= histogram.maxNs + histogram.maxNs / 128 + 1)

    for _ in 0..<10 { histogram.record(5_000_000) }
    file.copy(stage: 2, histogram.view)
    let lately = reader.stage(2).since(first)
    #expect(lately.count == 10)
    #expect(lately.valueNs(atPercentile: 1) >= 5_000_000 && lately.valueNs(atPercentile: 1) < 5_050_000)
    #expect(first.since(reader.stage(2)).count == 0)

    file.setClocks(engineNs: 1_000_500, kernelNs: 1_000_000)
    #expect(reader.engineNs(atKernelNs: 2_000_000) == 2_000_500)
    file.setClocks(engineNs: 900_000, kernelNs: 1_000_000)
    #expect(reader.engineNs(atKernelNs: 2_000_000) == 1_900_000)

    // The name goes, what is mapped stays.
    file.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(reader.figure(3) == 99)
}

/// Goal: a file that is none, is cut short or is of another version is refused with its reason, never trusted or a crash.
/// Method: a whole file with a few bytes changed, and every interesting length.
@Test func strangeFilesAreRefused() throws {
    let path = temporaryPath()
    let file = try LiveFile(path: path, about: about(process: 5, started: 6))
    defer { file.remove() }
    #expect(throws: SetupError.self) { try LiveFile(path: path, about: about(process: 5, started: 6)) }
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    func reason(_ data: Data) throws -> Errno? {
        let other = temporaryPath()
        try data.write(to: URL(fileURLWithPath: other))
        defer { try? FileManager.default.removeItem(atPath: other) }
        do throws(SetupError) {
            _ = try LiveReader(path: other)
            return nil
        } catch {
            return error.reason
        }
    }
    #expect(try reason(whole) == nil)
    for length in [0, 1, 63, 64, 639, 640, 4096, whole.count - 1] {
        #expect(try reason(whole.prefix(length)) == .badMessage, "\(length) bytes")
    }
    var changed = whole
    changed[0] ^= 1
    #expect(try reason(changed) == .badMessage)
    changed = whole
    changed[8] &+= 1
    #expect(try reason(changed) == .notSupported)
    #expect(throws: SetupError.self) { try LiveReader(path: "/nonexistent") }
}

/// Goal: a living process is told from a dead one, and from another that has its number by now.
/// Method: ourselves; ourselves with another start; a child that has ended.
@Test func theDeadAreToldFromTheLiving() throws {
    let mine = Int(ProcessInfo.processInfo.processIdentifier)
    let started = try #require(LiveAbout.startOfProcess(mine))
    #expect(about(process: mine, started: started).isAlive)
    #expect(!about(process: mine, started: started + 1).isAlive)
    #expect(!about(process: mine, started: 0).isAlive)
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["60"]
    try child.run()
    let theirs = about(
        process: Int(child.processIdentifier),
        started: try #require(LiveAbout.startOfProcess(Int(child.processIdentifier))))
    #expect(theirs.isAlive)
    // One that it cannot ignore or have blocked.
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(!theirs.isAlive)
}

/// Owned by one thread at a time.
private struct Recorder: ~Copyable, @unchecked Sendable { var histogram = LatencyHistogram() }

/// Goal: a histogram is copied whole while its owner goes on counting: no count ever goes back, none is invented.
/// Method: one thread records as fast as it can, this one copies and reads.
@Test func twoThreadsShareAHistogram() throws {
    let path = temporaryPath()
    let file = try LiveFile(path: path, about: about(process: 5, started: 6))
    defer { file.remove() }
    let reader = try LiveReader(path: path)
    let total: UInt64 = 2_000_000
    let recorder = Recorder()
    let view = recorder.histogram.view
    let mayEnd = SharedFlag()
    let thread = try EngineThread(name: "test-recording", holding: recorder) { recorder in
        for value in 0..<total { recorder.histogram.record(value & 1023) }
        while mayEnd.value == 0 { Clock.sleep(ns: 1_000_000) }
    }
    var seen: UInt64 = 0
    while seen < total {
        file.copy(stage: 0, view)
        let count = reader.stage(0).count
        #expect(count >= seen && count <= total)
        if count < seen || count > total { break }
        seen = count
    }
    mayEnd.value = 1
    thread.join()
}

/// Goal: the measurements of the machine are bounded, plausible, and refuse what cannot be.
@Test func theMachineIsMeasured() throws {
    let cores = Machine.allowedCores()
    #expect(cores.count == Threads.coreCount && cores == cores.sorted())
    let begunNs = Clock.kernel.nowNs()
    if cores.count > 1 {
        let line = try #require(Machine.lineNs(from: cores[0], to: cores[1], budgetNs: 20_000_000))
        #expect(line > 5 && line < 1_000_000)
    }
    #expect(Machine.lineNs(from: cores[0], to: cores[0]) == nil)
    #expect(Machine.lineNs(from: cores[0], to: 1000) == nil)
    let folder = FileManager.default.temporaryDirectory.path
    let times = try Machine.syncTimesNs(in: folder, count: 8)
    #expect(!times.isEmpty && times.count <= 8 && times.allSatisfy { $0 > 0 })
    #expect(try Machine.syncTimesNs(in: folder, count: 1000, budgetNs: 1).count == 1)
    #expect(throws: SetupError.self) { try Machine.syncTimesNs(in: "/nonexistent") }
    #expect(try #require(Machine.freeBytes(at: "/dev/shm")).isMemory)
    #expect(Machine.freeBytes(at: "/nonexistent") == nil)
    #expect(Clock.kernel.nowNs() - begunNs < 20_000_000_000)
}
