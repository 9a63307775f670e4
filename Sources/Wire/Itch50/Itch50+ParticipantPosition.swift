extension Itch50 {
    /// A market maker's standing in an instrument.
    @frozen public struct ParticipantPosition: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "L") }
        @inlinable public static var byteCount: Int { 26 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var participant: UInt32
        public var stock: UInt64
        public var primaryMarketMaker: UInt8
        public var mode: UInt8
        public var state: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, participant: UInt32,
            stock: UInt64, primaryMarketMaker: UInt8, mode: UInt8, state: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.participant = participant
            self.stock = stock
            self.primaryMarketMaker = primaryMarketMaker
            self.mode = mode
            self.state = state
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
            participant = reader.little32()
            stock = reader.little64()
            primaryMarketMaker = reader.byte()
            mode = reader.byte()
            state = reader.byte()
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
            writer.little32(participant)
            writer.little64(stock)
            writer.byte(primaryMarketMaker)
            writer.byte(mode)
            writer.byte(state)
            return Self.byteCount
        }
    }
}
