internal import CSpinetailPlumbing

/// The journal thread's end of a ``JournalRing``: looks, copies, goes on, and gives the room back only when what it
/// copied is durable, so that a ring found after a crash still holds what the files may not.
///
/// - Threads: everything here belongs to the consumer.
@safe public struct JournalRingReader: ~Copyable {
    let ring: OpaquePointer

    /// Takes over one share of the ring.
    init(_ ring: OpaquePointer) { unsafe self.ring = ring }

    // SAFETY: this end's share was taken when it was made.
    deinit { unsafe st_journal_ring_release_owner(ring) }

    /// Position of the next byte to be read.
    public var position: UInt64 {
        // SAFETY: the ring lives as long as this end; the read position is ours.
        unsafe st_journal_ring_read_pos(ring)
    }

    /// The longest record that can come.
    public var recordBytesMax: Int {
        // SAFETY: never changes.
        unsafe Int(st_journal_ring_record_max(ring))
    }

    /// Bytes of records from ``position`` on; empty when there are none. Records are whole, except the last where the
    /// piece ends (it then comes whole with a later call).
    public borrowing func withReadable<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        var start: UnsafeRawPointer?
        // SAFETY: the producer does not write here before release(upTo:).
        let count = unsafe st_journal_ring_readable(ring, &start)
        return unsafe body(UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    /// Bytes that wait.
    public var readableCount: Int {
        // SAFETY: only the count is looked at.
        unsafe withReadable { $0.count }
    }

    /// Goes on by whole records.
    public mutating func advance(_ byteCount: Int) {
        precondition(byteCount % 8 == 0 && byteCount >= 0, "Caller: whole records only")
        precondition(byteCount <= readableCount, "Caller: only what was readable")
        // SAFETY: within what the producer has published.
        unsafe st_journal_ring_advance(ring, UInt64(byteCount))
    }

    /// Gives everything before `position` back to the producer.
    public mutating func release(upTo position: UInt64) {
        precondition(position <= self.position, "Caller: only what was read is released")
        // SAFETY: nothing before the read position is looked at again.
        unsafe st_journal_ring_release(ring, position)
    }
}

extension JournalRingReader: @unchecked Sendable {}
