public import Model

/// What an account pays for its executions, in the currency of each instrument.
public struct FeeSchedule: Sendable, Equatable {
    /// Of executions that took what rested, and of those of which the venue did not say.
    public var taker = FeeRate()
    /// Of executions that gave what rested.
    public var maker = FeeRate()
    /// An order that executed at all costs at least this much; zero: no minimum. A rebate does not lower it.
    public var minimumPerOrder = Money.zero

    /// No fees.
    public init() {}

    /// The same share of the notional for makers and takers.
    public init(commissionHundredthBps: Int64) {
        taker.notionalHundredthBps = commissionHundredthBps
        maker = taker
    }
}
