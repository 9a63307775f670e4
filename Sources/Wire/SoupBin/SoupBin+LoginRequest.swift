extension SoupBin {
    /// The first packet of a client: who it is, and from where in which session it wants to hear.
    @frozen public struct LoginRequest: Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var payloadByteCount: Int { 46 }

        public var userName: Token6
        public var password: Token10
        /// Spaces: whichever is current.
        public var session: Token10
        /// The next number that the client wants, from 1; 0: what comes from now on.
        public var sequence: UInt64

        @inlinable public init(userName: Token6, password: Token10, session: Token10, sequence: UInt64) {
            self.userName = userName
            self.password = password
            self.session = session
            self.sequence = sequence
        }

        /// - Parameter payload: What stands behind the packet's header.
        /// - Returns: `nil` where the length is not that of a request, or the sequence is no number.
        #if !DEBUG
        @_noLocks
        #endif
        public init?(readingPayload payload: UnsafeRawBufferPointer) {
            guard payload.count == Self.payloadByteCount, let base = payload.baseAddress else { return nil }
            // SAFETY: all 46 bytes are there, checked just above.
            guard let sequence = unsafe readNumber20(base + 26) else { return nil }
            var reader = unsafe WireReader(base)
            userName = reader.token6()
            password = reader.token10()
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
            writer.byte(PacketType.loginRequest.rawValue)
            writer.token6(userName)
            writer.token10(password)
            writer.token10(session)
            writer.number20(sequence)
            return SoupBin.headerByteCount + Self.payloadByteCount
        }
    }
}
