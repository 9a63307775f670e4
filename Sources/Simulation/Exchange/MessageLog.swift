/// Messages in order, each behind its length in two bytes, big-endian: what MoldUDP64 packets and ITCH files are
/// made of, so that sending, sending again and writing to a file are copies of a stretch of it.
///
/// - Bounds: `chunkCountMax` chunks; when they are full, the oldest chunk is forgotten.
@safe struct MessageLog: ~Copyable {
    @safe private struct Chunk {
        let bytes: UnsafeMutableRawPointer
        let byteCount: Int
        let firstSequence: UInt64
        let starts: ContiguousArray<UInt32>
    }

    static let messageByteCountMax = 1_024
    private let chunkByteCount: Int
    private let chunkCountMax: Int
    private var sealed: [Chunk] = []
    private var bytes: UnsafeMutableRawPointer
    private var byteCount = 0
    private var firstSequence: UInt64 = 1
    private var starts = ContiguousArray<UInt32>()
    /// Number of the next message; the first is 1.
    private(set) var nextSequence: UInt64 = 1

    init(chunkByteCount: Int, chunkCountMax: Int) {
        precondition(chunkByteCount >= 4 * Self.messageByteCountMax, "Caller: a chunk holds a few messages")
        precondition(chunkCountMax >= 2, "Caller: while one chunk is filled, another can be read")
        self.chunkByteCount = chunkByteCount
        self.chunkCountMax = chunkCountMax
        unsafe bytes = UnsafeMutableRawPointer.allocate(byteCount: chunkByteCount, alignment: 64)
    }

    // SAFETY: chunks belong to the log alone, and readers' stretches do not outlive its next change.
    deinit {
        unsafe bytes.deallocate()
        for chunk in sealed { unsafe chunk.bytes.deallocate() }
    }

    /// Oldest message that is still kept; equal to `nextSequence`: none.
    var oldestSequence: UInt64 { sealed.first?.firstSequence ?? firstSequence }

    /// Room for the next message, without its length. It counts only after ``commit(_:)``.
    @inline(__always)
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if byteCount + 2 + Self.messageByteCountMax > chunkByteCount { seal() }
        // SAFETY: the room was checked just above.
        return unsafe UnsafeMutableRawBufferPointer(
            start: bytes + byteCount + 2, count: Self.messageByteCountMax)
    }

    /// Takes the message that was written into ``room()``.
    @inline(__always)
    mutating func commit(_ messageByteCount: Int) {
        precondition(messageByteCount <= Self.messageByteCountMax, "Invariant: a message fits its room")
        // SAFETY: `room` left place for the length and the message.
        unsafe (bytes + byteCount).storeBytes(of: UInt16(messageByteCount).bigEndian, as: UInt16.self)
        starts.append(UInt32(truncatingIfNeeded: byteCount))
        byteCount += 2 + messageByteCount
        nextSequence += 1
    }

    private mutating func seal() {
        unsafe sealed.append(
            Chunk(bytes: bytes, byteCount: byteCount, firstSequence: firstSequence, starts: starts))
        firstSequence = nextSequence
        byteCount = 0
        starts.removeAll(keepingCapacity: true)
        if sealed.count >= chunkCountMax {
            unsafe bytes = sealed.removeFirst().bytes
        } else {
            unsafe bytes = UnsafeMutableRawPointer.allocate(byteCount: chunkByteCount, alignment: 64)
        }
    }

    /// Messages from `sequence` on, lengths included, as one stretch: as many as lie together, at most `countMax`
    /// and `byteCountMax`. Count 0: the message is not there (yet, or any more).
    func stretch(
        from sequence: UInt64, before end: UInt64 = .max, byteCountMax: Int, countMax: Int = .max
    ) -> (bytes: UnsafeRawBufferPointer, count: Int) {
        guard sequence >= oldestSequence, sequence < min(nextSequence, end) else {
            return unsafe (UnsafeRawBufferPointer(start: nil, count: 0), 0)
        }
        if sequence >= firstSequence {
            return unsafe Self.stretch(
                bytes, byteCount, firstSequence, starts, sequence, end, byteCountMax, countMax)
        }
        var low = 0
        var high = sealed.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if sealed[middle].firstSequence <= sequence { low = middle } else { high = middle }
        }
        let chunk = sealed[low]
        return unsafe Self.stretch(
            chunk.bytes, chunk.byteCount, chunk.firstSequence, chunk.starts, sequence, end, byteCountMax,
            countMax)
    }

    private static func stretch(
        _ bytes: UnsafeMutableRawPointer, _ byteCount: Int, _ firstSequence: UInt64,
        _ starts: ContiguousArray<UInt32>, _ sequence: UInt64, _ end: UInt64, _ byteCountMax: Int,
        _ countMax: Int
    ) -> (bytes: UnsafeRawBufferPointer, count: Int) {
        let first = Int(sequence - firstSequence)
        var last = first
        let begin = Int(starts[first])
        var stop = begin
        let indexEnd = Int(min(UInt64(starts.count), end == .max ? .max : end - firstSequence))
        while last < indexEnd, last - first < countMax {
            let next = last + 1 < starts.count ? Int(starts[last + 1]) : byteCount
            if next - begin > byteCountMax { break }
            stop = next
            last += 1
        }
        // SAFETY: begin and stop are starts of messages of this chunk, or its end.
        return unsafe (UnsafeRawBufferPointer(start: bytes + begin, count: stop - begin), last - first)
    }

    /// One message without its length; `nil`: not kept.
    func message(_ sequence: UInt64) -> UnsafeRawBufferPointer? {
        let found = unsafe stretch(from: sequence, byteCountMax: .max, countMax: 1)
        guard unsafe found.count == 1 else { return nil }
        // SAFETY: a stretch of one message is its length and itself.
        return unsafe UnsafeRawBufferPointer(rebasing: found.bytes[2...])
    }
}
