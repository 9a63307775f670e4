extension Ouch50 {
    /// Shares left the order because they would have met an order of the same firm. No execution.
    @frozen public struct AiqCanceled: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "D") }
        @inlinable public static var fixedByteCount: Int { 32 }
        @inlinable public static var appendageIsRequired: Bool { false }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        public var decrementShares: UInt32
        /// Always `Q`.
        public var reason: UInt8
        public var quantityPreventedFromTrading: UInt32
        /// In 10⁻⁴ dollars: where they would have met.
        public var executionPrice: UInt64
        public var liquidityFlag: UInt8
        public var aiqStrategy: UInt8

        @inlinable public init(
            timestamp: UInt64, userRefNum: UInt32, decrementShares: UInt32, reason: UInt8,
            quantityPreventedFromTrading: UInt32, executionPrice: UInt64, liquidityFlag: UInt8,
            aiqStrategy: UInt8
        ) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.decrementShares = decrementShares
            self.reason = reason
            self.quantityPreventedFromTrading = quantityPreventedFromTrading
            self.executionPrice = executionPrice
            self.liquidityFlag = liquidityFlag
            self.aiqStrategy = aiqStrategy
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
            decrementShares = reader.big32()
            reason = reader.byte()
            quantityPreventedFromTrading = reader.big32()
            executionPrice = reader.big64()
            liquidityFlag = reader.byte()
            aiqStrategy = reader.byte()
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
            writer.big32(decrementShares)
            writer.byte(reason)
            writer.big32(quantityPreventedFromTrading)
            writer.big64(executionPrice)
            writer.byte(liquidityFlag)
            writer.byte(aiqStrategy)
        }
    }
}
