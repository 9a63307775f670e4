public import Model

/// How a signal becomes an order.
public struct ExecutionSettings: Sendable, Equatable {
    public enum PositionSizing: String, Sendable, CaseIterable { case fixed }
    public enum DefaultOrderType: String, Sendable, CaseIterable { case limit }

    /// What becomes of the rest of an order once a part of it has executed.
    public enum PartialFillRemainder: String, Sendable, CaseIterable {
        /// It stays.
        case keep
        /// It is cancelled.
        case cancel
        /// It moves to the other side's touch, once, as far as the collar allows.
        case cross
    }

    public var positionSizing = PositionSizing.fixed
    /// Shares of one order, before risk has its say.
    public var orderQuantity = Quantity(raw: 10)
    public var defaultOrderType = DefaultOrderType.limit
    /// How long an order's record outlives its end, in core time; after that its residue stays for the day.
    public var evidenceHorizonNs: Int64 = 1_000_000_000

    /// A resting order older than this is cancelled; 0: none is.
    public var orderTimeoutNs: Int64 = 30_000_000_000
    /// Whether that holds for orders that are good till cancelled or till a date, too.
    public var timesOutGoodTillCancelled = false
    /// An order or request without an answer for this long is in doubt; 0: only a lost connection puts it there.
    public var answerTimeoutNs: Int64 = 5_000_000_000
    /// An order in doubt for this long calls the operator; 0: never.
    public var doubtAlertNs: Int64 = 30_000_000_000
    /// How often an order is made again that the venue is proven not to have.
    public var retriesMax = 3
    /// Before the first new attempt; doubles with each.
    public var retryDelayNs: Int64 = 1_000_000_000
    public var partialFillRemainder = PartialFillRemainder.keep
    /// How often the venue's books are compared with ours; 0: only when there is a reason.
    public var reconcileIntervalNs: Int64 = 30_000_000_000

    public init() {}
}
