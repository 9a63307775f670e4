public import Plumbing

/// One connection over a ``SeededNetwork``, for whoever holds connections one by one. Nothing waits.
///
/// - Threads: the network's.
public final class SeededConnection {
    private let network: SeededNetwork
    private let session: Int
    private let id: Int
    private var isClosed = false

    /// Begins to connect. A connection that the session had before is over.
    public init(_ network: SeededNetwork, session: Int) {
        self.network = network
        self.session = session
        network.clientCloses(session: session)
        network.connect(session: session)
        id = network.connections.count - 1
    }

    public var state: ConnectionState {
        guard !isClosed, network.isCurrent(id) else { return .closed }
        switch network.connections[id].state {
        case .connecting: return .connecting
        case .open: return .open
        // What has come is read first.
        case .closed: return network.received[session].isEmpty ? .closed : .open
        }
    }

    public func poll() -> ConnectionState { state }

    /// How many bytes were taken, from the front.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard state == .open else { return 0 }
        // SAFETY: copied.
        return unsafe network.clientSends(session: session, Array(bytes))
    }

    /// How many bytes were there.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard state == .open else { return 0 }
        let count = min(network.received[session].count, buffer.count)
        // SAFETY: no more than the buffer holds.
        unsafe buffer.copyBytes(from: network.received[session].prefix(count))
        network.received[session].removeFirst(count)
        return count
    }

    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if network.isCurrent(id) { network.clientCloses(session: session) }
    }
}
