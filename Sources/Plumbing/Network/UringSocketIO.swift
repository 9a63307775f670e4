internal import CSpinetailPlumbing
internal import Memory

/// Network and clock of the hot thread over io_uring. A look at a quiet socket is a look at shared memory, not a system
/// call; what waits costs one, for all that waits at once; a send is one, and takes the next receives along.
///
/// - Bounds: as ``PlainSocketIO``; of each stream ``UringSettings/datagramBufferCount`` datagrams wait here, and what
///   comes meanwhile waits in the socket's buffer.
/// - Threads: made anywhere; the first call of ``HotIO`` makes it the caller's for good.
@safe public struct UringSocketIO: ~Copyable, HotIO {
    struct Stream: BitwiseCopyable {
        var canRequest = false
        var retransmission = st_address()
        var stampNs: UInt64 = 0
        var truncated: UInt64 = 0
        var failures: UInt64 = 0
        var lastFailure: Int32 = 0
    }

    struct Session: BitwiseCopyable {
        var state = ConnectionState.idle
        var venue = st_address()
        var userTimeoutMs: UInt32 = 0
        var lastFailure: Int32 = 0
    }

    public let clock: Clock
    public let streamCount: Int
    public let sessionCount: Int
    /// As the kernel granted them: what it does not have is not here.
    public let settings: UringSettings
    /// `nil` only in one that ``NetworkIO`` does not use.
    let net: OpaquePointer?
    /// What every session's bytes pass: it must outlive the ring.
    private var gate: EgressGate?
    /// System calls that are not the ring's: requests for retransmission.
    private var otherCallCount: UInt64 = 0
    var streams: FixedArray<Stream>
    var sessions: FixedArray<Session>

    /// Opens and binds every stream's socket and makes the ring; sessions connect later.
    ///
    /// - Parameters:
    ///   - stamps: Whether the kernel's time of receipt is kept, see ``kernelStampNs(stream:)``.
    ///   - warnings: What was not as asked and does not stop a run.
    /// - Throws: Also where the kernel does not have what this needs of io_uring (Linux 5.19), or refuses it.
    public init(
        streams streamSettings: [StreamSettings], sessions sessionSettings: [SessionSettings],
        settings: UringSettings = UringSettings(), stamps: Bool = false, clock: Clock,
        warnings: inout [String]
    ) throws(SetupError) {
        var granted = settings
        // SAFETY: made here and kept nowhere else; freed again where a stream cannot be opened.
        let net = try unsafe Self.ring(
            streamSettings.count, sessionSettings.count, &granted, stamps: stamps, warnings: &warnings)
        do throws(SetupError) {
            for (index, settings) in streamSettings.enumerated() {
                try unsafe Self.open(settings, UInt32(index), net, stamps: stamps, warnings: &warnings)
            }
        } catch {
            unsafe st_net_destroy(net)
            throw error
        }
        unsafe self.init(
            owning: net, streamCount: streamSettings.count, sessionCount: sessionSettings.count,
            settings: granted, clock: clock)
        for (index, settings) in sessionSettings.enumerated() {
            sessions[index].venue = settings.venue.c
            sessions[index].userTimeoutMs = settings.userTimeoutMs
        }
        for (index, settings) in streamSettings.enumerated() {
            if let server = settings.retransmission {
                streams[index].canRequest = true
                streams[index].retransmission = server.c
            }
        }
    }

    /// Opens a stream's socket and gives it to the ring.
    private static func open(
        _ settings: StreamSettings, _ index: UInt32, _ net: OpaquePointer, stamps: Bool,
        warnings: inout [String]
    ) throws(SetupError) {
        let fd = try UdpSocket.open(settings, stamps: stamps, warnings: &warnings)
        // The kernel answers "nothing" at once for a socket that does not block, instead of waiting for a datagram.
        var result = st_socket_blocking(fd, true)
        // SAFETY: the ring is the caller's, and the stream one of its.
        if result >= 0 { result = unsafe st_net_add_stream(net, index, fd) }
        if let refusal = Errno(result: result) {
            st_socket_close(fd)
            throw SetupError("receive market data by io_uring", at: "\(settings.listen)", refusal)
        }
    }

    /// - Parameter net: `nil`: one that has nothing and is not asked for anything.
    private init(
        owning net: OpaquePointer?, streamCount: Int, sessionCount: Int, settings: UringSettings, clock: Clock
    ) {
        // SAFETY: whoever calls has made the ring and keeps it not.
        unsafe self.net = net
        self.settings = settings
        self.clock = clock
        self.streamCount = streamCount
        self.sessionCount = sessionCount
        streams = FixedArray(count: max(1, streamCount), repeating: Stream(), for: "the streams")
        sessions = FixedArray(count: max(1, sessionCount), repeating: Session(), for: "the sessions")
    }

    /// One that has nothing and is not asked for anything.
    init(unusedWith clock: Clock) {
        unsafe self.init(
            owning: nil, streamCount: 0, sessionCount: 0, settings: UringSettings(), clock: clock)
    }

    /// - Parameter settings: Becomes what was granted of it.
    private static func ring(
        _ streamCount: Int, _ sessionCount: Int, _ settings: inout UringSettings, stamps: Bool,
        warnings: inout [String]
    ) throws(SetupError) -> OpaquePointer {
        for count in [settings.datagramBufferCount, settings.sessionBufferCount] {
            precondition(count.nonzeroBitCount == 1, "Caller: a count of buffers is a power of two")
            precondition(
                (2...32_768).contains(count),
                "Caller: 2 to 32,768 buffers: one is with the engine while another is filled")
        }
        var asked = st_net_settings()
        asked.stream_count = UInt32(streamCount)
        asked.session_count = UInt32(sessionCount)
        asked.datagram_buffer_count = UInt32(settings.datagramBufferCount)
        asked.datagram_bytes_max = UInt32(PlainSocketIO.datagramBytesMax)
        asked.session_buffer_count = UInt32(settings.sessionBufferCount)
        asked.session_buffer_bytes = 4096
        asked.cq_entries = settings.completionCount
        asked.taskrun = settings.taskRun.rawValue
        asked.is_single_shot = settings.receive == .singleShot
        asked.is_stamped = stamps
        asked.is_polled = settings.isPolled
        asked.enters_always = settings.entersAlways
        asked.polling_core = settings.pollingCore
        asked.polling_idle_ms = settings.pollingIdleMs
        var made: OpaquePointer?
        // SAFETY: C answers with a whole ring or none, and sets `step` to a constant in any case.
        var step = unsafe UnsafePointer<CChar>(bitPattern: 1)!
        let result = unsafe st_net_create(&asked, &made, &step)
        guard let made = unsafe made else {
            let refusal = Errno(result: result) ?? .invalid
            throw SetupError(
                "use io_uring for the network", at: unsafe String(cString: step), refusal,
                remedy: Self.remedy(refusal))
        }
        let asFor = settings.receive
        settings.receive = asked.is_single_shot ? .singleShot : .multishot
        settings.taskRun = UringSettings.TaskRun(rawValue: asked.taskrun) ?? .best
        if settings.receive != asFor {
            warnings.append(
                "network: this kernel has no multishot receives (Linux 6.0 has); each datagram is asked for")
        }
        return unsafe made
    }

    // SAFETY: the ring is ours, and whoever holds this value last is the only one who has it.
    deinit { if let net = unsafe net { unsafe st_net_destroy(net) } }

    private static func remedy(_ refusal: Errno) -> String? {
        switch refusal {
        case .notPermitted, .permissionDenied:
            "sysctl -w kernel.io_uring_disabled=0, or allow it in the container's seccomp profile; or set "
                + "network.backend: sockets"
        case .noMemory:
            "raise ulimit -l, or lower network.datagram_buffers; or set network.backend: sockets"
        default: "Linux 5.19 or newer has what it needs; or set network.backend: sockets"
        }
    }
}

// Made by one thread, then owned by one other.
extension UringSocketIO: @unchecked Sendable {}

/// The clock and the feeds.
extension UringSocketIO {
    // SAFETY: as long as this value lives; one that has no ring is never asked (NetworkIO).
    private var ring: OpaquePointer { unsafe net.unsafelyUnwrapped }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nowNs() -> UInt64 { clock.nowNs() }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        while true {
            var start: UnsafeRawPointer?
            // SAFETY: `streams[stream]` is checked; C keeps the bytes until the next call for this stream.
            let length = unsafe st_net_receive_datagram(
                ring, UInt32(truncatingIfNeeded: stream), &start, &streams[stream].stampNs)
            if length < 0 {
                if length != Errno.againCode {
                    streams[stream].failures &+= 1
                    streams[stream].lastFailure = Int32(truncatingIfNeeded: -length)
                }
                return .none
            }
            if length > 9216 { streams[stream].truncated &+= 1 }
            let count = Int(min(length, 9216))
            // An empty one reads as nothing, and is.
            if count > 0 { return unsafe ReceivedBytes(UnsafeRawBufferPointer(start: start, count: count)) }
        }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func moreWaiting(stream: Int) -> Bool {
        // SAFETY: the ring is ours; a stream that there is not was refused by the receive before.
        precondition(stream < streamCount, "Caller: the stream is one of those given")
        return unsafe st_net_waiting(ring, UInt32(truncatingIfNeeded: stream)) > 0
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard streams[stream].canRequest else { return false }
        otherCallCount &+= 1
        // SAFETY: the caller's bytes are there during the call.
        let sent = unsafe st_socket_send_to(
            st_net_stream_descriptor(ring, UInt32(truncatingIfNeeded: stream)), bytes.baseAddress,
            bytes.count,
            streams[stream].retransmission)
        return sent == Int64(bytes.count)
    }
}

/// The venue sessions.
extension UringSocketIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connect(session: Int) {
        close(session: session)
        // SAFETY: `sessions[session]` is checked.
        let result = unsafe st_net_connect(
            ring, UInt32(truncatingIfNeeded: session), sessions[session].venue,
            sessions[session].userTimeoutMs)
        if result >= 0 {
            sessions[session].state = .connecting
        } else {
            sessions[session].lastFailure = Int32(truncatingIfNeeded: -result)
            sessions[session].state = .closed
        }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(session: Int) -> ConnectionState {
        guard sessions[session].state == .connecting else { return sessions[session].state }
        // SAFETY: `sessions[session]` is checked.
        let result = unsafe st_net_connect_finish(ring, UInt32(truncatingIfNeeded: session))
        if result > 0 { sessions[session].state = .open }
        if result < 0 { lost(session: session, result) }
        return sessions[session].state
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(session: Int) -> ReceivedBytes {
        guard sessions[session].state == .open else { return .none }
        var start: UnsafeRawPointer?
        // SAFETY: `sessions[session]` is checked; C keeps the bytes until the next call for this session.
        let count = unsafe st_net_receive(ring, UInt32(truncatingIfNeeded: session), &start)
        if count > 0 { return unsafe ReceivedBytes(UnsafeRawBufferPointer(start: start, count: Int(count))) }
        if count != Errno.againCode { lost(session: session, count) }
        return .none
    }

    /// A connection that turns out broken is still open here until ``receive(session:)`` has handed out what came before
    /// the break: a fill may be in it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard sessions[session].state == .open else { return 0 }
        // SAFETY: the caller's bytes are there during the call, after which the kernel has no use for them.
        let sent = unsafe st_net_send(
            ring, UInt32(truncatingIfNeeded: session), bytes.baseAddress, bytes.count)
        return max(0, Int(sent))
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func close(session: Int) {
        // SAFETY: `sessions[session]` is checked.
        sessions[session].state = .idle
        sessions[session].lastFailure = 0
        unsafe st_net_close(ring, UInt32(truncatingIfNeeded: session))
    }

    mutating func lost(session: Int, _ result: Int64) {
        // SAFETY: `sessions[session]` is checked.
        sessions[session].state = .closed
        sessions[session].lastFailure = Int32(truncatingIfNeeded: -result)
        unsafe st_net_close(ring, UInt32(truncatingIfNeeded: session))
    }
}

/// Between events, and cold.
extension UringSocketIO {
    /// Sleeps until something has come or `timeoutNs` is over: for an idle policy that does not spin.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        // SAFETY: the ring is ours.
        unsafe st_net_wait(ring, timeoutNs)
    }

    /// From here on every session's bytes pass this gate. Before the first call of ``HotIO``.
    mutating func guardEgress(_ gate: EgressGate) {
        guard let pointer = unsafe gate.view.pointer else { return }
        self.gate = gate
        // SAFETY: the ring is ours, and the gate is kept as long.
        unsafe st_net_set_gate(ring, pointer)
    }

    /// A descriptor of the caller's that ends a wait when it can be read. Before the first call of ``HotIO``.
    mutating func watch(_ descriptor: Int32) {
        // SAFETY: the ring is ours.
        unsafe st_net_watch(ring, descriptor)
    }

    /// System calls made since the start, each one counted. Those of a polling thread are not ours.
    public var systemCallCount: UInt64 {
        // SAFETY: the ring is ours.
        unsafe st_net_system_calls(ring) &+ otherCallCount
    }

    /// When the kernel received the last datagram of the stream, UTC nanoseconds; 0 where that is not kept.
    #if !DEBUG
    @_noLocks
    #endif
    public func kernelStampNs(stream: Int) -> UInt64 { streams[stream].stampNs }

    /// Why a session's connection is closed; `nil`: the peer ended it in order, or it is not closed. Cold.
    public func closeReason(session: Int) -> Errno? {
        sessions[session].lastFailure == 0 ? nil : Errno(code: sessions[session].lastFailure)
    }

    /// Bytes handed over that the venue's host has not acknowledged; 0 without a connection. One system call.
    public func unacknowledgedBytes(session: Int) -> Int {
        guard sessions[session].state == .open else { return 0 }
        // SAFETY: the ring is ours, `sessions[session]` was checked.
        let unsent = unsafe st_net_unsent(ring, UInt32(session))
        return unsafe Int(unsent)
            + max(0, Int(st_tcp_unacknowledged(st_net_session_descriptor(ring, UInt32(session)))))
    }

    /// Datagrams that the kernel dropped because the stream's buffer was full. Cold; one system call.
    public func droppedDatagrams(stream: Int) -> Int {
        // SAFETY: the ring is ours; the stream is checked.
        precondition(stream < streamCount, "Caller: the stream is one of those given")
        return unsafe max(0, Int(st_socket_drops(st_net_stream_descriptor(ring, UInt32(stream)))))
    }

    /// Datagrams that were longer than ``PlainSocketIO/datagramBytesMax``, and reads that failed with the last reason.
    public func troubles(stream: Int) -> (truncated: UInt64, failures: UInt64, lastFailure: Errno?) {
        let state = streams[stream]
        return (
            state.truncated, state.failures, state.lastFailure == 0 ? nil : Errno(code: state.lastFailure)
        )
    }

    /// Where a stream listens in fact, also when port 0 was asked for. Cold.
    public func listenAddress(stream: Int) -> SocketAddress {
        precondition(stream < streamCount, "Caller: the stream is one of those given")
        var address = st_address()
        // SAFETY: the stream was checked; C writes the address and nothing else.
        _ = unsafe st_socket_local(st_net_stream_descriptor(ring, UInt32(stream)), &address)
        return SocketAddress(address)
    }

    /// Accepts connections of `listener` through the ring from here on. Before the first call of ``HotIO``.
    public mutating func accept(from listener: TcpListener) {
        // The kernel answers "nothing" at once for a socket that does not block.
        _ = st_socket_blocking(listener.descriptor, true)
        // SAFETY: the ring is ours.
        unsafe st_net_listen(ring, listener.descriptor)
    }

    /// The next connection, or `nil`.
    public mutating func nextConnection() -> TcpConnection? {
        // SAFETY: the ring is ours.
        let accepted = unsafe st_net_accept(ring)
        guard accepted >= 0 else { return nil }
        return TcpConnection(descriptor: Int32(accepted), peer: SocketAddress(host: 0, port: 0))
    }

    /// The next `count` system calls that submit fail with `failure`, without being made: for tests.
    mutating func failSubmits(_ failure: Errno, count: Int) {
        // SAFETY: the ring is ours.
        unsafe st_net_fail_submits(ring, -Int64(failure.code), UInt32(count))
    }

    /// What the ring has met. Cold.
    public var counts: UringCounts {
        // SAFETY: the ring is ours.
        let counts = unsafe st_net_counts_of(ring)
        return UringCounts(
            receivesArmed: counts.receives_armed, buffersExhausted: counts.buffers_exhausted,
            completionOverflows: counts.cq_overflows, interrupted: counts.interrupted,
            refused: counts.refused,
            sendsPartial: counts.sends_partial, sendsFull: counts.sends_full)
    }
}

/// What a ring has met since it was made; none of it loses anything.
public struct UringCounts: Equatable, Sendable {
    /// Requests to receive; a multishot one that never stops is one.
    public var receivesArmed: UInt64 = 0
    /// Receives that the kernel ended because every buffer was full (ENOBUFS); what came waited in the socket.
    public var buffersExhausted: UInt64 = 0
    /// Times at which completions had to wait for room in their ring.
    public var completionOverflows: UInt64 = 0
    /// System calls that a signal ended (EINTR).
    public var interrupted: UInt64 = 0
    /// System calls that the kernel refused for now (EAGAIN, EBUSY).
    public var refused: UInt64 = 0
    /// Sends of which a part, and nothing, was taken.
    public var sendsPartial: UInt64 = 0
    public var sendsFull: UInt64 = 0
}
