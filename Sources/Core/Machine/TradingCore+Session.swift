internal import Model

// What our own venue session says: commands handed over or not, the connection there or gone.
extension TradingCore {
    /// Gives a command's credit back, and takes up a sweep that had none.
    private mutating func returnCredit(_ session: Int) {
        precondition(
            sessions[session].credits < sessions[session].creditsMax, "Invariant: a credit comes back once")
        sessions[session].credits += 1
        if sessions[session].hasSweep { sweep(session) }
    }

    mutating func submitted(_ input: Input) -> InputEffect {
        returnCredit(Int(input.source))
        guard let named = slots.find(input.source, input.user_ref) else { return .none }
        let slot = Int(named & ~Self.cancelBit)
        if named & Self.cancelBit != 0 {
            slots.remove(input.source, input.user_ref)
            pool[slot].cancelRef = 0
            // Handed to a connection that is gone meanwhile.
            if !sessions[Int(input.source)].isUp, !pool[slot].lifecycle.isEnded { doubt(slot, input.kind) }
            return .none
        }
        guard let next = pool[slot].lifecycle.next(on: .submitted) else {
            illegal(slot, input)
            return .none
        }
        pool[slot].lifecycle = next
        counters.ordersSent += 1
        let order = pool[slot]
        facts.append(
            .orderSubmitted, sequence: sequence, order: order.id, price: order.price.raw,
            quantity: order.ordered,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        if !sessions[Int(input.source)].isUp { doubt(slot, input.kind) }
        return .none
    }

    mutating func sendFailed(_ input: Input) -> InputEffect {
        returnCredit(Int(input.source))
        guard let named = slots.find(input.source, input.user_ref) else { return .none }
        let slot = Int(named & ~Self.cancelBit)
        let order = pool[slot]
        let isCancel = named & Self.cancelBit != 0
        facts.append(
            .orderSendFailed, sequence: sequence, order: order.id, instrument: order.instrument,
            userRef: input.user_ref, detail: isCancel ? 1 : 0, strategy: order.strategy, side: order.side)
        if isCancel {
            slots.remove(input.source, input.user_ref)
            pool[slot].cancelRef = 0
            // Nothing was asked after all: another cancel may be.
            if pool[slot].request == .cancelPending {
                pool[slot].request = .none
                if account.isStopped { sessions[Int(order.session)].hasSweep = true }
            }
            return update(slot)
        }
        guard let next = order.lifecycle.next(on: .sendFailed) else {
            illegal(slot, input)
            return .none
        }
        end(slot, next)
        return update(slot)
    }

    /// The connection is gone: what was handed over and not answered is in doubt, and counts at its worst.
    mutating func sessionDown(_ input: Input) -> InputEffect {
        let session = Int(input.source)
        sessions[session].isUp = false
        var doubted: Int64 = 0
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            let order = pool[slot]
            switch order.lifecycle {
            case .submitted:
                doubt(slot, input.kind)
                doubted += 1
            case .accepted:
                guard order.request != .none, order.cancelRef == 0 else { continue }
                doubt(slot, input.kind)
                doubted += 1
            // A command that the session has not spoken of: it will, and says whether a byte left.
            case .created, .held, .pending: continue
            case .filled, .cancelled, .rejected, .expired, .closed: continue
            }
        }
        // The end that the venue announces comes every day; what it leaves unanswered does not.
        if input.flags & 1 == 0 || doubted > 0 {
            alert(.sessionDown, price: Int64(session), quantity: doubted)
        }
        return .none
    }

    /// Logged on, and everything that the venue had was replayed before this. Its own count of our numbers is
    /// evidence: what it has never seen, it never received.
    mutating func sessionUp(_ input: Input) -> InputEffect {
        let session = Int(input.source)
        let firstUnseen = input.user_ref
        sessions[session].isUp = true
        sessions[session].nextRef = max(sessions[session].nextRef, firstUnseen)
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            let order = pool[slot]
            guard order.knowledge == .inDoubt else { continue }
            switch order.lifecycle {
            case .submitted:
                guard firstUnseen != 0, order.userRef >= firstUnseen,
                    let next = order.lifecycle.next(on: .neverReceived)
                else { continue }
                end(slot, next)
                counters.ordersRejected += 1
                resolve(slot)
            case .accepted:
                // The replay did not end it, so it lives; whether our request arrived does not matter any more,
                // as a cancel may safely be asked for twice and an unasked one is legal.
                pool[slot].request = .none
                resolve(slot)
            case .created, .held, .pending, .filled, .cancelled, .rejected, .expired, .closed: continue
            }
        }
        if account.isStopped { sweep(session) }
        return .none
    }
}
