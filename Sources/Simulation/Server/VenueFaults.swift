/// What the venue does wrong on purpose, from a line like `drop=100,delay_ms=5,reject=10,disconnect_after=50`.
public struct VenueFaults: Sendable, Equatable {
    /// Of every so many market data packets, one is not sent; 0: all are.
    public var dropEvery: UInt64 = 0
    /// Reports to clients wait so long.
    public var delayMs: UInt64 = 0
    /// Of every so many orders, one is rejected; 0: none.
    public var rejectEvery: UInt64 = 0
    /// After so many orders, every client's connection is cut once, without a log-out; 0: never.
    public var disconnectAfter: UInt64 = 0
    /// Of every so many executions of clients, one is broken; 0: none.
    public var bustEvery: UInt64 = 0
    /// Of every so many executions of clients, one is corrected to a tick more; 0: none.
    public var correctEvery: UInt64 = 0
    /// After every so many orders, the venue cancels the oldest open one by itself; 0: none.
    public var cancelEvery: UInt64 = 0
    /// After every so many orders, the venue restates the oldest open one; 0: none.
    public var restateEvery: UInt64 = 0
    /// Of the back office.
    public var query = BackOfficeFaults()

    public init() {}

    /// The names that ``init(script:)`` knows.
    public static let names = [
        "drop", "delay_ms", "reject", "disconnect_after", "bust", "correct", "cancel", "restate",
        "query_late",
        "query_late_ms", "query_partial", "query_lost_page", "query_missing", "query_wrong", "query_stale",
        "query_stale_unseen", "query_drop", "query_unavailable", "query_seed",
    ]

    /// - Returns: `nil` where a part is not `name=whole number` with one of ``names``.
    public init?(script: String) {
        self.init()
        for part in script.split(separator: ",") {
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2, let number = UInt64(words[1]), number <= 1_000_000_000 else { return nil }
            switch words[0] {
            case "drop": dropEvery = number
            case "delay_ms": delayMs = number
            case "reject": rejectEvery = number
            case "disconnect_after": disconnectAfter = number
            case "bust": bustEvery = number
            case "correct": correctEvery = number
            case "cancel": cancelEvery = number
            case "restate": restateEvery = number
            case "query_late": query.lateEvery = number
            case "query_late_ms": query.lateNs = number * 1_000_000
            case "query_partial": query.partialEvery = number
            case "query_lost_page": query.lostPageEvery = number
            case "query_missing": query.missingEvery = number
            case "query_wrong": query.wrongQuantityEvery = number
            case "query_stale": query.staleEvery = number
            case "query_stale_unseen": query.staleUnseenEvery = number
            case "query_drop": query.dropEvery = number
            case "query_unavailable": query.unavailableEvery = number
            case "query_seed": query.seed = number
            default: return nil
            }
        }
    }
}
