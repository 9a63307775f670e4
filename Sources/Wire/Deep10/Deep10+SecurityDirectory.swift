extension Deep10 {
    /// An instrument and its terms.
    @frozen public struct SecurityDirectory: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "D") }
        @inlinable public static var byteCount: Int { 31 }

        /// 0x80 test issue, 0x40 when issued, 0x20 exchange traded product.
        public var flags: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64
        /// Shares.
        public var roundLotSize: UInt32
        /// In 10⁻⁴ dollars.
        public var previousClose: Int64
        /// Tier of the price bands: 0 none, 1, 2.
        public var luldTier: UInt8

        @inlinable public init(
            flags: UInt8, timestamp: UInt64, symbol: UInt64, roundLotSize: UInt32, previousClose: Int64,
            luldTier: UInt8
        ) {
            self.flags = flags
            self.timestamp = timestamp
            self.symbol = symbol
            self.roundLotSize = roundLotSize
            self.previousClose = previousClose
            self.luldTier = luldTier
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
            flags = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
            roundLotSize = reader.little32()
            previousClose = reader.littleSigned64()
            luldTier = reader.byte()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(flags)
            writer.little64(timestamp)
            writer.little64(symbol)
            writer.little32(roundLotSize)
            writer.littleSigned64(previousClose)
            writer.byte(luldTier)
            return Self.byteCount
        }
    }
}
