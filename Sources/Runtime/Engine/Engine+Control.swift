public import Core
public import Memory
public import Model
public import Plumbing

extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// Hands a question to the control thread. Where it is not taken, the core hears in the next turn that it failed.
    @inlinable mutating func askBackOffice(_ index: Int) {
        let question = core.commands[index]
        if control.send(ControlMessage.question, question) { return }
        // There is room: the core has one question a session under way.
        failedQuestions[failedQuestionCount] = question
        failedQuestionCount += 1
    }

    /// Questions that found nobody, then one message of the control thread, then a piece of the view that is wanted.
    @inlinable mutating func controlTurn(nowNs: UInt64) -> Int {
        var work = 0
        while failedQuestionCount > 0, state != .halted {
            failedQuestionCount -= 1
            var input = Input(kind: .reconcileFailed, source: failedQuestions[failedQuestionCount].session)
            input.user_ref = failedQuestions[failedQuestionCount].user_ref
            input.flags = 1
            step(&input, nowNs: nowNs)
            work += 1
        }
        guard control.isOn else { return work }
        if viewPlace < 0 {
            work += takeControl(nowNs: nowNs)
        } else {
            work += 1
            showMore()
        }
        return work
    }

    @inlinable mutating func takeControl(nowNs: UInt64) -> Int {
        var input = Input(kind: .operatorCommand)
        let kind = control.incoming[0].take(into: &input)
        guard kind != 0 else { return 0 }
        if kind == ControlMessage.input {
            step(&input, nowNs: nowNs)
            flushAll(nowNs: nowNs)
        } else if kind == ControlMessage.viewOrders || kind == ControlMessage.viewPositions
            || kind == ControlMessage.viewInstruments || kind == ControlMessage.viewStates
        {
            viewRequest = ViewRequest(number: input.user_ref, instrument: input.instrument)
            viewKind = kind
            viewPlace = 0
            viewCount = 0
        }
        return 1
    }

    /// A few records of the view: a turn is never long because somebody looks.
    @inlinable mutating func showMore() {
        let count = viewKind == ControlMessage.viewOrders ? core.orderSlotCount : core.instrumentCountMax
        var looked = 0
        while viewPlace < count, looked < 64 {
            let isTaken =
                viewKind == ControlMessage.viewOrders
                ? showOrder()
                : viewKind == ControlMessage.viewPositions
                    ? showPosition()
                    : viewKind == ControlMessage.viewStates
                        ? showState() : showName(UInt32(truncatingIfNeeded: viewPlace))
            // A full ring: whoever looks reads on, and so does the next turn.
            guard isTaken else { return }
            viewPlace += 1
            looked += 1
        }
        // Behind the positions stand the account and its currencies.
        let endPlace = viewKind == ControlMessage.viewPositions ? count + 1 + core.currencyCount : count
        while viewPlace >= count, viewPlace < endPlace {
            guard showAccount(viewPlace - count) else { return }
            viewPlace += 1
        }
        guard viewPlace >= endPlace else { return }
        let end = ViewEnd(number: viewRequest.number, count: viewCount, sequence: sequencer.lastSequence)
        if control.sendView(ControlMessage.end, end) { viewPlace = -1 }
    }

    @inlinable mutating func showOrder() -> Bool {
        var view = OrderView()
        guard core.view(orderAt: viewPlace, &view),
            viewRequest.instrument == .max || view.instrument == viewRequest.instrument
        else { return true }
        guard showName(view.instrument), control.sendView(ControlMessage.order, view) else { return false }
        viewCount += 1
        return true
    }

    @inlinable mutating func showPosition() -> Bool {
        var view = PositionView()
        guard core.view(positionIn: viewPlace, &view),
            viewRequest.instrument == .max || view.instrument == viewRequest.instrument
        else { return true }
        guard showName(view.instrument), control.sendView(ControlMessage.position, view) else { return false }
        viewCount += 1
        return true
    }

    @inlinable mutating func showState() -> Bool {
        var view = InstrumentStateView()
        guard core.view(stateOf: viewPlace, &view) else { return true }
        guard showName(view.instrument), control.sendView(ControlMessage.instrumentState, view) else {
            return false
        }
        viewCount += 1
        return true
    }

    /// The account as one, then each of its currencies.
    @inlinable mutating func showAccount(_ place: Int) -> Bool {
        if place == 0 {
            var totals = AccountTotals()
            core.view(account: &totals)
            return control.sendView(ControlMessage.account, totals)
        }
        var view = CurrencyView()
        guard core.view(currencyAt: place - 1, &view) else { return true }
        return control.sendView(ControlMessage.currency, view)
    }

    /// An instrument's name goes ahead of the first record that has its number, once. `false`: the ring is full.
    @inlinable mutating func showName(_ instrument: UInt32) -> Bool {
        let index = Int(instrument)
        guard index < toldNames.count, toldNames[index] == 0 else { return true }
        let symbol = core.symbol(ofInstrumentAt: index)
        guard symbol != 0 else { return true }
        guard
            control.sendView(
                ControlMessage.instrument, InstrumentName(symbol: symbol, instrument: instrument))
        else { return false }
        toldNames[index] = 1
        if viewKind == ControlMessage.viewInstruments { viewCount += 1 }
        return true
    }

    /// What an operator asked was carried out, or not; what a comparison with the venue's books came to.
    @inlinable mutating func tellOperator(_ index: Int) {
        // Nobody listens any more: it is in the journal all the same.
        _ = control.send(ControlMessage.answer, core.facts[index])
    }
}
