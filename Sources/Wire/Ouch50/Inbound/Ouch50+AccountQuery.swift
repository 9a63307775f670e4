extension Ouch50 {
    /// Asks for the next number that the venue would take.
    @frozen public struct AccountQuery: OuchMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "Q") }
        @inlinable public static var fixedByteCount: Int { 1 }
        @inlinable public static var appendageIsRequired: Bool { false }

        @inlinable public init() {}

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the fixed part that the fields below are read from.
            guard unsafe Ouch50.checked(bytes, type: Self.type, fixedByteCount: Self.fixedByteCount) != nil
            else {
                return nil
            }
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func writeFixed(to bytes: UnsafeMutableRawBufferPointer) {
            // SAFETY: the writer is given room for the fixed part, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.fixedByteCount)
            writer.byte(Self.type)
        }
    }
}
