import Testing

@testable import Plumbing

let clock = Clock.calibrated()

/// The backends that this kernel allows.
let backends: [NetworkBackend] = NetworkBackend.allCases.filter { backend in
    var warnings: [String] = []
    do throws(SetupError) {
        _ = try NetworkIO(backend, streams: [], sessions: [], clock: clock, warnings: &warnings)
        return true
    } catch {
        print("SKIP: \(backend.name): \(error)")
        return false
    }
}

/// Those that have a ring.
let rings = backends.filter { $0 != .sockets }

/// Asks until the answer is there, for at most two seconds.
func eventually(
    _ what: String, at place: SourceLocation = #_sourceLocation, _ answer: () throws -> Bool
) rethrows {
    let limit = clock.nowNs() + 2_000_000_000
    while try !answer() {
        if clock.nowNs() > limit {
            Issue.record("did not come within two seconds: \(what)", sourceLocation: place)
            return
        }
        Clock.sleep(ns: 20_000)
    }
}

func text(_ received: ReceivedBytes) -> String {
    // SAFETY: looked at before the next call.
    unsafe String(decoding: received.bytes, as: UTF8.self)
}

func bytes(_ received: ReceivedBytes) -> [UInt8] {
    // SAFETY: looked at before the next call.
    unsafe Array(received.bytes)
}

/// Bytes that tell their place.
func pattern(_ count: Int, from first: Int = 0) -> [UInt8] {
    (first..<first + count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
}

extension UdpSender {
    func send(_ text: String, to address: SocketAddress) -> Bool {
        // SAFETY: the array stands still inside the closure.
        unsafe Array(text.utf8).withUnsafeBytes { unsafe send($0, to: address) }
    }
}

extension NetworkIO {
    mutating func send(_ bytes: [UInt8]) -> Int {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe send(session: 0, $0) }
    }
    mutating func send(_ text: String) -> Int { send(Array(text.utf8)) }
}

extension TcpConnection {
    func send(_ bytes: [UInt8]) -> Int {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe send($0) }
    }
    func send(_ text: String) -> Int { send(Array(text.utf8)) }

    func receive(atMost count: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe receive(into: $0) }
        return Array(buffer.prefix(count))
    }
}

/// Polling threads of many tests at once would take the cores from each other: they soon sleep.
func patient(_ options: NetworkOptions) -> NetworkOptions {
    var options = options
    options.uring.pollingIdleMs = 1
    return options
}

/// An engine that listens to `streams` feeds.
func feed(
    _ backend: NetworkBackend, streams: Int = 1, retransmission: SocketAddress? = nil,
    options: NetworkOptions = NetworkOptions()
) throws -> NetworkIO {
    var warnings: [String] = []
    return try NetworkIO(
        backend,
        streams: (0..<streams).map { _ in
            StreamSettings(listen: .loopback(0), retransmission: retransmission, receiveBufferBytes: 1 << 20)
        }, sessions: [], options: patient(options), clock: clock, warnings: &warnings)
}

/// An engine's session and the venue's end of it.
struct Pair: ~Copyable {
    var io: NetworkIO
    let listener: TcpListener
    var venue: TcpConnection

    init(_ backend: NetworkBackend, options: NetworkOptions = NetworkOptions(), userTimeoutMs: UInt32 = 3000)
        throws
    {
        let listener = try TcpListener(.loopback(0))
        var warnings: [String] = []
        var io = try NetworkIO(
            backend, streams: [],
            sessions: [SessionSettings(venue: listener.localAddress, userTimeoutMs: userTimeoutMs)],
            options: patient(options), clock: clock, warnings: &warnings)
        check(io.connection(session: 0) == .idle)
        let venue = try Self.connect(&io, listener)
        self.listener = listener
        self.venue = venue
        self.io = io
    }

    mutating func connectAgain() throws { venue = try Self.connect(&io, listener) }

    private static func connect(_ io: inout NetworkIO, _ listener: TcpListener) throws -> TcpConnection {
        io.connect(session: 0)
        let limit = clock.nowNs() + 2_000_000_000
        var accepted: TcpConnection?
        while accepted == nil || io.connection(session: 0) == .connecting {
            accepted = accepted ?? listener.accept()
            if clock.nowNs() > limit { break }
        }
        check(io.connection(session: 0) == .open)
        return try #require(accepted)
    }

    /// What the engine receives until its connection is no longer open, two seconds at most.
    mutating func receiveToTheEnd() -> [UInt8] {
        var got: [UInt8] = []
        let limit = clock.nowNs() + 2_000_000_000
        while io.connection(session: 0) == .open, clock.nowNs() < limit {
            got += bytes(io.receive(session: 0))
        }
        return got
    }

    /// What the venue receives until it has `count` bytes, or the time is over.
    func venueReceives(_ count: Int, seconds: UInt64 = 5) -> [UInt8] {
        var got: [UInt8] = []
        let limit = clock.nowNs() + seconds * 1_000_000_000
        while got.count < count, clock.nowNs() < limit { got += venue.receive() }
        return got
    }
}
