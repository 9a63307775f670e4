import Settings
import TestSupport
import Testing

@testable import Runtime

/// Goal: an engine that the watchdog has held in the middle of anything hears what became of every order, has asked back
/// what still worked, makes no order more, and its journal is decided again without a difference; at a venue that cancels
/// on disconnect and at one that does not, in either topology.
/// Method: seeded sessions with all their faults, held at a time drawn from the seed; from then on nothing fails.
@Test(arguments: [ThreadSettings.Topology.fused, .pipelined])
func aHeldEngineLearnsWhatBecameOfItsOrders(_ topology: ThreadSettings.Topology) throws {
    let seeds: ClosedRange<UInt64> = 1...(BuildKind.isDebug ? 16 : 60)
    var (cancelled, kept) = (0, 0)
    for seed in seeds {
        let plan = SeededPlan(seed: seed)
        guard plan.disk == .none, plan.deathCount == 0 else { continue }
        let length = plan.quietNs - plan.startNs
        let holdAtNs = plan.startNs + length / 4 + seed * 7_919_113 % (length / 2)
        let outcome = try SeededWorld(plan, topology: topology, holdAtNs: holdAtNs).run()
        #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.prefix(3))")
        #expect(outcome.tally.openAfterHalt == 0, "seed \(seed): \(outcome.tally.openAfterHalt) open")
        if plan.venue.cancelsOnDisconnect {
            cancelled += outcome.tally.openAtHalt
        } else {
            kept += outcome.tally.openAtHalt
        }
    }
    #expect(cancelled > 0 && kept > 0, "\(cancelled), \(kept)")
}
