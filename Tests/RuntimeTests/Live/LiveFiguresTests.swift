import Core
import Foundation
import Plumbing
import Settings
import TestSupport
import Testing

@testable import Runtime

/// Whole runs in this process, one after the other: each looks at what the process keeps in shared memory.
@Suite(.serialized) struct LiveRunTests {}

private struct Idle: Strategy {}

/// A UDP port that was free a moment ago.
private func freePort() throws -> UInt16 {
    let taken = try UdpSender(to: nil, from: SocketAddress(host: 0x7f00_0001, port: 0))
    return taken.localAddress.port
}

extension LiveRunTests {
    /// Goal: a running engine shows itself to other processes, and an orderly end leaves nothing.
    /// Method: a run without a venue, looked at through the file while it goes on; a dead process's file beside it goes at the
    /// start.
    @Test(.timeLimit(.minutes(1))) func aRunShowsItselfAndCleansUp() throws {
        try engineLock.withLock { _ in try showsItselfAndCleansUp() }
    }

    private func showsItselfAndCleansUp() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("shown-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let stale = "\(LiveFigures.folder)/spinetail-1-\(UUID().uuidString).live"
        // The start of process 1 is no such number: whoever wrote this is gone.
        let gone = LiveAbout(
            process: 1, processStarted: .max, epoch: 1, begunUtcNs: 1, runID: RunID(low: 1, high: 1),
            folder: root,
            version: "old")
        _ = try LiveFile(path: stale, about: gone)
        defer { try? FileManager.default.removeItem(atPath: stale) }

        let description = StrategyDescription(name: "idle", help: "Does nothing", parameters: [])
        let file = root + "/settings.yaml"
        try Data("journal:\n  folder: \(root)/runs\n".utf8).write(to: URL(fileURLWithPath: file))
        let settings = try Settings.load(
            file: file,
            overrides: [
                "journal.ring_bytes=\(1 << 20)", "feeds.0.address=127.0.0.1",
                "feeds.0.port=\(try freePort())",
                "network.backend=sockets", "threads.poll=idle", "threads.hot_core=-1",
                "threads.journal_core=-1",
                "broker.ouch.port=1",
            ], strategies: [description]
        ).settings
        let program = StrategyProgram([description], make: { _ in Idle() }, turns: { $0.run(turns: $1) })
        let run = try LiveRun(settings, program, version: "test")
        #expect(!FileManager.default.fileExists(atPath: stale))
        let mine = "\(LiveFigures.folder)/spinetail-\(ProcessInfo.processInfo.processIdentifier)-"
        func path() -> String? { LiveFigures.paths().first { $0.hasPrefix(mine) } }
        let reader = try LiveReader(path: try #require(path()))
        #expect(reader.about.isAlive && reader.about.version == "test")
        var heartbeats: [UInt64] = []
        var turns: [UInt64] = []
        let report = try run.run { progress, seconds in
            heartbeats.append(reader.figure(EngineProgress.Figure.heartbeatNs.rawValue))
            turns.append(reader.figure(EngineProgress.Figure.turns.rawValue))
            // A second is enough on a machine that does nothing else.
            let seen = min(Set(heartbeats).count, Set(turns).count)
            return seconds > 1 && seen > 2 || seconds > 30 ? .stop : .goOn
        }
        #expect(report.ending == "stopped")
        #expect(path() == nil)
        // In its own clock: the last beat is younger than the end, and not by much.
        let ageNs = reader.engineNs(atKernelNs: Clock.kernel.nowNs()) &- heartbeats[heartbeats.count - 1]
        #expect(ageNs < 5_000_000_000, "\(ageNs)")
        #expect(heartbeats == heartbeats.sorted() && heartbeats[0] > 0)
        #expect(Set(heartbeats).count > 2 && Set(turns).count > 2)
        #expect(reader.figure(EngineProgress.Figure.state.rawValue) == UInt64(EngineState.stopped.rawValue))
        #expect(reader.figure(EngineProgress.Figure.sessionCount.rawValue) == 1)
        #expect(reader.figure(EngineProgress.Figure.sessionsUp.rawValue) == 0)
        let longest = reader.figure(EngineProgress.Figure.turnNsMax.rawValue)
        #expect(longest > 0 && longest >= reader.figure(EngineProgress.Figure.turnNsMaxLately.rawValue))
        #expect(!String(describing: report.warnings).contains("spinetail top"))
    }
}

/// Goal: the places of figures and stages in the shared file stay where they are: a program that looks may be older or
/// younger than the engine, and only `ST_LIVE_VERSION` tells them apart. Whoever changes this list raises it, unless
/// what is new stands behind all the others: an older engine shows 0 there.
@Test func theLayoutOfVersionOneStands() {
    #expect(
        EngineProgress.Figure.allCases.map { "\($0)" } == [
            "state", "inputs", "packets", "messages", "orders", "fills", "rejects", "cancels", "feedGaps",
            "sessionsUp", "journalPermille", "turns", "heartbeatNs", "turnNsMax", "turnNsMaxLately",
            "openOrders",
            "ordersInDoubt", "sessionCount", "sessionPhases", "topology", "feedTurnNsMax",
            "feedTurnNsMaxLately", "feedRingPermille", "venueTurnNsMax", "venueTurnNsMaxLately",
            "venueRingPermille", "orderRingPermille", "strategyOverruns", "strategyOverrunNsMax", "holds",
            "awayNs", "equity", "dayProfit", "drawdown", "equityPeak", "kill", "accountState",
        ])
    #expect(
        LatencyStage.allCases.map { "\($0)" } == [
            "signal", "order", "engine", "send", "total", "acknowledged",
        ])
    #expect(LatencyStage.allCases.count <= LiveFile.stageCountMax)
    #expect(EngineProgress.Figure.allCases.count <= LiveFile.figureCountMax)
}

/// Goal: figures are shown ten times a second and at once when the state changes; the longest turn lately is forgotten
/// after a second or two, that of all never.
@Test func longestTurnsAreKept() {
    var shown = ShownTurns()
    let times: [(UInt64, EngineState)] = [
        (5_000_000_000, .running), (5_099_999_999, .running), (5_100_000_000, .running),
        (5_100_000_001, .halting), (5_100_000_002, .halting),
    ]
    var due: [Bool] = []
    for (nowNs, state) in times { due.append(shown.isDue(nowNs: nowNs, state: state)) }
    #expect(due == [true, false, true, true, false])
    shown.take(turnNsMax: 900, nowNs: 10_000_000_000)
    #expect(shown.turnNsMax == 900 && shown.turnNsMaxLately == 900)
    shown.take(turnNsMax: 50, nowNs: 10_900_000_000)
    #expect(shown.turnNsMaxLately == 900)
    shown.take(turnNsMax: 60, nowNs: 11_000_000_000)
    #expect(shown.turnNsMaxLately == 900)
    shown.take(turnNsMax: 40, nowNs: 12_000_000_000)
    #expect(shown.turnNsMaxLately == 60 && shown.turnNsMax == 900)
}

/// Goal: what the mirror copies is each stage in its place, and after the engine's end nothing is looked at any more.
@Test func theMirrorCopiesEachStage() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("mirror-\(UUID().uuidString)")
        .path
    let file = try LiveFile(
        path: path,
        about: LiveAbout(
            process: 1, processStarted: 1, epoch: 1, begunUtcNs: 1, runID: RunID(low: 1, high: 1),
            folder: "/",
            version: "test"))
    defer { file.remove() }
    let reader = try LiveReader(path: path)
    var latencies = StageLatencies()
    let mirror = LatencyMirror(latencies)
    for _ in 0..<1 { latencies.signal.record(1) }
    for _ in 0..<2 { latencies.order.record(1) }
    for _ in 0..<3 { latencies.engine.record(1) }
    for _ in 0..<4 { latencies.send.record(1) }
    for _ in 0..<5 { latencies.total.record(1) }
    for _ in 0..<6 { latencies.acknowledged.record(1) }
    mirror.copy(to: file)
    #expect(LatencyStage.allCases.map { reader.stage($0.rawValue).count } == [1, 2, 3, 4, 5, 6])
    mirror.end()
    latencies.signal.record(1)
    mirror.copy(to: file)
    #expect(reader.stage(0).count == 1)
}
