internal import CSpinetailPlumbing

/// A TCP connection that was accepted, or is being made. Nothing waits.
///
/// - Threads: belongs to one.
@safe public final class TcpConnection {
    public let peer: SocketAddress
    public private(set) var state: ConnectionState
    /// Why it is closed; `nil`: the peer ended it in order, or it is not.
    public private(set) var closeReason: Errno?
    private var fd: Int32

    init(descriptor: Int32, peer: SocketAddress) {
        fd = descriptor
        self.peer = peer
        state = .open
    }

    /// Begins to connect; ``state`` is `connecting` until ``poll()`` says otherwise.
    public init(connectingTo peer: SocketAddress) {
        self.peer = peer
        var calls: UInt64 = 0
        // SAFETY: C adds to the counter and keeps nothing.
        let opened = unsafe st_tcp_connect(peer.c, 0, &calls)
        closeReason = Errno(result: opened)
        fd = opened < 0 ? -1 : Int32(opened)
        state = opened < 0 ? .closed : .connecting
    }

    deinit { if fd >= 0 { st_socket_close(fd) } }

    /// Where the connection stands.
    public func poll() -> ConnectionState {
        guard state == .connecting else { return state }
        var calls: UInt64 = 0
        // SAFETY: C adds to the counter and keeps nothing.
        let result = unsafe st_tcp_connect_finish(fd, &calls)
        if result > 0 { state = .open }
        if result < 0 { lost(result) }
        return state
    }

    /// Reads what is there: how many bytes, 0 when there are none or the connection is gone (see ``state``).
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard state == .open, unsafe !buffer.isEmpty else { return 0 }
        // SAFETY: the caller's buffer has the length it says.
        let count = unsafe st_socket_receive(fd, buffer.baseAddress!, buffer.count)
        if count > 0 { return Int(count) }
        if count != Errno.againCode, count != Errno.interruptedCode { lost(count) }
        return 0
    }

    /// How many bytes were taken, from the front: 0 when none are taken now or the connection is gone.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard state == .open else { return 0 }
        // SAFETY: the caller's bytes are there during the call.
        let sent = unsafe st_socket_send(fd, bytes.baseAddress, bytes.count)
        if sent >= 0 { return Int(sent) }
        if sent != Errno.againCode, sent != Errno.interruptedCode { lost(sent) }
        return 0
    }

    /// Asks for buffers of this size (also to make them small, so that a test sees half-written messages).
    public func setBuffers(receiveBytes: Int, sendBytes: Int) {
        guard fd >= 0 else { return }
        _ = st_socket_receive_buffer(fd, Int32(clamping: receiveBytes))
        _ = st_socket_send_buffer(fd, Int32(clamping: sendBytes))
    }

    /// Ends it in order: the peer reads what was sent, then the end.
    public func close() {
        if fd >= 0 { st_socket_close(fd) }
        fd = -1
        state = .closed
    }

    /// Ends it at once with a reset, as a crash would.
    public func reset() {
        if fd >= 0 { st_tcp_reset(fd) }
        fd = -1
        state = .closed
    }

    private func lost(_ result: Int64) {
        st_socket_close(fd)
        fd = -1
        state = .closed
        closeReason = Errno(result: result)
    }

    /// For ``Descriptors/wait(_:timeoutNs:)``; −1 when closed.
    public var descriptor: Int32 { fd }
}
