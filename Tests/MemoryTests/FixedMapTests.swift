import Memory
import TestSupport
import Testing

/// Goal: the map answers as a dictionary does, through fills, removals and refusals.
/// Method: 200,000 seeded steps against `Dictionary`, with few keys so that collisions and full tables are common.
@Test func fixedMapAnswersAsADictionary() {
    var state = TestSeed.current
    func draw(_ bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }
    var map = FixedMap<UInt32>(entryCountMax: 40, filler: 0)
    var model: [UInt64: UInt32] = [:]
    for step in 0..<200_000 {
        let key = draw(64) &* 0x0100_0000_0000_0001
        switch draw(3) {
        case 0:
            let value = UInt32(truncatingIfNeeded: step)
            let placed = map.insert(key, value)
            if model[key] != nil || model.count < 40 {
                #expect(placed != nil, "step \(step)")
                model[key] = value
            } else {
                #expect(placed == nil, "step \(step): a full map refuses")
            }
        case 1:
            #expect(map.remove(key) == (model.removeValue(forKey: key) != nil), "step \(step)")
        default:
            #expect(map.find(key).map { map[$0] } == model[key], "step \(step)")
        }
        #expect(map.count == model.count)
    }
    #expect(map.insert(.max, 1) == nil)
    #expect(map.find(.max) == nil)
}

/// Goal: allocation is really counted, so that a figure of zero means zero.
@Test func aDeliberateAllocationIsCounted() {
    guard let before = ThreadCounters.current().allocatedBytes else {
        print("SKIP: jemalloc does not serve this process (a sanitizer does)")
        return
    }
    let block = [UInt8](repeating: 1, count: 10_000)
    let after = ThreadCounters.current().allocatedBytes ?? 0
    #expect(block.count == 10_000)
    #expect(after - before >= 10_000)
}
