import Foundation
import Model
import TestSupport
import Testing

@testable import Core

/// Goal: whatever strategies, operators, markets and venues do, in whatever order their words come, twice, late or never,
/// positions and profit are what a slow model makes of the executions that were told; every sum is that of its parts; the
/// worst case is never less than what the venue could still make of us; nothing is sent twice; and in the end every order
/// is known and the position is the venue's own.
/// Method: short random sequences, compared after every input. A failure prints its seed, the step and the last inputs;
/// `SPINETAIL_MODEL_SEED=<seed>` runs that sequence alone, `SPINETAIL_SEQUENCES` sets how many there are.
@Test(arguments: 0..<8)
func ordersAgreeWithTheSlowModel(_ part: Int) {
    let environment = ProcessInfo.processInfo.environment
    if let only = environment["SPINETAIL_MODEL_SEED"].flatMap({ UInt64($0) }) {
        if part == 0, let story = ModelRun.failure(of: only) { Issue.record("\(story)") }
        return
    }
    let count = environment["SPINETAIL_SEQUENCES"].flatMap { Int($0) } ?? 4_000
    var run = ModelRun()
    for number in stride(from: part, to: count, by: 8) {
        run.sequence(TestSeed.current &+ UInt64(number) &* 0x9e37_79b9)
        if run.failures.count >= 3 { break }
    }
    for story in run.failures { Issue.record("\(story)") }
    print("order model \(part): \(run)")
    guard count >= 4_000, run.failures.isEmpty else { return }
    #expect(run.counters.fills > 100 && run.counters.busts > 10 && run.counters.corrections > 10)
    #expect(run.counters.replacesDone > 10 && run.counters.ordersRetried > 10)
    #expect(run.counters.executionsRepeated > 10 && run.counters.reconciliations > 10)
    #expect(run.counters.executionsInferred > 0 && run.counters.disputes > 0)
    for kind in ModelKind.allCases { #expect(run.kinds[kind] > 0, "no sequence had \(kind)") }
}
