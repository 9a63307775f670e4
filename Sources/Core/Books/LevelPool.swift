internal import Memory

/// One price of one side. 24 bytes.
struct Level: BitwiseCopyable {
    /// The price for bids, its negative for asks: higher is better on both sides, so that one code serves both.
    var rank: Int64 = 0
    var quantity: Int64 = 0
    var orderCount: UInt32 = 0
    var reserved: UInt32 = 0
}

/// The room for all levels of all books: blocks of 4, 8, 16 … levels cut from one array.
///
/// - Bounds: `levelCountMax` levels of room in all. A block that was outgrown goes back to its size and is used
///   again; where a size has none left a larger one is split. Blocks are never joined again.
struct LevelPool: ~Copyable {
    /// Blocks have at most `room(sizeClassMax)` levels: 32,768, which a 16-bit count can hold.
    static var sizeClassMax: UInt8 { 14 }

    /// Levels in a block of `sizeClass`, from 4 on; class 0 has none.
    @inline(__always) static func room(_ sizeClass: UInt8) -> Int { sizeClass == 0 ? 0 : 2 << Int(sizeClass) }

    var levels: FixedArray<Level>
    /// First free block of each size plus one; 0: none. A free block's first rank is the next one plus one.
    private var freeHeads: FixedArray<UInt32>
    private var freshStart = 0

    init(levelCountMax: Int) {
        precondition(levelCountMax >= 4, "Caller: there is room for one block of levels")
        precondition(levelCountMax < Int(UInt32.max), "Caller: levels are numbered with 32 bits")
        levels = FixedArray(count: levelCountMax, repeating: Level(), for: "book levels")
        freeHeads = FixedArray(count: Int(Self.sizeClassMax) + 1, repeating: 0, for: "free blocks of levels")
    }

    /// The first level of a block; `nil`: no room is left.
    mutating func acquire(_ sizeClass: UInt8) -> UInt32? {
        precondition(sizeClass >= 1 && sizeClass <= Self.sizeClassMax, "Invariant: a block has a size class")
        if let block = popFree(sizeClass) { return block }
        let room = Self.room(sizeClass)
        if levels.count - freshStart >= room {
            let block = UInt32(truncatingIfNeeded: freshStart)
            freshStart += room
            return block
        }
        // The array is used up: cut a larger free block, and keep the halves that are left over.
        var larger = sizeClass + 1
        while larger <= Self.sizeClassMax {
            if let block = popFree(larger) {
                while larger > sizeClass {
                    larger -= 1
                    release(block + UInt32(truncatingIfNeeded: Self.room(larger)), larger)
                }
                return block
            }
            larger += 1
        }
        return nil
    }

    mutating func release(_ block: UInt32, _ sizeClass: UInt8) {
        levels[Int(block)].rank = Int64(freeHeads[Int(sizeClass)])
        freeHeads[Int(sizeClass)] = block + 1
    }

    private mutating func popFree(_ sizeClass: UInt8) -> UInt32? {
        let head = freeHeads[Int(sizeClass)]
        guard head != 0 else { return nil }
        freeHeads[Int(sizeClass)] = UInt32(truncatingIfNeeded: levels[Int(head - 1)].rank)
        return head - 1
    }

    /// Forgets every block.
    mutating func clear() {
        for sizeClass in 0..<freeHeads.count { freeHeads[sizeClass] = 0 }
        freshStart = 0
    }
}
