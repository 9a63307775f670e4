// Loads at fixed places of a message, for the hot decoders. Nothing is checked here: the decoder has compared the
// message's length before it calls them.

@inline(__always) func byte(_ message: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    // SAFETY: see the head of this file; so for all of these.
    unsafe message.load(fromByteOffset: offset, as: UInt8.self)
}

@inline(__always) func big16(_ message: UnsafeRawPointer, _ offset: Int) -> UInt16 {
    unsafe UInt16(bigEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
}

@inline(__always) func big32(_ message: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(bigEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
}

@inline(__always) func big64(_ message: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    unsafe UInt64(bigEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

@inline(__always) func little32(_ message: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
}

@inline(__always) func little64(_ message: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}
