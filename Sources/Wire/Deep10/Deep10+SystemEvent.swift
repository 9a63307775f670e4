extension Deep10 {
    /// The market's day.
    @frozen public struct SystemEvent: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "S") }
        @inlinable public static var byteCount: Int { 10 }

        /// `O` start of messages, `S` start of system hours, `R` start of regular hours, `M` end of those,
        /// `E` end of system hours, `C` end of messages.
        public var event: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64

        @inlinable public init(event: UInt8, timestamp: UInt64) {
            self.event = event
            self.timestamp = timestamp
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the bytes that the fields below are read from.
            guard let base = unsafe checkedFront(bytes, type: Self.type, byteCount: Self.byteCount) else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            event = reader.byte()
            timestamp = reader.little64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(event)
            writer.little64(timestamp)
            return Self.byteCount
        }
    }
}
