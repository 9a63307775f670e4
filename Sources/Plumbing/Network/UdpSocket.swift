internal import CSpinetailPlumbing

/// Setup of a feed's socket.
enum UdpSocket {
    /// Open, with the buffer asked for, bound, joined, and with the kernel's time of receipt where `stamps` is asked for.
    static func open(
        _ settings: StreamSettings, stamps: Bool = false, warnings: inout [String]
    ) throws(SetupError) -> Int32 {
        let opened = st_udp_open()
        if let refusal = Errno(result: opened) {
            throw SetupError("open a socket for market data", at: "\(settings.listen)", refusal)
        }
        let fd = Int32(opened)
        do throws(SetupError) {
            try prepare(fd, settings, warnings: &warnings)
            if stamps, let refusal = Errno(result: st_udp_stamp(fd)) {
                throw SetupError(
                    "have the kernel stamp market data", at: "\(settings.listen)", refusal,
                    remedy: "set network.kernel_timestamps: false")
            }
        } catch {
            st_socket_close(fd)
            throw error
        }
        return fd
    }

    private static func prepare(
        _ fd: Int32, _ settings: StreamSettings, warnings: inout [String]
    ) throws(SetupError) {
        let place = "\(settings.listen)"
        let got = st_socket_receive_buffer(fd, Int32(clamping: settings.receiveBufferBytes))
        if let refusal = Errno(result: got) {
            throw SetupError("set the receive buffer of market data", at: place, refusal)
        }
        if got < settings.receiveBufferBytes {
            warnings.append(
                "market data (\(place)): the kernel gives a receive buffer of \(got) bytes where "
                    + "\(settings.receiveBufferBytes) were asked for; a burst may be dropped "
                    + "(sysctl -w net.core.rmem_max=\(settings.receiveBufferBytes), or run with CAP_NET_ADMIN)"
            )
        }
        // Several listeners may share a group's port; a unicast port belongs to one, and a second is an error.
        if let refusal = Errno(result: st_socket_bind(fd, settings.listen.c, settings.listen.isMulticast)) {
            throw SetupError("listen for market data", at: "udp \(place)", refusal)
        }
        if settings.listen.isMulticast,
            let refusal = Errno(result: st_udp_join(fd, settings.listen.host, settings.interface))
        {
            throw SetupError(
                "join the multicast group",
                at: "\(place) on \(SocketAddress.text(host: settings.interface))", refusal)
        }
    }
}
