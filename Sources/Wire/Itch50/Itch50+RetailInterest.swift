extension Itch50 {
    /// Retail price improvement is there.
    @frozen public struct RetailInterest: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "N") }
        @inlinable public static var byteCount: Int { 20 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var stock: UInt64
        /// `B`, `S`, `A` both, `N` none.
        public var interest: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, stock: UInt64, interest: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.stock = stock
            self.interest = interest
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the bytes that the fields below are read from.
            guard let base = unsafe checkedStart(bytes, type: Self.type, byteCount: Self.byteCount) else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            stockLocate = reader.big16()
            trackingNumber = reader.big16()
            timestamp = reader.big48()
            stock = reader.little64()
            interest = reader.byte()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.big16(stockLocate)
            writer.big16(trackingNumber)
            writer.big48(timestamp)
            writer.little64(stock)
            writer.byte(interest)
            return Self.byteCount
        }
    }
}
