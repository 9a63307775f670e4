internal import Plumbing
internal import Reporting

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
    /// What its network has met goes into the report.
    ///
    /// - Returns: How many system calls it made.
    func report(into part: inout RunReport, _ choice: NetworkChoice) -> UInt64
}

// Types of their own around the stages, which are generic over their network: a conformance under a condition, of a type
// that is not copied, is more than the Swift 6.3 runtime can look up where code is not specialised, and it traps.

/// The feed thread's stage.
struct LiveFeedStage: ~Copyable, LiveStage {
    var stage: FeedStage<NetworkIO>

    init(_ stage: consuming FeedStage<NetworkIO>) { self.stage = stage }

    mutating func run(steps: Int) -> Int { stage.run(steps: steps) }
    mutating func prepareToWait() { stage.prepareToWait() }
    mutating func waitForTraffic(timeoutNs: UInt64) { stage.waitForTraffic(timeoutNs: timeoutNs) }
    mutating func takeTurnNsMax() -> UInt64 { stage.takeTurnNsMax() }
    /// Requests for retransmission go nowhere any more.
    var isDrained: Bool { true }
    var fillPermille: Int { stage.fillPermille }
    var fullCount: UInt64 { stage.fullCount }
    var unsentBytes: UInt64 { 0 }
    func report(into part: inout RunReport, _ choice: NetworkChoice) -> UInt64 {
        part.take(stage.io, choice)
        return stage.io.systemCallCount
    }
}

/// The venue thread's stage.
struct LiveVenueStage: ~Copyable, LiveStage {
    var stage: VenueStage<NetworkIO>

    init(_ stage: consuming VenueStage<NetworkIO>) { self.stage = stage }

    mutating func run(steps: Int) -> Int { stage.run(steps: steps) }
    mutating func prepareToWait() { stage.prepareToWait() }
    mutating func waitForTraffic(timeoutNs: UInt64) { stage.waitForTraffic(timeoutNs: timeoutNs) }
    mutating func takeTurnNsMax() -> UInt64 { stage.takeTurnNsMax() }
    var isDrained: Bool { stage.isDrained }
    var fillPermille: Int { stage.fillPermille }
    var fullCount: UInt64 { stage.fullCount }
    var unsentBytes: UInt64 { stage.unsentBytes }
    func report(into part: inout RunReport, _ choice: NetworkChoice) -> UInt64 {
        part.take(stage.io, choice)
        return stage.io.systemCallCount
    }
}
