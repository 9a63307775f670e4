extension Ouch50 {
    /// A fill.
    @frozen public struct OrderExecuted: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "E") }
        @inlinable public static var fixedByteCount: Int { 34 }
        @inlinable public static var appendageIsRequired: Bool { true }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        public var quantity: UInt32
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        /// `A` added, `R` removed …
        public var liquidityFlag: UInt8
        /// One for both sides; a break names it.
        public var matchNumber: UInt64

        @inlinable public init(
            timestamp: UInt64, userRefNum: UInt32, quantity: UInt32, price: UInt64, liquidityFlag: UInt8,
            matchNumber: UInt64
        ) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.quantity = quantity
            self.price = price
            self.liquidityFlag = liquidityFlag
            self.matchNumber = matchNumber
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
            userRefNum = reader.big32()
            quantity = reader.big32()
            price = reader.big64()
            liquidityFlag = reader.byte()
            matchNumber = reader.big64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big64(timestamp)
            writer.big32(userRefNum)
            writer.big32(quantity)
            writer.big64(price)
            writer.byte(liquidityFlag)
            writer.big64(matchNumber)
        }
    }
}
