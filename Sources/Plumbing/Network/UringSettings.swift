/// How ``UringSocketIO`` uses the kernel's rings.
public struct UringSettings: Sendable, Equatable {
    /// How a receive stands in the kernel.
    public enum Receive: Sendable, Equatable {
        /// One request goes on by itself: a burst costs few system calls.
        case multishot
        /// One request a datagram; the next goes to the kernel together with the orders of the last.
        case singleShot
    }

    /// When the kernel may run its part of a completion. `best` is the first of the others that it has.
    public enum TaskRun: UInt32, Sendable, CaseIterable {
        case best, deferred, cooperative, interrupting
    }

    public var receive = Receive.multishot
    public var taskRun = TaskRun.best
    /// A thread of the kernel's takes the requests and runs the network: no system calls here, a core for it there.
    public var isPolled = false
    /// Where that thread runs; −1: anywhere.
    public var pollingCore: Int32 = -1
    /// How long it spins with nothing to do before it sleeps.
    public var pollingIdleMs: UInt32 = 1000
    /// Datagrams of one stream that may wait here; more wait in the socket's own buffer. A power of two.
    public var datagramBufferCount = 256
    /// Pieces of 4,096 bytes of one session that may wait here. A power of two.
    public var sessionBufferCount = 16
    /// Room for completions; 0: as many as can wait at once. Less only to see the kernel run out of it.
    public var completionCount: UInt32 = 0
    /// A system call at each look, for comparison.
    public var entersAlways = false

    public init() {}
}
