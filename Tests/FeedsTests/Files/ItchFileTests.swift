import Foundation
import TestSupport
import Testing

@testable import Feeds

@Suite struct ItchFileTests {
    struct Outcome {
        var types: [UInt8] = []
        var counts: [Int] = []
        var error: MarketFileError?
    }

    static func readAll(_ path: String) -> Outcome {
        var outcome = Outcome()
        do {
            var file = try ItchFile(path: path)
            while let message = try file.next() {
                outcome.types.append(message.type)
                // SAFETY: only the count is read.
                outcome.counts.append(unsafe message.bytes.count)
            }
        } catch {
            outcome.error = error
        }
        return outcome
    }

    /// S, R, A, then NASDAQ's own end: a length of 0.
    static func sample(lengths: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for type in "SRADB".utf8 {
            let count = ItchFile.messageBytes(type)!
            bytes += lengths ? [0, UInt8(count)] : [0, 0]
            bytes += [type] + [UInt8](repeating: 0x20, count: count - 1)
        }
        return bytes
    }

    /// Goal: real and synthetic files give the messages that others counted in them.
    @Test func realFiles() throws {
        guard let real = TestData.file("itch/nasdaq_20191230_first1000.itch50"),
            let zero = TestData.file("itch/ritch_synthetic_12012.itch50-zero-lengths")
        else { return }
        let first = Self.readAll(real.path)
        #expect(first.error == nil && first.types.count == 1_000)
        #expect(first.types.count { $0 == UInt8(ascii: "R") } == 993)
        let second = Self.readAll(zero.path)
        #expect(second.error == nil && second.types.count == 12_012)
        // swift-format-ignore
        let expected: [(Character, Int)] = [
            ("A", 4_997), ("P", 5_000), ("D", 1_745), ("E", 198), ("X", 45), ("U", 12), ("F", 3), ("S", 6), ("R", 3), ("H", 3),
        ]
        for (type, count) in expected {
            #expect(second.types.count { $0 == type.asciiValue! } == count, "type \(type)")
        }
        #expect(try MarketFile.detect(real.path) == .itchFile)
        #expect(try MarketFile.detect(zero.path) == .itchFile)
        let packed = try FileMaker.gzip([UInt8](Data(contentsOf: real)))
        #expect(FileMaker.with(packed) { Self.readAll($0).types.count } == 1_000)
    }

    /// Goal: every cut is told, except where it falls between two messages, and what was before it is given. Method:
    /// every length of a small file, plain and by gzip.
    @Test(arguments: [false, true], [false, true])
    func everyTruncation(lengths: Bool, gzip: Bool) throws {
        let content = Self.sample(lengths: lengths)
        let whole = gzip ? try FileMaker.gzip(content) : content
        var ends: [Int: Int] = lengths ? [0: 0] : [0: 0, 2: 0]
        var at = 0
        for (index, type) in "SRADB".utf8.enumerated() {
            at += 2 + ItchFile.messageBytes(type)!
            ends[at] = index + 1
            if !lengths { ends[at + 2] = index + 1 }  // looks like the length of 0 that closes a file
        }
        for count in 0..<whole.count {
            let outcome = FileMaker.with([UInt8](whole[..<count])) { Self.readAll($0) }
            #expect(outcome.types.elementsEqual("SRADB".utf8.prefix(outcome.types.count)), "cut at \(count)")
            if gzip {
                #expect(outcome.error != nil || count < 2, "cut at \(count)")
            } else if let messages = ends[count] {
                #expect(outcome.types.count == messages, "cut at \(count)")
            } else {
                #expect(outcome.error?.fault == .truncated, "cut at \(count)")
            }
        }
    }

    /// Goal: damage in a gzip stream is told with its place, and what came before is given.
    @Test func corruptGzip() throws {
        var content: [UInt8] = []
        var random = SplitMix(state: TestSeed.current)
        for _ in 0..<20_000 {
            content += [0, 19, UInt8(ascii: "D")]
            for _ in 0..<18 { content.append(UInt8(truncatingIfNeeded: random.next())) }
        }
        var packed = try FileMaker.gzip(content)
        for index in 0..<64 { packed[packed.count / 2 + index] ^= 0x55 }
        let outcome = FileMaker.with(packed) { Self.readAll($0) }
        #expect(outcome.error != nil)
        #expect(outcome.types.count > 1_000 && outcome.types.count < 20_000)
    }

    /// Goal: several gzip members in one file are one content.
    @Test func gzipMembers() throws {
        let one = try FileMaker.gzip(Self.sample(lengths: true))
        let outcome = FileMaker.with(one + one) { Self.readAll($0) }
        #expect(outcome.error == nil && outcome.types.count == 10)
    }

    /// Goal: other versions and garbage are refused by name, with the place.
    @Test func refusals() {
        var other = Self.sample(lengths: true)
        other[14 + 1] = 40  // R of another length: another version
        var garbage = Self.sample(lengths: true)
        garbage[14 + 2] = 0x07
        for (bytes, fault) in [(other, MarketFileError.Fault.wrongVersion), (garbage, .garbage)] {
            let outcome = FileMaker.with(bytes) { Self.readAll($0) }
            #expect(outcome.types.count == 1)
            #expect(outcome.error?.fault == fault && outcome.error?.offset == 14)
        }
        let text = FileMaker.with(Array("time,price\n1,2\n".utf8)) { Self.readAll($0) }
        #expect(text.error?.fault == .notThisFormat)
        let format = try? FileMaker.with(Array("time,price\n1,2\n".utf8)) { try MarketFile.detect($0) }
        guard case .unknown = format else {
            Issue.record("text was taken for \(String(describing: format))")
            return
        }
    }

    /// Goal: no bytes are a trap. Method: 2,000 seeded files of random bytes, half of them behind a good first message.
    @Test func randomBytesNeverTrap() {
        var random = SplitMix(state: TestSeed.current)
        for step in 0..<2_000 {
            var bytes = step % 2 == 0 ? [] : Array(Self.sample(lengths: true).prefix(14))
            for _ in 0..<(random.next() % 200) { bytes.append(UInt8(truncatingIfNeeded: random.next() >> 7)) }
            let outcome = FileMaker.with(bytes) { Self.readAll($0) }
            #expect(outcome.types.count < 100)
        }
    }
}
