import Memory
import Plumbing

/// A network that says what a test has put there, and a clock that goes on by 1 µs each time it is read.
@safe struct StillIO: ~Copyable, HotIO {
    var clockNs: UInt64 = 1_000
    private var incoming = FixedArray<UInt8>(count: 1 << 16, repeating: 0, for: "bytes to receive")
    private var incomingCount = 0
    private var state = ConnectionState.idle

    mutating func put(_ bytes: [UInt8]) {
        for byte in bytes {
            incoming[incomingCount] = byte
            incomingCount += 1
        }
    }

    mutating func nowNs() -> UInt64 {
        clockNs += 1_000
        return clockNs
    }
    mutating func receiveDatagram(stream: Int) -> ReceivedBytes { .none }
    mutating func moreWaiting(stream: Int) -> Bool { false }
    mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool { false }
    mutating func connect(session: Int) { state = .open }
    mutating func connection(session: Int) -> ConnectionState { state }
    mutating func close(session: Int) { state = .closed }
    mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int { bytes.count }

    mutating func receive(session: Int) -> ReceivedBytes {
        guard incomingCount > 0 else { return .none }
        // SAFETY: the bytes lie in the buffer, which is written again only by `put`.
        let bytes = unsafe UnsafeRawBufferPointer(start: incoming.unsafeBase, count: incomingCount)
        incomingCount = 0
        return unsafe ReceivedBytes(bytes)
    }
}
