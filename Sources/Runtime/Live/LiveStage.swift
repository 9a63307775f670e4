internal import Plumbing

/// What the feed and the venue thread have in common, for the agent around them.
protocol LiveStage: ~Copyable, Sendable {
    mutating func run(steps: Int) -> Int
    mutating func prepareToWait()
    mutating func waitForTraffic(timeoutNs: UInt64)
    mutating func takeTurnNsMax() -> UInt64
    /// Whether nothing that the hot thread has handed over waits here.
    var isDrained: Bool { get }
    var fillPermille: Int { get }
    var fullCount: UInt64 { get }
    var unsentBytes: UInt64 { get }
    var io: NetworkIO { get }
}

extension FeedStage: LiveStage where IO == NetworkIO {
    /// Requests for retransmission go nowhere any more.
    var isDrained: Bool { true }
    var unsentBytes: UInt64 { 0 }
}

extension VenueStage: LiveStage where IO == NetworkIO {}
