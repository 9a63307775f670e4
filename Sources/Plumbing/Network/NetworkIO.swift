internal import CSpinetailPlumbing

/// Network and clock of the hot thread on the backend that was chosen at start: one branch a call that always goes the
/// same way.
///
/// - Threads: as its backends: made anywhere, then all of it belongs to the hot thread.
@safe public struct NetworkIO: ~Copyable, HotIO {
    /// Which one serves. The other one is there too, and has nothing.
    public let backend: NetworkBackend
    let isUring: Bool
    let stamps: Bool
    public let streamCount: Int
    /// Public for tests and reports; do not receive from them beside ``NetworkIO``.
    public var plain: PlainSocketIO
    public var uring: UringSocketIO
    /// From the kernel's receipt of a datagram to ours, where ``NetworkOptions/stamps`` asks for it.
    public private(set) var kernelLatency = LatencyHistogram()

    /// Opens everything on `backend`.
    public init(
        _ backend: NetworkBackend, streams: [StreamSettings], sessions: [SessionSettings],
        options: NetworkOptions = NetworkOptions(), clock: Clock, warnings: inout [String]
    ) throws(SetupError) {
        let isUring = backend != .sockets
        let plain = try PlainSocketIO(
            streams: isUring ? [] : streams, sessions: isUring ? [] : sessions, stamps: options.stamps,
            clock: clock, warnings: &warnings)
        let uring =
            isUring
            ? try UringSocketIO(
                streams: streams, sessions: sessions, settings: options.uring(backend),
                stamps: options.stamps,
                clock: clock, warnings: &warnings)
            : UringSocketIO(unusedWith: clock)
        self.init(backend, plain: plain, uring: uring, stamps: options.stamps, streamCount: streams.count)
    }

    private init(
        _ backend: NetworkBackend, plain: consuming PlainSocketIO, uring: consuming UringSocketIO,
        stamps: Bool, streamCount: Int
    ) {
        self.backend = backend
        isUring = backend != .sockets
        self.stamps = stamps
        self.streamCount = streamCount
        self.plain = plain
        self.uring = uring
    }

    public var clock: Clock { plain.clock }
}

// Made by one thread, then owned by one other.
extension NetworkIO: @unchecked Sendable {}

extension NetworkIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nowNs() -> UInt64 { plain.nowNs() }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        let received =
            isUring ? uring.receiveDatagram(stream: stream) : plain.receiveDatagram(stream: stream)
        if stamps, !received.isEmpty { recordStamp(stream) }
        return received
    }

    /// The kernel stamps with the wall clock, which is set and slewed: its own reading is compared, not ours.
    private mutating func recordStamp(_ stream: Int) {
        let stampNs = isUring ? uring.kernelStampNs(stream: stream) : plain.kernelStampNs(stream: stream)
        let nowNs = st_clock_utc_ns()
        if stampNs != 0, nowNs >= stampNs { kernelLatency.record(nowNs &- stampNs) }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func moreWaiting(stream: Int) -> Bool {
        isUring ? uring.moreWaiting(stream: stream) : plain.moreWaiting(stream: stream)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: lent on as they were lent.
        isUring
            ? unsafe uring.requestRetransmission(stream: stream, bytes)
            : unsafe plain.requestRetransmission(stream: stream, bytes)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connect(session: Int) {
        if isUring { uring.connect(session: session) } else { plain.connect(session: session) }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(session: Int) -> ConnectionState {
        isUring ? uring.connection(session: session) : plain.connection(session: session)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(session: Int) -> ReceivedBytes {
        isUring ? uring.receive(session: session) : plain.receive(session: session)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        // SAFETY: lent on as they were lent.
        isUring ? unsafe uring.send(session: session, bytes) : unsafe plain.send(session: session, bytes)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func close(session: Int) {
        if isUring { uring.close(session: session) } else { plain.close(session: session) }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        if isUring {
            uring.waitForTraffic(timeoutNs: timeoutNs)
        } else {
            plain.waitForTraffic(timeoutNs: timeoutNs)
        }
    }
}

/// Cold.
extension NetworkIO {
    /// What ends a wait for traffic too: somebody has put something into a ring for us. Before the first call of ``HotIO``.
    mutating func watch(_ wake: Wake) {
        if isUring { uring.watch(wake.descriptor) } else { plain.watched = wake.descriptor }
    }

    /// From here on every session's bytes pass this gate, and its connections end when it is shut. Before the first call of
    /// ``HotIO``.
    public mutating func guardEgress(_ gate: EgressGate) {
        if isUring { uring.guardEgress(gate) } else { plain.guardEgress(gate) }
    }

    /// System calls made since the start, each one counted.
    public var systemCallCount: UInt64 { isUring ? uring.systemCallCount : plain.systemCallCount }

    /// When the kernel received the last datagram of the stream, UTC nanoseconds; 0 where that is not kept.
    public func kernelStampNs(stream: Int) -> UInt64 {
        isUring ? uring.kernelStampNs(stream: stream) : plain.kernelStampNs(stream: stream)
    }

    /// Why a session's connection is closed; `nil`: the peer ended it in order, or it is not closed.
    public func closeReason(session: Int) -> Errno? {
        isUring ? uring.closeReason(session: session) : plain.closeReason(session: session)
    }

    /// Bytes handed over that the venue's host has not acknowledged; 0 without a connection. One system call.
    public func unacknowledgedBytes(session: Int) -> Int {
        isUring ? uring.unacknowledgedBytes(session: session) : plain.unacknowledgedBytes(session: session)
    }

    /// Datagrams that the kernel dropped because the stream's buffer was full. One system call.
    public func droppedDatagrams(stream: Int) -> Int {
        isUring ? uring.droppedDatagrams(stream: stream) : plain.droppedDatagrams(stream: stream)
    }

    /// Datagrams that were longer than ``PlainSocketIO/datagramBytesMax``, and reads that failed with the last reason.
    public func troubles(stream: Int) -> (truncated: UInt64, failures: UInt64, lastFailure: Errno?) {
        isUring ? uring.troubles(stream: stream) : plain.troubles(stream: stream)
    }

    /// Where a stream listens in fact, also when port 0 was asked for.
    public func listenAddress(stream: Int) -> SocketAddress {
        isUring ? uring.listenAddress(stream: stream) : plain.listenAddress(stream: stream)
    }

    /// What the ring has met; all zero without one.
    public var uringCounts: UringCounts { isUring ? uring.counts : UringCounts() }
}
