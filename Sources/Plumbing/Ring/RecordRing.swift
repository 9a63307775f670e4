public import CSpinetailPlumbing

/// Carries records of any length from exactly one thread to exactly one other of this process, in order, without waiting:
/// the journal's ring (`st_journal_ring.h`), in memory without a name.
///
/// This is the producer's end; ``reader()`` makes the consumer's.
///
/// - Bounds: `capacity` bytes; a record takes its length and 8 bytes, rounded up to 8.
/// - Threads: everything here belongs to the producer, for the ring's life.
@safe public struct RecordRing: ~Copyable {
    @usableFromInline let ring: OpaquePointer

    /// - Parameter capacity: A power of two, at least 4,096.
    public init(capacity: Int) throws(SetupError) {
        precondition(capacity >= 4096, "Caller: a ring has at least one page")
        precondition(capacity.nonzeroBitCount == 1, "Caller: capacity is a power of two")
        var made: OpaquePointer?
        var none = (UInt64(0), UInt64(0))
        // SAFETY: sixteen bytes for a name that nobody asks for; C answers with a whole ring or none.
        let result = unsafe withUnsafeBytes(of: &none) {
            unsafe st_journal_ring_create(
                nil, UInt64(capacity), $0.baseAddress!.assumingMemoryBound(to: UInt8.self), 0, &made)
        }
        if let refusal = Errno(result: result) {
            throw SetupError("make a ring of \(capacity) bytes", at: "memory", refusal)
        }
        guard let made = unsafe made else { preconditionFailure("Invariant: a ring is made or refused") }
        unsafe ring = made
    }

    // SAFETY: the other end holds a share of its own.
    deinit { unsafe st_journal_ring_release_owner(ring) }

    /// The consumer's end. There is one consumer: whoever calls twice has two that steal from each other.
    public func reader() -> RecordRingReader {
        // SAFETY: the reader's share keeps the ring alive.
        unsafe st_journal_ring_retain(ring)
        return unsafe RecordRingReader(JournalRingReader(ring))
    }

    /// `false`: full. `kind` and `source` are the caller's and come out as they went in.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(kind: UInt16, source: UInt16, _ bytes: UnsafeRawBufferPointer)
        -> Bool
    {
        // SAFETY: the caller's bytes are there, and the length is below what the ring holds in one piece.
        precondition(bytes.count <= recordBytesMax - 8, "Caller: a record fits the ring")
        return unsafe st_journal_ring_append(
            ring, kind, source, nil, 0, bytes.baseAddress, UInt64(bytes.count))
    }

    /// The same with a word in front of the bytes: see ``LentRecord/word``.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        kind: UInt16, source: UInt16, word: UInt64, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        precondition(bytes.count <= recordBytesMax - 16, "Caller: a record fits the ring")
        // SAFETY: the caller's bytes and the word are there during the call.
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: word) {
            unsafe st_journal_ring_append(
                ring, kind, source, $0, 8, bytes.baseAddress, UInt64(bytes.count))
        }
    }

    /// Whether a record of `byteCount` bytes, its header of 8 not counted, finds room now.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func hasRoom(_ byteCount: Int) -> Bool {
        // SAFETY: the ring lives as long as this end.
        unsafe st_journal_ring_has_room(ring, UInt64((byteCount &+ 15) & ~7))
    }

    /// Bytes that one record may take now, its header of 8 not counted.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func room() -> Int {
        // SAFETY: the ring lives as long as this end.
        max(0, unsafe Int(st_journal_ring_room(ring)) - 8)
    }

    /// How much of the ring is taken, as last known, in thousandths.
    @inlinable public var fillPermille: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_used(ring) &* 1000 / st_journal_ring_capacity(ring))
        }
    }

    /// A second producer's end, for whoever wires the ring and gives its own up: there is one producer.
    func handedOn() -> RecordRing {
        // SAFETY: the new end's share keeps the ring alive.
        unsafe st_journal_ring_retain(ring)
        return unsafe RecordRing(owning: ring)
    }

    private init(owning ring: OpaquePointer) { unsafe self.ring = ring }

    /// The longest record, with 8 bytes for its header.
    @inlinable public var recordBytesMax: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_record_max(ring))
        }
    }
}

// Its two ends share it by design; the ring's orders, not Swift, make that safe (st_journal_ring.h).
extension RecordRing: @unchecked Sendable {}
