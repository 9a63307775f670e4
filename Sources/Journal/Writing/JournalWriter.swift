internal import Model
public import Plumbing

/// Takes records out of the ring, packs them into blocks and has them written, several at a time.
///
///     ring ──copy──▶ open block ──full or time──▶ sealed ──▶ writing ──▶ written ──sync──▶ durable ──▶ ring released
///
/// Durable is the contiguous prefix of blocks whose writes had completed when a sync began that has completed: blocks
/// finish in any order, and one that is missing holds back all behind it. The ring gets its room back only then.
///
/// After a failed write or sync nothing on that file can be trusted, so the writer stops for good, says so
/// (``JournalStatus/failure``), and what was not durable stays in the ring.
///
/// - Threads: belongs to the journal thread, or is stepped by hand in a seeded world.
@safe public struct JournalWriter: ~Copyable {
    /// A block's buffer and how far it is.
    private struct Slot {
        enum State { case free, open, sealed, writing }
        var state = State.free
        var header: BlockHeader
        var file: DiskFile?
        var offset = 0
        var isRepeated = false
        /// Position in the stream behind the block.
        var endPosition: UInt64 = 0
        var isWritten = false
    }

    private struct Segment {
        let file: DiskFile
        let number: UInt32
        var usedByteCount = 0
        /// Last block and end of its payload, once the next segment has begun.
        var last: (sequence: UInt64, endPosition: UInt64)?
    }

    public let settings: JournalSettings
    public let status: JournalStatus
    public private(set) var state = JournalState.running
    /// Whether the last step filled a block: more is waiting, step again at once.
    public private(set) var isBehind = false

    private let disk: any Disk
    private var reader: JournalRingReader
    private let hasher = BlockHasher()
    private let buffers: UnsafeMutableRawBufferPointer
    private var slots: [Slot]
    private var segments: [Segment] = []
    private var segmentCount: UInt32 = 0
    private var previousHash = BlockHash.none
    /// Blocks are numbered from 1; these count them.
    private var openedBlocks: UInt64 = 0
    private var sealedBlocks: UInt64 = 0
    private var sealedEndPosition: UInt64 = 0
    private var submittedBlocks: UInt64 = 0
    private var writtenPrefix: (blocks: UInt64, endPosition: UInt64) = (0, 0)
    private var durable: (blocks: UInt64, endPosition: UInt64) = (0, 0)
    private var syncTarget: (blocks: UInt64, endPosition: UInt64)?
    private var endBlock: UInt64?
    private var lastCommitNs: UInt64 = 0
    private var operationsInFlight = 0
    private var writtenByteCount: UInt64 = 0
    private var writtenRecordCount: UInt64 = 0

    private static var syncTag: UInt64 { .max }

    /// Makes the first segment at once, so that a disk that is full or not ours is found before the run begins.
    public init(
        _ settings: JournalSettings, reader: consuming JournalRingReader, disk: any Disk,
        status: JournalStatus = JournalStatus()
    ) throws(SetupError) {
        precondition(
            settings.blockByteCountMax % diskAlignment == 0, "Caller: a block is a multiple of 4,096")
        precondition(
            settings.segmentByteCount % diskAlignment == 0, "Caller: a segment is a multiple of 4,096")
        precondition(
            settings.segmentByteCount >= settings.blockByteCountMax, "Caller: a segment holds a block")
        precondition(
            settings.blockByteCountMax - BlockHeader.byteCount >= reader.recordBytesMax,
            "Caller: a block holds the longest record")
        precondition(settings.blocksInFlightMax > 0, "Caller: at least one block is in flight")
        precondition(reader.position == 0, "Caller: a journal begins with its ring")
        self.settings = settings
        self.status = status
        self.disk = disk
        self.reader = reader
        // SAFETY: freed in deinit; zeroed, so that no byte of ours that was never written reaches a file.
        unsafe buffers = UnsafeMutableRawBufferPointer.allocate(
            byteCount: settings.blocksInFlightMax * settings.blockByteCountMax, alignment: diskAlignment)
        unsafe buffers.initializeMemory(as: UInt8.self, repeating: 0)
        slots = Array(
            repeating: Slot(header: BlockHeader(runID: settings.runID, epoch: settings.epoch)),
            count: settings.blocksInFlightMax)
        try startSegment()
    }

    deinit {
        // SAFETY: nobody else knows the buffers, except the disk while operations are in flight: then they are left to
        // it, which happens once, at the end of a failed run.
        if operationsInFlight == 0 { unsafe buffers.deallocate() }
    }

    /// The disk is gone with its power (``SeededDisk/crash()``): nothing that is in flight touches the buffers any more.
    /// Only to be thrown away after this.
    public mutating func diskIsGone() { operationsInFlight = 0 }

    // MARK: Steps

    /// Asks for the end: no record may be appended any more. Step on until ``state`` is `closed` or failed.
    public mutating func requestClose() { if state == .running { state = .closing } }

    /// Does what can be done now without waiting. Returns how much that was: records copied and operations completed.
    public mutating func step(nowNs: UInt64) -> Int {
        isBehind = false
        var work = takeCompletions()
        guard isAlive else { return work }
        work += fill()
        guard isAlive else { return work }
        let isDue = nowNs >= lastCommitNs &+ settings.commitNs
        if let open = openSlot, isDue || state == .closing, slots[open].header.recordCount > 0 { seal(open) }
        if isDue || isBehind { lastCommitNs = nowNs }
        submitSealed()
        if state == .closing { close() }
        submitSync()
        return work
    }

    /// Sleeps until a step can do something: a completion, or the next commit.
    public borrowing func wait(nowNs: UInt64) {
        let due = lastCommitNs &+ settings.commitNs
        disk.wait(timeoutNs: due > nowNs ? due - nowNs : settings.commitNs)
    }

    private var isAlive: Bool {
        switch state {
        case .running, .closing: true
        case .closed, .failed: false
        }
    }

    private mutating func fail(_ errno: Errno, _ what: String, at place: String) {
        guard isAlive else { return }
        state = .failed(errno)
        status.failureMessage =
            "the journal has stopped: \(what) (\(place)): \(errno); \(errno.remedy); "
            + "what was not durable is in the ring"
        // Last: who sees the flag finds the message.
        status.failure.value = UInt64(errno.code)
    }

    // MARK: Filling blocks

    private func slotIndex(_ sequence: UInt64) -> Int { Int((sequence - 1) % UInt64(slots.count)) }

    /// The slot of the block that is being filled.
    private var openSlot: Int? { openedBlocks > sealedBlocks ? slotIndex(openedBlocks) : nil }

    private func payload(_ slot: Int) -> UnsafeMutableRawBufferPointer {
        let start = slot * settings.blockByteCountMax
        // SAFETY: a slot's part of the buffers.
        return unsafe UnsafeMutableRawBufferPointer(
            rebasing: buffers[start + BlockHeader.byteCount..<start + settings.blockByteCountMax])
    }

    /// Copies records until the ring is empty or no block is free.
    private mutating func fill() -> Int {
        var records = 0
        while reader.readableCount > 0 {
            guard let slot = openSlot ?? open() else {
                // Every block is in flight: the next completion goes on.
                isBehind = false
                break
            }
            let copied = copy(into: slot)
            records += copied.records
            if !copied.isFull {
                // What lies behind the ring's end comes with the next look.
                if copied.records == 0 { break }
                continue
            }
            isBehind = true
            if slots[slot].header.recordCount > 0 {
                seal(slot)
            } else {
                // Not one record fits what is left of the segment: the block begins the next one instead.
                openedBlocks -= 1
                slots[slot].state = .free
                guard startNextSegment() else { break }
            }
            submitSealed()
        }
        return records
    }

    private mutating func copy(into slot: Int) -> (records: Int, isFull: Bool) {
        let used = Int(slots[slot].header.payloadByteCount)
        let room =
            min(settings.blockByteCountMax, settings.segmentByteCount - slots[slot].offset)
            - BlockHeader.byteCount - used
        // SAFETY: whole records below `room` are copied to the unused part of the slot's payload.
        let into = unsafe payload(slot)
        var header = slots[slot].header
        let taken = unsafe reader.withReadable { bytes -> (bytes: Int, records: Int, isFull: Bool) in
            var offset = 0
            var records = 0
            var isFull = false
            while offset + 8 <= bytes.count {
                let count = unsafe Int(bytes.load(fromByteOffset: offset, as: UInt32.self))
                let stride = (count + 7) & ~7
                precondition(count >= 8, "Invariant: a record has a header")
                if offset + stride > bytes.count { break }
                if offset + stride > room {
                    isFull = true
                    break
                }
                let type = unsafe bytes.load(fromByteOffset: offset + 4, as: UInt16.self)
                if type == JournalRecordType.input.rawValue || type == JournalRecordType.packet.rawValue {
                    // `sequence` is an input's first field.
                    header.lastInput = unsafe bytes.load(fromByteOffset: offset + 8, as: UInt64.self)
                    if header.firstInput == 0 { header.firstInput = header.lastInput }
                }
                offset += stride
                records += 1
            }
            if offset > 0 {
                unsafe into.baseAddress!.advanced(by: used).copyMemory(
                    from: bytes.baseAddress!, byteCount: offset)
            }
            return (offset, records, isFull)
        }
        header.payloadByteCount += UInt32(taken.bytes)
        header.recordCount += UInt32(taken.records)
        slots[slot].header = header
        reader.advance(taken.bytes)
        return (taken.records, taken.isFull)
    }

    /// Takes the next slot for a block at the segment's end; `nil`: all are in flight, or the segment cannot be made.
    private mutating func open() -> Int? {
        let sequence = openedBlocks + 1
        let slot = slotIndex(sequence)
        guard slots[slot].state == .free else { return nil }
        if segments[segments.count - 1].usedByteCount == settings.segmentByteCount, !startNextSegment() {
            return nil
        }
        let segment = segments[segments.count - 1]
        var header = BlockHeader(runID: settings.runID, epoch: settings.epoch)
        header.isChained = settings.isChained
        header.segment = segment.number
        header.sequence = sequence
        header.position = reader.position
        slots[slot] = Slot(state: .open, header: header, file: segment.file, offset: segment.usedByteCount)
        openedBlocks = sequence
        return slot
    }

    private mutating func seal(_ slot: Int) {
        precondition(slots[slot].state == .open, "Invariant: a block is sealed once")
        var header = slots[slot].header
        let payloadCount = Int(header.payloadByteCount)
        let start = slot * settings.blockByteCountMax
        let end = BlockHeader.byteCount + payloadCount
        header.durableMark = durable.blocks
        header.previousHash = previousHash
        // SAFETY: all within the slot's part of the buffers.
        let block = unsafe UnsafeMutableRawBufferPointer(
            rebasing: buffers[start..<start + header.blockByteCount])
        header.payloadChecksum = unsafe Checksum.crc32c(
            UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount..<end]))
        unsafe header.write(to: block)
        unsafe block.baseAddress!.advanced(by: end).initializeMemory(
            as: UInt8.self, repeating: 0, count: block.count - end)
        if settings.isChained {
            previousHash = unsafe hasher.hash(UnsafeRawBufferPointer(rebasing: block[..<end]))
        }
        slots[slot].header = header
        slots[slot].endPosition = header.position + UInt64(payloadCount)
        slots[slot].state = .sealed
        segments[segments.count - 1].usedByteCount += header.blockByteCount
        sealedBlocks = header.sequence
        sealedEndPosition = slots[slot].endPosition
    }

    // MARK: Segments

    private mutating func startSegment() throws(SetupError) {
        segmentCount += 1
        let file = try disk.createFile(
            settings.path(segment: segmentCount), byteCount: settings.segmentByteCount)
        segments.append(Segment(file: file, number: segmentCount))
    }

    /// The segment after the current one, which has no open block. `false`: it could not be made.
    private mutating func startNextSegment() -> Bool {
        segments[segments.count - 1].last = (sealedBlocks, sealedEndPosition)
        do throws(SetupError) {
            try startSegment()
            return true
        } catch {
            fail(error.reason ?? .ioError, error.what, at: error.place)
            return false
        }
    }

    // MARK: The disk

    private mutating func submitSealed() {
        while isAlive, submittedBlocks < sealedBlocks, submit(slotIndex(submittedBlocks + 1)) {
            submittedBlocks += 1
        }
    }

    private mutating func submit(_ slot: Int) -> Bool {
        let start = slot * settings.blockByteCountMax
        let count = slots[slot].header.blockByteCount
        guard let file = slots[slot].file else { preconditionFailure("Invariant: a sealed block has a file") }
        // SAFETY: the slot is not touched before the completion.
        let isTaken = unsafe disk.submitWrite(
            file, offset: slots[slot].offset,
            UnsafeRawBufferPointer(rebasing: buffers[start..<start + count]),
            tag: slots[slot].header.sequence)
        if isTaken {
            operationsInFlight += 1
            slots[slot].state = .writing
        }
        return isTaken
    }

    /// One sync at a time, for the oldest file with a block that is written and not durable.
    private mutating func submitSync() {
        retireSegments()
        guard isAlive, syncTarget == nil, let segment = segments.first else { return }
        var target = writtenPrefix
        if let last = segment.last, last.sequence < target.blocks {
            target = (last.sequence, last.endPosition)
        }
        guard target.blocks > durable.blocks, disk.submitSync(segment.file, tag: Self.syncTag) else { return }
        operationsInFlight += 1
        syncTarget = target
    }

    private mutating func takeCompletions() -> Int {
        var count = 0
        while let completion = disk.poll() {
            count += 1
            operationsInFlight -= 1
            guard isAlive else { continue }
            if completion.tag == Self.syncTag { synced(completion) } else { written(completion) }
        }
        return count
    }

    private mutating func written(_ completion: DiskCompletion) {
        let slot = slotIndex(completion.tag)
        let header = slots[slot].header
        let path = slots[slot].file?.path ?? ""
        if let failure = completion.failure {
            return fail(failure, "write block \(completion.tag)", at: path)
        }
        if completion.byteCount != header.blockByteCount {
            // The rest is asked for once more, as the whole block: what stopped it says so then.
            if slots[slot].isRepeated {
                return fail(.ioError, "write all of block \(completion.tag)", at: path)
            }
            slots[slot].isRepeated = true
            if !submit(slot) { fail(.ioError, "write the rest of block \(completion.tag)", at: path) }
            return
        }
        writtenByteCount += UInt64(header.blockByteCount)
        writtenRecordCount += UInt64(header.recordCount)
        status.writtenBytes.value = writtenByteCount
        status.writtenRecords.value = writtenRecordCount
        slots[slot].isWritten = true
        while true {
            let next = slotIndex(writtenPrefix.blocks + 1)
            guard slots[next].isWritten, slots[next].header.sequence == writtenPrefix.blocks + 1 else {
                break
            }
            writtenPrefix = (writtenPrefix.blocks + 1, slots[next].endPosition)
            slots[next].isWritten = false
            slots[next].state = .free
        }
    }

    private mutating func synced(_ completion: DiskCompletion) {
        guard let target = syncTarget else { preconditionFailure("Invariant: a sync was asked for") }
        syncTarget = nil
        if let failure = completion.failure {
            return fail(
                failure, "make block \(target.blocks) durable",
                at: segments.first?.file.path ?? settings.folder)
        }
        durable = target
        reader.release(upTo: target.endPosition)
        status.durablePosition.value = target.endPosition
        status.durableBlocks.value = target.blocks
    }

    /// Closes the files of segments that are durable to their last block.
    private mutating func retireSegments() {
        while isAlive, let first = segments.first, let last = first.last, last.sequence <= durable.blocks {
            closeFile(first.file, cutTo: nil)
            segments.removeFirst()
        }
    }

    private mutating func closeFile(_ file: DiskFile, cutTo byteCount: Int?) {
        do throws(SetupError) {
            try disk.close(file, cutTo: byteCount)
        } catch {
            fail(error.reason ?? .ioError, error.what, at: error.place)
        }
    }

    // MARK: The end

    /// When all is durable a last block without records says that the journal is complete.
    private mutating func close() {
        guard isAlive, openSlot == nil, reader.readableCount == 0, durable.blocks == sealedBlocks else {
            return
        }
        if endBlock == nil {
            guard let slot = open() else { return }
            slots[slot].header.isEnd = true
            endBlock = openedBlocks
            seal(slot)
            submitSealed()
        } else if let segment = segments.first, segments.count == 1 {
            closeFile(segment.file, cutTo: segment.usedByteCount)
            guard isAlive else { return }
            segments = []
            state = .closed
            status.closed.value = 1
        }
    }

    /// The hash of the last block that was sealed: the head of the chain, to be anchored outside.
    public var chainHead: BlockHash { previousHash }
}

// Made by one thread, then owned by the journal's.
extension JournalWriter: @unchecked Sendable {}
