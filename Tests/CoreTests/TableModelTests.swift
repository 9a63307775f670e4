import Model
import TestSupport
import Testing

@testable import Core

/// Goal: no record is ever in two hands, a stale handle is seen, the reserve is kept, and the pool refuses only when
/// it is truly full. Method: seeded random steps against a plain array.
@Test func poolNeverHandsOutARecordTwice() {
    var random = SeededRandom(seed: TestSeed.current)
    var pool = OrderPool(orderCountMax: 7, reservedCount: 2)
    var live: [OrderHandle] = []
    var stale: [OrderHandle] = []
    for step in 0..<20_000 {
        let reducing = random.chance(perMillion: 300_000)
        if !live.isEmpty, random.chance(perMillion: 500_000) {
            let handle = live.remove(at: Int(random.below(UInt64(live.count))))
            pool.release(handle)
            stale.append(handle)
        } else if let handle = pool.acquire(reducing: reducing) {
            var record = OrderRecord()
            record.generation = handle.generation
            pool[Int(handle.index)] = record
            #expect(!live.contains { $0.index == handle.index }, "seed \(TestSeed.current) step \(step)")
            live.append(handle)
            #expect(reducing || live.count <= 5, "step \(step): the reserve was given away")
        } else {
            #expect(live.count >= (reducing ? 7 : 5), "step \(step): refused while not full")
        }
        let count = pool.liveCount
        #expect(count == live.count)
        if let handle = stale.last {
            let current = pool.isCurrent(handle)
            #expect(!current, "step \(step): a stale handle passed")
        }
    }
}

/// Goal: timers come by (due, id), none is lost, and full is an answer. Method: against a sorted array.
@Test func timersComeInOrder() {
    var random = SeededRandom(seed: TestSeed.current)
    var queue = TimerQueue(timerCountMax: 20)
    var model: [(due: UInt64, id: UInt32)] = []
    for step in 0..<20_000 {
        if random.chance(perMillion: 520_000) {
            let due = random.below(50)
            let id = UInt32(random.below(6))
            let isSet = queue.insert(TimerEntry(dueNs: due, id: id))
            #expect(isSet == (model.count < 20), "seed \(TestSeed.current) step \(step)")
            if isSet { model.append((due, id)) }
        } else if let first = queue.first {
            model.sort { ($0.due, $0.id) < ($1.due, $1.id) }
            let expected = model.removeFirst()
            #expect(first.dueNs == expected.due && first.id == expected.id, "step \(step)")
            queue.removeFirst()
        } else {
            #expect(model.isEmpty, "step \(step)")
        }
        let next = queue.nextDueNs
        #expect(next == model.map(\.due).min() ?? .max)
    }
}

/// Goal: a repeated key is seen, a new one never taken for it, each half of the key counts, and full is an answer.
/// Method: against a dictionary, keys drawn from few values so that they repeat and collide.
@Test func executionSetKnowsExactlyWhatItSaw() {
    var random = SeededRandom(seed: TestSeed.current)
    var set = ExecutionSet(executionCountMax: 300)
    var model: [ExecutionKey: Int64] = [:]
    for step in 0..<4_000 {
        let key = ExecutionKey(
            venue: UInt8(random.below(2)), tradingDay: UInt16(random.below(2)), executionID: random.below(12),
            userRef: UInt32(random.below(3)), side: random.chance(perMillion: 500_000) ? .buy : .sell,
            kind: random.chance(perMillion: 500_000) ? .new : .bust)
        let quantity = Int64(step)
        let verdict = set.insert(key, price: Price(raw: -quantity), quantity: quantity)
        if model[key] != nil {
            #expect(verdict == .repeated, "seed \(TestSeed.current) step \(step)")
        } else if model.count == 300 {
            #expect(verdict == .full, "step \(step)")
        } else {
            #expect(verdict == .new, "step \(step)")
            model[key] = quantity
        }
        let isNear = set.isNearFull
        #expect(isNear == (model.count >= 300 - 18))
        let found = set.find(key)
        #expect(found?.quantity == model[key] && found?.price.raw == model[key].map { -$0 })
    }
    #expect(model.count == 300, "the test never filled it")
}

/// Goal: core time never runs backwards, numbers have no gap, ages are right and saturate.
@Test func sequencerKeepsTimeMonotonic() {
    var sequencer = Sequencer()
    var input = Input(kind: .venueNotice)
    sequencer.stamp(&input, clockNs: 100, receivedAtNs: 40)
    #expect(input.sequence == 1 && input.engine_time_ns == 100 && input.received_age_ns == 60)
    sequencer.stamp(&input, clockNs: 90)
    #expect(input.sequence == 2 && input.engine_time_ns == 100 && input.received_age_ns == 10)
    sequencer.stamp(&input, clockNs: 1 << 40, receivedAtNs: 1)
    #expect(input.received_age_ns == .max)
    sequencer.stamp(&input, clockNs: 1 << 40, receivedAtNs: 1 << 41)
    #expect(input.received_age_ns == 0)
}
