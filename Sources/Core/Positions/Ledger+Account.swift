internal import Model

// The account as it is shown: sums over the currencies, made when somebody looks.
extension Ledger {
    /// Every figure converted from the exact sums, and rounded once: what we have down, what we owe up.
    var account: AccountTotals {
        var totals = AccountTotals()
        totals.cash = (cash - fees).money
        totals.marketValue = sum { $0.marketValue.raw }.money
        totals.equity = equity.money
        totals.realised = realised.money
        totals.unrealised = unrealised.money
        totals.feesMillionths = fees.millionthsRoundedUp
        totals.grossExposure = sum { $0.grossExposure.raw }.moneyRoundedUp
        totals.tradedNotional = sum { $0.tradedNotional.raw }.money
        for currency in 0..<currencyCount { totals.volume += sums(currency).volume }
        totals.dayProfit = (equity - equityAtDayBegin).money
        totals.equityPeak = equityPeak.money
        let fall = equityPeak - equity
        totals.drawdown = fall.moneyRoundedUp
        totals.drawdownBps = fall.basisPoints(of: equityPeak) ?? 0
        totals.drawdownMax = drawdownMax.moneyRoundedUp
        totals.drawdownMaxBps = drawdownMax.basisPoints(of: drawdownMaxPeak) ?? 0
        return totals
    }

    // MARK: Exact

    var realised: BaseMoney { sum { $0.realised.raw } }
    var unrealised: BaseMoney { sum { $0.unrealised.raw } }

    /// Start cash and what executions moved, before fees.
    var cash: BaseMoney { sum { $0.startCash.raw + $0.realised.raw - $0.cost.raw } }

    var fees: BaseMoney {
        var sum = BaseMoney.zero
        for currency in 0..<currencyCount {
            let sums = sums(currency)
            sum.add(sums.feesMillionths, times: Int128(sums.rate))
        }
        return sum
    }

    /// What ``equity`` is, added up from its parts.
    var equityOfParts: BaseMoney { cash + sum { $0.marketValue.raw } - fees }

    // MARK: The parts sum to the whole

    /// See ``TradingCore/disagreementOfMoney``.
    func disagreement(instrumentCount: Int) -> String? {
        var whole = BaseMoney.zero
        for currency in 0..<currencyCount {
            var parts = CurrencySums()
            for index in 0..<instrumentCount where self[index].currency == currency {
                let position = self[index]
                let value = position.value(position.mark, position.quantity.raw)
                if position.quantity.raw != 0, position.marketValue.raw != value {
                    return "instrument \(index) is worth \(position.marketValue.raw), marked \(value)"
                }
                parts.realised += position.realised
                parts.unrealised += position.unrealised
                parts.cost += position.cost
                parts.grossExposure += position.marketValue.magnitude
                parts.feesMillionths += position.feesMillionths
                parts.volume += position.volume
            }
            let sums = sums(currency)
            let code = code(currency)
            if parts.realised != sums.realised { return "realised of \(code)" }
            if parts.unrealised != sums.unrealised { return "unrealised of \(code)" }
            if parts.cost != sums.cost { return "cost of \(code)" }
            if parts.grossExposure != sums.grossExposure { return "gross exposure of \(code)" }
            if parts.feesMillionths != sums.feesMillionths { return "fees of \(code)" }
            if parts.volume != sums.volume { return "volume of \(code)" }
            let cash = sums.startCash + parts.realised - parts.cost
            let held = parts.cost + parts.unrealised
            if sums.cash + sums.marketValue != sums.equity { return "equity of \(code)" }
            whole.add((cash + held).raw, times: sums.worth)
            whole.add(-parts.feesMillionths, times: Int128(sums.rate))
        }
        if whole != equity { return "equity, of the positions" }
        var spendable = cash - fees
        for index in 0..<instrumentCount where self[index].isMargined {
            spendable.add(self[index].cost.raw, times: sums(Int(self[index].currency)).worth)
        }
        if spendable != available { return "available cash" }
        return equityOfParts == equity ? nil : "equity, of the currencies"
    }

    private func sum(_ part: (CurrencySums) -> Int128) -> BaseMoney {
        var sum = BaseMoney.zero
        for currency in 0..<currencyCount {
            let sums = sums(currency)
            sum.add(part(sums), times: sums.worth)
        }
        return sum
    }
}
