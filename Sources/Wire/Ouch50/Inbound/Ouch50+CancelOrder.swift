extension Ouch50 {
    /// Brings an order down to `quantity` shares; 0 cancels all of it.
    @frozen public struct CancelOrder: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "X") }
        @inlinable public static var fixedByteCount: Int { 9 }
        @inlinable public static var appendageIsRequired: Bool { false }

        public var userRefNum: UInt32
        /// What the order is to have in all, executed shares included; 0: nothing may stay.
        public var quantity: UInt32

        @inlinable public init(userRefNum: UInt32, quantity: UInt32) {
            self.userRefNum = userRefNum
            self.quantity = quantity
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
            userRefNum = reader.big32()
            quantity = reader.big32()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big32(userRefNum)
            writer.big32(quantity)
        }
    }
}
