extension Itch50 {
    /// A new order in the book.
    @frozen public struct AddOrder: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "A") }
        @inlinable public static var byteCount: Int { 36 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var orderReference: UInt64
        /// `B` or `S`.
        public var side: UInt8
        public var shares: UInt32
        public var stock: UInt64
        /// In 10⁻⁴ dollars.
        public var price: UInt32

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, orderReference: UInt64,
            side: UInt8, shares: UInt32, stock: UInt64, price: UInt32
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.orderReference = orderReference
            self.side = side
            self.shares = shares
            self.stock = stock
            self.price = price
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
            orderReference = reader.big64()
            side = reader.byte()
            shares = reader.big32()
            stock = reader.little64()
            price = reader.big32()
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
            writer.big64(orderReference)
            writer.byte(side)
            writer.big32(shares)
            writer.little64(stock)
            writer.big32(price)
            return Self.byteCount
        }
    }
}
