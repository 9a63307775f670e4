import Matching
import Model
import Wire

/// An order that a client entered, from its acceptance on; kept for the day.
struct ClientOrder {
    var userRef: UInt32
    /// In the matching engine; changes with each replace.
    var reference: UInt64
    var instrument: InstrumentID
    /// `B`, `S`, `T`, `E`.
    var side: UInt8
    var price: UInt64
    /// Executed over the whole chain of replaces, which is what OUCH's quantities include.
    var executed: UInt32
    /// 0: it is gone.
    var remaining: UInt32
    var timeInForce: UInt8
    var display: UInt8
    var capacity: UInt8
    var intermarketSweep: UInt8
    var crossType: UInt8
    var clientOrderID: Token14
    var isPostOnly: Bool
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
    /// The highest number used.
    var lastUserRef: UInt32 = 0
    var isDisabled = false
    var log = MessageLog(chunkByteCount: 256 << 10, chunkCountMax: 4_096)
    /// Messages from here on wait for their time.
    var releasedBefore: UInt64 = 1
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
    }

    /// The owner under which its orders stand in the matching engine; 0 is nobody's.
    var owner: UInt32 { UInt32(index + 1) }

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
