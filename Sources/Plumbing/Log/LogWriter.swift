/// Takes records out of the log's ring and has them written in blocks, several at a time, past the page cache: 4,096 bytes
/// at least, every ``LogFiles/flushNs`` while there are any, 256 KiB when there is much.
///
/// The log never holds up what trades. When its disk fails it ends, says so (``LogStatus/failure``), and from then on what
/// is logged is dropped and counted.
///
/// - Threads: belongs to the drain thread, or is stepped by hand in a test.
@safe public struct LogWriter: ~Copyable {
    public enum State: Equatable, Sendable { case running, closing, closed, failed }

    public let files: LogFiles
    public let status: LogStatus
    public private(set) var state = State.running
    /// The last step filled a block: step again at once.
    public private(set) var isBehind = false

    private let disk: any Disk
    private var source: LogSource
    private let buffers: UnsafeMutableRawBufferPointer
    private var busy: [Bool]
    /// Bytes submitted in each buffer: a short write is a failed one.
    private var submitted: [Int]
    private var file: DiskFile
    private var fileNumber = 1
    private var offset = 0
    private var inFlight = 0
    /// The buffer that is being filled, and how far: 0 where none is.
    private var open: Int?
    private var openByteCount = 0
    private var openRecordCount = 0
    private var blockCount: UInt64 = 0
    private var lastFlushNs: UInt64 = 0

    private static var bufferCount: Int { 4 }
    private static var headTag: UInt64 { .max }

    /// Makes the first file at once, so that a disk that is full or not ours is found before the run begins.
    public init(
        _ files: LogFiles, source: consuming LogSource, disk: any Disk, status: LogStatus = LogStatus()
    )
        throws(SetupError)
    {
        precondition(files.fileByteCount % diskAlignment == 0, "Caller: a file is a multiple of 4,096")
        precondition(
            files.fileByteCount >= 2 * LogFile.blockByteCountMax, "Caller: a file holds a block and its head")
        precondition(files.fileCountMax >= 2, "Caller: one file is kept while the next is written")
        self.files = files
        self.source = source
        self.disk = disk
        self.status = status
        // SAFETY: freed in deinit; zeroed, so that no byte of ours that was never written reaches a file.
        unsafe buffers = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.bufferCount * LogFile.blockByteCountMax, alignment: diskAlignment)
        unsafe buffers.initializeMemory(as: UInt8.self, repeating: 0)
        busy = Array(repeating: false, count: Self.bufferCount)
        submitted = Array(repeating: 0, count: Self.bufferCount)
        file = DiskFile(number: -1, path: files.folder)  // until there is one: all else is set by now
        file = try disk.createFile(
            LogFile.path(folder: files.folder, number: 1), byteCount: files.fileByteCount)
        try writeHead()
    }

    deinit {
        // SAFETY: nobody else knows the buffers, except the disk while writes are in flight: then they are left to it,
        // which happens once, at the end of a log that failed.
        if inFlight == 0 { unsafe buffers.deallocate() }
    }

    /// Asks for the end: no record may be written any more. Step on until ``state`` is `closed` or `failed`.
    public mutating func requestClose() { if state == .running { state = .closing } }

    /// Does what can be done now without waiting for the disk.
    ///
    /// - Returns: How many records and writes that was.
    public mutating func step(nowNs: UInt64) -> Int {
        isBehind = false
        var work = takeCompletions()
        guard isAlive else { return work }
        work += fill()
        guard isAlive else { return work }
        if openRecordCount > 0, state == .closing || nowNs >= lastFlushNs &+ files.flushNs {
            flush()
            lastFlushNs = nowNs
        }
        status.droppedRecords.value = source.droppedCount
        if state == .closing, openRecordCount == 0, inFlight == 0, source.reader.readableCount == 0 {
            close()
        }
        return work
    }

    /// Sleeps until a write has ended or the time is over.
    public borrowing func wait(ns: UInt64) { disk.wait(timeoutNs: ns) }

    /// Blocks are on their way to the disk.
    var isWriting: Bool { inFlight > 0 }

    private var isAlive: Bool {
        switch state {
        case .running, .closing: true
        case .closed, .failed: false
        }
    }

    private mutating func fail(_ message: String) {
        guard isAlive else { return }
        state = .failed
        status.failureMessage = "the log ends here: \(message); trading is not touched"
    }

    private mutating func takeCompletions() -> Int {
        var work = 0
        while let completion = disk.poll() {
            work += 1
            inFlight -= 1
            if let failure = completion.failure { fail("\(file.path): \(failure); \(failure.remedy)") }
            guard completion.tag < UInt64(busy.count) else { continue }
            let slot = Int(completion.tag)
            busy[slot] = false
            if completion.failure == nil, completion.byteCount < submitted[slot] {
                fail("\(file.path): only part of a block was written; free space on the disk")
            }
            status.writtenByteCount.value += UInt64(completion.byteCount)
        }
        return work
    }

    // MARK: Lines of others

    /// A line that did not come by the ring: of a thread that is not the hot one. `false`: there is no room now.
    mutating func put(_ format: LogFormat, atNs: UInt64, _ words: [UInt64]) -> Bool {
        guard isAlive else { return true }
        if open == nil {
            open = busy.firstIndex(of: false)
            openByteCount = LogFile.headerByteCount
            openRecordCount = 0
        }
        // As st_log_append() writes one.
        let byteCount = 16 + 8 * words.count
        guard let slot = open, openByteCount + byteCount <= LogFile.blockByteCountMax else { return false }
        let place = slot * LogFile.blockByteCountMax + openByteCount
        // SAFETY: the slot's buffer is ours until it is submitted, and has that much room.
        unsafe buffers.storeBytes(of: UInt32(byteCount), toByteOffset: place, as: UInt32.self)
        unsafe buffers.storeBytes(of: UInt32(format.rawValue), toByteOffset: place + 4, as: UInt32.self)
        unsafe buffers.storeBytes(of: atNs, toByteOffset: place + 8, as: UInt64.self)
        for (index, word) in words.enumerated() {
            unsafe buffers.storeBytes(of: word, toByteOffset: place + 16 + 8 * index, as: UInt64.self)
        }
        openByteCount += byteCount
        openRecordCount += 1
        return true
    }

    // MARK: Blocks

    /// Whole records out of the ring, as many as there are buffers for.
    private mutating func fill() -> Int {
        var count = 0
        while true {
            if open == nil {
                open = busy.firstIndex(of: false)
                openByteCount = LogFile.headerByteCount
                openRecordCount = 0
            }
            guard let slot = open else { return count }
            let from = openByteCount
            // SAFETY: the slot's buffer is ours until it is submitted, and the ring's bytes until they are released.
            let taken = unsafe source.reader.withReadable { readable -> (bytes: Int, records: Int) in
                let room = LogFile.blockByteCountMax - from
                var bytes = 0
                var records = 0
                while bytes + 8 <= readable.count {
                    let next = unsafe bytes + Int(readable.load(fromByteOffset: bytes, as: UInt32.self))
                    if next > readable.count || next > room { break }
                    bytes = next
                    records += 1
                }
                guard bytes > 0 else { return (0, 0) }
                let to = unsafe buffers.baseAddress! + (slot * LogFile.blockByteCountMax + from)
                unsafe to.copyMemory(from: readable.baseAddress!, byteCount: bytes)
                return (bytes, records)
            }
            let waits = source.reader.readableCount > taken.bytes
            if taken.bytes > 0 {
                source.reader.advance(taken.bytes)
                source.reader.release(upTo: source.reader.position)
                openByteCount += taken.bytes
                openRecordCount += taken.records
                count += taken.records
            }
            guard waits else { return count }
            // What waits did not fit: the block is full. (Or it came this instant: then it is a little early.)
            if openByteCount > LogFile.blockByteCountMax - 128 {
                flush()
                isBehind = true
                guard isAlive else { return count }
            } else if taken.bytes == 0 {
                return count
            }
        }
    }

    /// Closes the open block and begins to write it.
    private mutating func flush() {
        guard let slot = open, openRecordCount > 0 else { return }
        let byteCount = LogFile.padded(openByteCount)
        if offset + byteCount > files.fileByteCount {
            do throws(SetupError) {
                try nextFile()
            } catch {
                fail("\(error)")
                return
            }
        }
        blockCount += 1
        var head = LogFile.BlockHead(
            runLow: files.runID.low, number: blockCount,
            recordByteCount: openByteCount - LogFile.headerByteCount,
            recordCount: openRecordCount, dropped: source.droppedCount)
        let start = slot * LogFile.blockByteCountMax
        // SAFETY: the slot's buffer, which is not touched again before its write has completed.
        let block = unsafe UnsafeMutableRawBufferPointer(rebasing: buffers[start..<start + byteCount])
        unsafe head.write(block)
        for place in openByteCount..<byteCount { unsafe block[place] = 0 }
        let checked = unsafe block[LogFile.BlockHead.checkedFrom..<openByteCount]
        head.checksum = unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: checked))
        unsafe head.write(block)
        // There is room: the disk takes more at once than there are buffers.
        guard unsafe disk.submitWrite(file, offset: offset, UnsafeRawBufferPointer(block), tag: UInt64(slot))
        else {
            fail("\(file.path): the disk takes no write")
            return
        }
        busy[slot] = true
        submitted[slot] = byteCount
        inFlight += 1
        offset += byteCount
        status.writtenRecordCount.value += UInt64(openRecordCount)
        open = nil
        openRecordCount = 0
    }

    // MARK: Files

    /// The table of formats, and with it what the file's times mean. Waits: once a file.
    private mutating func writeHead() throws(SetupError) {
        let head = LogFile.Head(
            runID: files.runID, utcAtZeroNs: files.utcAtZeroNs, number: fileNumber,
            table: LogFile.table(strategies: files.strategies, currency: files.currency))
        let bytes = head.bytes
        // SAFETY: freed below, when the write has completed; on failure it is left to the disk.
        let aligned = UnsafeMutableRawBufferPointer.allocate(
            byteCount: bytes.count, alignment: diskAlignment)
        unsafe aligned.copyBytes(from: bytes)
        guard unsafe disk.submitWrite(file, offset: 0, UnsafeRawBufferPointer(aligned), tag: Self.headTag)
        else {
            throw SetupError("write the log's head", at: file.path, .wouldBlock)
        }
        inFlight += 1
        try settle()
        unsafe aligned.deallocate()
        offset = bytes.count
    }

    /// Waits until nothing is in flight.
    private mutating func settle() throws(SetupError) {
        while inFlight > 0 {
            disk.wait(timeoutNs: 10_000_000)
            _ = takeCompletions()
        }
        if state == .failed { throw SetupError("write the log", at: file.path, .ioError) }
    }

    /// Ends the file in use, begins the next, and removes the oldest beyond the bound.
    private mutating func nextFile() throws(SetupError) {
        try settle()
        try disk.close(file, cutTo: offset)
        fileNumber += 1
        file = try disk.createFile(
            LogFile.path(folder: files.folder, number: fileNumber), byteCount: files.fileByteCount)
        try writeHead()
        let oldest = fileNumber - files.fileCountMax
        if oldest > 0 { try Files.remove(LogFile.path(folder: files.folder, number: oldest)) }
    }

    private mutating func close() {
        do throws(SetupError) {
            try disk.close(file, cutTo: offset)
            state = .closed
        } catch {
            fail("\(error)")
        }
    }
}

// Made by one thread, then owned by the drain thread alone.
extension LogWriter: @unchecked Sendable {}
