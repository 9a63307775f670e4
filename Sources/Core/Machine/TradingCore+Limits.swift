internal import Memory
internal import Model

// New limits in a running engine: begin, parts, commit. All are looked at before the first is taken, so that there is no
// moment in which some hold and others do not.
extension TradingCore {
    mutating func limitsBegin(_ input: Input) -> InputEffect {
        limitPartCount = 0
        limitPartsTold = 0
        limitsRequest = input.user_ref
        return .none
    }

    mutating func limitsPart(_ input: Input) -> InputEffect {
        guard limitPartsTold >= 0 else { return .none }
        limitPartsTold += 1
        guard limitPartCount < limitParts.count else { return .none }
        limitParts[limitPartCount] = LimitPart(
            value: input.quantity, instrument: input.instrument,
            strategy: UInt32(truncatingIfNeeded: input.price),
            kind: UInt16(truncatingIfNeeded: input.user_ref), scope: input.flags)
        limitPartCount += 1
        return .none
    }

    /// All or none.
    mutating func limitsCommit(_ input: Input) -> InputEffect {
        let isWhole = limitPartsTold == input.quantity && Int64(limitPartCount) == limitPartsTold
        limitPartsTold = -1
        guard isWhole else { return refuseLimits(.badTerms, kind: 0, value: Int64(limitPartCount)) }
        for place in 0..<limitPartCount {
            let part = limitParts[place]
            let rule = refusal(of: part)
            guard rule == .none else {
                return refuseLimits(rule, kind: Int64(part.kind), value: part.value)
            }
        }
        var changed: Int64 = 0
        for place in 0..<limitPartCount where apply(limitParts[place]) { changed += 1 }
        account.recountMargins(&risks)
        recountHeld()
        for index in 0..<markets.count where markets[index].isDefined {
            account.drawTrace(index, tick: risks[index].tick)
        }
        limitsHaveChanged()
        answerLimits(.none, count: changed)
        return .none
    }

    /// Stops count at the collar, which may be another one now.
    private mutating func recountHeld() {
        for slot in 0..<pool.touchedCount where pool[slot].lifecycle == .held {
            let reserved = reservedQuantity(slot)
            let before = reservedPrice(slot)
            let price = worstPrice(slot)
            guard reserved != 0, price != before else { continue }
            let order = pool[slot]
            moveOpen(Int(order.instrument), order.strategy, order.side, -reserved, at: before)
            details[slot].reservedPrice = price
            moveOpen(Int(order.instrument), order.strategy, order.side, reserved, at: price)
        }
    }

    private mutating func refuseLimits(_ rule: Rule, kind: Int64, value: Int64) -> InputEffect {
        alert(.limitsRefused, price: value, quantity: kind)
        answerLimits(rule, count: 0)
        return .none
    }

    private mutating func answerLimits(_ rule: Rule, count: Int64) {
        facts.append(
            .operatorAnswered, sequence: sequence, quantity: count, userRef: limitsRequest,
            detail: UInt32(OperatorCommand.setLimits.rawValue) | rule.rawValue << 16)
    }

    /// What stands against a limit; `.none`: it can be taken.
    private mutating func refusal(of part: LimitPart) -> Rule {
        var kind = LimitKind.positionMax
        var scope = RiskScope.account
        guard kind.become(part.kind), scope.become(part.scope) else {
            return .badTerms
        }
        // An instrument that has no margin of its own any more.
        let isNone = scope == .instrument && kind == .marginPpm && part.value == -1
        // No limit of one's own is the largest number, whatever the account's may be.
        let isOpen = scope != .account && kind.isOpen(part.value)
        guard kind.allows(part.value) || isNone || isOpen, kind.isOf(scope) else { return .badTerms }
        switch scope {
        case .account: return .none
        case .strategy: return Int(part.strategy) < account.strategyCount ? .none : .badTerms
        case .instrument:
            let index = Int(part.instrument)
            return index < markets.count && markets[index].isDefined ? .none : .unknownInstrument
        }
    }

    /// - Returns: whether it was another before.
    private mutating func apply(_ part: LimitPart) -> Bool {
        var kind = LimitKind.positionMax
        var scope = RiskScope.account
        // Looked at before: both are there.
        guard kind.become(part.kind), scope.become(part.scope) else { return false }
        let before: Int64
        switch scope {
        case .account: before = setAccountLimit(kind, part.value)
        case .strategy: before = setStrategyLimit(Int(part.strategy), kind, part.value)
        case .instrument: before = setInstrumentLimit(Int(part.instrument), kind, part.value)
        }
        guard before != part.value else { return false }
        facts.append(
            .limitChanged, sequence: sequence, price: before, quantity: part.value,
            instrument: scope == .instrument ? part.instrument : .max,
            detail: UInt32(part.kind) | UInt32(part.scope) << 16,
            strategy: scope == .strategy ? UInt16(truncatingIfNeeded: part.strategy) : .max)
        return true
    }

    private mutating func setAccountLimit(_ kind: LimitKind, _ value: Int64) -> Int64 {
        let before = account.limits[kind]
        account.limits[kind] = value
        if kind == .positionMax {
            for index in 0..<risks.count where !risks[index].hasOwnPositionMax {
                risks[index].positionMax = value
            }
        } else if kind == .ordersPerSecond || kind == .orderBurst {
            account.rate.change(
                perSecond: account.limits.ordersPerSecond, burst: account.limits.orderBurst, nowNs: nowNs)
        }
        return before
    }

    private mutating func setStrategyLimit(_ strategy: Int, _ kind: LimitKind, _ value: Int64) -> Int64 {
        let before = account.strategies[strategy].limits[kind]
        account.strategies[strategy].limits[kind] = value
        if kind == .ordersPerSecond || kind == .orderBurst {
            let own = account.strategies[strategy].limits
            account.strategies[strategy].rate.change(
                perSecond: own.ordersPerSecond, burst: own.orderBurst, nowNs: nowNs)
        }
        return before
    }

    private mutating func setInstrumentLimit(_ index: Int, _ kind: LimitKind, _ value: Int64) -> Int64 {
        let before = instrumentLimit(index, kind)
        switch kind {
        case .positionMax:
            risks[index].hasOwnPositionMax = value != .max
            risks[index].positionMax = value == .max ? account.limits.positionMax.raw : value
        case .orderQuantityMax: account.rare[index].orderQuantityMax = value
        case .orderNotionalMax: account.rare[index].orderNotionalMax = value
        case .averageDailyVolume: account.rare[index].dailyVolume = value
        case .isRestricted: risks[index].isRestricted = value != 0
        case .marginPpm: account.rare[index].marginPpm = value
        case .locatedQuantity: account.rare[index].locatedQuantity = value
        case .ordersPerSecond:
            let burst = max(account.rare[index].rate.burst, 1)
            account.rare[index].rate.change(perSecond: value, burst: burst, nowNs: nowNs)
        case .orderBurst:
            let perSecond = account.rare[index].rate.perSecond
            account.rare[index].rate.change(perSecond: perSecond, burst: value, nowNs: nowNs)
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .openOrderCountMax, .openNotionalMax, .collarPpm, .lastCollarPpm, .dailyVolumePpm,
            .duplicateOrderMax, .duplicateWindowNs, .preventsSelfTrade, .requiresCash, .allowsShortSales,
            .dayNotionalMax, .requiresDailyVolume, .dayLossMax, .dayLossPpm, .drawdownPpm,
            .sessionDrawdownPpm, .rejectCountMax, .staleDataNs, .executionCountMax, .executionWindowNs,
            .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays:
            // Looked at before: it is no instrument's.
            return value
        }
        risks[index].hasRareTerms = account.rare[index].isAny
        return before
    }

    private mutating func instrumentLimit(_ index: Int, _ kind: LimitKind) -> Int64 {
        switch kind {
        case .positionMax: risks[index].hasOwnPositionMax ? risks[index].positionMax : .max
        case .orderQuantityMax: account.rare[index].orderQuantityMax
        case .orderNotionalMax: account.rare[index].orderNotionalMax
        case .averageDailyVolume: account.rare[index].dailyVolume
        case .isRestricted: risks[index].isRestricted ? 1 : 0
        case .marginPpm: account.rare[index].marginPpm
        case .locatedQuantity: account.rare[index].locatedQuantity
        case .ordersPerSecond: account.rare[index].rate.perSecond
        case .orderBurst: account.rare[index].rate.burst
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .openOrderCountMax, .openNotionalMax, .collarPpm, .lastCollarPpm, .dailyVolumePpm,
            .duplicateOrderMax, .duplicateWindowNs, .preventsSelfTrade, .requiresCash, .allowsShortSales,
            .dayNotionalMax, .requiresDailyVolume, .dayLossMax, .dayLossPpm, .drawdownPpm,
            .sessionDrawdownPpm, .rejectCountMax, .staleDataNs, .executionCountMax, .executionWindowNs,
            .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays:
            0
        }
    }

    /// What follows from limits and is kept beside them is drawn anew.
    mutating func limitsHaveChanged() {
        account.limitsHaveChanged()
        takeBreakers()
        showLimits()
    }

    /// What strategies are shown of limits.
    private mutating func showLimits() {
        context.limit(account.limits.orderQuantityMax.raw)
        for strategy in 0..<account.strategyCount {
            context.limit(strategy, account.strategies[strategy].limits)
        }
    }
}
