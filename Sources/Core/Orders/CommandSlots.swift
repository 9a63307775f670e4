internal import Memory
internal import Model

/// Which order a command's number belongs to: a ring per venue session, entered by the low bits of the number.
///
/// Numbers rise, so neighbours in time are neighbours in memory and the line is in the cache. A place that an old
/// order still holds when the ring comes round is passed over: numbers must rise, not follow each other.
///
/// - Bounds: twice the commands and orders that can live at once, so that a free place is always near.
struct CommandSlots: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// 0: an empty place (no command has number 0).
        var userRef: UInt32
        /// Slot of the order; the top bit: the command was its cancel.
        var named: UInt32
    }

    private var entries: FixedArray<Entry>
    private let bits: UInt32

    init(sessionCount: Int, liveCountMax: Int) {
        var bits = 3
        while 1 << bits < 2 * liveCountMax { bits += 1 }
        self.bits = UInt32(bits)
        entries = FixedArray(
            count: sessionCount << bits, repeating: Entry(userRef: 0, named: 0), for: "order numbers")
    }

    @inline(__always)
    private func place(_ session: UInt8, _ userRef: UInt32) -> Int {
        Int(session) << Int(bits) | Int(userRef & (1 << bits - 1))
    }

    func isFree(_ session: UInt8, _ userRef: UInt32) -> Bool { entries[place(session, userRef)].userRef == 0 }

    /// Slot and cancel bit; `nil`: no live command has the number.
    func find(_ session: UInt8, _ userRef: UInt32) -> UInt32? {
        let entry = entries[place(session, userRef)]
        return userRef != 0 && entry.userRef == userRef ? entry.named : nil
    }

    /// The first number from `first` on (at least 1) whose place is free: from here on it names `named`.
    @inline(__always)
    mutating func take(_ session: UInt8, from first: UInt32, for named: UInt32) -> UInt32 {
        precondition(first != 0, "Caller: no command has number 0")
        var userRef = first
        while unlikely(entries[place(session, userRef)].userRef != 0) { userRef += 1 }
        entries[place(session, userRef)] = Entry(userRef: userRef, named: named)
        return userRef
    }

    /// `false`: the place is taken, nothing was kept.
    mutating func insert(_ session: UInt8, _ userRef: UInt32, _ named: UInt32) -> Bool {
        let place = place(session, userRef)
        guard userRef != 0, entries[place].userRef == 0 else { return false }
        entries[place] = Entry(userRef: userRef, named: named)
        return true
    }

    mutating func remove(_ session: UInt8, _ userRef: UInt32) {
        let place = place(session, userRef)
        if entries[place].userRef == userRef { entries[place].userRef = 0 }
    }
}
