/// What a run came to: printed at its end, kept as `report.json` in its folder.
public struct RunReport: Codable, Sendable {
    /// One stage's latencies, nanoseconds.
    public struct Latency: Codable, Sendable {
        public var stage: String
        public var count: UInt64
        public var p50Ns: UInt64
        public var p90Ns: UInt64
        public var p99Ns: UInt64
        public var p999Ns: UInt64
        public var maxNs: UInt64

        public init(
            stage: String, count: UInt64, p50Ns: UInt64, p90Ns: UInt64, p99Ns: UInt64, p999Ns: UInt64,
            maxNs: UInt64
        ) {
            self.stage = stage
            self.count = count
            self.p50Ns = p50Ns
            self.p90Ns = p90Ns
            self.p99Ns = p99Ns
            self.p999Ns = p999Ns
            self.maxNs = maxNs
        }
    }

    /// One instrument that was held or traded. Amounts are decimals as text, exact to the shown digits.
    public struct Position: Codable, Sendable {
        public var symbol: String
        public var quantity: Int64
        public var averagePrice: String
        public var lastPrice: String
        public var realisedPnl: String
        public var unrealisedPnl: String

        public init(
            symbol: String, quantity: Int64, averagePrice: String, lastPrice: String, realisedPnl: String,
            unrealisedPnl: String
        ) {
            self.symbol = symbol
            self.quantity = quantity
            self.averagePrice = averagePrice
            self.lastPrice = lastPrice
            self.realisedPnl = realisedPnl
            self.unrealisedPnl = unrealisedPnl
        }
    }

    /// An order of which nobody has confirmed the end: it may work at the venue still.
    public struct OpenOrder: Codable, Sendable {
        public var id: String
        /// Its number on the venue session.
        public var userRef: UInt32
        public var symbol: String
        public var side: String
        public var leaves: Int64
        public var price: String
        /// As `events` writes it: `accepted`, `pending_cancel`, `in_doubt` …
        public var status: String

        public init(
            id: String, userRef: UInt32, symbol: String, side: String, leaves: Int64, price: String,
            status: String
        ) {
            self.id = id
            self.userRef = userRef
            self.symbol = symbol
            self.side = side
            self.leaves = leaves
            self.price = price
            self.status = status
        }
    }

    /// What the hot thread cost after warm-up.
    public struct HotThread: Codable, Sendable {
        /// `nil`: jemalloc does not serve this process.
        public var allocatedBytes: Int64?
        public var pageFaults: Int64
        /// System calls of the network seam.
        public var networkCalls: UInt64
        /// Times it gave its core to another thread for want of cores; `nil`: it does not.
        public var yields: UInt64?
        public var warmUpPackets: UInt64
        /// Whether the kernel held it to its list of system calls: `off`, `count` or `kill`.
        public var seccomp = "off"
        /// Where they are counted: calls that are not the network's, by name.
        public var otherCalls: [String: UInt64]?

        public init(
            allocatedBytes: Int64?, pageFaults: Int64, networkCalls: UInt64, yields: UInt64? = nil,
            warmUpPackets: UInt64
        ) {
            self.yields = yields
            self.allocatedBytes = allocatedBytes
            self.pageFaults = pageFaults
            self.networkCalls = networkCalls
            self.warmUpPackets = warmUpPackets
        }
    }

    /// One of the threads that hold the sockets in the `pipelined` topology.
    public struct Stage: Codable, Sendable {
        /// feed, venue
        public var name: String
        /// System calls of its network.
        public var networkCalls: UInt64
        /// Looks at its rings to the hot thread that found no room; what came meanwhile waited in the kernel.
        public var ringFull: UInt64
        public var turnNsMax: UInt64
        /// Bytes handed to it for connections that had ended.
        public var unsentBytes: UInt64

        public init(
            name: String, networkCalls: UInt64, ringFull: UInt64, turnNsMax: UInt64, unsentBytes: UInt64
        ) {
            self.name = name
            self.networkCalls = networkCalls
            self.ringFull = ringFull
            self.turnNsMax = turnNsMax
            self.unsentBytes = unsentBytes
        }
    }

    /// What memory was asked for and what was got, bytes by the kind of page.
    public struct Memory: Codable, Sendable {
        /// `auto` or `off`: `threads.huge_pages`.
        public var asked: String
        /// In huge pages that the administrator reserved.
        public var explicitBytes: UInt64 = 0
        /// In transparent huge pages, memory and shared memory (the journal's ring).
        public var transparentBytes: UInt64 = 0
        public var sharedTransparentBytes: UInt64 = 0
        /// All the rest that is in RAM.
        public var smallBytes: UInt64 = 0
        /// Of all of it: what cannot be paged out.
        public var lockedBytes: UInt64 = 0
        public var lockAsked = false
        /// What would give more; `nil`: nothing is left to wish for.
        public var advice: String?

        public init(asked: String) { self.asked = asked }
    }

    /// Which way the network went and what it met.
    public struct Network: Codable, Sendable {
        /// One backend as it was tried at start; times are there and back over loopback.
        public struct Trial: Codable, Sendable {
            public var backend: String
            public var rounds: Int
            public var p50Ns: UInt64
            public var p99Ns: UInt64
            /// Why there are no rounds.
            public var note: String?

            public init(backend: String, rounds: Int, p50Ns: UInt64, p99Ns: UInt64, note: String?) {
                self.backend = backend
                self.rounds = rounds
                self.p50Ns = p50Ns
                self.p99Ns = p99Ns
                self.note = note
            }
        }

        public var backend: String
        /// Chosen by trial; `false`: the settings name it.
        public var isCalibrated: Bool
        public var calibration: [Trial] = []
        /// By the kernel, whose buffer for a feed was full.
        public var datagramsDropped: UInt64 = 0
        /// Longer than anything that a feed sends.
        public var datagramsCut: UInt64 = 0
        /// io_uring: times at which every buffer was full, and completions had no room. Neither loses anything.
        public var buffersExhausted: UInt64 = 0
        public var completionOverflows: UInt64 = 0

        public init(backend: String, isCalibrated: Bool) {
            self.backend = backend
            self.isCalibrated = isCalibrated
        }
    }

    public var version: String
    /// How it ended: `complete`, `stopped`, `halted: …`, `held: …`, `failed: …`.
    public var ending: String
    public var mode: String
    public var folder: String
    public var runID: String
    public var epoch: UInt32
    public var seconds: Double
    /// Inputs of the core: packets, venue reports, timers, send results.
    public var inputs: UInt64 = 0
    public var packets: UInt64 = 0
    /// Market data messages inside the packets.
    public var messages: UInt64 = 0
    public var packetsRepeated: UInt64 = 0
    public var malformed: UInt64 = 0
    public var feedGaps: UInt64 = 0
    public var retransmissionRequests: UInt64 = 0
    public var signals: UInt64 = 0
    public var signalsDiscarded: UInt64 = 0
    public var orders: UInt64 = 0
    public var cancels: UInt64 = 0
    public var fills: UInt64 = 0
    public var riskRejects: UInt64 = 0
    public var venueRejects: UInt64 = 0
    public var ordersInDoubt: UInt64 = 0
    /// Orders that had not ended when the run did.
    public var openOrders: [OpenOrder] = []
    public var books = Books()
    public var watch = Watch()
    public var alerts: UInt64 = 0
    public var alertsByKind: [String: UInt64] = [:]
    /// Orders that risk refused and signals that were discarded, by the rule's name.
    public var refusals: [String: UInt64] = [:]
    /// Log-ons that venues took, two for the first of a session: one asks where the venue's stream ends, and where that has more
    /// than was seen the next begins at what is missing. The session is up once, behind the last.
    public var logOns: UInt64 = 0
    public var drops: UInt64 = 0
    public var journalBytes: UInt64 = 0
    public var journalBlocks: UInt64 = 0
    public var journalWaits: UInt64 = 0
    public var logLines: UInt64 = 0
    public var logBytes: UInt64 = 0
    /// Lines that found the log's ring full.
    public var logDropped: UInt64 = 0
    public var digest: String = ""
    public var realisedPnl = "0.00"
    public var unrealisedPnl = "0.00"
    public var fees = "0.00"
    /// `nil`: the run did not come as far.
    public var account: Account?
    public var positions: [Position] = []
    public var latencies: [Latency] = []
    /// `nil`: the run did not come as far.
    public var network: Network?
    /// fused, pipelined
    public var topology = "fused"
    /// None in `fused`.
    public var stages: [Stage] = []
    /// Once everything was taken, before the first event; `nil`: the system does not tell.
    public var memory: Memory?
    /// How threads wait: `spin` or `idle`.
    public var poll = ""
    public var hotThread = HotThread(allocatedBytes: nil, pageFaults: 0, networkCalls: 0, warmUpPackets: 0)
    /// Settings of the machine that were asked for and refused, with the remedy.
    public var warnings: [String] = []

    public init(
        version: String, ending: String, mode: String, folder: String, runID: String, epoch: UInt32,
        seconds: Double
    ) {
        self.version = version
        self.ending = ending
        self.mode = mode
        self.folder = folder
        self.runID = runID
        self.epoch = epoch
        self.seconds = seconds
    }
}
