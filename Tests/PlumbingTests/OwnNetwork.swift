import Glibc
import Testing

@testable import Plumbing

/// A network that belongs to one thread of a test: its loopback interface can be taken down without anybody else
/// noticing. Needs root.
enum OwnNetwork {
    /// Runs `body` on a thread with a network of its own, loopback up. `false`: it was not permitted.
    static func run(_ body: @escaping @Sendable () throws -> Void) throws -> Bool {
        let made = SharedFlag()
        let thread = try EngineThread(name: "own network", holding: 0) { _ in
            guard leaveTheMachinesNetwork() else { return }
            guard setLoopback(up: true) else { return }
            made.value = 1
            do { try body() } catch { Issue.record(error) }
        }
        thread.join()
        if made.value == 0 { print("SKIP: a network namespace needs root") }
        return made.value == 1
    }

    /// unshare(CLONE_NEWNET), which Swift's Glibc does not have.
    private static func leaveTheMachinesNetwork() -> Bool {
        typealias Unshare = @convention(c) (Int32) -> Int32
        guard let found = unsafe dlsym(nil, "unshare") else { return false }
        // SAFETY: that is the function's type, unshare(2).
        return unsafe unsafeBitCast(found, to: Unshare.self)(0x4000_0000) == 0
    }

    /// Takes the calling thread's loopback interface up or down: an rtnetlink RTM_NEWLINK for the first link.
    @discardableResult static func setLoopback(up: Bool) -> Bool {
        let fd = socket(16, Int32(SOCK_RAW.rawValue), 0)  // AF_NETLINK, NETLINK_ROUTE
        guard fd >= 0 else { return false }
        defer { close(fd) }
        var message: [UInt8] = []
        func put<T: FixedWidthInteger>(_ value: T) {
            for shift in stride(from: 0, to: T.bitWidth, by: 8) {
                message.append(UInt8(truncatingIfNeeded: value >> T(shift)))
            }
        }
        // nlmsghdr: length, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence, port
        put(UInt32(32))
        put(UInt16(16))
        put(UInt16(5))
        put(UInt32(1))
        put(UInt32(0))
        // ifinfomsg: family and padding, type, index, flags, which of the flags change
        put(UInt16(0))
        put(UInt16(0))
        put(Int32(1))
        put(UInt32(up ? 1 : 0))
        put(UInt32(1))
        // SAFETY: both arrays stand still inside the closures.
        let sent = unsafe message.withUnsafeBytes { unsafe send(fd, $0.baseAddress, $0.count, 0) }
        guard sent == message.count else { return false }
        var answer = [UInt8](repeating: 0, count: 256)
        let got = unsafe answer.withUnsafeMutableBytes { unsafe recv(fd, $0.baseAddress, $0.count, 0) }
        // nlmsgerr: its first number is the failure, 0 for none.
        return got >= 20 && answer[16..<20].allSatisfy { $0 == 0 }
    }
}

/// Goal: a connection whose other side is gone without a word (half open) is given up when our bytes stay unacknowledged
/// for the time set, with a reason; until then nothing shows, and afterwards the next connection works.
/// Method: a network of the test's own, whose only interface goes down.
@Test(arguments: backends) func halfOpen(_ backend: NetworkBackend) throws {
    _ = try OwnNetwork.run {
        var pair = try Pair(backend, userTimeoutMs: 300)
        check(pair.io.send("before") == 6)
        check(pair.venueReceives(6) == Array("before".utf8))
        check(OwnNetwork.setLoopback(up: false))
        for _ in 0..<1000 { check(pair.io.receive(session: 0).isEmpty) }
        check(pair.io.connection(session: 0) == .open)
        check(pair.io.send("into the dark") == 13)
        check(pair.io.receive(session: 0).isEmpty)
        check(pair.io.connection(session: 0) == .open)
        let start = clock.nowNs()
        while pair.io.connection(session: 0) == .open, clock.nowNs() - start < 5_000_000_000 {
            _ = pair.io.receive(session: 0)
        }
        check(pair.io.connection(session: 0) == .closed)
        let reason = pair.io.closeReason(session: 0)?.name ?? "none"
        check(["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].contains(reason), "\(reason)")
        check(pair.io.send("late") == 0)
        check(OwnNetwork.setLoopback(up: true))
        try pair.connectAgain()
        check(pair.io.send("after") == 5)
        check(pair.venueReceives(5) == Array("after".utf8))
    }
}

/// Goal: a peer that crashed and came back knows nothing of the connection: our next bytes bring its reset.
/// Method: interface down, the venue's end is closed (its word is lost), interface up, and a send.
@Test(arguments: backends) func peerHasForgotten(_ backend: NetworkBackend) throws {
    _ = try OwnNetwork.run {
        var pair = try Pair(backend)
        check(OwnNetwork.setLoopback(up: false))
        pair.venue.reset()
        check(OwnNetwork.setLoopback(up: true))
        for _ in 0..<1000 { check(pair.io.receive(session: 0).isEmpty) }
        check(pair.io.connection(session: 0) == .open)
        check(pair.io.send("anybody there?") == 14)
        check(pair.receiveToTheEnd().isEmpty)
        check(pair.io.connection(session: 0) == .closed)
        check(pair.io.closeReason(session: 0) == .connectionReset)
    }
}

/// Goal: a signal in the middle of a wait (EINTR) ends the wait, and nothing else.
/// Method: a thread that waits, another that sends it signals; then a datagram arrives as ever.
@Test(arguments: backends) func signalEndsAWait(_ backend: NetworkBackend) throws {
    signal(SIGVTALRM) { _ in }
    let io = try feed(backend)
    let to = io.listenAddress(stream: 0)
    let waiting = SharedFlag()
    let done = SharedFlag()
    let thread = try EngineThread(name: "waits", holding: io) { io in
        // Threads of a test runner take no signals, nor do those that they start.
        var only = sigset_t()
        // SAFETY: both functions write to the set, or read it, during the call.
        unsafe sigemptyset(&only)
        unsafe sigaddset(&only, SIGVTALRM)
        unsafe pthread_sigmask(SIG_UNBLOCK, &only, nil)
        _ = io.receiveDatagram(stream: 0)
        waiting.value = UInt64(pthread_self())
        let start = clock.nowNs()
        for _ in 0..<10 { io.waitForTraffic(timeoutNs: 1_000_000_000) }
        check(clock.nowNs() - start < 5_000_000_000)
        done.value = 1
        if backend != .sockets { check(io.uringCounts.interrupted > 0) }
        eventually("the datagram") {
            io.waitForTraffic(timeoutNs: 10_000_000)
            return text(io.receiveDatagram(stream: 0)) == "hello"
        }
    }
    while waiting.value == 0 { Clock.sleep(ns: 100_000) }
    while done.value == 0 {
        pthread_kill(pthread_t(waiting.value), SIGVTALRM)
        Clock.sleep(ns: 5_000_000)
    }
    check(try UdpSender(to: nil).send("hello", to: to))
    thread.join()
}

/// Goal: signals that rain on the thread while it waits, receives and sends (EINTR everywhere) cost nothing: each byte both
/// ways is there once, in order, and every datagram.
/// Method: a thread that echoes a session's bytes and counts datagrams, sleeping whenever there is nothing; this one is the
/// venue, and sends it a signal about every 20 µs.
@Test(arguments: backends) func signalsRainOnEverything(_ backend: NetworkBackend) throws {
    signal(SIGUSR1) { _ in }
    let listener = try TcpListener(.loopback(0))
    var warnings: [String] = []
    let io = try NetworkIO(
        backend, streams: [StreamSettings(listen: .loopback(0), receiveBufferBytes: 1 << 20)],
        sessions: [SessionSettings(venue: listener.localAddress)], options: patient(NetworkOptions()),
        clock: clock, warnings: &warnings)
    let to = io.listenAddress(stream: 0)
    let (running, done) = (SharedFlag(), SharedFlag())
    let message = pattern(600_000)
    let datagrams = 500
    let thread = try EngineThread(name: "rained on", holding: io) { io in
        var only = sigset_t()
        // SAFETY: both functions write to the set, or read it, during the call.
        unsafe sigemptyset(&only)
        unsafe sigaddset(&only, SIGUSR1)
        unsafe pthread_sigmask(SIG_UNBLOCK, &only, nil)
        running.value = UInt64(pthread_self())
        var waiting: [UInt8] = []
        var (echoed, heard) = (0, 0)
        let limit = clock.nowNs() + 20_000_000_000
        io.connect(session: 0)
        while echoed < message.count || heard < datagrams, clock.nowNs() < limit {
            if io.connection(session: 0) == .open {
                waiting += bytes(io.receive(session: 0))
                if !waiting.isEmpty {
                    let taken = io.send(waiting)
                    waiting.removeFirst(taken)
                    echoed += taken
                }
            }
            let got = text(io.receiveDatagram(stream: 0))
            if !got.isEmpty {
                check(got == "datagram \(heard)")
                heard += 1
            } else if waiting.isEmpty {
                io.waitForTraffic(timeoutNs: 1_000_000)
            }
        }
        check(echoed == message.count && heard == datagrams, "\(echoed) bytes, \(heard) datagrams")
        check(io.connection(session: 0) == .open)
        done.value = 1
        // Until the venue has read all of it.
        while done.value == 1, clock.nowNs() < limit {
            _ = io.receive(session: 0)
            Clock.sleep(ns: 100_000)
        }
    }
    while running.value == 0 { Clock.sleep(ns: 100_000) }
    let sender = try UdpSender(to: nil)
    var venue: TcpConnection?
    var (sent, number, signals) = (0, 0, 0)
    var got: [UInt8] = []
    let limit = clock.nowNs() + 20_000_000_000
    while got.count < message.count || done.value == 0, clock.nowNs() < limit {
        pthread_kill(pthread_t(running.value), SIGUSR1)
        signals += 1
        venue = venue ?? listener.accept()
        if let venue {
            if sent < message.count {
                sent += venue.send(Array(message[sent..<min(sent + 1500, message.count)]))
            }
            got += venue.receive()
        }
        if number < datagrams, sender.send("datagram \(number)", to: to) { number += 1 }
        Clock.sleep(ns: 20_000)
    }
    done.value = 2
    thread.join()
    check(got == message, "\(got.count) bytes")
    check(signals > 100)
}
