import Memory
import Plumbing

/// Network in memory for measuring the engine alone: what it sends lies in a buffer, what it is to receive is put in
/// one. The clock is the real one.
@safe struct MemoryIO: ~Copyable, HotIO {
    let clock: Clock
    private var outgoing = FixedArray<UInt8>(count: 1 << 20, repeating: 0, for: "bytes sent")
    private var outgoingCount = 0
    private var incoming = FixedArray<UInt8>(count: 1 << 20, repeating: 0, for: "bytes to receive")
    private var incomingCount = 0
    private var incomingTaken = 0
    private var state = ConnectionState.idle
    /// Connections made so far: the other side sees each as another.
    private(set) var connectionCount = 0

    init(clock: Clock) { self.clock = clock }

    #if !DEBUG
    @_noLocks
    #endif
    mutating func nowNs() -> UInt64 { clock.nowNs() }
    mutating func receiveDatagram(stream: Int) -> ReceivedBytes { .none }
    mutating func moreWaiting(stream: Int) -> Bool { false }
    mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool { false }
    mutating func connect(session: Int) {
        state = .open
        connectionCount += 1
        outgoingCount = 0
        incomingCount = 0
        incomingTaken = 0
    }
    mutating func connection(session: Int) -> ConnectionState { state }
    mutating func close(session: Int) { state = .closed }

    mutating func receive(session: Int) -> ReceivedBytes {
        let count = min(incomingCount - incomingTaken, 65_536)
        guard count > 0 else {
            incomingCount = 0
            incomingTaken = 0
            return .none
        }
        // SAFETY: both ends lie in the buffer.
        let bytes = unsafe UnsafeRawBufferPointer(start: incoming.unsafeBase + incomingTaken, count: count)
        incomingTaken += count
        return unsafe ReceivedBytes(bytes)
    }

    mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= outgoing.count - outgoingCount, let from = bytes.baseAddress else { return 0 }
        // SAFETY: there is room for the bytes.
        unsafe UnsafeMutableRawPointer(outgoing.unsafeBase + outgoingCount).copyMemory(
            from: from, byteCount: bytes.count)
        outgoingCount += bytes.count
        return bytes.count
    }

    // MARK: The other side

    /// What the engine has sent, taken out.
    mutating func takeSent(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard outgoingCount > 0 else { return }
        // SAFETY: the buffer stands still during the call.
        unsafe body(UnsafeRawBufferPointer(start: outgoing.unsafeBase, count: outgoingCount))
        outgoingCount = 0
    }

    mutating func forgetSent() { outgoingCount = 0 }

    /// Puts bytes where the engine receives them. Returns how many there was room for.
    mutating func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        if incomingTaken == incomingCount {
            incomingTaken = 0
            incomingCount = 0
        }
        let count = min(bytes.count, incoming.count - incomingCount)
        guard count > 0, let from = bytes.baseAddress else { return 0 }
        // SAFETY: there is room for `count` bytes.
        unsafe UnsafeMutableRawPointer(incoming.unsafeBase + incomingCount).copyMemory(
            from: from, byteCount: count)
        incomingCount += count
        return count
    }
}
