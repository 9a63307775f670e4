import Plumbing

/// What a test puts at the outer end of a stage, and what came out there.
final class Script: @unchecked Sendable {
    var nowNs: UInt64 = 1_000
    /// Datagrams that wait, by stream.
    var datagrams: [[[UInt8]]]
    var requests: [(stream: Int, bytes: [UInt8])] = []
    var takesRequests = true
    var sessions: [Session]

    struct Session {
        var state = ConnectionState.idle
        var connects = 0
        var closes = 0
        /// What comes of the next connects.
        var answer = ConnectionState.open
        /// Pieces that wait to be received, of this connection.
        var incoming: [[UInt8]] = []
        /// The peer has ended: closed once what waits was received.
        var isEnding = false
        /// By connection.
        var sent: [[UInt8]] = []
        /// The most that a send takes.
        var takes = Int.max
        /// The connection breaks when so many bytes of it have been taken.
        var breaksAt = Int.max
    }

    init(streams: Int = 0, sessions: Int = 0) {
        datagrams = Array(repeating: [], count: streams)
        self.sessions = Array(repeating: Session(), count: sessions)
    }
}

@safe struct ScriptedIO: ~Copyable, HotIO {
    let script: Script
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)

    init(_ script: Script) { self.script = script }
    deinit { unsafe room.deallocate() }

    private func hand(_ bytes: [UInt8]) -> ReceivedBytes {
        // SAFETY: no piece of a test is longer than the room, which is written again with the next call.
        unsafe room.copyBytes(from: bytes)
        return unsafe ReceivedBytes(UnsafeRawBufferPointer(rebasing: room[..<bytes.count]))
    }

    mutating func nowNs() -> UInt64 {
        script.nowNs += 1
        return script.nowNs
    }
    mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        guard !script.datagrams[stream].isEmpty else { return .none }
        return hand(script.datagrams[stream].removeFirst())
    }
    mutating func moreWaiting(stream: Int) -> Bool { !script.datagrams[stream].isEmpty }
    mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard script.takesRequests else { return false }
        // SAFETY: copied.
        unsafe script.requests.append((stream, Array(bytes)))
        return true
    }
    mutating func connect(session: Int) {
        script.sessions[session].connects += 1
        script.sessions[session].state = .connecting
        script.sessions[session].incoming = []
        script.sessions[session].isEnding = false
        script.sessions[session].breaksAt = .max
        script.sessions[session].sent.append([])
    }
    mutating func connection(session: Int) -> ConnectionState {
        let it = script.sessions[session]
        if it.state == .connecting { script.sessions[session].state = it.answer }
        if it.state == .open, it.isEnding, it.incoming.isEmpty { script.sessions[session].state = .closed }
        return script.sessions[session].state
    }
    mutating func receive(session: Int) -> ReceivedBytes {
        guard script.sessions[session].state == .open, !script.sessions[session].incoming.isEmpty else {
            return .none
        }
        return hand(script.sessions[session].incoming.removeFirst())
    }
    mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        let it = script.sessions[session]
        guard it.state == .open, !it.isEnding, let last = it.sent.last else { return 0 }
        let count = min(bytes.count, it.takes, it.breaksAt - last.count)
        // SAFETY: copied.
        unsafe script.sessions[session].sent[it.sent.count - 1] += Array(bytes.prefix(count))
        if last.count + count == it.breaksAt { script.sessions[session].isEnding = true }
        return count
    }
    mutating func close(session: Int) {
        script.sessions[session].closes += 1
        script.sessions[session].state = .idle
    }
}

extension RingIO {
    mutating func send(_ bytes: [UInt8], session: Int = 0) -> Int {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe send(session: session, $0) }
    }
    mutating func request(_ bytes: [UInt8], stream: Int) -> Bool {
        // SAFETY: the array stands still inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe requestRetransmission(stream: stream, $0) }
    }
}
