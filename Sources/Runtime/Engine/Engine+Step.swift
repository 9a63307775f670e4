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
        guard state != .halted else { return hold(input) }
        sequencer.stamp(&input, clockNs: clockNs, receivedAtNs: receivedAtNs)
        if journal.isOn {
            while !journal.append(input) {
                guard waitForJournal() else {
                    sequencer.takeBack()
                    return hold(input)
                }
            }
        }
        core.begin(input)
        core.input(input, &strategies)
        passOn()
    }

    /// Facts to the journal, commands into the sessions' send buffers.
    @inlinable mutating func passOn() {
        for index in 0..<core.facts.count {
            if journal.isOn {
                while !journal.append(core.facts[index]) {
                    if !waitForJournal() { return core.facts.removeFirst(index) }
                }
            }
            count(core.facts[index])
        }
        core.facts.clear()
        guard core.commands.count > 0 else { return }
        encodeCommands()
    }

    /// Commands of the core become bytes; what a session does not take is proven not sent.
    @inlinable mutating func encodeCommands() {
        let told = refusedCount
        for index in 0..<core.commands.count {
            let command = core.commands[index]
            if command.kind == CommandKind.enter.rawValue {
                counters.orders += 1
            } else {
                counters.cancels += 1
            }
            if sessions[Int(command.session)].encode(command) { continue }
            // There is room: each that waits here holds a credit until its input gives it back.
            refused[refusedCount] = command
            refusedCount += 1
        }
        core.commands.clear()
        // Inside a packet they wait for its end: an input between two messages of one packet could not be replayed.
        if refusedCount > told, !isInsidePacket { tellRefused(from: told) }
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
        refusedCount = first
    }

    /// Counts what a fact says, for the report.
    @inlinable mutating func count(_ fact: Fact) {
        switch fact.factKind {
        case .signal: counters.signals += 1
        case .signalDiscarded:
            counters.signalsDiscarded += 1
            refusalCounts[min(Int(fact.detail), refusalCounts.count - 1)] += 1
        case .riskRejected:
            counters.riskRejects += 1
            refusalCounts[min(Int(fact.detail), refusalCounts.count - 1)] += 1
        case .orderFilled: counters.fills += 1
        case .orderRejected: counters.venueRejects += 1
        case .alert:
            counters.alerts += 1
            alertCounts[min(Int(fact.detail), alertCounts.count - 1)] += 1
        case .orderCreated, .orderPending, .orderSubmitted, .orderSendFailed, .orderAccepted, .orderCancelled,
            .orderExpired, .cancelRequested, .cancelRefused, .orderReplaced, .executionBroken,
            .executionRepeated,
            .orderClosed, .orderInDoubt, .orderResolved, .orderDisputed, .illegalTransition, .positionOpened,
            .positionChanged, .positionClosed, .bookState, .riskState, .digest:
            break
        }
    }
}
