public import Plumbing

/// Every record of a run: those of its journal's files, and behind them what the ring of a process that died still held.
///
/// Files and ring overlap, because the ring lets go only of what is durable; a record that is in both comes once.
///
/// - Threads: belongs to one.
@safe public final class RunRecords {
    private let reader: JournalReader
    private let ring: SalvagedRing?
    /// The ring's bytes where they stand still.
    private let ringBytes: MappedBytes?
    private let ringPlace: String
    private var offset: Int?
    private var isOver = false

    /// Records that are in no file of the journal.
    public private(set) var fromRingCount = 0
    /// How the files end; set once ``next()`` has gone past them.
    public var ending: JournalEnding? { reader.ending }

    /// Whether nothing that was recorded is missing, once ``next()`` has returned `nil`: the writer has said that this is all, or
    /// the ring of the process that died was there to go on from. Else the machine died, or somebody has cut a file.
    public var isWhole: Bool { reader.ending == .closed || ring != nil }

    /// - Parameters:
    ///   - folder: The run's `journal` folder.
    ///   - ring: What was salvaged, where the process died.
    ///   - ringPlace: Where it was found, for messages.
    public init(folder: String, ring: SalvagedRing?, ringPlace: String) throws(JournalError) {
        reader = try JournalReader(folder: folder, durablePosition: ring?.firstPosition ?? 0)
        self.ring = ring
        self.ringPlace = ringPlace
        ringBytes = ring.map { MappedBytes($0.bytes) }
    }

    /// The files in memory: what a ``SeededDisk`` holds.
    public init(segments: [(path: String, bytes: [UInt8])], ring: SalvagedRing?) {
        reader = JournalReader(segments: segments, durablePosition: ring?.firstPosition ?? 0)
        self.ring = ring
        ringPlace = "the ring"
        ringBytes = ring.map { MappedBytes($0.bytes) }
    }

    /// The next record, whose bytes stand until the next call; `nil` at the end.
    public func next() throws(JournalError) -> JournalRecord? {
        if offset == nil {
            if let record = try reader.next() { return record }
            guard let ring else { return nil }
            offset = try begin(ring)
        }
        guard !isOver, let ringBytes, let place = offset, place < ringBytes.count else { return nil }
        // SAFETY: each offset is checked against the count.
        let bytes = unsafe ringBytes.bytes
        guard bytes.count - place >= 8 else { throw damaged(place) }
        let count = unsafe Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        let rawType = unsafe UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt16.self))
        let stream = unsafe UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place + 6, as: UInt16.self))
        guard count >= 8, (count + 7) & ~7 <= bytes.count - place,
            let type = JournalRecordType(rawValue: rawType)
        else { throw damaged(place) }
        offset = place + ((count + 7) & ~7)
        fromRingCount += 1
        return unsafe JournalRecord(
            type: type, stream: stream, position: (ring?.firstPosition ?? 0) + UInt64(place),
            content: UnsafeRawBufferPointer(rebasing: bytes[place + 8..<place + count]))
    }

    /// Where in the ring the first record stands that the files do not hold.
    private func begin(_ ring: SalvagedRing) throws(JournalError) -> Int {
        if reader.ending == .closed { isOver = true }
        // The ring lets go of nothing that is not durable: files that end before it begins have lost something.
        guard ring.firstPosition <= reader.endPosition else {
            throw .unreadable(
                "records are missing between the journal's files, which end at position \(reader.endPosition), and "
                    + "\(ringPlace), which begins at \(ring.firstPosition): a file was removed or cut")
        }
        return Int(min(reader.endPosition - ring.firstPosition, UInt64(ring.bytes.count)))
    }

    private func damaged(_ place: Int) -> JournalError {
        .damaged(file: ringPlace, offset: place, .records)
    }
}
