import Plumbing
import Testing

/// Goal: the clock goes forward only, at the kernel's rate, and its offset to UTC leads to the wall clock.
/// Method: 100,000 readings; a sleep measured by both; bounds wide enough for a loaded machine. The kernel fallback
/// passes the same test.
@Test(arguments: [Clock.calibrated(), Clock.kernel])
func clockRunsWithTheKernels(clock: Clock) {
    var last = clock.nowNs()
    for _ in 0..<100_000 {
        let now = clock.nowNs()
        #expect(now >= last)
        last = now
    }
    let start = clock.nowNs()
    let kernelStart = Clock.kernel.nowNs()
    Clock.sleep(ns: 50_000_000)
    let took = clock.nowNs() - start
    let kernelTook = Clock.kernel.nowNs() - kernelStart
    #expect(took >= 49_990_000)
    // 200 µs of the 50 ms: being put aside by the scheduler between the two readings is most of it.
    #expect(abs(Int64(took) - Int64(kernelTook)) < 2_000_000)
    let utc = Int64(clock.nowNs()) + clock.utcOffsetNs()
    #expect(abs(utc - Int64(Clock.utcNs())) < 5_000_000)
}

/// Goal: a clock measured again over a longer time agrees with the kernel to a few parts in a million.
/// Method: 100 ms apart.
@Test func recalibrationKeepsTime() {
    let clock = Clock.calibrated(calibrationNs: 1_000_000)
    Clock.sleep(ns: 100_000_000)
    let better = clock.recalibrated()
    #expect(better.isCounter == clock.isCounter)
    #expect(abs(Int64(better.nowNs()) - Int64(Clock.kernel.nowNs())) < 1_000_000)
}
