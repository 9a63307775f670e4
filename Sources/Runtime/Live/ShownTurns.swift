/// When the hot thread has last shown its counters, and its longest turns.
struct ShownTurns {
    static var everyNs: UInt64 { 100_000_000 }
    private static var latelyNs: UInt64 { 1_000_000_000 }

    /// Of all turns.
    private(set) var turnNsMax: UInt64 = 0
    /// Of those of the last second, two at most.
    var turnNsMaxLately: UInt64 { max(before, current) }

    private var before: UInt64 = 0
    private var current: UInt64 = 0
    private var currentSinceNs: UInt64 = 0
    private var shownAtNs: UInt64 = 0
    private var state = EngineState.stopped

    /// Ten times a second, and at once when the state has changed.
    mutating func isDue(nowNs: UInt64, state: EngineState) -> Bool {
        guard nowNs &- shownAtNs >= Self.everyNs || state != self.state else { return false }
        shownAtNs = nowNs
        self.state = state
        return true
    }

    /// The longest turn since the last call.
    mutating func take(turnNsMax longest: UInt64, nowNs: UInt64) {
        turnNsMax = max(turnNsMax, longest)
        if nowNs &- currentSinceNs >= Self.latelyNs {
            before = current
            current = 0
            currentSinceNs = nowNs
        }
        current = max(current, longest)
    }
}
