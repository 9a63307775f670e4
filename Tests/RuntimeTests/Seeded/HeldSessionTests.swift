import Journal
import Settings
import Simulation
import Testing

@testable import Runtime

/// Goal: an engine that the watchdog has held in the middle of anything hears what became of every order, has asked back
/// what still worked, makes no order more, and its journal is decided again without a difference; at a venue that cancels
/// on disconnect and at one that does not, in either topology.
/// Method: seeded sessions with all their faults, held at a time drawn from the seed; from then on nothing fails.
@Test(arguments: [ThreadSettings.Topology.fused, .pipelined])
func aHeldEngineLearnsWhatBecameOfItsOrders(_ topology: ThreadSettings.Topology) throws {
    #if DEBUG
    let seeds: ClosedRange<UInt64> = 1...12
    #else
    let seeds: ClosedRange<UInt64> = 1...60
    #endif
    var (open, cancelled, kept) = (0, 0, 0)
    for seed in seeds {
        let plan = SeededPlan(seed: seed)
        guard plan.disk == .none else { continue }
        let length = plan.quietNs - plan.startNs
        let holdAtNs = plan.startNs + length / 4 + seed * 7_919_113 % (length / 2)
        let world = try SeededWorld(plan, topology: topology, holdAtNs: holdAtNs)
        let outcome = world.run()
        #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.prefix(3))")
        #expect(outcome.tally.openAfterHalt == 0, "seed \(seed): \(outcome.tally.openAfterHalt) open")
        open += outcome.tally.openAtHalt
        cancelled += plan.cancelsOnDisconnect ? outcome.tally.openAtHalt : 0
        kept += plan.cancelsOnDisconnect ? 0 : outcome.tally.openAtHalt
        var replay = world.replay()
        let replayed = try replay.run(JournalReader(segments: outcome.files))
        #expect(replayed.difference == nil, "seed \(seed): \(replayed.difference?.description ?? "")")
        #expect(!replayed.isHalted && replayed.digest == outcome.digest, "seed \(seed)")
    }
    #expect(open > seeds.count / 2 && cancelled > 0 && kept > 0, "\(open), \(cancelled), \(kept)")
}
