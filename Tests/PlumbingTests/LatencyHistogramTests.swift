import Model
import TestSupport
import Testing

@testable import Plumbing

/// Goal: every value falls into the bucket whose bounds hold it, and the buckets cover the range without hole or
/// overlap, each within 1/128 of its values.
/// Method: walk every bucket's two ends.
@Test func bucketsCoverTheRange() {
    var low: UInt64 = 0
    for bucket in 0..<LatencyHistogram.bucketCount {
        let high = LatencyHistogram.upperBound(ofBucket: bucket)
        #expect(high >= low)
        #expect(LatencyHistogram.bucket(of: low) == bucket)
        #expect(LatencyHistogram.bucket(of: high) == bucket)
        #expect((high - low) * 128 <= max(low, 1), "bucket \(bucket)")
        low = high + 1
    }
    #expect(low - 1 == LatencyHistogram.valueNsMax)
}

/// Goal: percentiles are those of the sorted values, never below and within a bucket above; maximum, minimum and
/// count are exact; merging two equals recording all in one.
/// Method: seeded values over all magnitudes against a sorted array.
@Test func percentilesAgreeWithASortedArray() {
    var random = SeededRandom(seed: TestSeed.current)
    var first = LatencyHistogram()
    var second = LatencyHistogram()
    var values: [UInt64] = []
    for step in 0..<20_000 {
        let value = random.next() >> (25 + random.below(39))
        values.append(value)
        if step % 3 == 0 { second.record(value) } else { first.record(value) }
    }
    first.merge(second)
    values.sort()
    #expect(first.count == 20_000)
    #expect(first.maxNs == values.last)
    #expect(first.minNs == values.first)
    for percentile in [0.0, 0.01, 1, 10, 50, 90, 99, 99.9, 99.99, 100] {
        let rank = max(1, Int((Double(values.count) * percentile / 100).rounded(.up)))
        let exact = values[rank - 1]
        let found = first.valueNs(atPercentile: percentile)
        #expect(found >= exact && found - exact <= exact / 128, "seed \(TestSeed.current) p\(percentile)")
    }
    let mean = values.reduce(0.0) { $0 + Double($1) } / 20_000
    #expect(abs(first.meanNs - mean) <= mean / 200)
    first.reset()
    #expect(first.count == 0 && first.maxNs == 0 && first.minNs == 0 && first.valueNs(atPercentile: 50) == 0)
}

/// Goal: what is too long saturates, is counted, and keeps its exact value as maximum.
/// Method: the limit, its neighbours and the largest number.
@Test func tooLongSaturates() {
    var histogram = LatencyHistogram()
    histogram.record(LatencyHistogram.valueNsMax)
    #expect(histogram.saturatedCount == 0)
    histogram.record(LatencyHistogram.valueNsMax + 1)
    histogram.record(.max)
    #expect(histogram.saturatedCount == 2)
    #expect(histogram.count == 3)
    #expect(histogram.maxNs == .max)
    #expect(histogram.valueNs(atPercentile: 100) == .max)
}
