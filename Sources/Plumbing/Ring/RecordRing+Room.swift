public import CSpinetailPlumbing

extension RecordRing {
    /// Bytes that the consumer has not given back: a number to judge by.
    @inlinable public var usedByteCount: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_used(ring))
        }
    }

    @inlinable public var capacity: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_capacity(ring))
        }
    }
}
