import Core
import Model
import Plumbing
import Settings
import Simulation
import Testing

@testable import Journal
@testable import Runtime

/// Every record of a journal in order, changed on its way; what the replay came to.
private func replay(
    _ world: SeededWorld, _ files: [(path: String, bytes: [UInt8])],
    change: (JournalRecordType, inout [UInt8]) -> Void = { _, _ in }
) throws -> ReplayOutcome {
    var replay = world.replay()
    let reader = JournalReader(segments: files)
    while let record = try reader.next() {
        var content = unsafe Array(record.content)
        change(record.type, &content)
        // SAFETY: the array stands still inside the closure.
        let goesOn = unsafe content.withUnsafeBytes {
            unsafe replay.take(
                JournalRecord(
                    type: record.type, stream: record.stream, position: record.position, content: $0))
        }
        if !goesOn { break }
    }
    return replay.finish()
}

private func input(_ content: [UInt8]) -> Input {
    unsafe content.withUnsafeBytes { unsafe $0.loadUnaligned(as: Input.self) }
}

/// Goal: what a session recorded is decided again without a difference, whichever topology recorded it, down to the digest
/// of the state at the end; a halted one up to its halt.
@Test(arguments: [ThreadSettings.Topology.fused, .pipelined])
func seededJournalsReplayWithoutADifference(_ topology: ThreadSettings.Topology) throws {
    var facts: UInt64 = 0
    // One journal each: the starts of a session that has several are replayed by the session itself.
    let plans = (UInt64(1)...).lazy.map { SeededPlan(seed: $0) }.filter { $0.deathCount == 0 }
    for plan in plans.prefix(6) {
        let seed = plan.seed
        let world = try SeededWorld(plan, topology: topology)
        let outcome = world.run()
        #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.prefix(3))")
        let replayed = try replay(world, outcome.files)
        #expect(replayed.difference == nil, "seed \(seed): \(replayed.difference?.description ?? "")")
        facts += replayed.facts
        guard outcome.tally.halts == 0 else { continue }
        #expect(replayed.digest == outcome.digest, "seed \(seed)")
        #expect(
            replayed.inputs == UInt64(outcome.tally.inputs) && replayed.facts == UInt64(outcome.tally.facts))
        #expect(replayed.digests >= 1)
    }
    #expect(facts > 1_000)
}

/// Goal: a journal in which one byte of an input is another is found out, at that input, with both values.
/// Method: executions, acks, timers and packets of a session, each with a byte changed, one at a time; and a fact, and an
/// input that is missing.
@Test func aChangedByteIsFoundWhereItIs() throws {
    let (world, outcome) = try quietSession()
    let quantity = try #require(MemoryLayout<Input>.offset(of: \.quantity))
    let price = try #require(MemoryLayout<Input>.offset(of: \.price))
    let time = try #require(MemoryLayout<Input>.offset(of: \.engine_time_ns))
    for (kind, offset, number) in [
        (InputKind.execution, quantity, 1), (.execution, price, 3), (.execution, quantity, 6),
        (.sessionUp, time + 7, 1),
    ] {
        var met = 0
        var changed: UInt64 = 0
        let found = try replay(world, outcome.files) { type, content in
            guard type == .input, input(content).kind == kind.rawValue else { return }
            met += 1
            guard met == number else { return }
            changed = input(content).sequence
            content[offset] ^= 1
        }
        let difference = try #require(found.difference, "\(kind) \(number)")
        // A time that is far ahead is found out by what comes behind it.
        #expect(difference.sequence == changed || kind == .sessionUp && difference.sequence > changed)
        #expect(!difference.description.isEmpty)
        if kind == .execution, case .fact(let recorded?, let replayed?) = difference.what {
            #expect(recorded.quantity != replayed.quantity || recorded.price != replayed.price)
        } else if kind == .execution {
            Issue.record("no two facts: \(difference)")
        }
    }
    // The side of an order added to the book, somewhere in the middle: a packet's effect is found in it or soon behind.
    var packets = 0
    var changed: UInt64 = 0
    let found = try replay(world, outcome.files) { type, content in
        guard type == .packet else { return }
        packets += 1
        guard packets >= 200, changed == 0, content.count > 64 + 22 + 36, content[64 + 22] == 0x41 else {
            return
        }
        changed = input(content).sequence
        // Of an added order: the highest byte of its price.
        content[64 + 22 + 32] ^= 1
    }
    #expect(changed != 0 && found.difference.map { $0.sequence >= changed } == true)
    // A fact, and an input that is not there.
    var facts = 0
    let other = try replay(world, outcome.files) { type, content in
        if type == .fact { facts += 1 }
        if type == .fact, facts == 100 { content[40] ^= 0x80 }
    }
    #expect(other.facts == 99 && other.difference != nil)
    let late = try replay(world, outcome.files) { type, content in
        guard type == .input, input(content).sequence == 50 else { return }
        content[0] = 51
    }
    #expect(late.difference.map { "\($0)".contains("follows input 49") } ?? (late.inputs > 50))
}
