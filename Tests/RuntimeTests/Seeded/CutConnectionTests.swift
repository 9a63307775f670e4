import Foundation
import Model
import Settings
import Simulation
import TestSupport
import Testing

@testable import Runtime

/// How a piece is played: the same order, over connections that break.
private struct Stage {
    var topology: ThreadSettings.Topology
    var hasBackOffice: Bool
    var forgetsStream: Bool

    func world(_ cuts: [NetworkFaults.Cut], seed: UInt64) throws -> SeededWorld {
        let plan = SeededPlan(
            cuts: cuts, seed: seed, hasBackOffice: hasBackOffice, forgetsStream: forgetsStream,
            retryCountMax: Int(seed & 1))
        return try SeededWorld(plan, topology: topology)
    }

    func play(_ cuts: [NetworkFaults.Cut], seed: UInt64, _ total: inout SeededTally) throws {
        let outcome = try world(cuts, seed: seed).run()
        total.add(outcome.tally)
        for violation in outcome.violations.prefix(3) {
            Issue.record("\(self) \(cuts) seed \(seed): \(violation)")
        }
    }

    /// Bytes of each connection of the order session, with these cuts.
    func bytes(_ cuts: [NetworkFaults.Cut]) throws -> [(toVenue: UInt64, toClient: UInt64)] {
        let world = try world(cuts, seed: 1)
        let outcome = world.run()
        #expect(outcome.violations.isEmpty, "\(self) \(cuts): \(outcome.violations.prefix(3))")
        return world.network.bytesSent(session: SeededWorld.orderSession)
    }
}

/// Of so many bytes the place behind each in the long run; else one in `sample`, and fewer in debug builds, which are many
/// times slower.
private func places(_ count: UInt64, sample: UInt64) -> StrideThrough<UInt64> {
    let isLong = (ProcessInfo.processInfo.environment["SPINETAIL_SEEDS"].flatMap { Int($0) } ?? 0) >= 1_000
    let step = BuildKind.isDebug ? 97 : isLong ? 1 : sample
    return stride(from: 0, through: count, by: UInt64.Stride(step))
}

/// Goal: the connection breaks after any byte of the log-on, an order, its ack, its executions, a replacement, a cancel and
/// their answers, and the order ends known; at no moment the venue could make more of it than is counted with; nothing is
/// sent twice and no execution is lost. Where what the venue told before is lost for good, a back office ends the doubt;
/// without one the order goes on counting at its worst.
/// Method: one order's life in the seeded world, once for every byte of either direction as the last that passes (over rings
/// one in four but for the long run), with what is on its way the other way lost or not and either side told or not, as the
/// seed has it; judged as every seeded session.
@Test(arguments: [ThreadSettings.Topology.fused, .pipelined], [false, true])
func connectionBreaksAtEveryByte(_ topology: ThreadSettings.Topology, _ hasBackOffice: Bool) throws {
    var total = SeededTally()
    var count = 0
    for forgetsStream in [false, true] {
        let stage = Stage(topology: topology, hasBackOffice: hasBackOffice, forgetsStream: forgetsStream)
        var whole = SeededTally()
        try stage.play([], seed: 1, &whole)
        // The piece has all that is to be cut.
        #expect(whole.orders == 1 && whole.fills == 2 && whole.replacesDone == 1 && whole.cancels == 1)
        let connections = try stage.bytes([])
        // The first one only asks where the stream ends.
        let main = connections.count - 1
        for isToVenue in [true, false] {
            for place in places(
                isToVenue ? connections[main].toVenue : connections[main].toClient,
                sample: topology == .fused ? 1 : 4)
            {
                let cut = NetworkFaults.Cut(connection: main, isToVenue: isToVenue, afterBytes: place)
                try stage.play([cut], seed: place << 1 | (hasBackOffice ? 1 : 0), &total)
                count += 1
            }
        }
    }
    print("connections cut once, \(topology), back office \(hasBackOffice): \(count): \(total)")
    #expect(total.inDoubt * 4 > count && total.neverReceived > 0 && total.recoveries > count)
    #expect(count > (BuildKind.isDebug ? 5 : topology == .fused ? 800 : 200))
}

/// Goal: the same for the connections over which all that recovers.
/// Method: as above, with the first connection cut at four places of its answers, and each that follows at every byte; but
/// for the long run a sample of them.
@Test(arguments: [ThreadSettings.Topology.fused, .pipelined], [false, true])
func recoveryBreaksAtEveryByte(_ topology: ThreadSettings.Topology, _ hasBackOffice: Bool) throws {
    var total = SeededTally()
    var count = 0
    for forgetsStream in [false, true] {
        let stage = Stage(topology: topology, hasBackOffice: hasBackOffice, forgetsStream: forgetsStream)
        let connections = try stage.bytes([])
        let main = connections.count - 1
        for part in UInt64(1)...4 {
            let first = NetworkFaults.Cut(
                connection: main, isToVenue: false, afterBytes: connections[main].toClient * part / 5)
            for (number, bytes) in try stage.bytes([first]).enumerated().dropFirst(main + 1) {
                for isToVenue in [true, false] {
                    for place in places(
                        isToVenue ? bytes.toVenue : bytes.toClient, sample: topology == .fused ? 7 : 23)
                    {
                        let cut = NetworkFaults.Cut(
                            connection: number, isToVenue: isToVenue, afterBytes: place)
                        try stage.play([first, cut], seed: place << 2 | part, &total)
                        count += 1
                    }
                }
            }
        }
    }
    print("recoveries cut, \(topology), back office \(hasBackOffice): \(count): \(total)")
    #expect(total.inDoubt * 4 > count && total.drops * 2 > count)
}
