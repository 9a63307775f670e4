// SoupBinTCP's sequence numbers are text: twenty characters, decimal, spaces on the left.

/// The number in the twenty characters at `base`; `nil` where it is not digits behind spaces (zeros on the left
/// are taken too) or does not fit in 64 bits. Spaces alone are 0: "what comes from now on".
@inline(__always)
func readNumber20(_ base: UnsafeRawPointer) -> UInt64? {
    var value: UInt64 = 0
    var inDigits = false
    for offset in 0..<20 {
        // SAFETY: the caller has checked that twenty bytes are there.
        let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
        if byte == 0x20 && !inDigits { continue }
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        inDigits = true
        let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
        let (sum, carried) = tenfold.addingReportingOverflow(UInt64(byte - 0x30))
        guard !overflowed, !carried else { return nil }
        value = sum
    }
    return value
}

extension WireWriter {
    /// Twenty characters: `value` in decimal with spaces on its left.
    @inline(__always) mutating func number20(_ value: UInt64) {
        var divisor: UInt64 = 10_000_000_000_000_000_000
        var inDigits = false
        for _ in 0..<20 {
            let digit = value / divisor % 10
            inDigits = inDigits || digit != 0 || divisor == 1
            byte(inDigits ? 0x30 + UInt8(truncatingIfNeeded: digit) : 0x20)
            divisor /= 10
        }
    }
}
