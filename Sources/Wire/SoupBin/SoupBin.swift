/// SoupBinTCP 3.0: packets over TCP, in both directions, with a sequence that a client can resume.
///
/// A packet is two bytes of length (big-endian, of what follows), a type letter, and the payload. Only packets
/// `S` from the server count in its sequence.
///
/// - Source: NASDAQ, "SoupBinTCP 3.00".
public enum SoupBin {
    /// Length and type letter.
    @inlinable public static var headerByteCount: Int { 3 }

    /// What a packet is.
    @frozen public enum PacketType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// Text for people, from either side.
        case debug = 0x2b
        case loginAccepted = 0x41
        case loginRejected = 0x4a
        case sequencedData = 0x53
        case serverHeartbeat = 0x48
        case endOfSession = 0x5a
        case loginRequest = 0x4c
        case unsequencedData = 0x55
        case clientHeartbeat = 0x52
        case logoutRequest = 0x4f

        /// The length of the payload, or `nil` where the type leaves it open.
        @inlinable public var payloadByteCount: Int? {
            switch self {
            case .debug, .sequencedData, .unsequencedData: nil
            case .serverHeartbeat, .endOfSession, .clientHeartbeat, .logoutRequest: 0
            case .loginAccepted: 30
            case .loginRejected: 1
            case .loginRequest: 46
            }
        }
    }

    /// Where one packet stands in the bytes that it was parsed from.
    @frozen public struct Frame: Equatable, BitwiseCopyable, Sendable {
        public let type: PacketType
        /// Bytes of payload.
        public let payloadCount: Int

        @inlinable public init(type: PacketType, payloadCount: Int) {
            self.type = type
            self.payloadCount = payloadCount
        }

        /// From the packet's first byte on.
        @inlinable public var payloadOffset: Int { headerByteCount }
        /// Bytes of the whole packet: the next one begins here.
        @inlinable public var totalCount: Int { headerByteCount + payloadCount }
    }

    /// What the bytes at the front of a stream are.
    @frozen public enum Parsed: Equatable, BitwiseCopyable, Sendable {
        case frame(Frame)
        /// The packet is not all there yet.
        case needMore
        /// No packet: no type letter, one that nobody sends, or a length that the type does not have. What follows in
        /// the stream cannot be found any more.
        case malformed
    }

    /// Finds the packet at the front of `bytes`. A bad packet is told as soon as its header is there.
    #if !DEBUG
    @_noLocks
    #endif
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> Parsed {
        guard bytes.count >= 2 else { return .needMore }
        // SAFETY: two bytes are there, and a third before it is read.
        let length = unsafe Int(UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self)))
        guard length >= 1 else { return .malformed }
        guard bytes.count >= headerByteCount else { return .needMore }
        guard let type = unsafe PacketType(rawValue: bytes[2]) else { return .malformed }
        if let expected = type.payloadByteCount, expected != length - 1 { return .malformed }
        guard bytes.count >= 2 + length else { return .needMore }
        return .frame(Frame(type: type, payloadCount: length - 1))
    }

    /// Writes the header of a packet whose `payloadCount` bytes the caller puts (or has put) behind it.
    ///
    /// - Returns: 3.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    @inlinable public static func writeHeader(
        _ type: PacketType, payloadCount: Int, to bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(payloadCount >= 0, "Caller: a count is not negative")
        precondition(payloadCount < 0xffff, "Caller: a packet's length is sixteen bits")
        // SAFETY: the writer is given room for the header, which is what the calls write.
        var writer = unsafe WireWriter(bytes, byteCount: headerByteCount)
        writer.big16(UInt16(payloadCount + 1))
        writer.byte(type.rawValue)
        return headerByteCount
    }

    /// Writes a whole packet around `payload`; traps where `bytes` has no room for it.
    ///
    /// - Returns: The bytes of the packet.
    #if !DEBUG
    @_noLocks
    #endif
    public static func write(
        _ type: PacketType, payload: UnsafeRawBufferPointer, to bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        let total = headerByteCount + payload.count
        precondition(bytes.count >= total, "Caller: the buffer has room for the packet")
        // SAFETY: the room for header and payload was checked just above.
        unsafe writeHeader(type, payloadCount: payload.count, to: bytes)
        if let from = payload.baseAddress, let to = bytes.baseAddress {
            unsafe (to + headerByteCount).copyMemory(from: from, byteCount: payload.count)
        }
        return total
    }

    /// Writes a packet that has no payload: heartbeats, end of session, log-out.
    ///
    /// - Returns: 3.
    #if !DEBUG
    @_noLocks
    #endif
    @discardableResult
    public static func writeEmpty(_ type: PacketType, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        precondition(type.payloadByteCount == 0, "Caller: the type has no payload")
        // SAFETY: the room is checked inside.
        return unsafe writeHeader(type, payloadCount: 0, to: bytes)
    }
}
