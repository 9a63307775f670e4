extension Ouch50 {
    /// A fill is undone.
    @frozen public struct BrokenTrade: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "B") }
        @inlinable public static var fixedByteCount: Int { 36 }
        @inlinable public static var appendageIsRequired: Bool { false }

        /// Nanoseconds since midnight, the venue's clock.
        public var timestamp: UInt64
        public var userRefNum: UInt32
        public var matchNumber: UInt64
        /// `E` erroneous, `C` consent, `S` supervisory, `X` external.
        public var reason: UInt8
        public var clientOrderID: Token14

        @inlinable public init(
            timestamp: UInt64, userRefNum: UInt32, matchNumber: UInt64, reason: UInt8,
            clientOrderID: Token14
        ) {
            self.timestamp = timestamp
            self.userRefNum = userRefNum
            self.matchNumber = matchNumber
            self.reason = reason
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
            userRefNum = reader.big32()
            matchNumber = reader.big64()
            reason = reader.byte()
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
            writer.big32(userRefNum)
            writer.big64(matchNumber)
            writer.byte(reason)
            writer.token14(clientOrderID)
        }
    }
}
