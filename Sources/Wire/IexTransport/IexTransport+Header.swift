extension IexTransport {
    /// What every outbound packet begins with.
    @frozen public struct Header: Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var byteCount: Int { 40 }

        public var version: UInt8
        public var reserved: UInt8
        /// Which protocol the messages are of: 0x8004 for DEEP 1.0.
        public var messageProtocol: UInt16
        public var channel: UInt32
        public var session: UInt32
        /// Bytes behind the header.
        public var payloadByteCount: UInt16
        /// Messages in the packet; 0: heartbeat.
        public var messageCount: UInt16
        /// Bytes of payload that the session had before this packet.
        public var streamOffset: Int64
        /// The number of the first message; of a heartbeat: the one that comes next.
        public var sequence: Int64
        /// Nanoseconds since 1970, UTC.
        public var sendTimeNs: Int64

        @inlinable public init(
            version: UInt8 = IexTransport.version, reserved: UInt8 = 0,
            messageProtocol: UInt16 = IexTransport.deep10, channel: UInt32, session: UInt32,
            payloadByteCount: UInt16, messageCount: UInt16, streamOffset: Int64, sequence: Int64,
            sendTimeNs: Int64
        ) {
            self.version = version
            self.reserved = reserved
            self.messageProtocol = messageProtocol
            self.channel = channel
            self.session = session
            self.payloadByteCount = payloadByteCount
            self.messageCount = messageCount
            self.streamOffset = streamOffset
            self.sequence = sequence
            self.sendTimeNs = sendTimeNs
        }

        @inlinable public var isHeartbeat: Bool { messageCount == 0 }

        /// - Returns: `nil` where `bytes` is shorter than a header. Neither the version nor the messages are looked at.
        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= Self.byteCount, let base = bytes.baseAddress else { return nil }
            // SAFETY: all forty bytes are there, checked just above.
            var reader = unsafe WireReader(base)
            version = reader.byte()
            reserved = reader.byte()
            messageProtocol = reader.little16()
            channel = reader.little32()
            session = reader.little32()
            payloadByteCount = reader.little16()
            messageCount = reader.little16()
            streamOffset = reader.littleSigned64()
            sequence = reader.littleSigned64()
            sendTimeNs = reader.littleSigned64()
        }

        /// Writes to the front of `bytes`; traps where there is no room for it.
        ///
        /// - Returns: 40.
        #if !DEBUG
        @_noLocks
        #endif
        @discardableResult
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for all that the calls write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(version)
            writer.byte(reserved)
            writer.little16(messageProtocol)
            writer.little32(channel)
            writer.little32(session)
            writer.little16(payloadByteCount)
            writer.little16(messageCount)
            writer.littleSigned64(streamOffset)
            writer.littleSigned64(sequence)
            writer.littleSigned64(sendTimeNs)
            return Self.byteCount
        }
    }
}
