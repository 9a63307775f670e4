extension MoldUDP64 {
    /// What every downstream packet begins with.
    ///
    /// No message: a heartbeat, its sequence is the one that comes next.
    @frozen public struct Header: Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var byteCount: Int { 20 }

        public var session: Token10
        /// The number of the first message.
        public var sequence: UInt64
        /// Messages in the packet; 0: heartbeat; 0xffff: end of session.
        public var count: UInt16

        @inlinable public init(session: Token10, sequence: UInt64, count: UInt16) {
            self.session = session
            self.sequence = sequence
            self.count = count
        }

        @inlinable public var isHeartbeat: Bool { count == 0 }
        @inlinable public var isEndOfSession: Bool { count == endOfSessionCount }

        /// - Returns: `nil` where `bytes` is shorter than a header. The messages are not looked at.
        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= Self.byteCount, let base = bytes.baseAddress else { return nil }
            // SAFETY: all twenty bytes are there, checked just above.
            var reader = unsafe WireReader(base)
            session = reader.token10()
            sequence = reader.big64()
            count = reader.big16()
        }

        /// Writes to the front of `bytes`; traps where there is no room for it.
        ///
        /// - Returns: 20.
        #if !DEBUG
        @_noLocks
        #endif
        @discardableResult
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for all that the calls write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.token10(session)
            writer.big64(sequence)
            writer.big16(count)
            return Self.byteCount
        }
    }
}
