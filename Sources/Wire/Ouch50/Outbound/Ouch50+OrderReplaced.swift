extension Ouch50 {
    /// The replacement has been taken; the original is gone.
    @frozen public struct OrderReplaced: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "U") }
        @inlinable public static var fixedByteCount: Int { 66 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        /// The number of the order that is replaced.
        public var originalUserRefNum: UInt32
        public var userRefNum: UInt32
        public var side: UInt8
        public var quantity: UInt32
        public var symbol: UInt64
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        public var timeInForce: UInt8
        public var display: UInt8
        public var orderReferenceNumber: UInt64
        public var capacity: UInt8
        public var intermarketSweep: UInt8
        public var crossType: UInt8
        /// `L` live, `D` dead.
        public var orderState: UInt8
        public var clientOrderID: Token14

        @inlinable public init(
            timestamp: UInt64, originalUserRefNum: UInt32, userRefNum: UInt32, side: UInt8,
            quantity: UInt32, symbol: UInt64, price: UInt64, timeInForce: UInt8, display: UInt8,
            orderReferenceNumber: UInt64, capacity: UInt8, intermarketSweep: UInt8, crossType: UInt8,
            orderState: UInt8, clientOrderID: Token14
        ) {
            self.timestamp = timestamp
            self.originalUserRefNum = originalUserRefNum
            self.userRefNum = userRefNum
            self.side = side
            self.quantity = quantity
            self.symbol = symbol
            self.price = price
            self.timeInForce = timeInForce
            self.display = display
            self.orderReferenceNumber = orderReferenceNumber
            self.capacity = capacity
            self.intermarketSweep = intermarketSweep
            self.crossType = crossType
            self.orderState = orderState
            self.clientOrderID = clientOrderID
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the fixed part that the fields below are read from.
            guard
                let base = unsafe Ouch50.checked(bytes, type: Self.type, fixedByteCount: Self.fixedByteCount)
            else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            timestamp = reader.big64()
            originalUserRefNum = reader.big32()
            userRefNum = reader.big32()
            side = reader.byte()
            quantity = reader.big32()
            symbol = reader.little64()
            price = reader.big64()
            timeInForce = reader.byte()
            display = reader.byte()
            orderReferenceNumber = reader.big64()
            capacity = reader.byte()
            intermarketSweep = reader.byte()
            crossType = reader.byte()
            orderState = reader.byte()
            clientOrderID = reader.token14()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big64(timestamp)
            writer.big32(originalUserRefNum)
            writer.big32(userRefNum)
            writer.byte(side)
            writer.big32(quantity)
            writer.little64(symbol)
            writer.big64(price)
            writer.byte(timeInForce)
            writer.byte(display)
            writer.big64(orderReferenceNumber)
            writer.byte(capacity)
            writer.byte(intermarketSweep)
            writer.byte(crossType)
            writer.byte(orderState)
            writer.token14(clientOrderID)
        }
    }
}
