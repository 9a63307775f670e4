/// Who did it: up to sixteen printable ASCII characters, as records carry them in two words.
@frozen public struct OperatorName: BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
    /// The second eight characters.
    public let high: UInt64
    /// The first eight, the very first in the lowest byte; what is not used is 0.
    public let low: UInt64

    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// `nil`: longer than sixteen, or not printable ASCII.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 16, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
        var words: (low: UInt64, high: UInt64) = (0, 0)
        for (place, byte) in bytes.enumerated() {
            if place < 8 {
                words.low |= UInt64(byte) << UInt64(8 * place)
            } else {
                words.high |= UInt64(byte) << UInt64(8 * (place - 8))
            }
        }
        self.init(high: words.high, low: words.low)
    }

    @inlinable public var isEmpty: Bool { high == 0 && low == 0 }

    public var description: String {
        var bytes: [UInt8] = []
        for word in [low, high] {
            for place in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * place))
                if byte == 0 { break }
                bytes.append(byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: "?"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
