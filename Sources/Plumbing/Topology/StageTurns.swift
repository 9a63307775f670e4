/// How long the steps of a stage take: known when the next begins, so that each costs one reading of the clock.
public struct StageTurns: BitwiseCopyable, Sendable {
    private var beganNs = Self.never
    private var longestNs: Int64 = 0

    /// Half of all time ahead: no step that "began" then has taken long.
    private static var never: UInt64 { 1 << 62 }

    mutating func note(_ nowNs: UInt64) {
        let tookNs = Int64(bitPattern: nowNs &- beganNs)
        beganNs = nowNs
        if tookNs > longestNs { longestNs = tookNs }
    }

    /// What comes until the next step is none.
    mutating func pause(_ nowNs: UInt64) {
        note(nowNs)
        beganNs = Self.never
    }

    /// The longest since the last call.
    mutating func take() -> UInt64 {
        defer { longestNs = 0 }
        return UInt64(longestNs)
    }
}
