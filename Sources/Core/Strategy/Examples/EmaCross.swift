public import Memory
public import Model

/// Buys when the fast average of the traded price crosses above the slow one, and goes out and short when it crosses
/// below. Both are exponential: `average += (price − average) · 2 / (period + 1)` on each trade.
///
/// Averages are kept in `Double`, made of + − × only, which IEEE 754 fixes to the bit.
public struct EmaCross: Strategy, ~Copyable, Sendable {
    /// What it keeps of one instrument.
    @frozen public struct Averages: BitwiseCopyable, Sendable {
        public var fast = 0.0
        public var slow = 0.0
        /// Trades seen.
        public var count: UInt32 = 0
        /// +1: fast above slow, −1: below, 0: not known yet.
        public var side: Int32 = 0

        @inlinable public init() {}
    }

    @usableFromInline var averages: FixedArray<Averages>
    @usableFromInline let fastWeight: Double
    @usableFromInline let slowWeight: Double
    /// Trades that must have been seen before it acts: the slow period.
    public let warmUpCount: UInt32
    public let positionMax: Quantity

    /// - Parameters:
    ///   - instrumentCountMax: As the core's; beyond it nothing is done.
    ///   - fastPeriod: In trades.
    ///   - slowPeriod: In trades, longer than the fast one.
    public init(
        instrumentCountMax: Int, fastPeriod: Int = 20, slowPeriod: Int = 100,
        positionMax: Quantity = Quantity(raw: 100)
    ) {
        precondition(fastPeriod > 0, "Caller: a period is at least one trade")
        precondition(slowPeriod > fastPeriod, "Caller: the slow period is the longer one")
        averages = FixedArray(count: instrumentCountMax, repeating: Averages(), for: "EMA averages")
        fastWeight = 2 / (Double(fastPeriod) + 1)
        slowWeight = 2 / (Double(slowPeriod) + 1)
        warmUpCount = UInt32(slowPeriod)
        self.positionMax = positionMax
    }

    /// The averages of an instrument, to look at. Traps outside the table.
    @inlinable public func state(_ instrument: InstrumentID) -> Averages { averages[Int(instrument.index)] }

    @inlinable public static var wants: StrategyInterests { .trades }

    @inlinable public mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {
        let index = Int(trade.instrument.index)
        guard index < averages.count else { return }
        let price = Double(trade.price.raw)
        var state = averages[index]
        if state.count == 0 {
            state.fast = price
            state.slow = price
        } else {
            state.fast += (price - state.fast) * fastWeight
            state.slow += (price - state.slow) * slowWeight
        }
        state.count &+= state.count < warmUpCount ? 1 : 0
        let side: Int32 = state.fast > state.slow ? 1 : state.fast < state.slow ? -1 : state.side
        let crossed = state.side != 0 && side != state.side
        state.side = side
        averages[index] = state
        if crossed, state.count >= warmUpCount { act(side, trade.instrument, &context) }
    }

    /// On a crossing: what it has working the other way is called back, its position the other way is closed, and one this way
    /// is opened.
    @inlinable func act(_ side: Int32, _ instrument: InstrumentID, _ context: inout StrategyContext) {
        let own = context.own(instrument)
        if side > 0 ? own.sellCount > 0 : own.buyCount > 0 {
            context.signal(Signal(instrument: instrument, action: .cancel))
        }
        let position = own.position
        if side > 0 ? position < 0 : position > 0 {
            context.signal(Signal(instrument: instrument, action: .flat))
        } else if side > 0 ? position < positionMax.raw : position > -positionMax.raw {
            context.signal(Signal(instrument: instrument, action: side > 0 ? .buy : .sell))
        }
    }
}
