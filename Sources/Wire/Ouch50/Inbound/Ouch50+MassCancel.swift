extension Ouch50 {
    /// Cancels all orders of a firm, in one symbol or in all.
    @frozen public struct MassCancel: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "C") }
        @inlinable public static var fixedByteCount: Int { 17 }
        @inlinable public static var appendageIsRequired: Bool { true }

        public var userRefNum: UInt32
        public var firm: UInt32
        /// Spaces: every symbol.
        public var symbol: UInt64

        @inlinable public init(userRefNum: UInt32, firm: UInt32, symbol: UInt64) {
            self.userRefNum = userRefNum
            self.firm = firm
            self.symbol = symbol
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
            firm = reader.little32()
            symbol = reader.little64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
            writer.big32(userRefNum)
            writer.little32(firm)
            writer.little64(symbol)
        }
    }
}
