public import CSpinetailPlumbing

/// Carries messages of one cache line from exactly one thread to exactly one other, in order, without waiting
/// (`st_line_ring.h` has the layout and the memory orders).
///
/// This is the producer's end; ``reader()`` makes the consumer's.
///
/// - Bounds: `capacity` slots of 64 bytes, of which a message has 56: the other eight are its number, so that message and
///   flag cross between the cores in one line. With 256 slots it stays in both first-level caches, and streams
///   fastest.
/// - Threads: everything here belongs to the producer, for the ring's life.
@safe public struct LineRing: ~Copyable {
    @usableFromInline let ring: OpaquePointer

    /// - Parameter capacity: A power of two, at least 2.
    public init(capacity: Int = 256) throws(SetupError) {
        precondition(capacity >= 2, "Caller: a ring has at least two slots")
        precondition(capacity.nonzeroBitCount == 1, "Caller: capacity is a power of two")
        // SAFETY: C answers with a whole ring or none.
        guard let made = unsafe st_line_ring_create(UInt64(capacity)) else {
            throw SetupError("make a ring of \(capacity) lines", at: "memory", .noMemory)
        }
        unsafe ring = made
    }

    // SAFETY: the other end holds a share of its own.
    deinit { unsafe st_line_ring_release_owner(ring) }

    /// The consumer's end. There is one consumer: whoever calls twice has two that steal from each other.
    public func reader() -> LineRingReader {
        // SAFETY: the reader's share keeps the ring alive.
        unsafe st_line_ring_retain(ring)
        return unsafe LineRingReader(ring)
    }

    /// `false`: full. The caller decides what that means.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func push(_ line: inout RingLine) -> Bool {
        // SAFETY: the line stands still during the call, and the ring lives as long as this end.
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: &line) { unsafe st_line_ring_push(ring, $0) }
    }

    /// Messages that the consumer has not taken, as last known.
    @inlinable public var count: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_line_ring_used(ring))
        }
    }

    @inlinable public var capacity: Int {
        borrowing get {
            // SAFETY: never changes.
            unsafe Int(st_line_ring_capacity(ring))
        }
    }
}

// Its two ends share it by design; the ring's orders, not Swift, make that safe (st_line_ring.h).
extension LineRing: @unchecked Sendable {}
