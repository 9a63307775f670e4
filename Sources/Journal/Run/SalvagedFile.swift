public import Plumbing

/// The file `ring.salvaged` in a run's folder: what the ring of a process that died held, kept by the start after it.
///
/// A header of 48 bytes, then the records as they stood in the ring. All numbers are little-endian.
///
///     offset  bytes  field
///          0      8  magic "SPTLSALV"
///          8      2  version, 1
///         10      2  header bytes, 48
///         12      4  engine epoch
///         16     16  run id
///         32      8  position of the first record in the run's stream of records
///         40      4  CRC-32C of the records
///         44      4  CRC-32C of the 44 bytes before
public enum SalvagedFile {
    /// Its name below the run's folder.
    public static let name = "ring.salvaged"
    static let headerByteCount = 48
    static let magic: UInt64 = 0x564c_4153_4c54_5053  // "SPTLSALV"
    static let version: UInt16 = 1

    public static func bytes(_ ring: SalvagedRing) -> [UInt8] {
        var header: [UInt8] = []
        func put<Number: FixedWidthInteger>(_ number: Number) {
            for place in 0..<MemoryLayout<Number>.size {
                header.append(UInt8(truncatingIfNeeded: number >> Number(8 * place)))
            }
        }
        put(magic)
        put(version)
        put(UInt16(headerByteCount))
        put(ring.epoch)
        put(ring.runID.low)
        put(ring.runID.high)
        put(ring.firstPosition)
        put(checksum(ring.bytes[...]))
        put(checksum(header[...]))
        return header + ring.bytes
    }

    /// - Throws: ``JournalError/unreadable(_:)``, or ``JournalError/damaged(file:offset:_:)`` where a checksum is wrong.
    public static func read(_ path: String) throws(JournalError) -> SalvagedRing {
        let file: MappedFile
        do throws(SetupError) {
            file = try MappedFile(path)
        } catch {
            throw .unreadable(error.description)
        }
        // SAFETY: copied while the file is mapped.
        return try parse(unsafe Array(file.bytes), path: path)
    }

    static func parse(_ bytes: [UInt8], path: String) throws(JournalError) -> SalvagedRing {
        func get<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
            (0..<MemoryLayout<Number>.size).reduce(0) { $0 | Number(bytes[offset + $1]) << Number(8 * $1) }
        }
        guard bytes.count >= headerByteCount else {
            throw .damaged(file: path, offset: 0, .cutShort)
        }
        guard get(0, UInt64.self) == magic else { throw .damaged(file: path, offset: 0, .notABlock) }
        guard get(44, UInt32.self) == checksum(bytes[..<44]) else {
            throw .damaged(file: path, offset: 0, .headerChecksum)
        }
        guard get(8, UInt16.self) == version, get(10, UInt16.self) == UInt16(headerByteCount) else {
            throw .damaged(file: path, offset: 0, .version)
        }
        guard get(40, UInt32.self) == checksum(bytes[headerByteCount...]) else {
            throw .damaged(file: path, offset: headerByteCount, .payloadChecksum)
        }
        return SalvagedRing(
            runID: RunID(low: get(16, UInt64.self), high: get(24, UInt64.self)), epoch: get(12, UInt32.self),
            firstPosition: get(32, UInt64.self), bytes: Array(bytes[headerByteCount...]))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32c($0) }
    }
}
