/// Reads a run's log, also while it is being written: block for block, each checked.
public struct LogReader {
    /// Why there was no further line.
    public enum Ending: Equatable, Sendable {
        /// Nothing behind what was read, yet.
        case end
        /// What is behind it is no whole block: cut off as the machine or process died, or damaged.
        case torn(file: String, offset: Int)
    }

    private let folder: String
    private var number: Int
    private var head: LogFile.Head
    private var table: LogTable
    private var offset: Int
    private var blockNumber: UInt64 = 0
    private var dropped: UInt64 = 0
    /// The records of the block being shown, and the next one's place.
    private var records: [UInt8] = []
    private var place = 0
    private var pending: [LogLine] = []
    /// Why the last ``next()`` had nothing.
    public private(set) var ending = Ending.end

    /// - Throws: When the folder has no log, or its first file is none.
    public init(folder: String) throws(SetupError) {
        guard let first = try LogFile.numbers(folder: folder).first else {
            throw SetupError(
                "find the log", at: folder, why: "no file log-000001.bin or later",
                remedy:
                    "name a run's folder; runs before this version, and runs with log.level off, have none")
        }
        self.folder = folder
        number = first
        head = try Self.head(folder, first)
        table = LogTable(head.table)
        offset = head.bytes.count
    }

    private static func head(_ folder: String, _ number: Int) throws(SetupError) -> LogFile.Head {
        let path = LogFile.path(folder: folder, number: number)
        guard let bytes = try Files.read(path, byteCountMax: 1 << 20), let head = LogFile.Head(bytes) else {
            throw SetupError(
                "read the log", at: path, why: "its head is missing or damaged",
                remedy: "without the head its lines cannot be told; remove the file to read those after it")
        }
        return head
    }

    /// The next line in order; `nil`: none is there (see ``ending``), and a later call may have one.
    public mutating func next() throws(SetupError) -> LogLine? {
        while true {
            if !pending.isEmpty { return pending.removeFirst() }
            if let line = takeRecord() { return line }
            guard try takeBlock() else { return nil }
        }
    }

    private mutating func takeRecord() -> LogLine? {
        guard place + 16 <= records.count else { return nil }
        let header = records.word(place)
        let byteCount = Int(UInt32(truncatingIfNeeded: header))
        guard byteCount >= 16, byteCount % 8 == 0, byteCount <= records.count - place else {
            // Its checksum held: written so. Nothing behind it can be found.
            place = records.count
            return nil
        }
        let words = stride(from: place + 16, to: place + byteCount, by: 8).map { records.word($0) }
        let line = table.line(
            UInt16(truncatingIfNeeded: header >> 32), timeNs: records.word(place + 8),
            utcAtZeroNs: head.utcAtZeroNs, words)
        place += byteCount
        return line
    }

    private mutating func takeBlock() throws(SetupError) -> Bool {
        let path = LogFile.path(folder: folder, number: number)
        let start = try Files.read(path, from: offset, byteCountMax: LogFile.headerByteCount) ?? []
        guard let found = LogFile.BlockHead(start, runLow: head.runID.low), found.number > blockNumber else {
            return try takeFile(isTorn: start.contains { $0 != 0 }, path)
        }
        let byteCount = LogFile.headerByteCount + found.recordByteCount
        let block = try Files.read(path, from: offset, byteCountMax: byteCount) ?? []
        guard block.count == byteCount,
            LogFile.checksum(block[LogFile.BlockHead.checkedFrom...]) == found.checksum
        else { return try takeFile(isTorn: true, path) }
        ending = .end
        offset += LogFile.padded(byteCount)
        blockNumber = found.number
        records = Array(block[LogFile.headerByteCount...])
        place = 0
        if found.dropped > dropped {
            // Told with the time of the record that stands behind the gap, as near as it can be told.
            let timeNs = records.count >= 16 ? records.word(8) : 0
            pending.append(
                LogLine(
                    level: .warning, name: "dropped", timeNs: timeNs,
                    utcNs: head.utcAtZeroNs &+ Int64(bitPattern: timeNs),
                    values: [.whole(Int64(clamping: found.dropped - dropped))],
                    text:
                        "\(found.dropped - dropped) lines were dropped about here: the log's ring was full"))
            dropped = found.dropped
        }
        return true
    }

    /// The next file, where there is one. What is torn in the last file may yet be on its way to the disk.
    private mutating func takeFile(isTorn: Bool, _ path: String) throws(SetupError) -> Bool {
        let later = try LogFile.numbers(folder: folder).first { $0 > number }
        guard let later else {
            ending = isTorn ? .torn(file: path, offset: offset) : .end
            return false
        }
        // Its head is written first, but this may be before that.
        let bytes = try Files.read(LogFile.path(folder: folder, number: later), byteCountMax: 1 << 20) ?? []
        guard let next = LogFile.Head(bytes) else {
            ending = .end
            return false
        }
        number = later
        head = next
        table = LogTable(next.table)
        offset = next.bytes.count
        return true
    }
}
