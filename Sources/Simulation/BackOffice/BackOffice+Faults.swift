import Model
import Wire

/// Chance, or counting: what decides which answers go wrong.
struct BackOfficeDice {
    private var random: SeededRandom?
    private var count: UInt64 = 0

    init(seed: UInt64?) { random = seed.map { SeededRandom(seed: $0) } }

    /// The fault of the next answer.
    mutating func roll(_ faults: inout BackOfficeFaults) -> BackOfficeFaults.Kind {
        count += 1
        if !faults.next.isEmpty { return faults.next.removeFirst() }
        for (kind, every) in faults.rates where every > 0 {
            if random != nil ? random?.below(every) == 0 : count % every == 0 { return kind }
        }
        return .none
    }

    /// `0 ..< end`; without a seed, the middle.
    mutating func pick(_ end: Int) -> Int {
        end <= 1 ? 0 : random.map { _ in Int(random?.below(UInt64(end)) ?? 0) } ?? end / 2
    }
}

extension BackOffice {
    func answer(_ request: OrderQuery.Request, _ account: Int, _ connection: BackOfficeConnection) {
        let state = exchange.accounts[account]
        let kind = dice.roll(&faults)
        if kind != .none { counters.faults[kind, default: 0] += 1 }
        counters.answers += 1
        let key = request.question.type.rawValue
        var body = truth(request.question, state)
        // An answer of before to another question would be a lie: it vouches for less than it is asked for.
        let last = lastAnswers[account]?[key]
        let before = last?.question == request.question ? last?.body : nil
        lastAnswers[account, default: [:]][key] = (request.question, body)
        var lostPage = false
        switch kind {
        case .none, .late, .drop: break
        case .lostPage: lostPage = true
        case .partial:
            body.records = body.records.part(0..<body.records.count / 2)
            body.snapshot.isComplete = false
        case .missing: leaveOut(&body)
        case .wrongQuantity: falsify(&body)
        case .stale, .staleUnseen:
            var old = before ?? AnswerBody(snapshot: body.snapshot, records: body.records.part(0..<0))
            if before == nil {
                old.snapshot.sequence = 0
                old.snapshot.lastUserRef = 0
                old.snapshot.venueTimeNs = exchange.market.timestamp(exchange.configuration.startNs)
                if request.question.isForOrders { old.snapshot.status = .unknownOrder }
            }
            if kind == .staleUnseen {
                old.snapshot.sequence = body.snapshot.sequence
                old.snapshot.lastUserRef = body.snapshot.lastUserRef
                old.snapshot.venueTimeNs = body.snapshot.venueTimeNs
            }
            body = old
        case .unavailable:
            body.records = body.records.part(0..<0)
            body.snapshot.status = .unavailable
            body.snapshot.isComplete = false
        }
        let bytes = pages(body, request, losesOne: lostPage)
        let endsConnection = kind == .drop
        if kind == .late || !connection.delayed.isEmpty {
            let atNs = max(
                exchange.nowNs + (kind == .late ? faults.lateNs : 0), connection.delayed.last?.atNs ?? 0)
            connection.delayed.append((atNs: atNs, bytes: bytes, endsConnection: endsConnection))
        } else {
            put(bytes, endsConnection: endsConnection, connection)
        }
    }

    private func pages(_ body: AnswerBody, _ request: OrderQuery.Request, losesOne: Bool) -> [UInt8] {
        let count = body.records.count
        let size = request.recordsPerPage == 0 ? OrderQuery.recordsPerPageMax : Int(request.recordsPerPage)
        var snapshot = body.snapshot
        snapshot.totalCount = UInt32(count)
        snapshot.pageCount = UInt32(max(1, (count + size - 1) / size))
        let lost = losesOne ? dice.pick(Int(snapshot.pageCount)) : -1
        var bytes: [UInt8] = []
        for page in 0..<Int(snapshot.pageCount) where page != lost {
            OrderQuery.Answer(
                type: request.question.type, requestID: request.requestID, snapshot: snapshot,
                page: UInt32(page), records: body.records.part(page * size..<min((page + 1) * size, count))
            ).append(to: &bytes)
        }
        return bytes
    }

    private func leaveOut(_ body: inout AnswerBody) {
        let count = body.records.count
        guard count > 0 else { return }
        let place = dice.pick(count)
        body.records =
            body.records.part(0..<place).appended(body.records.part(place + 1..<count)) ?? body.records
        if case .orders = body.records, count == 1 { body.snapshot.status = .unknownOrder }
    }

    private func falsify(_ body: inout AnswerBody) {
        let count = body.records.count
        guard count > 0 else { return }
        let place = dice.pick(count)
        func off(_ quantity: UInt32) -> UInt32 { quantity > 100 ? quantity - 100 : quantity + 1 }
        switch body.records {
        case .orders(var records):
            records[place].executed = off(records[place].executed)
            body.records = .orders(records)
        case .trades(var records):
            records[place].quantity = off(records[place].quantity)
            body.records = .trades(records)
        case .positions(var records):
            records[place].quantity -= 100
            body.records = .positions(records)
        case .balance(var records):
            records[place].cash -= 1_000_000
            body.records = .balance(records)
        }
    }
}

extension OrderQuery.Question {
    /// It is for orders of a name, of which there may be none.
    var isForOrders: Bool {
        switch self {
        case .orderByUserRef, .ordersByClientID: true
        case .openOrders, .trades, .positions, .balance: false
        }
    }
}
