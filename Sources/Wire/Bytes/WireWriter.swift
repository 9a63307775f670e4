/// Puts the fields of a message on the wire, one after the other: the opposite of ``WireReader``.
@safe @frozen @usableFromInline struct WireWriter {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline var offset = 0

    /// Traps where there is no room for `byteCount` bytes: buffers are ours, so that is our bug.
    @inlinable @inline(__always) init(_ bytes: UnsafeMutableRawBufferPointer, byteCount: Int) {
        precondition(bytes.count >= byteCount, "Caller: the buffer has room for the message")
        guard let base = bytes.baseAddress else { preconditionFailure("Caller: the buffer is there") }
        unsafe self.base = base
    }

    @inlinable @inline(__always) mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        // SAFETY: `init` made sure of the room for everything that its caller writes.
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
        offset &+= MemoryLayout<Value>.size
    }

    @inlinable @inline(__always) mutating func byte(_ value: UInt8) { put(value) }
    @inlinable @inline(__always) mutating func big16(_ value: UInt16) { put(value.bigEndian) }
    @inlinable @inline(__always) mutating func big32(_ value: UInt32) { put(value.bigEndian) }
    /// The upper sixteen bits of `value` are lost: a time of day has none.
    @inlinable @inline(__always) mutating func big48(_ value: UInt64) {
        big16(UInt16(truncatingIfNeeded: value >> 32))
        big32(UInt32(truncatingIfNeeded: value))
    }
    @inlinable @inline(__always) mutating func big64(_ value: UInt64) { put(value.bigEndian) }
    @inlinable @inline(__always) mutating func little16(_ value: UInt16) { put(value.littleEndian) }
    @inlinable @inline(__always) mutating func little32(_ value: UInt32) { put(value.littleEndian) }
    @inlinable @inline(__always) mutating func little64(_ value: UInt64) { put(value.littleEndian) }
    @inlinable @inline(__always) mutating func littleSigned64(_ value: Int64) { put(value.littleEndian) }
    @inlinable @inline(__always) mutating func token6(_ value: Token6) {
        little32(value.head)
        little16(value.tail)
    }
    @inlinable @inline(__always) mutating func token10(_ value: Token10) {
        little64(value.head)
        little16(value.tail)
    }
    @inlinable @inline(__always) mutating func token14(_ value: Token14) {
        little64(value.head)
        little32(value.middle)
        little16(value.tail)
    }
}
