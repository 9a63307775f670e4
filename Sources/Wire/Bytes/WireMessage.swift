/// A message whose length its type decides.
public protocol WireMessage: Sendable {
    /// The letter that the message begins with.
    static var type: UInt8 { get }

    /// The length of the whole message, its type letter included.
    static var byteCount: Int { get }

    /// - Returns: `nil` where `bytes` is not exactly one message of this type. Field values are not judged.
    init?(reading bytes: UnsafeRawBufferPointer)

    /// Writes the message to the front of `bytes`; traps where it has no room for it.
    ///
    /// - Returns: How many bytes it wrote.
    func write(to bytes: UnsafeMutableRawBufferPointer) -> Int
}

/// The message's first byte, or `nil` where `bytes` is not as long as the type says or of another type.
@inline(__always)
func checkedStart(_ bytes: UnsafeRawBufferPointer, type: UInt8, byteCount: Int) -> UnsafeRawPointer? {
    guard bytes.count == byteCount, let base = bytes.baseAddress else { return nil }
    // SAFETY: a message has at least its type letter.
    guard unsafe base.load(as: UInt8.self) == type else { return nil }
    return unsafe base
}

/// As ``checkedStart(_:type:byteCount:)``, for a protocol whose messages may grow at their end: the rest is not
/// looked at.
@inline(__always)
func checkedFront(_ bytes: UnsafeRawBufferPointer, type: UInt8, byteCount: Int) -> UnsafeRawPointer? {
    guard bytes.count >= byteCount, let base = bytes.baseAddress else { return nil }
    // SAFETY: a message has at least its type letter.
    guard unsafe base.load(as: UInt8.self) == type else { return nil }
    return unsafe base
}
