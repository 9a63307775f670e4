public import Model

extension TradingCore {
    /// All that an order passes before it is made, and nothing else: whether it reduces, every limit, what it needs beside
    /// risk's consent, repetitions and rates. No order is made and no fact written; of what passes, repetitions and rates are
    /// counted as of any order. For benchmarks, which have no other way to measure the checks alone.
    ///
    /// - Returns: the rule that refuses; `.none`: it would be made.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(never)
    public mutating func judgeAlone(
        _ instrument: InstrumentID, strategy: UInt16, _ side: Side, price: Price, quantity: Quantity
    ) -> Rule {
        let index = Int(instrument.index)
        guard index < markets.count, markets[index].isDefined else { return .unknownInstrument }
        prefetchChecks(index, strategy)
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity.raw)
        var question = RiskQuestion(
            side: side, quantity: quantity.raw, price: price.raw, flags: OrderFlags(rawValue: 0),
            reducing: reducing, isHeld: false, isCounted: false, strategy: strategy,
            lastPrice: markets[index].lastPrice.raw, nowNs: nowNs)
        var verdict = judge(index, &question)
        if likely(verdict.isPassed) { verdict = checkRoom(Int(risks[index].session), reducing: reducing) }
        if likely(verdict.isPassed) { verdict = account.admit(&risks[index], index, &question) }
        return verdict.rule
    }
}
