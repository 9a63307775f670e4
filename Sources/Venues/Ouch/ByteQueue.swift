internal import Memory

/// Bytes waiting in order: appended at the back, read and taken from the front. Room is set once.
///
/// - Threads: belongs to whoever owns the struct around it.
@safe struct ByteQueue: ~Copyable {
    private var storage: FixedArray<UInt8>
    private var start = 0
    private var end = 0
    /// While pieces are cut out: up to where bytes were looked at, and up to where they are kept.
    private var cutFrom = 0
    private var cutTo = 0

    init(byteCountMax: Int, for what: String) {
        storage = FixedArray(count: byteCountMax, repeating: 0, for: what)
    }

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// The waiting bytes, until the next call that changes the queue.
    var bytes: UnsafeRawBufferPointer {
        // SAFETY: start ≤ end ≤ count, kept by every function here.
        unsafe UnsafeRawBufferPointer(start: storage.unsafeBase + start, count: end - start)
    }

    /// Room for `byteCount` more, in one piece, moved to the front if need be; `nil` when there is none. What is
    /// written there counts after ``grow(by:)``.
    @inline(__always)
    mutating func room(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
        if end + byteCount > storage.count, !moveToFront(byteCount) { return nil }
        // SAFETY: end + byteCount ≤ count was just made sure of.
        return unsafe UnsafeMutableRawBufferPointer(start: storage.unsafeBase + end, count: byteCount)
    }

    @inline(never)
    private mutating func moveToFront(_ byteCount: Int) -> Bool {
        guard end - start + byteCount <= storage.count else { return false }
        // SAFETY: both ranges lie in the storage, and copyMemory allows them to overlap.
        let base = unsafe UnsafeMutableRawPointer(storage.unsafeBase)
        unsafe base.copyMemory(from: base + start, byteCount: end - start)
        end -= start
        start = 0
        return true
    }

    mutating func grow(by byteCount: Int) {
        precondition(
            byteCount >= 0 && end + byteCount <= storage.count, "Caller: grows within the room asked for")
        end += byteCount
    }

    /// `false` when there is no room: nothing was appended.
    mutating func append(_ more: UnsafeRawBufferPointer) -> Bool {
        guard let room = unsafe room(more.count) else { return false }
        unsafe room.copyMemory(from: more)
        grow(by: more.count)
        return true
    }

    mutating func take(_ byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "Caller: takes what is there")
        start += byteCount
        if start == end {
            start = 0
            end = 0
        }
    }

    mutating func clear() {
        start = 0
        end = 0
    }

    // MARK: Cutting pieces out

    /// Pieces are cut out from here on, in their order, until ``endCut()``.
    mutating func beginCut() {
        cutFrom = start
        cutTo = start
    }

    /// Cuts the bytes from place `first` up to `last` of the queue as it was at ``beginCut()``.
    mutating func cut(_ first: Int, _ last: Int) {
        keep(upTo: start + first)
        precondition(last >= first && start + last <= end, "Caller: cuts what is there")
        cutFrom = start + last
    }

    mutating func endCut() {
        keep(upTo: end)
        end = cutTo
        if start == end {
            start = 0
            end = 0
        }
    }

    private mutating func keep(upTo place: Int) {
        precondition(cutFrom <= place && place <= end, "Caller: pieces are cut out in their order")
        let count = place - cutFrom
        if cutTo != cutFrom, count > 0 {
            // SAFETY: both ranges lie in the storage, and copyMemory allows them to overlap.
            let base = unsafe UnsafeMutableRawPointer(storage.unsafeBase)
            unsafe (base + cutTo).copyMemory(from: base + cutFrom, byteCount: count)
        }
        cutTo += count
        cutFrom = place
    }
}
