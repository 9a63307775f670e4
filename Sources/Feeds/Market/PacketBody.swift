/// How far the messages of a packet can be read.
struct PacketBody: BitwiseCopyable {
    /// Messages that are there whole, from the first on.
    var readableCount: UInt64
    /// Where the first thing stands that is no whole message, or the packet's end.
    var end: Int
    /// Fewer messages than the header says.
    var isTruncated: Bool
    /// The header's messages, and nothing else.
    var isWhole: Bool

    /// Walks the lengths of the messages: `next` relies on it and looks at no bound again.
    @inline(__always)
    static func measure(
        _ datagram: UnsafeRawBufferPointer, _ header: PacketHeader, _ feedProtocol: FeedProtocol
    ) -> PacketBody {
        // What the header's own length leaves out is no message, whatever it looks like.
        let limit = min(datagram.count, header.byteCount ?? datagram.count)
        var offset = header.bodyOffset
        var count: UInt64 = 0
        while count < header.count, offset + 2 <= limit {
            // SAFETY: both bytes are there, checked in the line before.
            let next = unsafe offset + 2 + messageLength(datagram, at: offset, feedProtocol)
            guard next <= limit else { break }
            offset = next
            count += 1
        }
        let isTruncated = count < header.count
        return PacketBody(
            readableCount: count, end: offset, isTruncated: isTruncated,
            isWhole: !isTruncated && offset == datagram.count
                && datagram.count == header.byteCount ?? datagram.count)
    }

    /// The two bytes before a message: big-endian in MoldUDP64, little-endian in IEX-TP.
    @inline(__always)
    private static func messageLength(
        _ datagram: UnsafeRawBufferPointer, at offset: Int, _ feedProtocol: FeedProtocol
    ) -> Int {
        // SAFETY: the caller has checked that both bytes are there.
        let raw = unsafe datagram.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return switch feedProtocol {
        case .itch50: Int(UInt16(bigEndian: raw))
        case .deep10: Int(UInt16(littleEndian: raw))
        }
    }
}
