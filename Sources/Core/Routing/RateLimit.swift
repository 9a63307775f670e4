/// A token bucket in core time: how many messages a venue session may still send. A quarter of the bucket is kept for
/// cancels.
///
/// Counted in billionths of a token: what a nanosecond adds at a rate of r a second is r of them, exactly.
struct RateLimit: BitwiseCopyable {
    private static var token: Int64 { 1_000_000_000 }

    /// Messages a second; 0: no limit.
    let perSecond: Int64
    private let most: Int64
    private var tokens: Int64
    private var countedAtNs: UInt64 = 0

    /// - Parameters:
    ///   - perSecond: Up to 1,000,000; 0: no limit.
    ///   - burst: How many may go at once, at least 4 and at most 1,000,000.
    init(perSecond: Int64 = 0, burst: Int64 = 4) {
        precondition(perSecond >= 0 && perSecond <= 1_000_000, "Caller: a rate is from 0 to 1,000,000")
        precondition(burst >= 4 && burst <= 1_000_000, "Caller: a burst is from 4 to 1,000,000")
        self.perSecond = perSecond
        most = burst * Self.token
        tokens = most
    }

    var isOn: Bool { perSecond != 0 }

    /// Brings the bucket up to core time.
    mutating func refill(nowNs: UInt64) {
        let elapsed = Int64(clamping: nowNs - countedAtNs)
        countedAtNs = nowNs
        // A bucket is full after most / perSecond ns: longer ago needs no product.
        let added = elapsed > most / perSecond ? most : elapsed * perSecond
        tokens = min(tokens + added, most)
    }

    var hasOrderRoom: Bool { tokens - Self.token >= most / 4 }
    var hasCancelRoom: Bool { tokens >= Self.token }

    mutating func take() { tokens -= Self.token }

    /// When a cancel finds room, at the latest.
    func cancelRoomAtNs(nowNs: UInt64) -> UInt64 { roomAtNs(Self.token, nowNs) }

    /// When an order finds room, unless others take it.
    func orderRoomAtNs(nowNs: UInt64) -> UInt64 { roomAtNs(most / 4 + Self.token, nowNs) }

    private func roomAtNs(_ wanted: Int64, _ nowNs: UInt64) -> UInt64 {
        tokens >= wanted ? nowNs : nowNs + UInt64((wanted - tokens + perSecond - 1) / perSecond)
    }
}
