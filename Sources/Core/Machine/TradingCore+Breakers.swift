internal import Model

// What trips by itself: losses, falls, rejects, silence, too many executions, too many cancels.
extension TradingCore {
    // MARK: Equity

    /// Behind every change of the account's equity: a mark, an execution, what undoes one, a rate.
    @inline(__always)
    mutating func lookAtEquity() {
        if unlikely(ledger.equity <= breakers.low || ledger.equity > breakers.high) { equityPassed() }
    }

    /// A bound was passed: exact floors, and new bounds.
    @inline(never)
    private mutating func equityPassed() {
        let equity = ledger.equity
        let isRising = equity > breakers.high
        breakers.notePeak(equity)
        if isRising {
            if !breakers.rise(states.account) { breakers.setBounds(isRising: true, states.account) }
            if equity > breakers.low { return }
        }
        if states.account.asked(by: .dayLoss) == .normal, let floor = breakers.dayFloor, equity <= floor,
            let limit = breakers.dayLossLimit
        {
            trip(
                .dayLoss, .halted, limit: Int64(clamping: limit.money.raw),
                value: Int64(clamping: (breakers.dayBase - equity).moneyRoundedUp.raw))
        }
        if states.account.asked(by: .drawdown) == .normal, let floor = breakers.drawdownFloor, equity <= floor
        {
            trip(
                .drawdown, .halted, limit: breakers.drawdownPpm,
                value: Self.ppm(breakers.peak - equity, of: breakers.peak))
        }
        if states.account.asked(by: .sessionDrawdown) == .normal, let floor = breakers.sessionFloor,
            equity <= floor
        {
            trip(
                .sessionDrawdown, .liquidationOnly, limit: breakers.sessionDrawdownPpm,
                value: Self.ppm(breakers.sessionPeak - equity, of: breakers.sessionPeak))
        }
        breakers.setBounds(isRising: false, states.account)
    }

    /// A session that is not up tells of executions: of earlier runs, or missed while the connection was lost. Their sums in
    /// between, at the prices of now, were nobody's equity: it is looked at when the session is up, or gone again.
    @inline(never)
    mutating func beginCatchingUp(_ session: Int) {
        sessions[session].isCatchingUp = true
        breakers.suspend()
    }

    /// A session is up, or down again.
    mutating func endCatchingUp(_ session: Int) {
        sessions[session].isCatchingUp = false
        guard breakers.isSuspended else { return }
        for other in 0..<sessions.count where sessions[other].isCatchingUp { return }
        breakers.resume(ledger.equity, states.account)
        for strategy in 0..<strategyDays.strategyCount { lookAtDay(strategy) }
        lookAtEquity()
    }

    /// As it is shown: rounded up; of nothing it is all.
    private static func ppm(_ part: BaseMoney, of whole: BaseMoney) -> Int64 {
        part.partsPerMillion(of: whole) ?? 1_000_000
    }

    private mutating func trip(_ cause: StateCause, _ state: TradingState, limit: Int64, value: Int64) {
        setState(.account, 0, cause, state, limit: limit, value: value, alerts: true)
    }

    /// An instrument's position and the money in it have moved by an execution, or by what undoes one.
    @inline(__always)
    mutating func moneyMoved(_ index: Int) {
        lookAtEquity()
        if unlikely(states.liquidatingCount != 0 || strategyDays.isOn) { noteMoved(index) }
    }

    @inline(never)
    private mutating func noteMoved(_ index: Int) {
        if states.liquidatingCount != 0 { states.noteMoved(index) }
        if strategyDays.isOn { remarkOwn(index) }
    }

    // MARK: Strategies' days

    /// What the strategies' own books in an instrument are worth now.
    @inline(never)
    mutating func remarkOwn(_ index: Int) {
        let worth = ledger.worth(ofInstrument: index)
        var isHeld = false
        for strategy in 0..<strategyDays.strategyCount where strategyDays[strategy].lossMax > 0 {
            let book = strategyBooks[bookPlace(UInt16(strategy), index)]
            var amount = book.realised.raw
            if book.position != 0 {
                isHeld = true
                let mark = Ledger.markPrice(book.position, &markets[index], otherwise: ledger[index].mark)
                let points = Int128(mark.raw) * Int128(book.position)
                amount += points * Int128(risks[index].multiplier) - book.cost.raw
            }
            strategyDays.put(strategy, index, amount, worth: worth)
            lookAtDay(strategy)
        }
        markets[index].hasOwn = isHeld
    }

    private mutating func lookAtDay(_ strategy: Int) {
        guard !breakers.isSuspended, strategyDays.isOver(strategy),
            states.strategy(UInt16(strategy)).asked(by: .dayLoss) == .normal
        else { return }
        let day = strategyDays[strategy]
        setState(
            .strategy, strategy, .dayLoss, .halted, limit: Int64(clamping: day.lossMax),
            value: Int64(clamping: (day.base - day.profit).moneyRoundedUp.raw), alerts: true)
    }

    /// A currency is worth more or less from here on, by so many billionths of the base.
    @inline(never)
    mutating func rateMoved(_ currency: Int, by moved: Int128) {
        if strategyDays.isOn {
            for index in 0..<risks.count where Int(risks[index].currency) == currency {
                strategyDays.revalue(index, by: moved * 1_000_000)
            }
            for strategy in 0..<strategyDays.strategyCount { lookAtDay(strategy) }
        }
        lookAtEquity()
    }

    // MARK: Rejects and cancels

    /// The venue has refused an order. What it tells again of earlier runs is not counted.
    @inline(never)
    mutating func countReject(_ input: Input) {
        guard breakers.rejectCountMax > 0, !isHistory(input) else { return }
        breakers.rejectCount += 1
        guard breakers.rejectCount >= breakers.rejectCountMax else { return }
        trip(
            .consecutiveRejects, .reduceOnly, limit: breakers.rejectCountMax, value: breakers.rejectCount)
    }

    private static var ratioOrderCountMin: UInt64 { 100 }

    /// Behind every order, cancel and replacement that is sent: how many of these there are for each execution of the day.
    @inline(never)
    mutating func lookAtRequests() {
        let orders = counters.ordersSent - breakers.ordersBefore
        // What a stop asks back is no habit.
        guard orders >= Self.ratioOrderCountMin, !account.isHalted,
            states.account.asked(by: .cancelRatio) == .normal
        else { return }
        let requests = counters.cancelsSent + counters.replacesSent - breakers.requestsBefore
        let fills = max(counters.fills - breakers.fillsBefore, 1)
        guard Int128(requests) * 100 > Int128(breakers.cancelRatioHundredths) * Int128(fills) else { return }
        trip(
            .cancelRatio, .reduceOnly, limit: breakers.cancelRatioHundredths,
            value: Int64(clamping: Int128(requests) * 100 / Int128(fills)))
    }

    mutating func countRequestsAnew() {
        breakers.ordersBefore = counters.ordersSent
        breakers.requestsBefore = counters.cancelsSent + counters.replacesSent
        breakers.fillsBefore = counters.fills
    }

    // MARK: Executions

    /// An execution of a strategy's order. What the venue tells late, at a log-on, came at another time and is not counted.
    @inline(__always)
    mutating func countExecution(_ strategy: UInt16, _ index: Int, _ input: Input) {
        if unlikely(limitsExecutions) { addExecution(strategy, index, input) }
    }

    @inline(never)
    private mutating func addExecution(_ strategy: UInt16, _ index: Int, _ input: Input) {
        guard Int(strategy) < StrategyContext.strategyCountMax, sessions[Int(input.source)].isUp else {
            return
        }
        add(strategy, index, executionLimits[StrategyContext.strategyCountMax], of: 0)
        add(strategy, index, executionLimits[Int(strategy)], of: 1)
    }

    private mutating func add(_ strategy: UInt16, _ index: Int, _ limit: ExecutionLimit, of kind: UInt64) {
        guard limit.countMax > 0 else { return }
        let key = kind << 48 | UInt64(strategy) << 32 | UInt64(index)
        let count = executionWindows.add(
            key, nowNs: nowNs, windowNs: limit.windowNs, sequence: sequence,
            since: executionsLifted[Int(strategy)])
        guard count ?? .max > limit.countMax else { return }
        setState(
            .strategy, Int(strategy), .repeatedExecutions, .halted, limit: limit.countMax,
            value: count ?? Int64(ExecutionWindows.executionCountMax), alerts: true)
    }

    // MARK: Streams

    /// A stream of market data has spoken, or was said to live.
    @inline(__always)
    mutating func hearStream(_ stream: UInt8) {
        if likely(streams.delayNs == 0) { return }
        if unlikely(streams.hear(stream, nowNs: nowNs)) { streamBack(stream) }
        if unlikely(streams.dueNs < nextDeadlineNs) { nextDeadlineNs = streams.dueNs }
    }

    @inline(never)
    private mutating func streamBack(_ stream: UInt8) { recordStale(stream, .normal, silenceNs: 0) }

    /// The stream's day is over: its books are stale by themselves.
    mutating func endStream(_ stream: UInt8) {
        if streams.delayNs != 0, streams.end(stream) { recordStale(stream, .normal, silenceNs: 0) }
    }

    /// A stream may have been silent for too long.
    mutating func lookAtStreams() {
        var first = 0
        while let stream = streams.takeStale(from: first, nowNs: nowNs) {
            first = Int(stream) + 1
            recordStale(stream, .reduceOnly, silenceNs: streams.silenceNs(stream, nowNs: nowNs))
        }
    }

    /// Nobody looks at the age of data any more.
    private mutating func recordStaleOver() {
        facts.append(
            .riskState, sequence: sequence,
            detail: UInt32(RiskScope.instrument.rawValue) << 8 | Rule.staleData.rawValue << 16)
    }

    /// One fact for all instruments of the stream: there may be ten thousand.
    private mutating func recordStale(_ stream: UInt8, _ state: TradingState, silenceNs: UInt64) {
        setBit(StateBits.staleStream, streams.staleCount > 0)
        facts.append(
            .riskState, sequence: sequence, executionID: UInt64(stream),
            price: Int64(clamping: streams.delayNs), quantity: Int64(clamping: silenceNs),
            userRef: UInt32(state.rawValue),
            detail: UInt32(state.rawValue) | UInt32(RiskScope.instrument.rawValue) << 8
                | Rule.staleData.rawValue << 16)
        alert(.riskState, price: Int64(Rule.staleData.rawValue), quantity: Int64(state.rawValue))
    }

    /// Whether a heartbeat of a stream is worth an input (``InputKind/feedAlive``): nothing was heard of it for a while.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func wantsLife(ofStream stream: UInt8, nowNs: UInt64) -> Bool {
        guard streams.delayNs != 0 else { return false }
        return streams.silenceNs(stream, nowNs: nowNs) >= streams.delayNs / 4
    }

    // MARK: Days

    /// The run's first day.
    mutating func beginFirstDay() {
        dayTrades.begin(profitDay, windowBegin: windowBegin())
        lookAtCalendars()
    }

    /// Another day of the venue: what was of the old one is over. Called behind the ledger's own begin of it.
    mutating func beginBreakersDay() {
        breakers.beginDay(ledger.equity)
        strategyDays.beginDay()
        countRequestsAnew()
        setState(.account, 0, .dayLoss, .normal, alerts: true)
        setState(.account, 0, .cancelRatio, .normal, alerts: true)
        for strategy in 0..<StrategyContext.strategyCountMax {
            setState(.strategy, strategy, .dayLoss, .normal, alerts: true)
        }
        breakers.setBounds(isRising: false, states.account)
        dayTrades.begin(profitDay, windowBegin: windowBegin())
        lookAtEquity()
    }

    // MARK: New limits

    /// Breakers, windows and the guard of day trades as the account's and the strategies' limits have them now. What was
    /// measured so far stays.
    mutating func takeBreakers() {
        let limits = account.limits
        breakers.setLimits(limits)
        if streams.delayNs != limits.staleDataNs {
            let wasStale = streams.staleCount > 0
            streams.setDelay(limits.staleDataNs, nowNs: nowNs)
            setBit(StateBits.staleStream, streams.staleCount > 0)
            if wasStale, streams.staleCount == 0 { recordStaleOver() }
        }
        dayTrades.isOn = limits.guardsDayTrades
        dayTrades.equityMin = BaseMoney(money: limits.dayTradeEquityMin.raw)
        dayTrades.countMax = limits.dayTradeCount
        setBit(StateBits.dayTrades, dayTrades.isOn)
        if dayTrades.dayCount != limits.dayTradeDays {
            dayTrades.dayCount = limits.dayTradeDays
            dayTrades.begin(profitDay, windowBegin: windowBegin())
        }
        executionLimits[StrategyContext.strategyCountMax] = ExecutionLimit(
            countMax: limits.executionCountMax, windowNs: limits.executionWindowNs)
        for strategy in 0..<account.strategyCount { takeBreakers(of: strategy) }
        limitsExecutions = false
        for place in 0..<executionLimits.count where executionLimits[place].countMax > 0 {
            limitsExecutions = true
        }
        breakers.setBounds(isRising: false, states.account)
        lookAtEquity()
        updateDeadline()
    }

    private mutating func takeBreakers(of strategy: Int) {
        let limits = account.strategies[strategy].limits
        executionLimits[strategy] = ExecutionLimit(
            countMax: limits.executionCountMax, windowNs: limits.executionWindowNs)
        let before = strategyDays[strategy].lossMax
        guard before != limits.dayLossMax.raw else { return }
        strategyDays.setLimit(strategy, limits.dayLossMax.raw)
        guard limits.dayLossMax.raw > 0 else { return }
        // Nothing was kept while nothing was limited: the loss counts from here.
        for index in 0..<risks.count { remarkOwn(index) }
        if before == 0 { strategyDays[strategy].base = strategyDays[strategy].profit }
    }
}
