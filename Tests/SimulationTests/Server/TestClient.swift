import Glibc
import Plumbing
import Wire

@testable import Simulation

/// A client of the order port for tests, as small as can be: plain sockets, one SoupBinTCP session.
@safe final class TestClient {
    let connection: TcpConnection
    var inbound: [UInt8] = []
    /// Payloads of sequenced messages, in order.
    var messages: [[UInt8]] = []
    var loginSequence: UInt64?
    var isRefused = false
    var hasEnded = false

    init(port: UInt16) { connection = TcpConnection(connectingTo: .loopback(port)) }

    func send(_ bytes: [UInt8]) {
        while connection.poll() == .connecting { Clock.sleep(ns: 100_000) }
        var rest = bytes[...]
        while !rest.isEmpty, connection.state == .open {
            // SAFETY: the array stands during the call.
            let sent = unsafe rest.withUnsafeBytes { unsafe connection.send($0) }
            rest = rest.dropFirst(sent)
        }
    }

    func login(user: String = "SPINE", password: String = "TAIL", sequence: UInt64 = 0) {
        func padded(_ text: String, _ count: Int, left: Bool = false) -> [UInt8] {
            let spaces = [UInt8](repeating: 0x20, count: count - text.utf8.count)
            return left ? spaces + Array(text.utf8) : Array(text.utf8) + spaces
        }
        send(
            [0, 47, UInt8(ascii: "L")] + padded(user, 6) + padded(password, 10) + padded("", 10)
                + padded("\(sequence)", 20, left: true))
    }

    func enter(
        _ number: UInt32, _ side: Character, _ quantity: UInt32, _ symbol: UInt64, _ price: UInt64,
        immediate: Bool = false
    ) {
        let order = Ouch50.EnterOrder(
            userRefNum: number, side: side.asciiValue!, quantity: quantity, symbol: symbol, price: price,
            timeInForce: UInt8(ascii: immediate ? "3" : "0"), display: UInt8(ascii: "Y"),
            capacity: UInt8(ascii: "A"), intermarketSweep: UInt8(ascii: "N"), crossType: UInt8(ascii: "N"),
            clientOrderID: .blank)
        var bytes = [UInt8](repeating: 0, count: 256)
        // SAFETY: the array has more room than the message.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe order.write(to: $0) }
        send([0, UInt8(count + 1), UInt8(ascii: "U")] + bytes[..<count])
    }

    /// Reads what is there.
    func pump() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // SAFETY: the array stands during the call.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
        inbound += buffer[..<count]
        while inbound.count >= 3 {
            let length = Int(inbound[0]) << 8 | Int(inbound[1])
            guard inbound.count >= 2 + length else { return }
            let payload = Array(inbound[3..<(2 + length)])
            switch inbound[2] {
            case UInt8(ascii: "A"):
                loginSequence = UInt64(
                    String(decoding: payload.suffix(20).filter { $0 != 0x20 }, as: UTF8.self))
            case UInt8(ascii: "J"): isRefused = true
            case UInt8(ascii: "S"): messages.append(payload)
            case UInt8(ascii: "Z"): hasEnded = true
            default: break
            }
            inbound.removeFirst(2 + length)
        }
    }

    func messages(_ type: Character) -> [[UInt8]] { messages.filter { $0.first == type.asciiValue } }

    /// Pumps until `isDone`, at most five seconds.
    func until(_ isDone: () -> Bool) -> Bool {
        for _ in 0..<5_000 {
            pump()
            if isDone() { return true }
            Clock.sleep(ns: 1_000_000)
        }
        return false
    }
}

/// Receives market data and counts it.
@safe final class TestReceiver {
    let socket: UdpSender
    var packets: [[UInt8]] = []

    init(port: UInt16 = 0) throws { socket = try UdpSender(to: nil, from: .loopback(port)) }

    var port: UInt16 { socket.localAddress.port }

    func pump() {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        while true {
            // SAFETY: the array stands during the call.
            let got = unsafe buffer.withUnsafeMutableBytes { unsafe socket.receive(into: $0) }
            guard let got else { return }
            packets.append(Array(buffer[..<got.count]))
        }
    }
}
