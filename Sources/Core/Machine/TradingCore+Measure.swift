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
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity.raw)
        var verdict = checkStates(
            strategy, index, side, quantity.raw, reducing: reducing, shrinks: false, isHeld: false,
            mayOpen: false)
        if likely(verdict.isPassed),
            unlikely(!surelyPasses(index, strategy, side, quantity: quantity.raw, price: price.raw))
        {
            verdict = judge(
                index, strategy, side, quantity: quantity.raw, price: price.raw,
                flags: OrderFlags(rawValue: 0), reducing: reducing, isHeld: false)
        }
        if likely(verdict.isPassed) { verdict = checkRoom(Int(risks[index].session), reducing: reducing) }
        if likely(verdict.isPassed) {
            verdict = account.admit(
                &risks[index], index, strategy, side, quantity: quantity.raw, price: price.raw,
                reducing: reducing, nowNs: nowNs)
        }
        return verdict.rule
    }
}
