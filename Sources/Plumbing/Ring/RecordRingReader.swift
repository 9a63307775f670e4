public import CSpinetailPlumbing

/// The consumer's end of a ``RecordRing``.
///
/// - Threads: everything here belongs to the consumer.
@safe public struct RecordRingReader: ~Copyable {
    @usableFromInline let ring: OpaquePointer
    private let share: JournalRingReader

    init(_ reader: consuming JournalRingReader) {
        unsafe ring = reader.ring
        share = reader
    }

    /// The next record, where it lies in the ring, lent for the length of `body`; its room is then given back.
    ///
    /// - Returns: `false`: none is there.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func next(
        _ body: (_ kind: UInt16, _ source: UInt16, _ bytes: UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var start: UnsafeRawPointer?
        // SAFETY: the producer does not write here before the release, and whole records begin at the read position.
        let count = unsafe st_journal_ring_readable(ring, &start)
        guard count >= 8, let start = unsafe start else { return false }
        let header = unsafe start.load(as: st_journal_record.self)
        let byteCount = Int(header.byte_count)
        unsafe body(
            header.type, header.stream,
            UnsafeRawBufferPointer(start: start + 8, count: byteCount - 8))
        let stride = UInt64((byteCount + 7) & ~7)
        unsafe st_journal_ring_advance(ring, stride)
        unsafe st_journal_ring_release(ring, st_journal_ring_read_pos(ring))
        return true
    }
}

extension RecordRingReader: @unchecked Sendable {}
