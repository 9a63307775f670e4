extension Deep10 {
    /// An execution on IEX.
    @frozen public struct TradeReport: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "T") }
        @inlinable public static var byteCount: Int { 38 }

        /// 0x80 sweep, 0x40 extended hours, 0x20 odd lot, 0x10 trade-through exempt, 0x08 single-price cross.
        public var saleFlags: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64
        /// Shares.
        public var size: UInt32
        /// In 10⁻⁴ dollars.
        public var price: Int64
        public var tradeID: UInt64

        @inlinable public init(
            saleFlags: UInt8, timestamp: UInt64, symbol: UInt64, size: UInt32, price: Int64,
            tradeID: UInt64
        ) {
            self.saleFlags = saleFlags
            self.timestamp = timestamp
            self.symbol = symbol
            self.size = size
            self.price = price
            self.tradeID = tradeID
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the bytes that the fields below are read from.
            guard let base = unsafe checkedFront(bytes, type: Self.type, byteCount: Self.byteCount) else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            saleFlags = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
            size = reader.little32()
            price = reader.littleSigned64()
            tradeID = reader.little64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(saleFlags)
            writer.little64(timestamp)
            writer.little64(symbol)
            writer.little32(size)
            writer.littleSigned64(price)
            writer.little64(tradeID)
            return Self.byteCount
        }
    }
}
