public import CSpinetailPlumbing

/// The consumer's end of a ``LineRing``.
///
/// - Threads: everything here belongs to the consumer.
@safe public struct LineRingReader: ~Copyable {
    @usableFromInline let ring: OpaquePointer

    /// Takes over one share of the ring.
    init(_ ring: OpaquePointer) { unsafe self.ring = ring }

    // SAFETY: this end's share was taken when it was made.
    deinit { unsafe st_line_ring_release_owner(ring) }

    /// The next message, as soon as it can be had: for who waits for one. `false`: none is there.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func pop(into line: inout RingLine) -> Bool {
        // SAFETY: the line stands still during the call, and the ring lives as long as this end.
        let ring = unsafe ring
        return unsafe withUnsafeMutablePointer(to: &line) { unsafe st_line_ring_pop(ring, $0) }
    }

    /// Up to `countMax` messages, at most 16 at once: for a stream of them.
    ///
    /// A batch that is not full is left alone for 64 calls, so that the producer is not disturbed at every message: it
    /// then takes what there is. Whoever calls in a loop waits that long at most, about 0.1 µs.
    ///
    /// - Returns: How many; 0 when there are none, or not yet.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func pop(into lines: UnsafeMutablePointer<RingLine>, countMax: Int) -> Int {
        precondition(countMax >= 0, "Caller: a count")
        // SAFETY: the caller has room for that many, and the ring lives as long as this end.
        return unsafe Int(st_line_ring_pop_many(ring, lines, UInt64(countMax)))
    }
}

extension LineRingReader: @unchecked Sendable {}
