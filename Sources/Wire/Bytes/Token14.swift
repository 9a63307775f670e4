/// Fourteen characters, space padded: the client's own name of an order in OUCH.
///
/// Kept as the bytes of the wire, the first character in the lowest byte of `head`.
@frozen public struct Token14: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    public var head: UInt64
    public var middle: UInt32
    public var tail: UInt16

    @inlinable public init(head: UInt64, middle: UInt32, tail: UInt16) {
        self.head = head
        self.middle = middle
        self.tail = tail
    }

    /// Fourteen spaces.
    @inlinable public static var blank: Token14 {
        Token14(head: 0x2020_2020_2020_2020, middle: 0x2020_2020, tail: 0x2020)
    }

    /// - Returns: `nil` where `text` is longer than fourteen characters or not printable ASCII.
    public init?(_ text: String) {
        guard let padded = paddedASCII(text, count: 14) else { return nil }
        head = littleWord(padded, from: 0, count: 8)
        middle = littleWord(padded, from: 8, count: 4)
        tail = littleWord(padded, from: 12, count: 2)
    }

    /// The text without its padding; a byte that is not printable shows as `?`.
    public var description: String {
        trimmedASCII(littleBytes(head) + littleBytes(middle) + littleBytes(tail))
    }
}
