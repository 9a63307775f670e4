public import Foundation
import Plumbing

/// The benchmarks, for the command `spinetail bench`: which there are, and a run of some of them.
public enum BenchmarkSuite {
    static var all: [any Benchmark.Type] {
        [
            EngineBenchmark.self, RiskBenchmark.self, DecodeBenchmark.self, MatchingBenchmark.self,
            HistogramBenchmark.self,
            TickToTradeBenchmark.self, KillBenchmark.self, RingBenchmark.self, LogBenchmark.self,
        ]
    }

    /// In the order in which they run.
    public static var names: [String] { all.map { $0.name } }

    /// The core on which they run unless told otherwise: not the first, which has the interrupts.
    public static var coreUsual: Int { min(1, ProcessInfo.processInfo.activeProcessorCount - 1) }

    /// Runs the named ones, all where none is named, and says what they measured.
    ///
    /// - Parameters:
    ///   - core: Where a benchmark of one thread runs; those of two threads take cores 0 and 1.
    ///   - isSmoke: Just enough work to see that everything runs; the figures mean nothing.
    ///   - say: Takes the table line by line.
    /// - Returns: One JSON object a line: `{"bench": NAME, "figures": {NAME: {"value": x, "unit": "ns"}}, "machine": …}`.
    /// - Throws: ``BenchmarkFailure``.
    public static func run(
        _ names: [String], core: Int = coreUsual, isSmoke: Bool, say: (String) -> Void
    ) throws -> Data {
        let machine = Machine.current()
        say("\(machine.cpu), \(machine.cores) cores, Linux \(machine.kernel), \(machine.date)")
        if let refusal = Threads.pin(core: core).refusal { say("not pinned to core \(core): \(refusal)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var json = Data()
        var missed = 0
        for benchmark in all where names.isEmpty || names.contains(benchmark.name) {
            say(
                "\n\(benchmark.name): \(benchmark.what)\n  why: \(benchmark.why)\n  left out: \(benchmark.leftOut)"
            )
            // One that takes both cores leaves this thread where it needed it.
            _ = Threads.pin(core: core)
            let rows = try withoutActuallyEscaping(say) { say in
                do {
                    return try benchmark.run(BenchmarkRun(isSmoke: isSmoke) { say("  " + $0) })
                } catch {
                    throw BenchmarkFailure("\(benchmark.name): \(error)")
                }
            }
            for row in rows {
                say(line(row, isJudged: !isSmoke))
                if !isSmoke, let reach = row.reach, !reach.holds(row.figure.value) { missed += 1 }
            }
            json += try encoder.encode(
                BenchmarkRecord(
                    bench: benchmark.name,
                    figures: Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.figure) }),
                    machine: machine))
            json.append(UInt8(ascii: "\n"))
        }
        if missed > 0 { say("\n\(missed) figures do not reach what they are to reach on this machine") }
        return json
    }

    private static func line(_ row: BenchmarkRow, isJudged: Bool) -> String {
        let label = row.name.padding(toLength: 30, withPad: " ", startingAt: 0)
        let value = number(row.figure.value)
        let shown = String(repeating: " ", count: max(0, 16 - value.count)) + value
        guard let reach = row.reach, isJudged else { return "  \(label)\(shown) \(row.figure.unit)" }
        let verdict = reach.holds(row.figure.value) ? "yes" : "NO"
        return "  \(label)\(shown) \(row.figure.unit)   to reach \(reach.text): \(verdict)"
    }
}

/// What a benchmark could not do.
public struct BenchmarkFailure: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// One line of the JSON file.
private struct BenchmarkRecord: Codable {
    var bench: String
    var figures: [String: Figure]
    var machine: Machine
}
