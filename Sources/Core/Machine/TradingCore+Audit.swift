internal import Memory
internal import Model

// The sums that risk keeps by difference, added up the slow way: for tests and seeded sessions, after each step.
extension TradingCore {
    /// What of risk's sums does not agree with the orders and positions they are sums of, in words; `nil`: all of it does.
    public mutating func disagreementOfRisk() -> String? {
        var bases = [ExposureSums](repeating: ExposureSums(), count: ledger.currencyCount)
        var strategyOpen = [Int128](repeating: 0, count: account.foreignOpen.count)
        var strategyCounts = [Int](repeating: 0, count: account.strategies.count)
        var own = [Int: StrategyBook]()
        for slot in 0..<pool.touchedCount {
            let order = pool[slot]
            guard order.lifecycle != .closed, !order.lifecycle.isEnded else { continue }
            let index = Int(order.instrument)
            let currency = Int(risks[index].currency)
            let quantity = reservedQuantity(slot)
            let price = reservedPrice(slot)
            if quantity != 0, price != worstPrice(slot) {
                return "order in slot \(slot) is held by \(price), and could cost \(worstPrice(slot))"
            }
            AccountRisk.raiseOpen(&bases[currency], &risks[index], order.side, quantity, price)
            bases[currency].openOrderCount += 1
            let place = bookPlace(order.strategy, index)
            own[place, default: StrategyBook()].openBuy += order.side == .buy ? quantity : 0
            own[place, default: StrategyBook()].openSell += order.side == .sell ? quantity : 0
            own[place, default: StrategyBook()].buyCount += order.side == .buy ? 1 : 0
            own[place, default: StrategyBook()].sellCount += order.side == .sell ? 1 : 0
            guard Int(order.strategy) < account.strategyCount else { continue }
            strategyCounts[Int(order.strategy)] += 1
            strategyOpen[Int(order.strategy) * bases.count + currency] +=
                AccountRisk.product(price, quantity, risks[index].multiplier)
            // The bounds of our own prices may be too cautious, never too bold.
            guard order.lifecycle != .held else { continue }
            if order.side == .sell, order.price.raw < account.traces[index].lowestSell {
                return "instrument \(index): an order sells below \(account.traces[index].lowestSell)"
            }
            if order.side == .buy, order.price.raw > account.traces[index].highestBuy {
                return "instrument \(index): an order buys above \(account.traces[index].highestBuy)"
            }
        }
        for index in 0..<risks.count where markets[index].isDefined {
            let currency = Int(risks[index].currency)
            let worst = AccountRisk.worst(&risks[index])
            bases[currency].gross += AccountRisk.notional(worst, &risks[index])
            bases[currency].netLong += AccountRisk.notional(
                risks[index].position + risks[index].openBuy, &risks[index])
            bases[currency].netShort += AccountRisk.notional(
                risks[index].position - risks[index].openSell, &risks[index])
            bases[currency].marginBeside +=
                AccountRisk.notional(worst, &risks[index]) * Int128(account.marginBeside(index))
        }
        for (currency, slow) in bases.enumerated() {
            let kept = currency == 0 ? account.base : account.foreign[currency].sums
            let pairs: [(String, Int128, Int128)] = [
                ("gross", slow.gross, kept.gross), ("net long", slow.netLong, kept.netLong),
                ("net short", slow.netShort, kept.netShort), ("open buys", slow.openBuy, kept.openBuy),
                ("open sells", slow.openSell, kept.openSell), ("cash of buys", slow.cashBuy, kept.cashBuy),
                ("margin", slow.marginBeside, kept.marginBeside),
                ("open units", Int128(slow.openUnits), Int128(kept.openUnits)),
                ("open orders", Int128(slow.openOrderCount), Int128(kept.openOrderCount)),
            ]
            for (name, slow, kept) in pairs where slow != kept {
                return "currency \(currency): \(name) \(kept), slow \(slow)"
            }
        }
        for place in 0..<strategyOpen.count {
            let kept = account.openNotional(place / bases.count, place % bases.count)
            guard strategyOpen[place] != kept else { continue }
            return "strategies' open \(kept), slow \(strategyOpen[place])"
        }
        for strategy in 0..<account.strategyCount
        where strategyCounts[strategy] != Int(account.strategies[strategy].openOrderCount) {
            return "strategy \(strategy): open orders"
        }
        return disagreementOfBooks(own)
    }

    private mutating func disagreementOfBooks(_ own: [Int: StrategyBook]) -> String? {
        var nobody = strategyBooks[strategyBooks.count - 1].position
        for index in 0..<markets.count {
            nobody -= risks[index].position
            for strategy in 0..<account.strategyCount {
                let place = bookPlace(UInt16(strategy), index)
                let book = strategyBooks[place]
                nobody += book.position
                let slow = own[place] ?? StrategyBook()
                if book.openBuy != slow.openBuy || book.openSell != slow.openSell
                    || book.buyCount != slow.buyCount || book.sellCount != slow.sellCount
                {
                    return "strategy \(strategy), instrument \(index): open orders of its book"
                }
                if book.position == 0, book.cost != .zero { return "strategy \(strategy): flat with cost" }
            }
        }
        return nobody == 0 ? nil : "the strategies' books and nobody's do not sum to the account's positions"
    }
}
