internal import Memory
internal import Model

/// Every order record that the process will ever have. Nothing here allocates after `init`.
///
/// A slot that was just released is taken next: its lines are still in the cache.
struct OrderPool: ~Copyable {
    private var records: FixedArray<OrderRecord>
    private var freeIndices: FixedArray<UInt32>
    private(set) var freeCount: Int
    /// Slots that only reducing orders may take.
    private let reservedCount: Int
    /// No slot at or above this was ever taken: a walk over all orders ends here.
    private(set) var touchedCount = 0

    init(orderCountMax: Int, reservedCount: Int) {
        precondition(reservedCount >= 0, "Caller: reserved slots are not negative")
        precondition(reservedCount < orderCountMax, "Caller: not every slot is reserved")
        records = FixedArray(count: orderCountMax, repeating: OrderRecord(), for: "order records")
        freeIndices = FixedArray(count: orderCountMax, repeating: 0, for: "free order slots")
        for place in 0..<orderCountMax { freeIndices[place] = UInt32(orderCountMax - 1 - place) }
        freeCount = orderCountMax
        self.reservedCount = reservedCount
    }

    var capacity: Int { records.count }
    var liveCount: Int { records.count - freeCount }

    /// Whether ``acquire(reducing:)`` would give a slot.
    func hasRoom(reducing: Bool) -> Bool { freeCount > (reducing ? 0 : reservedCount) }

    /// Asks the cache for the slot that is taken next, both its lines.
    @inline(__always)
    mutating func prefetchNext() {
        guard freeCount > 0 else { return }
        let next = Int(freeIndices[freeCount - 1])
        records.prefetch(next)
        records.prefetch(next, line: 1)
    }

    /// Takes a slot, or `nil` when all are live: then the intent is refused, not queued. Its
    /// record is the last order's until the caller writes it, generation included.
    @inline(__always)
    mutating func acquire(reducing: Bool) -> OrderHandle? {
        guard likely(hasRoom(reducing: reducing)) else { return nil }
        freeCount -= 1
        let index = freeIndices[freeCount]
        touchedCount = max(touchedCount, Int(index) + 1)
        let generation = records[Int(index)].generation
        return OrderHandle(index: index, generation: generation)
    }

    mutating func release(_ handle: OrderHandle) {
        let index = Int(handle.index)
        precondition(records[index].generation == handle.generation, "Invariant: a slot is released once")
        records[index].generation &+= 1  // every copy of the handle is stale from here on
        records[index].lifecycle = .closed
        freeIndices[freeCount] = handle.index
        freeCount += 1
    }

    /// Whether `handle` still names the order that it was given for.
    func isCurrent(_ handle: OrderHandle) -> Bool {
        Int(handle.index) < records.count && records[Int(handle.index)].generation == handle.generation
    }

    /// Names the order in a slot.
    func handle(_ slot: Int) -> OrderHandle {
        OrderHandle(index: UInt32(truncatingIfNeeded: slot), generation: records[slot].generation)
    }

    /// The record in a slot. Traps outside the pool.
    subscript(index: Int) -> OrderRecord {
        _read { yield records[index] }
        _modify { yield &records[index] }
    }
}
