internal import CSpinetailPlumbing

/// What a process that died had appended to its ring and not seen durable in its journal.
public struct SalvagedRing: Sendable {
    public let runID: RunID
    public let epoch: UInt32
    /// The journal position (``JournalRing/position``) of the first byte: what the journal's files hold beyond this is
    /// here a second time.
    public let firstPosition: UInt64
    /// The records as they stood in the ring: 8-byte header, content, padding to 8.
    public let bytes: [UInt8]

    public var endPosition: UInt64 { firstPosition + UInt64(bytes.count) }

    public init(runID: RunID, epoch: UInt32, firstPosition: UInt64, bytes: [UInt8]) {
        self.runID = runID
        self.epoch = epoch
        self.firstPosition = firstPosition
        self.bytes = bytes
    }

    /// The records from journal position `from` on, in order. Stops at a record that contradicts its length.
    public func forEachRecord(
        from position: UInt64 = 0,
        _ body: (JournalRecordType, _ stream: UInt16, _ content: ArraySlice<UInt8>) -> Void
    ) {
        var offset = 0
        while offset + 8 <= bytes.count {
            let count = Int(word(offset, bytes: 4))
            guard count >= 8, count <= bytes.count - offset else { return }
            if firstPosition + UInt64(offset) >= position,
                let type = JournalRecordType(rawValue: UInt16(word(offset + 4, bytes: 2)))
            {
                body(type, UInt16(word(offset + 6, bytes: 2)), bytes[offset + 8..<offset + count])
            }
            offset += (count + 7) & ~7
        }
    }

    private func word(_ offset: Int, bytes count: Int) -> UInt32 {
        (0..<count).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}

extension JournalRing {
    /// Reads the ring that a dead process left at `path`. Changes nothing: the file is removed by whoever has made
    /// the records durable elsewhere.
    public static func salvage(path: String) throws(SetupError) -> SalvagedRing {
        var found = st_journal_salvage()
        // SAFETY: C writes the struct and nothing else.
        if let refusal = Errno(result: unsafe path.withCString { unsafe st_journal_salvage_open($0, &found) })
        {
            throw SetupError("salvage a journal ring", at: path, refusal)
        }
        var bytes = [UInt8](repeating: 0, count: Int(found.published - found.released))
        if !bytes.isEmpty {
            // SAFETY: the array is as long as the bytes between the two positions.
            let result = unsafe bytes.withUnsafeMutableBytes { into in
                unsafe path.withCString { path in
                    unsafe withUnsafePointer(to: found) { found in
                        unsafe st_journal_salvage_read(path, found, into.baseAddress!)
                    }
                }
            }
            if let refusal = Errno(result: result) {
                throw SetupError("salvage a journal ring", at: path, refusal)
            }
        }
        // SAFETY: sixteen bytes, any of which are a number.
        let id = unsafe withUnsafeBytes(of: &found.run_id) { bytes in
            unsafe RunID(
                low: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                high: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
        return SalvagedRing(runID: id, epoch: found.epoch, firstPosition: found.released, bytes: bytes)
    }
}
