internal import Wire

/// What both transports say at the front of a packet.
struct PacketHeader: BitwiseCopyable {
    var session: Token10
    /// Number of the first message, or of the next one where there is none.
    var sequence: UInt64
    var count: UInt64
    var endsSession: Bool
    /// When the venue sent it, by its own clock; 0: the protocol does not say.
    var sentAtNs: Int64
    /// Where the first message's length stands.
    var bodyOffset: Int
    /// Bytes of header and messages, by the header's own word; `nil`: it has none.
    var byteCount: Int?
}

/// A header, or why there is none.
enum PacketHeaderResult: BitwiseCopyable {
    case header(PacketHeader)
    case fault(FeedFault.Reason)
}

extension PacketHeader {
    static func read(_ datagram: UnsafeRawBufferPointer, _ feedProtocol: FeedProtocol) -> PacketHeaderResult {
        switch feedProtocol {
        case .itch50: unsafe readMold(datagram)
        case .deep10: unsafe readIex(datagram)
        }
    }

    @inline(__always)
    private static func readMold(_ datagram: UnsafeRawBufferPointer) -> PacketHeaderResult {
        // SAFETY: the codec checks the length.
        guard let header = unsafe MoldUDP64.Header(reading: datagram) else { return .fault(.shortHeader) }
        return .header(
            PacketHeader(
                session: header.session, sequence: header.sequence,
                count: header.isEndOfSession ? 0 : UInt64(header.count), endsSession: header.isEndOfSession,
                sentAtNs: 0,
                bodyOffset: MoldUDP64.Header.byteCount, byteCount: nil))
    }

    @inline(__always)
    private static func readIex(_ datagram: UnsafeRawBufferPointer) -> PacketHeaderResult {
        // SAFETY: the codec checks the length.
        guard let header = unsafe IexTransport.Header(reading: datagram) else { return .fault(.shortHeader) }
        guard header.version == IexTransport.version, header.messageProtocol == IexTransport.deep10 else {
            return .fault(.wrongVersion)
        }
        return .header(
            PacketHeader(
                session: Token10(head: UInt64(header.channel) << 32 | UInt64(header.session), tail: 0),
                sequence: UInt64(bitPattern: header.sequence),
                count: UInt64(header.messageCount), endsSession: false, sentAtNs: header.sendTimeNs,
                bodyOffset: IexTransport.Header.byteCount,
                byteCount: IexTransport.Header.byteCount + Int(header.payloadByteCount)))
    }
}
