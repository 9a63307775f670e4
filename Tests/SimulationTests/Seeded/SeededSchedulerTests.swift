import Model
import TestSupport
import Testing

@testable import Simulation

/// Goal: events come by time, and in the order of insertion where times are equal.
/// Method: seeded insertions and takings against a plain list, searched from its front.
@Test func schedulerKeepsOrder() {
    var random = SeededRandom(seed: TestSeed.current)
    var scheduler = SeededScheduler<Int>()
    var model: [(atNs: UInt64, event: Int)] = []
    for step in 0..<20_000 {
        if random.below(5) < 3 {
            let atNs = random.below(50)
            scheduler.insert(step, atNs: atNs)
            model.append((atNs, step))
        } else {
            var least: Int?
            for index in model.indices where least.map({ model[index].atNs < model[$0].atNs }) ?? true {
                least = index
            }
            let expected = least.map { model.remove(at: $0) }
            let taken = scheduler.take()
            #expect(taken?.event == expected?.event, "seed \(TestSeed.current) step \(step)")
            #expect(taken?.atNs == expected?.atNs)
        }
        #expect(scheduler.isEmpty == model.isEmpty)
        if model.count > 300 { while scheduler.take() != nil { model = [] } }
    }
}
