import Foundation
import TestSupport
import Testing

@testable import Feeds

@Suite struct PcapFileTests {
    struct Seen: Equatable {
        var timeNs: UInt64
        var port: UInt16
        var payload: [UInt8]
    }

    struct Outcome {
        var seen: [Seen] = []
        var error: MarketFileError?
        var others: UInt64 = 0
        var incomplete: UInt64 = 0
    }

    static func readAll(_ path: String) -> Outcome {
        var outcome = Outcome()
        do {
            var file = try PcapFile(path: path)
            defer {
                outcome.others = file.otherCount
                outcome.incomplete = file.incompleteCount
            }
            while let datagram = try file.next() {
                #expect(datagram.destinationAddress == 0xe936_0c01)
                // SAFETY: copied before the next call.
                let payload = unsafe [UInt8](datagram.payload)
                outcome.seen.append(
                    Seen(timeNs: datagram.timeNs, port: datagram.destinationPort, payload: payload))
            }
        } catch {
            outcome.error = error
        }
        return outcome
    }

    static let expected = [
        Seen(timeNs: 1_700_000_000_000_001_000, port: 26_477, payload: [1, 2, 3]),
        Seen(timeNs: 1_700_000_000_000_002_000, port: 9, payload: []),
        Seen(timeNs: 1_700_000_000_000_003_000, port: 26_477, payload: [UInt8](repeating: 9, count: 1_400)),
    ]

    static func sample(big: Bool, nano: Bool) -> [UInt8] {
        var file = FileMaker.pcap(big: big, nano: nano)
        let scale: UInt32 = nano ? 1_000 : 1
        file.record(seconds: 1_700_000_000, fraction: 1 * scale, frame: FileMaker.frame([1, 2, 3]))
        file.record(
            seconds: 1_700_000_000, fraction: 1 * scale, frame: FileMaker.frame([7], protocolNumber: 6))
        file.record(
            seconds: 1_700_000_000, fraction: 2 * scale, frame: FileMaker.frame([], port: 9, vlanTags: 1))
        file.record(
            seconds: 1_700_000_000, fraction: 3 * scale,
            frame: FileMaker.frame(expected[2].payload, vlanTags: 2))
        return file.bytes
    }

    static func sampleNg(big: Bool) -> [UInt8] {
        var file = FileMaker(isBig: big)
        file.section()
        file.block(type: 1) {  // an interface whose clock counts nanoseconds
            $0.put16(1)
            $0.put16(0)
            $0.put32(0)
            $0.put16(9)
            $0.put16(1)
            $0.bytes += [9, 0, 0, 0]
            $0.put32(0)
        }
        file.block(type: 5) { $0.put32(0) }  // statistics, of no interest
        for seen in expected {
            let frame = FileMaker.frame(seen.payload, port: Int(seen.port))
            file.block(type: 6) {
                $0.put32(0)
                $0.put32(UInt32(seen.timeNs >> 32))
                $0.put32(UInt32(truncatingIfNeeded: seen.timeNs))
                $0.put32(UInt32(frame.count))
                $0.put32(UInt32(frame.count))
                $0.bytes += frame
            }
        }
        return file.bytes
    }

    /// Goal: every form of a capture gives the same datagrams. Method: the same three datagrams written by hand in
    /// both byte orders, both precisions, pcap and pcapng, plain and by the gzip program.
    @Test func everyFormReadsAlike() throws {
        var forms: [[UInt8]] = []
        for big in [false, true] {
            forms += [
                Self.sample(big: big, nano: false), Self.sample(big: big, nano: true),
                Self.sampleNg(big: big),
            ]
        }
        forms += try forms.map { try FileMaker.gzip($0) }
        for (index, form) in forms.enumerated() {
            let outcome = FileMaker.with(form) { Self.readAll($0) }
            #expect(outcome.seen == Self.expected, "form \(index)")
            #expect(outcome.error == nil, "form \(index)")
        }
    }

    /// Goal: a cut file gives what was whole before the cut, then says where it was cut; never a trap. Method: every
    /// length of five small files, against the count of whole records before it.
    @Test(arguments: [0, 1, 2, 3, 4])
    func everyTruncation(_ form: Int) throws {
        let whole =
            switch form {
            case 0: Self.sample(big: false, nano: false)
            case 1: Self.sample(big: true, nano: true)
            case 2: Self.sampleNg(big: false)
            case 3: try FileMaker.gzip(Self.sample(big: false, nano: false))
            default: try FileMaker.gzip(Self.sampleNg(big: true))
            }
        var longest = 0
        for count in 0..<whole.count {
            let outcome = FileMaker.with([UInt8](whole[..<count])) { Self.readAll($0) }
            #expect(outcome.seen.elementsEqual(Self.expected.prefix(outcome.seen.count)), "cut at \(count)")
            #expect(outcome.seen.count >= longest, "cut at \(count)")
            longest = max(longest, outcome.seen.count)
            // A cut between two records cannot be told from an end, except in gzip.
            if form >= 3 { #expect(outcome.error != nil, "cut at \(count)") }
            if let error = outcome.error {
                #expect(
                    error.fault == .truncated || error.fault == .notThisFormat && count < 4, "cut at \(count)"
                )
                #expect(error.offset <= 10_000)
            }
        }
        #expect(longest >= 2)
    }

    /// Goal: damaged bytes are refused or passed over, never trapped on. Method: 3,000 seeded flips of one to four bytes
    /// of each form.
    @Test(arguments: [false, true])
    func flippedBytesNeverTrap(_ isNg: Bool) {
        var random = SplitMix(state: TestSeed.current)
        let whole = isNg ? Self.sampleNg(big: false) : Self.sample(big: false, nano: true)
        for _ in 0..<1_500 {
            var bytes = whole
            for _ in 0...(random.next() % 4) {
                bytes[Int(random.next() % UInt64(min(bytes.count, 400)))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            FileMaker.with(bytes) { path in
                guard var file = try? PcapFile(path: path) else { return }
                var count = 0
                while count < 100, let _ = try? file.next() { count += 1 }
                #expect(count < 100)
            }
        }
    }

    /// Goal: what is not spoken is refused by its name, with a remedy.
    @Test func refusals() {
        var version = Self.sample(big: false, nano: false)
        version[4] = 3
        var link = Self.sample(big: false, nano: false)
        link[20] = 105
        var length = Self.sample(big: false, nano: false)
        length[24 + 8 + 3] = 0x7f
        let cases: [([UInt8], MarketFileError.Fault, UInt64)] = [
            (version, .wrongVersion, 4), (link, .wrongVersion, 20), (length, .garbage, 24),
            (Array("no capture at all".utf8), .notThisFormat, 0),
        ]
        for (bytes, fault, offset) in cases {
            let error = FileMaker.with(bytes) { Self.readAll($0).error }
            #expect(error?.fault == fault)
            #expect(error?.offset == offset)
            #expect(error?.remedy.hasSuffix(".") == true)
        }
        #expect(Self.readAll("/nonexistent/file.pcap").error?.fault == .cannotOpen(ENOENT))
        #expect(Self.readAll("/tmp").error?.fault == .cannotOpen(EISDIR))
    }

    /// Goal: the real capture gives all of its whole packets; it ends inside one, which is said. Method: the counts that
    /// an independent script found.
    @Test func realCapture() throws {
        guard let file = TestData.file("iex/DEEP10_20170425.pcap.gz") else { return }
        var capture = try PcapFile(path: file.path)
        var first: UInt64 = 0
        var last: UInt64 = 0
        var types = [Int](repeating: 0, count: 256)
        let error = #expect(throws: MarketFileError.self) {
            while let datagram = try capture.next() {
                if first == 0 { first = datagram.timeNs }
                last = datagram.timeNs
                // SAFETY: read before the next call; indices stay below the count.
                let bytes = unsafe datagram.payload
                var at = 40
                while at + 2 < bytes.count {
                    unsafe types[Int(bytes[at + 2])] += 1
                    at += unsafe 2 + Int(bytes[at]) + Int(bytes[at + 1]) << 8
                }
            }
        }
        #expect(capture.datagramCount == 121_314)
        #expect(capture.otherCount == 0 && capture.incompleteCount == 0)
        #expect(last - first == 17_311_150_969_000)
        #expect(types[Int(UInt8(ascii: "H"))] == 93_638 && types[Int(UInt8(ascii: "O"))] == 93_638)
        #expect(types[Int(UInt8(ascii: "P"))] == 93_636 && types[Int(UInt8(ascii: "T"))] == 83_343)
        #expect(error?.fault == .truncated && error?.offset == 22_195_748)
        #expect(try MarketFile.detect(file.path) == .iexDeepCapture)
    }

    /// Goal: no real capture of any exchange is a trap. Method: all single-packet captures of the test data.
    @Test func realCapturesOfOthers() throws {
        guard let folder = TestData.file("omi-pcaps") else { return }
        var files = 0
        for case let file as URL in FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil)!
        {
            guard file.pathExtension == "pcap" else { continue }
            files += 1
            var capture = try PcapFile(path: file.path)
            do { while let _ = try capture.next() {} } catch { Issue.record("\(error)") }
            #expect(capture.frameCount > 0)
            let isDeep = file.path.contains("Deep.IexTp.v1.0")
            #expect((try MarketFile.detect(file.path) == .iexDeepCapture) == isDeep, "\(file.path)")
        }
        #expect(files > 50)
    }
}

/// A small generator for tests: SplitMix64.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
