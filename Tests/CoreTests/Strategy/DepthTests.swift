import Model
import TestSupport
import Testing

@testable import Core

/// Goal: the levels that a strategy sees are those of the book, at every depth, near the best price and far from it. Method:
/// random levels of both sides, after each message all depths against the table's own and a sorted dictionary.
@Test func depthIsTheBooks() {
    struct Looker: Strategy {
        var seen: [[BookLevel]] = [[], []]
        static var wants: StrategyInterests { .books }
        mutating func onBook(_ change: BookChange, _ context: inout StrategyContext) {
            for (place, side) in [Side.buy, .sell].enumerated() {
                let count = context.levelCount(change.instrument, side)
                seen[place] = (0..<count).map {
                    context.level(change.instrument, side, depth: $0)
                        ?? BookLevel(price: Price(raw: 0), quantity: .zero, orderCount: -1)
                }
                precondition(context.level(change.instrument, side, depth: count) == nil)
                precondition(context.level(change.instrument, side, depth: -1) == nil)
            }
            precondition(context.level(change.instrument, .none, depth: 0) == nil)
        }
    }
    var random = SeededRandom(seed: TestSeed.current)
    var rehearsal = StrategyRehearsal(Looker()) { $0.bookLevelCountMax = 4_096 }
    rehearsal.start()
    var levels: [[Int64: Int64]] = [[:], [:]]
    for step in 0..<2_000 {
        let side = Int(random.below(2))
        // Whole ticks and others, near and far.
        let away =
            Int64(random.below(random.below(4) == 0 ? 50_000 : 3_000)) * (random.below(9) == 0 ? 1 : 100)
        let price = side == 0 ? 10_000_000 - away : 10_000_100 + away
        let quantity = random.below(3) == 0 ? 0 : 1 + Int64(random.below(500))
        let isKnown = levels[side][price] != nil
        levels[side][price] = quantity == 0 ? nil : quantity
        rehearsal.level(side == 0 ? .buy : .sell, price, quantity)
        guard quantity > 0 || isKnown else { continue }
        let seen = rehearsal.strategies.seen
        for place in 0..<2 {
            let sorted = levels[place].sorted { place == 0 ? $0.key > $1.key : $0.key < $1.key }
            let isSame =
                seen[place].map(\.price.raw) == sorted.map(\.key)
                && seen[place].map(\.quantity.raw) == sorted.map(\.value)
            #expect(isSame, "seed \(TestSeed.current) step \(step)")
            guard isSame else { return }
        }
    }
}
