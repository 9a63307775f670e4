import Model
import TestSupport
import Testing

@testable import Core

/// Goal: the core hands its ledger what lots need: a bust and a correction find their executions, and a merge of lots is
/// told once. Method: first in, first out, with room for one lot beside the first.
@Test func coreNamesTheExecutionsToTheLots() throws {
    let world = World {
        $0.ledger.costMethod = .firstInFirstOut
        $0.ledger.lotCountMax = 1
    }
    world.quote(0, bid: 999_900, 500, ask: 1_000_000, 500)
    let ref = try #require(world.signal(.buy, 300, limit: 1_000_000)).user_ref
    world.accept(ref)
    world.execute(ref, 100, at: 1_000_000, match: 1)
    world.execute(ref, 100, at: 990_000, match: 2)
    #expect(world.position().cost.raw == 100 * 1_990_000)
    world.report(.executionBroken, ref, id: 1)
    #expect(world.position().averagePrice.raw == 990_000)
    #expect(world.position().realised == .zero)
    #expect(!world.alerts.contains(.lotsMerged))
    world.execute(ref, 50, at: 980_000, match: 3)
    world.execute(ref, 50, at: 970_000, match: 4)
    #expect(world.alerts.contains(.lotsMerged))
    #expect(world.position().cost.raw == 100 * 990_000 + 50 * 980_000 + 50 * 970_000)
    #expect(world.disagreement() == nil)
}

/// Goal: figures that no sum has room for are told, and neither booked nor trapped on.
@Test func unbelievableExecutionsAreDisputed() throws {
    let world = World {
        $0.instruments[0].multiplier = 1 << 20
        $0.limits.orderNotionalMax = Money(raw: 1 << 60)
        $0.limits.grossNotionalMax = Money(raw: 1 << 60)
    }
    world.quote(0, bid: 999_900, 500, ask: 1_000_000, 500)
    let ref = try #require(world.signal(.buy, 1, limit: 1_000_000)).user_ref
    world.accept(ref)
    world.execute(ref, 1 << 30, at: 1_000_000, match: 1)
    #expect(world.kinds.contains(.orderDisputed))
    #expect(world.position().quantity == .zero)
    #expect(world.disagreement() == nil)
}
