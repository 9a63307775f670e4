internal import Memory
internal import Model

// Nearly every order passes, and nearly every instrument is plain: counted in the base currency, in single shares, with no
// terms of its own. For those all limits are asked at once: each as a difference that must not be below zero, all
// differences put together by `|`, and one look at the sign of what comes of it. No branch depends on an order, no sum has
// more than 64 bits, and what the account's sums leave is drawn ahead (``Headroom``): the way of an order is cold code, and
// costs by its length.
//
// It may say no where `check` says yes, never the other way round: what it does not pass is asked again in full.
extension AccountRisk {
    /// Whether an order passes every limit, be it new or stand for one; one that may only reduce is not asked here.
    ///
    /// - Parameters:
    ///   - line: with its reference brought up to date.
    ///   - book: the strategy's own in the instrument; empty where it has none.
    ///   - last: the price of the last trade; 0: none.
    @inline(__always)
    mutating func surelyPasses(
        _ line: inout RiskLine, _ index: Int, _ strategy: UInt16, _ side: Side, _ quantity: Int64,
        _ price: Int64, last: Int64, _ ledger: inout Ledger, _ book: inout StrategyBook
    ) -> Bool {
        if unlikely(headroom.isStale) { drawHeadroom(&ledger) }
        guard likely(line.isPlain) else { return false }
        let isBuy = side == .buy
        let reference = line.reference
        // The order by itself. Where one of the bounds is passed, what follows means nothing, and its bits change nothing.
        var beyond = (price | reference) >> 32 | quantity >> ShortLimits.quantityBits
        var room = reference &* short.collarPpm &- Self.size(price &- reference) &* 1_000_000
        room |= (price &- 1) | (quantity &- short.quantityMin)
        let worth = max(price, reference) &* quantity
        room |= Self.fits(&traces[index], quantity, price, worth)
        // The worst end of the position.
        let end =
            (isBuy ? line.position : 0 &- line.position) &+ (isBuy ? line.openBuy : line.openSell)
            &+ quantity
        let opened = max(end, 0)
        beyond |= opened >> ShortLimits.quantityBits
        room |= (line.positionMax &- opened) | (headroom.position &- opened &* reference)
        // What is plain has nothing located and is no future.
        room |= (0 &- end) & (isBuy ? 0 : short.shortSaleMask)
        // Everything together.
        room |= (isBuy ? headroom.buy : headroom.sell) &- headroom.moved &- worth
        if likely(Int(strategy) < strategyCount) {
            let own =
                (isBuy ? book.position : 0 &- book.position) &+ (isBuy ? book.openBuy : book.openSell)
                &+ quantity
            room |= Self.fits(&strategies[Int(strategy)], quantity, worth, own)
        }
        if short.lastCollarPpm != 0 {
            // Where nothing has traded it is asked in full.
            room |= (last &- 1) | (last &* short.lastCollarPpm &- Self.size(price &- last) &* 1_000_000)
            beyond |= last >> 32
        }
        if short.countsMoney {
            room |= ledger.equityShortly &- headroom.equityFloor
            room |= ledger.availableShortly &- headroom.cashFloor
        }
        return likely(room >= 0 && beyond == 0)
    }

    /// What limits on one order leave in the instrument; below zero where one is passed or the price is off the tick.
    @inline(__always)
    private static func fits(
        _ trace: inout OrderTrace, _ quantity: Int64, _ price: Int64, _ worth: Int64
    ) -> Int64 {
        (trace.quantityMax &- quantity) | (trace.notionalMax &- worth) | (trace.isOnTick(price) ? 0 : -1)
    }

    /// What the strategy's share leaves.
    @inline(__always)
    private static func fits(
        _ line: inout StrategyLine, _ quantity: Int64, _ worth: Int64, _ end: Int64
    ) -> Int64 {
        (line.orderQuantityMax &- quantity) | (line.positionMax &- end) | (line.headroom &- worth)
    }

    /// Draws anew what the sums leave.
    @inline(never)
    mutating func drawHeadroom(_ ledger: inout Ledger) {
        let openSum = base.openBuy &+ base.openSell
        let half = Int128(ShortLimits.moneyBound >> 1)
        // Sums that have their bounds, the net ones on both sides of zero.
        var beyond = Self.beyond(base.gross) | Self.beyond(openSum) | Self.beyond(base.dayTraded)
        beyond |= Self.beyond(base.cashBuy) | UInt64(bitPattern: base.openUnits) >> 50
        beyond |= Self.beyond(base.netLong &+ half) | Self.beyond(base.netShort &+ half)
        beyond |=
            UInt64(truncatingIfNeeded: base.marginBeside)
            | UInt64(truncatingIfNeeded: base.marginBeside >> 64)
        let gross = Int64(truncatingIfNeeded: base.gross)
        let open = Int64(truncatingIfNeeded: openSum)
        var either = min(short.grossNotionalMax &- gross, short.openNotionalMax &- open)
        either = min(either, short.dayNotionalMax &- Int64(truncatingIfNeeded: base.dayTraded) &- open)
        if openOrderCount >= short.openOrderCountMax || beyond != 0 { either = -1 }
        headroom.buy = min(either, short.netNotionalMax &- Int64(truncatingIfNeeded: base.netLong))
        headroom.sell = min(either, short.netNotionalMax &+ Int64(truncatingIfNeeded: base.netShort))
        headroom.moved = 0
        headroom.position = Headroom.unlimited
        headroom.equityFloor = -Headroom.unlimited
        headroom.cashFloor = -Headroom.unlimited
        if short.countsMoney { drawEquity(&ledger, gross: gross, open: open) }
        headroom.movedMax = max(min(headroom.buy, headroom.sell), 0) >> 3
        while staleStrategies != 0 {
            let strategy = staleStrategies.trailingZeroBitCount
            staleStrategies &= staleStrategies &- 1
            if strategy < strategyCount { strategies[strategy].drawHeadroom() }
        }
        headroom.isStale = false
    }

    /// What is held against the equity, and against the cash that is there.
    @inline(__always)
    private mutating func drawEquity(_ ledger: inout Ledger, gross: Int64, open: Int64) {
        // As for the largest order that is judged here. One more for each that is rounded.
        let fees =
            ShortLimits.sum(
                (short.feeShare, open), (short.feeForUnit, base.openUnits &+ short.quantityMax),
                (short.feeForOrder, base.openOrderCount &+ 1)) &+ 3
        if short.countsEquity {
            let equity = ledger.equityShortly
            let floor = Headroom.floor(equity)
            headroom.equityFloor = floor
            var either = equity
            if short.capitalShare != 0 {
                either = min(either, ShortLimits.part(short.capitalShare, of: floor))
            }
            if short.positionShare != 0 {
                headroom.position = ShortLimits.part(short.positionShare, of: floor)
            }
            if short.marginShare != 0 {
                either = min(
                    either, Self.payable(floor &- ShortLimits.part(short.marginShare, of: gross) &- fees))
            }
            headroom.buy = min(headroom.buy, either)
            headroom.sell = min(headroom.sell, either)
        }
        if short.cashMask != 0 {
            let cash = ledger.availableShortly
            headroom.cashFloor = Headroom.floor(cash)
            let left = Self.payable(
                headroom.cashFloor &- Int64(truncatingIfNeeded: base.cashBuy) &- fees)
            headroom.buy = min(headroom.buy, cash < 0 ? -1 : left)
        }
    }

    /// What is left for an order whose fees come out of it, too: by its value at most 2⁻⁴ of it.
    @inline(__always)
    private static func payable(_ money: Int64) -> Int64 { money &- money >> ShortLimits.feeBits }

    /// What makes the drawn worthless beside the sums: the equity or the cash has fallen below what it takes for granted.
    @inline(__always)
    mutating func isWorthDrawing(_ ledger: inout Ledger) -> Bool {
        if unlikely(headroom.isWorthDrawing) { return true }
        return short.countsMoney
            && (ledger.equityShortly < headroom.equityFloor || ledger.availableShortly < headroom.cashFloor)
    }

    /// A strategy's sums have changed.
    @inline(__always)
    mutating func makeStale(_ strategy: UInt16) {
        strategies[Int(strategy)].headroom = -1
        // Of those beyond another one's is drawn, and they are asked by their limits.
        staleStrategies |= 1 &<< UInt64(strategy)
    }

    /// 0: the sum is from 0 to below ``ShortLimits/moneyBound``.
    @inline(__always)
    static func beyond(_ sum: Int128) -> UInt64 {
        UInt64(truncatingIfNeeded: sum >> 64) | UInt64(truncatingIfNeeded: sum) >> 60
    }
}
