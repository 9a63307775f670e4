internal import Memory

/// Packets that came ahead of a gap, until what they wait for is there.
///
/// - Bounds: `slotCount` packets of at most `slotBytes` bytes. A walk over all slots finds one: that happens only
///   while a gap is open.
struct ReorderBuffer: ~Copyable {
    struct Slot: BitwiseCopyable {
        /// Number of the first message.
        var sequence: UInt64 = 0
        /// Messages that can be read; 0: the slot is free.
        var count: UInt64 = 0
        var receivedAtNs: UInt64 = 0
        var byteCount = 0
        var end: UInt64 { sequence + count }
    }

    private var slots: FixedArray<Slot>
    private var bytes: FixedArray<UInt8>
    private let slotBytes: Int
    private(set) var count = 0

    init(slotCount: Int, slotBytes: Int) {
        slots = FixedArray(count: slotCount, repeating: Slot(), for: "packets that wait behind a gap")
        bytes = FixedArray(count: slotCount * slotBytes, repeating: 0, for: "packets that wait behind a gap")
        self.slotBytes = slotBytes
    }

    enum Insertion { case stored, known, noRoom }

    mutating func insert(
        _ datagram: UnsafeRawBufferPointer, sequence: UInt64, count messageCount: UInt64, receivedAtNs: UInt64
    ) -> Insertion {
        var free: Int?
        for index in 0..<slots.count {
            let slot = slots[index]
            if slot.count == 0 {
                if free == nil { free = index }
            } else if slot.sequence <= sequence, slot.end >= sequence + messageCount {
                return .known
            }
        }
        guard let index = free, datagram.count <= slotBytes, let source = datagram.baseAddress else {
            return .noRoom
        }
        // SAFETY: the slot's bytes lie within the array and the packet fits, checked above.
        unsafe UnsafeMutableRawPointer(bytes.unsafeBase + index * slotBytes)
            .copyMemory(from: source, byteCount: datagram.count)
        slots[index] = Slot(
            sequence: sequence, count: messageCount, receivedAtNs: receivedAtNs, byteCount: datagram.count)
        count += 1
        return .stored
    }

    /// A packet that holds message `sequence`; those that are known entirely are let go, and counted in `obsolete`.
    mutating func find(_ sequence: UInt64, obsolete: inout UInt64) -> Int? {
        guard count > 0 else { return nil }
        var found: Int?
        for index in 0..<slots.count where slots[index].count > 0 {
            if slots[index].end <= sequence {
                release(index)
                obsolete += 1
            } else if slots[index].sequence <= sequence {
                found = index
            }
        }
        return found
    }

    /// The lowest number that a waiting packet begins with.
    func lowestSequence() -> UInt64? {
        guard count > 0 else { return nil }
        var lowest: UInt64?
        for index in 0..<slots.count where slots[index].count > 0 {
            if let known = lowest, known <= slots[index].sequence { continue }
            lowest = slots[index].sequence
        }
        return lowest
    }

    subscript(index: Int) -> Slot { slots[index] }

    /// The packet's bytes, good until the slot is filled again.
    func datagram(_ index: Int) -> UnsafeRawBufferPointer {
        // SAFETY: a slot's bytes lie within the array, which lives as long as the feed.
        unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bytes.unsafeBase + index * slotBytes), count: slots[index].byteCount)
    }

    mutating func release(_ index: Int) {
        precondition(slots[index].count > 0, "Invariant: a slot is released once")
        slots[index].count = 0
        count -= 1
    }

    mutating func clear() {
        for index in 0..<slots.count { slots[index].count = 0 }
        count = 0
    }
}
