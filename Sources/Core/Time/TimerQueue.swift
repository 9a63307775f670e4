internal import Memory

/// One deadline of the core.
public struct TimerEntry: BitwiseCopyable, Sendable {
    /// Core time, nanoseconds.
    public let dueNs: UInt64
    public let id: UInt32

    @inlinable public init(dueNs: UInt64, id: UInt32) {
        self.dueNs = dueNs
        self.id = id
    }

    /// Earlier first; of two at the same time, the smaller id.
    @inlinable static func precedes(_ a: TimerEntry, _ b: TimerEntry) -> Bool {
        a.dueNs != b.dueNs ? a.dueNs < b.dueNs : a.id < b.id
    }
}

/// The core's deadlines in the order in which they fall due: a binary heap whose room is set once.
///
/// The same id may stand in it several times; equal entries are indistinguishable, so their order is no matter.
public struct TimerQueue: ~Copyable {
    private var heap: FixedArray<TimerEntry>
    public private(set) var count = 0

    public init(timerCountMax: Int) {
        heap = FixedArray(
            count: timerCountMax, repeating: TimerEntry(dueNs: 0, id: 0), for: "the timer queue")
    }

    var isFull: Bool { count == heap.count }

    /// The next deadline; `UInt64.max`: there is none.
    var nextDueNs: UInt64 { count > 0 ? heap[0].dueNs : .max }

    /// The next entry to fall due.
    var first: TimerEntry? { count > 0 ? heap[0] : nil }

    /// Empties the queue. Its entries are still to be looked at, each before as many were set anew as come before it.
    mutating func takeAll() -> Int {
        let taken = count
        count = 0
        return taken
    }

    /// An entry of those that ``takeAll()`` took.
    func taken(_ place: Int) -> TimerEntry { heap[place] }

    /// `false`: full, nothing was set.
    mutating func insert(_ entry: TimerEntry) -> Bool {
        guard count < heap.count else { return false }
        var place = count
        count += 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard TimerEntry.precedes(entry, heap[parent]) else { break }
            heap[place] = heap[parent]
            place = parent
        }
        heap[place] = entry
        return true
    }

    /// Takes the first entry out.
    mutating func removeFirst() {
        precondition(count > 0, "Invariant: a timer is taken out once")
        count -= 1
        guard count > 0 else { return }
        let entry = heap[count]
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < count else { break }
            if child + 1 < count, TimerEntry.precedes(heap[child + 1], heap[child]) { child += 1 }
            guard TimerEntry.precedes(heap[child], entry) else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = entry
    }
}
