public import Model

/// One side of a trade, as the exchange booked it.
public struct ExchangeExecution: Sendable, Hashable {
    /// Index in the configuration's list.
    public var account: Int
    public var userRef: UInt32
    public var symbol: Symbol
    public var side: Side
    public var price: Price
    public var quantity: UInt32
    public var matchNumber: UInt64
    /// `true`: it was in the book.
    public var addedLiquidity: Bool
    public var atNs: UInt64
    public var isBroken = false
}

/// An order message (enter or replace) that reached the exchange, also one that was ignored as a repetition.
public struct ExchangeOrderReceived: Sendable, Hashable {
    public var account: Int
    public var userRef: UInt32
    /// 0: entered, not replaced.
    public var originalUserRef: UInt32
    public var symbol: Symbol
    public var side: Side
    public var price: Price
    public var quantity: UInt32
    public var atNs: UInt64
    public var fate: Fate

    public enum Fate: UInt8, Sendable, Hashable {
        case accepted
        case rejected
        /// Its number was not above the last one.
        case repeated
        /// The order that it was to replace is gone.
        case late
    }
}

/// Why the exchange ends a connection.
public enum ExchangeCloseReason: UInt8, Sendable, Hashable, CaseIterable {
    case loginRefused
    case loginExpected
    case malformedPacket
    case unknownPacket
    case malformedOrder
    case silence
    case loggedOut
    case replacedByNewLogin
    case notReading
    case endOfSession
    case script
}

/// Counts since the exchange was made.
public struct ExchangeCounters: Sendable, Hashable {
    public var ordersEntered = 0
    public var ordersRejected = 0
    /// Messages with a number that was not above the last one.
    public var repeatedIgnored = 0
    /// Cancels and replaces of orders that are gone, or cancels that would take nothing.
    public var lateIgnored = 0
    public var droppedByScript = 0
    public var datagrams = 0
    public var retransmissionRequests = 0
    public var malformedRequests = 0
    public var flowCommands = 0
    /// Executions and orders that no longer found room in the audit.
    public var auditLost = 0
    public var closed: [ExchangeCloseReason: Int] = [:]
}

/// Faults by script; each is used up as messages come.
public struct ExchangeFaults: Sendable {
    /// The next so many Enter and Replace messages are rejected, with `rejectReason`.
    public var rejectNext = 0
    /// Of every so many Enter and Replace messages one is rejected; 0: none.
    public var rejectEvery = 0
    /// What OUCH calls "other".
    public var rejectReason: UInt16 = 0x000f
    /// The next so many OUCH messages of clients are lost.
    public var dropNext = 0
    /// Sequenced messages wait so long before they are sent.
    public var reportDelayNs: UInt64 = 0

    public init() {}
}
