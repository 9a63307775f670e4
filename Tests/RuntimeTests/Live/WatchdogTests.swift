import Core
import Foundation
import Journal
import Model
import Plumbing
import Reporting
import Settings
import Synchronization
import Testing

@testable import Runtime

/// Goal: only time counts that the thread itself has spent: on a core, or in the kernel. Method: looks made up, one rule after
/// the other.
@Test func standingStillIsTheThreadsOwnDoing() {
    var still = StandStill(periodNs: 100)
    func look(_ pulse: UInt64, _ nowNs: UInt64, _ cpuNs: UInt64, _ state: ThreadGlance.State) -> UInt64 {
        still.look(pulse: pulse, { ThreadGlance(cpuNs: cpuNs, state: state) }, nowNs: nowNs)
        return still.countedNs
    }
    #expect(look(0, 1_000, 0, .runnable) == 0, "it has not begun")
    #expect(look(0, 1_100, 50, .runnable) == 0)
    #expect(look(7, 1_200, 100, .runnable) == 0, "it came by")
    #expect(look(7, 1_300, 200, .runnable) == 100, "it loops")
    #expect(look(7, 1_400, 230, .runnable) == 130, "the rest of the time it had no core")
    #expect(look(7, 1_500, 230, .waiting) == 230, "in a lock")
    #expect(look(7, 1_600, 230, .stopped) == 230, "in a debugger")
    #expect(
        look(7, 9_000_000, 9_000_000, .runnable) == 430, "all of the process stood still: two looks count")
    #expect(still.awayNs == 9_000_000 - 1_200)
    #expect(look(8, 9_000_100, 9_000_000, .runnable) == 0, "it came by again")
    #expect(look(8, 9_000_200, 9_000_000, .unknown) == 100)
    still.look(pulse: 8, { nil }, nowNs: 9_000_300)
    #expect(still.countedNs == 200, "nobody can tell: it counts")
}

/// What a strategy does in its n-th quote, once.
private final class Snare: Sendable {
    private let quotes = Atomic<Int>(0)
    private let opens = Atomic<Bool>(false)
    let isCaught = Atomic<Bool>(false)
    let at: Int

    init(at: Int) { self.at = at }

    func open() { opens.store(true, ordering: .relaxed) }

    /// Stays for `ns`, or until it is opened: on the core, or asleep.
    func spring(ns: UInt64, loops: Bool) {
        guard quotes.add(1, ordering: .relaxed).newValue == at else { return }
        isCaught.store(true, ordering: .relaxed)
        let untilNs = Clock.kernel.nowNs() &+ ns
        while Clock.kernel.nowNs() < untilNs, !opens.load(ordering: .relaxed) {
            if !loops { Clock.sleep(ns: 1_000_000) }
        }
        isCaught.store(false, ordering: .relaxed)
    }
}

extension LiveRunTests {
    /// Goal: a strategy that does not come back in time loses the venue sessions: the venue cancels what works, the engine
    /// hears of it all when it is back, tells, and ends with exit code and words; whoever holds the sockets, and however the
    /// thread is away. Where the venue does not cancel, the engine asks its orders back itself.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ["fused", "sockets", "loops", "cancels"], ["fused", "uring", "sleeps", "keeps"],
            ["pipelined", "sockets", "sleeps", "cancels"], ["pipelined", "uring", "loops", "keeps"],
        ])
    func aHotThreadThatIsAwayIsHeld(_ kind: [String]) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let snare = Snare(at: 400)
        var session = LiveSession()
        session.cancelOnDisconnect = kind[3] == "cancels"
        session.strategy.resting = 3
        session.strategy.onEach = { snare.spring(ns: 900_000_000, loops: kind[2] == "loops") }
        (session.events, session.eventsPerSecond) = (200_000, 2_000)
        session.overrides = [
            "threads.topology=\(kind[0])", "network.backend=\(kind[1])", "threads.watchdog_seconds=0.25",
        ]
        var away: UInt64 = 0
        let report = try session.run(in: root) { progress, _ in away = max(away, progress[.awayNs]) }
        #expect(report.ending.hasPrefix("held:") && report.isFailure, "\(report.ending) \(report.warnings)")
        #expect(report.watch.holds == 1 && report.watch.connectionsShut == 1, "\(report.watch)")
        #expect(report.watch.awayNs >= 250_000_000 && away >= 250_000_000)
        #expect(report.alertsByKind["engine_held"] == 1, "\(report.alertsByKind)")
        #expect(report.watch.strategyOverruns >= 1 && report.watch.strategyOverrunNsMax >= 250_000_000)
        #expect(report.logOns >= 2 && report.orders >= 3, "\(report.logOns) \(report.orders)")
        #expect(report.openOrders.isEmpty && report.ordersInDoubt == 0, "\(report.openOrders)")
        // Where the venue does not do it by itself, the engine has asked.
        #expect(kind[3] == "cancels" || report.cancels >= 3, "\(report.cancels)")
        #expect(report.text().contains("Watchdog: the hot thread was away for"))
        let lines = try LogReader.lines(report.folder)
        #expect(lines.contains("hot_thread_held") && lines.contains("hot_thread_back"), "\(lines)")
        // The journal ends in order, and is decided again by a strategy that does not stay away.
        var calm = Eager()
        calm.resting = 3
        let decided = calm
        let description = StrategyDescription(name: "eager", help: "Trades all the time", parameters: [])
        let replayed = try JournalReplay.run(
            folder: report.folder,
            StrategyProgram([description], make: { _ in decided }, turns: { $0.run(turns: $1) }))
        #expect(replayed.difference == nil && !replayed.isHalted, "\(replayed.difference?.description ?? "")")
        #expect(!report.warnings.contains { $0.contains(".ring") })
    }

    /// Goal: a run whose hot thread never comes back ends when that is asked for, says what is not known, and keeps what it has
    /// recorded: in files that can be read to their end, and the ring for the next start.
    @Test(.timeLimit(.minutes(1)), arguments: ["fused", "pipelined"])
    func aHotThreadThatNeverComesBackIsLeftBehind(_ topology: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let snare = Snare(at: 400)
        var session = LiveSession()
        session.cancelOnDisconnect = true
        session.strategy.resting = 3
        session.strategy.onEach = { snare.spring(ns: 60_000_000_000, loops: true) }
        (session.events, session.eventsPerSecond) = (200_000, 2_000)
        session.overrides = ["threads.topology=\(topology)", "threads.watchdog_seconds=0.25"]
        session.wish = { $0[.awayNs] > 400_000_000 ? .abandon : nil }
        let report = try session.run(in: root)
        let wasCaught = snare.isCaught.load(ordering: .relaxed)
        #expect(wasCaught)
        #expect(report.ending.hasPrefix("held:") && report.isFailure && report.watch.isHotThreadLost)
        #expect(report.orders >= 3 && report.packets > 0)
        let said = report.warnings.joined(separator: "\n")
        #expect(said.contains("3 orders were open then") && said.contains("not known"), "\(said)")
        // Everything up to there is in the files.
        let reader = try JournalReader(folder: report.folder + "/journal")
        var accepted = 0
        while let record = try reader.next() {
            if record.fact?.kind == FactKind.orderAccepted.rawValue { accepted += 1 }
        }
        #expect(accepted == 3 && reader.ending == .closed)
        let ring = try #require(
            report.warnings.first { $0.contains("kept in ") }?.components(separatedBy: "kept in ").last)
        #expect(FileManager.default.fileExists(atPath: ring))
        #expect(try LogReader.lines(report.folder).contains("hot_thread_held"))
        // For the test alone: in the program the process has ended by now.
        snare.open()
        Clock.sleep(ns: 300_000_000)
        try JournalRing.remove(path: ring)
    }

    /// Goal: a budget of nothing is no budget, a watchdog of nothing none, and strategies within theirs are no alert.
    @Test(.timeLimit(.minutes(1))) func whoDoesNotWatchSeesNothing() throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let snare = Snare(at: 200)
        var session = LiveSession()
        session.strategy.onEach = { snare.spring(ns: 400_000_000, loops: true) }
        (session.events, session.eventsPerSecond) = (200_000, 2_000)
        session.overrides = ["threads.watchdog_seconds=0", "threads.strategy_budget_ms=0"]
        session.stopAfter = 1.5
        let report = try session.run(in: root)
        #expect(report.ending == "stopped" && report.watch.holds == 0, "\(report.ending)")
        #expect(report.watch.strategyOverruns == 0 && report.alertsByKind["strategy_overran"] == nil)
        #expect(!report.text().contains("Watchdog") && !report.text().contains("strategy_budget"))
    }
}

extension LogReader {
    /// The names of all lines of a run's log.
    fileprivate static func lines(_ folder: String) throws -> [String] {
        var names: [String] = []
        var reader = try LogReader(folder: folder)
        while let line = try reader.next() { names.append(line.name) }
        return names
    }
}
