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

    public init() {}

    /// The names that ``init(script:)`` knows.
    public static let names = ["drop", "delay_ms", "reject", "disconnect_after"]

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
            default: return nil
            }
        }
    }
}
