import Foundation
import Plumbing
import Testing

@testable import SpinetailMain

/// Files of figures in a folder of their own, as engines write them.
private final class FakeEngines {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("top-\(UUID().uuidString)")
        .path
    private(set) var files: [LiveFile] = []

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// - Parameter isAlive: Written by this process; else by one that is gone.
    @discardableResult func add(_ id: UInt64, isAlive: Bool = true) throws -> LiveReader {
        let mine = Int(ProcessInfo.processInfo.processIdentifier)
        let about = LiveAbout(
            process: isAlive ? mine : 999_999_999, processStarted: LiveAbout.startOfProcess(mine) ?? 0,
            epoch: 3,
            begunUtcNs: Clock.utcNs() - 83_000_000_000, runID: RunID(low: id.byteSwapped, high: 0),
            folder: "/runs/20261121T143000Z-\(String(id >> 32, radix: 16))", version: "0.1.0")
        let path = "\(folder)/spinetail-\(about.process)-\(about.runID).live"
        files.append(try LiveFile(path: path, about: about))
        return try LiveReader(path: path)
    }

    var listing: EngineListing { EngineListing(folder: folder) }
}

private func top(_ words: [String], _ engines: FakeEngines) -> (code: Int32, out: String, err: String) {
    let folder = engines.folder
    let verb = Verb(
        name: "top", summary: Verb.top.summary, positionals: Verb.top.positionals, options: Verb.top.options
    ) { try showTop($0, EngineListing(folder: folder), waitNs: 1_000_000) }
    return run(["top"] + words, [verb])
}

private func view(_ samples: TopSample...) -> TopView { TopView(samples) }

private func sample(
    _ reader: LiveReader, isAlive: Bool = true, atNs engineNs: UInt64 = 50_000_000_000,
    _ figures: [EngineProgress.Figure: UInt64], stage: Int? = nil, _ values: [UInt64] = []
) throws -> TopSample {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sample-\(UUID().uuidString)")
        .path
    let file = try LiveFile(path: path, about: reader.about)
    defer { file.remove() }
    var histogram = LatencyHistogram()
    for value in values { histogram.record(value) }
    if let stage { file.copy(stage: stage, histogram.view) }
    let stages = try LiveReader(path: path)
    return TopSample(
        about: reader.about, isAlive: isAlive, engineNs: engineNs,
        utcNs: reader.about.begunUtcNs + 83_000_000_000,
        figures: figures, stages: LatencyStage.allCases.map { stages.stage($0.rawValue) })
}

/// Goal: rates come from the last two samples, percentiles from all, "lately" from the samples that are kept.
@Test func figuresAreWorkedOut() throws {
    let engines = try FakeEngines()
    let reader = try engines.add(0xabcd_ef12_0000_0000)
    let slow = [UInt64](repeating: 2_000_000, count: 100)
    let first = try sample(
        reader, atNs: 40_000_000_000, [.packets: 1_000, .heartbeatNs: 40_000_000_000], stage: 0, slow)
    let second = try sample(
        reader, atNs: 49_500_000_000, [.packets: 5_000, .heartbeatNs: 49_500_000_000], stage: 0, slow)
    let third = try sample(
        reader, atNs: 50_000_000_000,
        [
            .packets: 6_000, .orders: 7, .heartbeatNs: 49_999_000_000, .sessionCount: 2,
            .sessionPhases: 0x0304,
            .sessionsUp: 1, .journalPermille: 512, .turnNsMax: 9_000_000, .turnNsMaxLately: 41_000,
            .equity: 12_345_678, .dayProfit: UInt64(bitPattern: -1_500_000), .drawdown: 1_600_000,
            .equityPeak: 13_945_678,
        ],
        stage: 0, slow + [UInt64](repeating: 400, count: 9_900))
    let view = view(first, second, third)
    #expect(view.packetsPerSecond == 2_000)
    #expect(view.ordersPerSecond == 14 && view.orders == 7)
    #expect(view.state == "running" && view.heartbeatAgeSeconds == 0.001)
    #expect(view.latelySeconds == 10)
    let signal = view.latencies[0]
    #expect(signal.count == 10_000 && signal.p50Ns == 401 && signal.p999Ns >= 2_000_000)
    #expect(signal.latelyCount == 9_900 && signal.latelyP99Ns == 401)
    // One in a hundred is the rank that p99 may still pass over.
    #expect(view.tickToSignalIsWithinMs == true)
    #expect(view.sessions == ["up", "catchingUp"] && view.sessionsUp == 1)
    #expect(view.seconds == 83)

    let page = TopScreen.lines(view)
    for text in [
        "run abcdef12", "up 00:01:23", "running", "2,000", "6,000", "received → signal", "none",
        "within 1 ms",
        "[###############...............] 51.2 %  over half", "41 µs lately, 9 ms in all",
        "1 of 2 up: up, catching up", "equity 1234.57   day -150.00   drawdown 160.00 from 1394.57",
        "p99, 10 s",
    ] {
        #expect(page.joined(separator: "\n").contains(text), "\(text)\n\(page.joined(separator: "\n"))")
    }
    let read = try #require(
        try JSONSerialization.jsonObject(with: Data(try view.json().utf8)) as? [String: Any])
    #expect(read["packets_per_second"] as? Double == 2_000)
    #expect(read["tick_to_signal_is_within_ms"] as? Bool == true)
    #expect((read["latencies"] as? [[String: Any]])?.count == 6)
}

/// Goal: of a pipelined engine each thread's longest turn and ring are shown, of a fused one none.
@Test func stagesAreShown() throws {
    let engines = try FakeEngines()
    let reader = try engines.add(1 << 60)
    let fused = view(try sample(reader, [.feedTurnNsMax: 7]))
    #expect(fused.topology == "fused" && fused.stages.isEmpty)
    #expect(!TopScreen.lines(fused).contains { $0.contains("feed thread") })
    let pipelined = view(
        try sample(
            reader,
            [
                .topology: 1, .feedTurnNsMax: 9_000_000, .feedTurnNsMaxLately: 41_000, .feedRingPermille: 123,
                .venueTurnNsMax: 3_000, .venueTurnNsMaxLately: 2_000, .venueRingPermille: 4,
                .orderRingPermille: 56,
            ]))
    #expect(pipelined.topology == "pipelined" && pipelined.stages.map(\.name) == ["feed", "venue"])
    #expect(pipelined.stages.map(\.turnNsMax) == [9_000_000, 3_000])
    let page = TopScreen.lines(pipelined).joined(separator: "\n")
    for text in [
        "feed thread     longest turn 41 µs lately, 9 ms in all; ring 12.3 %",
        "venue thread    longest turn 2 µs lately, 3 µs in all; ring 0.4 %, orders 5.6 %",
    ] {
        #expect(page.contains(text), "\(page)")
    }
    let read = try #require(
        try JSONSerialization.jsonObject(with: Data(try pipelined.json().utf8)) as? [String: Any])
    #expect((read["stages"] as? [[String: Any]])?.count == 2 && read["topology"] as? String == "pipelined")
}

/// Goal: the mark at 1 ms is where it says; without a signal there is none.
@Test func aMillisecondIsMarked() throws {
    let engines = try FakeEngines()
    let reader = try engines.add(1 << 60)
    let fast = view(try sample(reader, [:], stage: 0, [990_000]))
    #expect(fast.tickToSignalIsWithinMs == true)
    let slow = view(try sample(reader, [:], stage: 0, [1_020_000]))
    #expect(slow.tickToSignalIsWithinMs == false)
    #expect(TopScreen.lines(slow).contains { $0.contains("OVER 1 ms") })
    let other = view(try sample(reader, [:], stage: 1, [1_020_000]))
    #expect(other.tickToSignalIsWithinMs == nil)
    #expect(TopScreen.lines(other).contains { $0.contains("no signal yet") })
}

/// Goal: a hot thread that does not come by any more, and a process that is gone, are what the page says first.
@Test func silenceAndDeathAreShown() throws {
    let engines = try FakeEngines()
    let reader = try engines.add(1 << 60)
    let beat = 50_000_000_000 - TopView.heartbeatNsMax
    func state(_ figures: [EngineProgress.Figure: UInt64], isAlive: Bool = true) throws -> String {
        view(try sample(reader, isAlive: isAlive, figures)).state
    }
    #expect(try state([.heartbeatNs: beat]) == "running")
    #expect(try state([.heartbeatNs: beat - 1]) == "silent")
    #expect(try state([.heartbeatNs: beat, .state: 3]) == "halted")
    #expect(try state([.heartbeatNs: beat], isAlive: false) == "dead")
    #expect(try state([:]) == "starting")
    // A beat from our future: two clocks that are not quite one.
    #expect(try state([.heartbeatNs: 60_000_000_000]) == "running")
    let silent = view(try sample(reader, [.heartbeatNs: beat - 1]))
    #expect(TopScreen.lines(silent)[0].hasSuffix("SILENT"))
    #expect(TopScreen.lines(silent, colour: true)[0].contains("\u{1B}[1;31m"))
    // The watchdog has seen it too, and done something about it.
    let held = view(
        try sample(
            reader,
            [
                .heartbeatNs: beat, .awayNs: 1, .holds: 1, .strategyOverruns: 7,
                .strategyOverrunNsMax: 2_500_000,
            ]))
    let page = TopScreen.lines(held)
    #expect(page[0].hasSuffix("HELD"))
    #expect(page.contains { $0.contains("watchdog") && $0.contains("sessions were ended") })
    #expect(page.contains { $0.contains("7 turns over their budget, the longest 2.5 ms") })
    #expect(!TopScreen.lines(silent).contains { $0.contains("watchdog") || $0.contains("budget") })
}

/// Goal: no line is wider than the terminal, colours set aside.
@Test func pagesFitTheTerminal() throws {
    let engines = try FakeEngines()
    let reader = try engines.add(1 << 60)
    let view = view(try sample(reader, [.packets: .max, .orders: .max], stage: 4, [1 << 39]))
    for columns in [40, 80, 100, 200] {
        for line in TopScreen.lines(view, columns: columns) { #expect(line.count < columns, "\(line)") }
    }
}

/// Goal: what keeps trading back is seen on the smallest terminal: a page that is too long is cut at its end, never pushed off
/// its head.
@Test func fewRowsKeepTheState() throws {
    let engines = try FakeEngines()
    let halted = try sample(
        try engines.add(1 << 60), [.accountState: UInt64(TradingState.halted.rawValue)], stage: 4, [])
    let killed = try sample(try engines.add(1 << 61), [.kill: 1], stage: 4, [])
    for (view, word) in [(view(halted), "account         halted"), (view(killed), "KILLED")] {
        let lines = TopScreen.lines(view)
        for rows in 4...60 {
            let page = TopScreen.page(lines, rows: rows)
            #expect(page.count <= rows && page.contains { $0.contains(word) }, "\(rows): \(page)")
            #expect(page.last == "  q ends")
        }
    }
}

/// Goal: one engine is shown, several are listed, none is told; a dead process's file is named and never taken for a
/// living engine.
@Test func enginesAreChosen() throws {
    let engines = try FakeEngines()
    let none = top(["--once"], engines)
    #expect(none.code == 1 && none.err.contains("no engine runs on this machine") && none.out.isEmpty)
    #expect(none.err.contains("spinetail run"))

    try engines.add(0xdead_0000_0000_0000, isAlive: false)
    let dead = top(["--once"], engines)
    #expect(dead.code == 1 && dead.err.contains("process 999999999"), "\(dead.err)")
    #expect(dead.err.contains("died without an orderly end") && dead.err.contains(engines.folder))
    let last = top(["dead"], engines)
    #expect(last.code == 1 && last.out.contains("DEAD") && last.err.contains("died"), "\(last)")

    try engines.add(0xaaaa_0000_0000_0000)
    let one = top(["--once"], engines)
    #expect(one.code == 0 && one.out.contains("run aaaa0000"), "\(one)")
    #expect(one.err.contains("999999999"))
    let json = top(["--once", "--json"], engines)
    #expect(json.out.split(separator: "\n").count == 1 && json.out.contains("\"run\":\"aaaa0000"))

    try engines.add(0xbbbb_0000_0000_0000)
    let several = top(["--once"], engines)
    #expect(several.code == 0 && several.out.split(separator: "\n").count == 2, "\(several)")
    #expect(several.err.contains("2 engines; name one of them"))
    #expect(top(["--json"], engines).out.contains("\"alive\":true"))
    for name in ["bbbb", "BBBB0000", "/runs/20261121T143000Z-bbbb0000", "20261121T143000Z-bbbb0000/"] {
        let named = top(["--once", name], engines)
        #expect(named.code == 0 && named.out.contains("run bbbb0000"), "\(name): \(named)")
    }
    let wrong = top(["--once", "cccc"], engines)
    #expect(
        wrong.code == 1 && wrong.err.contains("no engine runs as \"cccc\"") && wrong.err.contains("bbbb0000"))
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: engines.folder + "/spinetail-1-x.live"))
    #expect(engines.listing.unreadable.count == 1 && engines.listing.living.count == 2)
    #expect(top(["--onec"], engines).code == 2)
}
