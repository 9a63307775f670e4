public import Model

// What people, reports and tests look at. Nothing here changes anything.
extension TradingCore {
    /// What the account holds. Traps outside the instrument table.
    public func position(_ instrument: InstrumentID) -> Position { ledger[Int(instrument.index)] }

    /// Sums over all positions, in the base currency.
    public var totals: AccountTotals { ledger.account }

    public var costMethod: CostMethod { ledger.costMethod }

    /// What somebody who looks all the time is shown: no more than that, as the hot thread works it out.
    public var equityFigures: (equity: Money, dayProfit: Money, drawdown: Money, peak: Money) {
        (
            ledger.equity.money, (ledger.equity - ledger.equityAtDayBegin).money,
            (ledger.equityPeak - ledger.equity).moneyRoundedUp, ledger.equityPeak.money
        )
    }

    /// Currencies of the account; the base is the first.
    #if DEBUG
    public var currencyCount: Int { ledger.currencyCount }
    #else
    public var currencyCount: Int { @_noLocks get { ledger.currencyCount } }
    #endif

    /// The exact sums of one currency.
    public func sums(ofCurrency currency: Int) -> CurrencySums { ledger.sums(currency) }

    /// Its code.
    public func code(ofCurrency currency: Int) -> Symbol { ledger.code(currency) }

    /// Adds the account up from its positions, the slow way: in every currency cash and what is held are the equity, and
    /// what the currencies come to is the account's. What does not agree, in words; `nil`: all of it does.
    public var disagreementOfMoney: String? { ledger.disagreement(instrumentCount: markets.count) }

    public func instrument(_ instrument: InstrumentID) -> Instrument { instruments[Int(instrument.index)] }

    /// Whether anybody has defined the instrument: the configuration or the feed.
    public func isDefined(_ instrument: InstrumentID) -> Bool { markets[Int(instrument.index)].isDefined }

    #if DEBUG
    public var instrumentCountMax: Int { markets.count }
    #else
    public var instrumentCountMax: Int { @_noLocks get { markets.count } }
    #endif

    /// The worst case as running sums.
    public func risk(_ instrument: InstrumentID) -> RiskLine { risks[Int(instrument.index)] }

    /// Best prices, last trade, status.
    public func market(_ instrument: InstrumentID) -> MarketLine { markets[Int(instrument.index)] }

    /// Sum over the instruments of the worst end of the position at its reference price, in the base currency, rounded
    /// up.
    public var grossNotional: Money { Money(raw: account.grossNotional) }

    /// Orders that have not ended.
    public var openOrderCount: Int { account.openOrderCount }

    /// Orders that nobody has answered for: counted at their worst until something does.
    public var inDoubtCount: Int { doubtCount }

    public func isSessionUp(_ session: UInt8) -> Bool { sessions[Int(session)].isUp }

    public var tradingState: TradingState {
        states.account.state
    }

    /// Order records in use, those that wait for the end of the evidence horizon included.
    public var liveOrderCount: Int { pool.liveCount }

    /// No order record at or above this index was ever used.
    #if DEBUG
    public var orderSlotCount: Int { pool.touchedCount }
    #else
    public var orderSlotCount: Int { @_noLocks get { pool.touchedCount } }
    #endif

    /// The record in a slot, `nil`: it is free.
    public func order(slot: Int) -> OrderRecord? {
        guard slot < pool.touchedCount, pool[slot].lifecycle != .closed else { return nil }
        return pool[slot]
    }

    /// The order of a number on a session, while its record lives.
    public func order(session: UInt8, userRef: UInt32) -> OrderRecord? {
        guard let named = slots.find(session, userRef), named & Self.cancelBit == 0 else { return nil }
        return pool[Int(named & Self.slotMask)]
    }
}
