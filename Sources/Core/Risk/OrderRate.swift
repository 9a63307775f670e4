/// A token bucket in core time: how many orders may still be made.
///
/// Counted in billionths of a token: what a nanosecond adds at a rate of r a second is r of them, exactly.
struct OrderRate: BitwiseCopyable {
    private static var token: Int64 { 1_000_000_000 }

    /// Orders a second; 0: no limit.
    private(set) var perSecond: Int64 = 0
    private var most: Int64 = 0
    private var tokens: Int64 = 0
    private var countedAtNs: UInt64 = 0

    /// No limit.
    init() {}

    /// - Parameters:
    ///   - perSecond: 1 to 1,000,000; 0: no limit.
    ///   - burst: how many may come at once, 1 to 1,000,000.
    init(perSecond: Int64, burst: Int64) {
        precondition(perSecond >= 0 && perSecond <= 1_000_000, "Caller: a rate is from 0 to 1,000,000")
        precondition(burst >= 1 && burst <= 1_000_000, "Caller: a burst is from 1 to 1,000,000")
        self.perSecond = perSecond
        most = burst * Self.token
        tokens = most
    }

    var isOn: Bool { perSecond != 0 }
    var burst: Int64 { most / Self.token }

    /// Another rate from here on; what was used stays used.
    mutating func change(perSecond: Int64, burst: Int64, nowNs: UInt64) {
        if isOn { refill(nowNs: nowNs) }
        let used = most - tokens
        let wasOn = isOn
        self = OrderRate(perSecond: perSecond, burst: burst)
        countedAtNs = nowNs
        if wasOn { tokens = max(most - used, 0) }
    }

    /// Whether another order finds room, after bringing the bucket up to core time.
    @inline(__always)
    mutating func hasRoom(nowNs: UInt64) -> Bool {
        refill(nowNs: nowNs)
        return tokens >= Self.token
    }

    @inline(__always)
    private mutating func refill(nowNs: UInt64) {
        let elapsed = nowNs - countedAtNs
        guard elapsed != 0 else { return }
        countedAtNs = nowNs
        // A bucket is full after most / perSecond ns; the product of less fits.
        let added = Int128(elapsed) &* Int128(perSecond)
        tokens = added >= Int128(most &- tokens) ? most : tokens &+ Int64(truncatingIfNeeded: added)
    }

    /// One that is off counts what means nothing.
    @inline(__always) mutating func take() { tokens &-= Self.token }
}
