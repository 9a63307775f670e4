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
    /// The account has no such currency, or it is the base, whose rate is one.
    case unknownCurrency = 60
    /// Not above zero, or beyond all bounds.
    case badRate = 61

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
}
