import Memory
import Model
import Plumbing

/// What one recorded value costs.
enum HistogramBenchmark: Benchmark {
    static let name = "histogram"
    static let what = "one value into a latency histogram"
    static let why = "every order records seven of them, always on"
    static let leftOut = "reading the clock for the value"

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let clock = Clock.calibrated()
        let rounds = run.count(5_000, smoke: 20)
        // Values that wander over three powers of ten, as latencies do, so that neither branch nor line is always the
        // same. Made ahead: drawing one costs more than recording it.
        let values = FixedArray<UInt64>(count: 4_096, repeating: 0, for: "values")
        fill(values)
        var runs: [Double] = []
        var histogram = LatencyHistogram()
        for _ in 0..<run.count(9, smoke: 1) {
            let start = clock.nowNs()
            for _ in 0..<rounds { record(values, into: &histogram) }
            runs.append(Double(clock.nowNs() - start) / Double(rounds * values.count))
        }
        precondition(histogram.count > 0, "Invariant: values were recorded")
        return [("histogram_ns", Figure(value: median(runs), unit: "ns"), .atMost(1))]
    }

    private static func fill(_ values: borrowing FixedArray<UInt64>) {
        var random = SeededRandom(seed: 3)
        // SAFETY: indices of the array itself.
        for index in 0..<values.count { unsafe values.unsafeBase[index] = random.below(4_096) + 50 }
    }

    @inline(never)
    private static func record(_ values: borrowing FixedArray<UInt64>, into histogram: inout LatencyHistogram)
    {
        for index in 0..<values.count { histogram.record(values[index]) }
    }
}
