import Model
import TestSupport
import Testing

@testable import Plumbing

/// Goal: the instruction and the tables give the same sum, at every length and alignment.
/// Method: seeded bytes, lengths 0 to 100 from each of eight offsets; the standard's check value.
@Test func checksumsAgree() {
    var random = SeededRandom(seed: TestSeed.current)
    let bytes = (0..<108).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    // SAFETY: slices of the array, inside the closure.
    unsafe bytes.withUnsafeBytes { bytes in
        for offset in 0..<8 {
            for count in 0...100 {
                let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
                check(unsafe Checksum.crc32c(part) == Checksum.crc32cByTable(part))
            }
        }
    }
    unsafe Array("123456789".utf8).withUnsafeBytes { check(unsafe Checksum.crc32cByTable($0) == 0xe306_9283) }
}
