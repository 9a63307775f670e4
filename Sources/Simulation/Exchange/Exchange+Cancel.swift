import Matching
import Model
import Wire

/// What the exchange does with requests to cancel in an instrument: a cross in its last minutes holds them up.
public enum ExchangeCancelHandling: UInt8, Sendable, CaseIterable {
    case atOnce
    /// Cancel Pending; carried out when it is `atOnce` again.
    case waits
    /// Cancel Reject.
    case refused
}

/// Taking orders down, by their clients and otherwise.
extension Exchange {
    func cancel(_ request: Ouch50.CancelOrder, _ account: ExchangeAccountState) {
        guard let index = account.live(request.userRefNum) else {
            late(request.userRefNum, account)
            return
        }
        reduce(account, index, toTotal: request.quantity)
    }

    /// Brings an order down to a total that includes what has been executed, or says why not.
    private func reduce(_ account: ExchangeAccountState, _ index: Int, toTotal total: UInt32) {
        let order = account.orders[index]
        let remaining = total > order.executed ? total - order.executed : 0
        guard remaining < order.remaining else {
            late(order.userRef, account)
            return
        }
        let time = market.timestamp(nowNs)
        switch cancelHandling[Int(order.instrument.index)] {
        case nil, .atOnce:
            cancelOrder(account, index, toRemaining: remaining, reason: .user)
        case .waits:
            // What asks for no less than what waits already says nothing new.
            if let waiting = order.cancelWaiting, waiting <= total { return late(order.userRef, account) }
            account.orders[index].cancelWaiting = total
            send(Ouch50.CancelPending(timestamp: time, userRefNum: order.userRef), to: account)
            stamp(account, index)
        case .refused:
            send(Ouch50.CancelReject(timestamp: time, userRefNum: order.userRef), to: account)
            stamp(account, index)
        }
    }

    private func late(_ userRef: UInt32, _ account: ExchangeAccountState) {
        counters.lateIgnored += 1
        guard configuration.answersLateRequests else { return }
        send(Ouch50.CancelReject(timestamp: market.timestamp(nowNs), userRefNum: userRef), to: account)
    }

    func modify(_ request: Ouch50.ModifyOrder, _ account: ExchangeAccountState) {
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
        if let handling = cancelHandling[Int(order.instrument.index)], handling != .atOnce {
            send(
                Ouch50.CancelReject(timestamp: market.timestamp(nowNs), userRefNum: order.userRef),
                to: account)
            return
        }
        account.orders[index].side = request.side
        let remaining = request.quantity > order.executed ? request.quantity - order.executed : 0
        if remaining == 0 {
            cancelOrder(account, index, reason: .user)
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
        stamp(account, index)
    }

    func massCancel(
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
            guard request.symbol == order.symbol || request.symbol == Symbol.blank.raw else { continue }
            if let side = options.side, (side == UInt8(ascii: "B")) != (order.side == UInt8(ascii: "B")) {
                continue
            }
            if let group = options.groupID, group != 0, group != order.groupID { continue }
            reduce(account, index, toTotal: 0)
        }
    }

    /// The account has lost its connection, and wants its orders cancelled then.
    func cancelAll(_ account: ExchangeAccountState) {
        for index in account.orders.indices where account.orders[index].remaining > 0 {
            reduce(account, index, toTotal: 0)
        }
    }

    /// Takes a live order down, tells the client and the world.
    func cancelOrder(
        _ account: ExchangeAccountState, _ index: Int, toRemaining: UInt32 = 0, reason: Ouch50.CancelReason
    ) {
        let order = account.orders[index]
        let done = market.cancel(order.reference, toRemaining: toRemaining)
        precondition(done, "Invariant: a client's live order is in the book")
        account.orders[index].remaining = toRemaining
        account.orders[index].cancelWaiting = nil
        if toRemaining == 0 { account.orders[index].end = .cancelled(reason.rawValue) }
        market.publish(atNs: nowNs)
        send(
            Ouch50.OrderCanceled(
                timestamp: market.timestamp(nowNs), userRefNum: order.userRef,
                quantity: order.remaining - toRemaining, reason: reason.rawValue), to: account)
        stamp(account, index)
    }

    /// Carries out the cancels of an instrument that waited.
    func cancelWaiting(_ instrument: Int) {
        for account in accounts {
            for index in account.orders.indices {
                let order = account.orders[index]
                guard Int(order.instrument.index) == instrument, let total = order.cancelWaiting else {
                    continue
                }
                account.orders[index].cancelWaiting = nil
                guard order.remaining > 0 else { continue }
                let remaining = total > order.executed ? total - order.executed : 0
                if remaining < order.remaining {
                    cancelOrder(account, index, toRemaining: remaining, reason: .user)
                }
            }
        }
    }

    /// The ends that the clock brings: regular hours, then all hours.
    func closeByHours() {
        guard let hours = configuration.hours else { return }
        let time = market.timestamp(nowNs)
        let stage = time >= hours.extendedClosesNs ? 2 : time >= hours.closesNs ? 1 : 0
        guard stage > closedStage else { return }
        closedStage = stage
        expire(dayOnly: stage == 1)
    }

    /// The time of orders is over: of those for the day, or of all.
    func expire(dayOnly: Bool) {
        for account in accounts {
            for index in account.orders.indices where account.orders[index].remaining > 0 {
                let isDay = account.orders[index].timeInForce == Ouch50.TimeInForce.day.rawValue
                if !dayOnly || isDay { cancelOrder(account, index, reason: .timeout) }
            }
        }
    }
}
