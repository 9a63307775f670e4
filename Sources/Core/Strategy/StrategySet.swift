/// One or several strategies, called by their index. What the engine is generic over; a strategy author writes a
/// ``Strategy`` and composes with ``Both`` and ``Repeated``.
///
/// May hold what cannot be copied, such as a `FixedArray`. Callbacks run on the hot thread between two looks at the network: the compiler refuses what locks, allocates or
/// counts references in them (build for release to see it). What a strategy wants it says through the context; it
/// is handled, sized and checked, right after the callback, before the next strategy is called.
public protocol StrategySet: ~Copyable {
    /// How many strategies this is.
    static var count: Int { get }

    mutating func onStart(_ index: Int, _ context: inout StrategyContext)
    mutating func onQuote(_ index: Int, _ quote: Quote, _ context: inout StrategyContext)
    mutating func onTrade(_ index: Int, _ trade: Trade, _ context: inout StrategyContext)
    mutating func onFill(_ index: Int, _ fill: Fill, _ context: inout StrategyContext)
    mutating func onOrder(_ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext)
    mutating func onTimer(_ index: Int, _ id: UInt32, _ context: inout StrategyContext)
    mutating func onStop(_ index: Int, _ context: inout StrategyContext)
}
