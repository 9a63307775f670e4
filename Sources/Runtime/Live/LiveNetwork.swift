internal import Plumbing
internal import Settings

/// A run's network, opened as the topology wants it: all of it in the hot thread's hands, or in those of two more threads.
///
///     fused       hot thread: LiveIO ─ sockets
///     pipelined   feed thread: FeedStage ─ streams    ══rings══▶  hot thread: LiveIO  ══rings══▶  venue thread: VenueStage
struct LiveNetwork: ~Copyable {
    let backend: NetworkBackend
    let waiting: WaitPolicy
    private var io: LiveIO?
    private var feed: FeedStage<NetworkIO>?
    private var venue: VenueStage<NetworkIO>?

    private init(
        _ backend: NetworkBackend, _ waiting: WaitPolicy, io: consuming LiveIO,
        feed: consuming FeedStage<NetworkIO>?, venue: consuming VenueStage<NetworkIO>?
    ) {
        self.backend = backend
        self.waiting = waiting
        self.io = consume io
        self.feed = feed
        self.venue = venue
    }

    /// Opens everything; throws where one of the sockets cannot be had.
    ///
    /// - Parameter gate: What every venue session's bytes pass.
    static func open(
        _ settings: Settings, _ choice: NetworkChoice, streams: [StreamSettings], sessions: [SessionSettings],
        gate: EgressGate, clock: Clock, warnings: inout [String]
    ) throws(SetupError) -> LiveNetwork {
        let waiting = WaitPolicy(settings.threads, coreCount: Threads.coreCount, warnings: &warnings)
        switch settings.threads.topology {
        case .fused:
            var network = try choice.open(
                streams: streams, sessions: sessions, clock: clock, warnings: &warnings)
            network.guardEgress(gate)
            let backend = network.backend
            return LiveNetwork(backend, waiting, io: try LiveIO(network), feed: nil, venue: nil)
        case .pipelined:
            var sizes = PipelineSettings()
            sizes.sleeps = waiting == .idle
            var pipeline = try Pipeline(
                streamCount: streams.count, sessionCount: sessions.count, settings: sizes, clock: clock)
            let feeds = try choice.open(streams: streams, sessions: [], clock: clock, warnings: &warnings)
            // What is not as asked on the second way has been told of the first.
            var told: [String] = []
            var venues = try choice.open(streams: [], sessions: sessions, clock: clock, warnings: &told)
            venues.guardEgress(gate)
            var io = try LiveIO(pipeline.takeIO())
            io.guardEgress(gate)
            let before = warnings
            warnings += told.filter { !before.contains($0) }
            let backend = feeds.backend
            var venue = VenueStage(io: venues, port: pipeline.takeVenue())
            venue.guardEgress(gate)
            return LiveNetwork(
                backend, waiting, io: io, feed: FeedStage(io: feeds, port: pipeline.takeFeed()), venue: venue)
        }
    }

    /// For the banner.
    func summary(_ threads: ThreadSettings) -> String {
        let waits =
            switch waiting {
            case .spin: "spinning"
            case .yield: "yielding to each other"
            case .idle: "asleep when there is nothing to do"
            }
        return "\(threads.topology.rawValue), \(waits)"
    }

    mutating func takeIO() -> LiveIO {
        guard let io = io.take() else { preconditionFailure("Invariant: the hot thread's end is taken once") }
        return io
    }
    mutating func takeFeed() -> FeedStage<NetworkIO>? { feed.take() }
    mutating func takeVenue() -> VenueStage<NetworkIO>? { venue.take() }
}
