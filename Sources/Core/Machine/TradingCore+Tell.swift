internal import Model

// What strategies are told of beside market data and their own orders.
extension TradingCore {
    /// Something waits for ``takeNotice()``.
    @inlinable public var hasMore: Bool { facts.waiting > 0 }

    /// A number that no fact has: an instrument's status has changed.
    private static var statusKind: UInt8 { 255 }

    /// What the venue says of an instrument is another than before: every strategy will be told.
    mutating func tellStatus(_ index: Int) {
        var notice = Fact()
        notice.kind = Self.statusKind
        notice.instrument = UInt32(truncatingIfNeeded: index)
        notice.detail = UInt32(markets[index].trading.rawValue)
        facts.tell(notice)
    }

    /// Markets have opened or closed by their hours: one notice for all of them, there may be ten thousand.
    mutating func tellHours() {
        var notice = Fact()
        notice.kind = Self.statusKind
        notice.instrument = .max
        facts.tell(notice)
    }

    /// Adds the last trade to the bars that it concerns.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func addToBars() {
        guard bars.streamCount > 0 else { return }
        let hadRoom = bars.refusedCount == 0
        facts.waiting += bars.add(trade, nowNs: nowNs, utcOffsetNs: utcOffsetNs)
        if bars.nextDueNs < nextDeadlineNs { nextDeadlineNs = bars.nextDueNs }
        if unlikely(hadRoom && bars.refusedCount > 0) {
            alert(.barRoomFull, instrument: trade.instrument.index, quantity: Int64(bars.streamCount))
        }
    }

    /// The oldest that waits: its figures are in `bar`, `refusal`, `ownPosition`, `statusChange` or `riskStateChange`, and whom it
    /// concerns, where it is one, in `calledStrategy`.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeNotice() -> NoticeKind {
        if bars.closedCount > 0 {
            bars.take(&bar, &calledStrategy)
            facts.waiting -= 1
            return .bar
        }
        var fact = Fact()
        while facts.takeTold(&fact) {
            calledStrategy = Int(fact.strategy)
            if fact.kind == Self.statusKind {
                statusChange = StatusChange(
                    instrument: InstrumentID(index: fact.instrument), status: Self.status(fact.detail))
                return .status
            }
            if fact.kind == FactKind.riskState.rawValue {
                takeState(fact)
                return .riskState
            }
            if fact.kind == FactKind.signalDiscarded.rawValue || fact.kind == FactKind.riskRejected.rawValue {
                refusal = Refusal(
                    instrument: InstrumentID(index: fact.instrument), side: Self.side(fact.side),
                    rule: Rule(rawValue: fact.detail & 0xffff) ?? .none,
                    scope: RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16)) ?? .account,
                    limit: fact.price, value: fact.quantity, order: fact.orderID)
                return .refused
            }
            // A position that turned is closed and opened: one call, with what is.
            guard !facts.tellsAgain(fact), Int(fact.instrument) < markets.count else { continue }
            _ = context.enter(calledStrategy)
            ownPosition = context.ownPosition(InstrumentID(index: fact.instrument))
            return .position
        }
        return .none
    }

    /// Refusals of what is asked for now are on record and not told: whoever answers a refusal with the same again would never
    /// come to an end.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func tellRefusals(_ tells: Bool) { facts.tellsRefusals = tells }

    private mutating func takeState(_ fact: Fact) {
        // What the scope comes to with all that is asked of it, not what the one cause asks.
        let state = TradingState(rawValue: UInt8(truncatingIfNeeded: fact.user_ref)) ?? .halted
        let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8)) ?? .account
        riskStateChange = RiskStateChange(
            scope: scope, instrument: InstrumentID(index: fact.instrument), state: state,
            rule: Rule(rawValue: fact.detail >> 16) ?? .none, limit: fact.price, value: fact.quantity)
    }

    private static func status(_ raw: UInt32) -> MarketStatus {
        MarketStatus(rawValue: UInt8(truncatingIfNeeded: raw)) ?? .halted
    }

    private static func side(_ raw: UInt8) -> Side { Side(rawValue: raw) ?? .none }

    /// What a callback asked for that few do: subscriptions.
    @inline(never)
    mutating func subscribeRequested() {
        for place in 0..<context.barRequestCount {
            let request = context.barRequests[place]
            let stream = bars.subscribe(
                request.period, request.instrument, strategy: UInt16(truncatingIfNeeded: context.called))
            precondition(stream != nil, "Invariant: the context counts the room for subscriptions")
        }
        context.barRequestCount = 0
        context.othersUsed = 0
    }

    /// What the strategy said about the signal that has just been recorded.
    @inline(never)
    mutating func recordMetadata(_ place: Int, _ instrument: UInt32, _ strategy: UInt16) {
        let metadata = context.metadata[place]
        let named = metadata.named
        if named.told != 0 {
            facts.append(
                .signalMetadata, sequence: sequence, executionID: named.loss,
                price: Int64(bitPattern: named.rate), quantity: Int64(bitPattern: named.win),
                instrument: instrument, detail: named.told, strategy: strategy)
        }
        for pair in 0..<metadata.pairCount {
            let (name, value) = metadata.pair(pair)
            facts.append(
                .signalMetadata, sequence: sequence, executionID: name.raw,
                price: Int64(bitPattern: value.bitPattern), instrument: instrument, strategy: strategy)
        }
    }
}
