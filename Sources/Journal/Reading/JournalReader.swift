internal import Plumbing

/// Reads a run's journal from its first record to its last and checks every byte on the way.
///
/// A block that is not what it should be is a torn end when nothing says that it had been durable; when a later block,
/// or the caller, says so, it is damage, and reading stops with an error.
///
/// - Threads: belongs to one.
@safe public final class JournalReader {
    private struct Segment {
        let name: String
        let load: () throws(SetupError) -> MappedBytes
    }

    private let segments: [Segment]
    private let durablePosition: UInt64
    private let hasher = BlockHasher()

    private var segmentIndex = 0
    private var file: MappedBytes?
    private var offset = 0
    private var isFirst = true
    private var previousHash = BlockHash.none
    private var expected: (sequence: UInt64, position: UInt64) = (1, 0)
    /// What is left of the current block's payload: offsets in the file.
    private var recordOffset = 0
    private var recordEnd = 0
    private var recordPosition: UInt64 = 0

    /// The last block's header; its epoch and run id are the run's.
    public private(set) var header: BlockHeader?
    /// Set once ``next()`` has returned `nil`.
    public private(set) var ending: JournalEnding?
    public private(set) var blockCount = 0
    /// The hash of the last block that was read: the head of the chain, to compare with where it was anchored.
    public var chainHead: BlockHash { previousHash }
    /// Position behind the last block: what a salvaged ring holds from here on is not in the files.
    public var endPosition: UInt64 { expected.position }

    /// - Parameters:
    ///   - folder: The run's `journal` folder.
    ///   - durablePosition: Everything before is known to have been durable (a salvaged ring's first position).
    public init(folder: String, durablePosition: UInt64 = 0) throws(JournalError) {
        let names: [String]
        do throws(SetupError) {
            names = try Files.list(folder).filter { $0.hasSuffix(".journal") }
        } catch {
            throw .unreadable(error.description)
        }
        guard !names.isEmpty else {
            throw .unreadable("no journal in \(folder): no file there ends in .journal")
        }
        segments = names.map { name in
            let path = "\(folder)/\(name)"
            return Segment(name: path) { () throws(SetupError) in try MappedBytes(MappedFile(path)) }
        }
        self.durablePosition = durablePosition
    }

    /// Segments in memory, in order: what a ``SeededDisk`` holds.
    public init(segments: [(path: String, bytes: [UInt8])], durablePosition: UInt64 = 0) {
        self.segments = segments.map { segment in
            Segment(name: segment.path) { () throws(SetupError) in MappedBytes(segment.bytes) }
        }
        self.durablePosition = durablePosition
    }

    /// The next record; `nil` at the end, of which ``ending`` then says what it is.
    public func next() throws(JournalError) -> JournalRecord? {
        guard ending == nil else { return nil }
        while recordOffset >= recordEnd { guard try openBlock() else { return nil } }
        guard let file else { preconditionFailure("Invariant: a block is in a file") }
        // SAFETY: the record's offsets are within the block, which is within the file; each is checked.
        let bytes = unsafe file.bytes
        let count = unsafe Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: recordOffset, as: UInt32.self)))
        let rawType = unsafe UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: recordOffset + 4, as: UInt16.self))
        let stream = unsafe UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: recordOffset + 6, as: UInt16.self))
        guard count >= 8, (count + 7) & ~7 <= recordEnd - recordOffset,
            let type = JournalRecordType(rawValue: rawType)
        else { throw .damaged(file: segments[segmentIndex].name, offset: recordOffset, .records) }
        let record = unsafe JournalRecord(
            type: type, stream: stream, position: recordPosition,
            content: UnsafeRawBufferPointer(rebasing: bytes[recordOffset + 8..<recordOffset + count]))
        recordOffset += (count + 7) & ~7
        recordPosition += UInt64((count + 7) & ~7)
        return record
    }

    // MARK: Blocks

    /// Goes to the next block; `false` at the journal's end.
    private func openBlock() throws(JournalError) -> Bool {
        if header?.isEnd == true {
            ending = .closed
            return false
        }
        while true {
            guard let file = try currentFile() else {
                ending = .unfinished
                return false
            }
            switch check(file, at: offset) {
            case .success(let found):
                accept(found, file)
                return true
            case .failure(let fault):
                // A segment is left when the next block does not fit any more: then it goes on in the next file.
                if fault == .empty || fault == .cutShort, try continuesInNextSegment() {
                    segmentIndex += 1
                    self.file = nil
                    offset = 0
                    continue
                }
                return try end(fault, file)
            }
        }
    }

    private func currentFile() throws(JournalError) -> MappedBytes? {
        if let file { return file }
        guard segmentIndex < segments.count else { return nil }
        let loaded = try load(segmentIndex)
        file = loaded
        return loaded
    }

    private func load(_ index: Int) throws(JournalError) -> MappedBytes {
        do throws(SetupError) {
            return try segments[index].load()
        } catch {
            throw .unreadable(error.description)
        }
    }

    private func continuesInNextSegment() throws(JournalError) -> Bool {
        guard segmentIndex + 1 < segments.count else { return false }
        let next = try load(segmentIndex + 1)
        // SAFETY: a slice of what is there.
        guard case .success(let header) = unsafe BlockHeader.read(next.bytes) else { return false }
        return header.sequence == expected.sequence && header.runID == (self.header ?? header).runID
    }

    /// Whether the block at `offset` is the one that comes next, whole.
    private func check(_ file: MappedBytes, at offset: Int) -> Result<BlockHeader, BlockFault> {
        // SAFETY: every slice is checked against the file's length.
        let bytes = unsafe file.bytes
        guard offset < bytes.count else { return .failure(.cutShort) }
        let block = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let found: BlockHeader
        switch unsafe BlockHeader.read(block) {
        case .failure(let fault): return .failure(fault)
        case .success(let header): found = header
        }
        if let header, found.runID != header.runID || found.epoch != header.epoch {
            return .failure(.otherRun)
        }
        guard found.segment == UInt32(segmentIndex + 1) else { return .failure(.segment) }
        guard found.sequence == expected.sequence else { return .failure(.sequence) }
        guard found.position == expected.position else { return .failure(.position) }
        let end = BlockHeader.byteCount + Int(found.payloadByteCount)
        guard found.blockByteCount <= block.count else { return .failure(.cutShort) }
        let payload = unsafe UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount..<end])
        guard unsafe Checksum.crc32c(payload) == found.payloadChecksum else {
            return .failure(.payloadChecksum)
        }
        // No checksum covers what fills the block up, so that it must be what it always is.
        let padding = unsafe block[end..<found.blockByteCount]
        guard unsafe padding.allSatisfy({ $0 == 0 }) else { return .failure(.padding) }
        if found.isChained, found.previousHash != previousHash { return .failure(.chain) }
        return .success(found)
    }

    private func accept(_ found: BlockHeader, _ file: MappedBytes) {
        let end = offset + BlockHeader.byteCount + Int(found.payloadByteCount)
        // SAFETY: checked to be within the file.
        if found.isChained {
            previousHash = unsafe hasher.hash(UnsafeRawBufferPointer(rebasing: file.bytes[offset..<end]))
        }
        header = found
        blockCount += 1
        recordOffset = offset + BlockHeader.byteCount
        recordEnd = end
        recordPosition = found.position
        expected = (found.sequence + 1, found.position + UInt64(found.payloadByteCount))
        offset += found.blockByteCount
    }

    // MARK: The end

    /// Tells a torn end from damage.
    private func end(_ fault: BlockFault, _ file: MappedBytes) throws(JournalError) -> Bool {
        let name = segments[segmentIndex].name
        let later = try findLaterBlocks()
        if later.durableMark >= expected.sequence || expected.position < durablePosition {
            throw .damaged(file: name, offset: offset, fault)
        }
        // Nothing at all behind: the writer got no further.
        let isClean = (fault == .empty || fault == .cutShort && offset >= file.count) && !later.isAny
        ending = isClean ? .unfinished : .torn(file: name, offset: offset, fault)
        return false
    }

    /// Blocks of this run behind the current place, wherever they begin, and the highest durable mark among them.
    private func findLaterBlocks() throws(JournalError) -> (isAny: Bool, durableMark: UInt64) {
        var isAny = false
        var mark: UInt64 = 0
        for index in segmentIndex..<segments.count {
            let file = try load(index)
            var at = index == segmentIndex ? offset : 0
            while at + BlockHeader.byteCount <= file.count {
                // SAFETY: within the file.
                let bytes = unsafe UnsafeRawBufferPointer(
                    rebasing: file.bytes[at..<at + BlockHeader.byteCount])
                if case .success(let found) = unsafe BlockHeader.read(bytes),
                    found.sequence >= expected.sequence,
                    header == nil || found.runID == header?.runID
                {
                    isAny = true
                    mark = max(mark, found.durableMark)
                }
                at += diskAlignment
            }
        }
        return (isAny, mark)
    }
}
