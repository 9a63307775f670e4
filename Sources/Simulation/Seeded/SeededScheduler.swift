/// What will happen when, in the seeded world: a queue by time, and by order of insertion where times are equal, so
/// that the same seed gives the same order on every machine.
struct SeededScheduler<Event> {
    private struct Entry {
        let atNs: UInt64
        let number: UInt64
        let event: Event

        func isBefore(_ other: Entry) -> Bool { (atNs, number) < (other.atNs, other.number) }
    }

    /// A binary heap: the children of i are 2i + 1 and 2i + 2.
    private var heap: [Entry] = []
    private var insertedCount: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    var nextAtNs: UInt64? { heap.first?.atNs }

    mutating func insert(_ event: Event, atNs: UInt64) {
        heap.append(Entry(atNs: atNs, number: insertedCount, event: event))
        insertedCount += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func take() -> (atNs: UInt64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in (2 * parent + 1)..<(2 * parent + 3)
                where child < heap.count && heap[child].isBefore(heap[least]) {
                    least = child
                }
                guard least != parent else { break }
                heap.swapAt(least, parent)
                parent = least
            }
        }
        return (first.atNs, first.event)
    }
}
