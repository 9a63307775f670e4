extension Itch50 {
    /// The price discovery of a direct listing with a capital raise.
    @frozen public struct DirectListing: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "O") }
        @inlinable public static var byteCount: Int { 48 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var stock: UInt64
        /// `Y` or `N`.
        public var openEligibility: UInt8
        /// In 10⁻⁴ dollars.
        public var minimumPrice: UInt32
        /// In 10⁻⁴ dollars.
        public var maximumPrice: UInt32
        /// In 10⁻⁴ dollars.
        public var nearExecutionPrice: UInt32
        /// Nanoseconds since midnight.
        public var nearExecutionTime: UInt64
        /// In 10⁻⁴ dollars.
        public var lowerCollar: UInt32
        /// In 10⁻⁴ dollars.
        public var upperCollar: UInt32

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, stock: UInt64,
            openEligibility: UInt8, minimumPrice: UInt32, maximumPrice: UInt32,
            nearExecutionPrice: UInt32, nearExecutionTime: UInt64, lowerCollar: UInt32,
            upperCollar: UInt32
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.stock = stock
            self.openEligibility = openEligibility
            self.minimumPrice = minimumPrice
            self.maximumPrice = maximumPrice
            self.nearExecutionPrice = nearExecutionPrice
            self.nearExecutionTime = nearExecutionTime
            self.lowerCollar = lowerCollar
            self.upperCollar = upperCollar
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
            openEligibility = reader.byte()
            minimumPrice = reader.big32()
            maximumPrice = reader.big32()
            nearExecutionPrice = reader.big32()
            nearExecutionTime = reader.big64()
            lowerCollar = reader.big32()
            upperCollar = reader.big32()
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
            writer.byte(openEligibility)
            writer.big32(minimumPrice)
            writer.big32(maximumPrice)
            writer.big32(nearExecutionPrice)
            writer.big64(nearExecutionTime)
            writer.big32(lowerCollar)
            writer.big32(upperCollar)
            return Self.byteCount
        }
    }
}
