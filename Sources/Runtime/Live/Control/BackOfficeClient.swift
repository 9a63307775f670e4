internal import Model
internal import Plumbing
internal import Settings
internal import Wire

/// Asks the venue's back office: open orders, executions since the last comparison, positions, in one go, so that all
/// three are of one moment. Where the venue moved between them, it is asked again.
///
///     idle ─begin─▶ connecting ─▶ logging on ─▶ asking ─▶ whole ─▶ settled ─take─▶ idle
///                        └────────────┴────────────┴─────▶ failed ──────take────────▲
///
/// The connection stays for the next question. Nothing waits; an answer that comes after the time-out is known by its number
/// and dropped.
///
/// - Threads: the control thread.
final class BackOfficeClient {
    enum Outcome {
        case answer(BackOfficeAnswer)
        case failed(ReconciliationFailure)
    }

    private enum State: Equatable {
        case idle
        case connecting
        case loggingOn
        case asking
        /// All is here. Our own stream is given the time to come as far as the answer is: one that is ahead of us is of
        /// no use.
        case settling(untilNs: UInt64)
        case over
    }

    /// What one question asks for, in this order.
    private static let kinds: [OrderQuery.RequestType] = [.openOrders, .trades, .positions]
    /// How often the three may be of different moments before the answer counts as not complete.
    static let attemptCountMax = 8
    static let settleNs: UInt64 = 20_000_000

    private let connect: () -> any QueryConnection
    private let userName: Token6
    private let password: Token10
    private let timeoutNs: UInt64
    private var connection: (any QueryConnection)?
    private var isLoggedOn = false
    private var state = State.idle
    private var outcome: Outcome?
    private var dueNs: UInt64 = 0
    private var attempts = 0
    /// Of the trades that are asked for.
    private var afterSequence: UInt64 = 0
    private var pages: [OrderQuery.Pages] = []
    private var nextRequest: UInt32 = 1
    private var inbound: [UInt8] = []
    private var outbound: [UInt8] = []
    private var room = [UInt8](repeating: 0, count: 1 << 16)
    /// Frames that belong to no question any more.
    private(set) var lateCount: UInt64 = 0
    /// Time-outs one after the other: after the second, the connection is not believed in any more.
    private var timeoutsInARow = 0

    /// - Parameter connect: Begins a connection to the back office.
    init(
        userName: Token6, password: Token10, timeoutNs: UInt64, connect: @escaping () -> any QueryConnection
    ) {
        self.userName = userName
        self.password = password
        self.timeoutNs = timeoutNs
        self.connect = connect
    }

    /// `nil`: nobody is to be asked.
    convenience init?(_ settings: BrokerSettings) {
        guard settings.backOffice.port != 0, let host = SocketAddress.host(settings.backOffice.host),
            let userName = Token6(settings.ouch.username), let password = Token10(settings.ouch.password)
        else { return nil }
        let venue = SocketAddress(host: host, port: UInt16(clamping: settings.backOffice.port))
        self.init(
            userName: userName, password: password, timeoutNs: UInt64(settings.backOffice.timeoutNs)
        ) { TcpConnection(connectingTo: venue) }
    }

    var isIdle: Bool { state == .idle }

    /// For the wait: what is to be read, or written.
    var descriptor: Int32 { connection?.descriptor ?? -1 }
    var wantsToWrite: Bool { state == .connecting || !outbound.isEmpty }
    /// When ``step(nowNs:)`` has to be called even if nothing comes.
    var wakeNs: UInt64 {
        switch state {
        case .idle: .max
        case .settling(let untilNs): untilNs
        case .connecting, .loggingOn, .asking: dueNs
        case .over: 0
        }
    }

    /// Begins a question.
    ///
    /// - Parameter afterSequence: Executions that were told later than this message of the stream are wanted.
    func begin(afterSequence: UInt64, nowNs: UInt64) {
        precondition(state == .idle, "Caller: one question at a time")
        self.afterSequence = afterSequence
        dueNs = nowNs + timeoutNs
        attempts = 0
        if let connection, connection.state == .open, isLoggedOn {
            ask()
        } else {
            close()
            connection = connect()
            state = .connecting
        }
    }

    /// What became of the question, once.
    func take() -> Outcome? {
        guard state == .over, let outcome else { return nil }
        self.outcome = nil
        state = .idle
        return outcome
    }

    /// How much was done.
    func step(nowNs: UInt64) -> Int {
        if case .settling(let untilNs) = state, nowNs >= untilNs {
            state = .over
            return 1
        }
        guard let connection else { return 0 }
        if state == .connecting {
            switch connection.poll() {
            case .open:
                OrderQuery.LogOn(userName: userName, password: password).append(to: &outbound)
                state = .loggingOn
            case .closed:
                fail(.refused)
                return 1
            case .idle, .connecting: break
            }
        }
        var work = 0
        if connection.state == .open { work += exchange(connection) }
        switch state {
        case .connecting, .loggingOn, .asking:
            if connection.state == .closed {
                fail(state == .connecting ? .refused : .dropped)
                return work + 1
            }
            guard nowNs >= dueNs else { break }
            timeoutsInARow += 1
            fail(
                state == .connecting ? .refused : .timedOut, keepsConnection: isLoggedOn && timeoutsInARow < 2
            )
            return work + 1
        case .idle, .settling, .over:
            if connection.state == .closed { close() }
        }
        return work + look(nowNs)
    }

    func close() {
        connection?.close()
        connection = nil
        isLoggedOn = false
        inbound = []
        outbound = []
    }

    // MARK: Bytes

    private func exchange(_ connection: any QueryConnection) -> Int {
        var work = 0
        if !outbound.isEmpty {
            // SAFETY: the array stands still during the call.
            let sent = unsafe outbound.withUnsafeBytes { unsafe connection.send($0) }
            outbound.removeFirst(sent)
            work += sent
        }
        // SAFETY: as above.
        let count = unsafe room.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
        inbound += room[..<count]
        return work + count
    }

    /// Takes the frames that are there. What is no frame ends the connection.
    private func look(_ nowNs: UInt64) -> Int {
        var first = 0
        var work = 0
        frames: while true {
            switch OrderQuery.frame(at: inbound[first...]) {
            case .needMore: break frames
            case .malformed:
                fail(.malformed)
                return work + 1
            case .whole(let type, let totalCount):
                let fields = inbound[(first + 3)..<(first + totalCount)]
                first += totalCount
                work += 1
                guard took(type, fields, nowNs) else { return work }
            }
        }
        inbound.removeFirst(first)
        return work
    }

    /// `false`: the connection is gone with it.
    private func took(_ type: UInt8, _ fields: ArraySlice<UInt8>, _ nowNs: UInt64) -> Bool {
        if state == .loggingOn {
            if type == OrderQuery.logOnRefused {
                fail(.logOnRefused)
                return false
            }
            guard type == OrderQuery.logOnAccepted, OrderQuery.LogOnAccepted(reading: fields) != nil else {
                fail(.malformed)
                return false
            }
            isLoggedOn = true
            ask()
            return true
        }
        guard let answer = OrderQuery.Answer(type: type, reading: fields) else {
            fail(.malformed)
            return false
        }
        guard state == .asking, let place = pages.firstIndex(where: { $0.requestID == answer.requestID }),
            answer.type == Self.kinds[place]
        else {
            lateCount += 1
            return true
        }
        guard answer.snapshot.status == .answered else {
            fail(.unavailable, keepsConnection: true)
            return true
        }
        // A broken answer is waited for to its end no longer: what was there counts as not complete.
        switch pages[place].take(answer) {
        case .wantsMore: break
        case .broken: conclude(nil, nowNs)
        case .whole: if pages.allSatisfy({ $0.progress == .whole }) { putTogether(nowNs) }
        }
        return true
    }

    private func ask() {
        attempts += 1
        pages = []
        for kind in Self.kinds {
            pages.append(OrderQuery.Pages(requestID: nextRequest))
            let question: OrderQuery.Question =
                switch kind {
                case .trades: .trades(afterSequence: afterSequence, fromNs: 0)
                case .positions: .positions
                case .logOn, .orderByUserRef, .ordersByClientID, .openOrders, .balance: .openOrders
                }
            OrderQuery.Request(requestID: nextRequest, question).append(to: &outbound)
            nextRequest &+= 1
        }
        state = .asking
        if let connection { _ = exchange(connection) }
    }

    // MARK: Outcomes

    private func putTogether(_ nowNs: UInt64) {
        let snapshots = pages.compactMap(\.snapshot)
        let sequences = snapshots.map(\.sequence)
        guard let lowest = sequences.min(), lowest == sequences.max() else {
            // The venue moved between the three.
            if attempts < Self.attemptCountMax { return ask() }
            return conclude(nil, nowNs)
        }
        var answer = BackOfficeAnswer()
        answer.sequence = lowest
        answer.isComplete = snapshots.allSatisfy(\.isComplete)
        for page in pages {
            switch page.records {
            case .orders(let records)?: answer.orders = records
            case .trades(let records)?: answer.trades = records
            case .positions(let records)?: answer.positions = records
            case .balance?, nil: break
            }
        }
        conclude(answer, nowNs)
    }

    /// - Parameter answer: `nil`: what came does not fit together.
    private func conclude(_ answer: BackOfficeAnswer?, _ nowNs: UInt64) {
        timeoutsInARow = 0
        var known = answer ?? BackOfficeAnswer()
        if answer == nil {
            known.isComplete = false
            known.sequence = pages.compactMap(\.snapshot).map(\.sequence).max() ?? 0
        }
        outcome = .answer(known)
        pages = []
        state = .settling(untilNs: nowNs + Self.settleNs)
    }

    private func fail(_ why: ReconciliationFailure, keepsConnection: Bool = false) {
        if !keepsConnection { close() }
        // Between two questions nobody has to hear of it.
        switch state {
        case .connecting, .loggingOn, .asking:
            outcome = .failed(why)
            pages = []
            state = .over
        case .idle, .settling, .over: break
        }
    }
}
