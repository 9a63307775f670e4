internal import Core
internal import Feeds
internal import Plumbing
internal import Venues

/// How long an engine with nothing to do may sleep.
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// The longest sleep: a stop that is asked for, and the heartbeat that others look at, wait no longer than this. What
    /// arrives ends a sleep at once.
    static var idleNsMax: UInt64 { 10_000_000 }
    /// Where something is waited for that does not wake us: a connection that is being made, room for bytes to send.
    static var impatientNs: UInt64 { 500_000 }

    /// Nanoseconds until the engine has something to do by itself; 0: it has now.
    mutating func idleNs(nowNs: UInt64) -> UInt64 {
        var wakeNs = min(nowNs &+ Self.idleNsMax, core.nextDeadlineNs)
        for index in 0..<sessions.count {
            wakeNs = min(wakeNs, sessions[index].nextWakeNs)
            if sessions[index].phase == .connecting || !sessions[index].pendingOutput().isEmpty {
                wakeNs = min(wakeNs, nowNs &+ Self.impatientNs)
            }
        }
        for index in 0..<feeds.count where feeds[index].isGapOpen {
            // Before the first asking the feed does not know: it is asked in the next turn.
            wakeNs = min(
                wakeNs,
                canRequest[index] ? feeds[index].requestDueNs ?? nowNs : gapSinceNs[index] &+ lateNsMax)
        }
        return wakeNs > nowNs ? wakeNs - nowNs : 0
    }
}
