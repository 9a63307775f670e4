internal import Memory

/// Network of the hot thread where others hold the sockets: everything comes and goes through rings.
///
/// A connection has a generation, counted up with every ``connect(session:)``: what the venue thread says of an older one
/// is passed over here, and what was meant for an older one is passed over there.
///
/// - Bounds: a full ring takes nothing: ``send(session:_:)`` then answers 0. Bytes that it takes count as sent, whatever
///   becomes of the connection: they are on their way, and nobody can say how far.
/// - Threads: the hot thread.
@safe public struct RingIO: ~Copyable, HotIO {
    public let clock: Clock
    var streams: FixedList<HotStream>
    var sessions: FixedList<HotSession>
    private let requests: RecordRing
    private let wakes: PipelineWakes
    private let ownWake: Wake.View
    private let feedWake: Wake.View
    private let venueWake: Wake.View
    private let sleeps: Bool
    /// What every session's bytes pass, here and where they leave.
    private var gate: EgressGate?
    private var gateView = EgressGate.View()

    init(
        streams: consuming FixedList<HotStream>, sessions: consuming FixedList<HotSession>,
        requests: consuming RecordRing, wakes: PipelineWakes, clock: Clock
    ) {
        self.streams = streams
        self.sessions = sessions
        self.requests = requests
        self.wakes = wakes
        ownWake = wakes.hot.view
        feedWake = wakes.feed.view
        venueWake = wakes.venue.view
        sleeps = wakes.isUsed
        self.clock = clock
    }

    /// System calls made to sleep and to wake the others. Cold.
    public var systemCallCount: UInt64 {
        wakes.hot.sleepCount + wakes.feed.wakeCount + wakes.venue.wakeCount
    }

    /// The fullest of the rings to the venue thread, in thousandths. Cold.
    public var fillPermille: Int {
        var most = 0
        for session in 0..<sessions.count { most = max(most, sessions[session].toVenue.fillPermille) }
        return most
    }
}

// Made by one thread, then owned by one other.
extension RingIO: @unchecked Sendable {}

/// The clock and the feeds.
extension RingIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nowNs() -> UInt64 { clock.nowNs() }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        guard let record = streams[stream].ring.lend() else { return .none }
        streams[stream].receivedAtNs = record.word
        streams[stream].hasMore = record.kind != 0
        // SAFETY: the record stands until the next call for this stream.
        return unsafe ReceivedBytes(record.rest)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receivedAtNs(stream: Int) -> UInt64 { streams[stream].receivedAtNs }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func moreWaiting(stream: Int) -> Bool { streams[stream].hasMore }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: copied.
        guard unsafe requests.append(kind: 0, source: UInt16(truncatingIfNeeded: stream), bytes) else {
            return false
        }
        if sleeps { feedWake.notify() }
        return true
    }
}

/// The venue sessions.
extension RingIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connect(session: Int) {
        if sessions[session].isLive { sessions[session].abandon() }
        sessions[session].generation &+= 1
        sessions[session].state = .connecting
        sessions[session].isLive = true
        sessions[session].wish = SessionRecord.connect
        pass(session)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(session: Int) -> ConnectionState {
        if sessions[session].wish != 0 { pass(session) }
        // What follows an open connection is heard in its order, by receiving.
        if sessions[session].state == .connecting { _ = sessions[session].next() }
        return sessions[session].state
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(session: Int) -> ReceivedBytes {
        if sessions[session].wish != 0 { pass(session) }
        guard sessions[session].state == .open, let record = sessions[session].next() else { return .none }
        // SAFETY: the record stands until the next call for this session.
        return unsafe ReceivedBytes(record.rest)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard sessions[session].state == .open, sessions[session].wish == 0 else { return 0 }
        // SAFETY: copied. What passes here is looked at once more where it leaves.
        let passing = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<gateView.passing(bytes)])
        let taken = unsafe sessions[session].append(passing, gateView)
        if taken > 0, sleeps { venueWake.notify() }
        return taken
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func close(session: Int) {
        sessions[session].state = .idle
        guard sessions[session].generation != 0, !sessions[session].isGivenUp else { return }
        sessions[session].abandon()
        sessions[session].wish = SessionRecord.close
        pass(session)
    }

    /// Tells the venue thread what is wished of the connection; with a full ring at the next call. A later wish takes the
    /// place of one that has not been told.
    mutating func pass(_ session: Int) {
        let word = sessions[session].generation
        // SAFETY: no bytes.
        let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        guard
            unsafe sessions[session].toVenue.append(kind: sessions[session].wish, source: 0, word: word, none)
        else { return }
        sessions[session].wish = 0
        if sleeps { venueWake.notify() }
    }
}

/// Between events.
extension RingIO {
    /// From here on every session's bytes pass this gate. Before the first connection.
    public mutating func guardEgress(_ gate: EgressGate) {
        self.gate = gate
        gateView = gate.view
    }

    /// Sleeps until something was put into a ring for us, or the time is over.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        ownWake.announce()
        if !hasTraffic() { ownWake.sleep(timeoutNs: timeoutNs) }
        ownWake.withdraw()
    }

    mutating func hasTraffic() -> Bool {
        var index = 0
        while index < streams.count {
            if streams[index].ring.isReadable() { return true }
            index &+= 1
        }
        index = 0
        while index < sessions.count {
            if sessions[index].fromVenue.isReadable() || sessions[index].wish != 0 { return true }
            index &+= 1
        }
        return false
    }
}

/// A feed as the hot thread has it.
struct HotStream: ~Copyable {
    var ring: RecordRingReader
    var receivedAtNs: UInt64 = 0
    var hasMore = false

    init(ring: consuming RecordRingReader) { self.ring = ring }
}

/// A venue session as the hot thread has it.
struct HotSession: ~Copyable {
    let toVenue: RecordRing
    var fromVenue: RecordRingReader
    /// Number of the last connection that was given up: bytes for it need not be sent any more.
    private let abandoned: SharedFlag
    private let abandonedView: SharedFlag.View
    var generation: UInt64 = 0
    var state = ConnectionState.idle
    /// Records of this generation are for us: its end has neither been heard nor asked for.
    var isLive = false
    /// The connection of this generation was given up by us.
    var isGivenUp: Bool { abandonedView.value == generation }
    /// What the venue thread has not been told yet; 0: nothing.
    var wish: UInt16 = 0

    /// Kept free for wishes, so that a ring full of orders takes them.
    static var wishBytes: Int { 64 }

    init(toVenue: consuming RecordRing, fromVenue: consuming RecordRingReader, abandoned: SharedFlag) {
        self.toVenue = toVenue
        self.fromVenue = fromVenue
        self.abandoned = abandoned
        abandonedView = abandoned.view
    }

    mutating func abandon() {
        isLive = false
        abandonedView.value = generation
    }

    /// The next bytes of this connection; states before them are taken note of, and what is of an older one is passed over.
    mutating func next() -> LentRecord? {
        while let record = fromVenue.lend() {
            guard isLive, record.word == generation else { continue }
            switch record.kind {
            case SessionRecord.bytes: return record
            case SessionRecord.opened:
                state = .open
                return nil
            case SessionRecord.ended:
                state = .closed
                isLive = false
                return nil
            default: preconditionFailure("Invariant: the venue thread says bytes, opened or ended")
            }
        }
        return nil
    }

    /// As much of the bytes as finds room, in whole messages where the gate knows them: so that it can be told, where they
    /// leave, where one begins.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ gate: EgressGate.View) -> Int {
        var count = bytes.count
        guard count > 0 else { return 0 }
        if count > 65_536 { count = unsafe gate.whole(bytes, most: 65_536) }
        if !toVenue.hasRoom(count &+ 8 &+ Self.wishBytes) {
            let room = (toVenue.room() &- 8 &- Self.wishBytes) & ~7
            guard room > 0 else { return 0 }
            if count > room { count = unsafe gate.whole(bytes, most: room) }
            guard count > 0 else { return 0 }
        }
        // SAFETY: a slice of the caller's bytes, which are there during the call.
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
        let isTaken = unsafe toVenue.append(kind: SessionRecord.bytes, source: 0, word: generation, part)
        precondition(isTaken, "Invariant: what has room is taken")
        return count
    }
}
