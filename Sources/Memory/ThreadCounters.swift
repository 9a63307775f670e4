internal import CSpinetailMemory

/// What the calling thread has cost since it began: for "0 bytes after warm-up" to be counted, not believed.
public struct ThreadCounters: Sendable {
    /// `nil` where jemalloc does not serve this process (a sanitizer does).
    public let allocatedBytes: Int64?
    public let pageFaults: Int64

    /// Counts of the calling thread, now.
    public static func current() -> ThreadCounters {
        let allocated = st_thread_allocated_bytes()
        return ThreadCounters(
            allocatedBytes: allocated < 0 ? nil : allocated, pageFaults: st_thread_page_faults())
    }
}

public enum ProcessMemory {
    /// What the tables of this process lie in, bytes by the kind of page.
    public struct Pages: Sendable, Equatable {
        /// Huge pages that the administrator reserved.
        public var explicitBytes: UInt64
        /// Asked for as transparent huge pages; how many came, the kernel tells elsewhere.
        public var transparentBytes: UInt64
        public var smallBytes: UInt64
        /// What would lie in explicit ones, had there been enough.
        public var refusedBytes: UInt64
        /// The errno of the last refusal; 0: none.
        public var refusal: Int32
    }

    /// Now.
    public static var pages: Pages {
        let counts = st_pages_count()
        return Pages(
            explicitBytes: counts.explicit_bytes, transparentBytes: counts.transparent_bytes,
            smallBytes: counts.small_bytes, refusedBytes: counts.refused_bytes, refusal: counts.refusal)
    }

    /// Bytes of a huge page.
    public static let hugePageBytes: UInt64 = 2 << 20

    /// Whether tables that are made from here on ask for huge pages; they do, to begin with.
    public static func useHugePages(_ uses: Bool) { st_huge_pages_use(uses) }

    /// Locks every page, present and future. Returns `nil`, or the errno of the refusal.
    public static func lock() -> Int32? {
        let refusal = st_lock_memory()
        return refusal == 0 ? nil : refusal
    }
}
