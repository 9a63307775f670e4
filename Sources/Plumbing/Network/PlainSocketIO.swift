internal import CSpinetailPlumbing
internal import Memory

/// Network and clock of the hot thread on plain non-blocking sockets: one system call an operation, none waits.
///
/// A quiet stream costs one `recv` a poll. A stream that had something is next asked for up to sixteen datagrams in
/// one call, and so on until it is quiet again: in a burst a datagram costs a sixteenth of a call.
///
/// - Bounds: datagrams longer than ``datagramBytesMax`` are cut and counted; a session receives up to
///   ``sessionBytesMax`` at once.
/// - Threads: made anywhere, then all of it belongs to the hot thread.
@safe public struct PlainSocketIO: ~Copyable, HotIO {
    /// A jumbo frame; a feed's datagrams are below 1,500 bytes.
    public static let datagramBytesMax = 9216
    public static let sessionBytesMax = 65_536

    struct Stream: BitwiseCopyable {
        var fd: Int32
        /// Datagrams in the slots, and how many of them have been handed out.
        var batchCount: Int32 = 0
        var batchTaken: Int32 = 0
        /// The last call brought something: ask for many.
        var isBusy = false
        var canRequest = false
        var retransmission = st_address()
        var stampNs: UInt64 = 0
        var truncated: UInt64 = 0
        var failures: UInt64 = 0
        var lastFailure: Int32 = 0
    }

    struct Session: BitwiseCopyable {
        var fd: Int32 = -1
        var state = ConnectionState.idle
        var venue: st_address
        var userTimeoutMs: UInt32
        var lastFailure: Int32 = 0
    }

    public let clock: Clock
    public let streamCount: Int
    public let sessionCount: Int
    /// Whether the kernel's time of receipt is kept with each datagram.
    let stamps: Bool
    /// System calls made since the start, each one counted.
    public private(set) var systemCallCount: UInt64 = 0

    var streams: FixedArray<Stream>
    var sessions: FixedArray<Session>
    /// Per stream sixteen slots of ``datagramBytesMax``; their lengths.
    var datagrams: FixedArray<UInt8>
    var lengths: FixedArray<UInt32>
    /// Per slot the kernel's time of receipt.
    var stampsNs: FixedArray<UInt64>
    var received: FixedArray<UInt8>
    /// For ``waitForTraffic(timeoutNs:)``.
    var descriptors = FixedArray<Int32>(count: 64, repeating: -1, for: "descriptors")
    /// Ends a wait when it can be read, too; -1: none.
    var watched: Int32 = -1
    /// What every session's bytes pass; see ``guardEgress(_:)``.
    private var gate: EgressGate?
    private var gateView = EgressGate.View()

    /// Opens and binds every stream's socket; sessions connect later.
    ///
    /// - Parameters:
    ///   - stamps: Whether the kernel's time of receipt is kept, see ``kernelStampNs(stream:)``.
    ///   - warnings: What was not as asked and does not stop a run: a smaller receive buffer.
    public init(
        streams streamSettings: [StreamSettings], sessions sessionSettings: [SessionSettings],
        stamps: Bool = false, clock: Clock, warnings: inout [String]
    ) throws(SetupError) {
        self.clock = clock
        self.stamps = stamps
        streamCount = streamSettings.count
        sessionCount = sessionSettings.count
        let batch = Int(ST_DATAGRAM_BATCH)
        streams = FixedArray(count: max(1, streamCount), repeating: Stream(fd: -1), for: "the streams")
        sessions = FixedArray(
            count: max(1, sessionCount), repeating: Session(venue: st_address(), userTimeoutMs: 0),
            for: "the sessions")
        datagrams = FixedArray(
            count: max(1, streamCount) * batch * Self.datagramBytesMax, repeating: 0,
            for: "the datagrams' buffers")
        lengths = FixedArray(count: max(1, streamCount) * batch, repeating: 0, for: "the datagrams' lengths")
        stampsNs = FixedArray(
            count: max(1, streamCount) * batch, repeating: 0, for: "the datagrams' times of receipt")
        received = FixedArray(
            count: max(1, sessionCount) * Self.sessionBytesMax, repeating: 0, for: "the sessions' buffers")
        for (index, settings) in sessionSettings.enumerated() {
            sessions[index] = Session(venue: settings.venue.c, userTimeoutMs: settings.userTimeoutMs)
        }
        for (index, settings) in streamSettings.enumerated() {
            // A socket that was opened before one that fails is closed by deinit.
            streams[index].fd = try UdpSocket.open(settings, stamps: stamps, warnings: &warnings)
            if let server = settings.retransmission {
                streams[index].canRequest = true
                streams[index].retransmission = server.c
            }
        }
    }

    deinit {
        for index in 0..<streamCount where streams[index].fd >= 0 { st_socket_close(streams[index].fd) }
        for index in 0..<sessionCount where sessions[index].fd >= 0 {
            gateView.leave(session: index)
            st_socket_close(sessions[index].fd)
        }
    }
}

// Made by one thread, then owned by one other.
extension PlainSocketIO: @unchecked Sendable {}

/// The clock and the feeds.
extension PlainSocketIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nowNs() -> UInt64 { clock.nowNs() }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        if streams[stream].batchTaken < streams[stream].batchCount {
            let slot = Int(streams[stream].batchTaken)
            streams[stream].batchTaken &+= 1
            streams[stream].stampNs = stampsNs[stream &* 16 &+ slot]
            return datagram(stream: stream, slot: slot, length: Int64(lengths[stream &* 16 &+ slot]))
        }
        let fd = streams[stream].fd
        systemCallCount &+= 1
        let capacity = 9216
        // SAFETY: both arrays have sixteen elements (slots) for each stream, and `streams[stream]` was checked.
        let slots = unsafe datagrams.unsafeBase + stream &* 16 &* capacity
        if streams[stream].isBusy {
            let count =
                stamps
                ? unsafe st_socket_receive_batch_stamped(
                    fd, slots, capacity, lengths.unsafeBase + stream &* 16,
                    stampsNs.unsafeBase + stream &* 16,
                    16)
                : unsafe st_socket_receive_batch(fd, slots, capacity, lengths.unsafeBase + stream &* 16, 16)
            guard count > 0 else {
                return nothing(stream: stream, count)
            }
            streams[stream].batchCount = Int32(truncatingIfNeeded: count)
            streams[stream].batchTaken = 1
            streams[stream].stampNs = stampsNs[stream &* 16]
            return datagram(stream: stream, slot: 0, length: Int64(lengths[stream &* 16]))
        }
        let length =
            stamps
            ? unsafe st_socket_receive_stamped(fd, slots, capacity, &streams[stream].stampNs)
            : unsafe st_socket_receive_datagram(fd, slots, capacity)
        guard length >= 0 else { return nothing(stream: stream, length) }
        streams[stream].isBusy = true
        return datagram(stream: stream, slot: 0, length: length)
    }

    /// Whether the last batch has more, or was full so that more are likely.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func moreWaiting(stream: Int) -> Bool {
        streams[stream].batchTaken < streams[stream].batchCount || streams[stream].batchCount == 16
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard streams[stream].canRequest else { return false }
        systemCallCount &+= 1
        // SAFETY: the caller's bytes are there during the call.
        let sent = unsafe st_socket_send_to(
            streams[stream].fd, bytes.baseAddress, bytes.count, streams[stream].retransmission)
        return sent == Int64(bytes.count)
    }

    /// A datagram in its slot, cut at the slot's end. An empty one reads as nothing, and is.
    mutating func datagram(stream: Int, slot: Int, length: Int64) -> ReceivedBytes {
        let capacity = 9216
        if length > Int64(capacity) { streams[stream].truncated &+= 1 }
        let count = Int(min(length, Int64(capacity)))
        // SAFETY: the slot is one of the stream's sixteen.
        let start = unsafe datagrams.unsafeBase + (stream &* 16 &+ slot) &* capacity
        return unsafe ReceivedBytes(UnsafeRawBufferPointer(start: start, count: count))
    }

    mutating func nothing(stream: Int, _ result: Int64) -> ReceivedBytes {
        streams[stream].isBusy = false
        streams[stream].batchCount = 0
        streams[stream].batchTaken = 0
        if result < 0, result != Errno.againCode, result != Errno.interruptedCode {
            streams[stream].failures &+= 1
            streams[stream].lastFailure = Int32(truncatingIfNeeded: -result)
        }
        return .none
    }
}

/// The venue sessions.
extension PlainSocketIO {
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connect(session: Int) {
        close(session: session)
        // SAFETY: C adds to the counter and keeps nothing.
        let result = unsafe st_tcp_connect(
            sessions[session].venue, sessions[session].userTimeoutMs, &systemCallCount)
        guard result >= 0 else {
            sessions[session].lastFailure = Int32(truncatingIfNeeded: -result)
            sessions[session].state = .closed
            return
        }
        sessions[session].fd = Int32(truncatingIfNeeded: result)
        sessions[session].state = .connecting
        if !gateView.enter(session: session, descriptor: sessions[session].fd) {
            // The gate is shut.
            lost(session: session, Errno.abortedCode)
        }
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(session: Int) -> ConnectionState {
        guard sessions[session].state == .connecting else { return sessions[session].state }
        // SAFETY: C adds to the counter and keeps nothing.
        let result = unsafe st_tcp_connect_finish(sessions[session].fd, &systemCallCount)
        if result > 0 { sessions[session].state = .open }
        if result < 0 { lost(session: session, result) }
        return sessions[session].state
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(session: Int) -> ReceivedBytes {
        guard sessions[session].state == .open else { return .none }
        systemCallCount &+= 1
        // SAFETY: each session has its own 65,536 bytes, and `sessions[session]` was checked.
        let start = unsafe received.unsafeBase + session &* 65_536
        let count = unsafe st_socket_receive(sessions[session].fd, start, 65_536)
        if count > 0 { return unsafe ReceivedBytes(UnsafeRawBufferPointer(start: start, count: Int(count))) }
        if count != Errno.againCode, count != Errno.interruptedCode { lost(session: session, count) }
        return .none
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard sessions[session].state == .open else { return 0 }
        // SAFETY: the caller's bytes are there during the call.
        let passing = unsafe gateView.beginSend(session: session, bytes)
        guard passing > 0 else {
            unsafe gateView.endSend(session: session, bytes, passing: 0, sent: 0)
            return 0
        }
        systemCallCount &+= 1
        let sent = unsafe st_socket_send(sessions[session].fd, bytes.baseAddress, passing)
        unsafe gateView.endSend(session: session, bytes, passing: passing, sent: sent)
        if sent >= 0 { return Int(sent) }
        if sent != Errno.againCode, sent != Errno.interruptedCode { lost(session: session, sent) }
        return 0
    }

    #if !DEBUG
    @_noLocks
    #endif
    public mutating func close(session: Int) {
        if sessions[session].fd >= 0 {
            systemCallCount &+= 1
            gateView.leave(session: session)
            st_socket_close(sessions[session].fd)
        }
        sessions[session].fd = -1
        sessions[session].state = .idle
        sessions[session].lastFailure = 0
    }

    /// The peer has ended (`result` 0) or broken the connection. The descriptor goes at once: what the kernel still
    /// holds of the peer's bytes was read before, or is lost with the reset.
    mutating func lost(session: Int, _ result: Int64) {
        systemCallCount &+= 1
        gateView.leave(session: session)
        st_socket_close(sessions[session].fd)
        sessions[session].fd = -1
        sessions[session].state = .closed
        sessions[session].lastFailure = Int32(truncatingIfNeeded: -result)
    }
}

/// Between events, and cold.
extension PlainSocketIO {
    /// From here on every session's bytes pass this gate. Before the first connection.
    mutating func guardEgress(_ gate: EgressGate) {
        self.gate = gate
        gateView = gate.view
    }

    /// Sleeps until something can be read or `timeoutNs` is over: for an idle policy that does not spin. Sixty-four
    /// sockets are watched at most.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func waitForTraffic(timeoutNs: UInt64) {
        var count = 0
        var index = 0
        if watched >= 0 {
            descriptors[0] = watched
            count = 1
        }
        while index < streamCount, count < 64 {
            // A datagram that was fetched already waits: nothing to sleep for.
            if streams[index].batchTaken < streams[index].batchCount { return }
            descriptors[count] = streams[index].fd
            count &+= 1
            index &+= 1
        }
        index = 0
        while index < sessionCount, count < 64 {
            if sessions[index].state == .open {
                descriptors[count] = sessions[index].fd
                count &+= 1
            }
            index &+= 1
        }
        systemCallCount &+= 1
        // SAFETY: the first `count` of the descriptors are set and stand still during the call.
        _ = unsafe st_socket_wait(descriptors.unsafeBase, Int32(truncatingIfNeeded: count), timeoutNs)
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
        return max(0, Int(st_tcp_unacknowledged(sessions[session].fd)))
    }

    /// Datagrams that the kernel dropped because the stream's buffer was full. Cold; one system call.
    public func droppedDatagrams(stream: Int) -> Int { max(0, Int(st_socket_drops(streams[stream].fd))) }

    /// Datagrams that were longer than ``datagramBytesMax``, and reads that failed with the last reason.
    public func troubles(stream: Int) -> (truncated: UInt64, failures: UInt64, lastFailure: Errno?) {
        let state = streams[stream]
        return (
            state.truncated, state.failures, state.lastFailure == 0 ? nil : Errno(code: state.lastFailure)
        )
    }

    /// Where a stream listens in fact, also when port 0 was asked for. Cold.
    public func listenAddress(stream: Int) -> SocketAddress {
        var address = st_address()
        // SAFETY: C writes the address and nothing else.
        _ = unsafe st_socket_local(streams[stream].fd, &address)
        return SocketAddress(address)
    }
}
