/// A hash table from 64-bit numbers to values whose room is set once: open addressing, linear probing, removal by
/// shifting back, so that it neither allocates nor slows down with age.
///
/// - Bounds: at most ``entryCountMax`` entries, in a table at least twice that size; what does not fit is refused.
/// - Order: there is no iteration, so that nothing can depend on where a key happens to lie.
/// - The key `UInt64.max` marks an empty place: it is never found and its insertion is refused.
public struct FixedMap<Value: BitwiseCopyable>: ~Copyable {
    @frozen @usableFromInline struct Entry: BitwiseCopyable {
        @usableFromInline var key: UInt64
        @usableFromInline var value: Value

        @inlinable init(key: UInt64, value: Value) {
            self.key = key
            self.value = value
        }
    }

    @usableFromInline var entries: FixedArray<Entry>
    @usableFromInline let shift: UInt64
    @usableFromInline let mask: Int
    public let entryCountMax: Int
    /// Entries now in the table.
    @inlinable public var count: Int { entryCount }
    @usableFromInline var entryCount = 0

    /// - Parameters:
    ///   - entryCountMax: At least 1.
    ///   - filler: Any value: what empty places hold.
    public init(entryCountMax: Int, filler: Value, for what: String = "a table") {
        precondition(entryCountMax > 0, "Caller: a map has room for at least one entry")
        var bits = 3
        while 1 << bits < 2 * entryCountMax { bits += 1 }
        entries = FixedArray(count: 1 << bits, repeating: Entry(key: .max, value: filler), for: what)
        shift = UInt64(64 - bits)
        mask = 1 << bits - 1
        self.entryCountMax = entryCountMax
    }

    /// Fibonacci hashing: the high bits of a product with 2⁶⁴ over the golden ratio. Venues number orders in
    /// sequence, and it spreads neighbours well.
    @inlinable func home(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    /// Asks the cache for the place where `key` will be looked for.
    @inlinable public func prefetch(_ key: UInt64) { entries.prefetch(home(key)) }

    /// The place of `key`, good until the next insertion or removal; `nil`: not there.
    @inlinable public func find(_ key: UInt64) -> Int? {
        var place = home(key)
        while true {
            let found = entries[place].key
            if found == key { return found == .max ? nil : place }
            if found == .max { return nil }
            place = (place + 1) & mask
        }
    }

    /// The value at a place that ``find(_:)`` or ``insert(_:_:)`` gave.
    @inlinable public subscript(place: Int) -> Value {
        get { entries[place].value }
        set { entries[place].value = newValue }
    }

    /// Puts `value` under `key`, or over what stands there.
    ///
    /// - Returns: Its place; `nil` where the map is full or `key` is `UInt64.max`.
    @inlinable public mutating func insert(_ key: UInt64, _ value: Value) -> Int? {
        guard key != .max else { return nil }
        var place = home(key)
        while true {
            let found = entries[place].key
            if found == key { break }
            if found == .max {
                guard entryCount < entryCountMax else { return nil }
                entryCount += 1
                entries[place].key = key
                break
            }
            place = (place + 1) & mask
        }
        entries[place].value = value
        return place
    }

    /// Takes `key` out. `false`: it was not there.
    @discardableResult
    @inlinable public mutating func remove(_ key: UInt64) -> Bool {
        guard let place = find(key) else { return false }
        remove(at: place)
        return true
    }

    /// Takes out the entry at a place that ``find(_:)`` gave.
    @inlinable public mutating func remove(at place: Int) {
        precondition(entries[place].key != .max, "Caller: an entry is taken out once")
        entryCount -= 1
        // Close the hole: whatever was pushed past it by a collision moves back, until an empty place.
        var hole = place
        var next = (hole + 1) & mask
        while entries[next].key != .max {
            let wanted = home(entries[next].key)
            // Distances are counted round the table; an entry may move to the hole unless its home lies between.
            if (next - wanted) & mask >= (next - hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        entries[hole].key = .max
    }
}

// Belongs to one owner, and holds nothing but plain values in memory of its own.
extension FixedMap: Sendable where Value: Sendable {}
