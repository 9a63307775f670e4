internal import Memory

/// The venue thread's end of the rings.
@safe public struct VenuePort: ~Copyable {
    var lanes: FixedList<VenueLane>
    let wakes: PipelineWakes
    let sessionBytesMax: Int

    init(lanes: consuming FixedList<VenueLane>, wakes: PipelineWakes, sessionBytesMax: Int) {
        self.lanes = lanes
        self.wakes = wakes
        self.sessionBytesMax = sessionBytesMax
    }
}

extension VenuePort: @unchecked Sendable {}

/// What the venue thread does: the hot thread's bytes into the connections, and what comes from the venue, and what becomes
/// of each connection, into the hot thread's rings.
///
///                     ┌─────────── connect ───────────┐
///     .idle ─connect─▶ .connecting ─▶ .open ─▶ .ending ─▶ .over
///                          │                     ▲   the end is told once there is room for it,
///                          └─────────────────────┘   behind all bytes before it
///
/// Nothing is dropped here: with a ring full, bytes stay in the kernel; a send that the connection takes a part of goes on
/// from the next byte. Only what is for a connection that has ended or was given up goes nowhere.
///
/// - Threads: the venue thread, once it runs.
@safe public struct VenueStage<IO: HotIO & ~Copyable>: ~Copyable {
    /// Records and receives of one session in a row.
    @inlinable static var piecesAtOnce: Int { 16 }

    public var io: IO
    private var port: VenuePort
    private let hotWake: Wake.View
    private let ownWake: Wake.View
    private let sleeps: Bool
    /// What the connections' bytes pass.
    private var gate: EgressGate?
    private var gateView = EgressGate.View()
    /// Looks at a session that had to wait for room.
    public private(set) var fullCount: UInt64 = 0
    /// Bytes for connections that had ended or were given up.
    public private(set) var unsentBytes: UInt64 = 0
    public private(set) var turns = StageTurns()

    public init(io: consuming IO, port: consuming VenuePort) {
        self.io = io
        hotWake = port.wakes.hot.view
        ownWake = port.wakes.venue.view
        sleeps = port.wakes.isUsed
        self.port = port
    }

    /// Looks once at everything, orders first.
    ///
    /// - Returns: How much was done: 0 means that nothing waited, or that what waits finds no room.
    public mutating func step() -> Int {
        turns.note(io.nowNs())
        var work = 0
        var told = 0
        for session in 0..<port.lanes.count {
            work += takeOrders(session)
            told += tell(session)
        }
        if told > 0, sleeps { hotWake.notify() }
        return work + told
    }

    /// The gate that `io` sends through: orders that it keeps back are dropped here. Before the first step.
    public mutating func guardEgress(_ gate: EgressGate) {
        self.gate = gate
        gateView = gate.view
    }

    // MARK: From the hot thread

    private mutating func takeOrders(_ session: Int) -> Int {
        var work = 0
        while work < Self.piecesAtOnce {
            if port.lanes[session].record == nil {
                port.lanes[session].record = port.lanes[session].fromHot.lend()
                port.lanes[session].sentCount = 0
            }
            guard let record = port.lanes[session].record else { break }
            switch record.kind {
            case SessionRecord.connect:
                port.lanes[session].generation = record.word
                port.lanes[session].phase = .connecting
                io.connect(session: session)
            case SessionRecord.close:
                port.lanes[session].generation = record.word
                port.lanes[session].phase = .idle
                io.close(session: session)
            case SessionRecord.bytes:
                let sentBefore = port.lanes[session].sentCount
                // SAFETY: the record stands until the next is asked for.
                guard unsafe send(session, record.word, record.rest) else {
                    return work + (port.lanes[session].sentCount > sentBefore ? 1 : 0)
                }
            default: preconditionFailure("Invariant: the hot thread says connect, close or bytes")
            }
            port.lanes[session].record = nil
            work += 1
        }
        return work
    }

    /// `false`: there is a rest that waits for the connection to take it.
    private mutating func send(_ session: Int, _ generation: UInt64, _ bytes: UnsafeRawBufferPointer) -> Bool
    {
        var first = port.lanes[session].sentCount
        guard port.lanes[session].generation == generation, port.lanes[session].phase == .open else {
            unsentBytes &+= UInt64(bytes.count &- first)
            return true
        }
        var rest: UnsafeRawBufferPointer
        var sent: Int
        repeat {
            // SAFETY: a slice of what is lent.
            unsafe rest = UnsafeRawBufferPointer(rebasing: bytes[first...])
            unsafe sent = io.send(session: session, rest)
            precondition(
                sent >= 0 && sent <= rest.count, "Invariant: a connection takes what it was offered")
            first &+= sent
            port.lanes[session].sentCount = first
            // An order that a kill keeps back makes way for the cancels behind it.
        } while unsafe first < bytes.count && drop(session, bytes, &first)
        if first == bytes.count { return true }
        let left = bytes.count &- first
        // Given up by the hot thread, and the peer takes no more: what is left would keep its next connection waiting. The
        // end comes now, because nothing may follow behind a hole.
        guard port.lanes[session].abandoned.value >= generation else { return false }
        unsentBytes &+= UInt64(left)
        port.lanes[session].phase = .idle
        io.close(session: session)
        return true
    }

    /// Passes over the order in front, where it must not leave.
    private mutating func drop(_ session: Int, _ bytes: UnsafeRawBufferPointer, _ first: inout Int) -> Bool {
        // SAFETY: a slice of what is lent.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[first...])
        let length = unsafe gateView.orderAt(session: session, rest)
        guard length > 0 else { return false }
        gateView.noteDropped(session: session)
        unsentBytes &+= UInt64(length)
        first &+= length
        port.lanes[session].sentCount = first
        return true
    }

    // MARK: To the hot thread

    private mutating func tell(_ session: Int) -> Int {
        var work = 0
        if port.lanes[session].phase == .connecting { work += finishConnect(session) }
        if port.lanes[session].phase == .open { work += receive(session) }
        if port.lanes[session].phase == .ending, say(SessionRecord.ended, session) {
            port.lanes[session].phase = .over
            work += 1
        }
        return work
    }

    private mutating func finishConnect(_ session: Int) -> Int {
        switch io.connection(session: session) {
        case .connecting: return 0
        case .open:
            guard say(SessionRecord.opened, session) else { return 0 }
            port.lanes[session].phase = .open
        case .idle, .closed: port.lanes[session].phase = .ending
        }
        return 1
    }

    private mutating func receive(_ session: Int) -> Int {
        var count = 0
        while count < Self.piecesAtOnce {
            guard port.lanes[session].toHot.hasRoom(port.sessionBytesMax &+ 8) else {
                fullCount &+= 1
                return count
            }
            let received = io.receive(session: session)
            guard !received.isEmpty else {
                if io.connection(session: session) != .open { port.lanes[session].phase = .ending }
                return count
            }
            let word = port.lanes[session].generation
            // SAFETY: copied before the next call for this session.
            let isTaken = unsafe port.lanes[session].toHot.append(
                kind: SessionRecord.bytes, source: 0, word: word, received.bytes)
            precondition(isTaken, "Invariant: no piece is longer than the room that was asked for")
            count &+= 1
        }
        return count
    }

    private mutating func say(_ kind: UInt16, _ session: Int) -> Bool {
        let word = port.lanes[session].generation
        // SAFETY: no bytes.
        let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        return unsafe port.lanes[session].toHot.append(kind: kind, source: 0, word: word, none)
    }

    // MARK: Cold

    /// Whether everything that the hot thread has handed over has gone where it goes.
    public var isDrained: Bool {
        for session in 0..<port.lanes.count
        where port.lanes[session].record != nil || port.lanes[session].fromHot.isReadable() {
            return false
        }
        return true
    }

    /// The fullest of the rings to the hot thread, in thousandths.
    public var fillPermille: Int {
        var most = 0
        for session in 0..<port.lanes.count { most = max(most, port.lanes[session].toHot.fillPermille) }
        return most
    }

    /// The longest step since the last call.
    public mutating func takeTurnNsMax() -> UInt64 { turns.take() }
}

extension VenueStage: @unchecked Sendable where IO: Sendable & ~Copyable {}

extension VenueStage where IO == NetworkIO {
    /// Several steps, over real sockets: the concrete entry, of which the compiler proves that it takes no lock.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func run(steps: Int) -> Int {
        var work = 0
        for _ in 0..<steps { work &+= step() }
        return work
    }

    /// Before the first step: what the hot thread hands over ends a wait.
    public mutating func prepareToWait() { io.watch(port.wakes.venue) }

    /// Sleeps until something has come from the venue or the hot thread, or the time is over.
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        turns.pause(io.nowNs())
        var limitNs = timeoutNs
        for session in 0..<port.lanes.count {
            // Nobody tells when a ring or a socket has room again, or a connection is made.
            if !port.lanes[session].toHot.hasRoom(port.sessionBytesMax + 8) { return Clock.sleep(ns: 50_000) }
            if port.lanes[session].record != nil { return Clock.sleep(ns: 50_000) }
            if port.lanes[session].phase == .connecting { limitNs = min(limitNs, 200_000) }
        }
        ownWake.announce()
        if isDrained { io.waitForTraffic(timeoutNs: limitNs) }
        ownWake.withdraw()
    }
}

/// A venue session as the venue thread has it.
struct VenueLane: ~Copyable {
    enum Phase: UInt8, BitwiseCopyable { case idle, connecting, open, ending, over }

    let toHot: RecordRing
    var fromHot: RecordRingReader
    private let abandonedFlag: SharedFlag
    /// Number of the last connection that the hot thread has given up.
    let abandoned: SharedFlag.View
    /// Of the connection that there is, or was last.
    var generation: UInt64 = 0
    var phase = Phase.idle
    /// What is being sent, and how much of it the connection has taken.
    var record: LentRecord?
    var sentCount = 0

    init(toHot: consuming RecordRing, fromHot: consuming RecordRingReader, abandoned: SharedFlag) {
        self.toHot = toHot
        self.fromHot = fromHot
        abandonedFlag = abandoned
        self.abandoned = abandoned.view
    }
}
