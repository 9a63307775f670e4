internal import CSpinetailPlumbing

/// CRC-32C (Castagnoli): tells damage from chance, not from intent.
///
/// - Source: RFC 3720, appendix B.4.
public enum Checksum {
    /// Of `bytes` behind those that gave `crc`.
    public static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        // SAFETY: C reads as many bytes as there are.
        unsafe st_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    /// The same from tables, as on processors without the instruction.
    static func crc32cByTable(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        // SAFETY: as above.
        unsafe st_crc32c_table(0, bytes.baseAddress, bytes.count)
    }
}
