public import Model

/// How long strategies may take, and which turns took longer.
///
/// A turn's length is known when the next begins, from the reading of the clock that every turn has, so that a budget costs a
/// comparison a turn. What is counted is a turn in which a strategy was called, from its begin to the next one's, without
/// the time that sends of orders and waits for the journal took: the engine's own part of the rest is microseconds.
@frozen public struct StrategyBudget: BitwiseCopyable, Sendable {
    /// Between two inputs that tell of overruns: a slow machine must not fill the journal with them.
    @inlinable public static var tellEveryNs: UInt64 { 1_000_000_000 }

    /// `Int64.max`: none.
    public var ns = Int64.max
    /// Turns that took longer, and the longest of them, since the run began.
    public internal(set) var overruns: UInt64 = 0
    public internal(set) var longestNs: Int64 = 0
    /// A strategy was called in the turn that goes on.
    @usableFromInline var wasCalled = false
    /// Of that turn: what was not the strategies'.
    @usableFromInline var elsewhereNs: Int64 = 0
    /// When the core is to hear of what it has not heard; `UInt64.max`: there is nothing.
    @usableFromInline var tellAtNs = UInt64.max
    var untold: UInt64 = 0
    var untoldLongestNs: Int64 = 0
    var toldAtNs: UInt64 = 0

    public init() {}

    /// - Parameter tookNs: How long the turn was, at `nowNs`, its end.
    #if !DEBUG
    @_noLocks
    #endif
    @usableFromInline mutating func note(tookNs: Int64, nowNs: UInt64) {
        let ownNs = tookNs - elsewhereNs
        guard wasCalled, ownNs > ns else { return }
        overruns &+= 1
        untold &+= 1
        longestNs = max(longestNs, ownNs)
        untoldLongestNs = max(untoldLongestNs, ownNs)
        if tellAtNs == .max { tellAtNs = toldAtNs == 0 ? nowNs : max(nowNs, toldAtNs &+ Self.tellEveryNs) }
    }

    /// Fills in what the core has not heard, which it then has.
    #if !DEBUG
    @_noLocks
    #endif
    @usableFromInline mutating func tell(_ input: inout Input, nowNs: UInt64) {
        input.quantity = untoldLongestNs
        input.execution_id = untold
        input.price = ns
        untold = 0
        untoldLongestNs = 0
        toldAtNs = nowNs
        tellAtNs = .max
    }
}
