/// An OUCH message: a fixed part, then perhaps options.
public protocol OuchMessage: WireMessage {
    /// The length without the appendage and without its length.
    static var fixedByteCount: Int { get }

    /// Whether the appendage's length is written even where it is zero.
    static var appendageIsRequired: Bool { get }

    /// Writes what stands before the appendage.
    func writeFixed(to bytes: UnsafeMutableRawBufferPointer)
}

extension OuchMessage {
    /// The length of the message without options, as it is written.
    @inlinable public static var byteCount: Int { fixedByteCount + (appendageIsRequired ? 2 : 0) }

    /// Writes the message without options.
    @inlinable
    public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
        // SAFETY: `writeFixed` checks the room for its part, and the subscripts theirs.
        unsafe writeFixed(to: bytes)
        guard Self.appendageIsRequired else { return Self.fixedByteCount }
        unsafe bytes[Self.fixedByteCount] = 0
        unsafe bytes[Self.fixedByteCount + 1] = 0
        return Self.fixedByteCount + 2
    }

    /// Writes the message with `options`; where there are none, as ``write(to:)`` does.
    @inlinable
    public func write(to bytes: UnsafeMutableRawBufferPointer, options: Ouch50.Options) -> Int {
        if options.isEmpty { return unsafe write(to: bytes) }
        // SAFETY: both parts check the room that they need.
        unsafe writeFixed(to: bytes)
        return unsafe Self.fixedByteCount + options.write(to: bytes, from: Self.fixedByteCount)
    }

    /// The options of a message that ``init(reading:)`` took.
    @inlinable
    public static func options(of bytes: UnsafeRawBufferPointer) -> Ouch50.Options {
        // SAFETY: bounds are checked inside, byte by byte.
        unsafe Ouch50.Options(reading: bytes, from: fixedByteCount)
    }
}
