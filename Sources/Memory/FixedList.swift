/// A number of values that cannot be copied, set once: the feeds or the venue sessions of an engine.
///
/// - Threads: as a stored property, it belongs to whoever owns the struct around it.
@safe public struct FixedList<Element: ~Copyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    public let count: Int

    /// Makes `count` elements, in order; none is allowed. Where one cannot be made, those before it go again.
    public init<Failure: Error>(count: Int, _ make: (Int) throws(Failure) -> Element) throws(Failure) {
        precondition(count >= 0, "Caller: a count is not negative")
        // SAFETY: room for `count` elements, each initialised here exactly once.
        let base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        for index in 0..<count {
            do throws(Failure) {
                let element = try make(index)
                unsafe (base + index).initialize(to: element)
            } catch {
                unsafe base.deinitialize(count: index)
                unsafe base.deallocate()
                throw error
            }
        }
        unsafe self.base = base
        self.count = count
    }

    deinit {
        // SAFETY: every element was initialised in init and is nobody else's.
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    /// Traps outside `0 ..< count`.
    @inlinable public subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(
                UInt(bitPattern: index) < UInt(bitPattern: count), "Caller: index is within the list")
            // SAFETY: the index was checked.
            return unsafe UnsafePointer(base + index)
        }
        unsafeMutableAddress {
            precondition(
                UInt(bitPattern: index) < UInt(bitPattern: count), "Caller: index is within the list")
            // SAFETY: the index was checked.
            return unsafe base + index
        }
    }
}

// Owned by one thread at a time, like any value; it may be handed over before the threads start.
extension FixedList: @unchecked Sendable where Element: Sendable & ~Copyable {}
