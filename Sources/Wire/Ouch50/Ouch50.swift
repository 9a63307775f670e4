/// OUCH 5.0: how orders are entered at NASDAQ, and what comes back. Rides in SoupBinTCP packets.
///
/// Numbers are big-endian, prices unsigned in 10⁻⁴ dollars, text space padded on the right. Every message may
/// end in an appendage: its length in two bytes, then options of the form length, tag, value (``Options``). Some
/// types always carry the length, in others it stands only where there is an option; on reading, both are
/// taken of every type.
///
/// - Source: NASDAQ, "O*U*C*H 5.0", sections 2, 3 and appendix A.
public enum Ouch50 {
    /// No message is longer: the longest fixed part, and every option once.
    @inlinable public static var byteCountMax: Int { 256 }

    /// The start of a message of `type` whose appendage, where it has one, is well formed; else `nil`.
    @inline(__always)
    static func checked(
        _ bytes: UnsafeRawBufferPointer, type: UInt8, fixedByteCount: Int
    ) -> UnsafeRawPointer? {
        guard bytes.count >= fixedByteCount, let base = bytes.baseAddress else { return nil }
        // SAFETY: every fixed part holds at least the type letter.
        guard unsafe base.load(as: UInt8.self) == type else { return nil }
        if bytes.count == fixedByteCount { return unsafe base }
        guard unsafe appendageIsWhole(bytes, from: fixedByteCount) else { return nil }
        return unsafe base
    }

    /// Whether what stands from `start` on is an appendage that ends exactly where the message ends.
    private static func appendageIsWhole(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        let count = bytes.count
        guard count >= start + 2 else { return false }
        // SAFETY: the two bytes are there, checked just above.
        let length = unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self))
        guard start + 2 + Int(length) == count else { return false }
        var offset = start + 2
        while offset < count {
            // SAFETY: offset < count.
            let elementLength = unsafe Int(bytes[offset])
            // The length counts the tag and the value; without a tag it is no element.
            guard elementLength >= 1, offset + 1 + elementLength <= count else { return false }
            offset += 1 + elementLength
        }
        return true
    }
}
