/// A venue's name of an instrument: up to eight ASCII characters, space padded on the right, as ITCH, OUCH and
/// IEX carry it. Kept as the eight bytes in the order of the wire, so that comparing is comparing one word.
@frozen public struct Symbol: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    /// The eight bytes as loaded little-endian: the first character is the lowest byte.
    public let raw: UInt64

    @inlinable public init(raw: UInt64) { self.raw = raw }

    /// Eight spaces: no name.
    @inlinable public static var blank: Symbol { Symbol(raw: 0x2020_2020_2020_2020) }

    /// - Returns: `nil` where `text` is empty, longer than eight characters, or not printable ASCII.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 8, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        var raw: UInt64 = 0
        for index in (0..<8).reversed() {
            raw = raw << 8 | UInt64(index < bytes.count ? bytes[index] : 0x20)
        }
        self.raw = raw
    }

    /// The name without its padding; a byte that is not printable shows as `?`.
    public var description: String {
        var bytes: [UInt8] = []
        for index in 0..<8 {
            let byte = UInt8(truncatingIfNeeded: raw >> (8 * UInt64(index)))
            bytes.append(byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: "?"))
        }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
