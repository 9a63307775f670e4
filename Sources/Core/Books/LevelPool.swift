internal import Memory

/// One price of one side of one book. It stays where it is as long as it lives, so that its orders can name it. Two to
/// a cache line.
struct Level: BitwiseCopyable {
    /// The price for bids, its negative for asks: higher is better on both sides, so that one code serves both.
    var rank: Int64 = 0
    /// 0: free.
    var quantity: Int64 = 0
    var orderCount: UInt32 = 0
    /// The next free level plus one, in a free one.
    var nextFree: UInt32 = 0
    var reserved: UInt64 = 0
}

/// A level in the sorted list of its side.
struct RankedLevel: BitwiseCopyable {
    var rank: Int64 = 0
    var level: UInt32 = 0
    var reserved: UInt32 = 0
}

/// The levels of all books, and the sorted lists of each side: blocks of 4, 8, 16 … places cut from one array.
///
/// - Bounds: `levelCountMax` levels; twice as many places in lists and one smallest block a side. A block that was
///   outgrown goes back to its size and is used again; where a size has none left a larger one is split. Blocks are
///   never joined again, so lists can run out before levels do: a refusal either way.
struct LevelPool: ~Copyable {
    /// Blocks have at most `room(sizeClassMax)` levels: 32,768, which a 16-bit count can hold.
    static var sizeClassMax: UInt8 { 14 }

    /// Places in a block of `sizeClass`, from 4 on; class 0 has none.
    @inline(__always) static func room(_ sizeClass: UInt8) -> Int { sizeClass == 0 ? 0 : 2 << Int(sizeClass) }

    var levels: FixedArray<Level>
    var lists: FixedArray<RankedLevel>
    private var freeLevel: UInt32 = 0
    private var freshLevel: UInt32 = 0
    /// First free block of each size plus one; 0: none. A free block's first rank is the next one plus one.
    private var freeHeads: FixedArray<UInt32>
    private var freshStart = 0

    init(levelCountMax: Int, instrumentCountMax: Int) {
        precondition(levelCountMax > 0, "Caller: there is room for a level")
        let placeCount = 2 * levelCountMax + 2 * instrumentCountMax * Self.room(1)
        precondition(placeCount < Int(UInt32.max), "Caller: levels are numbered with 32 bits")
        levels = FixedArray(count: levelCountMax, repeating: Level(), for: "book levels")
        lists = FixedArray(count: placeCount, repeating: RankedLevel(), for: "lists of book levels")
        freeHeads = FixedArray(count: Int(Self.sizeClassMax) + 1, repeating: 0, for: "free blocks of levels")
    }

    /// The level that an order or a list names.
    @inline(__always) func level(_ index: Int) -> UnsafeMutablePointer<Level> {
        precondition(
            UInt(bitPattern: index) < UInt(bitPattern: levels.count), "Invariant: levels are of the pool")
        // SAFETY: the index was checked.
        return unsafe levels.unsafeBase + index
    }

    /// The first place of a block; `nil`: no room is left.
    mutating func acquireBlock(_ sizeClass: UInt8) -> UInt32? {
        precondition(sizeClass >= 1 && sizeClass <= Self.sizeClassMax, "Invariant: a block has a size class")
        if let block = popFree(sizeClass) { return block }
        let room = Self.room(sizeClass)
        if lists.count - freshStart >= room {
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
                    releaseBlock(block + UInt32(truncatingIfNeeded: Self.room(larger)), larger)
                }
                return block
            }
            larger += 1
        }
        return nil
    }

    mutating func releaseBlock(_ block: UInt32, _ sizeClass: UInt8) {
        lists[Int(block)].rank = Int64(freeHeads[Int(sizeClass)])
        freeHeads[Int(sizeClass)] = block + 1
    }

    private mutating func popFree(_ sizeClass: UInt8) -> UInt32? {
        let head = freeHeads[Int(sizeClass)]
        guard head != 0 else { return nil }
        freeHeads[Int(sizeClass)] = UInt32(truncatingIfNeeded: lists[Int(head - 1)].rank)
        return head - 1
    }

    /// A level with nothing in it; `nil`: all are taken.
    mutating func acquireLevel(rank: Int64) -> UInt32? {
        let level: UInt32
        if freeLevel != 0 {
            level = freeLevel - 1
            freeLevel = levels[Int(level)].nextFree
        } else if Int(freshLevel) < levels.count {
            level = freshLevel
            freshLevel += 1
        } else {
            return nil
        }
        levels[Int(level)].rank = rank
        levels[Int(level)].orderCount = 0
        return level
    }

    mutating func releaseLevel(_ level: UInt32) {
        levels[Int(level)].quantity = 0
        levels[Int(level)].nextFree = freeLevel
        freeLevel = level + 1
    }
}
