/// How market data and orders pass the kernel.
public struct NetworkSettings: Sendable, Equatable {
    public enum Backend: String, Sendable, CaseIterable {
        /// The fastest of them on this machine, tried for a quarter of a second at start.
        case auto
        /// Plain non-blocking calls.
        case sockets
        /// io_uring, receives that go on by themselves.
        case uring
        /// io_uring, a receive a datagram, asked for together with the orders of the last.
        case uringSingleShot = "uring_single_shot"
        /// io_uring with a thread of the kernel's that makes the calls.
        case uringPolled = "uring_sqpoll"
    }

    public var backend = Backend.auto
    /// Datagrams of one feed that wait in io_uring's buffers; more wait in the socket's.
    public var datagramBuffers = 256
    /// Keep the kernel's time of receipt with each datagram, for the latency from there.
    public var kernelTimestamps = false
    /// Core of the kernel's thread of `uring_sqpoll`; -1: the system's choice.
    public var sqpollCore = -1
    /// How long that thread spins with nothing to do before it sleeps.
    public var sqpollIdleMs = 1000

    public init() {}
}
