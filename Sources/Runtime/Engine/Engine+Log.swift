public import Core
public import Memory
public import Model
public import Plumbing
public import Venues

/// What goes to the log, with the times of the inputs themselves. An input or a fact that nobody logs costs one test.
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// A bit for each kind of input that has a line.
    @inlinable static func isLogged(_ kind: UInt8) -> Bool {
        let kinds: UInt64 =
            1 << UInt64(InputKind.start.rawValue) | 1 << UInt64(InputKind.stop.rawValue)
            | 1 << UInt64(InputKind.feedGap.rawValue) | 1 << UInt64(InputKind.feedWhole.rawValue)
            | 1 << UInt64(InputKind.feedEnded.rawValue) | 1 << UInt64(InputKind.feedRestarted.rawValue)
            | 1 << UInt64(InputKind.sessionUp.rawValue) | 1 << UInt64(InputKind.sessionDown.rawValue)
            | 1 << UInt64(InputKind.orderRejected.rawValue) | 1 << UInt64(InputKind.operatorCommand.rawValue)
            | 1 << UInt64(InputKind.journalPressure.rawValue) | 1 << UInt64(InputKind.engineHeld.rawValue)
        return kinds >> UInt64(kind & 63) & 1 != 0
    }

    @inlinable mutating func logInput(_ input: inout Input) {
        let session = Int(input.source)
        let index = Int(input.instrument)
        let surroundings = LogSurroundings(
            symbol: input.kind == InputKind.orderRejected.rawValue ? core.symbol(ofInstrumentAt: index) : 0,
            feeds: feeds.count, sessions: sessions.count,
            journalPermille: journal.fillPermille,
            refusal: session < sessions.count ? sessions[session].counters.refusal : 0)
        log.write(&input, surroundings)
    }
}

/// What some lines say beside their input.
@frozen public struct LogSurroundings: BitwiseCopyable, Sendable {
    /// ``Symbol/raw`` of the input's instrument; 0: it has none, or its line does not say it.
    public var symbol: UInt64
    public var feeds: Int
    public var sessions: Int
    public var journalPermille: Int
    /// Why the input's venue session refused a log-on; 0: it did not.
    public var refusal: UInt8

    @inlinable public init(
        symbol: UInt64, feeds: Int, sessions: Int, journalPermille: Int, refusal: UInt8
    ) {
        self.symbol = symbol
        self.feeds = feeds
        self.sessions = sessions
        self.journalPermille = journalPermille
        self.refusal = refusal
    }
}

extension Log {
    /// The line of an input, away from the hot path; the input is not changed.
    #if !DEBUG
    @_noLocks
    #endif
    public borrowing func write(_ input: inout Input, _ around: LogSurroundings) {
        let atNs = input.engine_time_ns
        let source = Int(input.source)
        switch input.inputKind {
        case .start:
            write(
                .engineStarted(epoch: input.user_ref, feeds: around.feeds, sessions: around.sessions),
                atNs: atNs)
        case .stop: write(.engineStopped(inputs: input.sequence), atNs: atNs)
        case .operatorCommand:
            if input.flags == OperatorCommand.stopTrading.rawValue {
                write(.engineStopping(inputs: input.sequence), atNs: atNs)
            }
        case .feedGap:
            let count = UInt64(max(0, input.quantity))
            write(.feedGap(feed: source, count: count, from: input.execution_id), atNs: atNs)
        case .feedWhole: write(.feedWhole(feed: source, next: input.execution_id), atNs: atNs)
        case .feedEnded: write(.feedEnded(feed: source), atNs: atNs)
        case .feedRestarted: write(.feedRestarted(feed: source), atNs: atNs)
        case .sessionUp: write(.sessionUp(session: source), atNs: atNs)
        case .sessionDown:
            if around.refusal != 0 {
                write(.sessionRefused(session: source, reason: around.refusal), atNs: atNs)
            } else {
                write(.sessionDown(session: source), atNs: atNs)
            }
        case .orderRejected:
            write(
                .orderRejected(
                    userRef: input.user_ref, symbol: around.symbol,
                    reason: UInt32(truncatingIfNeeded: input.execution_id)), atNs: atNs)
        case .journalPressure:
            if input.flags != 0 {
                write(.journalPressing(permille: around.journalPermille), atNs: atNs)
            } else {
                write(.journalRelieved(permille: around.journalPermille), atNs: atNs)
            }
        case .engineHeld:
            write(
                .hotThreadBack(awayMs: UInt64(max(0, input.quantity)) / 1_000_000), atNs: atNs)
        case .clockOffset, .strategyOverran, .marketPacket, .feedAlive, .submitted, .sendFailed,
            .orderAccepted,
            .execution,
            .orderCancelled,
            .cancelRefused, .executionBroken, .orderReplaced, .venueNotice, .timer, .executionCorrected,
            .orderExpired, .reconcileBegin, .reconcileOrder, .reconcileExecution, .reconcilePosition,
            .reconcileCommit, .reconcileFailed, .restoreOrder, .restoreTerms, .restorePosition,
            .restoreCommit, .restoreTie, .restoreState, .restoreOrigin, .restoreDayTrades, .restorePeak,
            .restoreBook,
            .limitsBegin,
            .limitsPart, .limitsCommit:
            break
        }
    }

    /// A refusal of risk, a state or an alert. Discarded signals are counted only: there may be one at every quote.
    ///
    /// - Parameter symbol: ``Symbol/raw`` of the fact's instrument; 0: it has none.
    #if !DEBUG
    @_noLocks
    #endif
    public borrowing func write(_ fact: UnsafePointer<Fact>, symbol: UInt64, atNs: UInt64) {
        // SAFETY: the caller's fact stands still during the call.
        let kind = unsafe fact.pointee.kind
        if kind == FactKind.alert.rawValue {
            let code = unsafe fact.pointee.detail
            // The fact of the state has a line of its own, with the limit.
            if code == AlertCode.riskState.rawValue { return }
            if code == AlertCode.limitsRefused.rawValue {
                return unsafe write(.limitsRefused(kind: fact.pointee.quantity), atNs: atNs)
            }
            unsafe write(
                .alert(
                    code: code, symbol: symbol, quantity: fact.pointee.quantity, price: fact.pointee.price),
                atNs: atNs)
        } else if kind == FactKind.riskRejected.rawValue {
            unsafe write(
                .riskRejected(
                    rule: fact.pointee.detail & 0xffff,
                    scope: UInt8(truncatingIfNeeded: fact.pointee.detail >> 16), symbol: symbol,
                    strategy: fact.pointee.strategy, limit: fact.pointee.price, value: fact.pointee.quantity),
                atNs: atNs)
        } else if kind == FactKind.riskState.rawValue {
            unsafe writeState(fact, symbol: symbol, atNs: atNs)
        }
    }

    private borrowing func writeState(_ fact: UnsafePointer<Fact>, symbol: UInt64, atNs: UInt64) {
        // SAFETY: the caller's fact stands still during the call.
        let fact = unsafe fact.pointee
        let state = UInt8(truncatingIfNeeded: fact.detail)
        let scope = UInt8(truncatingIfNeeded: fact.detail >> 8)
        let rule = fact.detail >> 16
        var subject: UInt64 = 0
        if scope == RiskScope.strategy.rawValue { subject = UInt64(fact.strategy) }
        if scope == RiskScope.instrument.rawValue { subject = symbol }
        let isOver = state == TradingState.normal.rawValue
        if rule == Rule.staleData.rawValue {
            if isOver {
                write(.streamBack(stream: fact.execution_id), atNs: atNs)
            } else {
                write(
                    .streamStale(stream: fact.execution_id, silenceNs: fact.quantity, limitNs: fact.price),
                    atNs: atNs)
            }
        } else if isOver {
            write(
                .stateOver(
                    scope: scope, subject: subject, rule: rule, nameLow: fact.order_id_low,
                    nameHigh: fact.order_id_high), atNs: atNs)
        } else if fact.price != 0 || fact.quantity != 0 {
            write(
                .stateTripped(
                    scope: scope, subject: subject, state: state, rule: rule, limit: fact.price,
                    value: fact.quantity), atNs: atNs)
        } else {
            write(
                .stateSaid(
                    scope: scope, subject: subject, state: state, rule: rule, nameLow: fact.order_id_low,
                    nameHigh: fact.order_id_high), atNs: atNs)
        }
    }
}
