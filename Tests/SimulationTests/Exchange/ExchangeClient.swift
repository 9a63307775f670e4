import Model
import Simulation
import Wire

/// A client in memory: makes the bytes that it would send, and cuts what it gets into packets.
struct ExchangeClient {
    let exchange: Exchange
    let id: Int
    var atNs: UInt64

    /// One packet from the exchange.
    struct Packet: Equatable {
        var type: UInt8
        var payload: [UInt8]
    }

    init(_ exchange: Exchange, id: Int, atNs: UInt64? = nil) {
        self.exchange = exchange
        self.id = id
        self.atNs = atNs ?? exchange.nowNs
        exchange.connectionOpened(id, atNs: self.atNs)
    }

    func send(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe exchange.received(id, $0, atNs: atNs) }
    }

    /// All that the exchange has for us.
    func takeBytes() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let waiting = unsafe exchange.output(id)
            let count = waiting.count
            if count == 0 { return all }
            unsafe all.append(contentsOf: waiting)
            exchange.consumed(id, count)
        }
    }

    func takePackets() -> [Packet] { Self.packets(takeBytes()) }

    /// The payloads of sequenced packets that wait.
    func takeMessages() -> [[UInt8]] { takePackets().filter { $0.type == UInt8(ascii: "S") }.map(\.payload) }

    static func packets(_ bytes: [UInt8]) -> [Packet] {
        var found: [Packet] = []
        var offset = 0
        while offset + 3 <= bytes.count {
            let length = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
            found.append(
                Packet(type: bytes[offset + 2], payload: Array(bytes[offset + 3..<offset + 2 + length])))
            offset += 2 + length
        }
        return found
    }

    static func written(_ write: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe write($0) }
        return Array(bytes[..<count])
    }

    static func login(
        user: String = "alice", password: String = "secret", session: String = "", sequence: UInt64 = 1
    ) -> [UInt8] {
        let request = SoupBin.LoginRequest(
            userName: Token6(user)!, password: Token10(password)!, session: Token10(session)!,
            sequence: sequence)
        return unsafe written { unsafe request.write(to: $0) }
    }

    static func empty(_ type: SoupBin.PacketType) -> [UInt8] {
        unsafe written { unsafe SoupBin.writeEmpty(type, to: $0) }
    }

    /// An unsequenced packet around an OUCH message.
    static func ouch<Message: OuchMessage>(_ message: Message, options: Ouch50.Options = .init()) -> [UInt8] {
        let payload = unsafe written { unsafe message.write(to: $0, options: options) }
        return packet(.unsequencedData, payload)
    }

    static func packet(_ type: SoupBin.PacketType, _ payload: [UInt8]) -> [UInt8] {
        [UInt8((payload.count + 1) >> 8), UInt8((payload.count + 1) & 255), type.rawValue] + payload
    }

    static func enter(
        _ userRef: UInt32, _ side: Unicode.Scalar, _ quantity: UInt32, _ price: UInt64,
        symbol: String = "SPA",
        timeInForce: Unicode.Scalar = "0", display: Unicode.Scalar = "Y"
    ) -> Ouch50.EnterOrder {
        Ouch50.EnterOrder(
            userRefNum: userRef, side: UInt8(ascii: side), quantity: quantity, symbol: Symbol(symbol)!.raw,
            price: price, timeInForce: UInt8(ascii: timeInForce), display: UInt8(ascii: display),
            capacity: UInt8(ascii: "P"), intermarketSweep: UInt8(ascii: "N"), crossType: UInt8(ascii: "N"),
            clientOrderID: Token14("order \(userRef)")!)
    }

    static func replace(
        _ original: UInt32, _ userRef: UInt32, _ quantity: UInt32, _ price: UInt64
    ) -> Ouch50.ReplaceOrder {
        Ouch50.ReplaceOrder(
            originalUserRefNum: original, userRefNum: userRef, quantity: quantity, price: price,
            timeInForce: UInt8(ascii: "0"), display: UInt8(ascii: "Y"), intermarketSweep: UInt8(ascii: "N"),
            clientOrderID: Token14("order \(userRef)")!)
    }

    /// A message in words: its letter and the fields that tests look at.
    static func words(_ message: [UInt8]) -> String {
        unsafe message.withUnsafeBytes { bytes in
            if let m = unsafe Ouch50.OrderAccepted(reading: bytes) {
                return "A \(m.userRefNum) \(m.quantity) @ \(m.price)"
            }
            if let m = unsafe Ouch50.OrderExecuted(reading: bytes) {
                return
                    "E \(m.userRefNum) \(m.quantity) @ \(m.price) \(UnicodeScalar(m.liquidityFlag)) #\(m.matchNumber)"
            }
            if let m = unsafe Ouch50.OrderCanceled(reading: bytes) {
                return "C \(m.userRefNum) \(m.quantity) \(UnicodeScalar(m.reason))"
            }
            if let m = unsafe Ouch50.OrderReplaced(reading: bytes) {
                return "U \(m.originalUserRefNum) > \(m.userRefNum) \(m.quantity) @ \(m.price)"
            }
            if let m = unsafe Ouch50.Rejected(reading: bytes) { return "J \(m.userRefNum) \(m.reason)" }
            if let m = unsafe Ouch50.OrderModified(reading: bytes) {
                return "M \(m.userRefNum) \(UnicodeScalar(m.side)) \(m.quantity)"
            }
            if let m = unsafe Ouch50.BrokenTrade(reading: bytes) {
                return "B \(m.userRefNum) #\(m.matchNumber)"
            }
            if let m = unsafe Ouch50.CancelReject(reading: bytes) { return "I \(m.userRefNum)" }
            if let m = unsafe Ouch50.AccountQueryResponse(reading: bytes) { return "Q \(m.nextUserRefNum)" }
            if let m = unsafe Ouch50.SystemEvent(reading: bytes) { return "S \(UnicodeScalar(m.eventCode))" }
            if let m = unsafe Ouch50.MassCancelResponse(reading: bytes) { return "X \(m.userRefNum)" }
            if let m = unsafe Ouch50.DisableResponse(reading: bytes) { return "G \(m.userRefNum)" }
            if let m = unsafe Ouch50.EnableResponse(reading: bytes) { return "K \(m.userRefNum)" }
            if let m = unsafe Ouch50.AiqCanceled(reading: bytes) {
                return "D \(m.userRefNum) \(m.decrementShares)"
            }
            if let m = unsafe Ouch50.CancelPending(reading: bytes) { return "P \(m.userRefNum)" }
            if let m = unsafe Ouch50.OrderRestated(reading: bytes) {
                let options = unsafe Ouch50.OrderRestated.options(of: bytes)
                return "R \(m.userRefNum) \(UnicodeScalar(m.reason)) "
                    + "\(options.displayPrice.map { "\($0)" } ?? "-") \(options.displayQuantity.map { "\($0)" } ?? "-")"
            }
            return "? \(message)"
        }
    }

    func takeWords() -> [String] { takeMessages().map(Self.words) }
}

/// An exchange with two accounts and `instrumentCount` instruments.
func testExchange(
    instrumentCount: Int = 3, flow: FlowConfiguration? = nil,
    change: (inout ExchangeConfiguration) -> Void = { _ in }
) -> Exchange {
    var configuration = ExchangeConfiguration(
        instruments: ExchangeInstrument.numbered(instrumentCount),
        accounts: [
            ExchangeAccount(username: "alice", password: "secret"),
            ExchangeAccount(username: "bob", password: "hidden", firm: "BOBS", cancelOnDisconnect: true),
        ], flow: flow)
    change(&configuration)
    return Exchange(configuration)
}
