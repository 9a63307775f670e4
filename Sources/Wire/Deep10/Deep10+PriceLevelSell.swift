extension Deep10 {
    /// What a price level of the selling side holds now.
    @frozen public struct PriceLevelSell: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "5") }
        @inlinable public static var byteCount: Int { 30 }

        /// Bit 0: the event is over, the book may be acted on.
        public var eventFlags: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64
        /// Shares in all; 0: the level is gone.
        public var size: UInt32
        /// In 10⁻⁴ dollars.
        public var price: Int64

        @inlinable public init(
            eventFlags: UInt8, timestamp: UInt64, symbol: UInt64, size: UInt32, price: Int64
        ) {
            self.eventFlags = eventFlags
            self.timestamp = timestamp
            self.symbol = symbol
            self.size = size
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
            eventFlags = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
            size = reader.little32()
            price = reader.littleSigned64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(eventFlags)
            writer.little64(timestamp)
            writer.little64(symbol)
            writer.little32(size)
            writer.littleSigned64(price)
            return Self.byteCount
        }
    }
}
