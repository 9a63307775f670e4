import Matching
import Plumbing
import Simulation

/// Commands through the matching engine.
enum MatchingBenchmark: Benchmark {
    static let name = "matching"
    static let what = "new orders, cancels, replaces and crossing orders through the matching engine"
    static let why = "exchange simulator and backtest live from it"
    static let leftOut = "codecs, sessions, publishing; the list of commands is made ahead"

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let clock = Clock.calibrated()
        let workload = MatchingWorkload(
            seed: 7, liveOrders: run.count(100_000, smoke: 1_000),
            count: run.count(2_000_000, smoke: 10_000))
        var runs: [Double] = []
        var sums: Set<UInt64> = []
        for _ in 0..<run.count(7, smoke: 1) {
            var engine = workload.warmEngine()
            let start = clock.nowNs()
            sums.insert(workload.run(&engine))
            runs.append(Double(workload.commands.count) / (Double(clock.nowNs() - start) * 1e-9))
        }
        precondition(sums.count == 1, "Invariant: the same commands give the same events")
        return [("commands_per_s", Figure(value: median(runs), unit: "1/s"), .atLeast(15e6))]
    }
}
