import Model
import Wire

/// What the exchange has, as records.
extension BackOffice {
    /// The whole truth of now.
    func truth(_ question: OrderQuery.Question, _ account: ExchangeAccountState) -> AnswerBody {
        var status = OrderQuery.AnswerStatus.answered
        let records: OrderQuery.Records
        switch question {
        case .orderByUserRef(let userRef):
            let found = order(userRef, account)
            if found == nil { status = .unknownOrder }
            records = .orders(found.map { [$0] } ?? [])
        case .ordersByClientID(let id):
            let found =
                account.orders.filter { $0.clientOrderID == id }
                + account.rejected.filter { $0.clientOrderID == id }
            if found.isEmpty { status = .unknownOrder }
            records = .orders(found.sorted { $0.userRef < $1.userRef }.map(record))
        case .openOrders:
            records = .orders(account.orders.filter { $0.remaining > 0 }.map(record))
        case .trades(let afterSequence, let fromNs):
            let found = account.trades.filter {
                $0.sequence > afterSequence && exchange.market.timestamp($0.atNs) >= fromNs
            }
            records = .trades(found.map(record))
        case .positions:
            records = .positions(positions(account))
        case .balance:
            records = .balance([balance(account)])
        }
        return AnswerBody(snapshot: snapshot(account, status, records.count), records: records)
    }

    func snapshot(_ account: ExchangeAccountState, _ status: OrderQuery.AnswerStatus, _ count: Int)
        -> OrderQuery.Snapshot
    {
        OrderQuery.Snapshot(
            account: account.userName, session: exchange.session,
            venueTimeNs: exchange.market.timestamp(exchange.nowNs), sequence: account.lastSequence,
            lastUserRef: account.lastUserRef, status: status, isComplete: true, totalCount: UInt32(count),
            pageCount: 1)
    }

    private func order(_ userRef: UInt32, _ account: ExchangeAccountState) -> OrderQuery.OrderRecord? {
        if let index = account.orderIndex[userRef] { return record(account.orders[index]) }
        if let index = account.rejectedIndex[userRef] { return record(account.rejected[index]) }
        return nil
    }

    private func record(_ order: ClientOrder) -> OrderQuery.OrderRecord {
        var status = OrderQuery.OrderStatus.live
        var reason: UInt16 = 0
        var replacedBy: UInt32 = 0
        switch order.end {
        case .live: status = .live
        case .filled: status = .filled
        case .cancelled(let letter): (status, reason) = (.cancelled, UInt16(letter))
        case .replaced(let by): (status, replacedBy) = (.replaced, by)
        case .rejected(let number): (status, reason) = (.rejected, number)
        }
        return OrderQuery.OrderRecord(
            userRef: order.userRef, originalUserRef: order.original, replacedBy: replacedBy,
            clientOrderID: order.clientOrderID, symbol: order.symbol, side: order.side,
            timeInForce: order.timeInForce, status: status, isCancelWaiting: order.cancelWaiting != nil,
            reason: reason, price: order.price, ordered: order.ordered, executed: order.executed,
            leaves: order.remaining, executedAmount: order.amount, orderReferenceNumber: order.reference,
            acceptedAtNs: exchange.market.timestamp(order.acceptedAtNs),
            changedAtNs: exchange.market.timestamp(order.changedAtNs), changedSequence: order.changedSequence)
    }

    private func record(_ trade: ClientTrade) -> OrderQuery.TradeRecord {
        OrderQuery.TradeRecord(
            kind: trade.kind, executionID: trade.executionID, otherID: trade.otherID, userRef: trade.userRef,
            symbol: trade.symbol, side: trade.side, liquidityFlag: trade.liquidityFlag, price: trade.price,
            quantity: trade.quantity, matchNumber: trade.matchNumber,
            atNs: exchange.market.timestamp(trade.atNs), sequence: trade.sequence)
    }

    /// In the order in which the account came to have to do with each instrument.
    private func positions(_ account: ExchangeAccountState) -> [OrderQuery.PositionRecord] {
        var found: [OrderQuery.PositionRecord] = []
        var places: [UInt64: Int] = [:]
        func place(_ symbol: UInt64) -> Int {
            if let place = places[symbol] { return place }
            places[symbol] = found.count
            found.append(OrderQuery.PositionRecord(symbol: symbol))
            return found.count - 1
        }
        for start in account.startingPositions {
            found[place(start.symbol.raw)].startQuantity += start.quantity
        }
        for trade in account.trades {
            let place = place(trade.symbol)
            let sign: Int64 = trade.kind == .bust ? -1 : 1
            let quantity = sign * Int64(trade.quantity)
            let amount = Int128(quantity) * Int128(trade.price)
            if trade.side == UInt8(ascii: "B") {
                found[place].bought += quantity
                found[place].boughtAmount += amount
            } else {
                found[place].sold += quantity
                found[place].soldAmount += amount
            }
        }
        for order in account.orders where order.remaining > 0 {
            let place = place(order.symbol)
            if order.side == UInt8(ascii: "B") {
                found[place].openBuy += Int64(order.remaining)
            } else {
                found[place].openSell += Int64(order.remaining)
            }
        }
        for place in found.indices {
            found[place].quantity = found[place].startQuantity + found[place].bought - found[place].sold
        }
        return found
    }

    private func balance(_ account: ExchangeAccountState) -> OrderQuery.BalanceRecord {
        var cash = Int128(account.startingCash)
        for trade in account.trades {
            let amount = Int128(trade.quantity) * Int128(trade.price)
            let isOutflow = (trade.side == UInt8(ascii: "B")) != (trade.kind == .bust)
            cash += isOutflow ? -amount : amount
        }
        let open = account.orders.reduce(Int128(0)) { sum, order in
            order.side == UInt8(ascii: "B") ? sum + Int128(order.remaining) * Int128(order.price) : sum
        }
        return OrderQuery.BalanceRecord(
            startCash: Int128(account.startingCash), cash: cash, openBuyAmount: open)
    }
}
