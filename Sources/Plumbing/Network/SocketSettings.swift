/// A feed's socket.
public struct StreamSettings: Sendable {
    /// Where datagrams arrive: our port, and our address (0.0.0.0: every interface) or the multicast group's.
    public var listen: SocketAddress
    /// Address of the interface on which a multicast group is joined; 0: the kernel's choice.
    public var interface: UInt32
    /// Where retransmissions are asked for; `nil`: nowhere. Answers come to the same socket.
    public var retransmission: SocketAddress?
    /// What the kernel is asked to hold for us while we are busy.
    public var receiveBufferBytes: Int

    public init(
        listen: SocketAddress, interface: UInt32 = 0, retransmission: SocketAddress? = nil,
        receiveBufferBytes: Int = 32 << 20
    ) {
        self.listen = listen
        self.interface = interface
        self.retransmission = retransmission
        self.receiveBufferBytes = receiveBufferBytes
    }
}

/// A venue session's connection.
public struct SessionSettings: Sendable {
    public var venue: SocketAddress
    /// How long bytes may stay unacknowledged before the kernel gives the connection up; 0: its own (minutes).
    public var userTimeoutMs: UInt32

    public init(venue: SocketAddress, userTimeoutMs: UInt32 = 3000) {
        self.venue = venue
        self.userTimeoutMs = userTimeoutMs
    }
}
