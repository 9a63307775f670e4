import Model
import TestSupport
import Testing

@testable import Plumbing

/// An endless source of seeded datagrams, and connections that answer with what they were sent.
private struct EchoIO: ~Copyable, HotIO, @unchecked Sendable {
    var random = SeededRandom(seed: TestSeed.current)
    var left: Int
    private var now: UInt64 = 0
    private var state = ConnectionState.idle
    private var held = ByteBox()

    init(datagrams: Int) { left = datagrams }

    mutating func nowNs() -> UInt64 {
        now += 1
        return now
    }
    mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        guard left > 0 else { return .none }
        left -= 1
        held.fill(1 + Int(random.below(1_000)), seed: left)
        return held.lend()
    }
    mutating func moreWaiting(stream: Int) -> Bool { left > 0 }
    mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool { true }
    mutating func connect(session: Int) {
        state = .open
        held.clear()
    }
    mutating func connection(session: Int) -> ConnectionState { state }
    mutating func close(session: Int) { state = .closed }
    mutating func receive(session: Int) -> ReceivedBytes { held.take(upTo: 1 + Int(random.below(500))) }
    mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        // SAFETY: copied.
        unsafe held.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(random.below(400)))))
    }
}

/// Bytes in two buffers: those that wait, and those that are lent.
@safe private struct ByteBox: ~Copyable {
    private var waiting: [UInt8] = []
    private let lent = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

    deinit { unsafe lent.deallocate() }
    mutating func clear() { waiting = [] }
    mutating func fill(_ count: Int, seed: Int) { waiting = pattern(count, from: seed) }
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard waiting.count < 2_000 else { return 0 }
        unsafe waiting += bytes
        return bytes.count
    }
    mutating func lend() -> ReceivedBytes { take(upTo: 4096) }
    mutating func take(upTo countMax: Int) -> ReceivedBytes {
        let count = min(countMax, waiting.count)
        // SAFETY: no more than there is room for, and written again with the next call.
        unsafe lent.copyBytes(from: waiting[..<count])
        waiting.removeFirst(count)
        return unsafe ReceivedBytes(UnsafeRawBufferPointer(rebasing: lent[..<count]))
    }
}

private func makePipeline(sleeps: Bool) throws -> Pipeline {
    var settings = PipelineSettings()
    settings.streamRingBytes = 1 << 13
    settings.datagramBytesMax = 1_000
    settings.sessionRingBytes = 1 << 13
    settings.sessionBytesMax = 1_000
    settings.sleeps = sleeps
    return try Pipeline(streamCount: 1, sessionCount: 1, settings: settings, clock: clock)
}

/// Goal: datagrams cross from the feed's thread to the hot one whole, once and in order (and ThreadSanitizer has nothing to
/// say), with and without sleeping.
@Test(arguments: [false, true]) func twoThreadsFeedToHot(sleeps: Bool) throws {
    let count = 8_000
    var pipeline = try makePipeline(sleeps: sleeps)
    var io = pipeline.takeIO()
    let stop = SharedFlag()
    let view = stop.view
    let stage = FeedStage(io: EchoIO(datagrams: count), port: pipeline.takeFeed())
    let thread = try EngineThread(name: "test-feed", holding: stage) { stage in
        while view.value == 0 { if stage.step() == 0 { Clock.sleep(ns: 1) } }
    }
    var random = SeededRandom(seed: TestSeed.current)
    var lastNs: UInt64 = 0
    for number in (0..<count).reversed() {
        let expected = pattern(1 + Int(random.below(1_000)), from: number)
        while true {
            let got = io.receiveDatagram(stream: 0)
            if !got.isEmpty {
                if bytes(got) != expected { check(false, "datagram \(number)") }
                let atNs = io.receivedAtNs(stream: 0)
                check(atNs > lastNs)
                lastNs = atNs
                break
            }
            if sleeps { io.waitForTraffic(timeoutNs: 1_000_000) } else { Clock.sleep(ns: 1) }
        }
    }
    stop.value = 1
    thread.join()
}

/// Goal: bytes cross to the venue's thread and back whole, once and in order, over connections that are given up and made
/// again (and ThreadSanitizer has nothing to say).
@Test(arguments: [false, true]) func twoThreadsHotToVenueAndBack(sleeps: Bool) throws {
    var pipeline = try makePipeline(sleeps: sleeps)
    var io = pipeline.takeIO()
    let stop = SharedFlag()
    let view = stop.view
    let stage = VenueStage(io: EchoIO(datagrams: 0), port: pipeline.takeVenue())
    let thread = try EngineThread(name: "test-venue", holding: stage) { stage in
        while view.value == 0 { if stage.step() == 0 { Clock.sleep(ns: 1) } }
    }
    var random = SeededRandom(seed: TestSeed.current ^ 7)
    for connection in 0..<12 {
        io.connect(session: 0)
        let giveUpNs = clock.nowNs() + 20_000_000_000
        while io.connection(session: 0) == .connecting, clock.nowNs() < giveUpNs { Clock.sleep(ns: 1) }
        let all = pattern(24_000, from: connection)
        var sent = 0
        var heard: [UInt8] = []
        // Every third is given up in the middle.
        let enough = connection % 3 == 2 ? 8_000 : all.count
        while heard.count < enough, clock.nowNs() < giveUpNs {
            if sent < all.count {
                sent += io.send(Array(all[sent..<min(all.count, sent + 1 + Int(random.below(700)))]))
            }
            let got = bytes(io.receive(session: 0))
            heard += got
            if got.isEmpty, sleeps { io.waitForTraffic(timeoutNs: 1_000_000) }
        }
        check(heard.count >= enough && all.starts(with: heard), "connection \(connection)")
        if connection % 2 == 0 { io.close(session: 0) }
    }
    stop.value = 1
    thread.join()
}

/// Goal: a stage that sleeps in the kernel is woken by what the hot thread hands it, and a hot thread that sleeps by what
/// comes from the network: nobody sleeps out its time.
/// Method: stages on threads of their own that would sleep for a second, on every backend.
@Test(.timeLimit(.minutes(1)), arguments: backends) func sleepingStagesAreWoken(_ backend: NetworkBackend)
    throws
{
    var pipeline = try makePipeline(sleeps: true)
    var io = pipeline.takeIO()
    let listener = try TcpListener(.loopback(0))
    var warnings: [String] = []
    let requests = try UdpSocketForTest()
    let feedNetwork = try NetworkIO(
        backend,
        streams: [
            StreamSettings(
                listen: .loopback(0), retransmission: requests.address, receiveBufferBytes: 1 << 18)
        ],
        sessions: [], options: patient(NetworkOptions()), clock: clock, warnings: &warnings)
    let venueNetwork = try NetworkIO(
        backend, streams: [], sessions: [SessionSettings(venue: listener.localAddress)],
        options: patient(NetworkOptions()), clock: clock, warnings: &warnings)
    let address = feedNetwork.listenAddress(stream: 0)
    var feed = FeedStage(io: feedNetwork, port: pipeline.takeFeed())
    feed.prepareToWait()
    var venue = VenueStage(io: venueNetwork, port: pipeline.takeVenue())
    venue.prepareToWait()
    let stop = SharedFlag()
    let view = stop.view
    let feedThread = try EngineThread(name: "test-feed", holding: feed) { stage in
        while view.value == 0 {
            if stage.run(steps: 4) == 0 { stage.waitForTraffic(timeoutNs: 1_000_000_000) }
        }
    }
    let venueThread = try EngineThread(name: "test-venue", holding: venue) { stage in
        while view.value == 0 {
            if stage.run(steps: 4) == 0 { stage.waitForTraffic(timeoutNs: 1_000_000_000) }
        }
    }
    let sender = try UdpSender(to: address)
    /// - Parameter isHeard: What is waited for comes to the hot thread; else somebody else has it.
    func timed(
        _ what: String, _ io: inout RingIO, isHeard: Bool = true, _ isDone: (inout RingIO) -> Bool
    ) {
        let began = clock.nowNs()
        while !isDone(&io), clock.nowNs() - began < 3_000_000_000 {
            if isHeard { io.waitForTraffic(timeoutNs: 1_000_000_000) } else { Clock.sleep(ns: 200_000) }
        }
        let took = clock.nowNs() - began
        check(took < 700_000_000, "\(what) took \(took) ns")
    }
    io.connect(session: 0)
    var accepted: TcpConnection?
    timed("connect", &io, isHeard: false) { io in
        accepted = accepted ?? listener.accept()
        return accepted != nil && io.connection(session: 0) == .open
    }
    guard let peer = accepted.take() else { return check(false, "nobody connected") }
    for round in 0..<5 {
        // All asleep.
        Clock.sleep(ns: 20_000_000)
        check(sender.send("tick \(round)", to: address))
        timed("a datagram", &io) { text($0.receiveDatagram(stream: 0)) == "tick \(round)" }
        Clock.sleep(ns: 20_000_000)
        check(io.send(Array("order \(round)".utf8)) == 7)
        timed("an order", &io, isHeard: false) { _ in
            String(decoding: peer.receive(), as: UTF8.self) == "order \(round)"
        }
        Clock.sleep(ns: 20_000_000)
        check(peer.send("fill \(round)") == 6)
        timed("a fill", &io) { text($0.receive(session: 0)) == "fill \(round)" }
        Clock.sleep(ns: 20_000_000)
        check(io.request([1, 2], stream: 0))
        timed("a request", &io, isHeard: false) { _ in requests.receivedCount() == round + 1 }
    }
    check(io.systemCallCount > 0)
    stop.value = 1
    // What they sleep for is over in a second at the latest.
    feedThread.join()
    venueThread.join()
}

/// Where requests for retransmission go.
private final class UdpSocketForTest {
    private var io: NetworkIO
    private var count = 0

    init() throws { io = try PlumbingTests.feed(NetworkBackend.sockets) }
    var address: SocketAddress { io.listenAddress(stream: 0) }
    func receivedCount() -> Int {
        while !io.receiveDatagram(stream: 0).isEmpty { count += 1 }
        return count
    }
}
