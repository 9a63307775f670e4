import TestSupport
import Testing

@testable import Plumbing

/// Goal: datagrams of two streams arrive whole and in order, singly and in bursts longer than a batch; system calls are
/// counted, and a burst takes far fewer than one each.
/// Method: loopback, 100 at once and one at a time.
@Test(arguments: backends) func datagramsArrive(_ backend: NetworkBackend) throws {
    var io = try feed(backend, streams: 2)
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
        if backend != .uringSingleShot {
            check(io.systemCallCount - before < 100)
            check(more > 50)
        }
        check(io.receiveDatagram(stream: stream).isEmpty)
        check(io.droppedDatagrams(stream: stream) == 0)
    }
}

/// Goal: a datagram longer than a slot is cut and counted, not lost and not overrunning; one of no bytes is passed over.
/// Method: 10,000 bytes, none, then a short one.
@Test(arguments: backends) func longDatagramsAreCut(_ backend: NetworkBackend) throws {
    var io = try feed(backend)
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

/// Goal: where it is asked for, each datagram carries the kernel's time of receipt, and the latency from it is kept;
/// elsewhere there is none.
/// Method: UTC before the send and after the receipt around it, singly and in a burst.
@Test(arguments: backends) func kernelStamps(_ backend: NetworkBackend) throws {
    var options = NetworkOptions()
    options.stamps = true
    var io = try feed(backend, options: options)
    let sender = try UdpSender(to: nil)
    let before = Clock.utcNs()
    for number in 0..<5 { check(sender.send("stamped \(number)", to: io.listenAddress(stream: 0))) }
    var last: UInt64 = 0
    for number in 0..<5 {
        var got = ""
        eventually("a datagram") {
            got = text(io.receiveDatagram(stream: 0))
            return !got.isEmpty
        }
        check(got == "stamped \(number)")
        let stamp = io.kernelStampNs(stream: 0)
        check(stamp >= before && stamp >= last && stamp <= Clock.utcNs())
        last = stamp
    }
    check(io.kernelLatency.count == 5)
    var without = try feed(backend)
    check(sender.send("plain", to: without.listenAddress(stream: 0)))
    eventually("a datagram") { !without.receiveDatagram(stream: 0).isEmpty }
    check(without.kernelStampNs(stream: 0) == 0)
    check(without.kernelLatency.count == 0)
}

/// Goal: a retransmission request reaches the server, and its answer comes on the stream; without a server it is
/// refused.
/// Method: a server that answers where the request came from.
@Test(arguments: backends) func retransmissionGoesThereAndBack(_ backend: NetworkBackend) throws {
    let server = try UdpSender(to: nil, from: .loopback(0))
    var io = try feed(backend, retransmission: server.localAddress)
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
    var without = try feed(backend)
    // SAFETY: as above.
    check(unsafe !request.withUnsafeBytes { unsafe without.requestRetransmission(stream: 0, $0) })
}

/// Goal: bytes go both ways; the venue's orderly end is seen with the next receive, after the bytes before it.
/// Method: loopback.
@Test(arguments: backends) func sessionBothWays(_ backend: NetworkBackend) throws {
    var pair = try Pair(backend)
    check(pair.io.send("order") == 5)
    check(pair.venueReceives(5) == Array("order".utf8))
    check(pair.venue.send("fill") == 4)
    pair.venue.close()
    check(pair.receiveToTheEnd() == Array("fill".utf8))
    check(pair.io.connection(session: 0) == .closed)
    check(pair.io.closeReason(session: 0) == nil)
    check(pair.io.send("late") == 0)
    check(pair.io.receive(session: 0).isEmpty)
    pair.io.close(session: 0)
    check(pair.io.connection(session: 0) == .idle)
}

/// Goal: nobody listening is seen as closed, with the reason; connecting again works once somebody does.
/// Method: the port of a listener that has gone.
@Test(arguments: backends) func refusedAndAgain(_ backend: NetworkBackend) throws {
    var listener: TcpListener? = try TcpListener(.loopback(0))
    let address = listener!.localAddress
    listener = nil
    var warnings: [String] = []
    var io = try NetworkIO(
        backend, streams: [], sessions: [SessionSettings(venue: address)], clock: clock, warnings: &warnings)
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

/// Goal: a reset after any byte of a message is seen and named, after exactly the bytes before it; so is an orderly end.
/// The next connection begins clean.
/// Method: the venue sends so many bytes and breaks the connection as a crash would, or ends it.
@Test(arguments: backends) func resetAtEveryByteReceived(_ backend: NetworkBackend) throws {
    let message = pattern(47)
    var pair = try Pair(backend)
    for count in 0...message.count {
        for inOrder in [true, false] {
            check(pair.venue.send(Array(message[..<count])) == count)
            if inOrder { pair.venue.close() } else { pair.venue.reset() }
            check(
                pair.receiveToTheEnd() == Array(message[..<count]),
                "after \(count) bytes, in order: \(inOrder)")
            check(pair.io.connection(session: 0) == .closed)
            check(
                pair.io.closeReason(session: 0) == (inOrder ? nil : .connectionReset), "after \(count) bytes")
            check(pair.io.send("late") == 0)
            try pair.connectAgain()
        }
    }
}

/// Goal: a peer that breaks the connection with any number of bytes of our message read: the break is seen, and nothing
/// of the message is sent again on the next connection.
/// Method: the venue reads so many bytes, resets, and looks at what the next connection brings.
@Test(arguments: backends) func resetAtEveryByteSent(_ backend: NetworkBackend) throws {
    let message = pattern(47)
    var pair = try Pair(backend)
    for count in 0...message.count {
        check(pair.io.send(message) == message.count)
        if count > 0 {
            var read: [UInt8] = []
            // A polling thread's next send goes with a look of ours.
            eventually("\(count) bytes") {
                check(pair.io.receive(session: 0).isEmpty)
                read += pair.venue.receive(atMost: count - read.count)
                return read.count == count
            }
            check(read == Array(message[..<count]))
        }
        pair.venue.reset()
        check(pair.receiveToTheEnd().isEmpty)
        check(pair.io.connection(session: 0) == .closed)
        try pair.connectAgain()
        let next = pattern(5, from: count)
        check(pair.io.send(next) == 5)
        check(pair.venueReceives(5) == next)
    }
}

/// Goal: when the venue does not read, a send is taken in part and then not at all (EAGAIN), the connection stays, and
/// nothing is lost, doubled or out of order once it reads again, with what is sent while it does.
/// Method: send numbers until no byte is taken for a while, then read everything while sending more.
@Test(arguments: backends) func stalledPeer(_ backend: NetworkBackend) throws {
    var pair = try Pair(backend)
    pair.venue.setBuffers(receiveBytes: 65_536, sendBytes: 65_536)
    let stream = pattern(16_000_000)
    var sent = 0
    var partial = false
    var lastTakenNs = clock.nowNs()
    func sendMore(_ countMax: Int) -> Int {
        let count = min(countMax, stream.count - sent)
        // SAFETY: the array stands still inside the closure.
        let taken = unsafe stream.withUnsafeBytes {
            unsafe pair.io.send(session: 0, UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count]))
        }
        if taken > 0 && taken < count { partial = true }
        sent += taken
        return taken
    }
    while clock.nowNs() - lastTakenNs < 50_000_000, sent < stream.count {
        if sendMore(100_000) > 0 { lastTakenNs = clock.nowNs() }
    }
    check(partial)
    check(sent < stream.count)
    check(pair.io.connection(session: 0) == .open)
    check(pair.io.unacknowledgedBytes(session: 0) > 0)
    if backend != .sockets && backend != .uringPolled { check(pair.io.uringCounts.sendsFull > 0) }
    var got: [UInt8] = []
    let end = min(sent + 300_000, stream.count)
    let limit = clock.nowNs() + 8_000_000_000
    while got.count < end, clock.nowNs() < limit {
        if sent < end { _ = sendMore(min(30_000, end - sent)) }
        check(pair.io.receive(session: 0).isEmpty)
        got += pair.venue.receive()
    }
    check(sent == end)
    check(got.elementsEqual(stream[..<end]))
}

/// Goal: connections that end with much unread leave nothing behind: no buffer is lost, no byte of one is heard in the
/// next.
/// Method: two hundred connections, each closed by us with 20,000 bytes on the way, then one that counts.
@Test(arguments: backends) func closedWithMuchUnread(_ backend: NetworkBackend) throws {
    var pair = try Pair(backend)
    let rounds = backend == .uringPolled ? 20 : 200
    for round in 0..<rounds {
        _ = pair.venue.send(pattern(20_000, from: round))
        // One piece is in the caller's hands, others wait.
        if round % 2 == 0 {
            eventually("something") { !pair.io.receive(session: 0).isEmpty }
        }
        pair.io.close(session: 0)
        check(pair.io.receive(session: 0).isEmpty)
        try pair.connectAgain()
    }
    let message = pattern(200_000)
    var got: [UInt8] = []
    var sent = 0
    eventually("the message") {
        if sent < message.count { sent += pair.venue.send(Array(message[sent...])) }
        got += bytes(pair.io.receive(session: 0))
        return got.count >= message.count
    }
    check(got == message)
}

/// Goal: waiting ends with traffic at once, and by itself in time.
/// Method: a datagram sent before, then none.
@Test(arguments: backends) func waitingEndsWithTraffic(_ backend: NetworkBackend) throws {
    var io = try feed(backend)
    let sender = try UdpSender(to: nil)
    check(sender.send("wake", to: io.listenAddress(stream: 0)))
    let start = clock.nowNs()
    io.waitForTraffic(timeoutNs: 1_500_000_000)
    check(clock.nowNs() - start < 1_000_000_000)
    eventually("the datagram") { text(io.receiveDatagram(stream: 0)) == "wake" }
    // A polling thread may still have something to tell; the next wait is quiet.
    io.waitForTraffic(timeoutNs: 1_000_000)
    let quiet = clock.nowNs()
    io.waitForTraffic(timeoutNs: 5_000_000)
    check(clock.nowNs() - quiet >= 4_900_000)
}

/// Goal: waiting ends with a venue's bytes too.
/// Method: bytes sent before.
@Test(arguments: backends) func waitingEndsWithBytes(_ backend: NetworkBackend) throws {
    var pair = try Pair(backend)
    check(pair.venue.send("wake") == 4)
    let start = clock.nowNs()
    var got = ""
    while got.isEmpty, clock.nowNs() - start < 2_000_000_000 {
        pair.io.waitForTraffic(timeoutNs: 1_500_000_000)
        got = text(pair.io.receive(session: 0))
    }
    check(got == "wake")
    check(clock.nowNs() - start < 1_000_000_000)
}
