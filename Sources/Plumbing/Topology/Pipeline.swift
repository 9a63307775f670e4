internal import Memory

/// The rings of the `pipelined` topology, and the ends of them that each thread takes.
///
///     FeedStage ──stream rings──▶ RingIO ──session rings──▶ VenueStage
///               ◀──request ring──        ◀──session rings──
///
/// - Threads: made by one, which hands the ends on.
@safe public struct Pipeline: ~Copyable {
    private var io: RingIO?
    private var feed: FeedPort?
    private var venue: VenuePort?

    /// - Throws: Where a piece that may come is longer than half its ring, or there is no memory.
    public init(
        streamCount: Int, sessionCount: Int, settings: PipelineSettings = PipelineSettings(), clock: Clock
    ) throws(SetupError) {
        try settings.check()
        let requests = try RecordRing(capacity: settings.requestRingBytes)
        let wakes = PipelineWakes(
            hot: try Wake(hasDescriptor: false), feed: try Wake(hasDescriptor: true),
            venue: try Wake(hasDescriptor: true), isUsed: settings.sleeps)
        let streams = try FixedList(count: streamCount) { (_: Int) throws(SetupError) in
            try RecordRing(capacity: settings.streamRingBytes)
        }
        let sessions = try FixedList(count: sessionCount) { (_: Int) throws(SetupError) in
            SessionRings(
                toHot: try RecordRing(capacity: settings.sessionRingBytes),
                toVenue: try RecordRing(capacity: settings.sessionRingBytes), abandoned: SharedFlag())
        }
        feed = FeedPort(
            rings: FixedList(count: streamCount) { streams[$0].handedOn() }, requests: requests.reader(),
            wakes: wakes, datagramBytesMax: settings.datagramBytesMax)
        venue = VenuePort(
            lanes: FixedList(count: sessionCount) {
                VenueLane(
                    toHot: sessions[$0].toHot.handedOn(), fromHot: sessions[$0].toVenue.reader(),
                    abandoned: sessions[$0].abandoned)
            }, wakes: wakes, sessionBytesMax: settings.sessionBytesMax)
        io = RingIO(
            streams: FixedList(count: streamCount) { HotStream(ring: streams[$0].reader()) },
            sessions: FixedList(count: sessionCount) {
                HotSession(
                    toVenue: sessions[$0].toVenue.handedOn(), fromVenue: sessions[$0].toHot.reader(),
                    abandoned: sessions[$0].abandoned)
            }, requests: requests, wakes: wakes, clock: clock)
    }

    /// The hot thread's end. Once.
    public mutating func takeIO() -> RingIO {
        guard let io = io.take() else { preconditionFailure("Caller: each end is taken once") }
        return io
    }

    /// The feed thread's end. Once.
    public mutating func takeFeed() -> FeedPort {
        guard let feed = feed.take() else { preconditionFailure("Caller: each end is taken once") }
        return feed
    }

    /// The venue thread's end. Once.
    public mutating func takeVenue() -> VenuePort {
        guard let venue = venue.take() else { preconditionFailure("Caller: each end is taken once") }
        return venue
    }
}

/// Both ways of a session.
private struct SessionRings: ~Copyable {
    let toHot: RecordRing
    let toVenue: RecordRing
    let abandoned: SharedFlag
}

/// Who sleeps where. `isUsed` is off where all spin: then nobody looks whether another sleeps.
struct PipelineWakes: Sendable {
    let hot: Wake
    let feed: Wake
    let venue: Wake
    let isUsed: Bool
}

/// What a record between hot and venue thread is. Every one has the connection's generation as its word.
enum SessionRecord {
    /// Hot → venue: make the connection; give it up.
    static var connect: UInt16 { 1 }
    static var close: UInt16 { 2 }
    /// Both ways.
    static var bytes: UInt16 { 3 }
    /// Venue → hot: it is open; it is over, and nothing of it comes any more.
    static var opened: UInt16 { 4 }
    static var ended: UInt16 { 5 }
}
