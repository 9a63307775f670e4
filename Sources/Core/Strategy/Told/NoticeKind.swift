/// What the shell tells strategies of when a step's own callbacks are over.
@frozen public enum NoticeKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nothing waits.
    case none = 0
    case bar = 1
    case position = 2
    case refused = 3
    case status = 4
    case riskState = 5
}
