import Core
import Foundation
import Glibc
import Journal
import Plumbing
import Simulation
import Testing

@testable import Runtime

/// Beside the other whole runs, one after the other.
extension LiveRunTests {
    /// Goal: over a whole session with a break and a new log-on, the hot thread makes no system call but the network's: the
    /// kernel counts the others, and finds none; nothing is allocated. On every way to the network.
    /// Method: a market of 30,000 events, the connection cut after 200 orders, about 4,000 packets behind
    /// the beginning: well after the warm-up.
    @Test(
        .enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"), .timeLimit(.minutes(2)),
        arguments: ["sockets", "uring", "uring_single_shot"], ["spin", "idle"])
    func noOtherSystemCallInASession(_ backend: String, _ poll: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        var session = LiveSession()
        session.overrides = [
            "threads.seccomp=count", "network.backend=\(backend)", "threads.poll=\(poll)",
        ]
        session.faults.disconnectAfter = 200
        let report = try session.run(in: root)
        guard report.network?.backend == backend else {
            print("SKIP: \(backend): not on this kernel")
            return
        }
        #expect(report.ending == "complete", "\(report.warnings)")
        // A log-on that finds a past asks for its rest with a second one.
        #expect(report.logOns == 4 && report.drops == 1, "\(report.logOns) log-ons, \(report.drops) drops")
        #expect(report.fills > 0 && report.hotThread.warmUpPackets > 0)
        #expect(report.hotThread.seccomp == "count")
        #expect(report.hotThread.otherCalls == [:], "\(report.warnings)")
        #expect(report.text().contains("0 others, counted by the kernel"))
    }

    /// Goal: the same session ends as it should where any other call would end the process: thread's end, report and all.
    @Test(
        .enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"), .timeLimit(.minutes(2)),
        arguments: ["sockets", "uring", "uring_single_shot"])
    func aSessionLivesUnderTheFatalList(_ backend: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        var session = LiveSession()
        session.overrides = ["threads.seccomp=kill", "network.backend=\(backend)"]
        session.faults.disconnectAfter = 200
        let report = try session.run(in: root)
        #expect(report.ending == "complete", "\(report.warnings)")
        #expect(report.logOns == 4 && report.drops == 1, "\(report.logOns) log-ons, \(report.drops) drops")
        #expect(report.fills > 0)
        #expect(report.hotThread.seccomp == "kill" && report.hotThread.otherCalls == nil)
        #expect(report.text().contains("others would have ended the process"))
    }

    /// Goal: a strategy that makes a call of its own is named by the count, with its call.
    @Test(
        .enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"), .timeLimit(.minutes(1)))
    func aStrategysCallsAreCounted() throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        var session = LiveSession()
        session.overrides = ["threads.seccomp=count"]
        session.strategy = Eager(onEach: { _ = getppid() })
        let report = try session.run(in: root)
        #expect(report.ending == "complete")
        #expect(report.hotThread.otherCalls?.keys.sorted() == ["getppid"])
        #expect(report.warnings.contains { $0.contains("not the network's: getppid ") }, "\(report.warnings)")
    }

    /// Goal: a strategy that opens a file under the fatal list ends the process by SIGSYS, which says so; what it had
    /// recorded is all there for the next start, as after `kill -9`.
    /// Method: a child process; its ring is saved and its records are read back here.
    @Test(
        .enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"), .timeLimit(.minutes(1)))
    func aKilledRunIsRecoverable() async throws {
        // A child has no way to be told where: both make the same of their parent's number.
        let root = "\(FileManager.default.temporaryDirectory.path)/live-killed-\(getpid())"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let result = await #expect(processExitsWith: .signal(SIGSYS), observing: [\.standardErrorContent]) {
            let root = "\(FileManager.default.temporaryDirectory.path)/live-killed-\(getppid())"
            var session = LiveSession()
            session.overrides = ["threads.seccomp=kill", "journal.commit_interval_ms=1000"]
            let calls = SharedFlag()
            session.strategy = Eager(onEach: {
                calls.value += 1
                // SAFETY: the path stands during the call.
                if calls.value > 5_000 { _ = unsafe open("/proc/self/status", O_RDONLY) }
            })
            _ = try session.run(in: root)
        }
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("(openat)") && said.contains("threads.seccomp"), "\(said)")
        let warnings = LeftoverRings.salvage(below: "\(root)/runs")
        #expect(!warnings.isEmpty)
        let runs = try FileManager.default.contentsOfDirectory(atPath: "\(root)/runs").filter {
            $0.contains("Z-")
        }
        let folder = try #require(runs.first)
        #expect(FileManager.default.fileExists(atPath: "\(root)/runs/\(folder)/ring.salvaged"))
    }
}
