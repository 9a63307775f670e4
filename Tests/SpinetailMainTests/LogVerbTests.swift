import Foundation
import Plumbing
import Testing

@testable import SpinetailMain

/// A run's folder with a log of four lines, a second apart, the last of them `engine stopped`.
private func makeRun() throws -> String {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("spinetail-test-log-verb-\(UUID().uuidString)").path
    try Files.makeFolder(folder)
    let log = try Log(level: .debug)
    let files = LogFiles(
        folder: folder, runID: RunID(low: 1, high: 2), utcAtZeroNs: 1_700_000_000_000_000_000,
        fileByteCount: 1 << 20)
    var writer = try LogWriter(files, source: log.source(), disk: UringDisk())
    log.write(.sessionUp(session: 0), atNs: 0)
    log.write(.feedGap(feed: 1, count: 3, from: 100), atNs: 1_000_000_000)
    log.write(.strategyNote(strategy: 0, note: 1, value: .infinity), atNs: 2_000_000_000)
    log.write(.engineStopped(inputs: 5), atNs: 3_000_000_001)
    writer.requestClose()
    for _ in 0..<10_000 where writer.state == .closing {
        if writer.step(nowNs: 0) == 0 { writer.wait(ns: 100_000) }
    }
    return folder
}

/// Goal: the log reads as the documentation shows it, and the options choose.
/// Method: one log, every option; what comes out is spelled out here.
@Test func logIsShown() throws {
    let folder = try makeRun()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let all = run(["log", folder])
    #expect(all.code == 0 && all.err.isEmpty, "\(all.err)")
    let lines = all.out.split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(lines.first == "2023-11-14T22:13:20.000000000Z info    venue session 0: up")
    #expect(
        lines.dropFirst().first
            == "2023-11-14T22:13:21.000000000Z warning feed 1: 3 messages missing from 100 on")
    #expect(lines.last == "2023-11-14T22:13:23.000000001Z info    engine stopped after 5 inputs")

    #expect(run(["log", folder, "--level", "warning"]).out == lines[1] + "\n")
    #expect(run(["log", folder, "--since", "2023-11-14T22:13:22"]).out == lines[2] + "\n" + lines[3] + "\n")
    #expect(run(["log", folder, "--since", "5m"]).out.isEmpty)
    #expect(run(["log", folder, "--limit", "1"]).out == lines[0] + "\n")
    // It ends with the run.
    #expect(run(["log", folder, "--follow"]).out == all.out)

    let json = run(["log", folder, "--json"]).out.split(separator: "\n")
    #expect(
        json.dropFirst().first.map(String.init)
            == #"{"time":"2023-11-14T22:13:21.000000000Z","engine_ns":1000000000,"level":"warning","line":"feed_gap","text":"feed 1: 3 messages missing from 100 on","values":[1,3,100]}"#
    )
    for line in json { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
}

/// Goal: what cannot be shown is told with what to do.
/// Method: a folder without a log, one that is not there, options that mean nothing.
@Test func logRefuses() throws {
    let folder = try makeRun()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(run(["log", folder, "--level", "loud"]).code == 2)
    #expect(run(["log", folder, "--since", "yesterday"]).code == 2)
    #expect(run(["log", "/does/not/exist"]).code == 1)
    try FileManager.default.removeItem(atPath: folder + "/log-000001.bin")
    let none = run(["log", folder])
    #expect(none.code == 1 && none.err.contains("log.level"))
}

/// Goal: spans of time as people write them.
/// Method: a table.
@Test func spansOfTime() {
    #expect(LogShow.ago("90s") == 90_000_000_000)
    #expect(LogShow.ago("5m") == 300_000_000_000)
    #expect(LogShow.ago("2h") == 7_200_000_000_000)
    for text in ["", "s", "5", "-5m", "5d", "1.5h", "99999999h"] { #expect(LogShow.ago(text) == nil) }
}
