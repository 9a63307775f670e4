import Foundation
import Memory
import Model
import Plumbing

/// What a log line costs the hot thread, and how many a second reach the disk.
enum LogBenchmark: Benchmark {
    static let name = "log"
    static let what =
        "log lines with two arguments and the event's own time; bursts of 20, and as fast as the disk takes them"
    static let why = "who logs on the way of an order pays this"
    static let leftOut = "making text of them, which `spinetail log` does; the clock, whose time is handed in"

    private static let drainCore = 0

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let clock = Clock.calibrated()
        let bursts = run.count(50_000, smoke: 50)
        let records = run.count(10_000_000, smoke: 10_000)
        var means: [Double] = []
        var rates: [Double] = []
        // Of single calls, the two readings of the clock included: an upper bound.
        var singles = LatencyHistogram()
        var dropped: UInt64 = 0
        for _ in 0..<run.count(5, smoke: 1) {
            means.append(try burst(clock, bursts, &singles, &dropped))
            rates.append(try stream(clock, records))
        }
        if dropped > 0 { run.say("\(dropped) lines of the bursts were dropped: their calls did not write") }
        return [
            ("log_ns_mean", Figure(value: median(means), unit: "ns"), .atMost(4)),
            (
                "log_ns_p999", Figure(value: Double(singles.valueNs(atPercentile: 99.9)), unit: "ns"),
                .atMost(100)
            ),
            ("log_records_per_s", Figure(value: median(rates), unit: "/s"), .atLeast(30e6)),
        ]
    }

    /// A log in a folder of its own, drained by its own thread on the other core.
    private static func withLog<Answer>(
        _ clock: Clock, fileByteCount: Int, idleNs: UInt64,
        _ body: (borrowing Log, () -> Void) throws -> Answer
    ) throws -> Answer {
        let folder =
            NSTemporaryDirectory() + "spinetail-bench-log-\(ProcessInfo.processInfo.processIdentifier)"
        try Files.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try Log(level: .debug)
        let files = LogFiles(
            folder: folder, runID: Files.randomRunID(), utcAtZeroNs: clock.utcOffsetNs(),
            fileByteCount: fileByteCount)
        let writer = try LogWriter(files, source: log.source(), disk: UringDisk())
        let thread = try LogThread(writer, clock: clock, core: drainCore, idleNs: idleNs)
        var stopped = false
        var failure: String?
        let answer = try body(log) {
            stopped = true
            failure = thread.stop().map { "\($0)" }
        }
        precondition(stopped, "Caller: the log is stopped")
        if let failure { throw BenchmarkFailure("the log: \(failure)") }
        return answer
    }

    /// Bursts of 20 with a pause behind each, as events come. The mean is over all bursts; every other burst is timed call by
    /// call for the percentile.
    private static func burst(
        _ clock: Clock, _ count: Int, _ singles: inout LatencyHistogram, _ dropped: inout UInt64
    ) throws
        -> Double
    {
        try withLog(clock, fileByteCount: 256 << 20, idleNs: 2_000_000) { log, stop in
            var totalNs: UInt64 = 0
            for index in 0..<count {
                let atNs = clock.nowNs()
                if index % 2 == 0 {
                    totalNs += log20(log, clock, atNs)
                } else {
                    for place in 0..<20 {
                        let before = clock.nowNs()
                        log.write(.measured(whole: place, number: 0.5), atNs: before)
                        singles.record(clock.nowNs() - before)
                    }
                }
                while clock.nowNs() < atNs + 10_000 {}
            }
            // A dropped line is cheap: a run that drops would measure something else.
            dropped += log.droppedCount
            stop()
            return Double(totalNs) / Double((count + 1) / 2 * 20)
        }
    }

    @inline(never)
    private static func log20(_ log: borrowing Log, _ clock: Clock, _ atNs: UInt64) -> UInt64 {
        let before = clock.nowNs()
        for place in 0..<20 { log.write(.measured(whole: place, number: 0.25), atNs: atNs) }
        return clock.nowNs() - before
    }

    /// From the first record to the last one's write: who finds the ring full tries again, so that none is missing.
    private static func stream(_ clock: Clock, _ count: Int) throws -> Double {
        let fileByteCount = (count * 33 + (8 << 20)) & ~4095
        return try withLog(clock, fileByteCount: fileByteCount, idleNs: 20_000) { log, stop in
            let start = clock.nowNs()
            var dropped: UInt64 = 0
            for number in 0..<count {
                while true {
                    log.write(.measured(whole: number, number: 1.5), atNs: start)
                    let now = log.droppedCount
                    if now == dropped { break }
                    dropped = now
                }
            }
            stop()
            return Double(count) / Double(clock.nowNs() - start) * 1e9
        }
    }
}
