import TestSupport
import Testing

@testable import Plumbing

/// Goal: when every buffer is full the receive stops (ENOBUFS) and goes on later: nothing is lost, all is in order.
/// Method: four buffers and a burst of 200; the engine looks only after all are sent, and again slowly.
@Test(arguments: rings) func buffersExhausted(_ backend: NetworkBackend) throws {
    var options = NetworkOptions()
    options.uring.datagramBufferCount = 4
    var io = try feed(backend, options: options)
    let sender = try UdpSender(to: nil)
    let to = io.listenAddress(stream: 0)
    check(io.receiveDatagram(stream: 0).isEmpty)
    for number in 0..<200 { check(sender.send("burst \(number)", to: to)) }
    var next = 0
    eventually("all of the burst") {
        let got = text(io.receiveDatagram(stream: 0))
        if !got.isEmpty {
            check(got == "burst \(next)")
            next += 1
        }
        return next == 200
    }
    if backend != .uringSingleShot { check(io.uringCounts.buffersExhausted > 0) }
    check(io.troubles(stream: 0).failures == 0)
    check(io.droppedDatagrams(stream: 0) == 0)
}

/// Goal: the same for a session whose bytes are not taken: they wait in the kernel, and come whole.
/// Method: two buffers, a megabyte from the venue.
@Test(arguments: rings) func sessionBuffersExhausted(_ backend: NetworkBackend) throws {
    var options = NetworkOptions()
    options.uring.sessionBufferCount = 2
    var pair = try Pair(backend, options: options)
    let message = pattern(1_000_000)
    var sent = 0
    var got: [UInt8] = []
    eventually("the message") {
        if sent < message.count { sent += pair.venue.send(Array(message[sent...])) }
        for _ in 0..<8 { got += bytes(pair.io.receive(session: 0)) }
        return got.count >= message.count
    }
    check(got == message)
    if backend == .uring { check(pair.io.uringCounts.buffersExhausted > 0) }
}

/// Goal: completions that find no room in their ring (overflow) are neither lost nor out of order.
/// Method: room for two, two streams with bursts.
@Test(arguments: rings) func completionsOverflow(_ backend: NetworkBackend) throws {
    var options = NetworkOptions()
    options.uring.completionCount = 2
    var io = try feed(backend, streams: 2, options: options)
    let sender = try UdpSender(to: nil)
    check(io.receiveDatagram(stream: 0).isEmpty)
    for number in 0..<100 {
        for stream in 0..<2 { check(sender.send("burst \(number)", to: io.listenAddress(stream: stream))) }
    }
    var next = [0, 0]
    eventually("all of the bursts") {
        for stream in 0..<2 {
            let got = text(io.receiveDatagram(stream: stream))
            if !got.isEmpty {
                check(got == "burst \(next[stream])")
                next[stream] += 1
            }
        }
        return next == [100, 100]
    }
    if backend == .uring {
        // Ended by the kernel, or completed where there was no room: both have happened.
        check(io.uringCounts.completionOverflows > 0)
        check(io.uringCounts.receivesArmed > 2)
    }
}

/// Goal: a send of whose submission the kernel says "not now" (EAGAIN, EBUSY, EINTR) is made once: later in the same
/// call, or not at all and then it says so.
/// Method: a few refusals and more refusals than tries, in turn; the venue reads exactly what was taken.
@Test(arguments: [Errno.wouldBlock, Errno.interrupted, Errno(code: 16)]) func refusedSubmits(_ failure: Errno)
    throws
{
    guard rings.contains(.uring) else { return }
    for backend in [NetworkBackend.uring, .uringSingleShot] {
        var pair = try Pair(backend)
        var expected: [UInt8] = []
        for (round, count) in [0, 1, 3, 900, 5000, 0, 5000, 2].enumerated() {
            let message = pattern(50, from: round * 50)
            pair.io.uring.failSubmits(failure, count: count)
            let taken = pair.io.send(message)
            pair.io.uring.failSubmits(failure, count: 0)
            check(taken == (count > 1000 ? 0 : 50))
            expected += message[..<taken]
            check(pair.io.receive(session: 0).isEmpty)
        }
        check(pair.venueReceives(expected.count) == expected)
        Clock.sleep(ns: 20_000_000)
        check(pair.venue.receive().isEmpty)
        check(pair.io.connection(session: 0) == .open)
    }
}

/// Goal: a reconnection while the kernel takes no requests leaves none of the old connection's to the new one.
/// Method: refusals during close and connect; then bytes both ways.
@Test func refusedSubmitsWhileReconnecting() throws {
    guard rings.contains(.uring) else { return }
    var pair = try Pair(.uring)
    for round in 0..<20 {
        _ = pair.venue.send(pattern(100, from: round))
        pair.io.uring.failSubmits(.wouldBlock, count: round % 3 == 0 ? 2000 : round)
        pair.io.close(session: 0)
        pair.io.uring.failSubmits(.wouldBlock, count: 0)
        try pair.connectAgain()
        let message = pattern(300, from: round * 1000)
        check(pair.venue.send(message) == 300)
        var got: [UInt8] = []
        eventually("the message") {
            got += bytes(pair.io.receive(session: 0))
            return got.count >= 300
        }
        check(got == message)
    }
}

/// Goal: connections can be accepted through the ring.
/// Method: five clients.
@Test func acceptsThroughTheRing() throws {
    guard rings.contains(.uring) else { return }
    for receive in [UringSettings.Receive.multishot, .singleShot] {
        let listener = try TcpListener(.loopback(0))
        var settings = UringSettings()
        settings.receive = receive
        var warnings: [String] = []
        var io = try UringSocketIO(
            streams: [], sessions: [], settings: settings, clock: clock, warnings: &warnings)
        io.accept(from: listener)
        check(io.nextConnection() == nil)
        let clients = (0..<5).map { _ in TcpConnection(connectingTo: listener.localAddress) }
        var accepted: [TcpConnection] = []
        eventually("five connections") {
            if let next = io.nextConnection() { accepted.append(next) }
            return accepted.count == 5
        }
        check(accepted.allSatisfy { $0.send("hello") == 5 })
        for client in clients {
            eventually("a greeting") {
                _ = client.poll()
                return client.receive() == Array("hello".utf8)
            }
        }
    }
}

/// Goal: each way in which the kernel may run its part behaves alike.
/// Method: datagrams in, bytes out, on each that it has.
@Test(arguments: UringSettings.TaskRun.allCases) func taskRuns(_ taskRun: UringSettings.TaskRun) throws {
    guard rings.contains(.uring) else { return }
    for entersAlways in [false, true] {
        var options = NetworkOptions()
        options.uring.taskRun = taskRun
        options.uring.entersAlways = entersAlways
        var pair = try Pair(.uring, options: options)
        for round in 0..<20 {
            check(pair.io.send("ping \(round)") > 0)
            eventually("ping") { [venue = pair.venue] in venue.receive() == Array("ping \(round)".utf8) }
            check(pair.venue.send("pong \(round)") > 0)
            eventually("pong") { text(pair.io.receive(session: 0)) == "pong \(round)" }
        }
    }
}

/// Goal: a quiet socket costs no system calls where there is a ring; that is the point of it.
/// Method: ten thousand looks.
@Test(arguments: [NetworkBackend.uring, .uringSingleShot]) func quietLooksAreFree(_ backend: NetworkBackend)
    throws
{
    guard rings.contains(backend) else { return }
    var pair = try Pair(backend)
    check(pair.io.receive(session: 0).isEmpty)
    let before = pair.io.systemCallCount
    for _ in 0..<10_000 { check(pair.io.receive(session: 0).isEmpty) }
    check(pair.io.systemCallCount - before < 10)
}

/// Goal: io_uring that is refused says what was tried and what to do.
/// Method: a polling thread on a core that there is not.
@Test func refusalSaysWhatToDo() throws {
    guard rings.contains(.uringPolled) else { return }
    var options = NetworkOptions()
    options.uring.pollingCore = 1000
    var warnings: [String] = []
    do throws(SetupError) {
        _ = try NetworkIO(
            .uringPolled, streams: [], sessions: [], options: options, clock: clock, warnings: &warnings)
        Issue.record("a thread on core 1000")
    } catch {
        check(error.description.contains("polling thread") && error.description.contains("network.backend"))
    }
}

/// Goal: the trial at start ends in time, has figures for what this kernel has, and chooses the least of them.
/// Method: one trial, and the choice over figures that we make up.
@Test func calibrationChooses() {
    let calibration = NetworkCalibration.run(
        options: NetworkOptions(), hotCore: -1, peerCore: -1, clock: clock)
    check(calibration.figures.map(\.backend) == NetworkBackend.allCases)
    check(calibration.tookNs < 2_000_000_000)
    for figure in calibration.figures { check((figure.roundCount > 0) == (figure.note == nil)) }
    var made = NetworkCalibration()
    made.figures = [(NetworkBackend.sockets, UInt64(1000)), (.uring, 985), (.uringSingleShot, 0)].map {
        var figure = NetworkCalibration.Figure(backend: $0.0)
        figure.roundCount = $0.1 > 0 ? 10 : 0
        figure.p50Ns = $0.1
        return figure
    }
    made.choose()
    check(made.chosen == .sockets)
    made.figures[1].p50Ns = 970
    made.choose()
    check(made.chosen == .uring)
    check(made.description == "sockets 1000 ns, uring 0.97 x")
    made.figures[0].roundCount = 0
    made.figures[0].p50Ns = 0
    made.choose()
    check(made.chosen == .uring)
}
