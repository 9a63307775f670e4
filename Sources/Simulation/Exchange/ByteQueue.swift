/// Bytes that wait in order: written at the end, taken from the front.
@safe struct ByteQueue: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    private var head = 0
    private var tail = 0

    init() { unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16) }

    // SAFETY: nobody keeps a view of it over a change, by the contract of `waiting`.
    deinit { unsafe storage.deallocate() }

    var count: Int { tail - head }

    /// What waits; good until the next change.
    var waiting: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: storage[head..<tail])
    }

    mutating func consume(_ byteCount: Int) {
        precondition(byteCount >= 0, "Caller: bytes taken are counted up")
        precondition(byteCount <= count, "Caller: only what waits can be taken")
        head += byteCount
        if head == tail {
            head = 0
            tail = 0
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let room = unsafe reserve(bytes.count)
        // SAFETY: `reserve` made room for exactly these.
        unsafe room.copyMemory(from: bytes)
        tail += bytes.count
    }

    /// Room for `byteCount` bytes at the end; they count after ``commit(_:)``.
    mutating func reserve(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe tail + byteCount > storage.count { grow(byteCount) }
        // SAFETY: the room is there now.
        return unsafe UnsafeMutableRawBufferPointer(rebasing: storage[tail..<tail + byteCount])
    }

    mutating func commit(_ byteCount: Int) { tail += byteCount }

    private mutating func grow(_ byteCount: Int) {
        let wanted = count + byteCount
        var size = unsafe storage.count
        while size < 2 * wanted { size *= 2 }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        // SAFETY: the new storage is larger than what waits; the old one is not used again.
        unsafe larger.copyMemory(from: waiting)
        tail = count
        head = 0
        unsafe storage.deallocate()
        unsafe storage = larger
    }
}
