/// How long nothing happens between the parts of a capture, and how often: what decides how fast it has to be played.
///
/// Silences are sorted by length, 8 classes to each doubling, so that a day of millions of packets is a table.
public struct SilenceTable: Sendable, Equatable {
    private static let classCount = 8 * 64
    private var counts = [UInt64](repeating: 0, count: SilenceTable.classCount)
    private var sums = [Double](repeating: 0, count: SilenceTable.classCount)

    public init() {}

    /// One silence, nanoseconds of the capture's time.
    public mutating func add(_ silenceNs: UInt64) {
        guard silenceNs > 0 else { return }
        let doubling = 63 - silenceNs.leadingZeroBitCount
        let eighth = doubling >= 3 ? Int(silenceNs >> UInt64(doubling - 3)) & 7 : 0
        counts[8 * doubling + eighth] += 1
        sums[8 * doubling + eighth] += Double(silenceNs)
    }

    /// The speed at which the capture lasts `durationNs` at most, when no silence lasts longer than `silenceNsMax`; 1 where
    /// its own is fast enough.
    public func factor(durationNs: UInt64, silenceNsMax: UInt64) -> Double {
        func lasts(_ factor: Double) -> Double {
            // Never less than what it is: the sum of the shorter ones is not more than the shorter of the sums.
            zip(counts, sums).reduce(0) {
                $0 + min($1.1 / factor, Double($1.0) * Double(silenceNsMax))
            }
        }
        let wanted = Double(durationNs)
        guard lasts(1) > wanted else { return 1 }
        // Within the sum over the wanted time it is fast enough with silences of any length.
        var (tooSlow, fast) = (1.0, max(1, sums.reduce(0, +) / wanted))
        for _ in 0..<60 {
            let middle = (tooSlow + fast) / 2
            if lasts(middle) > wanted { tooSlow = middle } else { fast = middle }
        }
        return fast
    }
}
