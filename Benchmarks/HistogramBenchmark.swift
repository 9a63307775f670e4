import Plumbing

/// What one recorded value costs.
enum HistogramBenchmark: Benchmark {
    static let name = "histogram"
    static let what = "one value into a latency histogram"
    static let why = "every order records seven of them, always on"
    static let leftOut = "reading the clock for the value"

    static func run(_ scale: Scale) throws -> [(name: String, figure: Figure, reach: Reach?)] {
        let clock = Clock.calibrated()
        let count = scale.count(20_000_000, smoke: 100_000)
        var runs: [Double] = []
        var histogram = LatencyHistogram()
        for _ in 0..<scale.count(9, smoke: 1) {
            let start = clock.nowNs()
            record(count, into: &histogram)
            runs.append(Double(clock.nowNs() - start) / Double(count))
        }
        precondition(histogram.count > 0, "Invariant: values were recorded")
        return [("histogram_ns", Figure(value: median(runs), unit: "ns"), .atMost(1))]
    }

    /// Values that wander over three powers of ten, as latencies do, so that neither branch nor line is always the
    /// same.
    @inline(never)
    private static func record(_ count: Int, into histogram: inout LatencyHistogram) {
        var value: UInt64 = 12_345
        for _ in 0..<count {
            value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            histogram.record(value >> 52 &+ 50)
        }
    }
}
