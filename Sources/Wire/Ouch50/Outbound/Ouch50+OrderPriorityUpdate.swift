extension Ouch50 {
    /// The order changed its place in the queue, and with it its venue number.
    @frozen public struct OrderPriorityUpdate: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "T") }
        @inlinable public static var fixedByteCount: Int { 30 }
        @inlinable public static var appendageIsRequired: Bool { false }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        public var display: UInt8
        public var orderReferenceNumber: UInt64

        @inlinable public init(
            timestamp: UInt64, userRefNum: UInt32, price: UInt64, display: UInt8,
            orderReferenceNumber: UInt64
        ) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.price = price
            self.display = display
            self.orderReferenceNumber = orderReferenceNumber
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
            price = reader.big64()
            display = reader.byte()
            orderReferenceNumber = reader.big64()
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
            writer.big64(price)
            writer.byte(display)
            writer.big64(orderReferenceNumber)
        }
    }
}
