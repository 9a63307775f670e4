internal import Memory
internal import Model

// Other currencies than the base, and margins of single instruments: rare, exact, and out of the way of the rest.
extension AccountRisk {
    /// Σ max(|P + B|, |P − S|) · reference · multiplier over all instruments, in the base currency, rounded up.
    var grossNotional: Int128 { hasForeign ? exactGross.moneyRoundedUp.raw : base.gross }

    var exactGross: BaseMoney {
        var sum = foreignGross
        sum.add(base.gross, times: Int128(BaseMoney.unit))
        return sum
    }

    /// Says what a currency is worth from here on.
    mutating func setRate(_ currency: Int, _ rate: Int64) {
        let moved = Int128(rate) - Int128(foreign[currency].rate)
        foreign[currency].rate = rate
        foreignGross.add(foreign[currency].sums.gross, times: moved * 1_000_000)
    }

    @inline(never)
    mutating func moveForeign(
        _ line: inout RiskLine, worst: Int64, long: Int64, short: Int64, _ side: Side, _ open: Int64,
        _ price: Int64
    ) {
        let currency = Int(line.currency)
        Self.raise(&foreign[currency].sums, &line, worst: worst, long: long, short: short)
        if open != 0 { Self.raiseOpen(&foreign[currency].sums, &line, side, open, price) }
        foreignGross.add(Self.notional(worst, &line), times: foreign[currency].worth)
    }

    @inline(never)
    mutating func referenceForeign(
        _ line: inout RiskLine, moved: Int64, worst: Int64, long: Int64, short: Int64
    ) {
        let currency = Int(line.currency)
        let gross = Self.product(moved, worst, line.multiplier)
        foreign[currency].sums.gross += gross
        foreign[currency].sums.netLong += Self.product(moved, long, line.multiplier)
        foreign[currency].sums.netShort += Self.product(moved, short, line.multiplier)
        foreignGross.add(gross, times: foreign[currency].worth)
    }

    // MARK: Margins of single instruments

    /// Its margin beside the account's, by which its notional counts more, or less.
    @inline(never)
    mutating func moveRare(_ line: inout RiskLine, _ index: Int, worst: Int64) {
        raiseMargin(&line, index, Self.notional(worst, &line))
    }

    @inline(never)
    mutating func referenceRare(_ line: inout RiskLine, _ index: Int, moved: Int64, worst: Int64) {
        raiseMargin(&line, index, Self.product(moved, worst, line.multiplier))
    }

    private mutating func raiseMargin(_ line: inout RiskLine, _ index: Int, _ notional: Int128) {
        let beside = marginBeside(index)
        guard beside != 0, notional != 0 else { return }
        if line.currency == 0 {
            headroom.isStale = true
            base.marginBeside += notional * Int128(beside)
        } else {
            foreign[Int(line.currency)].sums.marginBeside += notional * Int128(beside)
        }
    }

    /// Parts per million that the instrument's margin has beside the account's.
    func marginBeside(_ index: Int) -> Int64 {
        let own = rare[index].marginPpm
        return own < 0 ? 0 : own - limits.marginPpm
    }

    /// Sums anew what instruments with a margin of their own need, after margins have changed.
    mutating func recountMargins(_ risks: inout FixedArray<RiskLine>) {
        headroom.isStale = true
        base.marginBeside = 0
        for index in 0..<foreign.count { foreign[index].sums.marginBeside = 0 }
        for index in 0..<risks.count where risks[index].hasRareTerms {
            raiseMargin(&risks[index], index, Self.notional(Self.worst(&risks[index]), &risks[index]))
        }
    }

    // MARK: Exact comparisons

    /// A limit on money in another currency, rounded down.
    @inline(never)
    mutating func inCurrency(_ currency: Int, _ money: Int128) -> Int128 {
        let (scaled, overflowed) = money.multipliedReportingOverflow(by: Int128(Ledger.rateOne))
        return (overflowed ? .max : scaled) / Int128(foreign[currency].rate)
    }

    func worth(_ currency: Int) -> Int128 {
        currency == 0 ? Int128(BaseMoney.unit) : foreign[currency].worth
    }

    static func exact(_ money: Int128) -> BaseMoney {
        var exact = BaseMoney.zero
        exact.add(money, times: Int128(BaseMoney.unit))
        return exact
    }

    /// An amount of a currency, exact in the base.
    func exact(_ currency: Int, _ money: Int128) -> BaseMoney {
        var exact = BaseMoney.zero
        exact.add(money, times: worth(currency))
        return exact
    }

    /// Whether `amount` of a currency is beyond a limit on money; nothing is rounded before the comparison.
    ///
    /// - Returns: the verdict that refuses; `nil`: it is not.
    @inline(never)
    func refusal(
        _ rule: Rule, _ currency: Int, _ amount: Int128, beyond limit: Int128, scope: RiskScope = .account
    ) -> RiskVerdict? {
        let value = exact(currency, amount)
        guard value > Self.exact(limit) else { return nil }
        return RiskVerdict(
            rule, limit: Int64(clamping: limit), value: Int64(clamping: value.moneyRoundedUp.raw),
            scope: scope)
    }

    /// Which of the sums over all currencies.
    enum Total {
        case netLong, netShort, open, openAndTraded, strategyOpen(Int)
    }

    /// A sum over all currencies, exact, in the base.
    func total(_ total: Total) -> BaseMoney {
        var sum = BaseMoney.zero
        for currency in 0..<foreign.count {
            let sums = currency == 0 ? base : foreign[currency].sums
            let amount: Int128 =
                switch total {
                case .netLong: sums.netLong
                case .netShort: sums.netShort
                case .open: sums.openBuy + sums.openSell
                case .openAndTraded: sums.openBuy + sums.openSell + sums.dayTraded
                case .strategyOpen(let strategy): openNotional(strategy, currency)
                }
            sum.add(amount, times: worth(currency))
        }
        return sum
    }

    /// As ``total(_:)``, with `amount` of a currency more, against a limit on money.
    @inline(never)
    func refusal(
        _ rule: Rule, _ total: Total, plus currency: Int, _ amount: Int128, beyond limit: Int128,
        scope: RiskScope = .account
    ) -> RiskVerdict? {
        let value = self.total(total) + exact(currency, amount)
        guard value > Self.exact(limit) else { return nil }
        return RiskVerdict(
            rule, limit: Int64(clamping: limit), value: Int64(clamping: value.moneyRoundedUp.raw),
            scope: scope)
    }

    // MARK: Cash and margin

    /// What open orders can cost in fees at most, over all currencies: exact, in the base.
    func worstFees(plus currency: Int, value: Int128, units: Int64, isCounted: Bool) -> BaseMoney {
        var sum = BaseMoney.zero
        for place in 0..<foreign.count {
            let sums = place == 0 ? base : foreign[place].sums
            let own = place == currency
            let fee =
                (sums.openBuy + sums.openSell + (own ? value : 0)) * Int128(feePpm)
                + Int128(sums.openUnits + (own ? units : 0)) * Int128(feePerUnit)
                + Int128(sums.openOrderCount + (own && !isCounted ? 1 : 0)) * feePerOrder
            sum.add(fee, times: worth(place) / 1_000_000)
        }
        return sum
    }

    /// What all open purchases must be paid with: exact, in the base.
    func cashWanted(plus currency: Int, value: Int128) -> BaseMoney {
        var sum = BaseMoney.zero
        for place in 0..<foreign.count {
            let sums = place == 0 ? base : foreign[place].sums
            sum.add(sums.cashBuy + (place == currency ? value : 0), times: worth(place))
        }
        return sum
    }

    /// What the worst ends of all positions need as margin: exact, in the base.
    func marginWanted(plus currency: Int, notional: Int128, ppm: Int64) -> BaseMoney {
        var sum = BaseMoney.zero
        for place in 0..<foreign.count {
            let sums = place == 0 ? base : foreign[place].sums
            let own = place == currency ? notional * Int128(ppm) : 0
            sum.add(
                sums.gross * Int128(limits.marginPpm) + sums.marginBeside + own,
                times: worth(place) / 1_000_000
            )
        }
        return sum
    }
}
