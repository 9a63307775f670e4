internal import CSpinetailPlumbing

/// Looks at the figures of another process's run. Writes nothing.
@safe public final class LiveReader {
    private let live: OpaquePointer
    public let path: String
    public let about: LiveAbout

    /// - Throws: `SetupError` with `badMessage` where the file is none of these (or not whole yet), with `notSupported`
    ///   where another version of the program wrote it.
    public init(path: String) throws(SetupError) {
        var found: OpaquePointer?
        // SAFETY: C maps the file or answers an errno.
        let result = unsafe path.withCString { unsafe st_live_open($0, &found) }
        if let refusal = Errno(result: result) {
            throw SetupError(
                "look at a run's figures", at: path, refusal,
                remedy: refusal == .notSupported
                    ? "another version of spinetail wrote it: look with the one that runs" : nil)
        }
        guard let found = unsafe found else { preconditionFailure("Invariant: success finds a file") }
        unsafe live = found
        var raw = st_live_about()
        unsafe st_live_read_about(found, &raw)
        about = LiveAbout(raw)
        self.path = path
    }

    // SAFETY: nobody else has the pointer.
    deinit { unsafe st_live_close(live) }

    /// 0 where there is no such figure.
    public func figure(_ index: Int) -> UInt64 {
        // SAFETY: C checks the index; the mapping lives as long as this object, here and below.
        unsafe st_live_figure(live, UInt32(clamping: index))
    }

    public func stage(_ index: Int) -> LatencyCounts {
        var counts = [UInt64](repeating: 0, count: Int(ST_LIVE_BUCKETS))
        unsafe counts.withUnsafeMutableBufferPointer {
            unsafe st_live_read_stage(live, UInt32(clamping: index), $0.baseAddress!)
        }
        return LatencyCounts(counts)
    }

    /// What the engine's clock shows where the kernel's shows `kernelNs`.
    public func engineNs(atKernelNs kernelNs: UInt64) -> UInt64 {
        kernelNs &+ UInt64(bitPattern: unsafe st_live_clock_offset_ns(live))
    }
}

/// The buckets of a histogram at one moment, for threads and processes that only look.
public struct LatencyCounts: Sendable, Equatable {
    private let counts: [UInt64]

    init(_ counts: [UInt64]) { self.counts = counts }

    /// What came after `earlier`.
    public func since(_ earlier: LatencyCounts) -> LatencyCounts {
        LatencyCounts(zip(counts, earlier.counts).map { $0 >= $1 ? $0 - $1 : 0 })
    }

    public var count: UInt64 { counts.reduce(0, &+) }

    /// The upper end of the highest bucket that holds any: at most 1/128 above the longest. 0 when there is none.
    public var maxNs: UInt64 {
        counts.lastIndex { $0 > 0 }.map { LatencyHistogram.upperBound(ofBucket: $0) } ?? 0
    }

    /// As ``LatencyHistogram/valueNs(atPercentile:)``, to the upper end of the bucket.
    public func valueNs(atPercentile percentile: Double) -> UInt64 {
        let total = count
        guard total > 0 else { return 0 }
        let rank = max(UInt64((Double(total) * min(max(percentile, 0), 100) / 100).rounded(.up)), 1)
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return LatencyHistogram.upperBound(ofBucket: bucket) }
        }
        return maxNs
    }
}
