/// The id of an order for people and storage: a 128-bit UUID of version 8 (RFC 9562, section 5.8), ordered by time.
///
/// Made from what the core knows, without clock or randomness, so that a replay makes the same ids:
///
///     bits 127…80  engine time in units of 2⁻²⁰ s … as 48 bits of (engine_time_ns >> 10)
///     bits  79…76  8 (version)
///     bits  75…64  low 12 bits of the engine epoch
///     bits  63…62  2 (variant)
///     bits  61…44  further 18 bits of the engine epoch
///     bits  43…0   number of the order in this epoch
@frozen public struct OrderID: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable public static var none: OrderID { OrderID(high: 0, low: 0) }

    /// - Parameters:
    ///   - epoch: Engine epoch, below 2³⁰.
    ///   - number: Count of orders made in this epoch, below 2⁴⁴.
    @inlinable public init(engineTimeNs: UInt64, epoch: UInt32, number: UInt64) {
        high = (engineTimeNs >> 10) << 16 | 0x8000 | UInt64(epoch & 0xfff)
        low = 0x8000_0000_0000_0000 | UInt64(epoch >> 12 & 0x3_ffff) << 44 | number & 0xfff_ffff_ffff
    }

    /// `xxxxxxxx-xxxx-8xxx-yxxx-xxxxxxxxxxxx`.
    public var description: String {
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xffff, 4), hex(high & 0xffff, 4), hex(low >> 48, 4),
            hex(low & 0xffff_ffff_ffff, 12),
        ].joined(separator: "-")
    }

    /// - Returns: `nil` where `text` is no UUID in the usual form with hyphens.
    public init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        guard digits.utf8.count == 32, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
