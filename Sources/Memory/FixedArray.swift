public import CSpinetailMemory

/// A number of values that is set once: its pages are taken from the kernel and touched in `init`, so that using
/// it allocates nothing and faults on nothing. Every access is checked against the bounds, also in release.
///
/// - Threads: as a stored property, it belongs to whoever owns the struct around it.
@safe public struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    public let count: Int

    /// - Parameters:
    ///   - count: At least 1.
    ///   - what: Named in the message when the kernel refuses the memory.
    public init(count: Int, repeating value: Element, for what: String = "a table") {
        precondition(count > 0, "Caller: a fixed array has at least one element")
        let bytes = count * MemoryLayout<Element>.stride
        // SAFETY: the pages are ours alone until deinit, and cover `count` elements.
        guard let pages = unsafe st_pages_map(bytes) else {
            fatalError("no memory: \(bytes) bytes for \(what); lower the matching setting or free memory")
        }
        unsafe base = pages.bindMemory(to: Element.self, capacity: count)
        unsafe base.initialize(repeating: value, count: count)
        self.count = count
    }

    // SAFETY: nothing keeps a pointer longer than the array, by the contract of `unsafeBase`.
    deinit { unsafe st_pages_unmap(base, count * MemoryLayout<Element>.stride) }

    /// Traps outside `0 ..< count`.
    @inlinable public subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(
                UInt(bitPattern: index) < UInt(bitPattern: count), "Caller: index is within the array")
            // SAFETY: the index was checked.
            return unsafe UnsafePointer(base + index)
        }
        unsafeMutableAddress {
            precondition(
                UInt(bitPattern: index) < UInt(bitPattern: count), "Caller: index is within the array")
            // SAFETY: the index was checked.
            return unsafe base + index
        }
    }

    /// Asks the cache for the element at `index` ahead of its use. An index outside the array is no error: nothing
    /// is read.
    ///
    /// - Parameter line: which of the element's lines of 64 bytes.
    @inlinable public func prefetch(_ index: Int, line: Int = 0) {
        // SAFETY: a prefetch never faults.
        unsafe st_prefetch(UnsafeRawPointer(base) + (index &* MemoryLayout<Element>.stride &+ 64 &* line))
    }

    /// The elements' address, valid as long as the array: for a view that does not outlive it, and for prefetch.
    @unsafe @inlinable public var unsafeBase: UnsafeMutablePointer<Element> { unsafe base }
}

// Owned by one thread at a time, like any value; it may be handed over before the threads start.
extension FixedArray: @unchecked Sendable {}
