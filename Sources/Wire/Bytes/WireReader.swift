/// Takes the fields of a message off the wire, one after the other.
///
/// It checks nothing: whoever makes one has checked the length of the whole message once, which is what makes
/// decoding fast. "Little" is also how text is taken: its first character becomes the lowest byte.
@safe struct WireReader {
    private let base: UnsafeRawPointer
    private var offset = 0

    /// - Parameter base: Where the fields begin; the caller has checked that all that will be read is there.
    @inline(__always) init(_ base: UnsafeRawPointer) { unsafe self.base = base }

    @inline(__always) private mutating func take<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
        // SAFETY: the caller of `init` has checked the length of everything that is read from here.
        let value = unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
        offset &+= MemoryLayout<Value>.size
        return value
    }

    @inline(__always) mutating func byte() -> UInt8 { take(UInt8.self) }
    @inline(__always) mutating func big16() -> UInt16 { UInt16(bigEndian: take(UInt16.self)) }
    @inline(__always) mutating func big32() -> UInt32 { UInt32(bigEndian: take(UInt32.self)) }
    @inline(__always) mutating func big48() -> UInt64 { UInt64(big16()) << 32 | UInt64(big32()) }
    @inline(__always) mutating func big64() -> UInt64 { UInt64(bigEndian: take(UInt64.self)) }
    @inline(__always) mutating func little16() -> UInt16 { UInt16(littleEndian: take(UInt16.self)) }
    @inline(__always) mutating func little32() -> UInt32 { UInt32(littleEndian: take(UInt32.self)) }
    @inline(__always) mutating func little64() -> UInt64 { UInt64(littleEndian: take(UInt64.self)) }
    @inline(__always) mutating func littleSigned64() -> Int64 { Int64(bitPattern: little64()) }
    @inline(__always) mutating func token6() -> Token6 { Token6(head: little32(), tail: little16()) }
    @inline(__always) mutating func token10() -> Token10 { Token10(head: little64(), tail: little16()) }
    @inline(__always) mutating func token14() -> Token14 {
        Token14(head: little64(), middle: little32(), tail: little16())
    }
}
