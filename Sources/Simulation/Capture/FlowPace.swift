/// When each packet of a capture is due: its own time stamps, faster by a factor; or at once.
///
/// Open loop: a packet that was late does not move the ones behind it.
public struct FlowPace: Sendable {
    /// How fast a capture is played.
    public enum Speed: Equatable, Sendable {
        /// So that all of it takes ``defaultDurationNs``.
        case automatic
        /// Times the speed of the capture's own time stamps; positive.
        case times(Double)
        /// As fast as the receiver takes it.
        case unlimited

        /// From `auto`, `max`, or a positive number; `nil`: none of them.
        public init?(_ text: String) {
            switch text {
            case "auto", "0": self = .automatic
            case "max": self = .unlimited
            default:
                guard let factor = Double(text), factor > 0, factor.isFinite else { return nil }
                self = .times(factor)
            }
        }
    }

    /// A whole capture takes this long by default: well within a minute, with the session's start and end.
    public static let defaultDurationNs: UInt64 = 40_000_000_000

    /// Times real time; 0: at once.
    public let factor: Double
    private var first: (captureNs: UInt64, startNs: UInt64)?
    private var lastDueNs: UInt64 = 0

    /// - Parameter durationNs: Of the whole capture, by its own time stamps.
    public init(_ speed: Speed, durationNs: UInt64) {
        switch speed {
        case .automatic: factor = max(1e-9, Double(durationNs) / Double(Self.defaultDurationNs))
        case .times(let given): factor = given
        case .unlimited: factor = 0
        }
    }

    /// When a packet is due on our clock. The first one is due at `nowNs`; none before the one ahead of it.
    public mutating func dueNs(captureNs: UInt64, nowNs: UInt64) -> UInt64 {
        let start = first ?? (captureNs, nowNs)
        first = start
        guard factor > 0, captureNs > start.captureNs else { return max(lastDueNs, start.startNs) }
        let elapsed = Double(captureNs - start.captureNs) / factor
        // Beyond 2⁶² ns (146 years) nothing is ever due; and a due time never overflows.
        let due = start.startNs &+ UInt64(min(elapsed, 0x1p62))
        lastDueNs = max(lastDueNs, due)
        return lastDueNs
    }
}
