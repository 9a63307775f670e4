extension Itch50 {
    /// An instrument is halted, paused, quoted only, or trades again.
    @frozen public struct TradingAction: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "H") }
        @inlinable public static var byteCount: Int { 25 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var stock: UInt64
        /// `T` trading, `H` halted, `P` paused, `Q` quotation only.
        public var tradingState: UInt8
        public var reserved: UInt8
        public var reason: UInt32

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, stock: UInt64,
            tradingState: UInt8, reserved: UInt8, reason: UInt32
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.stock = stock
            self.tradingState = tradingState
            self.reserved = reserved
            self.reason = reason
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
            tradingState = reader.byte()
            reserved = reader.byte()
            reason = reader.little32()
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
            writer.byte(tradingState)
            writer.byte(reserved)
            writer.little32(reason)
            return Self.byteCount
        }
    }
}
