/// The ways to the network. All behave alike; which is fastest depends on kernel and machine.
public enum NetworkBackend: UInt8, CaseIterable, Sendable {
    /// Plain non-blocking calls: one a look, one a send.
    case sockets
    /// io_uring with receives that go on by themselves.
    case uring
    /// io_uring with a receive a datagram, asked for together with the send before.
    case uringSingleShot
    /// io_uring with a thread of the kernel's that makes the calls; it wants a core.
    case uringPolled

    /// As in settings and reports.
    public var name: String {
        switch self {
        case .sockets: "sockets"
        case .uring: "uring"
        case .uringSingleShot: "uring_single_shot"
        case .uringPolled: "uring_sqpoll"
        }
    }
}

/// What is the same on every backend, or belongs to one kind of them.
public struct NetworkOptions: Sendable, Equatable {
    /// Keep the kernel's time of receipt with each datagram, and the latency from it.
    public var stamps = false
    /// For the backends over io_uring.
    public var uring = UringSettings()

    public init() {}

    /// The ring of that backend.
    func uring(_ backend: NetworkBackend) -> UringSettings {
        var ring = uring
        ring.receive = backend == .uringSingleShot ? .singleShot : .multishot
        ring.isPolled = backend == .uringPolled
        return ring
    }
}
