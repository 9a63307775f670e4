internal import Model
internal import Wire

/// What a venue's back office told of one moment: from its records to the inputs that the core compares with its own.
struct BackOfficeAnswer: Sendable {
    var orders: [OrderQuery.OrderRecord] = []
    var trades: [OrderQuery.TradeRecord] = []
    var positions: [OrderQuery.PositionRecord] = []
    /// Everything up to this message of the account's stream is in it.
    var sequence: UInt64 = 0
    /// The venue vouches that nothing is left out.
    var isComplete = true

    /// Begin, parts and commit.
    ///
    /// - Parameters:
    ///   - instrument: Of a symbol as it is on the wire; `nil`: the engine has never heard of it.
    ///   - unknown: How many records had such a symbol: the core is told of an order or execution all the same, of a position
    ///     not, as it could compare it with nothing.
    func inputs(
        session: UInt8, question: UInt32, instrument: (UInt64) -> UInt32?, unknown: inout UInt64
    ) -> [Input] {
        var begin = Input(kind: .reconcileBegin, source: session)
        begin.user_ref = question
        // Ours counts what comes next, the venue's what was last.
        begin.execution_id = sequence + 1
        begin.flags = ReconciliationScope.account.rawValue
        var inputs = [begin]
        unknown = 0
        // What is not complete proves nothing: its parts would only fill the journal.
        if isComplete {
            for order in orders where order.status == .live && order.leaves > 0 {
                var part = Input(kind: .reconcileOrder, source: session)
                part.user_ref = order.userRef
                part.quantity = Int64(order.leaves)
                part.price = Int64(clamping: order.price)
                part.execution_id = order.orderReferenceNumber
                part.side = Self.side(order.side)
                place(order.symbol, &part, instrument, &unknown)
                inputs.append(part)
            }
            for trade in standing() {
                var part = Input(kind: .reconcileExecution, source: session)
                part.user_ref = trade.userRef
                part.quantity = Int64(trade.quantity)
                part.price = Int64(clamping: trade.price)
                part.execution_id = trade.matchNumber
                part.side = Self.side(trade.side)
                part.venue_time_ns = trade.kind == .correction ? 1 : 0
                part.flags = Input.executionFlags(
                    trade.liquidityFlag, isMaker: Ouch50.isMaker(liquidityFlag: trade.liquidityFlag))
                place(trade.symbol, &part, instrument, &unknown)
                inputs.append(part)
            }
            for position in positions {
                var part = Input(kind: .reconcilePosition, source: session)
                part.quantity = position.quantity
                part.price = Self.average(position)
                guard place(position.symbol, &part, instrument, &unknown) else { continue }
                inputs.append(part)
            }
        }
        var commit = Input(kind: .reconcileCommit, source: session)
        commit.user_ref = question
        commit.quantity = Int64(inputs.count - 1)
        commit.flags = isComplete ? 1 : 0
        inputs.append(commit)
        return inputs
    }

    @discardableResult
    private func place(
        _ symbol: UInt64, _ part: inout Input, _ instrument: (UInt64) -> UInt32?, _ unknown: inout UInt64
    ) -> Bool {
        guard let known = instrument(symbol) else {
            unknown += 1
            return false
        }
        part.instrument = known
        return true
    }

    /// Executions that were neither undone nor replaced by a correction; corrections themselves are executions.
    private func standing() -> [OrderQuery.TradeRecord] {
        var gone: Set<UInt64> = []
        for trade in trades {
            switch trade.kind {
            case .execution: break
            case .bust: gone.insert(trade.executionID)
            case .correction: gone.insert(trade.otherID)
            }
        }
        return trades.filter { $0.kind != .bust && !gone.contains($0.executionID) }
    }

    private static func side(_ letter: UInt8) -> UInt8 {
        letter == UInt8(ascii: "B") ? Side.buy.rawValue : Side.sell.rawValue
    }

    /// What the day's trades of the position's side cost on the average, truncated; 0: there were none, and what was
    /// held before has no price here.
    private static func average(_ position: OrderQuery.PositionRecord) -> Int64 {
        if position.quantity > 0, position.bought > 0 {
            return Int64(clamping: position.boughtAmount / Int128(position.bought))
        }
        if position.quantity < 0, position.sold > 0 {
            return Int64(clamping: position.soldAmount / Int128(position.sold))
        }
        return 0
    }
}
