internal import Model

// The account as one: its days, its rates, and what is written down of it.
extension TradingCore {
    // MARK: Days

    /// The venue's day, counted from 1970-01-01 in its own calendar.
    var venueDay: Int64 {
        let seconds = Int64((utcOffsetNs &+ nowNs) / 1_000_000_000) + tradingDayOffsetSeconds
        return max(seconds, 0) / 86_400
    }

    /// The end of the day whose profit is counted, which moves in core time where the clock was set. A clock that was set
    /// back brings no day a second time.
    mutating func setDayEnd() {
        let utcSeconds = (profitDay + 1) * 86_400 - tradingDayOffsetSeconds
        let utcNs = Int128(utcSeconds) * 1_000_000_000
        dayEndsNs = UInt64(clamping: utcNs - Int128(utcOffsetNs))
        updateDeadline()
    }

    /// The day's last word first: its profit counts from zero behind it.
    @inline(never)
    mutating func rollDay() {
        recordAccount(.dayEnd)
        ledger.beginDay()
        account.beginDay()
        profitDay = max(profitDay + 1, venueDay)
        beginBreakersDay()
        setDayEnd()
    }

    // MARK: Rates

    /// Beyond this no currency is worth anything that people count in: a million of the base.
    static var rateMax: Int64 { 1_000_000 * Ledger.rateOne }

    /// - Returns: the rule that stands against it.
    @inline(never)
    mutating func setRate(_ code: UInt64, _ rate: Int64) -> Rule {
        guard let currency = ledger.currency(ofCode: code), currency != 0 else { return .unknownCurrency }
        guard rate > 0, rate <= Self.rateMax else { return .badRate }
        let before = ledger.sums(currency).rate
        guard ledger.setRate(currency, rate) else { return .noChange }
        account.setRate(currency, rate)
        rateMoved(currency, by: Int128(rate) - Int128(before))
        facts.append(.currencyRate, sequence: sequence, executionID: code, price: before, quantity: rate)
        recordAccount(.rate)
        return .none
    }

    // MARK: Records

    /// The account and each of its currencies, as facts.
    @inline(never)
    mutating func recordAccount(_ moment: AccountMoment) {
        let totals = ledger.account
        facts.append(
            .accountState, sequence: sequence,
            executionID: UInt64(bitPattern: Int64(clamping: totals.drawdown.raw)),
            price: Int64(clamping: totals.equity.raw), quantity: Int64(clamping: totals.dayProfit.raw),
            detail: moment.rawValue)
        for currency in 0..<ledger.currencyCount {
            let sums = ledger.sums(currency)
            facts.append(
                .currencyState, sequence: sequence, executionID: ledger.code(currency).raw,
                price: Int64(clamping: sums.cash.raw), quantity: Int64(clamping: sums.marketValue.raw))
        }
    }

    // MARK: Looks

    /// The account as it is shown.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func view(account totals: inout AccountTotals) { totals = ledger.account }

    /// One of its currencies; `false`: there are not so many.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func view(currencyAt index: Int, _ view: inout CurrencyView) -> Bool {
        guard index < ledger.currencyCount else { return false }
        let sums = ledger.sums(index)
        view.code = ledger.code(index).raw
        view.rate = sums.rate
        view.cash = sums.cash.raw
        view.marketValue = sums.marketValue.raw
        view.equity = sums.equity.raw
        view.realised = sums.realised.raw
        view.unrealised = sums.unrealised.raw
        view.fees = sums.fees.raw
        return true
    }
}
