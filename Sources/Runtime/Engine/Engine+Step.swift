public import Core
public import Memory
public import Model
public import Venues

extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// One input from outside: the deadlines before it, then itself.
    @inlinable public mutating func step(_ input: inout Input, nowNs: UInt64) {
        if core.nextDeadlineNs <= nowNs { _ = fireTimers(upTo: nowNs) }
        stepOnly(&input, clockNs: nowNs, receivedAtNs: nowNs)
    }

    /// Numbers an input, writes it down, steps the core, and passes on what came out.
    @inlinable mutating func stepOnly(_ input: inout Input, clockNs: UInt64, receivedAtNs: UInt64) {
        guard likely(state != .halted) else { return hold(input) }
        sequencer.stamp(&input, clockNs: clockNs, receivedAtNs: receivedAtNs)
        if journal.isOn {
            while !journal.append(&input) {
                guard waitForJournal() else {
                    sequencer.takeBack()
                    return hold(input)
                }
            }
        }
        core.begin(&input)
        budget.wasCalled = true
        core.input(&input, &strategies)
        passOn()
        core.prepare()
        if Self.isLogged(input.kind) { logInput(&input) }
    }

    /// Facts to the journal, commands into the sessions' send buffers: what leaves is on record.
    @inlinable mutating func passOn() {
        if core.facts.count > 0, !recordFacts() { return }
        if core.commands.count > 0 { encodeCommands() }
    }

    /// Facts to the journal. `false`: it took them not, and the engine has halted.
    @inlinable mutating func recordFacts() -> Bool {
        var first = 0
        let end = core.facts.count
        while journal.isOn, first < end {
            // A few at a time: no ring is so small that they could never fit.
            let piece = min(end - first, 16)
            // SAFETY: the buffer has `end` facts and is not changed before it is cleared.
            while unsafe !journal.append(core.facts.unsafeBase + first, count: piece) {
                if !waitForJournal() {
                    for index in 0..<first { count(index) }
                    core.facts.removeFirst(first)
                    return false
                }
            }
            first += piece
        }
        for index in 0..<end { count(index) }
        core.facts.clear()
        return true
    }

    /// Commands of the core become bytes; what a session does not take is proven not sent.
    @inlinable mutating func encodeCommands() {
        let told = refusedCount
        hasOutput = true
        for index in 0..<core.commands.count {
            let kind = core.commands[index].kind
            if likely(kind == CommandKind.enter.rawValue) {
                counters.orders += 1
            } else if kind == CommandKind.query.rawValue {
                askBackOffice(index)
                continue
            } else {
                counters.cancels += 1
            }
            if likely(sessions[Int(core.commands[index].session)].encode(&core.commands[index])) { continue }
            // There is room: each that waits here holds a credit until its input gives it back.
            refused[refusedCount] = core.commands[index]
            refusedCount += 1
        }
        core.commands.clear()
        // Inside a packet they wait for its end: an input between two messages of one packet could not be replayed.
        if unlikely(refusedCount > told && !isInsidePacket) { tellRefused(from: told) }
    }

    /// A refused command is an input, whose step may bring further commands, and these further refusals: they are put
    /// behind those that wait, and are told before this returns.
    ///
    /// A session that takes nothing is no longer up, and the core hears that first. Told of the refusals alone, it would
    /// ask for the same cancels again at each of them, be refused again, and so on without an end.
    @inlinable mutating func tellRefused(from first: Int) {
        for session in 0..<sessions.count {
            var input = Input(kind: .sessionDown, source: UInt8(session))
            if sessions[session].takeDown(&input) {
                stepOnly(&input, clockNs: sequencer.lastTimeNs, receivedAtNs: 0)
            }
        }
        let end = refusedCount
        for place in first..<end {
            // What a halted engine does not hear now it is told before it ends: see ``beginHalt(nowNs:)``.
            guard state != .halted else { return keepRefused(from: place, at: first) }
            var input = Input(kind: .sendFailed, source: refused[place].session)
            input.user_ref = refused[place].user_ref
            input.flags = refused[place].kind
            stepOnly(&input, clockNs: sequencer.lastTimeNs, receivedAtNs: 0)
        }
        // Nothing is behind them, unless the last one's step met the halt with refusals of its own.
        keepRefused(from: end, at: first)
    }

    /// Counts what a fact says, for the report.
    @inlinable mutating func count(_ index: Int) {
        let kind = core.facts[index].kind
        // Kinds are numbers below 128, which the table has.
        factCounts[Int(kind & 127)] += 1
        if unlikely(kind == FactKind.signalDiscarded.rawValue || kind == FactKind.riskRejected.rawValue) {
            refusalCounts[min(Int(core.facts[index].detail), refusalCounts.count - 1)] += 1
            if kind == FactKind.riskRejected.rawValue { logFact(index) }
        } else if unlikely(
            kind >= FactKind.riskState.rawValue && kind <= FactKind.operatorAnswered.rawValue)
        {
            if kind == FactKind.riskState.rawValue || kind >= FactKind.reconciliationDone.rawValue {
                tellOperator(index)
                if kind == FactKind.riskState.rawValue { logFact(index) }
            }
        } else if unlikely(kind == FactKind.alert.rawValue) {
            alertCounts[min(Int(core.facts[index].detail), alertCounts.count - 1)] += 1
            logFact(index)
        }
    }

    @inlinable mutating func logFact(_ index: Int) {
        let symbol = core.symbol(ofInstrumentAt: Int(core.facts[index].instrument))
        // SAFETY: the buffer has that many.
        unsafe log.write(core.facts.unsafeBase + index, symbol: symbol, atNs: sequencer.lastTimeNs)
    }

    /// How many facts of a kind there were.
    @inlinable public func factCount(_ kind: FactKind) -> UInt64 { factCounts[Int(kind.rawValue)] }
}
