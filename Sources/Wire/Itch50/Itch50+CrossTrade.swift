extension Itch50 {
    /// A cross came to its end.
    @frozen public struct CrossTrade: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "Q") }
        @inlinable public static var byteCount: Int { 40 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        /// 0: nothing crossed.
        public var shares: UInt64
        public var stock: UInt64
        /// In 10⁻⁴ dollars.
        public var crossPrice: UInt32
        public var matchNumber: UInt64
        /// `O` opening, `C` closing, `H` halt or initial offering.
        public var crossType: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, shares: UInt64,
            stock: UInt64, crossPrice: UInt32, matchNumber: UInt64, crossType: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.shares = shares
            self.stock = stock
            self.crossPrice = crossPrice
            self.matchNumber = matchNumber
            self.crossType = crossType
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
            shares = reader.big64()
            stock = reader.little64()
            crossPrice = reader.big32()
            matchNumber = reader.big64()
            crossType = reader.byte()
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
            writer.big64(shares)
            writer.little64(stock)
            writer.big32(crossPrice)
            writer.big64(matchNumber)
            writer.byte(crossType)
            return Self.byteCount
        }
    }
}
