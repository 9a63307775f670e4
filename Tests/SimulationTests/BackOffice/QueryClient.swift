import Plumbing
import Simulation
import Wire

/// Asks and waits: over a connection of its own, in memory or by TCP.
final class QueryClient {
    /// Gives bytes to the venue.
    let send: ([UInt8]) -> Void
    /// What the venue has sent since, or `nil`: nothing will come any more.
    let receive: () -> [UInt8]?
    var inbound: [UInt8] = []
    var nextRequest: UInt32 = 1

    init(send: @escaping ([UInt8]) -> Void, receive: @escaping () -> [UInt8]?) {
        self.send = send
        self.receive = receive
    }

    /// A client of a back office in memory.
    convenience init(_ office: BackOffice, id: Int, cutEvery: Int = .max) {
        office.connectionOpened(id, atNs: office.exchange.nowNs)
        self.init(
            send: { bytes in
                for start in stride(from: 0, to: bytes.count, by: min(cutEvery, bytes.count)) {
                    let piece = bytes[start..<min(bytes.count, start + min(cutEvery, bytes.count))]
                    // SAFETY: the array stands during the call.
                    unsafe piece.withUnsafeBytes {
                        unsafe office.received(id, $0, atNs: office.exchange.nowNs)
                    }
                }
            },
            receive: {
                let bytes = office.output(id)
                office.consumed(id, bytes.count)
                return bytes.isEmpty ? nil : bytes
            })
    }

    func nextFrame() -> (type: UInt8, fields: ArraySlice<UInt8>)? {
        while true {
            if case .whole(let type, let total) = OrderQuery.frame(at: inbound[...]) {
                let fields = inbound[3..<total]
                inbound.removeFirst(total)
                return (type, fields)
            }
            guard let more = receive() else { return nil }
            inbound += more
        }
    }

    func logOn(user: String = "alice", password: String = "secret") -> OrderQuery.LogOnAccepted? {
        var bytes: [UInt8] = []
        OrderQuery.LogOn(userName: Token6(user)!, password: Token10(password)!).append(to: &bytes)
        send(bytes)
        guard let frame = nextFrame(), frame.type == OrderQuery.logOnAccepted else { return nil }
        return OrderQuery.LogOnAccepted(reading: frame.fields)
    }

    /// Asks and puts the pages together; `nil`: the answer did not come whole.
    func ask(
        _ question: OrderQuery.Question, perPage: UInt16 = 0
    ) -> (snapshot: OrderQuery.Snapshot, records: OrderQuery.Records)? {
        let id = ask(only: question, perPage: perPage)
        var pages = OrderQuery.Pages(requestID: id)
        while let frame = nextFrame() {
            guard let answer = OrderQuery.Answer(type: frame.type, reading: frame.fields) else { return nil }
            // Rests of answers that were given up.
            guard answer.requestID == id else { continue }
            switch pages.take(answer) {
            case .wantsMore: continue
            case .broken: return nil
            case .whole: return pages.snapshot.flatMap { snapshot in pages.records.map { (snapshot, $0) } }
            }
        }
        return nil
    }

    func ask(only question: OrderQuery.Question, perPage: UInt16 = 0) -> UInt32 {
        let id = nextRequest
        nextRequest += 1
        var bytes: [UInt8] = []
        OrderQuery.Request(requestID: id, recordsPerPage: perPage, question).append(to: &bytes)
        send(bytes)
        return id
    }

    func orders(_ question: OrderQuery.Question) -> [OrderQuery.OrderRecord] {
        if case .orders(let records)? = ask(question)?.records { return records }
        return []
    }

    func trades(afterSequence: UInt64 = 0, fromNs: UInt64 = 0) -> [OrderQuery.TradeRecord] {
        if case .trades(let records)? = ask(.trades(afterSequence: afterSequence, fromNs: fromNs))?.records {
            return records
        }
        return []
    }

    func positions() -> [OrderQuery.PositionRecord] {
        if case .positions(let records)? = ask(.positions)?.records { return records }
        return []
    }

    func balance() -> OrderQuery.BalanceRecord? {
        if case .balance(let records)? = ask(.balance)?.records { return records.first }
        return nil
    }
}
