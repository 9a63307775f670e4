import Core
import Model
import TestSupport
import Testing

@testable import Runtime

/// Goal: the three example strategies trade side by side in whole seeded sessions, with losses, rejects and broken connections,
/// without breaking any promise of the engine; each does something; and what they hold by their own books, with what is
/// nobody's, is the account's position.
/// Method: sessions of some seeds with all of them switched on. `TEST_SEED=<seed>` repeats one.
@Test func theExamplesTradeSideBySide() throws {
    var signals = [Int](repeating: 0, count: SeededWorld.Strategies.count)
    var held = 0
    let seeds: ClosedRange<UInt64> = BuildKind.isDebug ? 1...2 : 1...8
    for seed in seeds {
        var plan = SeededPlan(seed: seed)
        plan.runsAllExamples = true
        let world = try SeededWorld(plan)
        let outcome = world.run()
        for violation in outcome.violations.prefix(10) { Issue.record("seed \(seed): \(violation)") }
        let wrong = world.engine.core.disagreementOfRisk()
        #expect(wrong == nil, "seed \(seed)")
        for strategy in 0..<signals.count {
            guard world.engine.core.context.enter(strategy) else { continue }
            for instrument in 0..<3 {
                let own = world.engine.core.context.own(InstrumentID(index: UInt32(instrument)))
                if own.position != 0 || own.realised != .zero { signals[strategy] += 1 }
                if own.position != 0 { held += 1 }
            }
        }
        var other = SeededPlan(seed: seed)
        other.runsAllExamples = true
        let again = try SeededWorld(other).run()
        #expect(
            again.digest == outcome.digest && again.tally == outcome.tally, "seed \(seed) does not repeat")
    }
    for (strategy, count) in signals.enumerated() {
        #expect(count > 0, "strategy \(strategy) never traded")
    }
    #expect(held > 0)
}
