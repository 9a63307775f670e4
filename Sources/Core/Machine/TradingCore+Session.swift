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
        let slot = Int(named & Self.slotMask)
        if named & (Self.cancelBit | Self.versionBit) != 0 {
            if named & Self.cancelBit != 0 {
                slots.remove(input.source, input.user_ref)
                pool[slot].cancelRef = 0
            } else if let place = versionPlace(slot, input.user_ref) {
                details[slot].versions[place].submittedAtNs = nowNs
            }
            guard !pool[slot].lifecycle.isEnded else { return .none }
            waitForAnswer(slot)
            // Handed to a connection that is gone meanwhile.
            if !sessions[Int(input.source)].isUp { doubt(slot, input.kind) }
            return .none
        }
        guard let next = pool[slot].lifecycle.next(on: .submitted) else {
            illegal(slot, input)
            return .none
        }
        pool[slot].lifecycle = next
        waitForAnswer(slot)
        counters.ordersSent += 1
        if unlikely(breakers.cancelRatioHundredths > 0) { lookAtRequests() }
        let order = pool[slot]
        facts.append(
            .orderSubmitted, sequence: sequence, order: order.id, price: order.price.raw,
            quantity: order.ordered,
            instrument: order.instrument, userRef: order.userRef, strategy: order.strategy, side: order.side)
        if !sessions[Int(input.source)].isUp { doubt(slot, input.kind) }
        return .none
    }

    /// Something was asked: from now on an answer is owed, of what is disputed, too.
    @inline(__always)
    mutating func waitForAnswer(_ slot: Int) {
        switch pool[slot].knowledge {
        case .known: pool[slot].sinceNs = nowNs
        case .inDoubt: return
        case .disputed: break
        }
        answers.set(slot, nowNs: nowNs)
        if answers.nextDueNs < nextDeadlineNs { nextDeadlineNs = answers.nextDueNs }
    }

    mutating func sendFailed(_ input: Input) -> InputEffect {
        returnCredit(Int(input.source))
        guard let named = slots.find(input.source, input.user_ref) else { return .none }
        let slot = Int(named & Self.slotMask)
        let order = pool[slot]
        let isCancel = named & Self.cancelBit != 0
        let isVersion = named & (Self.cancelBit | Self.versionBit) == Self.versionBit
        facts.append(
            .orderSendFailed, sequence: sequence, order: order.id, instrument: order.instrument,
            userRef: input.user_ref, detail: isCancel ? 1 : isVersion ? 2 : 0, strategy: order.strategy,
            side: order.side)
        if isCancel {
            slots.remove(input.source, input.user_ref)
            pool[slot].cancelRef = 0
            // Nothing was asked after all: another cancel may be.
            if pool[slot].request == .cancelPending {
                pool[slot].request = order.versionCount > 0 ? .replacePending : .none
                if order.marks.wantsCancel || isRecalled(slot) { sweepLater(Int(order.session)) }
            }
            return update(slot)
        }
        if isVersion {
            guard let place = versionPlace(slot, input.user_ref) else { return .none }
            return replaceRefused(slot, place, input, reason: 0)
        }
        let wasAskedBack = order.request == .cancelPending || order.marks.wantsCancel
        guard let next = order.lifecycle.next(on: wasAskedBack ? .withdrawn : .sendFailed) else {
            illegal(slot, input)
            return .none
        }
        end(slot, next)
        if !wasAskedBack { retry(slot, order) }
        return update(slot)
    }

    /// The connection is gone: what was handed over and not answered is in doubt, and counts at its worst.
    mutating func sessionDown(_ input: Input) -> InputEffect {
        let session = Int(input.source)
        sessions[session].isUp = false
        if sessions[session].isCatchingUp { endCatchingUp(session) }
        var doubted: Int64 = 0
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            let order = pool[slot]
            switch order.lifecycle {
            case .submitted:
                doubt(slot, input.kind)
                doubted += 1
            case .accepted:
                guard isAsked(slot) else { continue }
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

    /// Whether the session has handed over a request on the order that nobody has answered.
    mutating func isAsked(_ slot: Int) -> Bool {
        let order = pool[slot]
        if order.request == .cancelPending, order.cancelRef == 0 { return true }
        for place in 0..<Int(order.versionCount) where details[slot].versions[place].isSubmitted {
            return true
        }
        return false
    }

    /// Logged on, and everything that the venue had was replayed before this. Its own count of our numbers is
    /// evidence: what it has never seen, it never received.
    mutating func sessionUp(_ input: Input) -> InputEffect {
        let session = Int(input.source)
        let firstUnseen = input.user_ref
        let hasLost = input.flags & 1 != 0
        // No venue has seen so many: what we send next would be the last number there is, or none.
        guard firstUnseen < Self.numberBound else {
            alert(.sessionDown, price: Int64(session), quantity: Int64(firstUnseen))
            return .none
        }
        // A stream that has lost a part is no evidence by its silence.
        let isNew = !sessions[session].isUp && !hasLost
        sessions[session].isUp = true
        sessions[session].hasBeenUp = true
        sessions[session].nextRef = max(sessions[session].nextRef, firstUnseen)
        if input.execution_id != 0 { sessions[session].nextMessage = input.execution_id }
        if hasLost { doubtAll(session, input.kind) }
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            let order = pool[slot]
            if order.marks.isAdopted, order.lifecycle == .accepted, order.leaves == 0, order.versionCount == 0
            {
                // No replacement has followed in the stream: it is filled.
                end(slot, .filled)
                resolve(slot)
                continue
            }
            // Of a disputed order the figures are a person's business; what was lost with the connection is ours.
            guard order.knowledge == .inDoubt || order.knowledge == .disputed && (isNew || isAsked(slot))
            else {
                continue
            }
            switch order.lifecycle {
            case .submitted:
                // A number below it, of an earlier connection and without a word in the whole stream, was passed over: the
                // venue takes none that does not rise. An earlier run's too, as the numbers that are restored are this
                // day's, and its stream was heard from the beginning.
                guard firstUnseen != 0, order.userRef >= firstUnseen || isNew && !order.marks.isUntold,
                    let next = order.lifecycle.next(on: .neverReceived)
                else { continue }
                end(slot, next)
                counters.ordersRejected += 1
                resolve(slot)
                retry(slot, order)
            case .accepted:
                if order.marks.isUntold {
                    askAnew(slot, firstUnseen)
                    continue
                }
                // The replay did not end it, so it lives; whether our request arrived does not matter any more,
                // as a cancel may safely be asked for twice and an unasked one is legal. A replacement that the
                // replay did not confirm and whose number the venue never saw did not happen; one that it saw and did
                // not confirm, neither: the stream had its chance to say so.
                if order.knowledge == .disputed, !isAsked(slot) { continue }
                let wasCancel = order.request == .cancelPending
                pool[slot].request = .none
                if order.versionCount > 0 { forgetVersions(slot) }
                if pool[slot].leaves == 0, !pool[slot].lifecycle.isEnded { end(slot, .filled) }
                resolve(slot)
                // What was to be cancelled still is, whoever wanted it.
                if wasCancel { askCancel(slot) }
            case .created, .held, .pending, .filled, .cancelled, .rejected, .expired, .closed: continue
            }
        }
        for index in 0..<risks.count where risks[index].hasReduceOnly && Int(risks[index].session) == session
        {
            enforceReduceOnly(index)
        }
        // What was taken over or restored while nothing could be sent is in its scopes' states, too.
        if account.stateBits != 0 || states.haltedCount > 0 || states.liquidatingCount > 0 {
            hasToEnforceAll = true
            states.hasPending = true
        }
        if account.isHalted || sessions[session].hasSweep || sessions[session].hasLaterSweep {
            sweep(session)
        }
        // What was to be closed while nothing could be sent.
        for index in 0..<risks.count where risks[index].isClosing && Int(risks[index].session) == session {
            closeNow(index)
        }
        closeOwnWhereClosing()
        endCatchingUp(session)
        ask(session)
        return .none
    }

    /// Numbers that a venue can have seen lie below: a quarter of all is more than a day can use.
    private static var numberBound: UInt32 { 3 << 30 }

    /// The venue came back with a stream that lacks a part: of any order anything may have happened in it. Only its count
    /// of our numbers still says what it has never seen.
    @inline(never)
    private mutating func doubtAll(_ session: Int, _ kind: UInt8) {
        for slot in 0..<pool.touchedCount where Int(pool[slot].session) == session {
            switch pool[slot].lifecycle {
            case .submitted, .accepted:
                doubt(slot, kind)
                pool[slot].marks.isUntold = true
            case .created, .held, .pending, .filled, .cancelled, .rejected, .expired, .closed: continue
            }
        }
    }

    /// Of an order of which the stream lacks a part: what the venue has never seen did not happen, and a cancel may safely
    /// be asked for twice.
    private mutating func askAnew(_ slot: Int, _ firstUnseen: UInt32) {
        if firstUnseen != 0 { forgetVersions(slot, from: firstUnseen) }
        guard pool[slot].request == .cancelPending, pool[slot].cancelRef == 0 else { return }
        pool[slot].request = pool[slot].versionCount > 0 ? .replacePending : .none
        askCancel(slot)
    }

    /// Replacements that have not come into force, those with a number from `first` on: without them the order stands as
    /// it was.
    mutating func forgetVersions(_ slot: Int, from first: UInt32 = 0) {
        let order = pool[slot]
        var kept = 0
        while kept < Int(order.versionCount), details[slot].versions[kept].userRef < first { kept += 1 }
        guard kept < Int(order.versionCount) else { return }
        for place in kept..<Int(order.versionCount) {
            let version = details[slot].versions[place]
            facts.append(
                .replaceRefused, sequence: sequence, order: order.id, executionID: UInt64(order.userRef),
                price: version.price, quantity: version.quantity, instrument: order.instrument,
                userRef: version.userRef, strategy: order.strategy, side: order.side)
        }
        dropVersions(slot, from: kept)
        recount(slot)
    }
}
