extension Itch50 {
    /// The market's day.
    @frozen public struct SystemEvent: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "S") }
        @inlinable public static var byteCount: Int { 12 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        /// `O` start of messages, `S` start of system hours, `Q` start of market hours, `M` end of those,
        /// `E` end of system hours, `C` end of messages.
        public var eventCode: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, eventCode: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.eventCode = eventCode
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
            eventCode = reader.byte()
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
            writer.byte(eventCode)
            return Self.byteCount
        }
    }
}
