internal import Model

// Nearly every order passes, and nearly every instrument is plain: counted in the base currency, in single shares, with no
// terms of its own. For those all limits are asked at once: each as a difference that must not be below zero, all
// differences put together by `|`, and one look at the sign of what comes of it. No branch depends on an order, and no sum
// has more than 64 bits.
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
                !order.isHeld && order.sumQuantity == 0 && line.isPlain
                    && (order.reducing || order.flags.rawValue & OrderFlags.reduceOnly.rawValue == 0))
        else { return false }
        let quantity = order.quantity
        let price = order.price
        let reference = line.reference
        // The order by itself. Below these bounds no product of two passes 63 bits.
        var room = (quantity &- 1) | (Self.shortQuantity &- quantity) | (price &- 1)
        room |= (Self.shortPrice &- price) | (reference &- 1) | (Self.shortReference &- reference)
        room |= (traces[index].quantityMax &- quantity) | (quantity &- short.quantityMin)
        guard likely(room >= 0 && traces[index].isOnTick(price)) else { return false }
        room = reference &* short.collarPpm &- Self.size(price &- reference) &* 1_000_000
        if short.lastCollarPpm != 0 {
            let last = order.lastPrice
            // Where nothing has traded it is asked in full.
            room |= (last &- 1) | (Self.shortReference &- last)
            room |= last &* short.lastCollarPpm &- Self.size(price &- last) &* 1_000_000
        }
        let value = price &* quantity
        room |= traces[index].notionalMax &- value
        let isBuy = order.side == .buy
        let held = isBuy ? line.position : 0 &- line.position
        let end = held &+ (isBuy ? line.openBuy : line.openSell) &+ quantity
        let opened = max(end, 0)
        room |= (line.positionMax &- opened) | (Self.shortQuantity &- opened)
        // What is plain has nothing located and is no future.
        room |= (0 &- end) & (isBuy ? 0 : short.shortSaleMask)

        // Everything together: sums that have their bounds, the net ones on both sides of zero. Where a limit is passed here,
        // what follows means nothing any more, and its bits change nothing.
        let net = isBuy ? base.netLong : 0 &- base.netShort
        let openSum = base.openBuy &+ base.openSell
        var beyond = Self.beyond(base.gross) | Self.beyond(openSum) | Self.beyond(base.dayTraded)
        beyond |= Self.beyond(base.cashBuy) | Self.beyond(net &+ Int128(ShortLimits.moneyBound >> 1))
        beyond |= UInt64(truncatingIfNeeded: base.marginBeside)
        beyond |= UInt64(truncatingIfNeeded: base.marginBeside >> 64)
        beyond |= UInt64(bitPattern: base.openUnits) >> 50
        let open = Int64(truncatingIfNeeded: openSum) &+ value
        // Where the order ends below zero it adds nothing to the worst case.
        let raised = max(opened &- Self.worst(&line), 0)
        let gross = Int64(truncatingIfNeeded: base.gross) &+ raised &* reference
        let more: Int64 = order.isCounted ? 0 : 1
        room |= short.openOrderCountMax &- Int64(openOrderCount) &- more
        room |= short.openNotionalMax &- open
        room |= short.dayNotionalMax &- Int64(truncatingIfNeeded: base.dayTraded) &- open
        room |= short.grossNotionalMax &- gross
        room |= short.netNotionalMax &- quantity &* reference &- Int64(truncatingIfNeeded: net)

        // Of the equity and the cash: what there is at least, in money units; below zero where that has more than 60 bits.
        let equity = ledger.equityShortly
        if short.capitalShare != 0 {
            room |= equity | (ShortLimits.part(short.capitalShare, of: equity) &- value)
        }
        if short.positionShare != 0 {
            room |= equity | (ShortLimits.part(short.positionShare, of: equity) &- opened &* reference)
        }
        if short.countsMoney {
            let fees = ShortLimits.sum(
                (short.feeShare, open), (short.feeForUnit, base.openUnits &+ quantity),
                (short.feeForOrder, base.openOrderCount &+ 1))
            if short.marginShare != 0 {
                let needed = ShortLimits.part(short.marginShare, of: gross) &+ 1
                room |= equity &- needed &- fees
            }
            let left = ledger.availableShortly &- Int64(truncatingIfNeeded: base.cashBuy) &- value &- fees
            room |= left & (isBuy ? short.cashMask : 0)
        }

        // The strategy's share.
        let strategy = Int(order.strategy)
        if likely(strategy < strategyCount) {
            let own =
                (isBuy ? book.position : 0 &- book.position) &+ (isBuy ? book.openBuy : book.openSell)
                &+ quantity
            beyond |= Self.beyond(strategies[strategy].open)
            room |= strategies[strategy].orderQuantityMax &- quantity
            room |= strategies[strategy].positionMax &- max(own, 0)
            room |= strategies[strategy].openOrderCountMax &- strategies[strategy].openOrderCount &- more
            room |= strategies[strategy].orderNotionalMax &- value
            room |=
                strategies[strategy].openNotionalMax
                &- Int64(truncatingIfNeeded: strategies[strategy].open) &- value
        }
        return likely(room >= 0 && beyond == 0)
    }

    /// Quantities, prices and references below these multiply without a look at overflow.
    @inline(__always) private static var shortQuantity: Int64 { (1 << 22) - 1 }
    @inline(__always) private static var shortPrice: Int64 { (1 << 32) - 1 }
    @inline(__always) private static var shortReference: Int64 { (1 << 40) - 1 }

    /// 0: the sum is from 0 to below ``ShortLimits/moneyBound``.
    @inline(__always)
    private static func beyond(_ sum: Int128) -> UInt64 {
        UInt64(truncatingIfNeeded: sum >> 64) | UInt64(truncatingIfNeeded: sum) >> 60
    }
}
