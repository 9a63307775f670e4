import Model
import Plumbing
import TestSupport
import Testing

@testable import Journal

/// A closed journal of several segments, and where its blocks begin.
private struct Written {
    let segments: [(path: String, bytes: [UInt8])]
    let samples: [Sample]
    let blocks: [(segment: Int, offset: Int, header: BlockHeader)]

    init() throws {
        var world = try JournalWorld(seed: 11)
        world.run(turns: 150)
        world.close()
        segments = world.disk.contents
        samples = world.samples
        var blocks: [(segment: Int, offset: Int, header: BlockHeader)] = []
        for (index, segment) in segments.enumerated() {
            var offset = 0
            while offset < segment.bytes.count {
                // SAFETY: a slice of the array, inside the closure.
                let read = unsafe segment.bytes[offset...].withUnsafeBytes { unsafe BlockHeader.read($0) }
                guard case .success(let header) = read else { break }
                blocks.append((index, offset, header))
                offset += header.blockByteCount
            }
        }
        self.blocks = blocks
    }

    /// Records in the blocks before `block`.
    func samples(before block: Int) -> ArraySlice<Sample> {
        samples.prefix(blocks[..<block].reduce(0) { $0 + Int($1.header.recordCount) })
    }

    func changed(_ block: Int, _ change: (inout [UInt8], _ offset: Int) -> Void) -> [(
        path: String, bytes: [UInt8]
    )] {
        var segments = segments
        change(&segments[blocks[block].segment].bytes, blocks[block].offset)
        return segments
    }
}

/// Goal: one flipped bit anywhere in a block's header is found, named with file and place, and called damage where the
/// block had been durable.
/// Method: every byte of the header, one bit each, in a block in the middle and in the last one with records.
@Test func flippedHeaderBits() throws {
    let written = try Written()
    let middle = written.blocks.count / 2
    for byte in 0..<BlockHeader.byteCount {
        let segments = written.changed(middle) { $0[$1 + byte] ^= 1 << UInt8(byte % 8) }
        let reader = JournalReader(segments: segments)
        do {
            let found = try readAll(reader)
            Issue.record("byte \(byte) unseen: \(found.count) records, \(String(describing: reader.ending))")
        } catch {
            guard case .damaged(let file, let offset, _) = error else {
                Issue.record("byte \(byte): \(error)")
                continue
            }
            check(file == written.segments[written.blocks[middle].segment].path)
            check(offset == written.blocks[middle].offset)
        }
    }
}

/// Goal: the same for the records: every byte of a payload is covered.
/// Method: one bit in every 7th byte.
@Test func flippedPayloadBits() throws {
    let written = try Written()
    let middle = written.blocks.count / 2
    for byte in stride(from: 0, to: Int(written.blocks[middle].header.payloadByteCount), by: 7) {
        let segments = written.changed(middle) { $0[$1 + BlockHeader.byteCount + byte] ^= 0x10 }
        #expect(throws: JournalError.self) { _ = try readAll(JournalReader(segments: segments)) }
    }
}

/// Goal: a block's padding is checked too: no byte of a file is passed over.
/// Method: every 97th byte and the last of the zeros behind the records, in every block.
@Test func flippedPaddingBits() throws {
    let written = try Written()
    for (number, block) in written.blocks.enumerated() {
        let end = BlockHeader.byteCount + Int(block.header.payloadByteCount)
        let last = block.header.blockByteCount - 1
        for byte in Array(stride(from: end, to: last, by: 97)) + [last] where byte >= end {
            let segments = written.changed(number) { $0[$1 + byte] ^= 0x01 }
            let reader = JournalReader(segments: segments)
            do {
                _ = try readAll(reader)
                // Behind the last block nothing says that it had been durable.
                check(
                    number >= written.blocks.count - 2 && reader.ending != .closed,
                    "block \(number) byte \(byte)")
            } catch {
                guard case .damaged(_, let offset, .padding) = error else {
                    Issue.record("block \(number) byte \(byte): \(error)")
                    continue
                }
                check(offset == block.offset)
            }
        }
    }
}

/// Goal: a block that was written last and is not whole is a torn end: everything before it is read, nothing of it.
/// Method: the last block, nothing behind it, cut off or zeroed from every 512th byte on.
@Test func tornTailAtEverySector() throws {
    let written = try Written()
    let last = written.blocks.count - 2  // the one before the block that says "end"
    let place = written.blocks[last]
    let count = BlockHeader.byteCount + Int(place.header.payloadByteCount)
    for cut in stride(from: 0, to: count, by: 512) {
        for zeroed in [true, false] {
            var segments = Array(written.segments[...place.segment])
            segments[place.segment].bytes.removeLast(
                segments[place.segment].bytes.count - place.offset
                    - (zeroed ? place.header.blockByteCount : cut))
            if zeroed {
                for index in cut..<place.header.blockByteCount {
                    segments[place.segment].bytes[place.offset + index] = 0
                }
            }
            let reader = JournalReader(segments: segments)
            check(try readAll(reader).elementsEqual(written.samples(before: last)))
            check(reader.endPosition == place.header.position)
            if cut == 0 {
                check(reader.ending == .unfinished)
            } else if case .torn(let file, let offset, _) = reader.ending {
                check(file == written.segments[place.segment].path && offset == place.offset)
            } else if segments[place.segment].bytes.dropFirst(place.offset + cut).contains(where: { $0 != 0 })
            {
                Issue.record("cut \(cut): \(String(describing: reader.ending))")
            }
            // Somebody who knows that the block was durable is told of damage instead.
            #expect(throws: JournalError.self) {
                _ = try readAll(JournalReader(segments: segments, durablePosition: place.header.position + 1))
            }
        }
    }
}

/// Goal: what is left of another run, a segment that is missing, two blocks exchanged: all seen.
/// Method: each by hand.
@Test func otherBytesAreNotRead() throws {
    let written = try Written()
    // Another run's blocks behind a torn end are not this run's.
    var other = try JournalWorld(seed: 11)
    other.run(turns: 20)
    other.close()
    let foreign = other.disk.contents[0].bytes
    let last = written.blocks[written.blocks.count - 2]
    var recycled = Array(written.segments[...last.segment])
    recycled[last.segment].bytes.replaceSubrange(last.offset..., with: foreign)
    let reader = JournalReader(segments: recycled)
    check(try readAll(reader).elementsEqual(written.samples(before: written.blocks.count - 2)))
    if case .torn(_, _, let fault) = reader.ending {
        check(fault == .segment || fault == .sequence)
    } else {
        Issue.record("\(String(describing: reader.ending))")
    }
    // A segment is missing in the middle.
    var holed = written.segments
    holed.remove(at: 1)
    #expect(throws: JournalError.self) { _ = try readAll(JournalReader(segments: holed)) }
    // The first block is gone.
    let headless = written.changed(0) { bytes, offset in for byte in 0..<4096 { bytes[offset + byte] = 0 } }
    #expect(throws: JournalError.self) { _ = try readAll(JournalReader(segments: headless)) }
}

/// Goal: a whole block put in the place of another, checksums in order, is told by the chain.
/// Method: change a record and make both checksums anew, as somebody would who wants to hide it.
@Test func tamperingBreaksTheChain() throws {
    let written = try Written()
    let segments = written.changed(1) { bytes, offset in
        // SAFETY: slices of the array, inside the closures.
        unsafe bytes.withUnsafeMutableBytes { all in
            let header = written.blocks[1].header
            let end = offset + BlockHeader.byteCount + Int(header.payloadByteCount)
            unsafe all[end - 1] ^= 1
            var changed = header
            changed.payloadChecksum = unsafe Checksum.crc32c(
                UnsafeRawBufferPointer(rebasing: all[offset + BlockHeader.byteCount..<end]))
            unsafe changed.write(to: UnsafeMutableRawBufferPointer(rebasing: all[offset..<offset + 160]))
        }
    }
    do {
        _ = try readAll(JournalReader(segments: segments))
        Issue.record("unseen")
    } catch {
        check(error == .damaged(file: written.segments[0].path, offset: written.blocks[2].offset, .chain))
    }
}

/// Goal: checksum and hash are the ones that the world knows, by instruction and by table.
/// Source: RFC 3720 appendix B.4 and the check value of CRC-32C; FIPS 180-2 appendix B.
@Test func knownChecksums() {
    let digits = Array("123456789".utf8)
    // SAFETY: the arrays stand still inside the closures.
    unsafe digits.withUnsafeBytes { bytes in
        check(unsafe Checksum.crc32c(bytes) == 0xe306_9283)
        let first = unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<4]))
        check(
            unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[4...]), continuing: first)
                == 0xe306_9283)
    }
    unsafe [UInt8](repeating: 0, count: 32).withUnsafeBytes {
        check(unsafe Checksum.crc32c($0) == 0x8a91_36aa)
    }
    unsafe Array("abc".utf8).withUnsafeBytes {
        let hash = unsafe BlockHasher().hash($0).description
        check(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
