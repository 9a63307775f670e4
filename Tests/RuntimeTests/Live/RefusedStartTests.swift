import Core
import Foundation
import Plumbing
import Settings
import TestSupport
import Testing

@testable import Runtime

private struct Idle: Strategy {}

extension LiveRunTests {
    /// Goal: a start that is refused says why and leaves nothing behind: no run folder, no ring, no figures.
    /// Method: a market data port that is taken.
    @Test func aRefusedStartLeavesNothing() throws {
        try engineLock.withLock { _ in try refusedStartLeavesNothing() }
    }

    private func refusedStartLeavesNothing() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "refused-\(UUID().uuidString)"
        )
        .path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let taken = try UdpSender(to: nil, from: SocketAddress(host: 0x7f00_0001, port: 0))
        let description = StrategyDescription(name: "idle", help: "Does nothing", parameters: [])
        let file = root + ".yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("journal:\n  folder: \(root)\n".utf8).write(to: URL(fileURLWithPath: file))
        let settings = try Settings.load(
            file: file,
            overrides: [
                "journal.ring_bytes=\(1 << 20)", "feeds.0.address=127.0.0.1",
                "feeds.0.port=\(taken.localAddress.port)",
            ], strategies: [description]
        ).settings
        let program = StrategyProgram([description], make: { _ in Idle() }, turns: { $0.run(turns: $1) })
        do {
            _ = try LiveRun(settings, program, version: "test")
            Issue.record("the port was taken twice")
        } catch let error as SetupError {
            #expect(error.reason == .addressInUse && !error.remedy.isEmpty, "\(error)")
        }
        #expect(try Files.list(root) == ["epoch"])
        let mine = "spinetail-\(ProcessInfo.processInfo.processIdentifier)-"
        #expect(try Files.list("/dev/shm").filter { $0.hasPrefix(mine) }.isEmpty)
        _ = taken
    }
}
