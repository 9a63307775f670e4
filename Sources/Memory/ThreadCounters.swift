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
    /// Locks every page, present and future. Returns `nil`, or the errno of the refusal.
    public static func lock() -> Int32? {
        let refusal = st_lock_memory()
        return refusal == 0 ? nil : refusal
    }
}
