extension Deep10 {
    /// IEX's official opening or closing price.
    @frozen public struct OfficialPrice: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "X") }
        @inlinable public static var byteCount: Int { 26 }

        /// `Q` opening, `M` closing.
        public var priceType: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64
        /// In 10⁻⁴ dollars.
        public var price: Int64

        @inlinable public init(priceType: UInt8, timestamp: UInt64, symbol: UInt64, price: Int64) {
            self.priceType = priceType
            self.timestamp = timestamp
            self.symbol = symbol
            self.price = price
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
            priceType = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
            price = reader.littleSigned64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(priceType)
            writer.little64(timestamp)
            writer.little64(symbol)
            writer.littleSigned64(price)
            return Self.byteCount
        }
    }
}
