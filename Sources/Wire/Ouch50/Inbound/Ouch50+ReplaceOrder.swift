extension Ouch50 {
    /// A live order takes a new number, quantity and price, at the back of the queue.
    @frozen public struct ReplaceOrder: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "U") }
        @inlinable public static var fixedByteCount: Int { 38 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// The number of the order that is replaced.
        public var originalUserRefNum: UInt32
        /// The number that takes its place.
        public var userRefNum: UInt32
        /// In all, executed shares included.
        public var quantity: UInt32
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        public var timeInForce: UInt8
        public var display: UInt8
        public var intermarketSweep: UInt8
        public var clientOrderID: Token14

        @inlinable public init(
            originalUserRefNum: UInt32, userRefNum: UInt32, quantity: UInt32, price: UInt64,
            timeInForce: UInt8, display: UInt8, intermarketSweep: UInt8, clientOrderID: Token14
        ) {
            self.originalUserRefNum = originalUserRefNum
            self.userRefNum = userRefNum
            self.quantity = quantity
            self.price = price
            self.timeInForce = timeInForce
            self.display = display
            self.intermarketSweep = intermarketSweep
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
            originalUserRefNum = reader.big32()
            userRefNum = reader.big32()
            quantity = reader.big32()
            price = reader.big64()
            timeInForce = reader.byte()
            display = reader.byte()
            intermarketSweep = reader.byte()
            clientOrderID = reader.token14()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big32(originalUserRefNum)
            writer.big32(userRefNum)
            writer.big32(quantity)
            writer.big64(price)
            writer.byte(timeInForce)
            writer.byte(display)
            writer.byte(intermarketSweep)
            writer.token14(clientOrderID)
        }
    }
}
