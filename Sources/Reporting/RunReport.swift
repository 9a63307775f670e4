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
        /// System calls of the network seam; the hot thread makes no others.
        public var networkCalls: UInt64
        public var warmUpPackets: UInt64

        public init(allocatedBytes: Int64?, pageFaults: Int64, networkCalls: UInt64, warmUpPackets: UInt64) {
            self.allocatedBytes = allocatedBytes
            self.pageFaults = pageFaults
            self.networkCalls = networkCalls
            self.warmUpPackets = warmUpPackets
        }
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
    /// How it ended: `complete`, `stopped`, `halted: …`, `failed: …`.
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
    public var alerts: UInt64 = 0
    public var alertsByKind: [String: UInt64] = [:]
    /// Orders that risk refused and signals that were discarded, by the rule's name.
    public var refusals: [String: UInt64] = [:]
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
    public var positions: [Position] = []
    public var latencies: [Latency] = []
    /// `nil`: the run did not come as far.
    public var network: Network?
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
