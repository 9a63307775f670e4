/// What the hot thread may ask of the outside: the seam for clock and network.
///
/// The engine is generic over it and specialised once for real sockets and once for the seeded world, so a call
/// costs what the implementation costs. Nothing here waits: "nothing yet" is an answer.
///
/// - Threads: all of it belongs to the hot thread.
public protocol HotIO: ~Copyable {
    /// Monotonic nanoseconds. Read once an event and handed on.
    mutating func nowNs() -> UInt64

    /// The next datagram of a feed stream; empty when none waits. Its bytes stand until the next call for the
    /// same stream.
    mutating func receiveDatagram(stream: Int) -> ReceivedBytes

    /// When the datagram that ``receiveDatagram(stream:)`` returned last was received: now, as a rule; where another
    /// thread receives, when that thread had it. Latency counts from there.
    mutating func receivedAtNs(stream: Int) -> UInt64

    /// Whether the last ``receiveDatagram(stream:)`` knows of more behind it. A hint: `false` is always allowed.
    mutating func moreWaiting(stream: Int) -> Bool

    /// Sends a datagram back to where a stream's retransmissions come from. `false`: not taken, ask again later.
    mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool

    /// Begins to connect a venue session; ``connection(session:)`` tells what came of it.
    mutating func connect(session: Int)

    /// Where the session's connection stands, as far as the last call has shown.
    mutating func connection(session: Int) -> ConnectionState

    /// The next bytes of a session; empty when none wait or the connection is gone (ask ``connection(session:)``).
    /// They stand until the next call for the same session.
    mutating func receive(session: Int) -> ReceivedBytes

    /// Hands bytes to the session's connection.
    ///
    /// - Returns: How many were taken, from the front: 0 when the connection takes none now, or is gone.
    mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int

    /// Gives the connection up; nothing of it is heard again.
    mutating func close(session: Int)
}

extension HotIO where Self: ~Copyable {
    /// Whoever receives on its own thread has just done so.
    @inlinable public mutating func receivedAtNs(stream: Int) -> UInt64 { nowNs() }
}

/// Where a connection stands.
@frozen public enum ConnectionState: UInt8, BitwiseCopyable, Sendable {
    case idle, connecting, open, closed
}

/// Bytes that stand in a buffer of the I/O layer until the next call for the same stream or session.
@safe @frozen public struct ReceivedBytes {
    public let bytes: UnsafeRawBufferPointer

    // SAFETY: only the address is kept; whoever reads the bytes does so before the next call to the same stream.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }
    @inlinable public static var none: ReceivedBytes {
        unsafe ReceivedBytes(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    @inlinable public var count: Int { unsafe bytes.count }
    @inlinable public var isEmpty: Bool { unsafe bytes.isEmpty }
}
