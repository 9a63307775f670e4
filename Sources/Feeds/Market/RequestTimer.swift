/// When a request for missing messages is due: soon after a gap opened, at once (but not more often than the
/// shortest interval) when the last one brought something, later and later while it brings nothing.
struct RequestTimer: BitwiseCopyable {
    private let delayNs: UInt64
    private let intervalNs: UInt64
    private let retryNs: UInt64
    private let retryNsMax: UInt64

    /// What was missing first when we last looked; 0: no gap.
    private var missing: UInt64 = 0
    private(set) var dueNs: UInt64 = 0
    private var backoffNs: UInt64 = 0
    private var sentNs: UInt64?

    init(_ configuration: FeedConfiguration) {
        delayNs = configuration.requestDelayNs
        intervalNs = configuration.requestIntervalNs
        retryNs = max(configuration.requestRetryNs, configuration.requestIntervalNs)
        retryNsMax = max(configuration.requestRetryNsMax, retryNs)
    }

    /// There is no gap.
    mutating func rest() { missing = 0 }

    /// - Parameter first: number of the first missing message, above 0.
    mutating func isDue(first: UInt64, atNs: UInt64) -> Bool {
        if first != missing {
            let wasOpen = missing != 0
            missing = first
            backoffNs = retryNs
            dueNs = wasOpen ? atNs : saturating(atNs, delayNs)
            if let sentNs { dueNs = max(dueNs, saturating(sentNs, intervalNs)) }
        }
        return atNs >= dueNs
    }

    mutating func sent(atNs: UInt64) {
        sentNs = atNs
        dueNs = saturating(atNs, backoffNs)
        backoffNs = min(saturating(backoffNs, backoffNs), retryNsMax)
    }

    private func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, overflowed) = a.addingReportingOverflow(b)
        return overflowed ? .max : sum
    }
}
