extension Ouch50 {
    /// Shares left the order without being executed.
    @frozen public struct OrderCanceled: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "C") }
        @inlinable public static var fixedByteCount: Int { 18 }
        @inlinable public static var appendageIsRequired: Bool { false }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        /// How many left, not how many remain.
        public var quantity: UInt32
        /// `U` user, `I` immediate or cancel, `T` timeout, `S` supervisory, `Q` self match …
        public var reason: UInt8

        @inlinable public init(timestamp: UInt64, userRefNum: UInt32, quantity: UInt32, reason: UInt8) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.quantity = quantity
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
            quantity = reader.big32()
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
            writer.big32(quantity)
            writer.byte(reason)
        }
    }
}
