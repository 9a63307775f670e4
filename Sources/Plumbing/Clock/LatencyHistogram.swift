public import Memory

/// How often each latency was seen, from 1 ns to about 18 minutes, each within 1/128 of its value: log-linear buckets
/// as HdrHistogram has them, 128 to a power of two.
///
/// - Bounds: 4,352 counts of 8 bytes, taken in `init`. What is longer than ``valueNsMax`` counts as that, and is
///   counted once more in ``saturatedCount``.
/// - Threads: belongs to whoever owns it; to read one while it is written, ``merge(_:)`` a copy on its own thread.
@safe public struct LatencyHistogram: ~Copyable {
    /// The longest that has a bucket of its own: 2⁴⁰ − 1 ns, 18 minutes.
    public static var valueNsMax: UInt64 {
        @inlinable get { 1 << 40 - 1 }
    }
    @usableFromInline static var bucketCount: Int {
        @inlinable get { 4352 }
    }

    @usableFromInline var counts: FixedArray<UInt64>
    /// Values above ``valueNsMax``.
    public private(set) var saturatedCount: UInt64 {
        @inlinable get { saturated }
        set { saturated = newValue }
    }
    @usableFromInline var saturated: UInt64 = 0
    @usableFromInline var largest: UInt64 = 0
    @usableFromInline var smallest: UInt64 = .max

    public init() {
        counts = FixedArray(count: Self.bucketCount, repeating: 0, for: "a latency histogram")
    }

    /// Which bucket holds `value`. Up to 255 each value has its own; from there 128 share a power of two.
    @inlinable static func bucket(of value: UInt64) -> Int {
        let shift = 56 &- (value | 128).leadingZeroBitCount
        return shift &<< 7 &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: shift))
    }

    /// The largest value that falls into a bucket.
    static func upperBound(ofBucket bucket: Int) -> UInt64 {
        let shift = max(0, bucket >> 7 - 1)
        return UInt64(bucket - shift << 7 + 1) << UInt64(shift) - 1
    }

    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func record(_ valueNs: UInt64) {
        let limit: UInt64 = 1 << 40 - 1
        saturated &+= valueNs > limit ? 1 : 0
        largest = max(largest, valueNs)
        smallest = min(smallest, valueNs)
        counts[Self.bucket(of: min(valueNs, limit))] &+= 1
    }

    /// Values recorded.
    public var count: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<counts.count { sum &+= counts[index] }
        return sum
    }

    /// The largest value, exactly; 0 when there is none.
    public var maxNs: UInt64 { largest }

    /// The smallest value, exactly; 0 when there is none.
    public var minNs: UInt64 { smallest == .max && largest == 0 ? 0 : smallest }

    /// The value that `percentile` per cent of the values do not pass: the upper end of its bucket, at most
    /// ``maxNs``; so never less than the exact one and at most 1/128 more. 0 when there is none.
    public func valueNs(atPercentile percentile: Double) -> UInt64 {
        let total = count
        guard total > 0 else { return 0 }
        let wanted = Double(total) * min(max(percentile, 0), 100) / 100
        // The rank is the smallest whole number not below that, and at least 1.
        var rank = UInt64(wanted)
        if Double(rank) < wanted { rank += 1 }
        rank = max(rank, 1)
        var seen: UInt64 = 0
        for index in 0..<counts.count {
            seen += counts[index]
            guard seen >= rank else { continue }
            // The last bucket also holds what was too long for it.
            if index == counts.count - 1, saturated > 0 { return largest }
            return min(Self.upperBound(ofBucket: index), largest)
        }
        return largest
    }

    /// The mean, from the middles of the buckets: within 1/256.
    public var meanNs: Double {
        var sum = 0.0
        var total: UInt64 = 0
        for index in 0..<counts.count where counts[index] > 0 {
            let low = index == 0 ? 0 : Self.upperBound(ofBucket: index - 1) + 1
            sum += Double(counts[index]) * (Double(low) + Double(Self.upperBound(ofBucket: index))) / 2
            total += counts[index]
        }
        return total == 0 ? 0 : sum / Double(total)
    }

    /// Adds what another has seen.
    public mutating func merge(_ other: borrowing LatencyHistogram) {
        for index in 0..<counts.count { counts[index] &+= other.counts[index] }
        saturated &+= other.saturated
        largest = max(largest, other.largest)
        smallest = min(smallest, other.smallest)
    }

    /// Forgets everything.
    public mutating func reset() {
        for index in 0..<counts.count { counts[index] = 0 }
        saturated = 0
        largest = 0
        smallest = .max
    }
}
