/// Ten characters, space padded: the name of a MoldUDP64 or SoupBinTCP session, or a password.
///
/// Kept as the bytes of the wire, the first character in the lowest byte of `head`.
@frozen public struct Token10: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    public var head: UInt64
    public var tail: UInt16

    @inlinable public init(head: UInt64, tail: UInt16) {
        self.head = head
        self.tail = tail
    }

    /// Ten spaces.
    @inlinable public static var blank: Token10 {
        Token10(head: 0x2020_2020_2020_2020, tail: 0x2020)
    }

    /// - Returns: `nil` where `text` is longer than ten characters or not printable ASCII.
    public init?(_ text: String) {
        guard let padded = paddedASCII(text, count: 10) else { return nil }
        head = littleWord(padded, from: 0, count: 8)
        tail = littleWord(padded, from: 8, count: 2)
    }

    /// The text without its padding; a byte that is not printable shows as `?`.
    public var description: String {
        trimmedASCII(littleBytes(head) + littleBytes(tail))
    }
}
