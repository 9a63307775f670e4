extension SoupBin {
    /// The server lets the client in.
    @frozen public struct LoginAccepted: Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var payloadByteCount: Int { 30 }

        public var session: Token10
        /// The number of the next sequenced packet.
        public var sequence: UInt64

        @inlinable public init(session: Token10, sequence: UInt64) {
            self.session = session
            self.sequence = sequence
        }

        /// - Parameter payload: What stands behind the packet's header.
        /// - Returns: `nil` where the length is not that of this packet, or the sequence is no number.
        #if !DEBUG
        @_noLocks
        #endif
        public init?(readingPayload payload: UnsafeRawBufferPointer) {
            guard payload.count == Self.payloadByteCount, let base = payload.baseAddress else { return nil }
            // SAFETY: all 30 bytes are there, checked just above.
            guard let sequence = unsafe readNumber20(base + 10) else { return nil }
            var reader = unsafe WireReader(base)
            session = reader.token10()
            self.sequence = sequence
        }

        /// Writes the whole packet; traps where there is no room for it.
        ///
        /// - Returns: The bytes of the packet.
        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for the whole packet.
            var writer = unsafe WireWriter(bytes, byteCount: SoupBin.headerByteCount + Self.payloadByteCount)
            writer.big16(UInt16(Self.payloadByteCount + 1))
            writer.byte(PacketType.loginAccepted.rawValue)
            writer.token10(session)
            writer.number20(sequence)
            return SoupBin.headerByteCount + Self.payloadByteCount
        }
    }
}
