import Foundation
import Glibc
import Plumbing
import TestSupport
import Testing

@testable import Runtime

/// Nanoseconds that each thread of this process has run, by its name; threads of one name together.
private func runTimesNs() throws -> [String: UInt64] {
    var times: [String: UInt64] = [:]
    for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
        let folder = "/proc/self/task/\(thread)"
        guard let name = try? String(contentsOfFile: "\(folder)/comm", encoding: .utf8),
            let figures = try? String(contentsOfFile: "\(folder)/schedstat", encoding: .utf8)
        else { continue }  // it has ended meanwhile
        times[name.trimmingCharacters(in: .whitespacesAndNewlines), default: 0] +=
            figures.split(separator: " ").first.flatMap { UInt64($0) } ?? 0
    }
    return times
}

extension LiveRunTests {
    /// Goal: a whole engine without traffic, logged on and with heartbeats on every line, takes less than 2 % of a core, as
    /// it is set when nobody sets anything.
    /// Method: the run time of every thread but the venue's over three seconds, as the kernel keeps it, in a process of its
    /// own.
    @Test(.timeLimit(.minutes(1)), arguments: ["sockets", "uring"])
    func anIdleEngineTakesNoCore(_ backend: String) async throws {
        let file = "\(FileManager.default.temporaryDirectory.path)/idle-\(getpid())"
        try Data(backend.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let backend = try String(
                contentsOfFile: "\(FileManager.default.temporaryDirectory.path)/idle-\(getppid())",
                encoding: .utf8)
            let root = try LiveSession.folder()
            defer { try? FileManager.default.removeItem(atPath: root) }
            var session = LiveSession()
            // One event a second: as good as none, and the market does not end.
            (session.events, session.eventsPerSecond) = (1_000, 1)
            session.overrides = ["network.backend=\(backend)"]
            session.stopAfter = 4.5
            var before: (seconds: Double, times: [String: UInt64])?
            var after: (seconds: Double, times: [String: UInt64])?
            let report = try session.run(in: root) { _, seconds in
                if before == nil, seconds > 1 { before = (seconds, (try? runTimesNs()) ?? [:]) }
                if after == nil, seconds > 4 { after = (seconds, (try? runTimesNs()) ?? [:]) }
            }
            // An exit runs no `defer`.
            try? FileManager.default.removeItem(atPath: root)
            guard let before, let after else { exit(3) }
            var totalNs: UInt64 = 0
            var said = ""
            for (name, ns) in after.times.sorted(by: { $0.key < $1.key }) where name != "venue" {
                let tookNs = ns - min(ns, before.times[name] ?? 0)
                totalNs += tookNs
                if tookNs > 0 { said += "\(name) \(tookNs / 1000) µs, " }
            }
            let percent = Double(totalNs) / 1e7 / (after.seconds - before.seconds)
            FileHandle.standardError.write(Data("\(backend): \(said)in all \(percent) %\n".utf8))
            FileHandle.standardError.write(Data("\(report.logOns) log-ons, \(report.drops) drops\n".utf8))
            guard after.times["hot"] != nil, after.times["journal"] != nil, after.times["log"] != nil else {
                exit(4)
            }
            guard report.logOns > 0, report.drops == 0, report.network?.backend == backend else { exit(5) }
            // The figure is the optimised program's; the other one must only stay logged on.
            exit(percent < 2 || BuildKind.isDebug ? 0 : 6)
        }
        print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self))
    }
}
