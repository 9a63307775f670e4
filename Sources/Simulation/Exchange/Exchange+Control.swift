public import Model
import Wire

/// What the venue does of its own accord, for tests and plans: cancels, restates, breaks and corrects.
extension Exchange {
    /// From now on requests to cancel or replace in an instrument wait or are refused, or are carried out again at once,
    /// those first that waited.
    public func setCancelHandling(
        _ instrument: InstrumentID, _ handling: ExchangeCancelHandling, atNs: UInt64
    ) {
        advance(toNs: atNs)
        cancelHandling[Int(instrument.index)] = handling == .atOnce ? nil : handling
        if handling == .atOnce { cancelWaiting(Int(instrument.index)) }
    }

    /// Takes a client's live order down by itself. `reason` is OUCH's letter: `S` by hand, `Z` by the system, `D`, `K` …
    ///
    /// - Returns: `false`: no such order lives, no more than `toRemaining` is left of it, or the letter is not OUCH's.
    @discardableResult
    public func cancelByVenue(
        account: Int, userRef: UInt32, toRemaining: UInt32 = 0, reason: Unicode.Scalar = "S", atNs: UInt64
    ) -> Bool {
        advance(toNs: atNs)
        guard accounts.indices.contains(account), let index = accounts[account].live(userRef),
            toRemaining < accounts[account].orders[index].remaining, reason.isASCII,
            let reason = Ouch50.CancelReason(rawValue: UInt8(ascii: reason))
        else { return false }
        cancelOrder(accounts[account], index, toRemaining: toRemaining, reason: reason)
        return true
    }

    /// Tells that a live order is shown at another price (`P`), or refreshed (`R`). Neither changes what may trade.
    ///
    /// - Returns: `false`: no such order lives.
    @discardableResult
    public func restate(
        account: Int, userRef: UInt32, displayPrice: Price? = nil, displayQuantity: UInt32? = nil,
        atNs: UInt64
    ) -> Bool {
        advance(toNs: atNs)
        guard accounts.indices.contains(account), let index = accounts[account].live(userRef) else {
            return false
        }
        let order = accounts[account].orders[index]
        var options = Ouch50.Options()
        options.displayPrice = displayPrice.map { UInt64(clamping: $0.raw) }
        options.displayQuantity = displayQuantity
        if displayPrice == nil { options.secondaryOrderReferenceNumber = order.reference }
        send(
            Ouch50.OrderRestated(
                timestamp: market.timestamp(nowNs), userRefNum: userRef,
                reason: UInt8(ascii: displayPrice == nil ? "R" : "P")), options: options,
            to: accounts[account])
        stamp(accounts[account], index)
        return true
    }

    /// Whatever an account's stream has told so far is lost for good to who has not heard it: a log-on that asks for it is
    /// given what comes behind it.
    public func forgetStream(account: Int) {
        accounts[account].forgottenBefore = accounts[account].log.nextSequence
    }

    /// The open order of an account that has been there longest.
    public func oldestOpenOrder(account: Int) -> UInt32? {
        guard accounts.indices.contains(account) else { return nil }
        return accounts[account].orders.first { $0.remaining > 0 }?.userRef
    }

    /// Breaks a trade: Broken Trade to its accounts, `B` in the feed. `false`: not known, or broken already.
    @discardableResult
    public func breakTrade(_ matchNumber: UInt64, atNs: UInt64) -> Bool {
        advance(toNs: atNs)
        return undo(matchNumber, correction: 0)
    }

    /// Breaks a trade and books another in its place. OUCH knows no corrections: its stream has the Broken Trade and,
    /// with `tellsExecution`, an Executed under the new number, which takes nothing off its order. Whoever does not hear of
    /// it there finds it in the trades that the back office tells.
    ///
    /// - Returns: The new match number; `nil`: the trade is not known, or broken already.
    @discardableResult
    public func correctTrade(
        _ matchNumber: UInt64, price: Price, quantity: UInt32, tellsExecution: Bool = false, atNs: UInt64
    ) -> UInt64? {
        advance(toNs: atNs)
        precondition(quantity > 0, "Caller: a trade of nothing is a broken one")
        let sides = accounts.map { account in
            account.trades.filter { $0.isStanding(matchNumber, in: account) }
        }
        guard sides.contains(where: { !$0.isEmpty }) else { return nil }
        let number = market.takeMatchNumber()
        _ = undo(matchNumber, correction: number)
        for (account, trades) in zip(accounts, sides) {
            for trade in trades { mend(trade, number, price, quantity, tellsExecution, account) }
        }
        return number
    }

    /// - Parameter correction: The match number that comes in its place; 0: none.
    private func undo(_ matchNumber: UInt64, correction: UInt64) -> Bool {
        var instrument: Int?
        var isKnown = false
        for account in accounts {
            for trade in account.trades.filter({ $0.isStanding(matchNumber, in: account) }) {
                isKnown = true
                instrument = bySymbol[trade.symbol]
                var bust = trade
                bust.kind = .bust
                bust.otherID = correction == 0 ? 0 : Self.executionID(correction, trade.side)
                bust.atNs = nowNs
                sendBroken(trade, account)
                bust.sequence = account.lastSequence
                account.trades.append(bust)
            }
        }
        for index in executions.indices where executions[index].matchNumber == matchNumber {
            executions[index].isBroken = true
        }
        if let instrument { market.brokenTrade(instrument, matchNumber, market.timestamp(nowNs)) }
        return isKnown
    }

    private func mend(
        _ trade: ClientTrade, _ number: UInt64, _ price: Price, _ quantity: UInt32, _ tellsExecution: Bool,
        _ account: ExchangeAccountState
    ) {
        if tellsExecution {
            send(
                Ouch50.OrderExecuted(
                    timestamp: market.timestamp(nowNs), userRefNum: trade.userRef, quantity: quantity,
                    price: UInt64(clamping: price.raw), liquidityFlag: trade.liquidityFlag,
                    matchNumber: number), to: account)
        }
        var mended = trade
        mended.kind = .correction
        mended.executionID = Self.executionID(number, trade.side)
        mended.otherID = trade.executionID
        mended.price = UInt64(clamping: price.raw)
        mended.quantity = quantity
        mended.matchNumber = number
        mended.atNs = nowNs
        mended.sequence = account.lastSequence
        account.trades.append(mended)
        if executions.count < configuration.auditCountMax {
            executions.append(
                ExchangeExecution(
                    account: account.index, userRef: trade.userRef, symbol: Symbol(raw: trade.symbol),
                    side: trade.side == UInt8(ascii: "B") ? .buy : .sell, price: price, quantity: quantity,
                    matchNumber: number, addedLiquidity: trade.liquidityFlag == UInt8(ascii: "A"),
                    atNs: nowNs))
        } else {
            counters.auditLost += 1
        }
    }

    /// Unique for each side of a trade, also of one with oneself.
    static func executionID(_ matchNumber: UInt64, _ side: UInt8) -> UInt64 {
        matchNumber << 1 | (side == UInt8(ascii: "B") ? 0 : 1)
    }
}

extension ClientTrade {
    /// It is that trade, and nothing has undone it.
    func isStanding(_ matchNumber: UInt64, in account: ExchangeAccountState) -> Bool {
        guard self.matchNumber == matchNumber, kind != .bust else { return false }
        return !account.trades.contains { $0.kind == .bust && $0.executionID == executionID }
    }
}
