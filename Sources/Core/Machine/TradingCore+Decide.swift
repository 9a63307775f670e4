internal import Model

extension TradingCore {
    /// Handles what the strategy that was just called has said: timers, then its signals in the order in which it
    /// gave them, each sized, priced and checked, before the next strategy is called.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func decide() {
        for place in 0..<context.timersUsed {
            let isSet = timers.insert(context.timers[place])
            precondition(isSet, "Invariant: the context counts the room for timers")
            nextDeadlineNs = min(nextDeadlineNs, timers.nextDueNs)
        }
        context.timersUsed = 0
        if unlikely(context.othersUsed > 0) { subscribeRequested() }
        let strategy = UInt16(truncatingIfNeeded: context.called)
        for place in 0..<context.signalsUsed {
            handle(
                context.signals[place], strategy, hasTerms: context.termsMask >> UInt16(place) & 1 != 0, place
            )
        }
        context.signalsUsed = 0
        context.termsMask = 0
        context.metadataMask = 0
        if unlikely(context.signalsRefused > 0) { recordRefusedSignals(strategy) }
    }

    @inline(__always)
    private mutating func handle(_ signal: Signal, _ strategy: UInt16, hasTerms: Bool, _ place: Int) {
        guard likely(signalsInStep < signalCountPerStepMax) else {
            context.signalsRefused += 1
            return
        }
        signalsInStep += 1
        counters.signals += 1
        let index = Int(signal.instrument.index)
        let isKnown = index < markets.count && markets[index].isDefined
        var reference: Int64 = 0
        if isKnown {
            reference = Self.reference(&markets[index])
            if reference != 0 { account.setReference(&risks[index], index, reference) }
        }
        facts.append(
            .signal, sequence: sequence, executionID: signal.strength.bitPattern, price: reference,
            quantity: signal.quantity.raw, instrument: signal.instrument.index,
            detail: UInt32(signal.action.rawValue), strategy: strategy)
        if unlikely(context.metadataMask >> UInt16(place) & 1 != 0) {
            recordMetadata(place, signal.instrument.index, strategy)
        }
        guard likely(isKnown) else {
            discard(signal, strategy, RiskVerdict(.unknownInstrument))
            return
        }
        // One call for all kinds of orders: the way to an order is long, and is inlined here once.
        var flags = signal.flags
        let side: Side
        let quantity: Int64
        switch signal.action {
        case .hold: return
        case .cancel: return cancelOrders(index, strategy)
        case .cancelOrder, .replace: return change(signal, strategy, index, place, hasTerms: hasTerms)
        case .buy:
            side = .buy
            quantity = sized(signal, index)
        case .sell:
            side = .sell
            quantity = sized(signal, index)
        case .flat:
            // Closes what the strategy itself holds and none of its working orders closes already; where it has no book of
            // its own, what the account holds.
            let hasBook = Int(strategy) < account.strategyCount
            let place = bookPlace(strategy, index)
            let position = hasBook ? strategyBooks[place].position : risks[index].position
            guard likely(position != 0) else { return discard(signal, strategy, RiskVerdict(.sizedToZero)) }
            side = position > 0 ? .sell : .buy
            let working =
                if position > 0 {
                    hasBook ? strategyBooks[place].openSell : risks[index].openSell
                } else {
                    hasBook ? strategyBooks[place].openBuy : risks[index].openBuy
                }
            quantity = max(abs(position) - working, 0)
            // Others may hold the opposite: then what closes here opens there, and is held to the limits like any order.
            if likely(AccountRisk.isReducing(&risks[index], side, quantity)) {
                flags = OrderFlags(rawValue: flags.rawValue | OrderFlags.reduceOnly.rawValue)
            }
        }
        order(signal, strategy, index, side, quantity: quantity, flags, hasTerms: hasTerms, place)
    }

    /// What a signal asks of an order that is there.
    @inline(never)
    private mutating func change(
        _ signal: Signal, _ strategy: UInt16, _ index: Int, _ place: Int, hasTerms: Bool
    ) {
        let handle = hasTerms ? context.terms[place].order : .none
        guard let slot = liveOrder(handle), Int(pool[slot].instrument) == index else {
            return discard(signal, strategy, RiskVerdict(.noSuchOrder))
        }
        var verdict = RiskVerdict(.requestPending)
        if signal.action == .replace {
            verdict = requestReplace(slot, price: signal.limit.raw, quantity: signal.quantity.raw)
        } else if pool[slot].request != .cancelPending {
            return cancelWhenPossible(slot)
        }
        if !verdict.isPassed { discard(signal, strategy, verdict) }
    }

    // Mutating by form only, like every helper on the way of an event: the compiler copies the whole core, two
    // kilobytes, to lend it to a method that is not (seen in the machine code; it cost 120 ns an order).
    /// The signal's own quantity, else the one from the settings, rounded down to the lot.
    @inline(__always)
    private mutating func sized(_ signal: Signal, _ index: Int) -> Int64 {
        guard signal.quantity.raw == 0 else { return signal.quantity.raw }
        let lot = Int64(risks[index].lot)
        return lot == 1 ? sizingQuantity : sizingQuantity - sizingQuantity % lot
    }

    /// Signal checks, price, order: nearly every signal is a plain limit order that passes every limit as it is.
    @inline(__always)
    private mutating func order(
        _ signal: Signal, _ strategy: UInt16, _ index: Int, _ side: Side, quantity: Int64,
        _ flags: OrderFlags,
        hasTerms: Bool, _ place: Int
    ) {
        let verdict = checkSignal(strategy, index)
        guard likely(verdict.isPassed) else { return discard(signal, strategy, verdict) }
        let isPlain =
            !hasTerms && signal.orderType == .limit && signal.timeInForce != .goodTillDate
            && !flags.isReduceOnly
        let price = signal.limit.raw != 0 ? signal.limit.raw : touch(index, side)
        guard
            likely(isPlain),
            likely(surelyPasses(index, strategy, side, quantity: quantity, price: price))
        else {
            return orderInFull(
                signal, strategy, index, side, quantity: quantity, flags, hasTerms: hasTerms, place)
        }
        createOrder(
            strategy, index, side, price: price, quantity: quantity, orderType: .limit,
            timeInForce: signal.timeInForce, flags: flags, strength: signal.strength, isSure: true)
    }

    /// The same for any order, which is made to fit where its size is not the strategy's own.
    @inline(never)
    private mutating func orderInFull(
        _ signal: Signal, _ strategy: UInt16, _ index: Int, _ side: Side, quantity: Int64,
        _ flags: OrderFlags,
        hasTerms: Bool, _ place: Int
    ) {
        guard quantity != 0 else { return discard(signal, strategy, RiskVerdict(.sizedToZero)) }
        // Where not a single lot more fits, no order is made of it.
        let lot = Int64(risks[index].lot)
        guard AccountRisk.end(&risks[index], side, lot) <= risks[index].positionMax else {
            return discard(
                signal, strategy,
                RiskVerdict(
                    .positionLimit, limit: risks[index].positionMax,
                    // A quantity that is none would overflow the sum.
                    value: AccountRisk.end(&risks[index], side, max(min(quantity, Self.quantityBound), lot)),
                    scope: risks[index].hasOwnPositionMax ? .instrument : .account))
        }
        if hasTerms || signal.orderType.isStop || signal.timeInForce == .goodTillDate {
            let terms = hasTerms ? context.terms[place] : SignalTerms()
            return createDetailed(signal, terms, strategy, index, side, quantity: quantity, flags)
        }
        guard let price = priced(signal, index, side) else {
            return discard(signal, strategy, RiskVerdict(.noQuote))
        }
        var size = quantity
        if signal.action == .flat {
            size = account.largestOrder(&risks[index], index, quantity: quantity, price: price)
        } else if signal.quantity.raw == 0 {
            // A size that nobody named is made to fit; one that a strategy named is taken at its word.
            size = account.largestOpening(&risks[index], index, quantity: quantity, price: price, &ledger)
        }
        guard size != 0 else { return discard(signal, strategy, RiskVerdict(.sizedToZero)) }
        createOrder(
            strategy, index, side, price: price, quantity: size, orderType: signal.orderType,
            timeInForce: signal.timeInForce, flags: flags, strength: signal.strength)
    }

    /// Whether the instrument is in a state to be traded at all.
    @inline(__always)
    private mutating func checkSignal(_ strategy: UInt16, _ index: Int) -> RiskVerdict {
        let state = checkSignalStates(strategy, index)
        guard likely(state.isPassed) else { return state }
        if unlikely(risks[index].isRestricted) { return RiskVerdict(.restrictedSymbol, scope: .instrument) }
        let instrument = InstrumentID(index: UInt32(truncatingIfNeeded: index))
        let doubt = books.doubt(instrument)
        guard likely(doubt == 0) else { return RiskVerdict(.staleBook, value: doubt) }
        switch markets[index].trading {
        case .trading: break
        case .unknown:
            if requiresTradingStatus { return RiskVerdict(.notTrading) }
        case .halted, .paused, .quotationOnly:
            return RiskVerdict(.notTrading, value: Int64(markets[index].trading.rawValue))
        }
        guard likely(risks[index].reference > 0) else { return RiskVerdict(.noQuote) }
        return .passed
    }

    /// The order's limit: the signal's own, else the touch of the other side. A market order is a limit at the
    /// collar. `nil`: nobody to trade with.
    mutating func priced(_ signal: Signal, _ index: Int, _ side: Side) -> Int64? {
        guard signal.orderType == .limit else { return collarPrice(index, side) }
        if signal.limit.raw != 0 { return signal.limit.raw }
        let price = touch(index, side)
        return price == .min ? nil : price
    }

    /// The best price of the other side; `Int64.min`: nobody is there.
    @inline(__always)
    private mutating func touch(_ index: Int, _ side: Side) -> Int64 {
        let isBuy = side == .buy
        let quantity =
            isBuy ? markets[index].quote.askQuantity.raw : markets[index].quote.bidQuantity.raw
        let price = isBuy ? markets[index].quote.ask.raw : markets[index].quote.bid.raw
        return quantity > 0 ? price : .min
    }

    /// As far from the reference as the collar allows, rounded inward to the tick: what a market order is sent at.
    mutating func collarPrice(_ index: Int, _ side: Side) -> Int64 {
        let reference = risks[index].reference
        let band = account.collarBand(reference)
        let tick = Int64(risks[index].tick)
        if side == .buy {
            let limit = reference + band
            return limit - limit % tick
        }
        let limit = reference - band
        return limit + (tick - limit % tick) % tick
    }

    @inline(never)
    mutating func discard(_ signal: Signal, _ strategy: UInt16, _ verdict: RiskVerdict) {
        counters.signalsDiscarded += 1
        facts.append(
            .signalDiscarded, sequence: sequence, price: verdict.limit, quantity: verdict.value,
            instrument: signal.instrument.index, detail: verdict.detail, strategy: strategy)
    }

    /// Signals beyond a bound: counted always, recorded once a callback, and once a step beyond the step's bound.
    @inline(never)
    private mutating func recordRefusedSignals(_ strategy: UInt16) {
        let refused = context.signalsRefused
        context.signalsRefused = 0
        counters.signalsDiscarded += UInt64(refused)
        if signalsInStep < signalCountPerStepMax {
            signalsInStep += 1
        } else if hasRefusedSignalInStep {
            return
        } else {
            hasRefusedSignalInStep = true
        }
        facts.append(
            .signalDiscarded, sequence: sequence, price: Int64(StrategyContext.signalCountMax),
            quantity: Int64(refused), detail: Rule.signalBufferFull.rawValue, strategy: strategy)
    }
}
