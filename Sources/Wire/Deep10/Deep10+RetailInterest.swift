extension Deep10 {
    /// Retail liquidity is there.
    @frozen public struct RetailInterest: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "I") }
        @inlinable public static var byteCount: Int { 18 }

        /// Space none, `A` buy, `B` sell, `C` both.
        public var interest: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64

        @inlinable public init(interest: UInt8, timestamp: UInt64, symbol: UInt64) {
            self.interest = interest
            self.timestamp = timestamp
            self.symbol = symbol
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
            interest = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(interest)
            writer.little64(timestamp)
            writer.little64(symbol)
            return Self.byteCount
        }
    }
}
