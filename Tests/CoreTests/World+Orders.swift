import Model

@testable import Core

// Orders with the terms that few have, and looks at them.
extension World {
    /// Lets a strategy speak.
    func speak(_ strategy: Int = 0, _ body: (inout StrategyContext) -> Void) {
        runTimers()
        begin(Input(kind: .venueNotice), at: nowNs)
        _ = core.applyInput(&lastInput)
        _ = core.context.enter(strategy)
        body(&core.context)
        core.decide()
        finish()
    }

    /// An order on any terms; `nil`: it was discarded or refused.
    @discardableResult
    func make(
        _ action: SignalAction, _ quantity: Int64, limit: Int64 = 0, _ type: OrderType = .limit,
        _ timeInForce: TimeInForce = .day, flags: OrderFlags = OrderFlags(rawValue: 0), stop: Int64 = 0,
        trail: Int64 = 0, takeProfit: Int64 = 0, stopLoss: Int64 = 0, lifetimeNs: UInt64 = 0,
        _ link: OrderLink? = nil, _ other: OrderHandle? = nil, remainder: RemainderPolicy? = nil
    ) -> OrderHandle? {
        var terms = SignalTerms()
        terms.stop = Price(raw: stop)
        terms.trail = Price(raw: trail)
        terms.takeProfit = Price(raw: takeProfit)
        terms.stopLoss = Price(raw: stopLoss)
        terms.lifetimeNs = lifetimeNs
        terms.link = link
        terms.order = other ?? .none
        terms.remainder = remainder
        speak {
            $0.signal(
                Signal(
                    instrument: InstrumentID(index: 0), action: action, strength: 0.5,
                    limit: Price(raw: limit),
                    quantity: Quantity(raw: quantity), orderType: type, timeInForce: timeInForce, flags: flags
                ),
                terms)
        }
        guard let id = last.last(where: { $0.factKind == .orderCreated })?.orderID else { return nil }
        return handle(id)
    }

    /// As ``make``, and the venue has taken it.
    func makeWorking(
        _ action: SignalAction, _ quantity: Int64, limit: Int64, _ timeInForce: TimeInForce = .day,
        flags: OrderFlags = OrderFlags(rawValue: 0), takeProfit: Int64 = 0, stopLoss: Int64 = 0,
        lifetimeNs: UInt64 = 0, _ link: OrderLink? = nil, _ other: OrderHandle? = nil,
        remainder: RemainderPolicy? = nil
    ) -> OrderHandle {
        let made = make(
            action, quantity, limit: limit, .limit, timeInForce, flags: flags, takeProfit: takeProfit,
            stopLoss: stopLoss, lifetimeNs: lifetimeNs, link, other, remainder: remainder)!
        accept(ref(made))
        return made
    }

    func replace(_ order: OrderHandle, limit: Int64 = 0, quantity: Int64 = 0) {
        speak {
            $0.replace(
                order, in: InstrumentID(index: 0), limit: Price(raw: limit), quantity: Quantity(raw: quantity)
            )
        }
    }

    func cancel(_ order: OrderHandle) { speak { $0.cancel(order, in: InstrumentID(index: 0)) } }

    func handle(_ id: OrderID) -> OrderHandle? {
        for slot in 0..<core.orderSlotCount where core.order(slot: slot)?.id == id {
            return core.pool.handle(slot)
        }
        return nil
    }

    func record(_ order: OrderHandle) -> OrderRecord { core.pool[Int(order.index)] }
    func detail(_ order: OrderHandle) -> OrderDetail { core.details[Int(order.index)] }
    func ref(_ order: OrderHandle) -> UInt32 { record(order).userRef }
    func status(_ order: OrderHandle) -> OrderStatus { record(order).status }

    /// The open orders in the order in which they were made.
    var open: [OrderHandle] {
        (0..<core.orderSlotCount).filter { core.order(slot: $0)?.lifecycle.isEnded == false }
            .map { core.pool.handle($0) }.sorted {
                (record($0).id.high, record($0).id.low) < (record($1).id.high, record($1).id.low)
            }
    }

    var commandKinds: [CommandKind] { sent.map(\.commandKind) }

    /// The back office answers the question that is under way: orders to buy the first instrument at one price, and its
    /// position where one is named.
    func answer(
        orders: [(ref: UInt32, leaves: Int64)], position: Int64? = nil, upTo: UInt64? = nil,
        isComplete: Bool = true
    ) {
        answer(
            listing: orders.map { ($0.ref, $0.leaves, 1_000_000) }, executions: [], position: position,
            upTo: upTo,
            isComplete: isComplete)
    }

    /// The same with prices, and executions.
    ///
    /// - Parameter upTo: the stream's message that it is true up to; `nil`: all that was heard.
    func answer(
        listing orders: [(ref: UInt32, leaves: Int64, price: Int64)],
        executions: [(ref: UInt32, quantity: Int64, price: Int64, match: UInt64, isMended: Bool)],
        position: Int64? = nil, upTo: UInt64? = nil, isComplete: Bool = true
    ) {
        guard let question = sent.last(where: { $0.commandKind == .query }) else { return }
        var begin = Input(kind: .reconcileBegin)
        begin.user_ref = question.user_ref
        begin.execution_id = upTo ?? core.sessions[0].nextMessage
        step(begin)
        var count: Int64 = 0
        func tell(
            _ kind: InputKind, _ ref: UInt32, _ quantity: Int64, _ price: Int64, match: UInt64 = 0,
            isMended: Bool = false
        ) {
            var part = Input(kind: kind)
            part.user_ref = ref
            part.quantity = quantity
            part.price = price
            part.execution_id = match
            part.venue_time_ns = isMended ? 1 : 0
            part.instrument = 0
            part.side = kind == .reconcilePosition ? Side.none.rawValue : Side.buy.rawValue
            step(part)
            count += 1
        }
        for order in orders { tell(.reconcileOrder, order.ref, order.leaves, order.price) }
        for trade in executions {
            tell(
                .reconcileExecution, trade.ref, trade.quantity, trade.price, match: trade.match,
                isMended: trade.isMended)
        }
        if let position { tell(.reconcilePosition, 0, position, 1_000_000) }
        var commit = Input(kind: .reconcileCommit)
        commit.quantity = count
        commit.flags = isComplete ? 1 : 0
        step(commit)
    }

    /// An ack of an order that this run never gave, or is done with: `isOurs` by its client id.
    func acceptUnasked(_ ref: UInt32, _ side: Side, _ quantity: Int64, at price: Int64, isOurs: Bool = true) {
        var ack = Input(kind: .orderAccepted)
        ack.user_ref = ref
        ack.instrument = 0
        ack.side = side.rawValue
        ack.quantity = quantity
        ack.price = price
        ack.execution_id = UInt64(ref) + 9_000
        ack.flags = isOurs ? 2 : 0
        step(ack)
    }
}
