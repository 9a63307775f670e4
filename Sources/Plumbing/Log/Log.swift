public import CSpinetailPlumbing

/// The hot thread's end of the log: one binary record a call, with the event's own time, into a ring that a thread of its own
/// empties to disk (``LogThread``).
///
/// It never waits, takes no lock, reads no clock and makes no text. When the ring is full the record is dropped and counted:
/// a log line is worth less than the next event. What must not be lost is the journal's.
///
/// - Threads: belongs to the hot thread. Off until it is made with a ring.
@safe public struct Log: ~Copyable {
    @usableFromInline let log: OpaquePointer?
    /// Lines of a lower level are not written: `level × 1000`, or beyond every format when off.
    @usableFromInline let formatMin: UInt16

    /// Writes nothing.
    public init() {
        unsafe log = nil
        formatMin = .max
    }

    /// - Parameter ringByteCount: A power of two, at least 4,096: what a burst may be ahead of the disk. A ring that the
    ///   second-level cache holds is the fastest.
    public init(level: LogLevel, ringByteCount: Int = 1 << 20) throws(SetupError) {
        precondition(ringByteCount >= 4096, "Caller: a ring has at least one page")
        precondition(ringByteCount.nonzeroBitCount == 1, "Caller: a ring's size is a power of two")
        var made: OpaquePointer?
        // SAFETY: C answers with a whole log or none.
        if let refusal = Errno(result: unsafe st_log_create(UInt64(ringByteCount), &made)) {
            throw SetupError("make the log's ring of \(ringByteCount) bytes", at: "memory", refusal)
        }
        unsafe log = made
        formatMin = UInt16(level.rawValue) * 1000
    }

    deinit {
        // SAFETY: the drain thread holds a share of its own.
        if let log = unsafe log { unsafe st_log_release_owner(log) }
    }

    /// The drain thread's end. There is one: a second would steal from the first. Traps when the log is off.
    public borrowing func source() -> LogSource {
        guard let log = unsafe log else { preconditionFailure("Caller: a log that is off has no other end") }
        // SAFETY: the source's share keeps the log alive.
        unsafe st_log_retain(log)
        return unsafe LogSource(log)
    }

    /// Whether lines of this level are written: for where their arguments cost something.
    @inlinable public func writes(_ level: LogLevel) -> Bool { UInt16(level.rawValue) * 1000 >= formatMin }

    /// Records that found no room.
    @inlinable public var droppedCount: UInt64 {
        // SAFETY: this end's share keeps it alive.
        guard let log = unsafe log else { return 0 }
        return unsafe st_log_dropped(log)
    }

    /// - Parameter atNs: The event's own time, as the engine's clock gave it.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable @inline(__always) public borrowing func write(_ event: LogEvent, atNs: UInt64) {
        switch event {
        case .packetMalformed(let feed, let count): append(.packetMalformed, atNs, word(feed), count)
        case .feedRequest(let feed, let count): append(.feedRequest, atNs, word(feed), count)
        case .measured(let whole, let number): append(.measured, atNs, word(whole), number.bitPattern)
        case .engineStarted(let epoch, let feeds, let sessions):
            append(.engineStarted, atNs, UInt64(epoch), word(feeds), word(sessions))
        case .engineStopping(let inputs): append(.engineStopping, atNs, inputs)
        case .engineStopped(let inputs): append(.engineStopped, atNs, inputs)
        case .sessionUp(let session): append(.sessionUp, atNs, word(session))
        case .feedWhole(let feed, let next): append(.feedWhole, atNs, word(feed), next)
        case .feedRestarted(let feed): append(.feedRestarted, atNs, word(feed))
        case .feedEnded(let feed): append(.feedEnded, atNs, word(feed))
        case .journalRelieved(let permille): append(.journalRelieved, atNs, word(permille))
        case .strategyNote(let strategy, let note, let value):
            append(.strategyNote, atNs, word(strategy), word(note), value.bitPattern)
        case .sessionDown(let session): append(.sessionDown, atNs, word(session))
        case .feedGap(let feed, let count, let from): append(.feedGap, atNs, word(feed), count, from)
        case .orderRejected(let userRef, let symbol, let reason):
            append(.orderRejected, atNs, UInt64(userRef), symbol, UInt64(reason))
        case .riskRejected(let rule, let scope, let symbol, let strategy, let limit, let value):
            if limit == 0 && value == 0 {
                append(.ruleRefused, atNs, UInt64(rule), UInt64(scope), symbol, UInt64(strategy))
            } else {
                put(
                    .riskRejected, atNs, 6, UInt64(rule), UInt64(scope), symbol, UInt64(strategy),
                    UInt64(bitPattern: limit), UInt64(bitPattern: value))
            }
        case .alert(let code, let symbol, let quantity, let price):
            append(
                .alert, atNs, UInt64(code), symbol, UInt64(bitPattern: quantity), UInt64(bitPattern: price))
        case .stateTripped(let scope, let subject, let state, let rule, let limit, let value):
            put(
                .stateTripped, atNs, 6, UInt64(scope), subject, UInt64(state), UInt64(rule),
                UInt64(bitPattern: limit), UInt64(bitPattern: value))
        case .stateSaid(let scope, let subject, let state, let rule, let low, let high):
            if low == 0 && high == 0 {
                append(.stateChanged, atNs, UInt64(scope), subject, UInt64(state), UInt64(rule))
            } else {
                put(.stateSaid, atNs, 6, UInt64(scope), subject, UInt64(state), UInt64(rule), low, high)
            }
        case .stateOver(let scope, let subject, let rule, let low, let high):
            if low == 0 && high == 0 {
                append(.stateOver, atNs, UInt64(scope), subject, UInt64(rule))
            } else {
                put(.stateLifted, atNs, 5, UInt64(scope), subject, UInt64(rule), low, high, 0)
            }
        case .streamStale(let stream, let silenceNs, let limitNs):
            append(
                .streamStale, atNs, stream, UInt64(bitPattern: silenceNs), UInt64(bitPattern: limitNs))
        case .streamBack(let stream): append(.streamBack, atNs, stream)
        case .limitsRefused(let kind): append(.limitsRefused, atNs, UInt64(bitPattern: kind))
        case .journalPressing(let permille): append(.journalPressing, atNs, word(permille))
        case .engineHalted: append(.engineHalted, atNs)
        case .sessionRefused(let session, let reason):
            append(.sessionRefused, atNs, word(session), UInt64(reason))
        case .hotThreadBack(let awayMs): append(.hotThreadBack, atNs, awayMs)
        }
    }

    @inlinable @inline(__always) func word(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) }

    @inlinable @inline(__always) func append(_ format: LogFormat, _ atNs: UInt64) {
        put(format, atNs, 0, 0, 0, 0, 0, 0, 0)
    }
    @inlinable @inline(__always) func append(_ format: LogFormat, _ atNs: UInt64, _ a: UInt64) {
        put(format, atNs, 1, a, 0, 0, 0, 0, 0)
    }
    @inlinable @inline(__always) func append(_ format: LogFormat, _ atNs: UInt64, _ a: UInt64, _ b: UInt64) {
        put(format, atNs, 2, a, b, 0, 0, 0, 0)
    }
    @inlinable @inline(__always) func append(
        _ format: LogFormat, _ atNs: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64
    ) {
        put(format, atNs, 3, a, b, c, 0, 0, 0)
    }
    @inlinable @inline(__always) func append(
        _ format: LogFormat, _ atNs: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
    ) {
        put(format, atNs, 4, a, b, c, d, 0, 0)
    }

    @inlinable @inline(__always) func put(
        _ format: LogFormat, _ atNs: UInt64, _ count: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64,
        _ d: UInt64, _ e: UInt64, _ f: UInt64
    ) {
        guard format.rawValue >= formatMin, let log = unsafe log else { return }
        // SAFETY: this end's share keeps it alive.
        _ = unsafe st_log_append(log, format.rawValue, atNs, count, a, b, c, d, e, f)
    }
}

// Made by one thread, then owned by the hot thread alone.
extension Log: @unchecked Sendable {}
