/// Sixteen bytes that name one run of the engine: on every block of its journal and on its ring.
@frozen public struct RunID: Hashable, BitwiseCopyable, Sendable {
    /// The first eight bytes, as a little-endian number.
    public let low: UInt64
    /// The last eight.
    public let high: UInt64

    @inlinable public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The bytes as they stand in files.
    var words: InlineArray<2, UInt64> { [low.littleEndian, high.littleEndian] }
}

extension RunID: CustomStringConvertible {
    /// 32 hexadecimal digits, in the order of the bytes.
    public var description: String {
        [low.byteSwapped, high.byteSwapped]
            .map { word in
                let digits = String(word, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            .joined()
    }

    /// From 32 hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, let low = UInt64(text.prefix(16), radix: 16),
            let high = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(low: low.byteSwapped, high: high.byteSwapped)
    }
}
