/// How agents inside the exchange make orders.
///
/// Each instrument has a fair value that wanders and is drawn back to its anchor. Makers quote around it, and cancel
/// and move their orders; takers cross the spread toward it, which keeps the book from standing still.
public struct FlowConfiguration: Sendable, Hashable {
    public var seed: UInt64
    /// Commands per second of exchange time, over all instruments; the gaps between them vary.
    public var eventsPerSecond: UInt64
    /// Commands in all; `nil`: no end.
    public var countMax: UInt64?
    /// Orders of an instrument around which their number stays.
    public var ordersPerInstrument: Int
    /// Ticks from the fair value within which makers quote.
    public var depthTicks: Int64
    /// In 10⁻⁴ of the currency: where instrument i starts is the i-th, repeated as needed.
    public var anchorPrices: [Int64]
    /// Largest step of the fair value at one command of its instrument, in 1/256 ticks.
    public var fairStep: Int64
    /// Of 1,000,000 commands, so many are takers'.
    public var takersPerMillion: UInt64
    /// Of 1,000,000 orders, so many are not shown in market data; they trade as any other.
    public var hiddenPerMillion: UInt64

    public init(
        seed: UInt64, eventsPerSecond: UInt64 = 20_000, countMax: UInt64? = nil,
        ordersPerInstrument: Int = 400,
        depthTicks: Int64 = 40, anchorPrices: [Int64] = [1_500_000, 420_000, 2_875_000, 95_000, 5_120_000],
        fairStep: Int64 = 96, takersPerMillion: UInt64 = 80_000, hiddenPerMillion: UInt64 = 10_000
    ) {
        precondition(eventsPerSecond > 0, "Caller: the flow has a rate")
        precondition(ordersPerInstrument > 0, "Caller: the flow keeps some orders")
        precondition(depthTicks > 0, "Caller: makers quote within some ticks")
        precondition(anchorPrices.allSatisfy { $0 > 0 }, "Caller: prices are positive")
        precondition(!anchorPrices.isEmpty, "Caller: there is a price to start from")
        self.seed = seed
        self.eventsPerSecond = eventsPerSecond
        self.countMax = countMax
        self.ordersPerInstrument = ordersPerInstrument
        self.depthTicks = depthTicks
        self.anchorPrices = anchorPrices
        self.fairStep = fairStep
        self.takersPerMillion = takersPerMillion
        self.hiddenPerMillion = hiddenPerMillion
    }
}
