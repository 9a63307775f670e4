internal import Core
internal import Model
internal import Plumbing
internal import Simulation

/// What the seeded world remembers between two looks at the engine.
struct SeededWatch {
    /// The limit of each instrument, long and then short, or where something that nobody can refuse has put its worst
    /// case beyond.
    var worstAllowed: [Int64] = []
    /// The session was up in this life of the engine: from then on it knows what the venue has of it.
    var hasBeenUp = false
    /// Counts of what nobody can refuse: busts, corrections, what a comparison found.
    var unrefusable: UInt64 = 0
    /// Corrections are known up to this message of the stream.
    var mendedUpTo: UInt64 = 0
    var reconciliations: UInt64 = 0
    /// Orders that left although the gate was to keep them back.
    var ordersWhileKept = 0
    /// Inputs of the core at the last look.
    var inputs: UInt64 = 0
    /// Match numbers that the venue gave to corrections.
    var corrections: [UInt64] = []
    var askedAtNs: UInt64 = 0
    /// What the last comparison of exposures was about.
    var seen: [Int64] = []

    mutating func allow(_ positionMax: Int64, instrumentCount: Int) {
        worstAllowed = Array(repeating: positionMax, count: 2 * instrumentCount)
    }

    mutating func beginLife(_ positionMax: Int64, _ counters: CoreCounters) {
        worstAllowed = worstAllowed.map { _ in positionMax }
        hasBeenUp = false
        mendedUpTo = 0
        reconciliations = 0
        inputs = 0
        unrefusable = 0
    }
}

// What must hold at every step.
extension SeededWorld {
    /// After every turn of the engine.
    func check() {
        let counters = engine.core.counters
        if counters.reconciliations != watch.reconciliations {
            watch.reconciliations = counters.reconciliations
            watch.mendedUpTo = control.pendingUpTo
        }
        let isFirst = !watch.hasBeenUp && engine.sessions[0].phase == .up
        if isFirst { watch.hasBeenUp = true }
        // What has heard nothing is as it was.
        if counters.inputs != watch.inputs || isFirst {
            watch.inputs = counters.inputs
            checkLimits(isFirst: isFirst)
            checkExposure()
            checkMoney()
        }
        if network.ordersWhileKept != watch.ordersWhileKept {
            watch.ordersWhileKept = network.ordersWhileKept
            violate("an order has left after the kill")
        }
        if engine.state == .halted { violate("the engine has halted") }
    }

    private func violate(_ text: String) { outcome.violations.append("at \(network.nowNs): \(text)") }

    /// The position stays within its limit, whatever becomes of the orders.
    ///
    /// What nobody can refuse may move it beyond: a trade that the venue breaks or mends, an order of an earlier start.
    /// Then it may stay there, and nothing of ours may move it further.
    private func checkLimits(isFirst: Bool) {
        let counters = engine.core.counters
        let unrefusable = counters.busts + counters.differences + counters.disputes
        let isExcused = unrefusable != watch.unrefusable || isFirst || !watch.hasBeenUp && life > 1
        watch.unrefusable = unrefusable
        for index in symbols.indices {
            let line = engine.core.risk(InstrumentID(index: UInt32(index)))
            let ends = [line.position + line.openBuy, line.openSell - line.position]
            for (place, worst) in zip([2 * index, 2 * index + 1], ends) {
                if worst > watch.worstAllowed[place], !isExcused {
                    violate(
                        "worst case of \(symbols[index]) is \(worst), beyond \(watch.worstAllowed[place])")
                }
                watch.worstAllowed[place] = max(worst, positionMax)
            }
            if line.openBuy < 0 || line.openSell < 0 {
                violate("open quantity of \(symbols[index]) is negative")
            }
        }
    }

    /// Whatever the venue could still make of us lies within what the core counts with, whatever of it we have heard:
    /// a fill on its way moves quantity from the orders to the position, and both ends of the sum stay.
    func checkExposure() {
        guard !isDead, watch.hasBeenUp, !hasLied else { return }
        var seen = [Int64(bitPattern: exposure.version), Int64(engine.sessions[0].nextSequence)]
        for index in symbols.indices {
            let line = engine.core.risk(InstrumentID(index: UInt32(index)))
            seen += [line.position, line.openBuy, line.openSell]
        }
        guard seen != watch.seen else { return }
        watch.seen = seen
        let venue = exposure.look(
            knownBefore: engine.sessions[0].nextSequence, mendedUpTo: watch.mendedUpTo)
        for (index, theirs) in venue.enumerated() {
            let line = engine.core.risk(InstrumentID(index: UInt32(index)))
            let (high, low) = (line.position + line.openBuy, line.position - line.openSell)
            guard theirs.position + theirs.openBuy + bias > high || theirs.position - theirs.openSell < low
            else {
                continue
            }
            violate(
                "exposure of \(symbols[index]) is understated: the venue has \(theirs), the core \(line.position) + \(line.openBuy) - \(line.openSell)"
            )
        }
    }

    /// The back office has vouched for something that is not so.
    private var hasLied: Bool {
        guard plan.backOfficeLies else { return false }
        let faults = backOffice.counters.faults
        return (faults[.missing] ?? 0) + (faults[.wrongQuantity] ?? 0) + (faults[.staleUnseen] ?? 0) > 0
    }

    /// The parts of the account sum up to the whole.
    private func checkMoney() {
        let totals = engine.core.totals
        var (realised, unrealised, fees) = (Int128(0), Int128(0), Int128(0))
        for index in symbols.indices {
            let position = engine.core.position(InstrumentID(index: UInt32(index)))
            realised += position.realised.raw
            unrealised += position.unrealised.raw
            fees += position.feesMillionths
            let held = Int128(position.quantity.raw) * Int128(position.mark.raw)
            if position.unrealised.raw != held - position.cost.raw {
                violate("unrealised profit of \(symbols[index]) is not what is held less its cost")
            }
        }
        if totals.realised.raw != realised || totals.unrealised.raw != unrealised
            || totals.feesMillionths != fees
        {
            violate("the account's profit is not the sum of its positions'")
        }
        // Fees are millionths, and what is shown is rounded.
        let parts = totals.realised.raw + totals.unrealised.raw - totals.fees.raw
        if abs(totals.equity.raw - parts) > 1
            || abs(totals.cash.raw + totals.marketValue.raw - totals.equity.raw) > 1
        {
            violate("equity \(totals.equity.raw) is not the sum of its parts, \(parts)")
        }
    }
}
