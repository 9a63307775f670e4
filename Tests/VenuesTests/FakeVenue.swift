import Model
import Wire

/// The venue's side of a session, as plain as it can be: it keeps a sequenced stream, answers log-ons and queries,
/// and notes the orders and cancels that came. What it does on its own a test tells it to do.
struct FakeVenue {
    /// How a log-on is answered.
    enum LogOnAnswer {
        case accept, silence
        case reject(UInt8)
    }

    var session = Token10("DAY0000001")!
    /// Payloads of the stream, message 1 first.
    var stream: [[UInt8]] = []
    /// Bytes for the client, not yet delivered.
    var output: [UInt8] = []
    var logOnAnswer = LogOnAnswer.accept
    /// Answers account queries; a test that delays them pushes the answers itself.
    var answersQueries = true
    /// The numbers that log-ons asked for, in order.
    var asked: [UInt64] = []
    var orders: [Ouch50.EnterOrder] = []
    var cancels: [Ouch50.CancelOrder] = []
    var replaces: [Ouch50.ReplaceOrder] = []
    var queries = 0
    var heartbeats = 0
    var nextUserRef: UInt32 = 1
    /// Something came that is no packet, or not for a venue.
    var complaints = 0

    private var input: [UInt8] = []
    private var isLoggedOn = false
    /// How many messages of the stream the connection was given.
    private var given = 0

    mutating func connectionBegins() {
        input = []
        output = []
        isLoggedOn = false
    }

    mutating func receive(_ bytes: [UInt8]) {
        input += bytes
        while let packet = takePacket() {
            let payload = packet.payload
            switch packet.type {
            case .loginRequest: logOn(payload)
            case .clientHeartbeat: heartbeats += 1
            case .unsequencedData: takeMessage(payload)
            case .logoutRequest, .debug: break
            case .loginAccepted, .loginRejected, .sequencedData, .serverHeartbeat, .endOfSession:
                complaints += 1
            }
        }
    }

    private mutating func takePacket() -> (type: SoupBin.PacketType, payload: [UInt8])? {
        let parsed = unsafe input.withUnsafeBytes { unsafe SoupBin.parse($0) }
        switch parsed {
        case .needMore: return nil
        case .malformed:
            complaints += 1
            input = []
            return nil
        case .frame(let frame):
            let payload = Array(input[frame.payloadOffset..<frame.totalCount])
            input.removeFirst(frame.totalCount)
            return (frame.type, payload)
        }
    }

    private mutating func logOn(_ payload: [UInt8]) {
        guard
            let request = unsafe payload.withUnsafeBytes({ unsafe SoupBin.LoginRequest(readingPayload: $0) })
        else {
            complaints += 1
            return
        }
        asked.append(request.sequence)
        switch logOnAnswer {
        case .silence: break
        case .reject(let reason): output += packet(.loginRejected, [reason])
        case .accept:
            let next = UInt64(stream.count + 1)
            let first = request.sequence == 0 ? next : min(request.sequence, next)
            var room = [UInt8](repeating: 0, count: 64)
            let count = unsafe room.withUnsafeMutableBytes {
                unsafe SoupBin.LoginAccepted(session: session, sequence: first).write(to: $0)
            }
            output += room[..<count]
            isLoggedOn = true
            given = Int(first) - 1
            pump()
        }
    }

    private mutating func takeMessage(_ payload: [UInt8]) {
        switch payload.first {
        case Ouch50.EnterOrder.type:
            guard let order = unsafe payload.withUnsafeBytes({ unsafe Ouch50.EnterOrder(reading: $0) }) else {
                break
            }
            orders.append(order)
            nextUserRef = max(nextUserRef, order.userRefNum + 1)
            return
        case Ouch50.CancelOrder.type:
            guard let cancel = unsafe payload.withUnsafeBytes({ unsafe Ouch50.CancelOrder(reading: $0) })
            else { break }
            cancels.append(cancel)
            return
        case Ouch50.ReplaceOrder.type:
            guard let replace = unsafe payload.withUnsafeBytes({ unsafe Ouch50.ReplaceOrder(reading: $0) })
            else { break }
            replaces.append(replace)
            nextUserRef = max(nextUserRef, replace.userRefNum + 1)
            return
        case Ouch50.AccountQuery.type:
            queries += 1
            if answersQueries { answerQuery() }
            return
        default: break
        }
        complaints += 1
    }

    mutating func answerQuery() {
        publish(Ouch50.AccountQueryResponse(timestamp: 7, nextUserRefNum: nextUserRef))
    }

    /// Puts a message behind the stream; it goes out at once where somebody is logged on.
    mutating func publish<Message: WireMessage>(_ message: Message) {
        stream.append(bytes(of: message))
        pump()
    }

    mutating func publish(raw: [UInt8]) {
        stream.append(raw)
        pump()
    }

    private mutating func pump() {
        guard isLoggedOn else { return }
        while given < stream.count {
            output += packet(.sequencedData, stream[given])
            given += 1
        }
    }
}

/// A packet around a payload.
func packet(_ type: SoupBin.PacketType, _ payload: [UInt8] = []) -> [UInt8] {
    [UInt8((payload.count + 1) >> 8), UInt8((payload.count + 1) & 255), type.rawValue] + payload
}

func bytes<Message: WireMessage>(of message: Message) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: 512)
    let count = unsafe room.withUnsafeMutableBytes { unsafe message.write(to: $0) }
    return Array(room[..<count])
}

/// A message of the stream that tells its place in it: an execution whose match number is `number`.
func execution(_ number: UInt64, userRef: UInt32 = 1) -> Ouch50.OrderExecuted {
    Ouch50.OrderExecuted(
        timestamp: 1_000 + number, userRefNum: userRef, quantity: UInt32(number), price: 10_000 + number,
        liquidityFlag: UInt8(ascii: "R"), matchNumber: number)
}
