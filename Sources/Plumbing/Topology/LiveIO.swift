/// Network and clock of a live engine's hot thread: its own sockets (`fused`), or rings to the threads that hold them
/// (`pipelined`). One branch a call that always goes the same way, so that a program has one hot path for both.
///
/// - Threads: made anywhere, then all of it belongs to the hot thread.
@safe public struct LiveIO: ~Copyable, HotIO {
    public let isPipelined: Bool
    /// Has nothing where the run is pipelined.
    public var network: NetworkIO
    /// Has nothing where it is not.
    public var rings: RingIO

    /// The hot thread has the sockets.
    public init(_ network: consuming NetworkIO) throws(SetupError) {
        isPipelined = false
        var none = try Pipeline(streamCount: 0, sessionCount: 0, clock: network.clock)
        rings = none.takeIO()
        self.network = network
    }

    /// Other threads have them.
    public init(_ rings: consuming RingIO) throws(SetupError) {
        isPipelined = true
        var warnings: [String] = []
        network = try NetworkIO(.sockets, streams: [], sessions: [], clock: rings.clock, warnings: &warnings)
        self.rings = rings
    }

    public var clock: Clock { network.clock }

    /// From here on every session's bytes pass this gate; in a pipelined run the venue thread's network has to be given it
    /// too. Before the first connection.
    public mutating func guardEgress(_ gate: EgressGate) {
        if isPipelined { rings.guardEgress(gate) } else { network.guardEgress(gate) }
    }

    /// System calls that the hot thread has made for its network, or to sleep and to wake.
    public var systemCallCount: UInt64 {
        isPipelined ? rings.systemCallCount : network.systemCallCount
    }
}

// Made by one thread, then owned by one other.
extension LiveIO: @unchecked Sendable {}

extension LiveIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nowNs() -> UInt64 { network.nowNs() }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        isPipelined ? rings.receiveDatagram(stream: stream) : network.receiveDatagram(stream: stream)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receivedAtNs(stream: Int) -> UInt64 {
        isPipelined ? rings.receivedAtNs(stream: stream) : network.nowNs()
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func moreWaiting(stream: Int) -> Bool {
        isPipelined ? rings.moreWaiting(stream: stream) : network.moreWaiting(stream: stream)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: lent on as they were lent.
        isPipelined
            ? unsafe rings.requestRetransmission(stream: stream, bytes)
            : unsafe network.requestRetransmission(stream: stream, bytes)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connect(session: Int) {
        if isPipelined { rings.connect(session: session) } else { network.connect(session: session) }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(session: Int) -> ConnectionState {
        isPipelined ? rings.connection(session: session) : network.connection(session: session)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(session: Int) -> ReceivedBytes {
        isPipelined ? rings.receive(session: session) : network.receive(session: session)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        // SAFETY: lent on as they were lent.
        isPipelined
            ? unsafe rings.send(session: session, bytes) : unsafe network.send(session: session, bytes)
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func close(session: Int) {
        if isPipelined { rings.close(session: session) } else { network.close(session: session) }
    }

    /// Sleeps until something has come, or the time is over.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        if isPipelined {
            rings.waitForTraffic(timeoutNs: timeoutNs)
        } else {
            network.waitForTraffic(timeoutNs: timeoutNs)
        }
    }
}
