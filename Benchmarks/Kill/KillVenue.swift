import Plumbing
import Wire

/// The venue of the kill benchmark, on its own thread: lets one session in, takes every order, confirms every cancel, and
/// counts what it was sent.
final class KillVenue: @unchecked Sendable {
    private let listener: TcpListener
    private var connection: TcpConnection?
    private var bytes = [UInt8](repeating: 0, count: 1 << 18)
    private var count = 0
    private var reply: [UInt8] = []
    private var replySent = 0
    private var room = [UInt8](repeating: 0, count: 256)
    private var nextUserRef: UInt32 = 1
    /// Orders and replacements, and cancels, that have come.
    let orders = SharedFlag()
    let cancels = SharedFlag()
    private var orderCount: UInt64 = 0
    private var cancelCount: UInt64 = 0

    init() throws { listener = try TcpListener(.loopback(0)) }

    var address: SocketAddress { listener.localAddress }

    /// One look. Whether there was anything.
    func step() -> Bool {
        if connection == nil || connection?.state != .open {
            guard let made = listener.accept() else { return false }
            connection = made
            count = 0
            reply = []
            replySent = 0
        }
        guard let connection else { return false }
        let place = count
        let taken = unsafe bytes.withUnsafeMutableBytes { all in
            // SAFETY: `place` is at most the buffer's length.
            unsafe connection.receive(into: UnsafeMutableRawBufferPointer(rebasing: all[place...]))
        }
        count += taken
        answer()
        return send(connection) || taken > 0
    }

    private func answer() {
        var start = 0
        while count - start >= 3 {
            let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
            guard count - start >= length + 2 else { break }
            packet(type: bytes[start + 2], from: start + 3, to: start + 2 + length)
            start += length + 2
        }
        guard start > 0 else { return }
        unsafe bytes.withUnsafeMutableBytes { all in
            // SAFETY: both ranges lie in the buffer.
            unsafe all.baseAddress!.copyMemory(from: all.baseAddress! + start, byteCount: count - start)
        }
        count -= start
        orders.value = orderCount
        cancels.value = cancelCount
    }

    private func send(_ connection: TcpConnection) -> Bool {
        guard replySent < reply.count else { return false }
        // SAFETY: the array stands still during the call.
        let sent = unsafe reply.withUnsafeBytes {
            unsafe connection.send(UnsafeRawBufferPointer(rebasing: $0[replySent...]))
        }
        replySent += sent
        if replySent == reply.count {
            reply.removeAll(keepingCapacity: true)
            replySent = 0
        }
        return sent > 0
    }

    private func packet(type: UInt8, from: Int, to: Int) {
        switch SoupBin.PacketType(rawValue: type) {
        case .loginRequest:
            let accepted = SoupBin.LoginAccepted(session: TradePackets.session, sequence: 1)
            // SAFETY: the room is longer than any packet.
            let length = unsafe room.withUnsafeMutableBytes { unsafe accepted.write(to: $0) }
            reply += room[..<length]
        case .unsequencedData where from < to: message(from, to)
        default: break
        }
    }

    private func message(_ from: Int, _ to: Int) {
        // SAFETY: the packet lies in the buffer, and is read during the call.
        unsafe bytes.withUnsafeBytes { all in
            let payload = unsafe UnsafeRawBufferPointer(rebasing: all[from..<to])
            switch unsafe payload[0] {
            case Ouch50.EnterOrder.type:
                guard let order = unsafe Ouch50.EnterOrder(reading: payload) else { return }
                orderCount += 1
                nextUserRef = order.userRefNum + 1
                let accepted = Ouch50.OrderAccepted(
                    timestamp: 1, userRefNum: order.userRefNum, side: order.side, quantity: order.quantity,
                    symbol: order.symbol, price: order.price, timeInForce: order.timeInForce,
                    display: order.display, orderReferenceNumber: UInt64(order.userRefNum),
                    capacity: order.capacity, intermarketSweep: order.intermarketSweep,
                    crossType: order.crossType, orderState: UInt8(ascii: "L"),
                    clientOrderID: order.clientOrderID)
                unsafe sequenced { unsafe accepted.write(to: $0) }
            case Ouch50.CancelOrder.type:
                guard let cancel = unsafe Ouch50.CancelOrder(reading: payload) else { return }
                cancelCount += 1
                let cancelled = Ouch50.OrderCanceled(
                    timestamp: 1, userRefNum: cancel.userRefNum, quantity: 1, reason: UInt8(ascii: "U"))
                unsafe sequenced { unsafe cancelled.write(to: $0) }
            case Ouch50.AccountQuery.type:
                let answer = Ouch50.AccountQueryResponse(timestamp: 1, nextUserRefNum: nextUserRef)
                unsafe sequenced { unsafe answer.write(to: $0) }
            case Ouch50.ReplaceOrder.type: orderCount += 1
            default: break
            }
        }
    }

    private func sequenced(_ write: (UnsafeMutableRawBufferPointer) -> Int) {
        let length = unsafe room.withUnsafeMutableBytes { all in
            // SAFETY: the room is longer than any message in its frame.
            let payload = unsafe write(UnsafeMutableRawBufferPointer(rebasing: all[3...]))
            return unsafe SoupBin.writeHeader(.sequencedData, payloadCount: payload, to: all) + payload
        }
        reply += room[..<length]
    }
}
