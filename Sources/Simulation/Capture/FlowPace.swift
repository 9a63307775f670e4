/// When each packet of a capture is due: its own time stamps, faster by a factor; or at once.
///
/// At a speed that was named a capture keeps its rhythm to the end. By itself it plays at its own speed, or as much faster as
/// it takes to end in ``defaultDurationNs``, and a silence lasts ``silenceNsMax`` at most: a sample of the first and last
/// minutes of a day would else be hours of nothing.
///
/// Open loop: a packet that was late does not move the ones behind it.
public struct FlowPace: Sendable {
    /// How fast a capture is played.
    public enum Speed: Equatable, Sendable {
        /// So that all of it takes ``defaultDurationNs`` at most, long silences cut.
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

    /// The longest that nothing is sent by default.
    public static let silenceNsMax: UInt64 = 500_000_000

    /// Times real time; 0: at once.
    public let factor: Double
    private let cutsSilences: Bool
    /// Of the capture's time, cut out of its silences so far.
    private var skippedNs: UInt64 = 0
    private var lastCaptureNs: UInt64 = 0
    private var first: (captureNs: UInt64, startNs: UInt64)?
    private var lastDueNs: UInt64 = 0

    /// - Parameter silences: Between the parts of the whole capture, by its own time stamps.
    public init(_ speed: Speed, silences: SilenceTable) {
        switch speed {
        case .automatic:
            factor = silences.factor(durationNs: Self.defaultDurationNs, silenceNsMax: Self.silenceNsMax)
        case .times(let given): factor = given
        case .unlimited: factor = 0
        }
        cutsSilences = speed == .automatic
    }

    /// When a packet is due on our clock. The first one is due at `nowNs`; none before the one ahead of it.
    public mutating func dueNs(captureNs: UInt64, nowNs: UInt64) -> UInt64 {
        let start = first ?? (captureNs, nowNs)
        first = start
        guard factor > 0, captureNs > start.captureNs else { return max(lastDueNs, start.startNs) }
        if cutsSilences {
            let longest = UInt64(min(Double(Self.silenceNsMax) * factor, 0x1p62))
            let before = max(lastCaptureNs, start.captureNs)
            if captureNs > before, captureNs - before > longest { skippedNs += captureNs - before - longest }
            lastCaptureNs = max(before, captureNs)
        }
        let elapsed = Double(max(captureNs, lastCaptureNs) - start.captureNs - skippedNs) / factor
        // Beyond 2⁶² ns (146 years) nothing is ever due; and a due time never overflows.
        let due = start.startNs &+ UInt64(min(elapsed, 0x1p62))
        lastDueNs = max(lastDueNs, due)
        return lastDueNs
    }
}
