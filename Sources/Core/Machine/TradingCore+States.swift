public import Model

// What scopes may do, what an order meets in them, and who says so.
extension TradingCore {
    // MARK: What an order is asked

    /// Whether its scopes let an order go at all; before its limits are looked at.
    ///
    /// - Parameters:
    ///   - reducing: it can only bring the account's position nearer to zero, or makes an order smaller.
    ///   - shrinks: an order that is there becomes smaller.
    ///   - isHeld: it stays in the engine for now.
    ///   - mayOpen: it counts among those that may open a position already.
    @inline(__always)
    mutating func checkStates(
        _ strategy: UInt16, _ index: Int, _ side: Side, _ quantity: Int64, reducing: Bool,
        shrinks: Bool, isHeld: Bool, mayOpen: Bool
    ) -> RiskVerdict {
        let bits = account.stateBits | risks[index].stateBits
        if likely(bits & ~StateBits.dayTrades == 0) {
            // With so much equity nobody counts day trades. Less than none is asked in full.
            if likely(bits == 0 || ledger.equityShortly >= max(account.short.dayTradeEquityMin, 0)) {
                return .passed
            }
        }
        return judgeStates(
            strategy, index, side, quantity, reducing: reducing, shrinks: shrinks, isHeld: isHeld,
            mayOpen: mayOpen)
    }

    /// The strictest of the scopes that stand against it; of equally strict ones the widest.
    @inline(never)
    private mutating func judgeStates(
        _ strategy: UInt16, _ index: Int, _ side: Side, _ quantity: Int64, reducing: Bool, shrinks: Bool,
        isHeld: Bool, mayOpen: Bool
    ) -> RiskVerdict {
        var strictest = TradingState.normal
        var verdict = RiskVerdict.passed
        let whole = states.account
        if Self.stands(whole.state, against: reducing) {
            strictest = whole.state
            verdict = Self.refusal(whole, .account, quantity)
        }
        let own = states.strategy(strategy)
        if own.state > strictest {
            let closes = shrinks || reducesOwn(strategy, index, side, quantity, reducing)
            if Self.stands(own.state, against: closes) {
                strictest = own.state
                verdict = Self.refusal(own, .strategy, quantity)
            }
        }
        let single = states.instrument(index)
        if single.state > strictest, Self.stands(single.state, against: reducing) {
            strictest = single.state
            verdict = Self.refusal(single, .instrument, quantity)
        }
        guard verdict.isPassed else { return verdict }
        // What a person has closed is closed by the engine alone: what strategies make meanwhile would keep it open.
        if risks[index].isClosing, strategy != .max, !shrinks {
            return RiskVerdict(.closing, value: quantity, scope: .instrument)
        }
        if risks[index].isMarketClosed, !isHeld { return RiskVerdict(.marketClosed, scope: .instrument) }
        guard !reducing else { return .passed }
        let bits = account.stateBits
        let stream = markets[index].stream
        if bits & StateBits.staleStream != 0, streams.isStale(stream) {
            return RiskVerdict(
                .staleData, limit: Int64(clamping: streams.delayNs),
                value: Int64(clamping: streams.silenceNs(stream, nowNs: nowNs)), scope: .instrument)
        }
        if bits & StateBits.journalPressed != 0 { return RiskVerdict(.journalPressure) }
        if bits & StateBits.dayTrades != 0 { return checkDayTrades(isNew: !mayOpen) }
        return .passed
    }

    private static func stands(_ state: TradingState, against isReducing: Bool) -> Bool {
        switch state {
        case .normal: false
        case .reduceOnly, .liquidationOnly: !isReducing
        case .halted: true
        }
    }

    private static func refusal(_ state: ScopeState, _ scope: RiskScope, _ quantity: Int64) -> RiskVerdict {
        RiskVerdict(
            state.cause?.rule ?? .stopped, value: state.state == .halted ? 0 : quantity, scope: scope)
    }

    /// Whether an order can only bring the strategy's own position nearer to zero; of one that has no book the account's
    /// line decides.
    private mutating func reducesOwn(
        _ strategy: UInt16, _ index: Int, _ side: Side, _ quantity: Int64, _ reducing: Bool
    ) -> Bool {
        guard hasBook(strategy) else { return reducing }
        let own = strategyBooks[bookPlace(strategy, index)]
        switch side {
        case .buy: return own.position < 0 && quantity <= -own.position - own.openBuy
        case .sell: return own.position > 0 && quantity <= own.position - own.openSell
        case .none: return false
        }
    }

    /// Whether a signal is looked at: in a halted scope, or while its market is closed, it comes to nothing.
    @inline(__always)
    mutating func checkSignalStates(_ strategy: UInt16, _ index: Int) -> RiskVerdict {
        if likely(account.stateBits | risks[index].stateBits == 0) { return .passed }
        return judgeSignal(strategy, index)
    }

    @inline(never)
    private mutating func judgeSignal(_ strategy: UInt16, _ index: Int) -> RiskVerdict {
        let whole = states.account
        if whole.state == .halted { return Self.refusal(whole, .account, 0) }
        let own = states.strategy(strategy)
        if own.state == .halted { return Self.refusal(own, .strategy, 0) }
        let single = states.instrument(index)
        if single.state == .halted { return Self.refusal(single, .instrument, 0) }
        if risks[index].isClosing { return RiskVerdict(.closing, scope: .instrument) }
        if risks[index].isMarketClosed { return RiskVerdict(.marketClosed, scope: .instrument) }
        return .passed
    }

    /// The rule by which not even what closes goes out; `.none`: it does.
    mutating func haltingRule(_ index: Int) -> Rule {
        if states.account.state == .halted { return Self.refusal(states.account, .account, 0).rule }
        let single = states.instrument(index)
        return single.state == .halted ? Self.refusal(single, .instrument, 0).rule : .none
    }

    mutating func hasBook(_ strategy: UInt16) -> Bool { Int(strategy) < account.strategyCount }

    // MARK: Changes

    /// Says what a cause asks of a scope from here on. It holds at once; what has to be carried out follows at the end of
    /// the step, before any strategy is called.
    ///
    /// - Parameter sinceUtcNs: When an earlier run met it; 0: this one does.
    /// - Returns: `false`: it asked for that already.
    @discardableResult
    @inline(never)
    mutating func setState(
        _ scope: RiskScope, _ index: Int, _ cause: StateCause, _ state: TradingState,
        by name: OperatorName = OperatorName(high: 0, low: 0), limit: Int64 = 0, value: Int64 = 0,
        sinceUtcNs: UInt64 = 0, alerts: Bool = false
    ) -> Bool {
        guard states.state(scope, index).asked(by: cause) != state else { return false }
        states.set(scope, index, cause, state)
        let now = states.state(scope, index)
        var instrument = UInt32.max
        var strategy = UInt16.max
        switch scope {
        case .account:
            context.accountState = now.state
            setBit(StateBits.account, !now.isNormal)
            setBit(StateBits.halted, now.state == .halted)
            breakers.setBounds(isRising: false, now)
        case .strategy:
            setBit(StateBits.strategy, states.strategyCount > 0)
            strategy = UInt16(truncatingIfNeeded: index)
        case .instrument:
            risks[index].isReduceOnly = !now.isNormal
            instrument = UInt32(truncatingIfNeeded: index)
        }
        facts.append(
            .riskState, sequence: sequence, order: OrderID(high: name.high, low: name.low),
            executionID: sinceUtcNs, price: limit, quantity: value, instrument: instrument,
            userRef: UInt32(now.state.rawValue),
            detail: UInt32(state.rawValue) | UInt32(scope.rawValue) << 8 | cause.rule.rawValue << 16,
            strategy: strategy)
        if alerts {
            alert(
                .riskState, instrument: instrument, price: Int64(cause.rule.rawValue),
                quantity: Int64(state.rawValue))
        }
        return true
    }

    mutating func setBit(_ bit: UInt8, _ isSet: Bool) {
        account.stateBits = isSet ? account.stateBits | bit : account.stateBits & ~bit
    }

    /// No new orders for the rest of the run; what works is asked back.
    mutating func stopTrading(_ cause: StateCause = .stopped) {
        setState(.account, 0, cause, .halted)
        states.hasPendingAccount = true
        react()
    }

    // MARK: What an operator says

    mutating func operateState(_ input: Input, _ command: OperatorCommand) -> InputEffect {
        let name = OperatorName(high: input.venue_time_ns, low: input.execution_id)
        if command == .kill {
            // Nobody's name is asked for: what stops must not fail for a word.
            let count = Int64(account.openOrderCount)
            setState(.account, 0, .killed, .halted, by: name, alerts: true)
            states.hasPendingAccount = true
            react()
            return answer(input, command, count: count)
        }
        guard !name.isEmpty else { return answer(input, command, rule: .nameless) }
        guard let scope = UInt8(exactly: input.quantity).flatMap({ RiskScope(rawValue: $0) }),
            let index = Self.index(input, scope), states.isScope(scope, index)
        else {
            return answer(input, command, rule: .unknownInstrument)
        }
        if command == .lift { return lift(input, scope, index, name) }
        guard let state = TradingState(rawValue: input.side) else {
            return answer(input, command, rule: .badTerms)
        }
        let isChanged = setState(scope, index, .operatorSaid, state, by: name, alerts: true)
        react()
        return answer(input, command, rule: isChanged ? .none : .noChange, count: isChanged ? 1 : 0)
    }

    /// The instrument or strategy that an input names; 0 where its scope is the account.
    private static func index(_ input: Input, _ scope: RiskScope) -> Int? {
        switch scope {
        case .account: 0
        case .strategy: Int(exactly: input.price)
        case .instrument: Int(input.instrument)
        }
    }

    /// Ends what a person can end in a scope. What was measured counts anew from here, or it would stop again at once.
    private mutating func lift(
        _ input: Input, _ scope: RiskScope, _ index: Int, _ name: OperatorName
    ) -> InputEffect {
        var count: Int64 = 0
        for place in 0..<StateCause.count {
            guard let cause = StateCause(rawValue: place), cause.isLiftable,
                states.state(scope, index).asked(by: cause) != .normal
            else { continue }
            // Each dispute is looked at and accepted by itself.
            if cause == .disputedInstrument, hasDispute(UInt32(truncatingIfNeeded: index)) { continue }
            beginAnew(scope, index, cause)
            setState(scope, index, cause, .normal, by: name, alerts: true)
            count += 1
        }
        // What was to be closed and cannot be is given up, too.
        for each in 0..<risks.count where risks[each].isClosing {
            guard scope == .account || scope == .instrument && each == index else { continue }
            risks[each].isClosing = false
            count += 1
        }
        lookAtEquity()
        react()
        guard count == 0 else { return answer(input, .lift, count: count) }
        if let left = states.state(scope, index).cause { return answer(input, .lift, rule: left.rule) }
        // Data comes, or it does not: nobody's word changes that.
        if scope == .instrument, streams.isStale(markets[index].stream) {
            return answer(input, .lift, rule: .staleData)
        }
        return answer(input, .lift, rule: .noChange)
    }

    private mutating func beginAnew(_ scope: RiskScope, _ index: Int, _ cause: StateCause) {
        switch cause {
        case .dayLoss:
            switch scope {
            case .account: breakers.liftDayLoss(ledger.equity)
            case .strategy:
                if index < strategyDays.strategyCount {
                    strategyDays[index].base = strategyDays[index].profit
                }
            case .instrument: break
            }
        case .drawdown: breakers.liftDrawdown(ledger.equity)
        case .sessionDrawdown: breakers.liftSessionDrawdown(ledger.equity)
        case .consecutiveRejects: breakers.rejectCount = 0
        case .cancelRatio: countRequestsAnew()
        case .repeatedExecutions: executionsLifted[index] = sequence
        case .killed, .engineHeld, .journalFailed, .stopped, .operatorSaid, .executionSetNearFull,
            .disputedInstrument, .disputedAccount, .statesUnknown:
            break
        }
    }

    /// Whether an order of the instrument is disputed.
    mutating func hasDispute(_ instrument: UInt32) -> Bool {
        for slot in 0..<pool.touchedCount
        where pool[slot].instrument == instrument && pool[slot].knowledge == .disputed
            && pool[slot].lifecycle != .closed
        {
            return true
        }
        return false
    }

    // MARK: What earlier runs left

    /// Before the first order: what stopped a scope outlives the run that met it. What is of a day holds on that day only.
    mutating func restoreState(_ input: Input) -> InputEffect {
        let origin = restoringState
        restoringState = Input(kind: .restoreOrigin)
        guard let scope = RiskScope(rawValue: input.flags), let state = TradingState(rawValue: input.side),
            state != .normal, let index = Self.index(input, scope), states.isScope(scope, index),
            let rule = Rule(rawValue: input.user_ref), let cause = StateCause.of(rule), cause.isDurable,
            !cause.isOfDay || input.quantity == venueDay
        else { return .none }
        setState(
            scope, index, cause, state,
            by: OperatorName(high: origin.venue_time_ns, low: origin.execution_id), limit: origin.price,
            value: origin.quantity, sinceUtcNs: input.execution_id)
        return .none
    }

    mutating func restorePeak(_ input: Input) -> InputEffect {
        let money = Int128(input.price) << 64 | Int128(UInt64(bitPattern: input.quantity))
        // More than any account has is no peak.
        guard money > 0, money < 1 << 100 else { return .none }
        breakers.restorePeak(BaseMoney(money: money))
        breakers.setBounds(isRising: false, states.account)
        lookAtEquity()
        return .none
    }

    // MARK: Looks

    /// What a scope may do, and the first cause for it: ``Rule/none`` where it may do everything. An instrument whose market
    /// is closed or whose data is stale says so.
    public func riskState(_ scope: RiskScope, _ index: Int = 0) -> (state: TradingState, cause: Rule) {
        let scopeState = scopeState(scope, index)
        if let cause = scopeState.cause { return (scopeState.state, cause.rule) }
        if scope == .instrument, index < markets.count {
            if risks[index].isMarketClosed { return (.halted, .marketClosed) }
            if streams.staleCount > 0, streams.isStaleNow(markets[index].stream) {
                return (.reduceOnly, .staleData)
            }
        }
        return (.normal, .none)
    }

    /// Causes that a scope can have: places for ``riskCause(_:_:at:)``.
    public static var riskCauseCount: Int { Int(StateCause.count) }

    /// What the cause at a place asks of a scope; `nil`: nothing.
    public func riskCause(
        _ scope: RiskScope, _ index: Int, at place: Int
    ) -> (state: TradingState, cause: Rule, isLiftable: Bool)? {
        guard let cause = StateCause(rawValue: UInt8(place)) else { return nil }
        let state = scopeState(scope, index).asked(by: cause)
        return state == .normal ? nil : (state, cause.rule, cause.isLiftable)
    }

    private func scopeState(_ scope: RiskScope, _ index: Int) -> ScopeState {
        states.look(scope, index)
    }
}
