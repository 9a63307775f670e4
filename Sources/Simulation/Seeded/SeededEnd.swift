public import Plumbing

/// The engine's end of a ``SeededNetwork`` in either topology: directly, or through rings to stages that hold the network.
///
/// Time is the network's in both.
public struct SeededEnd: HotIO, ~Copyable {
    public let isPipelined: Bool
    private var direct: SeededIO
    private var rings: RingIO?

    public init(_ network: SeededNetwork) {
        isPipelined = false
        direct = SeededIO(network)
        rings = nil
    }

    public init(_ network: SeededNetwork, rings: consuming RingIO) {
        isPipelined = true
        direct = SeededIO(network)
        self.rings = consume rings
    }

    /// From here on what is sent passes this gate.
    public mutating func guardEgress(_ gate: EgressGate) {
        if isPipelined { rings!.guardEgress(gate) } else { direct.guardEgress(gate) }
    }

    public mutating func nowNs() -> UInt64 { direct.nowNs() }

    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        isPipelined ? rings!.receiveDatagram(stream: stream) : direct.receiveDatagram(stream: stream)
    }
    public mutating func receivedAtNs(stream: Int) -> UInt64 {
        isPipelined ? rings!.receivedAtNs(stream: stream) : direct.nowNs()
    }
    public mutating func moreWaiting(stream: Int) -> Bool {
        isPipelined ? rings!.moreWaiting(stream: stream) : direct.moreWaiting(stream: stream)
    }
    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: lent on as they were lent.
        isPipelined
            ? unsafe rings!.requestRetransmission(stream: stream, bytes)
            : unsafe direct.requestRetransmission(stream: stream, bytes)
    }
    public mutating func connect(session: Int) {
        if isPipelined { rings!.connect(session: session) } else { direct.connect(session: session) }
    }
    public mutating func connection(session: Int) -> ConnectionState {
        isPipelined ? rings!.connection(session: session) : direct.connection(session: session)
    }
    public mutating func receive(session: Int) -> ReceivedBytes {
        isPipelined ? rings!.receive(session: session) : direct.receive(session: session)
    }
    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        // SAFETY: lent on as they were lent.
        isPipelined
            ? unsafe rings!.send(session: session, bytes) : unsafe direct.send(session: session, bytes)
    }
    public mutating func close(session: Int) {
        if isPipelined { rings!.close(session: session) } else { direct.close(session: session) }
    }
}
