import Plumbing
import Wire

/// The venue of the tick-to-trade benchmark: lets one OUCH session in, and answers every order with its ack and its
/// end, so that nothing stays open. What it answers it answers after the order's arrival was timed.
final class TradeVenue {
    private let listener: TcpListener
    private var connection: TcpConnection?
    private var bytes = [UInt8](repeating: 0, count: 1 << 16)
    private var count = 0
    /// Answers to all orders that one receive can bring: each is answered with twice its bytes.
    private var reply = [UInt8](repeating: 0, count: 1 << 18)
    private var replyCount = 0
    /// Number of the next sequenced message.
    private var sequence: UInt64 = 1
    private var nextUserRef: UInt32 = 1
    private(set) var orderCount: UInt64 = 0
    /// The session has asked for its account: the log-on is over.
    private(set) var isLoggedOn = false

    init() throws { listener = try TcpListener(.loopback(0)) }

    var address: SocketAddress { listener.localAddress }

    /// Bytes that have just come; to be answered with ``answer()``.
    @inline(__always)
    func poll() -> Int {
        guard let connection else { return 0 }
        let room = count
        let taken = unsafe bytes.withUnsafeMutableBytes { all in
            // SAFETY: `count` is at most the buffer's length.
            unsafe connection.receive(into: UnsafeMutableRawBufferPointer(rebasing: all[room...]))
        }
        count += taken
        return taken
    }

    var isConnected: Bool { connection != nil }

    /// The bytes of an order as the engine sends one, in its frame: for echoes, so that both sides of the two are the same.
    static func order() -> [UInt8] {
        let order = Ouch50.EnterOrder(
            userRefNum: 1, side: UInt8(ascii: "B"), quantity: 1, symbol: TradePackets.symbol,
            price: UInt64(TradePackets.ask), timeInForce: UInt8(ascii: "3"), display: UInt8(ascii: "Y"),
            capacity: UInt8(ascii: "P"), intermarketSweep: UInt8(ascii: "N"), crossType: UInt8(ascii: "N"),
            clientOrderID: Token14("0000-000000001")!)
        var bytes = [UInt8](repeating: 0, count: TickToTradeBenchmark.orderByteCount)
        let written = unsafe bytes.withUnsafeMutableBytes { all in
            // SAFETY: a frame's header and an order without options are that long.
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: all[SoupBin.headerByteCount...])
            let payload = unsafe order.write(to: room)
            return unsafe SoupBin.writeHeader(.unsequencedData, payloadCount: payload, to: all) + payload
        }
        precondition(written == bytes.count, "Invariant: an echo's order is as long as the engine's")
        return bytes
    }

    /// Accepts, while nobody is connected; a session comes back once, to log on in earnest.
    func accept() {
        if let connection, connection.state == .open { return }
        guard let made = listener.accept() else { return }
        connection = made
        count = 0
        replyCount = 0
    }

    /// Answers every whole packet that has come; what the other side does not take now goes with the next answer.
    func answer() {
        var start = 0
        // The longest answer to a packet is below that.
        while count - start >= 3, reply.count - replyCount >= 256 {
            let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
            guard count - start >= length + 2 else { break }
            packet(type: bytes[start + 2], from: start + 3, to: start + 2 + length)
            start += length + 2
        }
        if start > 0 {
            unsafe bytes.withUnsafeMutableBytes { all in
                // SAFETY: both ranges lie in the buffer.
                unsafe all.baseAddress!.copyMemory(
                    from: all.baseAddress! + start, byteCount: count - start)
            }
            count -= start
        }
        guard replyCount > 0, let connection else { return }
        let sent = unsafe reply.withUnsafeBytes { all in
            // SAFETY: `replyCount` is at most the buffer's length.
            unsafe connection.send(UnsafeRawBufferPointer(rebasing: all[..<replyCount]))
        }
        guard sent < replyCount else {
            replyCount = 0
            return
        }
        replyCount -= sent
        let rest = replyCount
        unsafe reply.withUnsafeMutableBytes { all in
            // SAFETY: both ranges lie in the buffer.
            unsafe all.baseAddress!.copyMemory(from: all.baseAddress! + sent, byteCount: rest)
        }
    }

    private func packet(type: UInt8, from: Int, to: Int) {
        switch SoupBin.PacketType(rawValue: type) {
        case .loginRequest:
            unsafe write {
                unsafe SoupBin.LoginAccepted(session: TradePackets.session, sequence: self.sequence).write(
                    to: $0)
            }
        case .unsequencedData where from < to:
            switch bytes[from] {
            case Ouch50.EnterOrder.type: enter(from, to)
            case Ouch50.AccountQuery.type:
                isLoggedOn = true
                unsafe sequenced {
                    unsafe Ouch50.AccountQueryResponse(timestamp: 1, nextUserRefNum: self.nextUserRef).write(
                        to: $0)
                }
            default: break
            }
        default: break
        }
    }

    private func enter(_ from: Int, _ to: Int) {
        let order = unsafe bytes.withUnsafeBytes {
            // SAFETY: the packet lies in the buffer.
            unsafe Ouch50.EnterOrder(reading: UnsafeRawBufferPointer(rebasing: $0[from..<to]))
        }
        guard let order else { return }
        orderCount += 1
        nextUserRef = order.userRefNum + 1
        unsafe sequenced {
            unsafe Ouch50.OrderAccepted(
                timestamp: 1, userRefNum: order.userRefNum, side: order.side, quantity: order.quantity,
                symbol: order.symbol,
                price: order.price, timeInForce: order.timeInForce, display: order.display,
                orderReferenceNumber: UInt64(order.userRefNum), capacity: order.capacity,
                intermarketSweep: order.intermarketSweep, crossType: order.crossType,
                orderState: UInt8(ascii: "L"),
                clientOrderID: order.clientOrderID
            ).write(to: $0)
        }
        unsafe sequenced {
            unsafe Ouch50.OrderCanceled(
                timestamp: 1, userRefNum: order.userRefNum, quantity: order.quantity,
                reason: UInt8(ascii: "I")
            ).write(to: $0)
        }
    }

    private func sequenced(_ write: (UnsafeMutableRawBufferPointer) -> Int) {
        sequence += 1
        let start = replyCount
        replyCount += unsafe reply.withUnsafeMutableBytes { all in
            // SAFETY: the buffer holds the answers to everything that one receive can bring.
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: all[(start + 3)...])
            let payload = unsafe write(room)
            let head = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start...])
            return unsafe SoupBin.writeHeader(.sequencedData, payloadCount: payload, to: head) + payload
        }
    }

    private func write(_ write: (UnsafeMutableRawBufferPointer) -> Int) {
        let start = replyCount
        replyCount += unsafe reply.withUnsafeMutableBytes { all in
            // SAFETY: as above.
            unsafe write(UnsafeMutableRawBufferPointer(rebasing: all[start...]))
        }
    }
}
