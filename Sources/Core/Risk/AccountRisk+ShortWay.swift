internal import Model

// Nearly every order passes, and nearly every instrument is plain: counted in the base currency, in single shares, with no
// terms of its own. For those all limits are asked at once: each as a difference that must not be below zero, all
// differences put together by `|`, and one look at the sign of what comes of it. No branch depends on an order.
//
// It may say no where `check` says yes, never the other way round: what it does not pass is asked again in full.
extension AccountRisk {
    @inline(__always)
    mutating func surelyPasses(
        _ line: inout RiskLine, _ index: Int, _ order: inout RiskQuestion, _ ledger: inout Ledger,
        _ book: inout StrategyBook
    ) -> Bool {
        guard
            likely(
                !order.isHeld && order.sumQuantity == 0 && !hasForeign && line.isPlain
                    && base.marginBeside == 0
                    && order.flags.rawValue & OrderFlags.reduceOnly.rawValue == 0)
        else { return false }
        let quantity = order.quantity
        let price = order.price
        let reference = line.reference
        // The order by itself. Below these bounds no product of two passes 63 bits.
        var room = (quantity &- 1) | (Self.shortQuantity &- quantity) | (price &- 1)
        room |= (Self.shortPrice &- price) | (reference &- 1) | (Self.shortReference &- reference)
        guard likely(room >= 0) else { return false }
        room |= (traces[index].quantityMax &- quantity) | (quantity &- limits.orderQuantityMin.raw)
        room |= reference &* limits.collarPpm &- abs(price &- reference) &* 1_000_000
        let value = price &* quantity
        room |= traces[index].notionalMax &- value
        let isBuy = order.side == .buy
        let end =
            isBuy
            ? line.position &+ line.openBuy &+ quantity : line.openSell &+ quantity &- line.position
        room |= (line.positionMax &- end) | (Self.shortQuantity &- end)
        guard likely(room >= 0 && traces[index].isOnTick(price)) else { return false }
        if limits.lastCollarPpm != 0 {
            let last = order.lastPrice
            // Nothing has traded, or what it is held against has no 63 bits: asked in full.
            guard likely(last > 0 && last <= Self.shortReference && limits.lastCollarPpm <= 1_000_000) else {
                return false
            }
            room |= last &* limits.lastCollarPpm &- abs(price &- last) &* 1_000_000
        }
        // What is plain has nothing located and is no future.
        if !isBuy, !limits.allowsShortSales { room |= 0 &- end }
        guard likely(room >= 0) else { return false }

        // Everything together.
        room = Int64(limits.openOrderCountMax) &- Int64(openOrderCount) &- (order.isCounted ? 0 : 1)
        let open = base.openBuy &+ base.openSell &+ Int128(value)
        let moved = Int128(quantity &* reference)
        let worst = Self.worst(&line)
        let raised = max(abs(isBuy ? end : -end) &- worst, 0)
        let gross = base.gross &+ Int128(raised &* reference)
        let net = isBuy ? base.netLong &+ moved : moved &- base.netShort
        // Below these bounds no share of them passes 127 bits.
        room |= Self.sign(Self.shortTotal &- open) | Self.sign(Self.shortTotal &- gross)
        room |= Self.sign(limits.openNotionalMax.raw &- open)
        room |= Self.sign(limits.dayNotionalMax.raw &- base.dayTraded &- open)
        room |= Self.sign(limits.grossNotionalMax.raw &- gross)
        room |= Self.sign(limits.netNotionalMax.raw &- net)

        // Of the equity and the cash.
        let equity = ledger.equityAtLeast
        if limits.orderCapitalPpm != 0 {
            room |= Self.sign(equity &* Int128(limits.orderCapitalPpm) &- Int128(value) &* 1_000_000)
        }
        if limits.positionEquityPpm != 0 {
            let held = Int128(max(end, 0) &* reference)
            room |= Self.sign(equity &* Int128(limits.positionEquityPpm) &- held &* 1_000_000)
        }
        if limits.marginPpm != 0 || limits.requiresCash {
            let fees =
                open &* Int128(feePpm)
                &+ Int128(base.openUnits &+ quantity) &* Int128(feePerUnit)
                &+ Int128(base.openOrderCount &+ 1) &* feePerOrder
            if limits.marginPpm != 0 {
                room |= Self.sign(equity &* 1_000_000 &- gross &* Int128(limits.marginPpm) &- fees)
            }
            if limits.requiresCash, isBuy {
                let wanted = (base.cashBuy &+ Int128(value)) &* 1_000_000 &+ fees
                room |= Self.sign(ledger.availableAtLeast &* 1_000_000 &- wanted)
            }
        }

        // The strategy's share.
        let strategy = Int(order.strategy)
        if likely(strategy < strategyCount) {
            let own =
                isBuy
                ? book.position &+ book.openBuy &+ quantity : book.openSell &+ quantity &- book.position
            room |= strategies[strategy].limits.orderQuantityMax.raw &- quantity
            room |= strategies[strategy].limits.positionMax.raw &- max(own, 0)
            room |=
                Int64(strategies[strategy].limits.openOrderCountMax)
                &- Int64(strategies[strategy].openOrderCount) &- (order.isCounted ? 0 : 1)
            room |= Self.sign(strategies[strategy].limits.orderNotionalMax.raw &- Int128(value))
            room |= Self.sign(
                strategies[strategy].limits.openNotionalMax.raw &- strategyOpen[strategy] &- Int128(value))
        }
        return likely(room >= 0)
    }

    /// Quantities, prices and references below these multiply without a look at overflow.
    @inline(__always) private static var shortQuantity: Int64 { (1 << 22) - 1 }
    @inline(__always) private static var shortPrice: Int64 { (1 << 32) - 1 }
    @inline(__always) private static var shortReference: Int64 { (1 << 40) - 1 }

    @inline(__always) private static var shortTotal: Int128 { 1 << 90 }

    /// Below zero where the difference is.
    @inline(__always)
    private static func sign(_ difference: Int128) -> Int64 { Int64(truncatingIfNeeded: difference >> 64) }

}
