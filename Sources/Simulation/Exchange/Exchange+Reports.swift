import Matching
import Model
import Wire

/// What the matching engine did, told to the clients it concerns, and written down for audit.
extension Exchange {
    /// Carries out the flow's next command.
    func runFlow() {
        counters.flowCommands += 1
        flow?.run(&market) { canTrade($0) }
        finishCommand(taker: nil)
    }

    /// Whether an order in the book belongs to no account.
    func isNobodys(_ reference: UInt64) -> Bool {
        guard let order = market.engine.order(reference) else { return false }
        return order.owner & ~ExchangeMarket.hiddenBit == 0
    }

    /// Tells the world and the clients about the events of the engine's last command.
    ///
    /// - Parameter taker: Whose command it was; `nil`: nobody's.
    func finishCommand(taker: ExchangeAccountState?, attributed: Bool = false) {
        market.publish(atNs: nowNs, attributed: attributed)
        for index in 0..<market.eventCount {
            let event = market.event(index)
            switch event.kind {
            case .executed:
                let maker = Int(event.owner & ~ExchangeMarket.hiddenBit) - 1
                if maker >= 0 {
                    book(event, accounts[maker], event.userRef, added: true, side: event.side)
                }
                if let taker, let last = taker.orders.last {
                    book(event, taker, last.userRef, added: false, side: event.side.opposite)
                }
            case .cancelled:
                // Asked-for cancels tell their client themselves.
                if event.reason == .selfTrade {
                    prevented(event)
                } else if let taker, event.reason != .asked {
                    cancelRest(event, taker)
                }
            case .accepted, .replaced, .rejected:
                break
            }
        }
    }

    private func book(
        _ event: MatchEvent, _ account: ExchangeAccountState, _ userRef: UInt32, added: Bool, side: Side
    ) {
        guard let index = account.orderIndex[userRef] else {
            preconditionFailure("Invariant: an order in the book is known to its account")
        }
        let order = account.orders[index]
        account.orders[index].executed += event.quantity
        account.orders[index].remaining -= event.quantity
        account.orders[index].amount += Int128(event.price.raw) * Int128(event.quantity)
        if order.remaining == event.quantity { account.orders[index].end = .filled }
        let execution = ExchangeExecution(
            account: account.index, userRef: userRef,
            symbol: symbol(of: event.instrument), side: side, price: event.price,
            quantity: event.quantity, matchNumber: event.matchNumber, addedLiquidity: added, atNs: nowNs)
        if executions.count < configuration.auditCountMax {
            executions.append(execution)
        } else {
            counters.auditLost += 1
        }
        let flag = UInt8(ascii: added ? "A" : "R")
        send(
            Ouch50.OrderExecuted(
                timestamp: market.timestamp(nowNs), userRefNum: userRef, quantity: event.quantity,
                price: UInt64(bitPattern: event.price.raw), liquidityFlag: flag,
                matchNumber: event.matchNumber), to: account)
        stamp(account, index)
        account.trades.append(
            ClientTrade(
                kind: .execution, executionID: Self.executionID(event.matchNumber, order.side), otherID: 0,
                userRef: userRef, symbol: order.symbol, side: order.side,
                price: UInt64(bitPattern: event.price.raw), quantity: event.quantity,
                matchNumber: event.matchNumber, liquidityFlag: flag, atNs: nowNs,
                sequence: account.lastSequence))
    }

    private func cancelRest(_ event: MatchEvent, _ account: ExchangeAccountState) {
        guard let index = account.orderIndex[event.userRef] else { return }
        let reason: Ouch50.CancelReason = event.reason == .immediate ? .immediate : .system
        account.orders[index].remaining = 0
        account.orders[index].end = .cancelled(reason.rawValue)
        send(
            Ouch50.OrderCanceled(
                timestamp: market.timestamp(nowNs), userRefNum: event.userRef, quantity: event.quantity,
                reason: reason.rawValue), to: account)
        stamp(account, index)
    }

    /// Shares that did not trade because both orders are one account's.
    private func prevented(_ event: MatchEvent) {
        let owner = Int(event.owner & ~ExchangeMarket.hiddenBit) - 1
        guard owner >= 0, let index = accounts[owner].orderIndex[event.userRef] else { return }
        let account = accounts[owner]
        account.orders[index].remaining -= event.quantity
        if account.orders[index].remaining == 0 {
            account.orders[index].end = .cancelled(Ouch50.CancelReason.selfMatch.rawValue)
        }
        // The arriving order that gives way has met what stands first on the other side, still.
        let isArriving = event.otherReference == 0
        let met = isArriving ? market.engine.first(event.instrument, event.side.opposite) : nil
        let strategy: Unicode.Scalar =
            switch configuration.limits.selfTrade {
            case .cancelOldest: "O"
            case .decrementBoth: "D"
            case .allowed, .cancelNewest: "W"
            }
        let removed = isArriving || event.reference > event.otherReference
        send(
            Ouch50.AiqCanceled(
                timestamp: market.timestamp(nowNs), userRefNum: event.userRef,
                decrementShares: event.quantity, reason: Ouch50.CancelReason.selfMatch.rawValue,
                quantityPreventedFromTrading: met.map { min($0.remaining, event.quantity) }
                    ?? event.otherRemaining,
                executionPrice: UInt64(bitPattern: met?.price.raw ?? event.price.raw),
                liquidityFlag: UInt8(ascii: removed ? "R" : "A"), aiqStrategy: UInt8(ascii: strategy)),
            to: account)
        stamp(account, index)
    }

    func sendAccepted(
        _ order: Ouch50.EnterOrder, _ reference: UInt64, _ account: ExchangeAccountState, isDead: Bool
    ) {
        send(
            Ouch50.OrderAccepted(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRefNum, side: order.side,
                quantity: order.quantity, symbol: order.symbol, price: order.price,
                timeInForce: order.timeInForce, display: order.display, orderReferenceNumber: reference,
                capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                crossType: order.crossType, orderState: UInt8(ascii: isDead ? "D" : "L"),
                clientOrderID: order.clientOrderID), to: account)
    }

    func sendRejected(
        _ userRef: UInt32, _ reason: UInt16, _ clientOrderID: Token14, _ account: ExchangeAccountState
    ) {
        counters.ordersRejected += 1
        send(
            Ouch50.Rejected(
                timestamp: market.timestamp(nowNs), userRefNum: userRef, reason: reason,
                clientOrderID: clientOrderID), to: account)
    }

    func sendBroken(_ trade: ClientTrade, _ account: ExchangeAccountState) {
        let order = account.orderIndex[trade.userRef].map { account.orders[$0] }
        send(
            Ouch50.BrokenTrade(
                timestamp: market.timestamp(nowNs), userRefNum: trade.userRef,
                matchNumber: trade.matchNumber, reason: UInt8(ascii: "E"),
                clientOrderID: order?.clientOrderID ?? .blank), to: account)
    }

    func send(systemEvent code: Unicode.Scalar, to account: ExchangeAccountState) {
        send(
            Ouch50.SystemEvent(timestamp: market.timestamp(nowNs), eventCode: UInt8(ascii: code)), to: account
        )
    }

    func send<Message: OuchMessage>(
        _ message: Message, options: Ouch50.Options = Ouch50.Options(), to account: ExchangeAccountState
    ) {
        // SAFETY: the room is larger than any message, and `write` checks it.
        account.log.commit(unsafe message.write(to: account.log.room(), options: options))
        sent(account)
    }

    func audit(
        _ account: ExchangeAccountState, _ userRef: UInt32, original: UInt32, symbol: UInt64, side: UInt8,
        price: UInt64, quantity: UInt32, fate: ExchangeOrderReceived.Fate
    ) {
        guard ordersReceived.count < configuration.auditCountMax else {
            counters.auditLost += 1
            return
        }
        ordersReceived.append(
            ExchangeOrderReceived(
                account: account.index, userRef: userRef, originalUserRef: original,
                symbol: Symbol(raw: symbol),
                side: side == UInt8(ascii: "B") ? .buy : side == 0 ? .none : .sell,
                price: Price(raw: Int64(clamping: price)), quantity: quantity, atNs: nowNs, fate: fate))
    }
}
