import Wire

/// What a venue's back office knows of an exchange's accounts, asked by ``OrderQuery``: bytes and times in, bytes out, like the
/// exchange itself, which it only looks at. It knows every order and trade of the day, whichever connection brought it.
///
///     TCP bytes ─▶ connection ─▶ question ─▶ snapshot of the exchange ─▶ faults ─▶ pages ─▶ TCP bytes
///
/// - Threads: the exchange's.
/// - Times: on the exchange's clock.
public final class BackOffice {
    /// What one connection may have waiting before it is closed: a client that does not read is no client.
    static let waitingByteCountMax = 64 << 20

    public let exchange: Exchange
    /// May be changed at any time.
    public var faults: BackOfficeFaults
    public internal(set) var counters = BackOfficeCounters()

    /// In the order of their opening.
    var connections: [BackOfficeConnection] = []
    var dice: BackOfficeDice
    /// The last answer to each question of each account, for answers that are old on purpose.
    var lastAnswers: [Int: [UInt8: (question: OrderQuery.Question, body: AnswerBody)]] = [:]

    /// An answer before it is cut into pages.
    struct AnswerBody {
        var snapshot: OrderQuery.Snapshot
        var records: OrderQuery.Records
    }

    public init(_ exchange: Exchange, faults: BackOfficeFaults = BackOfficeFaults()) {
        self.exchange = exchange
        self.faults = faults
        dice = BackOfficeDice(seed: faults.seed)
    }

    // MARK: Connections

    /// A client has connected. Ids are the caller's, and not used again while the connection is known.
    public func connectionOpened(_ id: Int, atNs: UInt64) {
        precondition(connection(id) == nil, "Caller: an id names one connection at a time")
        connections.append(BackOfficeConnection(id: id))
    }

    /// The connection is gone, whoever ended it. An unknown id is no error.
    public func connectionClosed(_ id: Int) { connections.removeAll { $0.id == id } }

    /// Bytes have come, cut anywhere.
    public func received(_ id: Int, _ bytes: UnsafeRawBufferPointer, atNs: UInt64) {
        exchange.advance(toNs: atNs)
        advance(toNs: exchange.nowNs)
        guard let connection = connection(id), !connection.isClosing else { return }
        // SAFETY: the caller's bytes stand until this returns, and are copied here.
        unsafe connection.inbound += Array(bytes)
        takeFrames(connection)
    }

    /// What waits to be sent on a connection; good until the next call.
    public func output(_ id: Int) -> [UInt8] { connection(id)?.outbound ?? [] }

    /// So many bytes of ``output(_:)`` have been sent.
    public func consumed(_ id: Int, _ byteCount: Int) { connection(id)?.outbound.removeFirst(byteCount) }

    /// The caller is to send what waits, close the connection, and say so.
    public func shouldClose(_ id: Int) -> Bool { connection(id)?.isClosing ?? true }

    // MARK: Time

    /// Lets answers go that have waited long enough.
    public func advance(toNs: UInt64) {
        for connection in connections {
            while let first = connection.delayed.first, first.atNs <= toNs, !connection.isClosing {
                connection.delayed.removeFirst()
                put(first.bytes, endsConnection: first.endsConnection, connection)
            }
        }
    }

    /// When ``advance(toNs:)`` next has something to do; `UInt64.max`: never.
    public var nextWakeNs: UInt64 {
        connections.filter { !$0.isClosing }.compactMap { $0.delayed.first?.atNs }.min() ?? .max
    }

    func connection(_ id: Int) -> BackOfficeConnection? { connections.first { $0.id == id } }

    private func takeFrames(_ connection: BackOfficeConnection) {
        var taken = 0
        loop: while !connection.isClosing {
            let rest = connection.inbound[taken...]
            switch OrderQuery.frame(at: rest) {
            case .needMore: break loop
            case .malformed:
                refuse(connection)
                break loop
            case .whole(let type, let totalCount):
                take(type, rest.dropFirst(3).prefix(totalCount - 3), connection)
                taken += totalCount
            }
        }
        connection.inbound.removeFirst(taken)
    }

    private func take(_ type: UInt8, _ fields: ArraySlice<UInt8>, _ connection: BackOfficeConnection) {
        guard let account = connection.account else {
            guard type == OrderQuery.RequestType.logOn.rawValue, let logOn = OrderQuery.LogOn(reading: fields)
            else { return refuse(connection) }
            self.logOn(logOn, connection)
            return
        }
        guard let request = OrderQuery.Request(type: type, reading: fields) else { return refuse(connection) }
        counters.requests += 1
        answer(request, account, connection)
    }

    private func logOn(_ logOn: OrderQuery.LogOn, _ connection: BackOfficeConnection) {
        let found = exchange.accounts.first {
            $0.userName == logOn.userName && $0.password == logOn.password
        }
        guard let found else {
            counters.refusedLogOns += 1
            OrderQuery.LogOnRefused(reason: UInt8(ascii: "A")).append(to: &connection.outbound)
            connection.isClosing = true
            return
        }
        connection.account = found.index
        OrderQuery.LogOnAccepted(
            account: found.userName, session: exchange.session,
            venueTimeNs: exchange.market.timestamp(exchange.nowNs)
        ).append(to: &connection.outbound)
    }

    /// What came is no question: nothing that comes behind it can be trusted either.
    private func refuse(_ connection: BackOfficeConnection) {
        counters.malformed += 1
        connection.isClosing = true
    }

    /// - Parameter endsConnection: The answer is cut in the middle, and the connection ends.
    func put(_ bytes: [UInt8], endsConnection: Bool, _ connection: BackOfficeConnection) {
        connection.outbound += endsConnection ? Array(bytes.prefix(bytes.count / 2)) : bytes
        if endsConnection || connection.outbound.count > Self.waitingByteCountMax {
            connection.isClosing = true
        }
    }
}

/// A client's connection, as bytes.
final class BackOfficeConnection {
    let id: Int
    /// Index of the account that is logged on.
    var account: Int?
    var inbound: [UInt8] = []
    var outbound: [UInt8] = []
    /// Answers that wait for their time: in order, for none overtakes another.
    var delayed: [(atNs: UInt64, bytes: [UInt8], endsConnection: Bool)] = []
    var isClosing = false

    init(id: Int) { self.id = id }
}
