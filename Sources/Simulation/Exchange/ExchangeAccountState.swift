import Matching
import Model
import Wire

/// What became of an order; kept for the day.
enum ClientOrderEnd: Equatable {
    case live
    case filled
    /// With OUCH's letter.
    case cancelled(UInt8)
    case replaced(by: UInt32)
    /// With OUCH's number.
    case rejected(UInt16)
}

/// An order that a client entered; kept for the day.
struct ClientOrder {
    var userRef: UInt32
    /// The order that it replaced; 0: none.
    var original: UInt32 = 0
    /// In the matching engine; changes with each replace.
    var reference: UInt64
    var instrument: InstrumentID
    var symbol: UInt64
    /// `B`, `S`, `T`, `E`.
    var side: UInt8
    var price: UInt64
    /// As asked: over the whole chain of replaces, what was executed before included.
    var ordered: UInt32
    /// Executed over the whole chain of replaces, which is what OUCH's quantities include.
    var executed: UInt32
    /// Price times quantity of what was executed, over the whole chain.
    var amount: Int128 = 0
    /// 0: it is gone.
    var remaining: UInt32
    var timeInForce: UInt8
    var display: UInt8
    var capacity: UInt8
    var intermarketSweep: UInt8
    var crossType: UInt8
    var clientOrderID: Token14
    var isPostOnly: Bool
    var groupID: UInt16 = 0
    /// A cancel that waits for the end of a cross: the total that it asked for.
    var cancelWaiting: UInt32?
    var end = ClientOrderEnd.live
    var acceptedAtNs: UInt64
    var changedAtNs: UInt64
    /// Of the last message about it in the account's stream.
    var changedSequence: UInt64 = 0
}

/// A side of a trade of a client, or its undoing: written down once and never changed.
struct ClientTrade {
    var kind: OrderQuery.TradeKind
    /// Of a bust, the execution that it undoes.
    var executionID: UInt64
    /// Of a correction, the execution that it mends; of a bust, the correction that comes with it; 0: none.
    var otherID: UInt64
    var userRef: UInt32
    var symbol: UInt64
    var side: UInt8
    var price: UInt64
    var quantity: UInt32
    var matchNumber: UInt64
    var liquidityFlag: UInt8
    var atNs: UInt64
    /// Of the message that told it in the account's stream; of a correction that OUCH did not tell, of its bust.
    var sequence: UInt64
}

/// A client's side of the exchange that outlives its connections: orders by number, and the sequenced stream.
final class ExchangeAccountState {
    let index: Int
    let userName: Token6
    let password: Token10
    let firm: UInt32
    let cancelOnDisconnect: Bool
    /// In the order of their acceptance.
    var orders: [ClientOrder] = []
    var orderIndex: [UInt32: Int] = [:]
    /// Orders that were rejected, in the order of their coming.
    var rejected: [ClientOrder] = []
    var rejectedIndex: [UInt32: Int] = [:]
    /// Everything that changed its position today, in order.
    var trades: [ClientTrade] = []
    let startingCash: Int64
    let startingPositions: [ExchangeAccount.StartingPosition]
    /// The highest number used.
    var lastUserRef: UInt32 = 0
    var isDisabled = false
    var log = MessageLog(chunkByteCount: 256 << 10, chunkCountMax: 4_096)
    /// Messages from here on wait for their time.
    var releasedBefore: UInt64 = 1
    /// Messages before this one are never told again.
    var forgottenBefore: UInt64 = 1
    /// Which messages may go when: (before this number, at that time), rising.
    var releases: [(before: UInt64, atNs: UInt64)] = []
    /// The connection that is logged on.
    var connection: Int?

    init(_ account: ExchangeAccount, index: Int) {
        guard let name = Token6(account.username), let password = Token10(account.password) else {
            preconditionFailure("Caller: a user name has at most 6 characters, a password at most 10")
        }
        self.index = index
        userName = name
        self.password = password
        firm = firmWord(account.firm)
        cancelOnDisconnect = account.cancelOnDisconnect
        startingCash = account.startingCash
        startingPositions = account.startingPositions
    }

    /// The owner under which its orders stand in the matching engine; 0 is nobody's.
    var owner: UInt32 { UInt32(index + 1) }

    /// Number of the last message of its stream; 0: none.
    var lastSequence: UInt64 { log.nextSequence - 1 }

    /// Index of a live order.
    func live(_ userRef: UInt32) -> Int? {
        guard let index = orderIndex[userRef], orders[index].remaining > 0 else { return nil }
        return index
    }
}

/// A TCP connection, as bytes.
final class ExchangeConnection {
    enum Phase {
        case login
        case open(ExchangeAccountState)
        /// What waits to be sent is still sent.
        case closing(ExchangeCloseReason)
    }

    /// Bytes that wait before no more of the stream is put behind them.
    static let waitingByteCountMax = 1 << 20

    let id: Int
    var phase = Phase.login
    var inbound = ByteQueue()
    var outbound = ByteQueue()
    var lastReceivedNs: UInt64
    var lastSentNs: UInt64
    /// The next message of the stream to put into `outbound`.
    var nextSequence: UInt64 = 1

    init(id: Int, atNs: UInt64) {
        self.id = id
        lastReceivedNs = atNs
        lastSentNs = atNs
    }
}
