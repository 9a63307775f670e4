internal import Model

// Other terms for an order that works: a chain of versions, each built on the one before, until the venue has answered.
extension TradingCore {
    /// Asks for another price or quantity. 0 leaves either as the newest version has it.
    ///
    /// - Parameter quantity: of the whole order, with what has been executed.
    mutating func requestReplace(_ slot: Int, price: Int64, quantity: Int64) -> RiskVerdict {
        let order = pool[slot]
        guard !order.lifecycle.isEnded else { return RiskVerdict(.noSuchOrder) }
        guard order.request != .cancelPending, !order.marks.wantsCancel else {
            return RiskVerdict(.requestPending)
        }
        let count = Int(order.versionCount)
        let newest =
            count == 0
            ? (price: order.price.raw, quantity: order.ordered)
            : (
                price: details[slot].versions[count - 1].price,
                quantity: details[slot].versions[count - 1].quantity
            )
        let price = price == 0 ? newest.price : price
        let quantity = quantity == 0 ? newest.quantity : quantity
        guard price != newest.price || quantity != newest.quantity else { return RiskVerdict(.noChange) }
        guard quantity > order.filled, quantity < Self.quantityBound else {
            return RiskVerdict(.orderQuantity, limit: order.filled + 1, value: quantity)
        }
        if order.lifecycle == .held { return replaceHeld(slot, price: price, quantity: quantity) }
        switch order.lifecycle {
        case .submitted, .accepted: break
        case .created, .held, .pending, .filled, .cancelled, .rejected, .expired, .closed:
            return RiskVerdict(.requestPending)
        }
        guard order.knowledge == .known else { return RiskVerdict(.requestPending) }
        guard count < OrderDetail.versionCountMax else {
            return RiskVerdict(
                .requestPending, limit: Int64(OrderDetail.versionCountMax), value: Int64(count + 1))
        }
        let session = Int(order.session)
        let verdict = checkTerms(slot, price: price, leaves: quantity - order.filled)
        guard verdict.isPassed else { return verdict }
        var room = checkSession(session)
        if room.isPassed { room = checkResidues(reducing: order.flags.isReduceOnly) }
        if room.isPassed {
            room = admit(
                Int(order.instrument), order.strategy, order.side, quantity: quantity, price: price,
                reducing: true)
        }
        guard room.isPassed else { return room }

        needDetail(slot)
        let original = newestRef(slot)
        let userRef = takeNumber(order.session, for: UInt32(truncatingIfNeeded: slot) | Self.versionBit)
        extraNumberCount += 1
        sessions[session].credits -= 1
        if sessions[session].rate.isOn { sessions[session].rate.take() }
        details[slot].versions[count] = OrderVersion(userRef: userRef, price: price, quantity: quantity)
        pool[slot].versionCount += 1
        pool[slot].request = .replacePending
        recount(slot)
        noteOwnPrice(Int(order.instrument), order.side, price)
        counters.replacesSent += 1
        if unlikely(breakers.cancelRatioHundredths > 0) { lookAtRequests() }
        facts.append(
            .replaceRequested, sequence: sequence, order: order.id, executionID: UInt64(original),
            price: price, quantity: quantity, instrument: order.instrument, userRef: userRef,
            strategy: order.strategy, side: order.side)
        commands.append(
            Command(
                sequence: sequence, symbol: instruments[Int(order.instrument)].symbol.raw, price: price,
                quantity: quantity, instrument: order.instrument, user_ref: userRef, original_ref: original,
                slot: UInt32(truncatingIfNeeded: slot), epoch: epoch, strategy: order.strategy,
                kind: CommandKind.replace.rawValue, session: order.session, side: order.side.rawValue,
                order_type: OrderType.limit.rawValue, time_in_force: order.timeInForce.rawValue,
                flags: order.flags.rawValue, reserved: lifetimeSeconds(slot)))
        return .passed
    }

    /// Risk's word on an order's new terms, its own reservation set aside: the last gate holds for replacements too.
    mutating func checkTerms(_ slot: Int, price: Int64, leaves: Int64) -> RiskVerdict {
        let order = pool[slot]
        let index = Int(order.instrument)
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        let held = reservedQuantity(slot)
        let heldAt = reservedPrice(slot)
        moveOpen(index, order.strategy, order.side, -held, at: heldAt)
        // Beside what it has, it may only grow by what the limits allow; less than before is always allowed.
        let shrinks = leaves <= held && price == order.price.raw
        let reducing = shrinks || AccountRisk.isReducing(&risks[index], order.side, leaves)
        let isHeld = order.lifecycle == .held
        // What is held has its new terms at once; at a venue either may be in force until it has answered.
        var verdict = judge(
            index, order.strategy, order.side, quantity: leaves, price: price, flags: order.flags,
            reducing: reducing, isHeld: isHeld, isCounted: true, shrinks: shrinks,
            mayOpen: order.marks.mayOpen,
            countedAt: isHeld ? countedPrice(order.side, order.orderType, price: price) : 0,
            sumQuantity: isHeld ? 0 : max(held, leaves), sumAt: isHeld ? 0 : max(heldAt, price))
        moveOpen(index, order.strategy, order.side, held, at: heldAt)
        if verdict.isPassed, order.flags.isPostOnly { verdict = checkRests(index, order.side, price) }
        if verdict.isPassed, !reducing { noteOpening(slot) }
        return verdict
    }

    /// No venue has a word in it.
    private mutating func replaceHeld(_ slot: Int, price: Int64, quantity: Int64) -> RiskVerdict {
        let order = pool[slot]
        let verdict = checkTerms(slot, price: price, leaves: quantity - order.filled)
        guard verdict.isPassed else { return verdict }
        needDetail(slot)
        switch order.orderType {
        // The price of these is their stop price.
        case .stop, .trailingStop: details[slot].stop = price
        case .stopLimit, .market, .limit: break
        }
        pool[slot].price = Price(raw: price)
        pool[slot].leaves += quantity - order.ordered
        pool[slot].ordered = quantity
        recount(slot)
        updateTrigger(Int(order.instrument))
        facts.append(
            .orderReplaced, sequence: sequence, order: order.id, price: price, quantity: quantity,
            instrument: order.instrument, strategy: order.strategy, side: order.side)
        return .passed
    }

    // MARK: Answers

    /// The venue has put a version in force. Those before it are history, as the venue works them off in order.
    mutating func replaced(_ input: Input) -> InputEffect {
        guard let slot = orderSlot(input.source, input.user_ref) else { return replacedUnasked(input) }
        let order = pool[slot]
        guard let place = versionPlace(slot, input.user_ref), Self.isOpenable(input),
            let next = order.lifecycle.next(on: .replaced)
        else {
            // Told twice.
            if order.userRef == input.user_ref, input.price == order.price.raw { return .none }
            return replacedUnexplained(input, slot)
        }
        let version = details[slot].versions[place]
        // What the venue says is open is open. Whether what was undone still counts as executed is the venue's choice. Any
        // other figure than ours is what we cannot explain: the larger counts.
        let most = max(version.quantity - order.filled, 0)
        let least = max(most - order.busted, 0)
        let expected = input.quantity == least ? least : most
        putInForce(slot, place, leaves: max(input.quantity, expected))
        pool[slot].lifecycle = next
        if input.execution_id >> 32 != 0 { pool[slot].venueOrderID = input.execution_id >> 32 }
        if input.quantity != expected || input.price != version.price {
            pool[slot].price = Price(raw: input.price)
            recount(slot)
            dispute(slot, input)
        }
        if pool[slot].leaves == 0, !mayRevive(slot, filled: order.filled) { end(slot, .filled) }
        answered(slot)
        return update(slot)
    }

    /// A version stands, with so much that may still execute; those before it are history.
    private mutating func putInForce(_ slot: Int, _ place: Int, leaves: Int64) {
        let order = pool[slot]
        let version = details[slot].versions[place]
        retireNumber(slot, order.userRef)
        for earlier in 0..<place { retireNumber(slot, details[slot].versions[earlier].userRef) }
        pool[slot].userRef = version.userRef
        pool[slot].price = Price(raw: version.price)
        // What has been executed cannot be ordered away: then nothing is left.
        pool[slot].ordered = max(version.quantity, order.filled)
        pool[slot].leaves = leaves
        counters.replacesDone += 1
        facts.append(
            .orderReplaced, sequence: sequence, order: order.id,
            executionID: UInt64(order.userRef) | counters.replacesDone << 32, price: version.price,
            quantity: version.quantity, instrument: order.instrument, userRef: version.userRef,
            strategy: order.strategy, side: order.side)
        shiftVersions(slot, by: place + 1)
        recount(slot)
    }

    /// What is told under a version's number proves that the version stands, whether that was told or not: all of it could
    /// still execute but for what is known to have.
    @inline(never)
    mutating func noticeVersion(_ slot: Int, _ userRef: UInt32) {
        guard pool[slot].lifecycle == .accepted || pool[slot].lifecycle == .submitted,
            let place = versionPlace(slot, userRef)
        else { return }
        let executed = pool[slot].filled + min(pool[slot].busted, 0)
        putInForce(slot, place, leaves: max(details[slot].versions[place].quantity - executed, 0))
    }

    /// Whether quantity and price of new terms can be counted with.
    private static func isOpenable(_ input: Input) -> Bool {
        input.quantity >= 0 && input.quantity < quantityBound && input.price > 0 && isBelievable(input.price)
    }

    /// The venue has put a version in force that nobody asked for: what it says of the order from now on, it says under
    /// that number.
    @inline(never)
    private mutating func replacedUnasked(_ input: Input) -> InputEffect {
        let original = UInt32(truncatingIfNeeded: input.execution_id)
        guard let slot = orderSlot(input.source, original) else { return unknownReport(input) }
        if pool[slot].marks.isAdopted { return replacedBefore(input, slot) }
        if input.user_ref != 0, slots.isFree(input.source, input.user_ref) {
            _ = slots.insert(
                input.source, input.user_ref, UInt32(truncatingIfNeeded: slot) | Self.versionBit)
            extraNumberCount += 1
            needDetail(slot)
            retireNumber(slot, input.user_ref)
        }
        return replacedUnexplained(input, slot)
    }

    /// Terms came into force that were not asked for, or were given up. They count all the same: the larger quantity, and
    /// the number, as a cancel under the old one would not be heard.
    @inline(never)
    private mutating func replacedUnexplained(_ input: Input, _ slot: Int) -> InputEffect {
        illegal(slot, input)
        if !pool[slot].lifecycle.isEnded, pool[slot].lifecycle != .held, Self.isOpenable(input) {
            needDetail(slot)
            // What was asked for and not answered was built on the old number.
            if versionPlace(slot, input.user_ref) == nil, pool[slot].userRef != input.user_ref,
                input.user_ref != 0
            {
                dropVersions(slot, from: 0)
                let old = pool[slot].userRef
                unretireNumber(slot, input.user_ref)
                pool[slot].userRef = input.user_ref
                retireNumber(slot, old)
            }
            pool[slot].price = Price(raw: input.price)
            pool[slot].leaves = max(pool[slot].leaves, input.quantity)
            pool[slot].ordered = max(pool[slot].ordered, pool[slot].filled + pool[slot].leaves)
            recount(slot)
        } else if pool[slot].lifecycle.isEnded, Self.isOpenable(input), !isHistory(input) {
            livesAfterAll(slot, input, leaves: input.quantity, price: input.price)
            return update(slot)
        }
        dispute(slot, input)
        return update(slot)
    }

    /// An earlier run asked for it: the order goes on under the new number, as the venue tells.
    private mutating func replacedBefore(_ input: Input, _ slot: Int) -> InputEffect {
        let order = pool[slot]
        guard let next = order.lifecycle.next(on: .replaced), input.quantity >= 0,
            input.quantity < Self.quantityBound, Self.isBelievable(input.price), input.user_ref != 0,
            slots.isFree(input.source, input.user_ref)
        else {
            illegal(slot, input)
            dispute(slot, input)
            return update(slot)
        }
        needDetail(slot)
        _ = slots.insert(input.source, input.user_ref, UInt32(truncatingIfNeeded: slot))
        extraNumberCount += 1
        pool[slot].marks.isListed = false
        retireNumber(slot, order.userRef)
        pool[slot].userRef = input.user_ref
        pool[slot].price = Price(raw: input.price)
        pool[slot].leaves = input.quantity
        pool[slot].ordered = order.filled + order.busted + input.quantity
        pool[slot].lifecycle = next
        counters.replacesDone += 1
        recount(slot)
        facts.append(
            .orderReplaced, sequence: sequence, order: order.id,
            executionID: UInt64(order.userRef) | counters.replacesDone << 32, price: input.price,
            quantity: pool[slot].ordered, instrument: order.instrument, userRef: input.user_ref,
            strategy: order.strategy, side: order.side)
        if input.quantity == 0 { end(slot, .filled) }
        answered(slot)
        return update(slot)
    }

    /// A version will not come into force, and with it none that was built on it. The order stands as it was.
    mutating func replaceRefused(_ slot: Int, _ place: Int, _ input: Input, reason: UInt32) -> InputEffect {
        let order = pool[slot]
        guard order.lifecycle.next(on: .replaceRefused) != nil else {
            illegal(slot, input)
            return .none
        }
        facts.append(
            .replaceRefused, sequence: sequence, order: order.id, executionID: UInt64(order.userRef),
            price: details[slot].versions[place].price, quantity: details[slot].versions[place].quantity,
            instrument: order.instrument, userRef: input.user_ref, detail: reason, strategy: order.strategy,
            side: order.side)
        dropVersions(slot, from: place)
        recount(slot)
        if pool[slot].lifecycle.isEnded { return .none }
        // Filled while the replacement was on its way, and nothing comes after it.
        if pool[slot].leaves == 0, !mayRevive(slot, filled: order.filled) {
            end(slot, .filled)
        } else if order.request == .cancelPending {
            // The cancel named a version that never was: nobody will answer it, and its own number means nothing any more.
            if order.cancelRef != 0 {
                slots.remove(order.session, order.cancelRef)
                pool[slot].cancelRef = 0
            }
            pool[slot].request = .none
            askCancel(slot)
        }
        answered(slot)
        return update(slot)
    }

    // MARK: Versions

    /// Where among the unanswered versions a number stands; `nil`: nowhere.
    mutating func versionPlace(_ slot: Int, _ userRef: UInt32) -> Int? {
        for place in 0..<Int(pool[slot].versionCount) where details[slot].versions[place].userRef == userRef {
            return place
        }
        return nil
    }

    /// Takes the first `count` away.
    private mutating func shiftVersions(_ slot: Int, by count: Int) {
        let left = Int(pool[slot].versionCount) - count
        for place in 0..<left { details[slot].versions[place] = details[slot].versions[place + count] }
        pool[slot].versionCount = UInt8(left)
        if left == 0, pool[slot].request == .replacePending { pool[slot].request = .none }
    }

    /// Takes those from `place` on away.
    mutating func dropVersions(_ slot: Int, from place: Int) {
        for later in place..<max(place, Int(pool[slot].versionCount)) {
            retireNumber(slot, details[slot].versions[later].userRef)
        }
        pool[slot].versionCount = UInt8(min(place, Int(pool[slot].versionCount)))
        if pool[slot].versionCount == 0, pool[slot].request == .replacePending {
            pool[slot].request = .none
        }
    }

    /// The number is the order's after all.
    mutating func unretireNumber(_ slot: Int, _ userRef: UInt32) {
        var kept = 0
        for place in 0..<Int(details[slot].pastRefCount) where details[slot].pastRefs[place] != userRef {
            details[slot].pastRefs[kept] = details[slot].pastRefs[place]
            kept += 1
        }
        details[slot].pastRefCount = UInt8(kept)
    }

    /// The number is not the order's any more; a late report on it is still told apart from a stranger's.
    mutating func retireNumber(_ slot: Int, _ userRef: UInt32) {
        let order = pool[slot]
        guard userRef != 0 else { return }
        if Int(details[slot].pastRefCount) == OrderDetail.pastRefCountMax {
            forgetNumber(order.session, details[slot].pastRefs[0], order)
            extraNumberCount -= 1
            // A list that is older may have it still.
            let session = Int(order.session)
            sessions[session].closedAfter = max(sessions[session].closedAfter, lastHeard[slot])
            for place in 1..<OrderDetail.pastRefCountMax {
                details[slot].pastRefs[place - 1] = details[slot].pastRefs[place]
            }
            details[slot].pastRefCount -= 1
        }
        details[slot].pastRefs[Int(details[slot].pastRefCount)] = userRef
        details[slot].pastRefCount += 1
    }
}
