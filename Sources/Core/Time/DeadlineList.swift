internal import Memory

/// Deadlines that all lie the same time ahead of when they were set: a list in the order of setting is in the order of
/// falling due, so each change takes a few stores and no search.
///
/// - Bounds: one deadline for each order slot.
struct DeadlineList: ~Copyable {
    struct Link: BitwiseCopyable {
        /// 0: not in the list.
        var dueNs: UInt64 = 0
        var previous: UInt32 = .max
        var next: UInt32 = .max
    }

    private var links: FixedArray<Link>
    private var first: UInt32 = .max
    private var last: UInt32 = .max
    /// How far ahead; 0: switched off, and nothing is ever set.
    let delayNs: UInt64

    init(slotCount: Int, delayNs: UInt64, for what: String) {
        links = FixedArray(count: slotCount, repeating: Link(), for: what)
        self.delayNs = delayNs
    }

    /// `UInt64.max`: none.
    private(set) var nextDueNs = UInt64.max

    /// Slot of the next to fall due.
    var firstSlot: Int? { first == .max ? nil : Int(first) }

    /// Sets the slot's deadline, anew where it has one.
    mutating func set(_ slot: Int, nowNs: UInt64) {
        guard delayNs != 0 else { return }
        if links[slot].dueNs != 0 { remove(slot) }
        let entry = UInt32(truncatingIfNeeded: slot)
        links[slot] = Link(dueNs: nowNs + delayNs, previous: last, next: .max)
        if last == .max {
            first = entry
            nextDueNs = nowNs + delayNs
        } else {
            links[Int(last)].next = entry
        }
        last = entry
    }

    /// Takes the slot's deadline away, if it has one.
    mutating func remove(_ slot: Int) {
        let link = links[slot]
        guard link.dueNs != 0 else { return }
        if link.previous == .max { first = link.next } else { links[Int(link.previous)].next = link.next }
        if link.next == .max { last = link.previous } else { links[Int(link.next)].previous = link.previous }
        links[slot].dueNs = 0
        nextDueNs = first == .max ? .max : links[Int(first)].dueNs
    }
}
