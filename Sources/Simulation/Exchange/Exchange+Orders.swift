import Matching
import Model
import Wire

/// OUCH 5.0 requests of clients.
extension Exchange {
    /// What OUCH takes for "no limit".
    static var marketPrice: UInt64 { 0x7fff_ffff }

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
    private func takeNumber(_ userRef: UInt32, _ account: ExchangeAccountState) -> Bool {
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
        if let reason = refusal(order, account) {
            sendRejected(order.userRefNum, reason, order.clientOrderID, account)
            return
        }
        let instrument = InstrumentID(index: UInt32(instrumentIndex(order.symbol) ?? 0))
        let isImmediate = order.timeInForce == UInt8(ascii: "3")
        let hidden = order.display == UInt8(ascii: "N")
        let isPostOnly = options.postOnly == UInt8(ascii: "P")
        let isAllOrNothing = isImmediate && options.minimumQuantity.map { $0 >= order.quantity } == true
        let entry = OrderEntry(
            instrument: instrument, side: order.side == UInt8(ascii: "B") ? .buy : .sell,
            price: Price(raw: Int64(clamping: order.price)), quantity: order.quantity,
            duration: isAllOrNothing ? .fillOrKill : isImmediate ? .immediateOrCancel : .day,
            isMarket: order.price == Self.marketPrice, isPostOnly: isPostOnly,
            owner: account.owner | (hidden ? ExchangeMarket.hiddenBit : 0), userRef: order.userRefNum)
        let reference = market.enter(entry)
        let first = market.event(0)
        if first.kind == .rejected, first.reason != .notFillable {
            sendRejected(order.userRefNum, Self.ouchReason(first.reason), order.clientOrderID, account)
            return
        }
        account.orderIndex[order.userRefNum] = account.orders.count
        account.orders.append(
            ClientOrder(
                userRef: order.userRefNum, reference: reference, instrument: instrument, side: order.side,
                price: order.price, executed: 0, remaining: order.quantity, timeInForce: order.timeInForce,
                display: order.display, capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                crossType: order.crossType, clientOrderID: order.clientOrderID, isPostOnly: isPostOnly))
        sendAccepted(order, reference, account)
        if first.kind == .rejected {
            // A fill-or-kill that cannot be filled is taken and cancelled, as any immediate order.
            account.orders[account.orders.count - 1].remaining = 0
            send(
                Ouch50.OrderCanceled(
                    timestamp: market.timestamp(nowNs), userRefNum: order.userRefNum,
                    quantity: order.quantity,
                    reason: UInt8(ascii: "I")), to: account)
            return
        }
        finishCommand(taker: account, attributed: order.display == UInt8(ascii: "A"))
        if order.timeInForce == UInt8(ascii: "6"), account.live(order.userRefNum) != nil {
            expire(account, order.userRefNum, afterSeconds: options.expireTime ?? 0)
        }
    }

    private func expire(_ account: ExchangeAccountState, _ userRef: UInt32, afterSeconds: UInt32) {
        let atNs = nowNs + UInt64(afterSeconds) * 1_000_000_000
        let place = expiries.firstIndex { $0.atNs > atNs } ?? expiries.count
        expiries.insert((atNs: atNs, account: account.index, userRef: userRef), at: place)
    }

    /// Whether the fault script rejects the order that was just counted.
    private func rejectsByScript() -> Bool {
        if faults.rejectNext > 0 {
            faults.rejectNext -= 1
            return true
        }
        return faults.rejectEvery > 0 && counters.ordersEntered % faults.rejectEvery == 0
    }

    /// Why the exchange does not even try an order; prices and pools are the matching engine's to judge.
    private func refusal(_ order: Ouch50.EnterOrder, _ account: ExchangeAccountState) -> UInt16? {
        if rejectsByScript() { return faults.rejectReason }
        if isClosed { return 0x0002 }
        if account.isDisabled { return 0x000c }
        guard let index = instrumentIndex(order.symbol) else { return 0x0017 }
        if halted.contains(index) { return 0x0007 }
        switch order.side {
        case UInt8(ascii: "B"), UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "E"): break
        default: return 0x0009
        }
        switch order.display {
        case UInt8(ascii: "Y"), UInt8(ascii: "N"), UInt8(ascii: "A"): break
        default: return 0x0003
        }
        switch order.timeInForce {
        case UInt8(ascii: "0"), UInt8(ascii: "3"), UInt8(ascii: "5"), UInt8(ascii: "6"), UInt8(ascii: "E"):
            break
        default: return 0x000f
        }
        if order.quantity == 0 || order.quantity >= MatchingLimits.quantityMax { return 0x0013 }
        return nil
    }

    /// OUCH's number for a reason of the matching engine.
    static func ouchReason(_ reason: MatchReason) -> UInt16 {
        switch reason {
        case .unknownInstrument: 0x0017
        case .badSide: 0x0009
        case .badQuantity: 0x0013
        case .badPrice: 0x001d
        case .orderPoolFull, .levelPoolFull: 0x000a
        case .wouldTrade: 0x0012
        case .none, .asked, .immediate, .selfTrade, .tooManyFills, .notFillable, .unknownOrder,
            .nothingToCancel:
            0x000f
        }
    }

    // MARK: Replace

    private func replace(
        _ request: Ouch50.ReplaceOrder, _ options: Ouch50.Options, _ account: ExchangeAccountState
    ) {
        var fate = ExchangeOrderReceived.Fate.accepted
        let old = account.live(request.originalUserRefNum)
        let known = old.map { account.orders[$0] }
        defer {
            let symbol = known.map { self.symbol(of: $0.instrument).raw } ?? 0
            audit(
                account, request.userRefNum, original: request.originalUserRefNum, symbol: symbol,
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
                sendRejected(request.userRefNum, 0x0015, request.clientOrderID, account)
            }
            return
        }
        counters.ordersEntered += 1
        let byScript = rejectsByScript()
        if byScript || halted.contains(Int(order.instrument.index)) || isClosed {
            // The order cannot be touched now: rejected, and it stands as it was.
            account.lastUserRef = request.userRefNum
            fate = .rejected
            sendRejected(
                request.userRefNum, byScript ? faults.rejectReason : 0x0007, request.clientOrderID, account)
            return
        }
        // OUCH counts what has been executed into the quantity; a quantity that leaves nothing cancels.
        let remaining = Int64(request.quantity) - Int64(order.executed)
        var isTaken = false
        if remaining > 0, request.quantity < MatchingLimits.quantityMax {
            let isImmediate = request.timeInForce == UInt8(ascii: "3")
            let reference = market.replace(
                order.reference, price: Price(raw: Int64(clamping: request.price)),
                quantity: UInt32(remaining),
                userRef: request.userRefNum, duration: isImmediate ? .immediateOrCancel : .day,
                isMarket: request.price == Self.marketPrice,
                isPostOnly: options.postOnly == UInt8(ascii: "P"), keepsPlace: false)
            isTaken = reference != 0
            if isTaken { takeReplaced(request, order, old, reference, UInt32(remaining), account) }
        }
        guard isTaken else {
            // Details that cannot be: the protocol takes the order out of the book and leaves the number unused.
            fate = .rejected
            cancelOrder(account, old, reason: "U")
            return
        }
        finishCommand(taker: account, attributed: request.display == UInt8(ascii: "A"))
        if request.timeInForce == UInt8(ascii: "6"), account.live(request.userRefNum) != nil {
            expire(account, request.userRefNum, afterSeconds: options.expireTime ?? 0)
        }
    }

    private func takeReplaced(
        _ request: Ouch50.ReplaceOrder, _ order: ClientOrder, _ old: Int, _ reference: UInt64,
        _ remaining: UInt32,
        _ account: ExchangeAccountState
    ) {
        account.lastUserRef = request.userRefNum
        account.orders[old].remaining = 0
        var new = order
        new.userRef = request.userRefNum
        new.reference = reference
        new.price = request.price
        new.remaining = remaining
        new.timeInForce = request.timeInForce
        // Shown or hidden stays what it was: the book knows the order by it.
        new.intermarketSweep = request.intermarketSweep
        new.clientOrderID = request.clientOrderID
        account.orderIndex[request.userRefNum] = account.orders.count
        account.orders.append(new)
        let symbol = self.symbol(of: new.instrument).raw
        send(
            Ouch50.OrderReplaced(
                timestamp: market.timestamp(nowNs), originalUserRefNum: order.userRef,
                userRefNum: new.userRef,
                side: new.side, quantity: remaining, symbol: symbol, price: new.price,
                timeInForce: new.timeInForce, display: new.display, orderReferenceNumber: reference,
                capacity: new.capacity, intermarketSweep: new.intermarketSweep, crossType: new.crossType,
                orderState: UInt8(ascii: "L"), clientOrderID: new.clientOrderID), to: account)
    }

    // MARK: Cancel, modify

    private func cancel(_ request: Ouch50.CancelOrder, _ account: ExchangeAccountState) {
        guard let index = account.live(request.userRefNum) else {
            late(request.userRefNum, account)
            return
        }
        reduce(account, index, toTotal: request.quantity)
    }

    /// Brings an order down to a total that includes what has been executed.
    private func reduce(_ account: ExchangeAccountState, _ index: Int, toTotal total: UInt32) {
        let order = account.orders[index]
        let remaining = total > order.executed ? total - order.executed : 0
        guard remaining < order.remaining else {
            late(order.userRef, account)
            return
        }
        cancelOrder(account, index, toRemaining: remaining, reason: "U")
    }

    private func late(_ userRef: UInt32, _ account: ExchangeAccountState) {
        counters.lateIgnored += 1
        guard configuration.answersLateRequests else { return }
        send(Ouch50.CancelReject(timestamp: market.timestamp(nowNs), userRefNum: userRef), to: account)
    }

    private func modify(_ request: Ouch50.ModifyOrder, _ account: ExchangeAccountState) {
        guard let index = account.live(request.userRefNum) else {
            late(request.userRefNum, account)
            return
        }
        let order = account.orders[index]
        // A buy stays a buy; the kinds of sale may become each other.
        let isBuy = order.side == UInt8(ascii: "B")
        let sides = [UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "E")]
        guard isBuy ? request.side == order.side : sides.contains(request.side) else {
            late(request.userRefNum, account)
            return
        }
        account.orders[index].side = request.side
        let remaining = request.quantity > order.executed ? request.quantity - order.executed : 0
        if remaining == 0 {
            cancelOrder(account, index, reason: "U")
            return
        }
        if remaining < order.remaining {
            account.orders[index].remaining = remaining
            _ = market.cancel(order.reference, toRemaining: remaining)
            market.publish(atNs: nowNs)
        }
        send(
            Ouch50.OrderModified(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRef, side: request.side,
                quantity: account.orders[index].remaining), to: account)
    }

    private func massCancel(
        _ request: Ouch50.MassCancel, _ options: Ouch50.Options, _ account: ExchangeAccountState
    ) {
        guard takeNumber(request.userRefNum, account) else { return }
        send(
            Ouch50.MassCancelResponse(
                timestamp: market.timestamp(nowNs), userRefNum: request.userRefNum, firm: request.firm,
                symbol: request.symbol), to: account)
        guard request.firm == account.firm || request.firm == 0x2020_2020 else { return }
        for index in account.orders.indices where account.orders[index].remaining > 0 {
            let order = account.orders[index]
            let symbol = self.symbol(of: order.instrument).raw
            guard request.symbol == symbol || request.symbol == Symbol.blank.raw else { continue }
            if let side = options.side, (side == UInt8(ascii: "B")) != (order.side == UInt8(ascii: "B")) {
                continue
            }
            cancelOrder(account, index, reason: "U")
        }
    }

    /// Takes a live order down, tells the client and the world.
    func cancelOrder(
        _ account: ExchangeAccountState, _ index: Int, toRemaining: UInt32 = 0, reason: Unicode.Scalar
    ) {
        let order = account.orders[index]
        let done = market.cancel(order.reference, toRemaining: toRemaining)
        precondition(done, "Invariant: a client's live order is in the book")
        account.orders[index].remaining = toRemaining
        market.publish(atNs: nowNs)
        send(
            Ouch50.OrderCanceled(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRef,
                quantity: order.remaining - toRemaining, reason: UInt8(ascii: reason)), to: account)
    }
}
