/// Why the engine itself refused: the rule that a rejection carries, with the limit and the value that passed it.
@frozen public enum Rule: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    case none = 0
    // Signals
    case noQuote = 1
    case staleBook = 2
    case notTrading = 3
    case sizedToZero = 4
    case unknownInstrument = 5
    case signalBufferFull = 6
    // Orders
    case orderQuantity = 20
    case orderNotional = 21
    case positionLimit = 22
    case grossNotional = 23
    case openOrderCount = 24
    case priceCollar = 25
    case offTick = 26
    case offLot = 27
    case reduceOnly = 28
    case restrictedSymbol = 29
    // State of the engine
    case orderPoolFull = 40
    case noCredit = 41
    case sessionDown = 42
    case stopped = 43
    case journalPressure = 44
    case instrumentReduceOnly = 45
    case residueFull = 46
    case executionSetNearFull = 47
    case rateLimit = 48
    /// The order that was meant is not there, or has ended.
    case noSuchOrder = 49
    /// It is being cancelled, or as many changes of it wait for answers as there is room for.
    case requestPending = 50
    /// A stop without a price, a date without a time, or terms that exclude each other.
    case badTerms = 51
    /// A post-only order that would trade at once.
    case wouldTrade = 52
    case timerQueueFull = 53
    /// Nothing would change.
    case noChange = 54
    /// Nobody can be asked for the venue's books.
    case noBackOffice = 55
    /// An operator's name is wanted: what was stopped is not lifted by nobody.
    case nameless = 56
    /// The account has no such currency, or it is the base, whose rate is one.
    case unknownCurrency = 60
    /// Not above zero, or beyond all bounds.
    case badRate = 61
    // Limits beside those above
    /// Less than the smallest order.
    case orderQuantityMin = 70
    /// More of the capital than one order may have.
    case orderCapital = 71
    /// More of the equity than the position in one instrument may come to.
    case positionEquity = 72
    case netNotional = 73
    /// What all open orders come to.
    case openNotional = 74
    /// Too far from the last trade.
    case lastCollar = 75
    /// More of a day's usual volume than one order may have, or that volume is unknown.
    case dailyVolume = 76
    /// Would trade with an order of our own.
    case selfTrade = 77
    /// The same order again, and again, within too short a time.
    case duplicateOrder = 78
    /// More cash than is left behind the reservations of open orders and their worst fees.
    case cash = 79
    /// More margin than the equity carries.
    case margin = 80
    /// Sells what is not there: no short sales, or beyond what was located.
    case shortSale = 81
    /// Too many orders in too short a time.
    case orderRate = 82
    /// What was traded this day, what is open and this order come to more than a day may.
    case dayNotional = 83
    /// Outside the instrument's hours, or a holiday.
    case marketClosed = 84
    /// Could make a pattern day trader of a margin account with too little equity.
    case patternDayTrader = 85
    // What stops trading, in part or whole: the cause that a state carries, and why an order was refused in it
    /// The day's loss has reached its limit.
    case dayLoss = 90
    /// The equity fell too far below its peak.
    case drawdown = 91
    /// The equity fell too far below the peak of this run.
    case sessionDrawdown = 92
    /// The venue refused too many orders one after the other.
    case consecutiveRejects = 93
    /// No market data for too long.
    case staleData = 94
    /// Too many executions of a strategy in one instrument in too short a time.
    case repeatedExecutions = 95
    /// Too many cancels and replacements for what was executed.
    case cancelRatio = 96
    /// The kill switch.
    case killed = 97
    /// An operator said so.
    case operatorSaid = 98
    /// The hot thread did not come back in time.
    case engineHeld = 99
    /// Nothing more can be recorded.
    case journalFailed = 100
    /// A person has the position closed: strategies make no order until it is.
    case closing = 101
    /// What the last run left halted or restricted is unknown: its journal is damaged or cut.
    case statesUnknown = 102

    /// The name that reports and `events` show, as in `position_limit`.
    public var name: String {
        switch self {
        case .none: "none"
        case .noQuote: "no_quote"
        case .staleBook: "stale_book"
        case .notTrading: "not_trading"
        case .sizedToZero: "sized_to_zero"
        case .unknownInstrument: "unknown_instrument"
        case .signalBufferFull: "signal_buffer_full"
        case .orderQuantity: "order_quantity"
        case .orderNotional: "order_notional"
        case .positionLimit: "position_limit"
        case .grossNotional: "gross_notional"
        case .openOrderCount: "open_order_count"
        case .priceCollar: "price_collar"
        case .offTick: "off_tick"
        case .offLot: "off_lot"
        case .reduceOnly: "reduce_only"
        case .restrictedSymbol: "restricted_symbol"
        case .orderPoolFull: "order_pool_full"
        case .noCredit: "no_credit"
        case .sessionDown: "session_down"
        case .stopped: "stopped"
        case .journalPressure: "journal_pressure"
        case .instrumentReduceOnly: "instrument_reduce_only"
        case .residueFull: "residue_full"
        case .executionSetNearFull: "execution_set_near_full"
        case .rateLimit: "rate_limit"
        case .noSuchOrder: "no_such_order"
        case .requestPending: "request_pending"
        case .badTerms: "bad_terms"
        case .wouldTrade: "would_trade"
        case .timerQueueFull: "timer_queue_full"
        case .noChange: "no_change"
        case .noBackOffice: "no_back_office"
        case .unknownCurrency: "unknown_currency"
        case .badRate: "bad_rate"
        case .nameless: "nameless"
        case .orderQuantityMin: "order_quantity_min"
        case .orderCapital: "order_capital"
        case .positionEquity: "position_equity"
        case .netNotional: "net_notional"
        case .openNotional: "open_notional"
        case .lastCollar: "last_collar"
        case .dailyVolume: "daily_volume"
        case .selfTrade: "self_trade"
        case .duplicateOrder: "duplicate_order"
        case .cash: "cash"
        case .margin: "margin"
        case .shortSale: "short_sale"
        case .orderRate: "order_rate"
        case .dayNotional: "day_notional"
        case .marketClosed: "market_closed"
        case .patternDayTrader: "pattern_day_trader"
        case .dayLoss: "day_loss"
        case .drawdown: "drawdown"
        case .sessionDrawdown: "session_drawdown"
        case .consecutiveRejects: "consecutive_rejects"
        case .staleData: "stale_data"
        case .repeatedExecutions: "repeated_executions"
        case .cancelRatio: "cancel_ratio"
        case .killed: "killed"
        case .operatorSaid: "operator_said"
        case .engineHeld: "engine_held"
        case .journalFailed: "journal_failed"
        case .closing: "closing"
        case .statesUnknown: "states_unknown"
        }
    }
}

/// What a person should look at.
@frozen public enum AlertCode: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    case illegalTransition = 1
    case disputedOrder = 2
    case unknownOrder = 3
    case overfill = 4
    case orderInDoubt = 5
    case feedGap = 6
    case bookBroken = 7
    case sessionDown = 8
    case journalPressure = 9
    case executionSetNearFull = 10
    case crossedBook = 11
    /// Nothing more can be recorded: the engine halts.
    case journalFailed = 12
    /// An order is in doubt for longer than the settings allow: the operator is called; it counts at its worst.
    case doubtUnresolved = 13
    /// The venue's books and ours differ, and what was found could not be explained.
    case reconciliationDifference = 14
    /// The venue's books could not be asked, or their answer could not be used.
    case reconciliationFailed = 15
    /// An execution was booked without the venue's report of it.
    case executionInferred = 16
    /// Strategies overran their time budget. `quantity`: nanoseconds of the longest turn; `price`: how many turns since it
    /// was last told.
    case strategyOverran = 17
    /// There was no room for another lot: two became one at their joint cost. `quantity`: how often so far; told at each
    /// doubling.
    case lotsMerged = 18
    /// The hot thread did not come back in time: the watchdog has ended the venue sessions. `quantity`: nanoseconds;
    /// `price`: connections that were shut down.
    case engineHeld = 19
    /// A breaker tripped, an operator or the kill switch changed what may be done: the fact of the state stands beside it.
    /// `quantity`: TradingState; `price`: Rule.
    case riskState = 20
    /// New limits were not taken, as a part of them is none. `quantity`: LimitKind; `price`: its value.
    case limitsRefused = 21
    /// An instrument traded that strategies want bars of, and there is no room for another bar: it gets none. Told once.
    /// `quantity`: subscriptions.
    case barRoomFull = 22
}
