internal import Model

/// An order as risk is asked about it.
///
/// Widest first, so that nothing is written in pieces that overlap: what reads it a moment later would wait for them.
struct RiskQuestion: BitwiseCopyable {
    var quantity: Int64
    var price: Int64
    /// The last trade; 0: none.
    var lastPrice: Int64
    var nowNs: UInt64
    /// What a unit of it counts at; 0: its price.
    var countedAt: Int64 = 0
    /// What the sums will hold of a replacement until it is answered: the larger quantity at the higher price of those that the
    /// order has and may have. 0: as it is asked.
    var sumQuantity: Int64 = 0
    var sumAt: Int64 = 0
    var strategy: UInt16
    var side: Side
    var flags: OrderFlags
    /// What ``AccountRisk/isReducing(_:_:_:)`` says of the order: limits on what the account comes to do not keep it back.
    var reducing: Bool
    /// It waits for the market to move: how far its price is from the market now says nothing, and is asked when it goes.
    var isHeld: Bool
    /// It stands for an order that counts already: a replacement, or what was held.
    var isCounted: Bool

    init(
        side: Side, quantity: Int64, price: Int64, flags: OrderFlags, reducing: Bool, isHeld: Bool,
        isCounted: Bool, strategy: UInt16, lastPrice: Int64, nowNs: UInt64
    ) {
        self.quantity = quantity
        self.price = price
        self.lastPrice = lastPrice
        self.nowNs = nowNs
        self.strategy = strategy
        self.side = side
        self.flags = flags
        self.reducing = reducing
        self.isHeld = isHeld
        self.isCounted = isCounted
    }

    /// What of it the sums will hold.
    @inline(__always) var units: Int64 { sumQuantity == 0 ? quantity : sumQuantity }
}

// The last gate. Every limit is inclusive; what is missing refuses. What each rule says, and their order, stands in
// Documentation/risk.md.
extension AccountRisk {
    /// Judges an order, new or with new terms, its own reservation set aside. This is what the limits mean;
    /// ``surelyPasses(_:_:_:_:_:_:last:_:_:)`` is the short way to the same answer for nearly every order.
    ///
    /// - Parameters:
    ///   - line: with its reference brought up to date; nothing in it is changed.
    ///   - book: the strategy's own in the instrument; empty where it has none.
    @inline(never)
    mutating func check(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ book: inout StrategyBook
    ) -> RiskVerdict {
        // Size first: it bounds every sum and product below.
        let quantity = order.quantity
        guard likely(quantity > 0 && quantity <= limits.orderQuantityMax.raw) else {
            return RiskVerdict(.orderQuantity, limit: limits.orderQuantityMax.raw, value: quantity)
        }
        if let state = checkState(
            &line, side: order.side, quantity: quantity, reducing: order.reducing, flags: order.flags)
        {
            return state
        }
        if let terms = checkTerms(&line, index, &order) { return terms }
        let value = Self.product(
            order.countedAt == 0 ? order.price : order.countedAt, quantity, line.multiplier)
        if let size = checkSize(&line, index, &order, &ledger, value) { return size }
        let counted =
            order.sumQuantity == 0 ? value : Self.product(order.sumAt, order.sumQuantity, line.multiplier)
        if let totals = checkTotals(&line, index, &order, &ledger, counted) { return totals }
        if likely(Int(order.strategy) < strategyCount) {
            if let own = checkStrategy(&line, &order, &book, value, counted) { return own }
        }
        return .passed
    }

    // MARK: The order by itself

    /// Quantity, lot, tick, and how far the price is from the market.
    @inline(__always)
    private mutating func checkTerms(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion
    ) -> RiskVerdict? {
        let quantity = order.quantity
        guard likely(line.lot == 1 || quantity % Int64(line.lot) == 0) else {
            return RiskVerdict(.offLot, limit: Int64(line.lot), value: quantity, scope: .instrument)
        }
        guard likely(quantity >= limits.orderQuantityMin.raw || order.reducing) else {
            return RiskVerdict(.orderQuantityMin, limit: limits.orderQuantityMin.raw, value: quantity)
        }
        let reference = line.reference
        let price = order.price
        guard likely(reference > 0) else { return RiskVerdict(.priceCollar, limit: 0, value: price) }
        guard likely(price > 0 && price < Self.priceBound) else {
            return RiskVerdict(.priceCollar, limit: Self.priceBound - 1, value: price)
        }
        guard likely(Self.isMultiple(price, of: line.tick)) else {
            return RiskVerdict(.offTick, limit: Int64(line.tick), value: price, scope: .instrument)
        }
        if unlikely(order.isHeld) { return nil }
        guard likely(Self.isWithin(limits.collarPpm, abs(price - reference), of: reference)) else {
            let collar = collarBand(reference)
            return RiskVerdict(
                .priceCollar, limit: price > reference ? reference + collar : reference - collar, value: price
            )
        }
        if unlikely(limits.lastCollarPpm != 0) { return checkLast(&order) }
        return nil
    }

    @inline(never)
    private mutating func checkLast(_ order: inout RiskQuestion) -> RiskVerdict? {
        let last = order.lastPrice
        // Nothing has traded: there is no price to be far from, and the reference was asked.
        guard last > 0, !Self.isWithin(limits.lastCollarPpm, abs(order.price - last), of: last) else {
            return nil
        }
        let collar = Int64(clamping: Int128(last) * Int128(limits.lastCollarPpm) / 1_000_000)
        return RiskVerdict(
            .lastCollar, limit: order.price > last ? last + collar : last - collar, value: order.price)
    }

    /// 64-bit division takes several times as long as 32-bit division, and prices below 429,496.7295 fit.
    @inline(__always)
    private static func isMultiple(_ price: Int64, of tick: Int32) -> Bool {
        if likely(price >> 32 == 0) {
            return UInt32(truncatingIfNeeded: price) % UInt32(truncatingIfNeeded: tick) == 0
        }
        return price % Int64(tick) == 0
    }

    /// What one order may be, and what the position may come to.
    @inline(__always)
    private mutating func checkSize(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ value: Int128
    ) -> RiskVerdict? {
        let quantity = order.quantity
        let own = rare[index]
        guard quantity <= own.orderQuantityMax else {
            return RiskVerdict(
                .orderQuantity, limit: own.orderQuantityMax, value: quantity, scope: .instrument)
        }
        let volumeMax = volumeMax(own.dailyVolume)
        guard quantity <= volumeMax else {
            return RiskVerdict(.dailyVolume, limit: volumeMax, value: quantity, scope: .instrument)
        }
        let notionalMax = Int128(traces[index].notionalMax)
        let isOwn = own.orderNotionalMax < limits.orderNotionalMax.raw
        if line.currency != 0 {
            if let refused = refusal(
                .orderNotional, Int(line.currency), value, beyond: notionalMax,
                scope: isOwn ? .instrument : .account)
            {
                return refused
            }
        } else if value > notionalMax {
            return RiskVerdict(
                .orderNotional, limit: Int64(clamping: notionalMax), value: Int64(clamping: value),
                scope: isOwn ? .instrument : .account)
        }
        let end = Self.end(&line, order.side, quantity)
        guard likely(end <= line.positionMax) else {
            return RiskVerdict(
                .positionLimit, limit: line.positionMax, value: end,
                scope: line.hasOwnPositionMax ? .instrument : .account)
        }
        if order.reducing { return nil }
        if limits.orderCapitalPpm != 0 {
            let worth = self.worth(Int(line.currency))
            if let refused = Self.refusal(.orderCapital, value, worth, limits.orderCapitalPpm, &ledger) {
                return refused
            }
        }
        if limits.positionEquityPpm != 0 {
            let worth = self.worth(Int(line.currency))
            if let refused = Self.refusal(
                .positionEquity, Self.notional(max(end, 0), &line), worth, limits.positionEquityPpm, &ledger)
            {
                return refused
            }
        }
        if unlikely(order.side == .sell && (!limits.allowsShortSales || line.hasRareTerms)) {
            return checkShort(&line, index, end)
        }
        return nil
    }

    /// The worst end of the position on the order's side: positive is that way.
    @inline(__always)
    static func end(_ line: inout RiskLine, _ side: Side, _ quantity: Int64) -> Int64 {
        side == .buy
            ? line.position + line.openBuy + quantity : line.openSell + quantity - line.position
    }

    /// - Parameter end: how far the position could come below zero.
    @inline(never)
    private mutating func checkShort(_ line: inout RiskLine, _ index: Int, _ end: Int64) -> RiskVerdict? {
        var most: Int64 = limits.allowsShortSales ? .max : 0
        // A future is not lent to be sold.
        if line.isMargined { most = .max }
        var scope = RiskScope.account
        if line.hasRareTerms, rare[index].locatedQuantity < most {
            most = rare[index].locatedQuantity
            scope = .instrument
        }
        guard end > most else { return nil }
        return RiskVerdict(.shortSale, limit: most, value: end, scope: scope)
    }

    /// Whether an amount is at most so many parts per million of the equity; below zero that is none at all.
    ///
    /// - Parameter worth: of a unit of the amount's currency.
    @inline(__always)
    private static func refusal(
        _ rule: Rule, _ amount: Int128, _ worth: Int128, _ ppm: Int64, _ ledger: inout Ledger
    ) -> RiskVerdict? {
        // The equity's unit is 10⁻¹⁵: 2⁻⁵⁰ of it is less than what it has in money units, and seldom not enough.
        if likely(worth == Int128(BaseMoney.unit)),
            likely(amount &* 1_000_000 <= ledger.equityAtLeast &* Int128(ppm))
        {
            return nil
        }
        return exactRefusal(rule, amount, worth, ppm, &ledger)
    }

    @inline(never)
    private static func exactRefusal(
        _ rule: Rule, _ amount: Int128, _ worth: Int128, _ ppm: Int64, _ ledger: inout Ledger
    ) -> RiskVerdict? {
        var value = BaseMoney.zero
        value.add(amount, times: worth)
        let equity = max(ledger.equity, .zero)
        guard value.times(1_000_000) > equity.times(UInt128(ppm)) else { return nil }
        // A limit is shown rounded down, a value up.
        let limit = equity.times(UInt128(ppm)).millionthInMoney
        return RiskVerdict(
            rule, limit: Int64(clamping: limit), value: Int64(clamping: value.moneyRoundedUp.raw))
    }

    // MARK: Everything together

    @inline(__always)
    private mutating func checkTotals(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ value: Int128
    ) -> RiskVerdict? {
        let openOrders = openOrderCount + (order.isCounted ? 0 : 1)
        guard likely(openOrders <= limits.openOrderCountMax || order.isCounted) else {
            return RiskVerdict(
                .openOrderCount, limit: Int64(limits.openOrderCountMax), value: Int64(openOrders))
        }
        if unlikely(hasForeign) { return checkForeignTotals(&line, index, &order, &ledger, value) }
        let openValue = base.openBuy + base.openSell + value
        guard likely(openValue <= limits.openNotionalMax.raw || order.reducing) else {
            return RiskVerdict(
                .openNotional, limit: Int64(clamping: limits.openNotionalMax.raw),
                value: Int64(clamping: openValue))
        }
        if order.reducing { return nil }
        let day = base.dayTraded + openValue
        guard likely(day <= limits.dayNotionalMax.raw) else {
            return RiskVerdict(
                .dayNotional, limit: Int64(clamping: limits.dayNotionalMax.raw), value: Int64(clamping: day))
        }
        let raised = Self.raised(&line, order.side, order.quantity)
        if raised > 0 {
            let gross = base.gross + Self.notional(raised, &line)
            guard likely(gross <= limits.grossNotionalMax.raw) else {
                return RiskVerdict(
                    .grossNotional, limit: Int64(clamping: limits.grossNotionalMax.raw),
                    value: Int64(clamping: gross))
            }
            if limits.marginPpm != 0 || line.hasRareTerms {
                if let refused = checkMargin(&line, index, &order, &ledger, value, raised) { return refused }
            }
        }
        let moved = Self.notional(order.quantity, &line)
        let net = order.side == .buy ? base.netLong + moved : moved - base.netShort
        guard likely(net <= limits.netNotionalMax.raw) else {
            return RiskVerdict(
                .netNotional, limit: Int64(clamping: limits.netNotionalMax.raw), value: Int64(clamping: net))
        }
        if order.side == .buy, limits.requiresCash, likely(!line.isMargined) {
            return checkCash(&line, &order, &ledger, value)
        }
        return nil
    }

    /// By how much the order makes the worst end larger, either way.
    @inline(__always)
    static func raised(_ line: inout RiskLine, _ side: Side, _ quantity: Int64) -> Int64 {
        let end =
            side == .buy
            ? abs(line.position + line.openBuy + quantity) : abs(line.position - line.openSell - quantity)
        return end - worst(&line)
    }

    /// What the base currency's orders can cost in fees, in millionths.
    @inline(__always)
    private mutating func baseFees(plus value: Int128, units: Int64, isCounted: Bool) -> Int128 {
        (base.openBuy + base.openSell + value) &* Int128(feePpm)
            + Int128(base.openUnits + units) &* Int128(feePerUnit)
            + Int128(base.openOrderCount + (isCounted ? 0 : 1)) &* feePerOrder
    }

    @inline(__always)
    private mutating func checkCash(
        _ line: inout RiskLine, _ order: inout RiskQuestion, _ ledger: inout Ledger, _ value: Int128
    ) -> RiskVerdict? {
        let wanted =
            (base.cashBuy + value) &* 1_000_000
            + baseFees(plus: value, units: order.units, isCounted: order.isCounted)
        if likely(wanted <= ledger.availableAtLeast &* 1_000_000) { return nil }
        return refuseCash(0, value, &order, &ledger)
    }

    /// Decides exactly, where a look was not enough.
    @inline(never)
    private mutating func refuseCash(
        _ currency: Int, _ value: Int128, _ order: inout RiskQuestion, _ ledger: inout Ledger
    ) -> RiskVerdict? {
        let fees = worstFees(
            plus: currency, value: value, units: order.units, isCounted: order.isCounted)
        let wanted = cashWanted(plus: currency, value: value) + fees
        guard wanted > ledger.available else { return nil }
        // What is left for this order, and what it wants.
        let own = exact(currency, value)
        let left = ledger.available - (wanted - own)
        return RiskVerdict(
            .cash, limit: Int64(clamping: left.money.raw), value: Int64(clamping: own.moneyRoundedUp.raw))
    }

    @inline(__always)
    private mutating func checkMargin(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ value: Int128, _ raised: Int64
    ) -> RiskVerdict? {
        if likely(!line.hasRareTerms && base.marginBeside == 0) {
            let wanted =
                (base.gross + Self.notional(raised, &line)) &* Int128(limits.marginPpm)
                + baseFees(plus: value, units: order.units, isCounted: order.isCounted)
            if likely(wanted <= ledger.equityAtLeast &* 1_000_000) { return nil }
        }
        return refuseMargin(&line, index, &order, &ledger, value, raised)
    }

    @inline(never)
    private mutating func refuseMargin(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ value: Int128, _ raised: Int64
    ) -> RiskVerdict? {
        let currency = Int(line.currency)
        let ppm = limits.marginPpm + (line.hasRareTerms ? marginBeside(index) : 0)
        // What needs no margin raises none, whatever else the instrument has.
        guard ppm > 0 else { return nil }
        let notional = Self.notional(raised, &line)
        let wanted = marginWanted(plus: currency, notional: notional, ppm: ppm)
        let carries =
            ledger.equity
            - worstFees(plus: currency, value: value, units: order.units, isCounted: order.isCounted)
        guard wanted > carries else { return nil }
        return RiskVerdict(
            .margin, limit: Int64(clamping: carries.money.raw),
            value: Int64(clamping: wanted.moneyRoundedUp.raw))
    }

    /// The same over several currencies, each sum exact.
    @inline(never)
    private mutating func checkForeignTotals(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ value: Int128
    ) -> RiskVerdict? {
        let currency = Int(line.currency)
        if order.reducing { return nil }
        if let refused = refusal(
            .openNotional, .open, plus: currency, value, beyond: limits.openNotionalMax.raw)
        {
            return refused
        }
        if let refused = refusal(
            .dayNotional, .openAndTraded, plus: currency, value, beyond: limits.dayNotionalMax.raw)
        {
            return refused
        }
        let raised = Self.raised(&line, order.side, order.quantity)
        if raised > 0 {
            var gross = exactGross
            gross.add(Self.notional(raised, &line), times: worth(currency))
            if gross > Self.exact(limits.grossNotionalMax.raw) {
                return RiskVerdict(
                    .grossNotional, limit: Int64(clamping: limits.grossNotionalMax.raw),
                    value: Int64(clamping: gross.moneyRoundedUp.raw))
            }
            if limits.marginPpm != 0 || line.hasRareTerms,
                let refused = refuseMargin(&line, index, &order, &ledger, value, raised)
            {
                return refused
            }
        }
        let moved = Self.notional(order.quantity, &line)
        let net = exact(currency, moved) + (order.side == .buy ? total(.netLong) : .zero - total(.netShort))
        if net > Self.exact(limits.netNotionalMax.raw) {
            return RiskVerdict(
                .netNotional, limit: Int64(clamping: limits.netNotionalMax.raw),
                value: Int64(clamping: net.moneyRoundedUp.raw))
        }
        if order.side == .buy, limits.requiresCash, !line.isMargined {
            return refuseCash(currency, value, &order, &ledger)
        }
        return nil
    }

    // MARK: One strategy's share

    @inline(__always)
    private mutating func checkStrategy(
        _ line: inout RiskLine, _ order: inout RiskQuestion, _ book: inout StrategyBook, _ value: Int128,
        _ counted: Int128
    ) -> RiskVerdict? {
        let strategy = Int(order.strategy)
        let quantity = order.quantity
        guard likely(quantity <= strategies[strategy].limits.orderQuantityMax.raw) else {
            return RiskVerdict(
                .orderQuantity, limit: strategies[strategy].limits.orderQuantityMax.raw, value: quantity,
                scope: .strategy)
        }
        let end =
            order.side == .buy
            ? book.position + book.openBuy + quantity : book.openSell + quantity - book.position
        guard likely(end <= strategies[strategy].limits.positionMax.raw) else {
            return RiskVerdict(
                .positionLimit, limit: strategies[strategy].limits.positionMax.raw, value: end,
                scope: .strategy)
        }
        guard
            likely(
                order.isCounted
                    || strategies[strategy].openOrderCount < strategies[strategy].openOrderCountMax)
        else {
            return RiskVerdict(
                .openOrderCount, limit: strategies[strategy].openOrderCountMax,
                value: strategies[strategy].openOrderCount + 1, scope: .strategy)
        }
        if unlikely(hasForeign) { return checkForeignStrategy(&line, &order, value, counted) }
        guard likely(value <= strategies[strategy].limits.orderNotionalMax.raw) else {
            return RiskVerdict(
                .orderNotional, limit: Int64(clamping: strategies[strategy].limits.orderNotionalMax.raw),
                value: Int64(clamping: value), scope: .strategy)
        }
        let open = strategies[strategy].open + counted
        guard likely(open <= strategies[strategy].limits.openNotionalMax.raw || order.reducing) else {
            return RiskVerdict(
                .openNotional, limit: Int64(clamping: strategies[strategy].limits.openNotionalMax.raw),
                value: Int64(clamping: open), scope: .strategy)
        }
        return nil
    }

    @inline(never)
    private mutating func checkForeignStrategy(
        _ line: inout RiskLine, _ order: inout RiskQuestion, _ value: Int128, _ counted: Int128
    ) -> RiskVerdict? {
        let strategy = Int(order.strategy)
        let currency = Int(line.currency)
        if let refused = refusal(
            .orderNotional, currency, value, beyond: strategies[strategy].limits.orderNotionalMax.raw,
            scope: .strategy)
        {
            return refused
        }
        if order.reducing { return nil }
        return refusal(
            .openNotional, .strategyOpen(strategy), plus: currency, counted,
            beyond: strategies[strategy].limits.openNotionalMax.raw, scope: .strategy)
    }

    // MARK: How many, how fast

    /// Rates and repetitions, asked last: what is refused by anything else uses nothing up. What passes is counted.
    ///
    /// Operators' own orders and the engine's closing ones (`strategy` none) are not held back, and what only closes is no
    /// repetition: the next part of a large position is an order like the one before.
    ///
    /// - Parameter reducing: it only closes, or stands for an order that was let through.
    @inline(__always)
    mutating func admit(
        _ line: inout RiskLine, _ index: Int, _ own: UInt16, _ side: Side, quantity: Int64, price: Int64,
        reducing: Bool, nowNs: UInt64
    ) -> RiskVerdict {
        guard countsOrders || line.hasRareTerms, likely(own != .max) else { return .passed }
        var repeats: Int64 = 0
        if short.duplicateOrderMax != 0, !reducing {
            repeats = traces[index].repeats(
                side, quantity, price, nowNs: nowNs, windowNs: short.duplicateWindowNs)
            guard likely(repeats <= short.duplicateOrderMax) else {
                return RiskVerdict(
                    .duplicateOrder, limit: short.duplicateOrderMax, value: repeats, scope: .instrument)
            }
        }
        guard likely(Self.admits(&rate, nowNs)) else {
            return RiskVerdict(.orderRate, limit: rate.perSecond, value: rate.perSecond + 1)
        }
        let strategy = Int(own)
        if likely(strategy < strategyCount) {
            guard likely(Self.admits(&strategies[strategy].rate, nowNs)) else {
                return RiskVerdict(
                    .orderRate, limit: strategies[strategy].rate.perSecond,
                    value: strategies[strategy].rate.perSecond + 1, scope: .strategy)
            }
            if unlikely(line.hasRareTerms), let refused = admitRare(index, nowNs) { return refused }
            strategies[strategy].rate.take()
        } else if unlikely(line.hasRareTerms), let refused = admitRare(index, nowNs) {
            return refused
        }
        rate.take()
        if repeats != 0 {
            traces[index].note(side, quantity, price, repeats: repeats, nowNs: nowNs)
        }
        return .passed
    }

    @inline(__always)
    private static func admits(_ rate: inout OrderRate, _ nowNs: UInt64) -> Bool {
        !rate.isOn || rate.hasRoom(nowNs: nowNs)
    }

    @inline(never)
    private mutating func admitRare(_ index: Int, _ nowNs: UInt64) -> RiskVerdict? {
        guard rare[index].rate.isOn else { return nil }
        guard rare[index].rate.hasRoom(nowNs: nowNs) else {
            return RiskVerdict(
                .orderRate, limit: rare[index].rate.perSecond, value: rare[index].rate.perSecond + 1,
                scope: .instrument)
        }
        rare[index].rate.take()
        return nil
    }
}
