extension Itch50 {
    /// How a cross would come out now.
    @frozen public struct NetOrderImbalance: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "I") }
        @inlinable public static var byteCount: Int { 50 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var pairedShares: UInt64
        public var imbalanceShares: UInt64
        /// `B`, `S`, `N` none, `O` too few orders, `P` paused.
        public var imbalanceDirection: UInt8
        public var stock: UInt64
        /// In 10⁻⁴ dollars.
        public var farPrice: UInt32
        /// In 10⁻⁴ dollars.
        public var nearPrice: UInt32
        /// In 10⁻⁴ dollars.
        public var referencePrice: UInt32
        public var crossType: UInt8
        public var priceVariation: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, pairedShares: UInt64,
            imbalanceShares: UInt64, imbalanceDirection: UInt8, stock: UInt64, farPrice: UInt32,
            nearPrice: UInt32, referencePrice: UInt32, crossType: UInt8, priceVariation: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.pairedShares = pairedShares
            self.imbalanceShares = imbalanceShares
            self.imbalanceDirection = imbalanceDirection
            self.stock = stock
            self.farPrice = farPrice
            self.nearPrice = nearPrice
            self.referencePrice = referencePrice
            self.crossType = crossType
            self.priceVariation = priceVariation
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
            pairedShares = reader.big64()
            imbalanceShares = reader.big64()
            imbalanceDirection = reader.byte()
            stock = reader.little64()
            farPrice = reader.big32()
            nearPrice = reader.big32()
            referencePrice = reader.big32()
            crossType = reader.byte()
            priceVariation = reader.byte()
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
            writer.big64(pairedShares)
            writer.big64(imbalanceShares)
            writer.byte(imbalanceDirection)
            writer.little64(stock)
            writer.big32(farPrice)
            writer.big32(nearPrice)
            writer.big32(referencePrice)
            writer.byte(crossType)
            writer.byte(priceVariation)
            return Self.byteCount
        }
    }
}
