extension Ouch50 {
    /// The venue changed the order of its own accord; the options say what.
    @frozen public struct OrderRestated: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "R") }
        @inlinable public static var fixedByteCount: Int { 14 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        /// `R` refresh of display, `P` update of displayed price.
        public var reason: UInt8

        @inlinable public init(timestamp: UInt64, userRefNum: UInt32, reason: UInt8) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.reason = reason
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the fixed part that the fields below are read from.
            guard
                let base = unsafe Ouch50.checked(bytes, type: Self.type, fixedByteCount: Self.fixedByteCount)
            else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            timestamp = reader.big64()
            userRefNum = reader.big32()
            reason = reader.byte()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big64(timestamp)
            writer.big32(userRefNum)
            writer.byte(reason)
        }
    }
}
