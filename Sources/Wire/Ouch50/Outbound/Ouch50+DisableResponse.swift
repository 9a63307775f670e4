extension Ouch50 {
    /// Order entry is off for the firm.
    @frozen public struct DisableResponse: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "G") }
        @inlinable public static var fixedByteCount: Int { 17 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        public var firm: UInt32

        @inlinable public init(timestamp: UInt64, userRefNum: UInt32, firm: UInt32) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.firm = firm
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
            firm = reader.little32()
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
            writer.little32(firm)
        }
    }
}
