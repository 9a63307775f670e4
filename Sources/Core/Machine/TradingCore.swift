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
    /// The level of the last event whose effect held `.book`.
    public internal(set) var bookChange: BookChange
    /// What the last ``takeNotice()`` named.
    public internal(set) var bar = Bar()
    public internal(set) var refusal: Refusal
    public internal(set) var ownPosition: OwnPosition
    public internal(set) var statusChange: StatusChange
    public internal(set) var riskStateChange: RiskStateChange
    /// Whom the last input's `.fill`, `.order` or `.timer` concerns.
    public internal(set) var calledStrategy = 0
    /// The strategy's own id of the timer that has come.
    public internal(set) var timerID: UInt32 = 0
    /// When the next timer falls due; `UInt64.max`: none is set.
    public internal(set) var nextDeadlineNs = UInt64.max
    /// How often things happened.
    public internal(set) var counters = CoreCounters()
    /// Number of the input that is being handled.
    public internal(set) var sequence: UInt64 = 0

    // MARK: Market

    /// The books, to look at.
    public internal(set) var books: BookTable
    var markets: FixedArray<MarketLine>
    var instruments: FixedArray<Instrument>

    /// Bars of trades, for strategies that want them.
    var bars: BarTable

    // MARK: Risk and positions

    var risks: FixedArray<RiskLine>
    var account: AccountRisk
    var ledger: Ledger
    /// By instrument, and then by strategy: see ``bookPlace(_:_:)``.
    var strategyBooks: FixedArray<StrategyBook>
    /// What scopes may do, and why.
    var states: RiskStates
    var breakers: Breakers
    var strategyDays: StrategyDays
    /// By strategy, and behind them the account's.
    var executionLimits: FixedArray<ExecutionLimit>
    /// One of them is on.
    var limitsExecutions = false
    var executionWindows: ExecutionWindows
    /// By strategy: the input at which its executions began to count anew.
    var executionsLifted: FixedArray<UInt64>
    var streams: StreamWatch
    var dayTrades: DayTrades
    var calendars: CalendarTable
    /// Every scope's state is to be carried out anew.
    var hasToEnforceAll = false

    // MARK: Orders

    var pool: OrderPool
    /// By slot, for the few orders that have one.
    var details: FixedArray<OrderDetail>
    /// By instrument: what the orders that are held wait for.
    var triggers: FixedArray<TriggerLine>
    var slots: CommandSlots
    var residues: FixedMap<Residue>
    var executions: ExecutionSet
    var sessions: FixedArray<SessionState>
    /// Orders that have ended, oldest first; their `next` leads on.
    var firstEnded: UInt32 = .max
    var lastEnded: UInt32 = .max
    /// Orders whose bytes or requests nobody has answered for.
    var doubtCount = 0
    /// Numbers beside their own that live records have or had: each leaves a residue, too.
    var extraNumberCount = 0
    /// The comparison with the venues' books that is going on.
    var reconciliation: Reconciliation
    /// By slot: number in the session's stream of the last report on the order.
    var lastHeard: FixedArray<UInt64>
    /// By slot: the last answer of a back office that had the order.
    var lastSeen: FixedArray<UInt32>
    /// By slot: what of the order the venue's list no longer had, and nobody has told of.
    var unexplained: FixedArray<Unexplained>
    /// By instrument: number in the session's stream of the last execution, and the last answer that had a position.
    var lastTraded: FixedArray<UInt64>
    var positionsSeen: FixedArray<UInt32>
    /// New limits that are on their way.
    var limitParts: FixedArray<LimitPart>
    var limitPartCount = 0
    /// How many were told, those without room among them; below 0: none are on their way.
    var limitPartsTold: Int64 = -1
    var limitsRequest: UInt32 = 0
    /// Of an earlier run, on its way: the first of its two records.
    var restoring = Input(kind: .restoreOrder)
    /// The same of a state: who did it, and what was measured.
    var restoringState = Input(kind: .restoreOrigin)

    // MARK: Time

    /// The strategies', and the release of ended orders.
    var timers: TimerQueue
    /// Orders that wait for a moment of their own; the id is the slot.
    var orderTimers: TimerQueue
    /// When an unanswered question puts its order in doubt.
    var answers: DeadlineList
    /// When a resting order has rested long enough.
    var timeouts: DeadlineList
    /// When somebody has to be called about an order in doubt.
    var doubts: DeadlineList
    /// Core time of the input that is being handled.
    var nowNs: UInt64 = 0
    var epoch: UInt32 = 0
    var utcOffsetNs: UInt64 = 0
    var tradingDay: UInt16 = 0
    /// The day whose profit is counted, by the venue's calendar, and when it is over, in core time.
    var profitDay: Int64 = 0
    var dayEndsNs = UInt64.max
    /// When a market opens or closes next, in core time.
    var calendarDueNs = UInt64.max
    /// Of the packet that is being handled.
    var currentStream: UInt8 = 0
    var signalsInStep = 0
    var hasRefusedSignalInStep = false
    /// By which rule the last refused order was.
    var refusedLast = Rule.none
    var hasRoomTimer = false
    var hasReleaseTimer = false
    var hasLaterTimer = false

    // MARK: Settings

    let defaults: InstrumentLine
    let sizingQuantity: Int64
    let evidenceHorizonNs: UInt64
    let signalCountPerStepMax: Int
    let requiresTradingStatus: Bool
    let tradingDayOffsetSeconds: Int64
    let residueCountMax: Int
    let timesOutGoodTillCancelled: Bool
    let remainderPolicy: RemainderPolicy
    let retryCountMax: Int
    let retryDelayNs: UInt64

    public init(_ configuration: CoreConfiguration) {
        let count = configuration.instrumentCountMax
        precondition(
            MemoryLayout<OrderRecord>.stride == 128, "Invariant: an order record is two cache lines")
        precondition(MemoryLayout<RiskLine>.stride == 64, "Invariant: a risk line is one cache line")
        precondition(MemoryLayout<MarketLine>.stride == 64, "Invariant: a market line is one cache line")
        precondition(
            configuration.instruments.count <= count, "Caller: there is room for the instruments configured")
        precondition(
            configuration.sessionCount > 0 && configuration.sessionCount <= 256, "Caller: 1 to 256 sessions")
        books = BookTable(
            instrumentCountMax: count, orderCountMax: configuration.bookOrderCountMax,
            levelCountMax: configuration.bookLevelCountMax)
        bars = BarTable(barCountMax: configuration.barCountMax, instrumentCountMax: count)
        markets = FixedArray(count: count, repeating: MarketLine(instrument: .none), for: "market lines")
        instruments = FixedArray(count: count, repeating: Instrument(), for: "instruments")
        risks = FixedArray(
            count: count, repeating: RiskLine(positionMax: 0, tick: 1, lot: 1), for: "risk lines")
        account = AccountRisk(
            configuration.limits, instrumentCountMax: count, strategies: configuration.strategyLimits,
            ledger: configuration.ledger)
        ledger = Ledger(
            configuration.ledger, instrumentCountMax: count, orderCountMax: configuration.orderCountMax)
        precondition(
            configuration.strategyLimits.count <= StrategyContext.strategyCountMax,
            "Caller: at most 64 strategies")
        strategyBooks = FixedArray(
            // The last is that of orders of no strategy.
            count: configuration.strategyLimits.count * count + 1, repeating: StrategyBook(),
            for: "strategies' positions")
        states = RiskStates(instrumentCountMax: count)
        breakers = Breakers(configuration.limits, equity: ledger.equity)
        strategyDays = StrategyDays(configuration.strategyLimits, instrumentCountMax: count)
        executionLimits = FixedArray(
            count: StrategyContext.strategyCountMax + 1, repeating: ExecutionLimit(),
            for: "limits on executions")
        executionLimits[StrategyContext.strategyCountMax] = ExecutionLimit(
            countMax: configuration.limits.executionCountMax, windowNs: configuration.limits.executionWindowNs
        )
        limitsExecutions = configuration.limits.executionCountMax > 0
        for (strategy, limits) in configuration.strategyLimits.enumerated() {
            executionLimits[strategy] = ExecutionLimit(
                countMax: limits.executionCountMax, windowNs: limits.executionWindowNs)
            if limits.executionCountMax > 0 { limitsExecutions = true }
        }
        executionWindows = ExecutionWindows(isOn: limitsExecutions)
        executionsLifted = FixedArray(
            count: StrategyContext.strategyCountMax, repeating: 0, for: "lifts of strategies")
        streams = StreamWatch(delayNs: configuration.limits.staleDataNs)
        dayTrades = DayTrades(configuration.limits, instrumentCountMax: count)
        calendars = CalendarTable(configuration.calendars)
        pool = OrderPool(
            orderCountMax: configuration.orderCountMax, reservedCount: configuration.orderCountReserved)
        // For each record its number, those on their way and those that it had, and one for each cancel that waits for
        // its session.
        let numberCountMax = 1 + OrderDetail.versionCountMax + OrderDetail.pastRefCountMax
        slots = CommandSlots(
            sessionCount: configuration.sessionCount,
            liveCountMax: numberCountMax * configuration.orderCountMax + configuration.creditCountMax)
        details = FixedArray(
            count: configuration.orderCountMax, repeating: OrderDetail(), for: "order details")
        triggers = FixedArray(count: count, repeating: TriggerLine(), for: "trigger lines")
        reconciliation = Reconciliation(configuration)
        lastHeard = FixedArray(count: configuration.orderCountMax, repeating: 0, for: "reports on orders")
        unexplained = FixedArray(
            count: configuration.orderCountMax, repeating: Unexplained(), for: "what of orders is unexplained"
        )
        lastSeen = FixedArray(count: configuration.orderCountMax, repeating: 0, for: "orders seen in answers")
        lastTraded = FixedArray(count: count, repeating: 0, for: "executions in instruments")
        positionsSeen = FixedArray(count: count, repeating: 0, for: "positions seen in answers")
        limitParts = FixedArray(
            count: max(configuration.limitPartCountMax, 1), repeating: LimitPart(), for: "new limits")
        residues = FixedMap(entryCountMax: configuration.residueCountMax, filler: Residue(), for: "residues")
        executions = ExecutionSet(executionCountMax: configuration.executionCountMax)
        sessions = FixedArray(
            count: configuration.sessionCount,
            repeating: SessionState(
                creditCountMax: configuration.creditCountMax,
                rate: RateLimit(
                    perSecond: configuration.messagesPerSecond, burst: configuration.messageBurst),
                replaceOutlivesFill: configuration.replaceOutlivesFill), for: "sessions")
        for (index, rate) in configuration.sessionRates.enumerated() where index < configuration.sessionCount
        {
            sessions[index].rate = RateLimit(perSecond: rate.perSecond, burst: rate.burst)
        }
        // The strategies' timers, and the core's own: the release of ended orders, cancels that wait for room, what is tried
        // again, and the next comparison with the venue's books.
        timers = TimerQueue(timerCountMax: configuration.strategyTimerCountMax + 4)
        // An order's moment may move; what it was stays in the queue until it comes.
        orderTimers = TimerQueue(timerCountMax: 2 * configuration.orderCountMax)
        answers = DeadlineList(
            slotCount: configuration.orderCountMax, delayNs: configuration.answerTimeoutNs,
            for: "answer deadlines")
        timeouts = DeadlineList(
            slotCount: configuration.orderCountMax, delayNs: configuration.orderTimeoutNs,
            for: "order time-outs")
        doubts = DeadlineList(
            slotCount: configuration.orderCountMax, delayNs: configuration.doubtAlertNs,
            for: "doubt deadlines")
        facts = FactBuffer(factCountMax: configuration.factCountMax)
        commands = CommandBuffer(commandCountMax: configuration.commandCountMax)
        // SAFETY: the pages do not move, and the context lives inside this struct.
        unsafe context = StrategyContext(
            markets: UnsafePointer(markets.unsafeBase), risks: UnsafePointer(risks.unsafeBase),
            instruments: UnsafePointer(instruments.unsafeBase), depth: books.view, scopes: states.view,
            books: UnsafePointer(strategyBooks.unsafeBase),
            bookedStrategyCount: configuration.strategyLimits.count, instrumentCountMax: count,
            timerCountMax: configuration.strategyTimerCountMax,
            enabledMask: configuration.enabledStrategyMask)
        context.limit(configuration.limits.orderQuantityMax.raw)
        for (index, own) in configuration.strategyLimits.enumerated() { context.limit(index, own) }
        context.hasBarRoom = configuration.barCountMax > 0
        quote = MarketLine(instrument: .none).quote
        bookChange = BookChange(instrument: .none, side: .none, price: Price(raw: 0), venueTimeNs: 0)
        refusal = Refusal(
            instrument: .none, side: .none, rule: .none, scope: .account, limit: 0, value: 0, order: .none)
        ownPosition = OwnPosition(
            instrument: .none, book: StrategyBook(), multiplier: 1, mark: Price(raw: 0))
        statusChange = StatusChange(instrument: .none, status: .unknown)
        riskStateChange = RiskStateChange(
            scope: .account, instrument: .none, state: .normal, rule: .none, limit: 0, value: 0)
        trade = Trade(
            instrument: .none, restingSide: .none, price: Price(raw: 0), quantity: .zero, matchNumber: 0,
            venueTimeNs: 0)
        fill = Fill(
            order: .none, instrument: .none, side: .none, price: Price(raw: 0), quantity: .zero,
            leaves: .zero,
            matchNumber: 0, handle: .none)
        orderUpdate = OrderUpdate(
            id: .none, instrument: .none, side: .none, status: .created, price: Price(raw: 0), filled: .zero,
            leaves: .zero, handle: .none)
        defaults = InstrumentLine(configuration.instrumentDefaults)
        sizingQuantity = configuration.sizingQuantity.raw
        evidenceHorizonNs = configuration.evidenceHorizonNs
        signalCountPerStepMax = configuration.signalCountPerStepMax
        requiresTradingStatus = configuration.requiresTradingStatus
        tradingDayOffsetSeconds = configuration.tradingDayOffsetSeconds
        residueCountMax = configuration.residueCountMax
        timesOutGoodTillCancelled = configuration.timesOutGoodTillCancelled
        remainderPolicy = configuration.remainderPolicy
        retryCountMax = configuration.retryCountMax
        retryDelayNs = configuration.retryDelayNs
        breakers.setBounds(isRising: false, states.account)
        setBit(StateBits.dayTrades, dayTrades.isOn)
        for index in 0..<count {
            markets[index].quote.instrument = InstrumentID(index: UInt32(index))
        }
        for (index, definition) in configuration.instruments.enumerated() {
            define(index, InstrumentLine(definition))
        }
    }

    /// Notes the input that the step is about. Its number follows the last one's, its time is not less. The input is
    /// lent and not changed: a copy would wait for the stores that have just stamped it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func begin(_ input: inout Input) {
        precondition(input.sequence == sequence + 1, "Invariant: inputs come without a gap")
        precondition(input.engine_time_ns >= nowNs, "Invariant: core time does not run backwards")
        sequence = input.sequence
        nowNs = input.engine_time_ns
        context.engineTimeNs = nowNs
        counters.inputs += 1
        currentStream = input.source
        if input.kind == InputKind.marketPacket.rawValue { hearStream(input.source) }
        signalsInStep = 0
        hasRefusedSignalInStep = false
        if sequence & 0xffff == 0 { recordDigest() }
        if unlikely(hasMore) { facts.forgetTold() }
        pool.prefetchNext()
    }

    // Apart: asked of a part of the core, the digest makes the compiler keep room for a copy of all of it.
    @inline(never)
    mutating func recordDigest() {
        facts.append(.digest, sequence: sequence, executionID: digest(), quantity: Int64(sequence) - 1)
    }

    /// A digest of positions, sums and counters: equal inputs give equal digests.
    #if !DEBUG
    @_noLocks
    #endif
    public func digest() -> UInt64 {
        var digest = Digest()
        ledger.add(to: &digest)
        digest.add(account.grossNotional)
        digest.add(UInt64(account.openOrderCount))
        digest.add(UInt64(doubtCount))
        digest.add(UInt64(pool.liveCount))
        digest.add(UInt64(timers.count))
        digest.add(counters.marketEvents)
        digest.add(counters.signals)
        digest.add(counters.signalsDiscarded)
        digest.add(counters.ordersCreated)
        digest.add(counters.ordersRefused)
        digest.add(counters.ordersSent)
        digest.add(counters.ordersRejected)
        digest.add(counters.cancelsSent)
        digest.add(counters.replacesSent)
        digest.add(counters.replacesDone)
        digest.add(counters.ordersRetried)
        digest.add(counters.fills)
        digest.add(counters.busts)
        digest.add(counters.corrections)
        digest.add(counters.executionsInferred)
        digest.add(counters.differences)
        digest.add(counters.executionsRepeated)
        digest.add(counters.illegalTransitions)
        digest.add(counters.disputes)
        return digest.value
    }
}
