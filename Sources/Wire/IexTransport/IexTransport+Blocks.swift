extension IexTransport {
    /// The message whose block begins at `offset` in `packet`; `nil` where the packet ends before it does.
    ///
    /// The first block begins behind the header, each other at ``MessageBlock/end`` of the one before; how many
    /// there are is the header's word.
    @inlinable
    public static func block(at offset: Int, in packet: UnsafeRawBufferPointer) -> MessageBlock? {
        guard offset >= 0, offset <= packet.count - blockHeaderByteCount else { return nil }
        // SAFETY: the two bytes of length are there, checked just above.
        let count = unsafe Int(
            UInt16(littleEndian: packet.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        guard count <= packet.count - blockHeaderByteCount - offset else { return nil }
        return MessageBlock(offset: offset + blockHeaderByteCount, count: count)
    }

    /// Whether `packet` is a header and exactly the messages and bytes that it speaks of.
    #if !DEBUG
    @_noLocks
    #endif
    public static func isWhole(_ packet: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: bounds are checked inside the two calls.
        guard let header = unsafe Header(reading: packet) else { return false }
        var offset = Header.byteCount
        for _ in 0..<header.messageCount {
            // SAFETY: bounds are checked inside.
            guard let block = unsafe block(at: offset, in: packet) else { return false }
            offset = block.end
        }
        return offset == packet.count && offset == Header.byteCount + Int(header.payloadByteCount)
    }

    /// Writes the two bytes of length of a message that the caller puts behind them.
    ///
    /// - Returns: 2.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    public static func writeBlockHeader(
        count: Int, to bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        precondition(count >= 0 && count <= 0xffff, "Caller: a message's length is sixteen bits")
        precondition(
            offset >= 0 && offset <= bytes.count - blockHeaderByteCount,
            "Caller: the buffer has room for the length")
        // SAFETY: the two bytes are inside the buffer, checked just above.
        unsafe bytes.storeBytes(of: UInt16(count).littleEndian, toByteOffset: offset, as: UInt16.self)
        return blockHeaderByteCount
    }
}
