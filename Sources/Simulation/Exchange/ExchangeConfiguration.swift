public import Matching
public import Model

/// An instrument of the exchange. Its ITCH stock locate is its place in the list, from 1.
public struct ExchangeInstrument: Sendable, Hashable {
    public var symbol: Symbol
    /// In 10⁻⁴ of the currency.
    public var tick: Int64
    public var roundLot: UInt32

    public init(symbol: Symbol, tick: Int64 = 100, roundLot: UInt32 = 100) {
        self.symbol = symbol
        self.tick = tick
        self.roundLot = roundLot
    }
}

/// Who may log on, and how they are treated.
public struct ExchangeAccount: Sendable, Hashable {
    /// At most 6 characters.
    public var username: String
    /// At most 10 characters.
    public var password: String
    /// At most 4 characters; shown in attributed orders.
    public var firm: String
    /// Every order is cancelled when the connection ends, however it ends.
    public var cancelOnDisconnect: Bool
    /// Cash at the start of the day, in 10⁻⁴ of the currency.
    public var startingCash: Int64 = 0
    /// What it holds at the start of the day.
    public var startingPositions: [StartingPosition] = []

    /// Shares from earlier days, at what they cost.
    public struct StartingPosition: Sendable, Hashable {
        public var symbol: Symbol
        /// Negative: sold short.
        public var quantity: Int64

        public init(symbol: Symbol, quantity: Int64) {
            self.symbol = symbol
            self.quantity = quantity
        }
    }

    public init(username: String, password: String, firm: String = "SPIN", cancelOnDisconnect: Bool = false) {
        self.username = username
        self.password = password
        self.firm = firm
        self.cancelOnDisconnect = cancelOnDisconnect
    }
}

/// The hours that times in force speak of, in nanoseconds since midnight.
public struct ExchangeHours: Sendable, Hashable {
    /// Day orders end here, and none is taken from here on; orders for after hours are taken from here on only.
    public var closesNs: UInt64
    /// Every order ends here, and none is taken from here on.
    public var extendedClosesNs: UInt64

    public init(closesNs: UInt64, extendedClosesNs: UInt64) {
        precondition(closesNs <= extendedClosesNs, "Caller: extended hours end after regular ones")
        self.closesNs = closesNs
        self.extendedClosesNs = extendedClosesNs
    }
}

/// What an exchange is made of.
public struct ExchangeConfiguration: Sendable {
    public var instruments: [ExchangeInstrument]
    public var accounts: [ExchangeAccount]
    /// Name of the day's SoupBinTCP and MoldUDP64 sessions, at most 10 characters.
    public var session = "SPINE00001"
    public var limits: MatchingLimits
    /// The time at which the exchange opens, ns; every later time handed in is at least that.
    public var startNs: UInt64 = 34_200_000_000_000
    /// The midnight from which ITCH and OUCH count, on the same clock as `startNs`.
    public var midnightNs: UInt64 = 0
    /// Largest MoldUDP64 packet, header included.
    public var datagramByteCountMax = 1_400
    /// Silence after which we send a heartbeat, on TCP and UDP.
    public var heartbeatNs: UInt64 = 1_000_000_000
    /// Silence after which a connection is closed.
    public var clientSilenceNsMax: UInt64 = 15_000_000_000
    /// Bytes that wait for a client who does not read; beyond, the connection is closed.
    public var waitingByteCountMax = 64 << 20
    /// Market data kept for retransmission, in chunks of 4 MiB; the oldest is forgotten.
    public var marketDataChunkCountMax = 64
    /// Packets sent in answer to one retransmission request.
    public var retransmittedPacketCountMax = 64
    /// OUCH leaves a cancel or replace of an order that is gone without an answer; `true`: Cancel Reject, Rejected.
    public var answersLateRequests = false
    /// How an order is told that is over as it arrives, without an execution. `false`: Accepted (live) and Canceled;
    /// `true`: Accepted in state "dead", and nothing more.
    public var tellsDeadOrders = false
    /// `nil`: it is always regular hours, and no order ends by the clock but with a time of its own.
    public var hours: ExchangeHours?
    /// Executions and orders kept for audit, each; 0: none. Beyond, they are counted only.
    public var auditCountMax = 1 << 20
    /// Orders from agents inside the exchange; `nil`: none.
    public var flow: FlowConfiguration?

    /// - Precondition: at least one instrument; names fit their fields.
    public init(
        instruments: [ExchangeInstrument], accounts: [ExchangeAccount] = [], flow: FlowConfiguration? = nil,
        limits: MatchingLimits = MatchingLimits()
    ) {
        precondition(!instruments.isEmpty, "Caller: there is at least one instrument")
        precondition(instruments.count < 65_535, "Caller: a stock locate has 16 bits")
        self.instruments = instruments
        self.accounts = accounts
        self.flow = flow
        self.limits = limits
        self.limits.instrumentCountMax = max(instruments.count, 1)
    }
}
