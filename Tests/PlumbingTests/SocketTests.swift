import Model
import TestSupport
import Testing

@testable import Plumbing

private let clock = Clock.calibrated()

/// Asks until the answer is there, for at most two seconds.
private func eventually(_ what: String, _ answer: () -> Bool) {
    let limit = clock.nowNs() + 2_000_000_000
    while !answer() {
        if clock.nowNs() > limit {
            Issue.record("did not come within two seconds: \(what)")
            return
        }
        Clock.sleep(ns: 20_000)
    }
}

private func text(_ received: ReceivedBytes) -> String {
    // SAFETY: looked at before the next call.
    unsafe String(decoding: received.bytes, as: UTF8.self)
}

extension UdpSender {
    func send(_ text: String, to address: SocketAddress) -> Bool {
        // SAFETY: the array stands still inside the closure.
        unsafe Array(text.utf8).withUnsafeBytes { unsafe send($0, to: address) }
    }
}

extension PlainSocketIO {
    mutating func send(_ text: String) -> Int {
        // SAFETY: the array stands still inside the closure.
        unsafe Array(text.utf8).withUnsafeBytes { unsafe send(session: 0, $0) }
    }
}

extension TcpConnection {
    func send(_ text: String) -> Int {
        // SAFETY: the array stands still inside the closure.
        unsafe Array(text.utf8).withUnsafeBytes { unsafe send($0) }
    }

    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe receive(into: $0) }
        return Array(buffer.prefix(count))
    }
}

private func feed(_ streams: Int = 1, retransmission: SocketAddress? = nil) throws -> PlainSocketIO {
    var warnings: [String] = []
    return try PlainSocketIO(
        streams: (0..<streams).map { _ in
            StreamSettings(listen: .loopback(0), retransmission: retransmission, receiveBufferBytes: 1 << 20)
        }, sessions: [], clock: clock, warnings: &warnings)
}

/// Goal: datagrams of two streams arrive whole and in order, singly and in bursts longer than a batch; system calls are
/// counted, and a burst takes far fewer than one each.
/// Method: loopback, 100 at once and one at a time.
@Test func datagramsArrive() throws {
    var io = try feed(2)
    let sender = try UdpSender(to: nil)
    for stream in 0..<2 {
        let to = io.listenAddress(stream: stream)
        for round in 0..<3 {
            check(sender.send("single \(round)", to: to))
            var got = ReceivedBytes.none
            eventually("a datagram") {
                got = io.receiveDatagram(stream: stream)
                return !got.isEmpty
            }
            check(text(got) == "single \(round)")
            check(io.receiveDatagram(stream: stream).isEmpty)
        }
        for number in 0..<100 { check(sender.send("burst \(number)", to: to)) }
        let before = io.systemCallCount
        var next = 0
        var more = 0
        eventually("a burst") {
            let got = io.receiveDatagram(stream: stream)
            if !got.isEmpty {
                check(text(got) == "burst \(next)")
                next += 1
                if io.moreWaiting(stream: stream) { more += 1 }
            }
            return next == 100
        }
        check(io.systemCallCount - before < 100)
        check(more > 50)
        check(io.receiveDatagram(stream: stream).isEmpty)
        check(io.droppedDatagrams(stream: stream) == 0)
    }
}

/// Goal: a datagram longer than a slot is cut and counted, not lost and not overrunning; one of no bytes is passed over.
/// Method: 10,000 bytes, none, then a short one.
@Test func longDatagramsAreCut() throws {
    var io = try feed()
    let sender = try UdpSender(to: nil)
    let to = io.listenAddress(stream: 0)
    check(sender.send(String(repeating: "x", count: 10_000), to: to))
    var got = 0
    eventually("a long datagram") {
        got = io.receiveDatagram(stream: 0).count
        return got > 0
    }
    check(got == PlainSocketIO.datagramBytesMax)
    check(io.troubles(stream: 0).truncated == 1)
    check(sender.send("", to: to))
    check(sender.send("after", to: to))
    var after = ""
    eventually("the one behind") {
        after = text(io.receiveDatagram(stream: 0))
        return !after.isEmpty
    }
    check(after == "after")
}

/// Goal: a retransmission request reaches the server, and its answer comes on the stream; without a server it is
/// refused.
/// Method: a server that answers where the request came from.
@Test func retransmissionGoesThereAndBack() throws {
    let server = try UdpSender(to: nil, from: .loopback(0))
    var io = try feed(retransmission: server.localAddress)
    let request: [UInt8] = Array("please".utf8)
    // SAFETY: the array stands still inside the closure.
    check(unsafe request.withUnsafeBytes { unsafe io.requestRetransmission(stream: 0, $0) })
    var buffer = [UInt8](repeating: 0, count: 100)
    var from: SocketAddress?
    eventually("the request") {
        // SAFETY: the array stands still inside the closure.
        let got = unsafe buffer.withUnsafeMutableBytes { unsafe server.receive(into: $0) }
        from = got?.from
        return from != nil
    }
    check(server.send("again", to: from!))
    var answer = ""
    eventually("the answer") {
        answer = text(io.receiveDatagram(stream: 0))
        return !answer.isEmpty
    }
    check(answer == "again")
    var without = try feed()
    // SAFETY: as above.
    check(unsafe !request.withUnsafeBytes { unsafe without.requestRetransmission(stream: 0, $0) })
}

/// Goal: what cannot be set up says what, where and what to do.
/// Method: a port in use for UDP and for TCP, an address of no interface, a port that needs root where we are not.
@Test func setupErrorsSayWhatToDo() throws {
    let io = try feed()
    var warnings: [String] = []
    let taken = io.listenAddress(stream: 0)
    do {
        _ = try PlainSocketIO(
            streams: [StreamSettings(listen: taken)], sessions: [], clock: clock, warnings: &warnings)
        Issue.record("two listeners on one port")
    } catch {
        check(error.reason == .addressInUse)
        check(error.description.contains("\(taken)") && error.description.contains("another port"))
    }
    let listener = try TcpListener(.loopback(0))
    do {
        _ = try TcpListener(listener.localAddress)
        Issue.record("two listeners on one port")
    } catch {
        check(error.reason == .addressInUse)
        check(error.description.contains("\(listener.localAddress)"))
    }
    do {
        _ = try TcpListener(SocketAddress("192.0.2.1:0")!)
        Issue.record("listened on an address that is not ours")
    } catch {
        check(error.reason?.name == "EADDRNOTAVAIL")
    }
}

/// Goal: a receive buffer that the kernel does not give is a warning with the remedy, not an error.
/// Method: ask for more than any machine gives.
@Test func smallBufferIsAWarning() throws {
    var warnings: [String] = []
    _ = try PlainSocketIO(
        streams: [StreamSettings(listen: .loopback(0), receiveBufferBytes: 2_000_000_000)], sessions: [],
        clock: clock, warnings: &warnings)
    check(warnings.count == 1)
    check(warnings.first?.contains("rmem_max") == true)
}

/// An engine's session and the venue's end of it.
private struct Pair: ~Copyable {
    var io: PlainSocketIO
    let venue: TcpConnection

    init() throws {
        let listener = try TcpListener(.loopback(0))
        var warnings: [String] = []
        var io = try PlainSocketIO(
            streams: [], sessions: [SessionSettings(venue: listener.localAddress)], clock: clock,
            warnings: &warnings)
        check(io.connection(session: 0) == .idle)
        io.connect(session: 0)
        let limit = clock.nowNs() + 2_000_000_000
        var accepted: TcpConnection?
        while accepted == nil || io.connection(session: 0) == .connecting {
            accepted = accepted ?? listener.accept()
            if clock.nowNs() > limit { break }
        }
        check(io.connection(session: 0) == .open)
        venue = try #require(accepted)
        self.io = io
    }
}

/// Goal: bytes go both ways; the venue's orderly end is seen with the next receive, after the bytes before it.
/// Method: loopback.
@Test func sessionBothWays() throws {
    var pair = try Pair()
    check(pair.io.send("order") == 5)
    eventually("the order") { [venue = pair.venue] in venue.receive() == Array("order".utf8) }
    check(pair.venue.send("fill") == 4)
    pair.venue.close()
    var got = ""
    let limit = clock.nowNs() + 2_000_000_000
    while got.isEmpty, clock.nowNs() < limit { got = text(pair.io.receive(session: 0)) }
    check(got == "fill")
    while pair.io.connection(session: 0) == .open, clock.nowNs() < limit { _ = pair.io.receive(session: 0) }
    check(pair.io.connection(session: 0) == .closed)
    check(pair.io.closeReason(session: 0) == nil)
    check(pair.io.send("late") == 0)
    check(pair.io.receive(session: 0).isEmpty)
    pair.io.close(session: 0)
    check(pair.io.connection(session: 0) == .idle)
}

/// Goal: a reset is seen with the next receive, and named.
/// Method: the venue breaks the connection as a crash would.
@Test func resetIsNoticed() throws {
    var pair = try Pair()
    pair.venue.reset()
    let limit = clock.nowNs() + 2_000_000_000
    while pair.io.connection(session: 0) == .open, clock.nowNs() < limit { _ = pair.io.receive(session: 0) }
    check(pair.io.connection(session: 0) == .closed)
    check(pair.io.closeReason(session: 0) == .connectionReset)
}

/// Goal: nobody listening is seen as closed, with the reason; connecting again works once somebody does.
/// Method: the port of a listener that has gone.
@Test func refusedAndAgain() throws {
    var listener: TcpListener? = try TcpListener(.loopback(0))
    let address = listener!.localAddress
    listener = nil
    var warnings: [String] = []
    var io = try PlainSocketIO(
        streams: [], sessions: [SessionSettings(venue: address)], clock: clock, warnings: &warnings)
    io.connect(session: 0)
    let limit = clock.nowNs() + 2_000_000_000
    while io.connection(session: 0) == .connecting, clock.nowNs() < limit {}
    check(io.connection(session: 0) == .closed)
    check(io.closeReason(session: 0) == .connectionRefused)
    let again = try TcpListener(address)
    io.connect(session: 0)
    while io.connection(session: 0) == .connecting, clock.nowNs() < limit {}
    check(io.connection(session: 0) == .open)
    eventually("the connection") { again.accept() != nil }
}

/// Goal: when the venue does not read, a send is taken in part and then not at all, and nothing is lost or doubled
/// once it reads again.
/// Method: send numbers until no byte is taken, then read everything.
@Test func halfWritten() throws {
    var pair = try Pair()
    let chunk = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    var sent: [UInt8] = []
    var partial = false
    while sent.count < 200_000_000 {
        // SAFETY: the array stands still inside the closure.
        let taken = unsafe chunk.withUnsafeBytes { unsafe pair.io.send(session: 0, $0) }
        sent += chunk[..<taken]
        if taken > 0 && taken < chunk.count { partial = true }
        if taken == 0 { break }
    }
    check(partial)
    check(pair.io.connection(session: 0) == .open)
    check(pair.io.unacknowledgedBytes(session: 0) > 0)
    var got: [UInt8] = []
    let limit = clock.nowNs() + 5_000_000_000
    while got.count < sent.count, clock.nowNs() < limit { got += pair.venue.receive() }
    check(got == sent)
}

/// Goal: waiting ends with traffic at once, and by itself in time.
/// Method: a datagram sent before, then none.
@Test func waitingEndsWithTraffic() throws {
    var io = try feed()
    let sender = try UdpSender(to: nil)
    check(sender.send("wake", to: io.listenAddress(stream: 0)))
    let start = clock.nowNs()
    io.waitForTraffic(timeoutNs: 1_500_000_000)
    check(clock.nowNs() - start < 1_000_000_000)
    eventually("the datagram") { text(io.receiveDatagram(stream: 0)) == "wake" }
    let quiet = clock.nowNs()
    io.waitForTraffic(timeoutNs: 5_000_000)
    check(clock.nowNs() - quiet >= 4_900_000)
}

/// Goal: addresses are read and written; what is none is refused.
@Test func addresses() {
    check(SocketAddress("127.0.0.1:9000")?.description == "127.0.0.1:9000")
    check(SocketAddress("localhost:1") == .loopback(1))
    for bad in ["", "127.0.0.1", "1.2.3:4", "1.2.3.256:4", "1.2.3.4:65536", "a.b.c.d:1", "1.2.3.4:5:6"] {
        check(SocketAddress(bad) == nil)
    }
    check(SocketAddress("239.1.2.3:7")!.isMulticast)
}

/// Goal: every errno that we list has a meaning and a remedy, and an unknown one says its number.
@Test func errnosAreNamed() {
    check(Errno(code: 98) == .addressInUse)
    check(Errno.addressInUse.description == "the port is in use (EADDRINUSE)")
    check(Errno(code: 9999).name == "errno 9999")
    check(-Int64(Errno.wouldBlock.code) == Errno.againCode)
    check(-Int64(Errno.interrupted.code) == Errno.interruptedCode)
}
