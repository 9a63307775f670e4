public import CSpinetailPlumbing
public import Memory

/// How often each latency was seen, from 0 ns to about 18 minutes, each within 1/128 of its value: log-linear buckets
/// as HdrHistogram has them, 256 to a power of two.
///
/// The bucket is read off the value as a `Double`: exponent and first eight bits of the fraction are, together, the
/// number of a log-linear bucket. One conversion and one shift where counting leading zeros takes a multi-cycle
/// instruction on the baseline that we compile for; 256 is added first, so that small values are exact and need no case.
///
/// - Bounds: 8,192 counts of 8 bytes, taken in `init`. What is longer than ``valueNsMax`` counts as that, and is
///   counted once more in ``saturatedCount``.
/// - Threads: belongs to whoever owns it; another may look at the counts through ``view`` meanwhile.
@safe public struct LatencyHistogram: ~Copyable {
    /// The longest that has a bucket of its own: 2⁴⁰ − 257 ns, 18 minutes.
    public static var valueNsMax: UInt64 {
        @inlinable get { 1 << 40 - 257 }
    }
    @usableFromInline static var bucketCount: Int {
        @inlinable get { 8192 }
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

    /// Which bucket holds `value`, at most ``valueNsMax``. Up to 255 each has its own.
    @inlinable static func bucket(of value: UInt64) -> Int {
        let bits = Double(Int64(bitPattern: value &+ 256)).bitPattern
        return Int(truncatingIfNeeded: bits &>> 44) &- 1031 &<< 8
    }

    /// The largest value that falls into a bucket.
    static func upperBound(ofBucket bucket: Int) -> UInt64 {
        UInt64(257 + bucket & 255) << UInt64(bucket >> 8) - 257
    }

    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public mutating func record(_ valueNs: UInt64) {
        let limit: UInt64 = 1 << 40 - 257
        // Branches that are hardly ever taken, not minima and maxima: each of those would be a load that waits for the
        // store of the call before.
        if valueNs > largest { largest = valueNs }
        if valueNs < smallest { smallest = valueNs }
        if valueNs > limit {
            saturated &+= 1
            // SAFETY: the limit's bucket is the last.
            unsafe st_count_up(counts.unsafeBase + Self.bucket(of: limit))
        } else {
            // SAFETY: up to the limit every value's bucket is below `bucketCount` (a test walks all of them).
            unsafe st_count_up(counts.unsafeBase + Self.bucket(of: valueNs))
        }
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

    /// The counts, for a thread that only looks while the owner goes on: whole words, each old or new.
    public var view: View { unsafe View(base: counts.unsafeBase) }

    /// Valid as long as the histogram.
    @safe public struct View: @unchecked Sendable {
        let base: UnsafeMutablePointer<UInt64>

        init(base: UnsafeMutablePointer<UInt64>) { unsafe self.base = base }
    }
}
