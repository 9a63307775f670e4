import TestSupport
import Testing

@testable import Plumbing

private func feed() throws -> PlainSocketIO {
    var warnings: [String] = []
    return try PlainSocketIO(
        streams: [StreamSettings(listen: .loopback(0), receiveBufferBytes: 1 << 20)], sessions: [],
        clock: clock, warnings: &warnings)
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
