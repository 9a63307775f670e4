public import Model

/// What a strategy sees of the engine, and how it says what it wants. Handed to every callback.
///
/// - Bounds: ``signalCountMax`` signals a callback; more are refused, counted and recorded.
/// - Threads: the hot thread, inside a callback.
@safe public struct StrategyContext {
    /// Signals that one callback may give.
    @inlinable public static var signalCountMax: Int { 16 }
    /// Strategies that one engine can run: one bit each in the mask of those switched on.
    @inlinable public static var strategyCountMax: Int { 64 }
    /// Ids of strategies' timers lie below this.
    @inlinable public static var timerIDBound: UInt32 { 1 << 24 }

    // What every callback touches comes first, close together; the long arrays behind it.

    /// Core time of the input being handled, monotonic nanoseconds.
    public internal(set) var engineTimeNs: UInt64 = 0
    /// Index of the strategy that is called.
    @inlinable public var strategyIndex: Int { called }
    @usableFromInline var called = 0
    @usableFromInline var enabledMask: UInt64
    @usableFromInline var signalsUsed = 0
    @usableFromInline var timersUsed = 0
    /// Signals that found no room and subscriptions, in this callback: what few callbacks have.
    @usableFromInline var othersUsed = 0
    @usableFromInline var termsMask: UInt16 = 0
    @usableFromInline var metadataMask: UInt16 = 0
    @usableFromInline let markets: UnsafePointer<MarketLine>
    @usableFromInline let risks: UnsafePointer<RiskLine>
    /// By instrument, and then by strategy: what one event touches lies together.
    @usableFromInline let books: UnsafePointer<StrategyBook>
    @usableFromInline let bookedStrategyCount: Int
    /// Instruments that there is room for; ids below it are valid, whether they are defined or not.
    public let instrumentCountMax: Int
    @usableFromInline let instruments: UnsafePointer<Instrument>
    @usableFromInline let depths: BookView
    @usableFromInline let scopes: StateView
    @usableFromInline var signalsRefused = 0
    /// How many more timers the strategies may have pending.
    @usableFromInline var timerRoom: Int
    @usableFromInline var barRequestCount = 0
    /// Subscriptions of all strategies.
    @usableFromInline var barStreamCount = 0
    @usableFromInline var hasBarRoom = false
    /// What the account may do.
    public internal(set) var accountState = TradingState.normal
    /// Limits as ``room(_:_:)`` shows them; they are held by the core's own.
    @usableFromInline var orderQuantityMax = Int64.max
    @usableFromInline var limitedStrategyCount = 0

    @usableFromInline var signals: InlineArray<16, Signal>
    /// Of the signals whose bit is set in ``termsMask``.
    @usableFromInline var terms: InlineArray<16, SignalTerms>
    /// Of the signals whose bit is set in ``metadataMask``.
    @usableFromInline var metadata: InlineArray<16, SignalMetadata>
    @usableFromInline var timers: InlineArray<16, TimerEntry>
    @usableFromInline var barRequests: InlineArray<16, BarRequest>
    // By strategy.
    @usableFromInline var positionLimits: InlineArray<64, Int64>
    @usableFromInline var quantityLimits: InlineArray<64, Int64>

    init(
        markets: UnsafePointer<MarketLine>, risks: UnsafePointer<RiskLine>,
        instruments: UnsafePointer<Instrument>, depth: BookView, scopes: StateView,
        books: UnsafePointer<StrategyBook>, bookedStrategyCount: Int, instrumentCountMax: Int,
        timerCountMax: Int, enabledMask: UInt64
    ) {
        unsafe self.markets = markets
        unsafe self.risks = risks
        unsafe self.instruments = instruments
        depths = depth
        self.scopes = scopes
        unsafe self.books = books
        self.bookedStrategyCount = bookedStrategyCount
        self.instrumentCountMax = instrumentCountMax
        self.enabledMask = enabledMask
        timerRoom = timerCountMax
        signals = InlineArray(repeating: Signal(instrument: .none, action: .hold))
        terms = InlineArray(repeating: SignalTerms())
        metadata = InlineArray(repeating: SignalMetadata())
        timers = InlineArray(repeating: TimerEntry(dueNs: 0, id: 0))
        barRequests = InlineArray(repeating: BarRequest(period: .ticks(1), instrument: .none))
        positionLimits = InlineArray(repeating: .max)
        quantityLimits = InlineArray(repeating: .max)
    }

    // MARK: What a strategy sees

    /// Best bid and ask now. Traps outside the instrument table.
    @inlinable public func quote(_ instrument: InstrumentID) -> Quote { market(instrument).quote }

    /// Price of the last trade; `Price(raw: 0)`: none yet.
    @inlinable public func lastPrice(_ instrument: InstrumentID) -> Price { market(instrument).lastPrice }

    /// What the venue says about trading in the instrument.
    @inlinable public func trading(_ instrument: InstrumentID) -> MarketStatus { market(instrument).trading }

    /// The account's net position: positive long, negative short.
    @inlinable public func position(_ instrument: InstrumentID) -> Quantity {
        Quantity(raw: risk(instrument).position)
    }

    /// What the account's orders on `side` may still execute, those in doubt included.
    @inlinable public func workingQuantity(_ instrument: InstrumentID, _ side: Side) -> Quantity {
        switch side {
        case .buy: Quantity(raw: risk(instrument).openBuy)
        case .sell: Quantity(raw: risk(instrument).openSell)
        case .none: .zero
        }
    }

    /// How many of the account's orders on `side` have not ended.
    @inlinable public func workingCount(_ instrument: InstrumentID, _ side: Side) -> Int {
        switch side {
        case .buy: Int(risk(instrument).buyCount)
        case .sell: Int(risk(instrument).sellCount)
        case .none: 0
        }
    }

    // Inlined, all of these: only the fields that are asked for are read then. A line that is copied whole is read in
    // wider pieces than it was written in, and waits for the stores of the fill before (it cost 60 ns an order).
    /// What the called strategy itself holds and has working: its own book. Nothing where its index has none.
    @inlinable @inline(__always) public func own(_ instrument: InstrumentID) -> StrategyBook {
        precondition(Int(instrument.index) < instrumentCountMax, "Caller: an instrument is in the table")
        guard called < bookedStrategyCount else { return StrategyBook() }
        // SAFETY: as for `market`; there is a book for each strategy below the count.
        return unsafe books[Int(instrument.index) * bookedStrategyCount + called]
    }

    @inlinable @inline(__always) func market(_ instrument: InstrumentID) -> MarketLine {
        precondition(Int(instrument.index) < instrumentCountMax, "Caller: an instrument is in the table")
        // SAFETY: the table lives as long as the core that this context is part of, and the index was checked.
        return unsafe markets[Int(instrument.index)]
    }

    @inlinable @inline(__always) func risk(_ instrument: InstrumentID) -> RiskLine {
        precondition(Int(instrument.index) < instrumentCountMax, "Caller: an instrument is in the table")
        // SAFETY: as for `market`.
        return unsafe risks[Int(instrument.index)]
    }

    // MARK: What a strategy says

    /// Says what the strategy wants; the core handles it right after the callback.
    @inlinable public mutating func signal(_ signal: Signal) {
        guard signalsUsed < Self.signalCountMax else {
            return refuse()
        }
        signals[signalsUsed] = signal
        signalsUsed += 1
    }

    /// As ``signal(_:)``, with terms that few orders have.
    @inlinable public mutating func signal(_ signal: Signal, _ terms: SignalTerms) {
        guard signalsUsed < Self.signalCountMax else {
            return refuse()
        }
        signals[signalsUsed] = signal
        self.terms[signalsUsed] = terms
        termsMask |= 1 << UInt16(truncatingIfNeeded: signalsUsed)
        signalsUsed += 1
    }

    /// As ``signal(_:)``, with what the strategy knows about it: on record behind the signal.
    @inlinable public mutating func signal(_ signal: Signal, _ metadata: SignalMetadata) {
        guard signalsUsed < Self.signalCountMax else { return refuse() }
        self.metadata[signalsUsed] = metadata
        metadataMask |= 1 << UInt16(truncatingIfNeeded: signalsUsed)
        self.signal(signal)
    }

    /// With both.
    @inlinable public mutating func signal(
        _ signal: Signal, _ terms: SignalTerms, _ metadata: SignalMetadata
    ) {
        guard signalsUsed < Self.signalCountMax else { return refuse() }
        self.metadata[signalsUsed] = metadata
        metadataMask |= 1 << UInt16(truncatingIfNeeded: signalsUsed)
        self.signal(signal, terms)
    }

    @inlinable mutating func refuse() {
        signalsRefused += 1
        othersUsed += 1
    }

    /// Asks for the end of one order.
    @inlinable public mutating func cancel(_ order: OrderHandle, in instrument: InstrumentID) {
        var terms = SignalTerms()
        terms.order = order
        signal(Signal(instrument: instrument, action: .cancelOrder), terms)
    }

    /// Asks for another price or quantity of one order.
    ///
    /// - Parameters:
    ///   - limit: 0: as it was.
    ///   - quantity: of the whole order, with what has been executed; 0: as it was.
    @inlinable public mutating func replace(
        _ order: OrderHandle, in instrument: InstrumentID, limit: Price, quantity: Quantity
    ) {
        var terms = SignalTerms()
        terms.order = order
        signal(Signal(instrument: instrument, action: .replace, limit: limit, quantity: quantity), terms)
    }

    /// Calls the strategy's `onTimer` with `id` once `afterNs` of core time have passed.
    ///
    /// - Parameter id: below ``timerIDBound``. A second timer of the same id is another one, not a new time.
    /// - Returns: `false` when too many are pending, or 16 were set in this callback: nothing was set.
    @inlinable public mutating func setTimer(afterNs: UInt64, id: UInt32) -> Bool {
        precondition(id < Self.timerIDBound, "Caller: a timer's id has 24 bits")
        guard timerRoom > 0, timersUsed < 16 else { return false }
        timerRoom -= 1
        timers[timersUsed] = TimerEntry(
            dueNs: engineTimeNs &+ afterNs, id: UInt32(truncatingIfNeeded: strategyIndex + 1) << 24 | id)
        timersUsed += 1
        return true
    }

    // MARK: For the shell

    /// Notes which strategy is called next. `false`: it is switched off and must not be called.
    @inlinable public mutating func enter(_ index: Int) -> Bool {
        called = index
        return enabledMask >> UInt64(truncatingIfNeeded: index) & 1 != 0
    }

    /// No strategy is called from here on.
    mutating func switchOff() { enabledMask = 0 }

    /// What waits for `decide()`: signals, timers, and what few callbacks have.
    @inlinable public var signalCount: Int { signalsUsed + timersUsed + othersUsed }
}

// The pointers lead into tables of the core that holds the context; both move to the hot thread together.
extension StrategyContext: @unchecked Sendable {}
