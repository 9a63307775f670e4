internal import Memory
internal import Model

/// Every execution and bust of the day, by its exact key: the same one twice is recognised, and what is undone is
/// found with its price and quantity, which the venue's word on it does not carry.
///
/// - Bounds: an execution takes one entry, its bust one more, and its corrections together one more. So `executionCountMax`
///   entries last a day of as many executions where nothing is undone, and of a third of it where everything is corrected
///   and broken. The table has a power of two of places, at least twice the entries and less than four times: 32 bytes
///   each, from 64 to 128 bytes an execution, all of it taken at the start (2¹⁸ executions: 16 MiB).
/// - Full: from fifteen sixteenths on the core is reduce-only. Beyond the last entry nothing new is remembered. It is booked
///   all the same, as an execution is never dropped, and each time said so: it could be booked again.
/// - Time: at most half of the places are taken, so that a search looks at 1.5 of them where it finds and at 2.5 where it
///   does not, on average, however full it is and whatever was there before: nothing is ever taken out.
///   (D. E. Knuth, The Art of Computer Programming 3, 6.4, linear probing at a load of one half.)
struct ExecutionSet: ~Copyable {
    /// What a key keeps; 32 bytes, two to a cache line.
    struct Entry: BitwiseCopyable {
        var executionID: UInt64
        /// The key's other half; 0: an empty place (a key's side is never `.none`).
        var rest: UInt64
        var price: Int64
        /// The quantity, below 2⁴⁰, and ``makerBit``.
        var quantity: Int64

        static var makerBit: Int64 { 1 << 62 }

        @inline(__always)
        init(executionID: UInt64, rest: UInt64, price: Int64, quantity: Int64, isMaker: Bool) {
            self.executionID = executionID
            self.rest = rest
            self.price = price
            self.quantity = isMaker ? quantity | Self.makerBit : quantity
        }

        var execution: Execution {
            Execution(
                price: Price(raw: price), quantity: quantity & ~Self.makerBit,
                isMaker: quantity & Self.makerBit != 0)
        }
    }

    /// What was booked under a key: what a bust or correction takes back, at the rate that it was charged by.
    struct Execution: BitwiseCopyable {
        var price: Price
        var quantity: Int64
        /// It gave what rested.
        var isMaker: Bool
    }

    enum Insertion {
        case new
        case repeated
        /// No room: it must be booked, and can be booked twice.
        case full
    }

    private var entries: FixedArray<Entry>
    private let mask: Int
    private let shift: UInt64
    private let countMax: Int
    private(set) var count = 0

    init(executionCountMax: Int) {
        var bits = 3
        while 1 << bits < 2 * executionCountMax { bits += 1 }
        entries = FixedArray(
            count: 1 << bits,
            repeating: Entry(executionID: 0, rest: 0, price: 0, quantity: 0, isMaker: false),
            for: "the execution set")
        mask = 1 << bits - 1
        shift = UInt64(64 - bits)
        countMax = executionCountMax
    }

    /// Fifteen sixteenths are used: time to stop making more.
    var isNearFull: Bool { count >= countMax - countMax / 16 }

    private static func rest(_ key: ExecutionKey) -> UInt64 {
        UInt64(key.userRef) | UInt64(key.tradingDay) << 32 | UInt64(key.venue) << 48
            | UInt64(key.sideAndKind) << 56
    }

    /// Odd multipliers from the golden ratio and SplitMix64, so that neither half alone decides the place.
    private func home(_ executionID: UInt64, _ rest: UInt64) -> Int {
        let mixed = (executionID &* 0xbf58_476d_1ce4_e5b9) ^ (rest &* 0x94d0_49bb_1331_11eb)
        return Int(truncatingIfNeeded: ((mixed ^ mixed >> 32) &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    mutating func insert(
        _ key: ExecutionKey, price: Price, quantity: Int64, isMaker: Bool = false
    ) -> Insertion {
        let rest = Self.rest(key)
        precondition(rest >> 60 != 0, "Invariant: an execution's key has a side")
        var place = home(key.executionID, rest)
        while entries[place].rest != 0 {
            if entries[place].executionID == key.executionID, entries[place].rest == rest { return .repeated }
            place = (place + 1) & mask
        }
        guard count < countMax else { return .full }
        count += 1
        entries[place] = Entry(
            executionID: key.executionID, rest: rest, price: price.raw, quantity: quantity, isMaker: isMaker)
        return .new
    }

    /// Keeps price and quantity under `key`, whatever was kept there.
    ///
    /// - Returns: `false`: full, and the key is new: it is not kept.
    mutating func keep(_ key: ExecutionKey, price: Price, quantity: Int64, isMaker: Bool = false) -> Bool {
        let entry = Entry(
            executionID: key.executionID, rest: Self.rest(key), price: price.raw, quantity: quantity,
            isMaker: isMaker)
        let rest = Self.rest(key)
        var place = home(key.executionID, rest)
        while entries[place].rest != 0 {
            if entries[place].executionID == key.executionID, entries[place].rest == rest {
                entries[place] = entry
                return true
            }
            place = (place + 1) & mask
        }
        guard count < countMax else { return false }
        count += 1
        entries[place] = entry
        return true
    }

    /// How many places a search for `key` looks at.
    func searchLength(_ key: ExecutionKey) -> Int {
        let rest = Self.rest(key)
        var place = home(key.executionID, rest)
        var length = 1
        while entries[place].rest != 0,
            entries[place].executionID != key.executionID || entries[place].rest != rest
        {
            place = (place + 1) & mask
            length += 1
        }
        return length
    }

    /// Bytes of the table.
    var byteCount: Int { entries.count * MemoryLayout<Entry>.stride }

    /// What was kept under `key`.
    func find(_ key: ExecutionKey) -> Execution? {
        let rest = Self.rest(key)
        var place = home(key.executionID, rest)
        while entries[place].rest != 0 {
            if entries[place].executionID == key.executionID, entries[place].rest == rest {
                return entries[place].execution
            }
            place = (place + 1) & mask
        }
        return nil
    }
}
