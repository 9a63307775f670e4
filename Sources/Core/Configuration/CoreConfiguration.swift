public import Model

/// Everything that the core is told before it starts: plain values, validated by whoever read them.
public struct CoreConfiguration: Sendable {
    // MARK: What is traded, and how

    /// Instruments known before the feed tells of them; their index is their id.
    public var instruments: [InstrumentDefinition] = []
    /// What an instrument has that only the feed defined.
    public var instrumentDefaults = InstrumentDefinition(symbol: .blank)
    public var limits = RiskLimits()
    /// Quantity of an order whose signal names none, before rounding down to the lot.
    public var sizingQuantity = Quantity(raw: 100)
    /// Cost method, fees, currencies.
    public var ledger = LedgerConfiguration()
    /// Commission in hundredths of a basis point of the notional (50: 0.005%), of makers and takers alike.
    public var commissionHundredthBps: Int64 {
        get { ledger.fees.taker.notionalHundredthBps }
        set {
            ledger.fees.taker.notionalHundredthBps = newValue
            ledger.fees.maker.notionalHundredthBps = newValue
        }
    }
    /// Strategies that have a position book and limits of their own, in the order of their indices; what it lacks of the
    /// run's strategies has neither.
    public var strategyLimits: [StrategyLimits] = [StrategyLimits()]
    /// Hours that instruments name.
    public var calendars: [TradingCalendar] = []
    /// Bit i: strategy i is switched on.
    public var enabledStrategyMask: UInt64 = .max
    /// Refuse orders until the venue has said that the instrument trades. Off: only a halt refuses, for feeds that
    /// are joined after the status messages of the morning.
    public var requiresTradingStatus = false
    /// Added to UTC before it is divided into days, so that the venue's day does not change inside a session.
    public var tradingDayOffsetSeconds: Int64 = -5 * 3_600

    // MARK: Orders

    /// A new order, cancel or replacement without an answer for this long is in doubt; 0: only a lost connection is.
    public var answerTimeoutNs: UInt64 = 5_000_000_000
    /// An order that has rested for this long is cancelled; 0: none is.
    public var orderTimeoutNs: UInt64 = 30_000_000_000
    /// Whether that holds for orders that are good till cancelled or till a date, too.
    public var timesOutGoodTillCancelled = false
    /// An order in doubt for this long calls the operator, once, and asks for the venue's books each time as long; 0: never.
    public var doubtAlertNs: UInt64 = 30_000_000_000
    /// What becomes of the rest after a partial fill where the signal says nothing of it.
    public var remainderPolicy = RemainderPolicy.keep
    /// How often an order is made again that the venue is proven not to have, for reasons that pass.
    public var retryCountMax = 3
    /// Before the first new attempt; doubles with each, and has a jitter of a quarter drawn from the order's id.
    public var retryDelayNs: UInt64 = 1_000_000_000
    /// Messages a second that each venue session may send; 0: no limit.
    public var messagesPerSecond: Int64 = 0
    /// Messages that may go at once, a quarter of them kept for cancels.
    public var messageBurst: Int64 = 100
    /// The same of each session, where they differ; a session that is not in it has ``messagesPerSecond``.
    public var sessionRates: [SessionRate] = []
    /// Whether the venue lets a replacement come into force when the order was filled before it.
    public var replaceOutlivesFill = false
    /// Whether somebody can be asked for the venue's books.
    public var hasBackOffice = false
    /// How often that is done unasked; 0: only after a log-on, for orders in doubt, and when a person asks.
    public var reconciliationNs: UInt64 = 30_000_000_000

    /// A complete list proves that an order never arrived if it was asked for this long after the order was sent.
    public var reconciliationDelayNs: UInt64 = 1_000_000_000
    /// Book an execution for a difference of positions that nothing else explains. Off where the venue's stream is
    /// sequenced: then the stream is the better evidence, and the difference is raised.
    public var infersExecutions = false

    // MARK: Room

    /// Orders, executions and positions that one answer of a back office may hold.
    public var reconciliationPartCountMax = 65_536
    /// Instruments, by id: US equities are about 11,000.
    public var instrumentCountMax = 16_384
    /// Orders that all books together hold.
    public var bookOrderCountMax = 1 << 20
    /// Price levels that all books together hold.
    public var bookLevelCountMax = 1 << 19
    /// Venue sessions; an instrument names the one that its orders go to.
    public var sessionCount = 1
    /// Commands that may wait for `submitted` or `sendFailed` on each session; a quarter is kept for cancels.
    public var creditCountMax = 256
    /// Order records: those open, and those ended less than ``evidenceHorizonNs`` ago.
    public var orderCountMax =
        200  // open: `limits.openOrderCountMax`
        + 16_000  // ended: a second's worth at 16,000 orders/s
        + 184  // kept for reducing orders: see `orderCountReserved`
    /// Order records that only reducing orders may take.
    public var orderCountReserved = 184
    /// How long an order's record outlives its end, in core time; its residue stays for the day.
    public var evidenceHorizonNs: UInt64 = 1_000_000_000
    /// Numbers of closed orders, and of replacements long past, that late reports can still be booked from.
    public var residueCountMax = 1 << 18
    /// Executions, busts included, that repetitions are recognised of.
    public var executionCountMax = 1 << 18
    /// Limits that one change in a running engine may name.
    public var limitPartCountMax = 16_384
    /// Timers that all strategies together may have pending.
    public var strategyTimerCountMax = 1_023
    /// Bars that may be under way, one for each instrument that trades in each subscription; 0: no strategy wants bars, and
    /// none can subscribe.
    public var barCountMax = 0
    /// Signals handled in the step of one input; more are refused and recorded.
    public var signalCountPerStepMax = 4_096
    /// Messages of one packet: what 65,507 bytes hold of the shortest.
    public var messageCountPerPacketMax = 5_461

    public init() {}

    /// With room for what a program's strategies are: a book of its own for each, and bars where one wants them.
    public func fitted<Strategies: StrategySet & ~Copyable>(to strategies: Strategies.Type)
        -> CoreConfiguration
    {
        var fitted = self
        while fitted.strategyLimits.count < min(Strategies.count, StrategyContext.strategyCountMax) {
            fitted.strategyLimits.append(StrategyLimits())
        }
        // A subscription of all instruments, and several of a few.
        if Strategies.interests.contains(.bars), barCountMax == 0 {
            fitted.barCountMax = 4 * instrumentCountMax
        }
        return fitted
    }

    /// Facts of the worst step: the sum of what each of its parts can write.
    public var factCountMax: Int {
        // An answer of the venue's books, a trade that moves every stop, a session that ends: for each order resolved
        // or triggered, linked, pending or refused, its end, its child's making, its alerts.
        8 * orderCountMax
            + 6 * signalCountPerStepMax  // signal, created, pending or refused, and what a refusal adds
            + (1 + SignalMetadata.pairCountMax) * signalCountPerStepMax  // what is said about a signal
            + sessionCount * creditCountMax  // one fact a cancel
            + 2 * messageCountPerPacketMax  // a book's state and its alert a message
            + ledger.currencies.count + 1  // the account's state
            + limitPartCountMax + 1  // new limits
            + 64  // everything that a step writes once
    }

    /// Commands of one step: each takes a credit, and one question a session does not.
    public var commandCountMax: Int { sessionCount * (creditCountMax + 1) }
}

/// How many messages a venue session may send.
public struct SessionRate: Sendable, Equatable {
    /// 0: no limit.
    public var perSecond: Int64
    public var burst: Int64

    public init(perSecond: Int64, burst: Int64) {
        self.perSecond = perSecond
        self.burst = burst
    }
}
