extension Ouch50 {
    /// A new order. Appendage: every option that an order may carry.
    @frozen public struct EnterOrder: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "O") }
        @inlinable public static var fixedByteCount: Int { 45 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// The client's number of the order; rises strictly from message to message.
        public var userRefNum: UInt32
        /// `B`, `S`, `T` sell short, `E` sell short exempt.
        public var side: UInt8
        public var quantity: UInt32
        public var symbol: UInt64
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        /// `0` day, `3` immediate or cancel, `5` good till extended hours, `6` good till time
        /// (option expireTime), `E` after hours.
        public var timeInForce: UInt8
        /// `Y` visible, `N` hidden, `A` attributable.
        public var display: UInt8
        /// `A` agency, `P` principal, `R` riskless, `O` other.
        public var capacity: UInt8
        /// `Y` or `N`.
        public var intermarketSweep: UInt8
        /// `N` continuous, `O` opening, `C` closing, `H` halt or IPO, `S` supplemental, `R` retail,
        /// `E` extended life, `A` after hours close.
        public var crossType: UInt8
        public var clientOrderID: Token14

        @inlinable public init(
            userRefNum: UInt32, side: UInt8, quantity: UInt32, symbol: UInt64, price: UInt64,
            timeInForce: UInt8, display: UInt8, capacity: UInt8, intermarketSweep: UInt8,
            crossType: UInt8, clientOrderID: Token14
        ) {
            self.userRefNum = userRefNum
            self.side = side
            self.quantity = quantity
            self.symbol = symbol
            self.price = price
            self.timeInForce = timeInForce
            self.display = display
            self.capacity = capacity
            self.intermarketSweep = intermarketSweep
            self.crossType = crossType
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
            userRefNum = reader.big32()
            side = reader.byte()
            quantity = reader.big32()
            symbol = reader.little64()
            price = reader.big64()
            timeInForce = reader.byte()
            display = reader.byte()
            capacity = reader.byte()
            intermarketSweep = reader.byte()
            crossType = reader.byte()
            clientOrderID = reader.token14()
        }

        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big32(userRefNum)
            writer.byte(side)
            writer.big32(quantity)
            writer.little64(symbol)
            writer.big64(price)
            writer.byte(timeInForce)
            writer.byte(display)
            writer.byte(capacity)
            writer.byte(intermarketSweep)
            writer.byte(crossType)
            writer.token14(clientOrderID)
        }
    }
}
