internal import Model
public import Plumbing

/// The engine's end of a ``SeededNetwork``.
@safe public struct SeededIO: HotIO, ~Copyable {
    private let network: SeededNetwork
    /// The bytes handed out last, for each stream and then for each session.
    private var handedOut: [UnsafeMutableRawBufferPointer]
    private let streamCount: Int
    private var gate: EgressGate?

    public init(_ network: SeededNetwork) {
        self.network = network
        streamCount = network.inboxes.count
        unsafe handedOut = (0..<streamCount + network.current.count).map { _ in
            UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        }
    }

    // SAFETY: whoever was handed bytes has them until the next call only.
    deinit { for index in unsafe handedOut.indices { unsafe handedOut[index].deallocate() } }

    public mutating func nowNs() -> UInt64 {
        network.readings += 1
        precondition(network.readings < 10_000_000, "Caller: nobody waits for time to pass inside a step")
        return network.nowNs
    }

    private func hand(_ place: Int, _ bytes: ArraySlice<UInt8>) -> ReceivedBytes {
        let buffer = unsafe handedOut[place]
        // SAFETY: no piece is longer than the buffer, which stands until the next call for the same place.
        unsafe buffer.copyBytes(from: bytes)
        return unsafe ReceivedBytes(UnsafeRawBufferPointer(rebasing: buffer[..<bytes.count]))
    }

    public mutating func receiveDatagram(stream: Int) -> ReceivedBytes {
        let first = network.inboxes[stream].first
        guard first < network.inboxes[stream].packets.count else { return .none }
        let packet = network.inboxes[stream].packets[first]
        network.inboxes[stream].first += 1
        if network.inboxes[stream].first == network.inboxes[stream].packets.count {
            network.inboxes[stream] = SeededNetwork.Inbox()
        }
        return hand(stream, packet[...])
    }

    public mutating func moreWaiting(stream: Int) -> Bool { !network.inboxes[stream].packets.isEmpty }

    public mutating func requestRetransmission(stream: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: copied.
        let request = unsafe Array(bytes)
        for atNs in network.arrivals() {
            network.queue.insert(.arrival(.request(stream: stream, bytes: request)), atNs: atNs)
        }
        return true
    }

    public mutating func connect(session: Int) { network.connect(session: session) }

    public mutating func connection(session: Int) -> ConnectionState {
        guard let id = network.current[session] else { return .idle }
        switch network.connections[id].state {
        case .connecting: return .connecting
        case .open: return .open
        // What has come is read first.
        case .closed: return network.received[session].isEmpty ? .closed : .open
        }
    }

    public mutating func receive(session: Int) -> ReceivedBytes {
        guard network.current[session] != nil, !network.received[session].isEmpty else { return .none }
        let bytes = network.received[session]
        var count = min(bytes.count, 1 << 16)
        if network.random.chance(perMillion: network.faults.splitPerMillion) {
            count = 1 + Int(network.random.below(UInt64(count)))
        }
        network.received[session].removeFirst(count)
        return hand(streamCount + session, bytes[..<count])
    }

    public mutating func send(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        // SAFETY: copied.
        guard let gate = gate?.view else { return unsafe network.clientSends(session: session, Array(bytes)) }
        let passing = unsafe gate.beginSend(session: session, bytes)
        let sent = unsafe network.clientSends(session: session, Array(bytes[..<passing]))
        unsafe gate.endSend(session: session, bytes, passing: passing, sent: Int64(sent))
        unsafe network.note(sent: Array(bytes[..<sent]), session: session, keepsOrders: gate.keepsOrders)
        return sent
    }

    /// From here on what is sent passes this gate.
    public mutating func guardEgress(_ gate: EgressGate) { self.gate = gate }

    public mutating func close(session: Int) { network.clientCloses(session: session) }
}
