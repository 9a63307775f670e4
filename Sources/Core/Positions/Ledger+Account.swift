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

    private func sum(_ part: (CurrencySums) -> Int128) -> BaseMoney {
        var sum = BaseMoney.zero
        for currency in 0..<currencyCount {
            let sums = sums(currency)
            sum.add(part(sums), times: sums.worth)
        }
        return sum
    }
}
