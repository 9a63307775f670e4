internal import Memory

/// The feed thread's end of the rings.
@safe public struct FeedPort: ~Copyable {
    let rings: FixedList<RecordRing>
    var requests: RecordRingReader
    let wakes: PipelineWakes
    let datagramBytesMax: Int

    init(
        rings: consuming FixedList<RecordRing>, requests: consuming RecordRingReader, wakes: PipelineWakes,
        datagramBytesMax: Int
    ) {
        self.rings = rings
        self.requests = requests
        self.wakes = wakes
        self.datagramBytesMax = datagramBytesMax
    }
}

extension FeedPort: @unchecked Sendable {}

/// What the feed thread does: datagrams from the sockets into the hot thread's rings, with the time of their receipt, and
/// requests for retransmission the other way.
///
/// Nothing is dropped here: with a ring full, datagrams stay where they are, in the socket's buffer.
///
/// - Threads: the feed thread, once it runs.
@safe public struct FeedStage<IO: HotIO & ~Copyable>: ~Copyable {
    /// Datagrams of one stream in a row.
    @inlinable static var datagramsAtOnce: Int { 16 }
    /// Steps for which a request that the socket does not take is tried: the feed asks again by itself.
    static var requestTriesMax: Int { 64 }

    public var io: IO
    private var port: FeedPort
    private let hotWake: Wake.View
    private let ownWake: Wake.View
    private let sleeps: Bool
    private var request: LentRecord?
    private var requestTries = 0
    /// Looks at a stream that had to wait for room.
    public private(set) var fullCount: UInt64 = 0
    public private(set) var turns = StageTurns()

    public init(io: consuming IO, port: consuming FeedPort) {
        self.io = io
        hotWake = port.wakes.hot.view
        ownWake = port.wakes.feed.view
        sleeps = port.wakes.isUsed
        self.port = port
    }

    /// Looks once at everything.
    ///
    /// - Returns: How much was done: 0 means that nothing waited, or that what waits finds no room.
    public mutating func step() -> Int {
        turns.note(io.nowNs())
        var work = passRequests()
        for stream in 0..<port.rings.count { work += carry(stream) }
        if work > 0, sleeps { hotWake.notify() }
        return work
    }

    private mutating func carry(_ stream: Int) -> Int {
        var count = 0
        while count < Self.datagramsAtOnce {
            guard port.rings[stream].hasRoom(port.datagramBytesMax &+ 8) else {
                fullCount &+= 1
                return count
            }
            let received = io.receiveDatagram(stream: stream)
            guard !received.isEmpty else { return count }
            let atNs = io.receivedAtNs(stream: stream)
            let hasMore: UInt16 = io.moreWaiting(stream: stream) ? 1 : 0
            // SAFETY: copied before the next call for this stream.
            let isTaken = unsafe port.rings[stream].append(
                kind: hasMore, source: UInt16(truncatingIfNeeded: stream), word: atNs, received.bytes)
            precondition(isTaken, "Invariant: no datagram is longer than the room that was asked for")
            count &+= 1
        }
        return count
    }

    private mutating func passRequests() -> Int {
        var work = 0
        while work < 16 {
            if request == nil { request = port.requests.lend() }
            guard let waiting = request else { break }
            requestTries += 1
            // SAFETY: the record stands until the next is asked for.
            let isSent = unsafe io.requestRetransmission(stream: Int(waiting.source), waiting.bytes)
            guard isSent || requestTries >= Self.requestTriesMax else { break }
            request = nil
            requestTries = 0
            work += 1
        }
        return work
    }

    /// The fullest of the rings, in thousandths. Cold.
    public var fillPermille: Int {
        var most = 0
        for stream in 0..<port.rings.count { most = max(most, port.rings[stream].fillPermille) }
        return most
    }

    /// The longest step since the last call. Cold.
    public mutating func takeTurnNsMax() -> UInt64 { turns.take() }
}

extension FeedStage: @unchecked Sendable where IO: Sendable & ~Copyable {}

extension FeedStage where IO == NetworkIO {
    /// Several steps, over real sockets: the concrete entry, of which the compiler proves that it takes no lock.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func run(steps: Int) -> Int {
        var work = 0
        for _ in 0..<steps { work &+= step() }
        return work
    }

    /// Before the first step: a request ends a wait.
    public mutating func prepareToWait() { io.watch(port.wakes.feed) }

    /// Sleeps until a datagram or a request has come, or the time is over.
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        turns.pause(io.nowNs())
        for stream in 0..<port.rings.count where !port.rings[stream].hasRoom(port.datagramBytesMax + 8) {
            // What waits in the kernel would end the sleep at once; the hot thread makes room without telling.
            return Clock.sleep(ns: 50_000)
        }
        ownWake.announce()
        if request == nil, !port.requests.isReadable() { io.waitForTraffic(timeoutNs: timeoutNs) }
        ownWake.withdraw()
    }
}
