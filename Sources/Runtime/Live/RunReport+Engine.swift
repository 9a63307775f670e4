internal import Core
internal import Model
internal import Plumbing
internal import Reporting
internal import Wire

extension RunReport {
    /// Takes what the engine has counted.
    mutating func take<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>(
        _ engine: borrowing Engine<Strategies, IO>
    ) {
        let counters = engine.counters
        inputs = engine.sequencer.lastSequence
        packets = counters.packets
        messages = counters.messages
        packetsRepeated = counters.packetsRepeated
        feedGaps = counters.feedGaps
        retransmissionRequests = counters.retransmissionRequests
        signals = engine.factCount(.signal)
        signalsDiscarded = engine.factCount(.signalDiscarded)
        orders = counters.orders
        cancels = counters.cancels
        fills = engine.factCount(.orderFilled)
        riskRejects = engine.factCount(.riskRejected)
        venueRejects = engine.factCount(.orderRejected)
        alerts = engine.factCount(.alert)
        for code in AlertCode.allCases where engine.alertCounts[Int(code.rawValue)] > 0 {
            alertsByKind[snakeCase("\(code)")] = engine.alertCounts[Int(code.rawValue)]
        }
        for rule in Rule.allCases where engine.refusalCounts[Int(rule.rawValue)] > 0 {
            refusals[rule.name] = engine.refusalCounts[Int(rule.rawValue)]
        }
        journalWaits = counters.journalWaits
        ordersInDoubt = UInt64(engine.core.inDoubtCount)
        digest = hex(engine.core.digest())
        malformed = counters.packetsMalformed
        for index in 0..<engine.feeds.count {
            let feed = engine.feeds[index].counters
            malformed += feed.malformedMessages
            if let fault = engine.feeds[index].lastFault {
                warnings.append(
                    "feed \(index): \(feed.malformedPackets) packets and \(feed.malformedMessages) messages could not "
                        + "be read; the last: \(fault.reason), sequence \(fault.sequence), byte \(fault.byteOffset)"
                )
            }
            if feed.instrumentsFull > 0 {
                warnings.append(
                    "feed \(index): \(feed.instrumentsFull) instruments found no room: raise instruments.max_count"
                )
            }
        }
        for index in 0..<engine.sessions.count {
            let session = engine.sessions[index].counters
            logOns += session.logOns
            drops += session.drops
            malformed += session.malformed
            if session.refusal != 0 {
                warnings.append(
                    "venue session \(index): log-on refused, reason \(Character(UnicodeScalar(session.refusal))) "
                        + "(A: user name or password wrong, S: no such session): check the venue's ouch section"
                )
            }
            if session.malformed > 0 {
                let letter =
                    session.malformedType == 0
                    ? "frame" : "\(Character(UnicodeScalar(session.malformedType)))"
                warnings.append(
                    "venue session \(index): \(session.malformed) malformed messages; the last: \(letter), "
                        + "sequence \(session.malformedAtSequence)")
            }
        }
        takeOpenOrders(engine)
        if engine.journal.givenUpAfter != 0 {
            warnings.append(
                "the journal ends with input \(engine.journal.givenUpAfter): it had no room for what the halted engine "
                    + "did after it")
        }
        takePositions(engine)
        latencies = [
            latency("received → signal", engine.latencies.signal), latency("→ bytes", engine.latencies.order),
            latency("engine, in all", engine.latencies.engine),
            latency("→ sent", engine.latencies.send), latency("received → sent", engine.latencies.total),
            latency("sent → ack", engine.latencies.acknowledged),
        ]
    }

    private mutating func takeOpenOrders<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>(
        _ engine: borrowing Engine<Strategies, IO>
    ) {
        for slot in 0..<engine.core.orderSlotCount {
            guard let order = engine.core.order(slot: slot) else { continue }
            let isDisputed = order.knowledge == .disputed
            guard !order.lifecycle.isEnded || isDisputed else { continue }
            // One that another engine of the same user made may be of an instrument that this one has not heard of.
            let symbol =
                Int(order.instrument) < engine.core.instrumentCountMax
                ? engine.core.instrument(InstrumentID(index: order.instrument)).symbol.description
                : "unknown instrument"
            let shown = OpenOrder(
                id: order.id.description, userRef: order.userRef, symbol: symbol,
                side: order.side == .buy ? "buy" : "sell", leaves: order.leaves,
                price: order.price.decimal(scale: 4), status: snakeCase("\(order.status)"))
            if !order.lifecycle.isEnded { openOrders.append(shown) }
            if isDisputed { books.disputedOrders.append(shown) }
        }
        books.differences = engine.core.counters.differences
        books.executionsInferred = engine.core.counters.executionsInferred
    }

    /// Every instrument that was traded, the largest profit or loss first.
    private mutating func takePositions<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>(
        _ engine: borrowing Engine<Strategies, IO>
    ) {
        var found: [(weight: Int128, position: Position)] = []
        for index in 0..<engine.core.instrumentCountMax {
            let id = InstrumentID(index: UInt32(index))
            let held = engine.core.position(id)
            guard held.volume.raw > 0 || held.quantity.raw != 0 else { continue }
            let position = Position(
                symbol: engine.core.instrument(id).symbol.description, quantity: held.quantity.raw,
                averagePrice: held.quantity.raw == 0 ? "–" : held.averagePrice.decimal(scale: 4),
                lastPrice: engine.core.market(id).lastPrice.decimal(scale: 4),
                realisedPnl: held.realised.decimal(scale: 4), unrealisedPnl: held.unrealised.decimal(scale: 4)
            )
            found.append(((held.realised + held.unrealised).magnitude.raw, position))
        }
        positions = found.sorted { $0.weight > $1.weight }.map(\.position)
        let totals = engine.core.totals
        realisedPnl = totals.realised.decimal(scale: 4)
        unrealisedPnl = totals.unrealised.decimal(scale: 4)
        fees = totals.fees.decimal(scale: 4)
        takeAccount(engine, totals)
    }

    private mutating func takeAccount<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>(
        _ engine: borrowing Engine<Strategies, IO>, _ totals: AccountTotals
    ) {
        let method =
            switch engine.core.costMethod {
            case .average: "average"
            case .firstInFirstOut: "fifo"
            }
        var account = Account(
            currency: engine.core.code(ofCurrency: 0).description, costMethod: method)
        account.cash = totals.cash.decimal(scale: 4)
        account.marketValue = totals.marketValue.decimal(scale: 4)
        account.grossExposure = totals.grossExposure.decimal(scale: 4)
        account.equity = totals.equity.decimal(scale: 4)
        account.dayPnl = totals.dayProfit.decimal(scale: 4)
        account.peakEquity = totals.equityPeak.decimal(scale: 4)
        account.drawdown = totals.drawdown.decimal(scale: 4)
        account.drawdownBps = totals.drawdownBps
        account.maxDrawdown = totals.drawdownMax.decimal(scale: 4)
        account.maxDrawdownBps = totals.drawdownMaxBps
        account.tradedNotional = totals.tradedNotional.decimal(scale: 4)
        account.volume = totals.volume.raw
        if engine.core.currencyCount > 1 {
            account.currencies = (0..<engine.core.currencyCount).map { place in
                let sums = engine.core.sums(ofCurrency: place)
                return Account.Currency(
                    currency: engine.core.code(ofCurrency: place).description, rate: Words.rate(sums.rate),
                    cash: sums.cash.decimal(scale: 4), marketValue: sums.marketValue.decimal(scale: 4),
                    equity: sums.equity.decimal(scale: 4), fees: sums.fees.decimal(scale: 4))
            }
        }
        self.account = account
    }

    func latency(_ stage: String, _ histogram: borrowing LatencyHistogram) -> Latency {
        Latency(
            stage: stage, count: histogram.count, p50Ns: histogram.valueNs(atPercentile: 50),
            p90Ns: histogram.valueNs(atPercentile: 90),
            p99Ns: histogram.valueNs(atPercentile: 99), p999Ns: histogram.valueNs(atPercentile: 99.9),
            maxNs: histogram.maxNs)
    }

    /// `crossedBook` as `crossed_book`, as `events` writes it.
    private func snakeCase(_ text: String) -> String {
        text.reduce(into: "") { out, letter in
            out += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }

    private func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
