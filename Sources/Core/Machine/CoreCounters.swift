/// How often things happened since the run began: for reports, and part of the digest.
public struct CoreCounters: BitwiseCopyable, Sendable, Equatable {
    public internal(set) var inputs: UInt64 = 0
    public internal(set) var marketEvents: UInt64 = 0
    public internal(set) var signals: UInt64 = 0
    public internal(set) var signalsDiscarded: UInt64 = 0
    /// Orders made, those refused by our own risk included: the number in their ids.
    public internal(set) var ordersCreated: UInt64 = 0
    public internal(set) var ordersRefused: UInt64 = 0
    public internal(set) var ordersSent: UInt64 = 0
    public internal(set) var ordersRejected: UInt64 = 0
    public internal(set) var cancelsSent: UInt64 = 0
    public internal(set) var replacesSent: UInt64 = 0
    public internal(set) var replacesDone: UInt64 = 0
    /// Orders made again that the venue was proven not to have.
    public internal(set) var ordersRetried: UInt64 = 0
    public internal(set) var fills: UInt64 = 0
    public internal(set) var busts: UInt64 = 0
    public internal(set) var corrections: UInt64 = 0
    public internal(set) var executionsInferred: UInt64 = 0
    public internal(set) var reconciliations: UInt64 = 0
    public internal(set) var differences: UInt64 = 0
    public internal(set) var executionsRepeated: UInt64 = 0
    public internal(set) var illegalTransitions: UInt64 = 0
    public internal(set) var disputes: UInt64 = 0

    public init() {}
}
