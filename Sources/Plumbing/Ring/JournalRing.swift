public import CSpinetailPlumbing
public import Model

/// Carries what must be written down from the hot thread to the journal thread, without waiting, through a file in
/// shared memory that outlives the process (`st_journal_ring.h` has the layout and the memory orders).
///
/// This is the hot thread's end; ``reader()`` makes the journal thread's. A record is safe from the death of the
/// process as soon as `append` has returned, and from the loss of power once the journal says it is durable.
///
/// - Bounds: `capacity` bytes; a record is at most ``recordBytesMax`` long with its 8-byte header.
/// - Threads: everything here belongs to the producer, for the ring's life.
@safe public struct JournalRing: ~Copyable {
    @usableFromInline let ring: OpaquePointer
    /// Where the ring's file is; `nil` when it has no name.
    public let path: String?

    /// - Parameters:
    ///   - path: A file that does not exist yet, in `/dev/shm`; `nil`: memory without a name, lost with the process.
    ///   - capacity: A power of two, at least 4,096; two seconds at peak rate is the aim.
    ///   - runID: Sixteen bytes that name the run.
    public init(path: String?, capacity: Int, runID: RunID, epoch: UInt32) throws(SetupError) {
        precondition(capacity >= 4096, "Caller: a ring has at least one page")
        precondition(capacity.nonzeroBitCount == 1, "Caller: capacity is a power of two")
        var made: OpaquePointer?
        var id = runID.words
        // SAFETY: `id` is sixteen bytes long and C answers with a whole ring or none.
        let result = unsafe withUnsafeBytes(of: &id) { id in
            unsafe withOptionalCString(path) { path in
                unsafe st_journal_ring_create(
                    path, UInt64(capacity), id.baseAddress!.assumingMemoryBound(to: UInt8.self), epoch, &made)
            }
        }
        if let refusal = Errno(result: result) {
            throw SetupError(
                "make the journal ring of \(capacity) bytes", at: path ?? "memory", refusal,
                remedy: refusal == .fileExists
                    ? "a run that died has left it: salvage its records, then remove it" : nil)
        }
        guard let made = unsafe made else { preconditionFailure("Invariant: a ring is made or refused") }
        unsafe ring = made
        self.path = path
    }

    // SAFETY: the other end holds a share of its own.
    deinit { unsafe st_journal_ring_release_owner(ring) }

    /// Has the kernel put the ring into huge pages, shared memory or not (Linux 6.1). Before the first record.
    ///
    /// - Returns: How many bytes lie in such; none with the reason, or where the ring is smaller than one.
    public borrowing func useHugePages() -> (bytes: UInt64, refusal: Errno?) {
        // SAFETY: the ring is ours.
        let got = unsafe st_journal_ring_use_huge_pages(ring)
        return (UInt64(max(0, got)), Errno(result: got))
    }

    /// The consumer's end. There is one consumer: a second call traps.
    public func reader() -> JournalRingReader {
        // SAFETY: the reader's share keeps the ring alive.
        unsafe st_journal_ring_retain(ring)
        return unsafe JournalRingReader(ring)
    }

    /// Removes the file of a ring whose records are all durable in the journal.
    public static func remove(path: String) throws(SetupError) { try Files.remove(path) }
}

/// The hot thread's operations. `false` means full: the caller decides what that means, and never drops a record.
extension JournalRing {
    /// One line of 64 bytes.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        _ type: JournalRecordType, stream: UInt16, _ line: UnsafeRawPointer
    ) -> Bool {
        // SAFETY: the caller's line is 64 bytes long and the ring lives as long as this end.
        unsafe st_journal_ring_append_line(ring, type.rawValue, stream, line)
    }

    /// One line of 64 bytes and a payload behind it. Traps when they are longer than ``recordBytesMax``.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        _ type: JournalRecordType, stream: UInt16, _ line: UnsafeRawPointer, payload: UnsafeRawBufferPointer
    ) -> Bool {
        // SAFETY: the caller's bytes are there, and the length is below what the ring holds in one piece.
        precondition(payload.count <= recordBytesMax - 72, "Caller: a record fits the ring")
        return unsafe st_journal_ring_append(
            ring, type.rawValue, stream, line, 64, payload.baseAddress, UInt64(payload.count))
    }

    /// Bytes without a line: text.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        _ type: JournalRecordType, stream: UInt16, bytes: UnsafeRawBufferPointer
    ) -> Bool {
        // SAFETY: as above.
        precondition(bytes.count <= recordBytesMax - 8, "Caller: a record fits the ring")
        return unsafe st_journal_ring_append(
            ring, type.rawValue, stream, nil, 0, bytes.baseAddress, UInt64(bytes.count))
    }

    /// An input, lent and not changed: to take its address where it is not, the compiler copies it.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(_ input: inout Input, stream: UInt16 = 0) -> Bool {
        // SAFETY: an input is one line and stands still during the call.
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: &input) {
            unsafe st_journal_ring_append_line(ring, JournalRecordType.input.rawValue, stream, $0)
        }
    }

    /// An input of kind market packet with the packet's bytes.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        _ input: inout Input, packet: UnsafeRawBufferPointer, stream: UInt16 = 0
    ) -> Bool {
        // SAFETY: an input is one line and stands still during the call.
        precondition(packet.count <= recordBytesMax - 72, "Caller: a record fits the ring")
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: &input) {
            unsafe st_journal_ring_append(
                ring, JournalRecordType.packet.rawValue, stream, $0, 64, packet.baseAddress,
                UInt64(packet.count))
        }
    }

    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(_ fact: borrowing Fact, stream: UInt16 = 0) -> Bool {
        // SAFETY: a fact is one line and stands still during the call.
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: fact) {
            unsafe st_journal_ring_append_line(ring, JournalRecordType.fact.rawValue, stream, $0)
        }
    }

    /// `count` facts as they lie in memory; all of them or none.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(
        _ facts: UnsafePointer<Fact>, count: Int, stream: UInt16 = 0
    ) -> Bool {
        // SAFETY: the caller's facts are there, and the ring lives as long as this end.
        unsafe st_journal_ring_append_lines(
            ring, JournalRecordType.fact.rawValue, stream, facts, UInt64(count))
    }

    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func append(_ command: borrowing Command, stream: UInt16 = 0) -> Bool {
        // SAFETY: a command is one line and stands still during the call.
        let ring = unsafe ring
        return unsafe withUnsafePointer(to: command) {
            unsafe st_journal_ring_append_line(ring, JournalRecordType.command.rawValue, stream, $0)
        }
    }

    /// Asks the cache for where the next records go: for quiet moments, changes nothing.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public borrowing func fetchNext() {
        // SAFETY: the ring lives as long as this end, and its data are mapped a second time behind their end.
        unsafe st_journal_ring_fetch_next(ring)
    }

    /// How full the ring is, in thousandths: 500 is the mark at which risk-increasing orders stop.
    @inlinable public var fillPermille: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_used(ring) &* 1000 / st_journal_ring_capacity(ring))
        }
    }

    /// Bytes appended since the ring was made: a position in the journal.
    @inlinable public var position: UInt64 {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe st_journal_ring_write_pos(ring)
        }
    }

    /// The longest record, header included.
    @inlinable public var recordBytesMax: Int {
        borrowing get {
            // SAFETY: the ring lives as long as this end.
            unsafe Int(st_journal_ring_record_max(ring))
        }
    }
}

extension JournalRing {
    /// Text as one record: run header, settings. Cold. Traps when longer than ``recordBytesMax``.
    public borrowing func append(text: String, stream: UInt16 = 0) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            // SAFETY: the string's bytes stand still inside the closure.
            unsafe append(.text, stream: stream, bytes: UnsafeRawBufferPointer(utf8))
        }
    }
}

// Its two ends share it by design; the ring's orders, not Swift, make that safe (st_journal_ring.h).
extension JournalRing: @unchecked Sendable {}
