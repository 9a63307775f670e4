internal import Memory

/// What one price of one side of one book holds. Four to a cache line.
struct Level: BitwiseCopyable {
    /// 0: there is no such level.
    var quantity: Int64 = 0
    var orderCount: UInt32 = 0
    var reserved: UInt32 = 0
}

/// A level in the sorted list of its side.
struct FarLevel: BitwiseCopyable {
    /// As in ``SideTop/rank``.
    var rank: Int64 = 0
    var level = Level()
}

/// The levels of all books.
///
/// Each side has a window of ``windowTicks`` ticks around its best price, where a level's place follows from its price:
/// nothing is searched, nothing is moved, and who has a message knows what to ask the cache for. A window is a ring, a
/// tick's place being the tick modulo its width. Everything else, prices far from the best and those that are no whole
/// ticks, is in the side's far list, sorted: blocks of 4, 8, 16 … places cut from one array. A whole tick within the
/// window is never in the list.
///
/// - Bounds: `levelCountMax` levels; in lists twice as many places and one smallest block a side. A block that was
///   outgrown goes back to its size and is used again; where a size has none left a larger one is split. Blocks are
///   never joined again, so lists can run out before levels do: a refusal either way.
struct LevelPool: ~Copyable {
    @inline(__always) static var windowTicks: UInt64 { 32 }

    /// Blocks have at most `room(sizeClassMax)` levels: 32,768, which a 16-bit count can hold.
    static var sizeClassMax: UInt8 { 14 }

    /// Places in a block of `sizeClass`, from 4 on; class 0 has none.
    @inline(__always) static func room(_ sizeClass: UInt8) -> Int { sizeClass == 0 ? 0 : 2 << Int(sizeClass) }

    var windows: FixedArray<Level>
    var lists: FixedArray<FarLevel>
    /// Levels of all books.
    var count = 0
    let levelCountMax: Int
    /// First free block of each size plus one; 0: none. A free block's first rank is the next one plus one.
    private var freeHeads: FixedArray<UInt32>
    private var freshStart = 0

    init(levelCountMax: Int, instrumentCountMax: Int) {
        precondition(levelCountMax > 0, "Caller: there is room for a level")
        let placeCount = 2 * levelCountMax + 2 * instrumentCountMax * Self.room(1)
        precondition(placeCount < Int(UInt32.max), "Caller: places of lists are numbered with 32 bits")
        windows = FixedArray(
            count: 2 * instrumentCountMax * Int(Self.windowTicks), repeating: Level(), for: "book levels")
        lists = FixedArray(count: placeCount, repeating: FarLevel(), for: "lists of book levels")
        freeHeads = FixedArray(count: Int(Self.sizeClassMax) + 1, repeating: 0, for: "free blocks of levels")
        self.levelCountMax = levelCountMax
    }

    /// The number of a tick's place in the window of `owner`: instrument index · 2 + side.
    @inline(__always) static func place(_ owner: Int, _ tick: UInt64) -> Int {
        owner &* Int(windowTicks) &+ Int(truncatingIfNeeded: tick & (windowTicks &- 1))
    }

    /// A place of a window.
    @inline(__always) func near(_ owner: Int, _ tick: UInt64) -> UnsafeMutablePointer<Level> {
        let place = Self.place(owner, tick)
        precondition(
            UInt(bitPattern: place) < UInt(bitPattern: windows.count), "Invariant: the instrument was checked"
        )
        // SAFETY: the place was checked.
        return unsafe windows.unsafeBase + place
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
}
