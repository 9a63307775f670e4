import Foundation
import Testing

@testable import Plumbing

/// Runs `body` on a thread of its own, whose list ends with it.
private func onItsOwnThread(_ body: @escaping @Sendable () -> Void) throws {
    try EngineThread(name: "listed", holding: 0) { _ in body() }.join()
}

/// Opens and closes a file; whether that went.
private func openAFile() -> Bool {
    // SAFETY: the path stands during the call.
    let fd = unsafe open("/proc/self/status", O_RDONLY)
    if fd >= 0 { close(fd) }
    return fd >= 0
}

/// Goal: a call that is not on the list ends the process: by SIGSYS, with a message that names the call and says what to do.
/// Method: a child process whose listed thread opens a file.
@Test(.enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"))
func anotherCallEndsTheProcess() async throws {
    let result = await #expect(processExitsWith: .signal(SIGSYS), observing: [\.standardErrorContent]) {
        try onItsOwnThread {
            guard Threads.restrictCalls(to: .sockets, others: .fatal).isGranted else { exit(3) }
            _ = openAFile()
            exit(4)
        }
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains("system call 257 (openat)") || said.contains("system call 56 (openat)"), "\(said)")
    #expect(said.contains("threads.seccomp: count") && said.contains("as after a crash"), "\(said)")
}

/// Goal: under a fatal list the thread can still end in order, its memory and all, and other threads are not concerned.
/// Method: a child whose listed thread uses memory and a lock and ends, after which the first thread opens a file.
@Test(.enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"))
func whoIsListedEndsInOrder() async throws {
    await #expect(processExitsWith: .success) {
        try onItsOwnThread {
            guard Threads.restrictCalls(to: .uring, others: .fatal).isGranted else { exit(3) }
            let lock = NSLock()
            var sum = 0
            for round in 0..<8 {
                lock.withLock { sum += [UInt8](repeating: UInt8(round), count: 3 << 20).count }
            }
            guard sum == 24 << 20 else { exit(4) }
        }
        guard openAFile() else { exit(5) }
        exit(0)
    }
}

/// Goal: under a list that counts, a call beside it is made, answers as ever, and counts by name once counting is on;
/// calls of other threads do not.
/// Method: files opened before, while and after counting; a clone, which would run away with the handler's stack, is refused.
@Test(.enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"))
func otherCallsAreCountedAndMade() throws {
    try onItsOwnThread {
        check(Threads.restrictCalls(to: .sockets, others: .counted).isGranted)
        check(openAFile())
        check(Threads.otherCalls.isEmpty)
        Threads.countOtherCalls(true)
        for _ in 0..<3 { check(openAFile()) }
        check(getppid() > 0)
        // SAFETY: the path stands during the call.
        check(unsafe open("/nonexistent", O_RDONLY) == -1 && errno == ENOENT)
        Threads.countOtherCalls(false)
        check(openAFile())
        check(Threads.otherCalls == ["openat": 4, "getppid": 1], "\(Threads.otherCalls)")
    }
    try onItsOwnThread { check(Threads.otherCalls.isEmpty) }
}

/// Goal: the network works under its list, on every backend, over a break and a new connection, and makes no other call.
/// Method: a listed thread sends, receives, waits and connects again, while this one is the venue.
@Test(
    .enabled(if: Threads.canRestrictCalls, "this kernel has no seccomp filters"), .timeLimit(.minutes(1)),
    arguments: backends)
func theNetworkNeedsNoOtherCall(_ backend: NetworkBackend) throws {
    let listener = try TcpListener(.loopback(0))
    let retransmission = try UdpSender(to: nil, from: .loopback(0))
    var warnings: [String] = []
    let io = try NetworkIO(
        backend,
        streams: [StreamSettings(listen: .loopback(0), retransmission: retransmission.localAddress)],
        sessions: [SessionSettings(venue: listener.localAddress)], options: patient(NetworkOptions()),
        clock: clock, warnings: &warnings)
    let feed = io.listenAddress(stream: 0)
    let (rounds, isOver) = (SharedFlag(), SharedFlag())
    let thread = try EngineThread(name: "listed", holding: io) { io in
        // What the ring's first call does is of the warm-up.
        _ = io.receiveDatagram(stream: 0)
        check(Threads.restrictCalls(to: backend, others: .counted).isGranted)
        Threads.countOtherCalls(true)
        let limit = clock.nowNs() + 20_000_000_000
        while rounds.value < 5, clock.nowNs() < limit {
            switch io.connection(session: 0) {
            case .idle, .closed: io.connect(session: 0)
            case .connecting: break
            case .open: if !io.receive(session: 0).isEmpty { _ = io.send("order") }
            }
            let got = io.receiveDatagram(stream: 0)
            // SAFETY: looked at before the next call.
            if !got.isEmpty { check(unsafe io.requestRetransmission(stream: 0, got.bytes)) }
            io.waitForTraffic(timeoutNs: 100_000)
        }
        io.close(session: 0)
        Threads.countOtherCalls(false)
        check(Threads.otherCalls.isEmpty, "\(Threads.otherCalls)")
        isOver.value = 1
    }
    let sender = try UdpSender(to: nil)
    while rounds.value < 5, isOver.value == 0 {
        guard let venue = listener.accept() else { continue }
        check(sender.send("packet", to: feed))
        check(venue.send("report") == 6)
        var got: [UInt8] = []
        eventually("an order") {
            got += venue.receive()
            return got.count >= 5
        }
        check(got == Array("order".utf8))
        if rounds.value % 2 == 0 { venue.reset() } else { venue.close() }
        rounds.value += 1
    }
    thread.join()
    check(rounds.value == 5)
}
