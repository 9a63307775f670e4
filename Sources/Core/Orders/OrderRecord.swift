public import Model

/// One order: lifecycle, quantities, request and knowledge move independently; what people see is derived from
/// them (``status``). Two cache lines.
public struct OrderRecord: BitwiseCopyable, Sendable {
    // Widest first, so that nothing is lost to padding.
    /// Sum of price times quantity over the executions that stand: the average price is this over `filled`.
    public internal(set) var filledCost: Int128 = 0
    public internal(set) var id = OrderID.none
    /// In the quantity scale; `leaves` is what may still execute, as far as anybody has told us.
    public internal(set) var ordered: Int64 = 0
    public internal(set) var filled: Int64 = 0
    public internal(set) var leaves: Int64 = 0
    public internal(set) var price = Price(raw: 0)

    public internal(set) var busted: Int64 = 0
    /// The venue's own number of the order; 0: it has told none.
    public internal(set) var venueOrderID: UInt64 = 0
    /// Core time of the end, for the evidence horizon; of an open order: of the last question that waits for an answer,
    /// and of one in doubt since when it is.
    public internal(set) var sinceNs: UInt64 = 0
    /// The order's number on its venue session; 0: never sent.
    public internal(set) var userRef: UInt32 = 0
    public internal(set) var instrument: UInt32 = .max
    /// Counts how often the slot was taken: see ``OrderHandle``.
    var generation: UInt32 = 0
    /// Number of the cancel command that the session has not spoken of; 0: none.
    var cancelRef: UInt32 = 0
    /// Neighbours: among the open orders of the instrument, or (next only) among those that have ended.
    var previous: UInt32 = .max
    var next: UInt32 = .max
    /// Index of the strategy that wanted it.
    public internal(set) var strategy: UInt16 = .max
    public internal(set) var lifecycle: Lifecycle = .created
    public internal(set) var request: Request = .none
    public internal(set) var knowledge: Knowledge = .known
    public internal(set) var side: Side = .none
    public internal(set) var flags = OrderFlags(rawValue: 0)
    public internal(set) var timeInForce: TimeInForce = .day
    /// Venue session.
    public internal(set) var session: UInt8 = 0
    public internal(set) var orderType: OrderType = .limit
    public internal(set) var remainder: RemainderPolicy = .keep
    /// Replacements asked for and not answered.
    public internal(set) var versionCount: UInt8 = 0
    var marks = OrderMarks()

    public var status: OrderStatus {
        OrderStatus(
            lifecycle: lifecycle, request: request, knowledge: knowledge, filled: Quantity(raw: filled))
    }
}
