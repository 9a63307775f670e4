internal import CSpinetailPlumbing

/// Sends datagrams, and hears what comes back to the port it sends from: a venue's side of a feed and of its
/// retransmission service.
///
/// - Threads: belongs to one.
@safe public final class UdpSender {
    private let fd: Int32
    private let destination: SocketAddress?

    /// - Parameters:
    ///   - destination: Where ``send(_:)`` sends, unicast or multicast; `nil`: only ``send(_:to:)`` and replies.
    ///   - from: Our own address; port 0: the kernel's choice.
    ///   - interface: Address of the interface for multicast.
    public init(
        to destination: SocketAddress?, from: SocketAddress = SocketAddress(host: 0, port: 0),
        interface: UInt32 = 0,
        sendBufferBytes: Int = 4 << 20
    ) throws(SetupError) {
        let opened = st_udp_open()
        if let refusal = Errno(result: opened) {
            throw SetupError("open a socket to send from", at: "\(from)", refusal)
        }
        fd = Int32(opened)
        self.destination = destination
        var result = st_socket_bind(fd, from.c, false)
        if result >= 0 { result = st_socket_send_buffer(fd, Int32(clamping: sendBufferBytes)) }
        if result >= 0, let destination, destination.isMulticast {
            result = st_udp_multicast_from(fd, interface)
        }
        if let refusal = Errno(result: result) {
            throw SetupError("send datagrams", at: "udp \(from)", refusal)
        }
    }

    deinit { st_socket_close(fd) }

    /// `false`: the kernel takes none now (its buffer is full), or the network refused it; ask again later.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let destination else { return false }
        return unsafe send(bytes, to: destination)
    }

    public func send(_ bytes: UnsafeRawBufferPointer, to destination: SocketAddress) -> Bool {
        // SAFETY: the caller's bytes are there during the call.
        unsafe st_socket_send_to(fd, bytes.baseAddress, bytes.count, destination.c) == Int64(bytes.count)
    }

    /// The next datagram that came to our port with its sender, into `buffer`; `nil`: none. Longer ones are cut.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, from: SocketAddress)? {
        var from = st_address()
        // SAFETY: the caller's buffer has the length it says.
        let count = unsafe st_socket_receive_from(fd, buffer.baseAddress!, buffer.count, &from)
        guard count >= 0 else { return nil }
        return (min(Int(count), buffer.count), SocketAddress(from))
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
