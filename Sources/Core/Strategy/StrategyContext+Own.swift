public import Model

// What the called strategy itself holds, has working, and may still do.
extension StrategyContext {
    /// The called strategy's own book in an instrument with what it takes to read it: quantity, average price, profit, what is
    /// working. Traps outside the instrument table.
    @inlinable public func ownPosition(_ instrument: InstrumentID) -> OwnPosition {
        let book = own(instrument)
        let line = market(instrument)
        let mark: Price =
            if book.position > 0, line.quote.bidQuantity.raw > 0 {
                line.quote.bid
            } else if book.position < 0, line.quote.askQuantity.raw > 0 {
                line.quote.ask
            } else {
                line.lastPrice
            }
        return OwnPosition(
            instrument: instrument, book: book, multiplier: Int64(risk(instrument).multiplier), mark: mark)
    }

    /// The largest order on `side` that the limits on quantities and positions let pass now, the account's and the strategy's
    /// own, open orders counted as if filled, in whole lots. Limits on money, rates and counts are asked when the order is made.
    /// 0 where only closing is left and the order would not close. Traps outside the instrument table.
    @inlinable public func room(_ instrument: InstrumentID, _ side: Side) -> Quantity {
        let line = risk(instrument)
        let book = own(instrument)
        let closing: Int64
        let account: Int64
        let ownRoom: Int64
        switch side {
        case .buy:
            closing = max(-line.position - line.openBuy, 0)
            account = line.positionMax &- line.position &- line.openBuy
            ownRoom = Self.room(ownPositionMax, book.position &+ book.openBuy)
        case .sell:
            closing = max(line.position - line.openSell, 0)
            account = line.positionMax &+ line.position &- line.openSell
            ownRoom = Self.room(ownPositionMax, book.openSell &- book.position)
        case .none: return .zero
        }
        var most = min(orderQuantityMax, ownOrderQuantityMax)
        switch state(instrument) {
        case .normal: most = min(most, min(account, ownRoom))
        case .reduceOnly, .liquidationOnly: most = min(most, closing)
        case .halted: return .zero
        }
        guard most > 0 else { return .zero }
        return Quantity(raw: line.lot > 1 ? most - most % Int64(line.lot) : most)
    }

    @inlinable static func room(_ limit: Int64, _ end: Int64) -> Int64 {
        limit == .max ? .max : limit &- end
    }

    /// What the called strategy may do in an instrument: the strictest of the account's, its own and the instrument's
    /// state, hours and restriction included; stale data of a whole stream is told by `onRiskState` alone.
    /// Traps outside the instrument table.
    @inlinable public func state(_ instrument: InstrumentID) -> TradingState {
        max(max(accountState, scopes.state(called, Int(instrument.index))), risk(instrument).shownState)
    }

    /// What the called strategy may hold in one instrument, either way; `Int64.max`: it has no limit of its own.
    @inlinable public var ownPositionMax: Int64 {
        called < limitedStrategyCount ? positionLimits[called] : .max
    }

    /// What one of its orders may be of; `Int64.max`: it has no limit of its own.
    @inlinable public var ownOrderQuantityMax: Int64 {
        called < limitedStrategyCount ? quantityLimits[called] : .max
    }

    /// Takes over the account's limits, at the start and when others come into force.
    mutating func limit(_ orderQuantityMax: Int64) { self.orderQuantityMax = orderQuantityMax }

    /// The same of one strategy's.
    mutating func limit(_ strategy: Int, _ limits: StrategyLimits) {
        limitedStrategyCount = max(limitedStrategyCount, strategy + 1)
        positionLimits[strategy] = limits.positionMax.raw
        quantityLimits[strategy] = limits.orderQuantityMax.raw
    }
}

extension RiskLine {
    /// What may be done in the instrument, as far as it alone says.
    #if DEBUG
    public var shownState: TradingState {
        isRestricted || isMarketClosed || isClosing ? .halted : isReduceOnly ? .reduceOnly : .normal
    }
    #else
    public var shownState: TradingState {
        @_noLocks get {
            isRestricted || isMarketClosed || isClosing ? .halted : isReduceOnly ? .reduceOnly : .normal
        }
    }
    #endif
}
