public import Plumbing

/// What stands before the records of a block: which block of which run this is, and what proves that it is whole.
///
/// A run's journal is a chain of blocks, one behind the other in segment files `00000001.journal`, `00000002.journal` …
/// A block begins at a multiple of 4,096 bytes with this header; the payload follows at once, then zeros up to the next
/// multiple. The payload is the ring's bytes as they were: records with an 8-byte header each (byte count u32 with the
/// header and without the padding, type u16, stream u16), every record at a multiple of 8. No record is split.
///
/// Every block says run, segment and sequence and carries the hash of the block before it, so that bytes of another run
/// or an earlier use of the file are never read as live. All numbers are little-endian.
///
///     offset  bytes  field
///          0      8  magic "SPTLJRNL"
///          8      2  version, 1
///         10      2  header bytes, 160
///         12      4  flags: 1 the journal ends here in order (no records), 2 hashes are chained
///         16     16  run id
///         32      4  engine epoch
///         36      4  segment, from 1, as in the file's name
///         40      8  block sequence, from 1 in a run, over all segments
///         48      8  sequence of the first input among the records, 0: none
///         56      8  sequence of the last
///         64      8  position of the payload in the run's stream of records: the bytes of all payloads before
///         72      4  payload bytes
///         76      4  records
///         80      8  durable mark: every block up to this sequence was on the medium when this one was made
///         88     32  SHA-256 of the block before (header and payload); zeros in the first, or when not chained
///        120     32  zeros
///        152      4  CRC-32C of the payload
///        156      4  CRC-32C of the 156 bytes before
public struct BlockHeader: Equatable, Sendable {
    public static let byteCount = 160
    static let magic: UInt64 = 0x4c4e_524a_4c54_5053  // "SPTLJRNL"
    static let version: UInt16 = 1

    public var isEnd = false
    public var isChained = true
    public var runID: RunID
    public var epoch: UInt32
    public var segment: UInt32 = 0
    public var sequence: UInt64 = 0
    public var firstInput: UInt64 = 0
    public var lastInput: UInt64 = 0
    public var position: UInt64 = 0
    public var payloadByteCount: UInt32 = 0
    public var recordCount: UInt32 = 0
    public var durableMark: UInt64 = 0
    public var previousHash = BlockHash.none
    public var payloadChecksum: UInt32 = 0

    public init(runID: RunID, epoch: UInt32) {
        self.runID = runID
        self.epoch = epoch
    }

    /// Bytes that a block with this payload takes in its file.
    var blockByteCount: Int {
        (Self.byteCount + Int(payloadByteCount) + diskAlignment - 1) / diskAlignment * diskAlignment
    }

    /// Writes all 160 bytes with their checksum.
    func write(to header: UnsafeMutableRawBufferPointer) {
        precondition(header.count >= Self.byteCount, "Caller: room for a header")
        // SAFETY: the offsets are within the 160 bytes.
        unsafe header.baseAddress!.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        func put<Number: FixedWidthInteger>(_ number: Number, _ offset: Int) {
            unsafe header.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
        }
        put(Self.magic, 0)
        put(Self.version, 8)
        put(UInt16(Self.byteCount), 10)
        put(UInt32((isEnd ? 1 : 0) | (isChained ? 2 : 0)), 12)
        put(runID.low, 16)
        put(runID.high, 24)
        put(epoch, 32)
        put(segment, 36)
        put(sequence, 40)
        put(firstInput, 48)
        put(lastInput, 56)
        put(position, 64)
        put(payloadByteCount, 72)
        put(recordCount, 76)
        put(durableMark, 80)
        for index in 0..<4 { put(previousHash.words[index], 88 + 8 * index) }
        put(payloadChecksum, 152)
        unsafe put(Checksum.crc32c(UnsafeRawBufferPointer(rebasing: header[..<156])), 156)
    }

    /// Reads a header, or says why there is none.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Result<BlockHeader, BlockFault> {
        guard bytes.count >= byteCount else { return .failure(.cutShort) }
        func get<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
            // SAFETY: the offsets are within the 160 bytes.
            unsafe Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        guard get(0, UInt64.self) == magic else {
            // SAFETY: within the bytes.
            return .failure(unsafe bytes[..<byteCount].allSatisfy { $0 == 0 } ? .empty : .notABlock)
        }
        let checksum = unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<156]))
        guard get(156, UInt32.self) == checksum else {
            return .failure(.headerChecksum)
        }
        guard get(8, UInt16.self) == version, get(10, UInt16.self) == UInt16(byteCount) else {
            return .failure(.version)
        }
        var header = BlockHeader(
            runID: RunID(low: get(16, UInt64.self), high: get(24, UInt64.self)), epoch: get(32, UInt32.self))
        header.isEnd = get(12, UInt32.self) & 1 != 0
        header.isChained = get(12, UInt32.self) & 2 != 0
        header.segment = get(36, UInt32.self)
        header.sequence = get(40, UInt64.self)
        header.firstInput = get(48, UInt64.self)
        header.lastInput = get(56, UInt64.self)
        header.position = get(64, UInt64.self)
        header.payloadByteCount = get(72, UInt32.self)
        header.recordCount = get(76, UInt32.self)
        header.durableMark = get(80, UInt64.self)
        for index in 0..<4 { header.previousHash.words[index] = get(88 + 8 * index, UInt64.self) }
        header.payloadChecksum = get(152, UInt32.self)
        return .success(header)
    }
}

/// Why bytes are not the block that should stand there.
public enum BlockFault: Error, Equatable, Sendable, CustomStringConvertible {
    case empty, notABlock, version, headerChecksum, cutShort, otherRun, segment, sequence, position
    case payloadChecksum, padding, chain, records

    public var description: String {
        switch self {
        case .empty: "nothing was written there"
        case .notABlock: "no block begins there"
        case .version: "the block is of another version of the format"
        case .headerChecksum: "the header's checksum is wrong"
        case .cutShort: "the file ends within the block"
        case .otherRun: "the block belongs to another run"
        case .segment: "the block belongs to another segment"
        case .sequence: "it is not the block that comes next"
        case .position: "records are missing before the block"
        case .payloadChecksum: "the records' checksum is wrong"
        case .padding: "the zeros behind the records are not all zero"
        case .chain: "the block before is not the one that this one was chained to"
        case .records: "a record contradicts its own length or is of no known type"
        }
    }
}
