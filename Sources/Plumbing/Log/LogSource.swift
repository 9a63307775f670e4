internal import CSpinetailPlumbing

/// The drain thread's end of a ``Log``.
@safe public struct LogSource: ~Copyable {
    private let log: OpaquePointer
    var reader: JournalRingReader

    /// Takes over one share of the log.
    init(_ log: OpaquePointer) {
        unsafe self.log = log
        // SAFETY: the reader's share keeps the ring alive.
        let ring = unsafe st_log_ring(log)
        unsafe st_journal_ring_retain(ring)
        reader = unsafe JournalRingReader(ring)
    }

    // SAFETY: this end's share was taken when it was made.
    deinit { unsafe st_log_release_owner(log) }

    /// Records that found no room in the ring.
    public var droppedCount: UInt64 {
        // SAFETY: the log lives as long as this end.
        unsafe st_log_dropped(log)
    }
}

extension LogSource: @unchecked Sendable {}
