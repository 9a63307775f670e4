extension SoupBin {
    /// The server does not let the client in; the connection ends.
    @frozen public struct LoginRejected: Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var payloadByteCount: Int { 1 }

        /// `A` name or password, `S` no such session.
        public var reason: UInt8

        @inlinable public init(reason: UInt8) { self.reason = reason }

        /// - Parameter payload: What stands behind the packet's header.
        /// - Returns: `nil` where it is not one byte.
        #if !DEBUG
        @_noLocks
        #endif
        public init?(readingPayload payload: UnsafeRawBufferPointer) {
            guard payload.count == Self.payloadByteCount else { return nil }
            // SAFETY: the byte is there, checked just above.
            reason = unsafe payload[0]
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
            writer.byte(PacketType.loginRejected.rawValue)
            writer.byte(reason)
            return SoupBin.headerByteCount + Self.payloadByteCount
        }
    }
}
