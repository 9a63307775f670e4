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
        guard state != .halted else { return }
        sequencer.stamp(&input, clockNs: clockNs, receivedAtNs: receivedAtNs)
        if journal.isOn {
            while !journal.append(input) { if !waitForJournal() { return } }
        }
        core.begin(input)
        core.input(input, &strategies)
        passOn()
    }

    /// Facts to the journal, commands into the sessions' send buffers.
    @inlinable mutating func passOn() {
        for index in 0..<core.facts.count {
            count(core.facts[index])
            if journal.isOn {
                while !journal.append(core.facts[index]) { if !waitForJournal() { return } }
            }
        }
        core.facts.clear()
        guard core.commands.count > 0 else { return }
        encodeCommands()
    }

    /// Commands of the core become bytes; what a session does not take is proven not sent.
    @inlinable mutating func encodeCommands() {
        // A refused command is an input, whose step may bring further commands: take these out first.
        var refused = InlineArray<64, UInt32>(repeating: 0)
        var refusedKinds = InlineArray<64, UInt8>(repeating: 0)
        var refusedSessions = InlineArray<64, UInt8>(repeating: 0)
        var refusedCount = 0
        for index in 0..<core.commands.count {
            let command = core.commands[index]
            if command.kind == CommandKind.enter.rawValue {
                counters.orders += 1
            } else {
                counters.cancels += 1
            }
            if sessions[Int(command.session)].encode(command) { continue }
            precondition(refusedCount < 64, "Invariant: a session that is up takes what its credits allow")
            refused[refusedCount] = command.user_ref
            refusedKinds[refusedCount] = command.kind
            refusedSessions[refusedCount] = command.session
            refusedCount += 1
        }
        core.commands.clear()
        for index in 0..<refusedCount {
            var input = Input(kind: .sendFailed, source: refusedSessions[index])
            input.user_ref = refused[index]
            input.flags = refusedKinds[index]
            stepOnly(&input, clockNs: sequencer.lastTimeNs, receivedAtNs: 0)
        }
    }

    /// Counts what a fact says, for the report.
    @inlinable mutating func count(_ fact: Fact) {
        switch fact.factKind {
        case .signal: counters.signals += 1
        case .signalDiscarded: counters.signalsDiscarded += 1
        case .riskRejected: counters.riskRejects += 1
        case .orderFilled: counters.fills += 1
        case .orderRejected: counters.venueRejects += 1
        case .alert: counters.alerts += 1
        case .orderCreated, .orderPending, .orderSubmitted, .orderSendFailed, .orderAccepted, .orderCancelled,
            .orderExpired, .cancelRequested, .cancelRefused, .orderReplaced, .executionBroken,
            .executionRepeated,
            .orderClosed, .orderInDoubt, .orderResolved, .orderDisputed, .illegalTransition, .positionOpened,
            .positionChanged, .positionClosed, .bookState, .riskState, .digest:
            break
        }
    }
}
