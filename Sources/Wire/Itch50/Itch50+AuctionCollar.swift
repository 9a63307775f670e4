extension Itch50 {
    /// The collars of the auction that ends a price-band pause.
    @frozen public struct AuctionCollar: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "J") }
        @inlinable public static var byteCount: Int { 35 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var stock: UInt64
        /// In 10⁻⁴ dollars.
        public var referencePrice: UInt32
        /// In 10⁻⁴ dollars.
        public var upperPrice: UInt32
        /// In 10⁻⁴ dollars.
        public var lowerPrice: UInt32
        /// How often the auction was extended.
        public var extensionCount: UInt32

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, stock: UInt64,
            referencePrice: UInt32, upperPrice: UInt32, lowerPrice: UInt32, extensionCount: UInt32
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.stock = stock
            self.referencePrice = referencePrice
            self.upperPrice = upperPrice
            self.lowerPrice = lowerPrice
            self.extensionCount = extensionCount
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
            referencePrice = reader.big32()
            upperPrice = reader.big32()
            lowerPrice = reader.big32()
            extensionCount = reader.big32()
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
            writer.big32(referencePrice)
            writer.big32(upperPrice)
            writer.big32(lowerPrice)
            writer.big32(extensionCount)
            return Self.byteCount
        }
    }
}
