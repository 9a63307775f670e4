internal import CSpinetailPlumbing

/// Accepts TCP connections without waiting: the venue's side of an order session.
///
/// - Threads: belongs to one.
public final class TcpListener {
    private let fd: Int32

    /// Port 0: the kernel's choice, see ``localAddress``.
    public init(_ address: SocketAddress, backlog: Int32 = 64) throws(SetupError) {
        let opened = st_tcp_listen(address.c, backlog)
        if let refusal = Errno(result: opened) {
            throw SetupError("listen for connections", at: "tcp \(address)", refusal)
        }
        fd = Int32(opened)
    }

    deinit { st_socket_close(fd) }

    /// The next connection, or `nil`.
    public func accept() -> TcpConnection? {
        var peer = st_address()
        // SAFETY: C writes the address and nothing else.
        let accepted = unsafe st_tcp_accept(fd, &peer)
        guard accepted >= 0 else { return nil }
        return TcpConnection(descriptor: Int32(accepted), peer: SocketAddress(peer))
    }

    public var localAddress: SocketAddress {
        var address = st_address()
        // SAFETY: C writes the address and nothing else.
        _ = unsafe st_socket_local(fd, &address)
        return SocketAddress(address)
    }

    /// For ``Descriptors/wait(_:timeoutNs:)``.
    public var descriptor: Int32 { fd }
}
