import Foundation
import Memory
import Plumbing
import Settings
import Testing

@testable import Runtime

/// Goal: the advice names the number with which nothing would have been refused, whatever is reserved already.
@Test func theAdviceIsTheRightNumber() {
    #expect(MemoryFigures.advice(refusedBytes: 10 << 20, reserved: 0, free: 0).contains("nr_hugepages=5 "))
    #expect(MemoryFigures.advice(refusedBytes: (10 << 20) + 1, reserved: 0, free: 0).contains("=6 "))
    // Two of twenty are free, not enough in one piece of work: three more make it.
    #expect(MemoryFigures.advice(refusedBytes: 10 << 20, reserved: 20, free: 2).contains("=23 "))
    #expect(MemoryFigures.advice(refusedBytes: 2 << 20, reserved: 20, free: 9).contains("=20 "))
}

extension LiveRunTests {
    /// Goal: the report tells what was got: the sum is what the kernel counts, the journal's ring lies in huge pages where the
    /// kernel can do that, and switched off there are none.
    @Test(.timeLimit(.minutes(1)), arguments: ["auto", "off"]) func theReportTellsTheMemory(_ asked: String)
        async throws
    {
        let file = "\(FileManager.default.temporaryDirectory.path)/memory-\(getpid())"
        try Data(asked.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let asked = try String(
                contentsOfFile: "\(FileManager.default.temporaryDirectory.path)/memory-\(getppid())",
                encoding: .utf8)
            let root = try LiveSession.folder()
            defer { try? FileManager.default.removeItem(atPath: root) }
            var session = LiveSession()
            session.events = 2_000
            session.overrides = ["threads.huge_pages=\(asked)"]
            session.stopAfter = 0.5
            // The exchange's tables are not the engine's: small ones where the engine's must be.
            ProcessMemory.useHugePages(false)
            session.beforeEngine = { _ in
                ProcessMemory.useHugePages(true)
                return nil
            }
            let report = try session.run(in: root)
            // An exit runs no `defer`.
            try? FileManager.default.removeItem(atPath: root)
            let lines = report.text().split(separator: "\n").filter {
                $0.contains("Memory") || $0.contains("sysctl")
            }
            FileHandle.standardError.write(
                Data((lines + report.warnings.map { Substring($0) }).joined(separator: "\n").utf8))
            guard let memory = report.memory, memory.asked == asked, memory.smallBytes > 1 << 20 else {
                exit(2)
            }
            let tells = report.warnings.contains { $0.contains("the journal's ring lies in small pages") }
            if asked == "off" {
                let huge = memory.explicitBytes + memory.transparentBytes + memory.sharedTransparentBytes
                exit(huge == 0 && memory.advice == nil && !tells ? 0 : 3)
            }
            // Granted, or told.
            guard memory.sharedTransparentBytes >= 4 << 20 || tells else { exit(4) }
            guard memory.explicitBytes > 0 || memory.advice != nil || !report.warnings.isEmpty else {
                exit(5)
            }
            exit(0)
        }
        print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self))
    }
}
