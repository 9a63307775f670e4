internal import Memory
public import Model

/// The deterministic machine: inputs go in one by one, facts and commands come out. It reads no clock, no random
/// number, no file and no socket, so that the same inputs give the same outputs, bit for bit.
///
///     begin(input) ─▶ applyMarket(event) … │ applyInput(input) ─▶ strategy's callback ─▶ decide()
///                                                                                         │
///                                              facts ─▶ journal        commands ─▶ venue session
///
/// - Threads: one, the hot thread. Nothing in it allocates after `init`.
public struct TradingCore: ~Copyable {
    // MARK: What the shell reads

    /// What strategies see and say.
    public var context: StrategyContext
    public var facts: FactBuffer
    public var commands: CommandBuffer
    /// The quote of the last event whose effect held `.quote`.
    public internal(set) var quote: Quote
    public internal(set) var trade: Trade
    public internal(set) var fill: Fill
    public internal(set) var orderUpdate: OrderUpdate
    /// Whom the last input's `.fill`, `.order` or `.timer` concerns.
    public internal(set) var calledStrategy = 0
    /// The strategy's own id of the timer that has come.
    public internal(set) var timerID: UInt32 = 0

    // MARK: State

    var books: BookTable
    var markets: FixedArray<MarketLine>
    var risks: FixedArray<RiskLine>

    public init(_ configuration: CoreConfiguration, strategyCount: Int) {
        let count = configuration.instrumentCountMax
        books = BookTable(
            instrumentCountMax: count, orderCountMax: configuration.bookOrderCountMax,
            levelCountMax: configuration.bookLevelCountMax)
        markets = FixedArray(count: count, repeating: MarketLine(instrument: .none), for: "market lines")
        risks = FixedArray(count: count, repeating: RiskLine(positionMax: 0, tick: 1, lot: 1), for: "risk lines")
        facts = FactBuffer(factCountMax: configuration.factCountMax)
        commands = CommandBuffer(commandCountMax: configuration.commandCountMax)
        // SAFETY: the pages do not move, and the context lives inside this struct.
        unsafe context = StrategyContext(
            markets: UnsafePointer(markets.unsafeBase), risks: UnsafePointer(risks.unsafeBase),
            instrumentCountMax: count, timerCountMax: configuration.strategyTimerCountMax,
            enabledMask: configuration.enabledStrategyMask)
        quote = MarketLine(instrument: .none).quote
        trade = Trade(
            instrument: .none, restingSide: .none, price: Price(raw: 0), quantity: .zero, matchNumber: 0,
            venueTimeNs: 0)
        fill = Fill(
            order: .none, instrument: .none, side: .none, price: Price(raw: 0), quantity: .zero, leaves: .zero,
            matchNumber: 0)
        orderUpdate = OrderUpdate(
            id: .none, instrument: .none, side: .none, status: .created, price: Price(raw: 0), filled: .zero,
            leaves: .zero)
    }

    /// Notes the input that the step is about. Its number follows the last one's, its time is not less.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func begin(_ input: Input) {}

    /// Applies one market data message of the packet that `begin` named.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyMarket(_ event: inout MarketEvent) -> MarketEffect { .none }

    /// Applies an input that is no market packet.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyInput(_ input: Input) -> InputEffect { .none }

    /// Handles what the strategy that was just called has said.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func decide() {}

    /// When the next timer falls due; `UInt64.max`: none is set.
    public var nextDeadlineNs: UInt64 {
        #if !DEBUG
        @_noLocks
        #endif
        get { .max }
    }

    /// The next timer that is due at or before `timeNs`, as an input to be stamped with its own due time
    /// (`execution_id`) and stepped; `nil`: none. It leaves the queue when it is applied, not when it is looked at.
    #if !DEBUG
    @_noLocks
    #endif
    public func dueTimer(upTo timeNs: UInt64) -> Input? { nil }

    /// A digest of positions, sums and counters: equal inputs give equal digests.
    #if !DEBUG
    @_noLocks
    #endif
    public func digest() -> UInt64 { 0 }
}
