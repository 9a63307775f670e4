import Matching
import Model
import Wire

/// OUCH 5.0 requests of clients.
extension Exchange {
    func takeOuch(
        _ message: UnsafeRawBufferPointer, _ account: ExchangeAccountState, _ connection: ExchangeConnection
    ) {
        if faults.dropNext > 0 {
            faults.dropNext -= 1
            counters.droppedByScript += 1
            return
        }
        // SAFETY: readers check the length; options are read from what a reader took.
        switch unsafe message.first {
        case Ouch50.EnterOrder.type:
            guard let order = unsafe Ouch50.EnterOrder(reading: message) else { break }
            return enter(order, unsafe Ouch50.EnterOrder.options(of: message), account)
        case Ouch50.ReplaceOrder.type:
            guard let order = unsafe Ouch50.ReplaceOrder(reading: message) else { break }
            return replace(order, unsafe Ouch50.ReplaceOrder.options(of: message), account)
        case Ouch50.CancelOrder.type:
            guard let request = unsafe Ouch50.CancelOrder(reading: message) else { break }
            return cancel(request, account)
        case Ouch50.ModifyOrder.type:
            guard let request = unsafe Ouch50.ModifyOrder(reading: message) else { break }
            return modify(request, account)
        case Ouch50.MassCancel.type:
            guard let request = unsafe Ouch50.MassCancel(reading: message) else { break }
            return massCancel(request, unsafe Ouch50.MassCancel.options(of: message), account)
        case Ouch50.DisableOrderEntry.type:
            guard let request = unsafe Ouch50.DisableOrderEntry(reading: message) else { break }
            guard takeNumber(request.userRefNum, account) else { return }
            account.isDisabled = true
            return send(
                Ouch50.DisableResponse(
                    timestamp: market.timestamp(nowNs), userRefNum: request.userRefNum, firm: request.firm),
                to: account)
        case Ouch50.EnableOrderEntry.type:
            guard let request = unsafe Ouch50.EnableOrderEntry(reading: message) else { break }
            guard takeNumber(request.userRefNum, account) else { return }
            account.isDisabled = false
            return send(
                Ouch50.EnableResponse(
                    timestamp: market.timestamp(nowNs), userRefNum: request.userRefNum, firm: request.firm),
                to: account)
        case Ouch50.AccountQuery.type:
            guard unsafe Ouch50.AccountQuery(reading: message) != nil else { break }
            return send(
                Ouch50.AccountQueryResponse(
                    timestamp: market.timestamp(nowNs), nextUserRefNum: account.lastUserRef &+ 1), to: account
            )
        default:
            break
        }
        close(connection, .malformedOrder)
    }

    /// Uses up a number. `false`: it is not above the last one, and the message is ignored.
    func takeNumber(_ userRef: UInt32, _ account: ExchangeAccountState) -> Bool {
        guard userRef > account.lastUserRef else {
            counters.repeatedIgnored += 1
            return false
        }
        account.lastUserRef = userRef
        return true
    }

    func canTrade(_ instrument: InstrumentID) -> Bool {
        !isClosed && !halted.contains(Int(instrument.index))
            && Int(instrument.index) < configuration.instruments.count
    }

    // MARK: Enter

    private func enter(_ order: Ouch50.EnterOrder, _ options: Ouch50.Options, _ account: ExchangeAccountState)
    {
        let isNew = takeNumber(order.userRefNum, account)
        defer {
            audit(
                account, order.userRefNum, original: 0, symbol: order.symbol, side: order.side,
                price: order.price, quantity: order.quantity,
                fate: !isNew ? .repeated : account.orderIndex[order.userRefNum] == nil ? .rejected : .accepted
            )
        }
        guard isNew else { return }
        counters.ordersEntered += 1
        if let reason = refusal(order, options, account) {
            reject(order, reason, account)
            return
        }
        let instrument = InstrumentID(index: UInt32(instrumentIndex(order.symbol) ?? 0))
        let hidden = order.display == UInt8(ascii: "N")
        let isPostOnly = options.postOnly == UInt8(ascii: "P")
        let entry = OrderEntry(
            instrument: instrument, side: order.side == UInt8(ascii: "B") ? .buy : .sell,
            price: Price(raw: Int64(clamping: order.price)), quantity: order.quantity,
            duration: order.timeInForce == Ouch50.TimeInForce.immediate.rawValue ? .immediateOrCancel : .day,
            isMarket: isMarketPrice(order.price), isPostOnly: isPostOnly,
            owner: account.owner | (hidden ? ExchangeMarket.hiddenBit : 0), userRef: order.userRefNum,
            minimumQuantity: options.minimumQuantity ?? 0)
        let reference = market.enter(entry)
        let first = market.event(0)
        let dead = deathOnArrival(of: order.quantity)
        if first.kind == .rejected, dead == nil {
            reject(order, Self.ouchReason(first.reason), account)
            return
        }
        account.orderIndex[order.userRefNum] = account.orders.count
        account.orders.append(
            ClientOrder(
                userRef: order.userRefNum, reference: reference, instrument: instrument, symbol: order.symbol,
                side: order.side, price: order.price, ordered: order.quantity, executed: 0,
                remaining: order.quantity, timeInForce: order.timeInForce, display: order.display,
                capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                crossType: order.crossType, clientOrderID: order.clientOrderID, isPostOnly: isPostOnly,
                groupID: options.groupID ?? 0, acceptedAtNs: nowNs, changedAtNs: nowNs))
        let index = account.orders.count - 1
        sendAccepted(order, reference, account, isDead: dead != nil && configuration.tellsDeadOrders)
        stamp(account, index)
        if let dead {
            endOnArrival(account, index, dead)
            return
        }
        finishCommand(taker: account, attributed: order.display == UInt8(ascii: "A"))
        if order.timeInForce == Ouch50.TimeInForce.time.rawValue, account.live(order.userRefNum) != nil {
            expire(account, order.userRefNum, afterSeconds: options.expireTime ?? 0)
        }
    }

    func isMarketPrice(_ price: UInt64) -> Bool {
        price == Ouch50.marketPrice || price == Ouch50.marketPriceOfCross
    }

    /// Why all of the last command's order was cancelled at once, without an execution; `nil`: it was not. The matching
    /// engine refuses what may not trade, or not enough; in OUCH that is an order taken and cancelled.
    func deathOnArrival(of quantity: UInt32) -> Ouch50.CancelReason? {
        let first = market.event(0)
        if first.kind == .rejected {
            return first.reason == .notFillable
                ? .immediate : first.reason == .wouldTrade ? .postOnlyContra : nil
        }
        guard market.eventCount == 2 else { return nil }
        let second = market.event(1)
        let isAll = second.kind == .cancelled && second.reason == .immediate && second.quantity == quantity
        return isAll ? .immediate : nil
    }

    /// The end of an order that was over as it came: told by its state alone, or by a cancellation.
    func endOnArrival(_ account: ExchangeAccountState, _ index: Int, _ reason: Ouch50.CancelReason) {
        market.publish(atNs: nowNs)
        let order = account.orders[index]
        account.orders[index].remaining = 0
        account.orders[index].end = .cancelled(reason.rawValue)
        guard !configuration.tellsDeadOrders else { return }
        send(
            Ouch50.OrderCanceled(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRef, quantity: order.remaining,
                reason: reason.rawValue), to: account)
        stamp(account, index)
    }

    func expire(_ account: ExchangeAccountState, _ userRef: UInt32, afterSeconds: UInt32) {
        let atNs = nowNs + UInt64(afterSeconds) * 1_000_000_000
        let place = expiries.firstIndex { $0.atNs > atNs } ?? expiries.count
        expiries.insert((atNs: atNs, account: account.index, userRef: userRef), at: place)
    }

    /// An order that is not taken: its number is used up.
    private func reject(_ order: Ouch50.EnterOrder, _ reason: UInt16, _ account: ExchangeAccountState) {
        sendRejected(order.userRefNum, reason, order.clientOrderID, account)
        remember(
            rejected: ClientOrder(
                userRef: order.userRefNum, reference: 0,
                instrument: .none, symbol: order.symbol, side: order.side, price: order.price,
                ordered: order.quantity, executed: 0, remaining: 0, timeInForce: order.timeInForce,
                display: order.display, capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                crossType: order.crossType, clientOrderID: order.clientOrderID, isPostOnly: false,
                end: .rejected(reason), acceptedAtNs: nowNs, changedAtNs: nowNs,
                changedSequence: account.lastSequence), account)
    }

    func remember(rejected order: ClientOrder, _ account: ExchangeAccountState) {
        account.rejectedIndex[order.userRef] = account.rejected.count
        account.rejected.append(order)
    }

    /// Writes down that the last message of the stream was about this order.
    func stamp(_ account: ExchangeAccountState, _ index: Int) {
        account.orders[index].changedAtNs = nowNs
        account.orders[index].changedSequence = account.lastSequence
    }
}
