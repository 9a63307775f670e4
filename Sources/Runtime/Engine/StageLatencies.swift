public import Plumbing

/// How long each part of answering a packet took, for every event that led to an order.
///
/// The clock is read once when a packet has been received and, only where a strategy spoke, once after each of the
/// stages: the many events that lead to nothing pay for one reading.
public struct StageLatencies: ~Copyable {
    /// Packet received → strategy has spoken: sequencing, journal record of the packet, decoding, book, strategy.
    public var signal = LatencyHistogram()
    /// → bytes in the send buffer: sizing, risk, order record, facts into the journal, encoding. One stage, because
    /// a further reading of the clock costs a tenth of it.
    public var order = LatencyHistogram()
    /// → bytes given to the kernel: the rest of the packet, and the system call.
    public var send = LatencyHistogram()
    /// Packet received → bytes in the send buffer: the engine's own time.
    public var engine = LatencyHistogram()
    /// Packet received → bytes given to the kernel.
    public var total = LatencyHistogram()
    /// Order given to the kernel → the venue's ack received.
    public var acknowledged = LatencyHistogram()

    public init() {}

    /// What an order took up to its bytes.
    @inlinable mutating func record(_ times: StageTimes) {
        signal.record(times.signalAtNs &- times.receivedAtNs)
        order.record(times.encodedAtNs &- times.signalAtNs)
        engine.record(times.encodedAtNs &- times.receivedAtNs)
    }
}

/// When an order's stages were over.
public struct StageTimes: BitwiseCopyable, Sendable {
    public var receivedAtNs: UInt64
    public var signalAtNs: UInt64
    public var encodedAtNs: UInt64

    @inlinable public init(receivedAtNs: UInt64, signalAtNs: UInt64, encodedAtNs: UInt64) {
        self.receivedAtNs = receivedAtNs
        self.signalAtNs = signalAtNs
        self.encodedAtNs = encodedAtNs
    }
}
