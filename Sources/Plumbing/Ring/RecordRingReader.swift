public import CSpinetailPlumbing
public import Model

/// The consumer's end of a ``RecordRing``.
///
/// - Threads: everything here belongs to the consumer.
@safe public struct RecordRingReader: ~Copyable {
    @usableFromInline let ring: OpaquePointer
    private let share: JournalRingReader
    /// The record lent last has not been given back.
    @usableFromInline var isLending = false

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
        isLending = false
        return true
    }

    /// Gives back the room of the record lent last, and lends the next: it stands where it lies until the next call.
    ///
    /// - Returns: `nil`: none is there.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func lend() -> LentRecord? {
        giveBack()
        var start: UnsafeRawPointer?
        // SAFETY: the producer does not write here before the release, and whole records begin at the read position.
        let count = unsafe st_journal_ring_readable(ring, &start)
        guard count >= 8, let start = unsafe start else { return nil }
        let header = unsafe start.load(as: st_journal_record.self)
        unsafe st_journal_ring_advance(ring, UInt64((header.byte_count &+ 7) & ~7))
        isLending = true
        return unsafe LentRecord(
            kind: header.type, source: header.stream,
            bytes: UnsafeRawBufferPointer(start: start + 8, count: Int(header.byte_count) &- 8))
    }

    /// Gives back the room of the record lent last, if one is lent.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func giveBack() {
        guard isLending else { return }
        isLending = false
        // SAFETY: whoever was lent the bytes has them until this call only.
        unsafe st_journal_ring_release(ring, st_journal_ring_read_pos(ring))
    }

    /// Whether a record waits behind what is lent.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public func isReadable() -> Bool {
        var start: UnsafeRawPointer?
        // SAFETY: only asked whether there is something.
        return unsafe st_journal_ring_readable(ring, &start) >= 8
    }
}

/// A record where it lies in the ring: it stands until the reader's next call.
@safe @frozen public struct LentRecord {
    public let kind: UInt16
    public let source: UInt16
    public let bytes: UnsafeRawBufferPointer

    @inlinable init(kind: UInt16, source: UInt16, bytes: UnsafeRawBufferPointer) {
        self.kind = kind
        self.source = source
        // SAFETY: only the address is kept; whoever reads does so before the reader's next call.
        unsafe self.bytes = bytes
    }

    /// The word in front, of a record that was appended with one.
    @inlinable public var word: UInt64 {
        // SAFETY: records begin at multiples of 8, and the load checks the length.
        unsafe bytes.load(as: UInt64.self)
    }

    /// What is behind the word.
    @inlinable public var rest: UnsafeRawBufferPointer {
        // SAFETY: a slice of what is there.
        unsafe UnsafeRawBufferPointer(rebasing: bytes[8...])
    }
}

extension RecordRingReader {
    /// Copies the next record's bytes to `line`, as many as an input has; what is shorter leaves the rest as it was.
    ///
    /// - Returns: The record's kind; 0: none is there.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func take(into line: inout Input) -> UInt16 {
        var start: UnsafeRawPointer?
        // SAFETY: as for ``next(_:)``; no more is copied than the record has and the line holds.
        let count = unsafe st_journal_ring_readable(ring, &start)
        guard count >= 8, let start = unsafe start else { return 0 }
        let header = unsafe start.load(as: st_journal_record.self)
        let byteCount = Int(header.byte_count)
        unsafe withUnsafeMutableBytes(of: &line) {
            unsafe $0.baseAddress!.copyMemory(
                from: start + 8, byteCount: min(byteCount - 8, $0.count))
        }
        unsafe st_journal_ring_advance(ring, UInt64((byteCount + 7) & ~7))
        unsafe st_journal_ring_release(ring, st_journal_ring_read_pos(ring))
        return header.type
    }
}

extension RecordRingReader: @unchecked Sendable {}
