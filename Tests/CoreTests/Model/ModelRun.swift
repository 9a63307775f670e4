import Model

@testable import Core

/// Sequences one after the other, and what they came to.
struct ModelRun: CustomStringConvertible {
    var sequences = 0
    var steps = 0
    var inputs = 0
    var counters = CoreCounters()
    var kinds = ModelKinds()
    var failures: [String] = []

    mutating func sequence(_ seed: UInt64) {
        let world = ModelWorld(seed: seed)
        world.run()
        sequences += 1
        steps += world.step
        inputs += world.inputCount
        counters.add(world.counters)
        kinds.add(world.kinds)
        if world.failure != nil {
            failures.append(Self.failure(of: seed) ?? "seed \(seed): failed once and not again")
            return
        }
        // The same again, now and then: the same facts, commands and digest.
        guard seed % 16 == 0 else { return }
        let again = ModelWorld(seed: seed)
        again.run()
        if again.digest != world.digest || again.core.digest() != world.core.digest() {
            failures.append("seed \(seed): the same inputs gave other facts")
        }
    }

    /// The sequence again, in words: its seed, the step and the last inputs; `nil`: it does not fail.
    static func failure(of seed: UInt64) -> String? {
        let world = ModelWorld(seed: seed, isVerbose: true)
        world.run()
        guard let failure = world.failure else { return nil }
        let inputs = world.words.indices.filter { world.words[$0].first?.isNumber == true }
        let first = inputs.count > 30 ? inputs[inputs.count - 30] : 0
        return "seed \(seed) step \(world.step): \(failure)\n\(world.traits)\n"
            + world.words[first...].joined(separator: "\n")
    }

    var description: String {
        "\(sequences) sequences, \(steps) steps, \(inputs) inputs, \(counters.ordersSent) orders, \(counters.fills) fills, "
            + "\(counters.busts) busts, \(counters.corrections) corrections, \(counters.replacesDone) replacements, "
            + "\(counters.ordersRetried) attempts anew, \(counters.executionsRepeated) repeated, "
            + "\(counters.executionsInferred) inferred, \(counters.reconciliations) reconciliations, \(counters.disputes) disputes, \(kinds)"
    }
}
