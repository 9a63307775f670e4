/// Six characters, space padded: the user name of a SoupBinTCP log-on.
///
/// Kept as the bytes of the wire, the first character in the lowest byte of `head`.
@frozen public struct Token6: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    public var head: UInt32
    public var tail: UInt16

    @inlinable public init(head: UInt32, tail: UInt16) {
        self.head = head
        self.tail = tail
    }

    /// Six spaces.
    @inlinable public static var blank: Token6 {
        Token6(head: 0x2020_2020, tail: 0x2020)
    }

    /// - Returns: `nil` where `text` is longer than six characters or not printable ASCII.
    public init?(_ text: String) {
        guard let padded = paddedASCII(text, count: 6) else { return nil }
        head = littleWord(padded, from: 0, count: 4)
        tail = littleWord(padded, from: 4, count: 2)
    }

    /// The text without its padding; a byte that is not printable shows as `?`.
    public var description: String {
        trimmedASCII(littleBytes(head) + littleBytes(tail))
    }
}
