/// One or several strategies, called by their index. What the engine is generic over; a strategy author writes a
/// ``Strategy`` and composes with ``Both`` and ``Repeated``.
///
/// May hold what cannot be copied, such as a `FixedArray`. Callbacks run on the hot thread between two looks at the network:
/// the compiler refuses what locks, allocates or counts references in them (build for release to see it). What a strategy
/// wants it says through the context; it is handled, sized and checked, right after the callback, before the next strategy is
/// called.
public protocol StrategySet: ~Copyable {
    /// How many strategies this is.
    static var count: Int { get }
    /// What any of them is called for: what none wants is left out of the machine code.
    static var interests: StrategyInterests { get }
    /// What one of them is called for.
    static func interests(of index: Int) -> StrategyInterests

    mutating func onStart(_ index: Int, _ context: inout StrategyContext)
    mutating func onQuote(_ index: Int, _ quote: Quote, _ context: inout StrategyContext)
    mutating func onTrade(_ index: Int, _ trade: Trade, _ context: inout StrategyContext)
    mutating func onBook(_ index: Int, _ change: BookChange, _ context: inout StrategyContext)
    mutating func onBar(_ index: Int, _ bar: Bar, _ context: inout StrategyContext)
    mutating func onTimer(_ index: Int, _ id: UInt32, _ context: inout StrategyContext)
    mutating func onFill(_ index: Int, _ fill: Fill, _ context: inout StrategyContext)
    mutating func onOrder(_ index: Int, _ update: OrderUpdate, _ context: inout StrategyContext)
    mutating func onPosition(_ index: Int, _ position: OwnPosition, _ context: inout StrategyContext)
    mutating func onRefused(_ index: Int, _ refusal: Refusal, _ context: inout StrategyContext)
    mutating func onStatus(_ index: Int, _ change: StatusChange, _ context: inout StrategyContext)
    mutating func onRiskState(_ index: Int, _ change: RiskStateChange, _ context: inout StrategyContext)
    mutating func onConnection(_ index: Int, _ change: ConnectionChange, _ context: inout StrategyContext)
    mutating func onStop(_ index: Int, _ context: inout StrategyContext)
}
