internal import Memory
internal import Model

/// Which commands have how many of their bytes in the connection: what decides between "submitted" and "proven
/// not sent" when a connection breaks.
struct SendLedger: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// Positions in the connection's stream of bytes.
        var start: UInt64 = 0
        var end: UInt64 = 0
        var userRef: UInt32 = 0
        var kind: UInt8 = 0
        /// Taken out of the stream before a byte of it was sent.
        var isDropped = false
    }

    private var entries: FixedArray<Entry>
    private var head = 0
    private var tail = 0
    private let mask: Int
    /// Bytes queued and bytes taken by the connection since it was made.
    private(set) var queuedBytes: UInt64 = 0
    private(set) var sentBytes: UInt64 = 0
    private var broken = false

    /// - Parameter commandCountMax: A power of two.
    init(commandCountMax: Int) {
        precondition(commandCountMax.nonzeroBitCount == 1, "Caller: capacity is a power of two")
        entries = FixedArray(count: commandCountMax, repeating: Entry(), for: "commands on their way")
        mask = commandCountMax - 1
    }

    var isFull: Bool { head - tail == mask + 1 }

    mutating func queued(_ byteCount: Int) { queuedBytes += UInt64(byteCount) }

    mutating func queued(_ byteCount: Int, userRef: UInt32, kind: UInt8) {
        precondition(!isFull, "Invariant: credits bound the commands on their way")
        let start = queuedBytes
        queuedBytes += UInt64(byteCount)
        entries[head & mask] = Entry(start: start, end: queuedBytes, userRef: userRef, kind: kind)
        head += 1
    }

    mutating func sent(_ byteCount: Int) { sentBytes += UInt64(byteCount) }

    /// The connection is gone: what has no byte in it was not sent.
    mutating func connectionBroke() { broken = true }

    /// A new connection: positions begin again. Every entry must have been settled.
    mutating func connectionMade() {
        precondition(head == tail, "Invariant: the commands of the last connection are settled")
        queuedBytes = 0
        sentBytes = 0
        broken = false
    }

    /// The oldest command of which it is now known: all bytes given (submitted), or, after a break, at least one
    /// (submitted, and soon in doubt) or none (proven not sent).
    mutating func settle() -> (userRef: UInt32, kind: UInt8, submitted: Bool)? {
        guard head != tail else { return nil }
        let entry = entries[tail & mask]
        if entry.isDropped {
            tail += 1
            return (entry.userRef, entry.kind, false)
        }
        if entry.end <= sentBytes || (broken && entry.start < sentBytes) {
            tail += 1
            return (entry.userRef, entry.kind, true)
        }
        if broken {
            tail += 1
            return (entry.userRef, entry.kind, false)
        }
        return nil
    }

    /// Takes the orders and replacements out of the stream of which no byte was sent: they are settled as not sent.
    ///
    /// - Parameter queue: Bytes of the stream from `sentBytes` on.
    /// - Returns: How many there were.
    mutating func dropOrders(from queue: inout ByteQueue) -> Int {
        var dropped = 0
        var removed: UInt64 = 0
        queue.beginCut()
        for place in tail..<head {
            var entry = entries[place & mask]
            guard !entry.isDropped else { continue }
            let isOrder =
                entry.kind == CommandKind.enter.rawValue || entry.kind == CommandKind.replace.rawValue
            if isOrder, entry.start >= sentBytes {
                queue.cut(Int(entry.start - sentBytes), Int(entry.end - sentBytes))
                removed += entry.end - entry.start
                entry.isDropped = true
                dropped += 1
            } else {
                entry.start -= removed
                entry.end -= removed
            }
            entries[place & mask] = entry
        }
        queue.endCut()
        queuedBytes -= removed
        return dropped
    }
}
