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
                // Only the rest of an arriving order gets here; asked-for cancels tell their client themselves.
                if let taker, event.reason != .asked { cancelRest(event, taker) }
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
        account.orders[index].executed += event.quantity
        account.orders[index].remaining -= event.quantity
        let execution = ExchangeExecution(
            account: account.index, userRef: userRef,
            symbol: symbol(of: event.instrument), side: side, price: event.price,
            quantity: event.quantity, matchNumber: event.matchNumber, addedLiquidity: added, atNs: nowNs)
        if executions.count < configuration.auditCountMax {
            executions.append(execution)
        } else {
            counters.auditLost += 1
        }
        send(
            Ouch50.OrderExecuted(
                timestamp: market.timestamp(nowNs), userRefNum: userRef, quantity: event.quantity,
                price: UInt64(bitPattern: event.price.raw), liquidityFlag: UInt8(ascii: added ? "A" : "R"),
                matchNumber: event.matchNumber), to: account)
    }

    private func cancelRest(_ event: MatchEvent, _ account: ExchangeAccountState) {
        guard let index = account.orderIndex[event.userRef] else { return }
        account.orders[index].remaining = 0
        let time = market.timestamp(nowNs)
        if event.reason == .selfTrade {
            let met = market.engine.best(event.instrument, event.side.opposite)?.price.raw ?? 0
            send(
                Ouch50.AiqCanceled(
                    timestamp: time, userRefNum: event.userRef, decrementShares: event.quantity,
                    reason: UInt8(ascii: "Q"), quantityPreventedFromTrading: event.quantity,
                    executionPrice: UInt64(bitPattern: met), liquidityFlag: UInt8(ascii: "R"),
                    aiqStrategy: UInt8(ascii: "N")), to: account)
            return
        }
        let reason: Unicode.Scalar = event.reason == .immediate ? "I" : "Z"
        send(
            Ouch50.OrderCanceled(
                timestamp: time, userRefNum: event.userRef, quantity: event.quantity,
                reason: UInt8(ascii: reason)), to: account)
    }

    func sendAccepted(_ order: Ouch50.EnterOrder, _ reference: UInt64, _ account: ExchangeAccountState) {
        send(
            Ouch50.OrderAccepted(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRefNum, side: order.side,
                quantity: order.quantity, symbol: order.symbol, price: order.price,
                timeInForce: order.timeInForce, display: order.display, orderReferenceNumber: reference,
                capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                crossType: order.crossType,
                orderState: UInt8(ascii: "L"), clientOrderID: order.clientOrderID), to: account)
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

    func sendBroken(_ execution: ExchangeExecution) {
        let account = accounts[execution.account]
        let order = account.orderIndex[execution.userRef].map { account.orders[$0] }
        send(
            Ouch50.BrokenTrade(
                timestamp: market.timestamp(nowNs), userRefNum: execution.userRef,
                matchNumber: execution.matchNumber, reason: UInt8(ascii: "E"),
                clientOrderID: order?.clientOrderID ?? .blank), to: account)
    }

    func send(systemEvent code: Unicode.Scalar, to account: ExchangeAccountState) {
        send(
            Ouch50.SystemEvent(timestamp: market.timestamp(nowNs), eventCode: UInt8(ascii: code)), to: account
        )
    }

    func send<Message: OuchMessage>(_ message: Message, to account: ExchangeAccountState) {
        // SAFETY: the room is larger than any message, and `write` checks it.
        account.log.commit(unsafe message.write(to: account.log.room()))
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
