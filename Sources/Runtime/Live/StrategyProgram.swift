public import Core
public import Plumbing
public import Settings

/// The engine as it runs live, over one program's strategies: in either topology.
public typealias LiveEngine<Strategies: StrategySet & ~Copyable> = Engine<Strategies, LiveIO>

/// What a program brings: its strategies, how they are made from the settings, and the hot path over them.
public struct StrategyProgram<Strategies: StrategySet & ~Copyable & Sendable>: Sendable {
    /// In the order of the strategies' indices.
    public let descriptions: [StrategyDescription]
    public let make: @Sendable (Settings) -> Strategies
    /// The concrete entry. Where it carries `@_noLocks`, the compiler has proven that nothing from packet to order
    /// takes a lock, allocates or counts references.
    public let turns: @Sendable (inout LiveEngine<Strategies>, Int) -> Int

    public init(
        _ descriptions: [StrategyDescription], make: @escaping @Sendable (Settings) -> Strategies,
        turns: @escaping @Sendable (inout LiveEngine<Strategies>, Int) -> Int
    ) {
        precondition(
            descriptions.count == Strategies.count, "Caller: every strategy is described, in its order")
        self.descriptions = descriptions
        self.make = make
        self.turns = turns
    }
}
