/// Which thread runs where, and how it waits.
public struct ThreadSettings: Sendable, Equatable {
    public enum Topology: String, Sendable, CaseIterable {
        /// One thread receives, decides and sends.
        case fused
        /// A thread receives market data, one decides, one talks to the venue; rings between them.
        case pipelined
    }
    public enum Poll: String, Sendable, CaseIterable {
        /// Never sleeps: the lowest latency, a core of its own.
        case spin
        /// Sleeps in the kernel when there is nothing to do, until something comes or falls due.
        case idle
    }
    public enum HugePages: String, Sendable, CaseIterable {
        /// Reserved ones where there are any, else transparent ones, else small pages.
        case auto
        case off
    }
    public enum Seccomp: String, Sendable, CaseIterable {
        case off
        /// System calls of the hot thread that are not the network's are counted, by name, and made.
        case count
        /// The first of them ends the process.
        case kill
    }

    public var topology = Topology.fused
    /// The core of the hot thread; -1: wherever the system puts it.
    public var hotCore = 1
    public var journalCore = 0
    /// The cores of the other two threads of the `pipelined` topology; -1: wherever the system puts them.
    public var feedCore = -1
    public var venueCore = -1
    /// Real-time priority (SCHED_FIFO) of the hot thread, and of the feed and venue thread, 1 to 99; 0: none.
    public var priority = 0
    /// Keep all memory in RAM (mlockall); where that is not allowed it is said, and the run goes on.
    public var lockMemory = false
    /// Pages of 2 MiB for the tables and the journal's ring.
    public var hugePages = HugePages.auto
    public var poll = Poll.idle
    /// Whether the kernel holds the hot thread to the network's system calls, after its warm-up.
    public var seccomp = Seccomp.off

    /// What the strategies may take of one turn; 0: any time.
    public var strategyBudgetNs: Int64 = 1_000_000
    /// A hot thread that has not come by for so long is held: see Documentation/watchdog.md; 0: nobody watches.
    public var watchdogNs: Int64 = 1_000_000_000

    public init() {}
}
