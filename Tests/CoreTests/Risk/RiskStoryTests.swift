import Foundation
import Model
import TestSupport
import Testing

@testable import Core

/// Goal: risk's sums are those of its orders and positions wherever a story of edges leads.
/// Method: stories of `RiskStory`, compared with the slow sums every few orders. What risk says of each order is compared
/// by `tools/judges/risk_decimal.py`, which reads the same stories.
@Test(arguments: 0..<4)
func aStoryOfEdgesKeepsItsSums(_ part: Int) {
    let worlds = BuildKind.isDebug ? 2 : 6
    for number in 0..<worlds {
        let seed = TestSeed.current &+ UInt64(number * 4 + part) &* 0x9e37_79b9
        let story = RiskStory(seed: seed) { _ in }
        for step in 0..<40 {
            story.run(orders: 20)
            if let difference = story.world.disagreement() {
                Issue.record("seed \(seed), after \(20 * step + 20) orders: \(difference)")
                return
            }
        }
        #expect(story.refusedCount > 50)
    }
}

/// Where stories for the other implementation go.
private enum RiskStreams {
    static let paths: [String] =
        ProcessInfo.processInfo.environment["SPINETAIL_RISK_STREAMS"]?.split(separator: ":").map(String.init) ?? []
}

/// Writes stories for the other implementation: `SPINETAIL_RISK_STREAMS` names files or pipes, with colons between,
/// `SPINETAIL_RISK_ORDERS` how many orders each is to hold. `TEST_SEED` gives others.
@Test(.enabled(if: !RiskStreams.paths.isEmpty), arguments: 0..<RiskStreams.paths.count)
func storiesForTheOtherImplementation(_ shard: Int) throws {
    let environment = ProcessInfo.processInfo.environment
    let orders = environment["SPINETAIL_RISK_ORDERS"].flatMap { Int($0) } ?? 20_000
    let file = try #require(FileHandle(forWritingAtPath: RiskStreams.paths[shard]))
    func write(_ bytes: [UInt8]) { try? file.write(contentsOf: bytes) }
    var made = 0
    var number: UInt64 = 0
    while made < orders {
        let seed = TestSeed.current &+ (UInt64(shard) << 32 | number) &* 0x9e37_79b9
        write(Array("S \(seed)\n".utf8))
        let story = RiskStory(seed: seed, write: write)
        story.run(orders: min(2_500, orders - made))
        made += story.orderCount
        number += 1
        if let difference = story.world.disagreement() { Issue.record("seed \(seed): \(difference)") }
    }
    write(Array("end\n".utf8))
    try file.close()
}

/// Goal: whatever strategies, venues and operators do, in whatever order, nothing but the market, new limits, busts and
/// executions that nobody asked for takes the account, a strategy or an instrument past a hard limit: no order that we made.
/// Method: short stories with small limits; before and after each order, replacement and release, all that limits are held
/// against is added up anew from orders and positions. `SPINETAIL_RISK_SEQUENCES` says how many; a failure prints its seed.
@Test(arguments: 0..<4)
func noOrderOfOursPassesALimit(_ part: Int) {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["SPINETAIL_RISK_SEQUENCES"].flatMap { Int($0) } ?? (BuildKind.isDebug ? 400 : 20_000)
    var made = 0
    var beyond = 0
    var failures = 0
    for number in stride(from: part, to: count, by: 4) {
        let seed = TestSeed.current &+ UInt64(number) &* 0x9e37_79b9_7f4a
        let story = RiskStory(seed: seed, change: SmallStory.makeSmall) { _ in }
        story.watch = SumsWatch()
        for step in 0..<(12 + number % 17) {
            story.step()
            let difference = story.watch?.failure ?? story.world.core.disagreementOfRisk()
            if let difference {
                Issue.record("seed \(seed), step \(step): \(difference)")
                failures += 1
                break
            }
        }
        made += story.watch?.madeCount ?? 0
        beyond += story.watch?.beyondCount ?? 0
        if failures >= 3 { return }
    }
    guard count >= 2_000 else { return }
    #expect(made > count && beyond > count / 100, "\(made) orders made, \(beyond) sums beyond their limits")
}

private enum SmallStory {
    /// Small records, so that a story costs little, and limits that a few orders come to.
    static func makeSmall(_ configuration: inout CoreConfiguration) {
        configuration.orderCountMax = 64
        configuration.orderCountReserved = 4
        configuration.residueCountMax = 512
        configuration.executionCountMax = 256
        configuration.bookOrderCountMax = 64
        configuration.bookLevelCountMax = 128
        configuration.signalCountPerStepMax = 16
        configuration.limitPartCountMax = 16
        configuration.limits.orderQuantityMax = Quantity(raw: min(configuration.limits.orderQuantityMax.raw, 3_000))
        configuration.limits.positionMax = Quantity(raw: min(configuration.limits.positionMax.raw, 100_000))
    }
}
