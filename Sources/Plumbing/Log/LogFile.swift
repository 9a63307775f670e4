/// The form of the log's files: see Documentation/log.md. All numbers are little-endian.
///
///     log-000001.bin: | head: magic, run, clock, table of formats | block | block | …   each a multiple of 4,096 bytes
///     block:          | magic, number, lengths, CRC-32C | records as they stood in the ring | zeros |
enum LogFile {
    /// "SPTLOG01", "SPTLOGBK".
    static let headMagic: UInt64 = 0x3130_474f_4c54_5053
    static let blockMagic: UInt64 = 0x4b42_474f_4c54_5053
    static let version: UInt32 = 1
    static let headerByteCount = 64
    /// The longest block, head included: what a reader must have room for.
    static let blockByteCountMax = 256 << 10

    static func path(folder: String, number: Int) -> String {
        let digits = String(number)
        return "\(folder)/log-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).bin"
    }

    /// The numbers of the files in a folder, rising.
    static func numbers(folder: String) throws(SetupError) -> [Int] {
        try Files.list(folder).compactMap { name in
            guard name.hasPrefix("log-"), name.hasSuffix(".bin") else { return nil }
            return Int(name.dropFirst(4).dropLast(4))
        }.sorted()
    }

    static func padded(_ byteCount: Int) -> Int { (byteCount + diskAlignment - 1) & ~(diskAlignment - 1) }

    /// One line a format, one a name, one a measure, fields apart by tabs:
    ///
    ///     format <number> <level> <name> <arguments, apart by blanks> <text with {}>
    ///     name <argument> <value> <name>
    ///     refused|tripped <rule> <scope> <unit> <setting>
    ///     currency <code of the account's base>
    ///
    /// - Parameter strategies: Their names, in the order of their numbers.
    static func table(strategies: [String] = [], currency: String = "") -> String {
        var text = ""
        for format in LogFormat.allCases {
            let arguments = format.arguments.map(\.rawValue).joined(separator: " ")
            text +=
                "format\t\(format.rawValue)\t\(format.level.name)\t\(format.name)\t\(arguments)\t\(format.text)\n"
        }
        for argument in LogArgument.allCases {
            for (value, name) in argument.names { text += "name\t\(argument.rawValue)\t\(value)\t\(name)\n" }
        }
        for (index, name) in strategies.enumerated() {
            text += "name\t\(LogArgument.strategy.rawValue)\t\(index)\t\(name)\n"
        }
        for (word, rule, scope, unit, setting) in LogArgument.measures {
            text += "\(word)\t\(rule.rawValue)\t\(scope.rawValue)\t\(unit.rawValue)\t\(setting)\n"
        }
        if !currency.isEmpty { text += "currency\t\(currency)\n" }
        return text
    }

    /// The head of a file.
    struct Head {
        var runID: RunID
        /// UTC, nanoseconds since 1970, at engine time 0.
        var utcAtZeroNs: Int64
        var number: Int
        var table: String

        /// A multiple of 4,096 bytes.
        var bytes: [UInt8] {
            let text = Array(table.utf8)
            var bytes = [UInt8](repeating: 0, count: padded(headerByteCount + text.count))
            bytes.put(headMagic, at: 0)
            bytes.put(UInt64(version) | UInt64(bytes.count) << 32, at: 8)
            bytes.put(runID.low, at: 16)
            bytes.put(runID.high, at: 24)
            bytes.put(UInt64(bitPattern: utcAtZeroNs), at: 32)
            bytes.put(UInt64(number), at: 40)
            bytes.put(UInt64(text.count), at: 48)
            bytes.replaceSubrange(headerByteCount..<headerByteCount + text.count, with: text)
            bytes.put(UInt64(checksum(bytes[...])), at: 56)
            return bytes
        }

        init(runID: RunID, utcAtZeroNs: Int64, number: Int, table: String = LogFile.table()) {
            self.runID = runID
            self.utcAtZeroNs = utcAtZeroNs
            self.number = number
            self.table = table
        }

        /// `nil`: no head of ours, or damaged.
        init?(_ bytes: [UInt8]) {
            guard bytes.count >= headerByteCount, bytes.word(0) == headMagic,
                UInt32(truncatingIfNeeded: bytes.word(8)) == version
            else { return nil }
            let count = Int(bytes.word(8) >> 32)
            let textCount = Int(clamping: bytes.word(48))
            guard count <= bytes.count, textCount <= count - headerByteCount else { return nil }
            var checked = Array(bytes[..<count])
            checked.put(0, at: 56)
            guard UInt64(checksum(checked[...])) == bytes.word(56) else { return nil }
            runID = RunID(low: bytes.word(16), high: bytes.word(24))
            utcAtZeroNs = Int64(bitPattern: bytes.word(32))
            number = Int(clamping: bytes.word(40))
            table = String(
                decoding: bytes[headerByteCount..<headerByteCount + textCount], as: UTF8.self)
        }
    }

    /// The head of a block.
    struct BlockHead {
        var runLow: UInt64
        /// 1, 2, 3 … on through all files of a run.
        var number: UInt64
        var recordByteCount: Int
        var recordCount: Int
        /// Records of the run that had been dropped when the block was closed.
        var dropped: UInt64
        var checksum: UInt32

        /// Where the check of a block begins: everything in front of it is the magic and itself.
        static let checkedFrom = 16

        func write(_ bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the caller's buffer has a block's head at its beginning.
            unsafe bytes.storeBytes(of: blockMagic.littleEndian, toByteOffset: 0, as: UInt64.self)
            unsafe bytes.storeBytes(of: UInt64(checksum).littleEndian, toByteOffset: 8, as: UInt64.self)
            unsafe bytes.storeBytes(of: runLow.littleEndian, toByteOffset: 16, as: UInt64.self)
            unsafe bytes.storeBytes(of: number.littleEndian, toByteOffset: 24, as: UInt64.self)
            unsafe bytes.storeBytes(
                of: UInt64(recordByteCount).littleEndian, toByteOffset: 32, as: UInt64.self)
            unsafe bytes.storeBytes(of: UInt64(recordCount).littleEndian, toByteOffset: 40, as: UInt64.self)
            unsafe bytes.storeBytes(of: dropped.littleEndian, toByteOffset: 48, as: UInt64.self)
            unsafe bytes.storeBytes(of: 0, toByteOffset: 56, as: UInt64.self)
        }

        init(runLow: UInt64, number: UInt64, recordByteCount: Int, recordCount: Int, dropped: UInt64) {
            self.runLow = runLow
            self.number = number
            self.recordByteCount = recordByteCount
            self.recordCount = recordCount
            self.dropped = dropped
            checksum = 0
        }

        /// `nil`: nothing was written here, or not a block of this run.
        init?(_ bytes: [UInt8], runLow: UInt64) {
            guard bytes.count >= headerByteCount, bytes.word(0) == blockMagic, bytes.word(16) == runLow,
                bytes.word(32) <= UInt64(blockByteCountMax - headerByteCount)
            else { return nil }
            self.runLow = runLow
            number = bytes.word(24)
            recordByteCount = Int(bytes.word(32))
            recordCount = Int(clamping: bytes.word(40))
            dropped = bytes.word(48)
            checksum = UInt32(truncatingIfNeeded: bytes.word(8))
        }
    }

    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32c($0) }
    }
}

extension [UInt8] {
    /// Eight bytes at `offset`, which the caller knows to be there.
    func word(_ offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
    }

    mutating func put(_ value: UInt64, at offset: Int) {
        for byte in 0..<8 { self[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
    }
}
