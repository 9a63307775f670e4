import Matching
import Model
import Wire

/// Replacing an order.
extension Exchange {
    /// The answers, by what is asked and what there is (numbers: `old` the original, `new` the replacement):
    ///
    ///     new is not above the last number used     nothing; what the first one did stands
    ///     old unknown, dead or replaced already     nothing; new stays free            (a setting: Rejected new)
    ///     old may not be touched now                Rejected new; old stands, new is used up
    ///     details that cannot be, or a total of     Canceled old, all that was left; new stays free
    ///     no more than what old has executed
    ///     else                                      Replaced old > new, with what is left of the total; it goes to the
    ///                                               back of the queue, may trade at once, or be cancelled at once
    func replace(
        _ request: Ouch50.ReplaceOrder, _ options: Ouch50.Options, _ account: ExchangeAccountState
    ) {
        var fate = ExchangeOrderReceived.Fate.accepted
        let old = account.live(request.originalUserRefNum)
        let known = old.map { account.orders[$0] }
        defer {
            audit(
                account, request.userRefNum, original: request.originalUserRefNum, symbol: known?.symbol ?? 0,
                side: known?.side ?? 0, price: request.price, quantity: request.quantity, fate: fate)
        }
        guard request.userRefNum > account.lastUserRef else {
            counters.repeatedIgnored += 1
            fate = .repeated
            return
        }
        guard let old, let order = known else {
            // The number is not used up: the protocol lets it be used again.
            counters.lateIgnored += 1
            fate = .late
            if configuration.answersLateRequests {
                account.lastUserRef = request.userRefNum
                reject(request, Ouch50.RejectReason.replaceNotAllowed.rawValue, nil, account)
            }
            return
        }
        counters.ordersEntered += 1
        if let reason = refusal(toTouch: order) {
            account.lastUserRef = request.userRefNum
            fate = .rejected
            reject(request, reason, order, account)
            return
        }
        // OUCH counts what has been executed into the quantity; a quantity that leaves nothing cancels.
        let remaining = UInt32(max(Int64(request.quantity) - Int64(order.executed), 0))
        let isPossible =
            request.quantity < Ouch50.quantityEnd && remaining > 0
            && request.intermarketSweep != UInt8(ascii: "Y")
            && refusal(
                ofDetails: options, timeInForce: request.timeInForce, quantity: remaining,
                price: request.price) == nil
        guard isPossible, exchange(order, old, request, options, remaining, account) else {
            // Details that cannot be: the protocol takes the order out of the book and leaves the number unused.
            fate = .rejected
            cancelOrder(account, old, reason: .user)
            return
        }
        if request.timeInForce == Ouch50.TimeInForce.time.rawValue,
            account.live(request.userRefNum) != nil
        {
            expire(account, request.userRefNum, afterSeconds: options.expireTime ?? 0)
        }
    }

    /// Why an order cannot be replaced now, so that it stands as it was.
    private func refusal(toTouch order: ClientOrder) -> UInt16? {
        if rejectsByScript() { return faults.rejectReason }
        if isClosed || halted.contains(Int(order.instrument.index)) {
            return Ouch50.RejectReason.halted.rawValue
        }
        if order.cancelWaiting != nil { return Ouch50.RejectReason.cancelPending.rawValue }
        switch cancelHandling[Int(order.instrument.index)] {
        case nil, .atOnce: return nil
        case .waits: return Ouch50.RejectReason.cancelPending.rawValue
        case .refused: return Ouch50.RejectReason.replaceNotAllowed.rawValue
        }
    }

    /// Puts the replacement in the order's place, tells it, and what it traded. `false`: the book does not take it.
    private func exchange(
        _ order: ClientOrder, _ old: Int, _ request: Ouch50.ReplaceOrder, _ options: Ouch50.Options,
        _ remaining: UInt32, _ account: ExchangeAccountState
    ) -> Bool {
        let isImmediate = request.timeInForce == Ouch50.TimeInForce.immediate.rawValue
        let reference = market.replace(
            order.reference, price: Price(raw: Int64(clamping: request.price)), quantity: remaining,
            userRef: request.userRefNum, duration: isImmediate ? .immediateOrCancel : .day,
            isMarket: isMarketPrice(request.price), isPostOnly: options.postOnly == UInt8(ascii: "P"),
            keepsPlace: false, minimumQuantity: options.minimumQuantity ?? 0)
        let dead = deathOnArrival(of: remaining)
        if reference == 0 {
            guard dead != nil else { return false }
            // The replacement is taken and over at once; the order that it replaces is in the book still.
            let gone = market.cancel(order.reference, toRemaining: 0)
            precondition(gone, "Invariant: a client's live order is in the book")
        }
        account.lastUserRef = request.userRefNum
        account.orders[old].remaining = 0
        account.orders[old].end = .replaced(by: request.userRefNum)
        var new = order
        new.userRef = request.userRefNum
        new.original = order.userRef
        new.reference = reference
        new.price = request.price
        new.ordered = request.quantity
        new.remaining = remaining
        new.timeInForce = request.timeInForce
        // Shown or hidden stays what it was: the book knows the order by it.
        new.intermarketSweep = request.intermarketSweep
        new.clientOrderID = request.clientOrderID
        new.isPostOnly = options.postOnly == UInt8(ascii: "P")
        new.groupID = options.groupID ?? order.groupID
        new.acceptedAtNs = nowNs
        let index = account.orders.count
        account.orderIndex[request.userRefNum] = index
        account.orders.append(new)
        send(
            Ouch50.OrderReplaced(
                timestamp: market.timestamp(nowNs), originalUserRefNum: order.userRef,
                userRefNum: new.userRef, side: new.side, quantity: remaining, symbol: new.symbol,
                price: new.price, timeInForce: new.timeInForce, display: new.display,
                orderReferenceNumber: reference, capacity: new.capacity,
                intermarketSweep: new.intermarketSweep, crossType: new.crossType,
                orderState: UInt8(ascii: dead != nil && configuration.tellsDeadOrders ? "D" : "L"),
                clientOrderID: new.clientOrderID), to: account)
        stamp(account, old)
        stamp(account, index)
        if let dead {
            endOnArrival(account, index, dead)
        } else {
            finishCommand(taker: account, attributed: request.display == UInt8(ascii: "A"))
        }
        return true
    }

    private func reject(
        _ request: Ouch50.ReplaceOrder, _ reason: UInt16, _ order: ClientOrder?,
        _ account: ExchangeAccountState
    ) {
        sendRejected(request.userRefNum, reason, request.clientOrderID, account)
        remember(
            rejected: ClientOrder(
                userRef: request.userRefNum, original: request.originalUserRefNum, reference: 0,
                instrument: .none, symbol: order?.symbol ?? Symbol.blank.raw,
                side: order?.side ?? UInt8(ascii: " "), price: request.price,
                ordered: request.quantity, executed: 0, remaining: 0, timeInForce: request.timeInForce,
                display: request.display, capacity: order?.capacity ?? 0x20,
                intermarketSweep: request.intermarketSweep, crossType: order?.crossType ?? 0x20,
                clientOrderID: request.clientOrderID, isPostOnly: false, end: .rejected(reason),
                acceptedAtNs: nowNs, changedAtNs: nowNs, changedSequence: account.lastSequence), account)
    }
}
