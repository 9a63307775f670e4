import Model
import Plumbing

@testable import Journal

/// A record as it went in.
struct Sample: Equatable {
    let type: JournalRecordType
    let stream: UInt16
    let content: [UInt8]

    /// Of every type and many lengths; inputs are numbered by `number`.
    static func random(_ random: inout SeededRandom, number: Int, payloadMax: UInt64 = 400) -> Sample {
        let type = JournalRecordType.allCases[Int(random.below(6))]
        var content = [UInt8]()
        if type != .text {
            var input = Input(kind: .timer)
            input.sequence = UInt64(number)
            // SAFETY: an input is 64 bytes.
            content = unsafe withUnsafeBytes(of: input) { unsafe Array($0) }
        }
        if type == .packet || type == .text {
            content += (0..<random.below(payloadMax)).map {
                UInt8(truncatingIfNeeded: $0 &* 13 &+ UInt64(number))
            }
        }
        return Sample(type: type, stream: UInt16(random.below(4)), content: content)
    }

    func append(to ring: borrowing JournalRing) -> Bool {
        // SAFETY: the array stands still inside the closure.
        unsafe content.withUnsafeBytes { unsafe ring.append(type, stream: stream, bytes: $0) }
    }
}

/// A ring, a writer and a seeded disk, stepped by hand.
struct JournalWorld: ~Copyable {
    static let runID = RunID(low: 0x1111_2222_3333_4444, high: 0x5555_6666_7777_8888)

    let ring: JournalRing
    let disk: SeededDisk
    var writer: JournalWriter
    var nowNs: UInt64 = 0
    var samples: [Sample] = []
    private var random: SeededRandom

    init(
        seed: UInt64, disk diskSettings: SeededDisk.Settings = .init(), ringPath: String? = nil,
        segmentByteCount: Int = 32_768, blocksInFlightMax: Int = 3
    ) throws(SetupError) {
        let disk = SeededDisk(seed: seed &+ 1, settings: diskSettings)
        let ring = try JournalRing(path: ringPath, capacity: 8192, runID: Self.runID, epoch: 7)
        var settings = JournalSettings(folder: "j", runID: Self.runID, epoch: 7)
        settings.segmentByteCount = segmentByteCount
        settings.blockByteCountMax = 12_288
        settings.blocksInFlightMax = blocksInFlightMax
        settings.commitNs = 1_000_000
        let writer = try JournalWriter(settings, reader: ring.reader(), disk: disk)
        self.random = SeededRandom(seed: seed)
        self.disk = disk
        self.ring = ring
        self.writer = writer
    }

    var isFailed: Bool { if case .failed = writer.state { true } else { false } }

    /// One turn: some records, some time, a step.
    mutating func turn(appending countMax: UInt64) {
        for _ in 0..<random.below(countMax + 1) {
            let sample = Sample.random(&random, number: samples.count + 1)
            guard sample.append(to: ring) else { break }
            samples.append(sample)
        }
        nowNs += random.below(400_000)
        disk.advance(toNs: nowNs)
        _ = writer.step(nowNs: nowNs)
    }

    mutating func run(turns: Int) { for _ in 0..<turns where !isFailed { turn(appending: 8) } }

    /// Until closed or failed; at most ten seconds of its own time.
    mutating func close() {
        writer.requestClose()
        for _ in 0..<50_000 where writer.state == .closing { turn(appending: 0) }
    }
}

/// Everything that a reader gives, and how it ended.
func readAll(_ reader: JournalReader) throws(JournalError) -> [Sample] {
    var samples: [Sample] = []
    while let record = try reader.next() {
        // SAFETY: copied before the next call.
        samples.append(
            unsafe Sample(type: record.type, stream: record.stream, content: Array(record.content)))
    }
    return samples
}
