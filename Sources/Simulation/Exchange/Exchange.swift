public import Matching
public import Model
import Wire

/// An exchange in memory: OUCH 5.0 over SoupBinTCP in and out, ITCH 5.0 over MoldUDP64 out. Bytes and times are handed
/// in, bytes are taken out; no clock, no socket, no randomness but the flow's seed: the same calls give the same bytes.
///
///     TCP bytes ─▶ connection ─▶ account ─▶ matching engine ─▶ ITCH log ─▶ datagrams (and, asked for, again)
///               ◀─ connection ◀─ account's stream ◀──┘
///
/// - Threads: one at a time.
/// - Times: nanoseconds on one clock, never falling; a lower one counts as the last one.
public final class Exchange {
    public let configuration: ExchangeConfiguration
    public internal(set) var counters = ExchangeCounters()
    /// Faults that are due; may be changed at any time.
    public var faults = ExchangeFaults()
    /// Every side of a trade that belongs to an account, in order.
    public internal(set) var executions: [ExchangeExecution] = []
    /// Every Enter and Replace that came, in order.
    public internal(set) var ordersReceived: [ExchangeOrderReceived] = []
    /// The latest time that was handed in.
    public internal(set) var nowNs: UInt64

    var market: ExchangeMarket
    var accounts: [ExchangeAccountState]
    /// In the order of their opening, so that nothing depends on a hash.
    var connections: [ExchangeConnection] = []
    var flow: FlowGenerator?
    let session: Token10
    let bySymbol: [UInt64: Int]
    /// Instruments that take no orders.
    var halted: Set<Int> = []
    /// Instruments whose cancels are not carried out at once.
    var cancelHandling: [Int: ExchangeCancelHandling] = [:]
    /// 1: regular hours are over; 2: all hours are.
    var closedStage = 0
    /// Orders with a time to live: earliest first.
    var expiries: [(atNs: UInt64, account: Int, userRef: UInt32)] = []
    var feed: DatagramSender
    public internal(set) var isClosed = false

    /// - Parameter followsCapture: The market is a capture's, told by ``follow(deepPacket:atNs:)`` and
    ///   ``follow(itchMessage:atNs:)``: the configuration's instruments and flow are not looked at, and the feed has
    ///   nothing but what was followed.
    public init(_ configuration: ExchangeConfiguration, followsCapture: Bool = false) {
        guard let session = Token10(configuration.session) else {
            preconditionFailure("Caller: a session has at most 10 characters")
        }
        self.configuration = configuration
        self.session = session
        nowNs = configuration.startNs
        market = ExchangeMarket(configuration, chunkCountMax: configuration.marketDataChunkCountMax)
        accounts = configuration.accounts.enumerated().map { ExchangeAccountState($1, index: $0) }
        feed = DatagramSender(
            session: session, byteCountMax: configuration.datagramByteCountMax, atNs: configuration.startNs)
        var bySymbol: [UInt64: Int] = [:]
        for (index, instrument) in configuration.instruments.enumerated() {
            bySymbol[instrument.symbol.raw] = index
        }
        self.bySymbol = bySymbol
        if followsCapture {
            market.follower = CaptureFollower()
        } else {
            market.open(atNs: nowNs)
        }
        if let flow = configuration.flow, !followsCapture {
            self.flow = FlowGenerator(
                flow, instruments: configuration.instruments, startNs: configuration.startNs)
        }
        for account in accounts { send(systemEvent: "S", to: account) }
    }

    // MARK: Connections

    /// A client has connected. Ids are the caller's, and not used again while the connection is known.
    public func connectionOpened(_ id: Int, atNs: UInt64) {
        precondition(connection(id) == nil, "Caller: an id names one connection at a time")
        advance(toNs: atNs)
        connections.append(ExchangeConnection(id: id, atNs: nowNs))
    }

    /// The connection is gone, whoever ended it. An unknown id is no error.
    public func connectionClosed(_ id: Int, atNs: UInt64) {
        advance(toNs: atNs)
        guard let connection = connection(id) else { return }
        if case .open(let account) = connection.phase { detach(account) }
        connections.removeAll { $0.id == id }
    }

    /// Bytes have come, cut anywhere. What is not SoupBinTCP or OUCH ends the connection, counted with its reason.
    public func received(_ id: Int, _ bytes: UnsafeRawBufferPointer, atNs: UInt64) {
        advance(toNs: atNs)
        guard let connection = connection(id) else { return }
        if case .closing = connection.phase { return }
        connection.lastReceivedNs = nowNs
        // SAFETY: the caller's bytes stand during the call, and the queue copies them.
        unsafe connection.inbound.append(bytes)
        takePackets(connection)
    }

    /// What waits to be sent on a connection; good until the next call.
    public func output(_ id: Int) -> UnsafeRawBufferPointer {
        guard let connection = connection(id) else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe connection.outbound.waiting
    }

    /// So many bytes of ``output(_:)`` have been sent.
    public func consumed(_ id: Int, _ byteCount: Int) {
        guard let connection = connection(id) else { return }
        connection.outbound.consume(byteCount)
        if case .open(let account) = connection.phase { pump(account) }
    }

    /// The caller is to send what waits, close the connection, and say so with ``connectionClosed(_:atNs:)``.
    public func shouldClose(_ id: Int) -> Bool {
        guard let connection = connection(id) else { return true }
        if case .closing = connection.phase { return true }
        return false
    }

    /// Why a connection is to be closed; `nil`: it is not.
    public func closeReason(_ id: Int) -> ExchangeCloseReason? {
        if case .closing(let reason)? = connection(id)?.phase { return reason }
        return nil
    }

    // MARK: Market data

    /// The next MoldUDP64 packet to send, at most `datagramByteCountMax` bytes; good until ``popDatagram()``.
    public func nextDatagram() -> UnsafeRawBufferPointer? { unsafe feed.next(market.log) }

    /// The packet of ``nextDatagram()`` has been sent (or given up).
    public func popDatagram() {
        feed.pop(market.log, atNs: nowNs)
        counters.datagrams += 1
    }

    /// Answers a MoldUDP64 request: `answer` is called with each packet, for the address that asked.
    ///
    /// - Returns: Packets given. 0: nothing of it is kept, or the request is not for this session or malformed (counted).
    @discardableResult
    public func retransmissionRequest(
        _ request: UnsafeRawBufferPointer, _ answer: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        guard let request = unsafe MoldUDP64.RequestPacket(reading: request), request.session == session
        else {
            counters.malformedRequests += 1
            return 0
        }
        counters.retransmissionRequests += 1
        return unsafe feed.again(
            market.log, from: request.sequence, count: Int(request.count),
            packetCountMax: configuration.retransmittedPacketCountMax, answer)
    }

    /// Number of the next market data message.
    public var nextMarketDataSequence: UInt64 { market.log.nextSequence }

    /// One message of the day's feed, without its length; `nil`: not there, or not kept any more.
    public func marketDataMessage(_ sequence: UInt64) -> UnsafeRawBufferPointer? {
        unsafe market.log.message(sequence)
    }

    // MARK: Time

    /// Does all that is due up to a time: flow, expiries, delayed reports, heartbeats, silent clients.
    public func advance(toNs: UInt64) {
        let target = max(toNs, nowNs)
        while let flow, flow.nextAtNs <= target, !isClosed {
            nowNs = max(nowNs, flow.nextAtNs)
            runFlow()
        }
        nowNs = target
        while let first = expiries.first, first.atNs <= nowNs {
            expiries.removeFirst()
            let account = accounts[first.account]
            if let index = account.live(first.userRef) { cancelOrder(account, index, reason: .timeout) }
        }
        closeByHours()
        for account in accounts { release(account) }
        for connection in connections { keepAlive(connection) }
        feed.keepAlive(atNs: nowNs, everyNs: configuration.heartbeatNs)
    }

    /// When ``advance(toNs:)`` next has something to do; `UInt64.max`: never.
    public var nextWakeNs: UInt64 {
        var wake = feed.nextHeartbeatNs(configuration.heartbeatNs)
        if let flow, !isClosed { wake = min(wake, flow.nextAtNs) }
        if let first = expiries.first { wake = min(wake, first.atNs) }
        if let hours = configuration.hours, closedStage < 2 {
            let close = closedStage == 0 ? hours.closesNs : hours.extendedClosesNs
            wake = min(wake, max(configuration.midnightNs + close, nowNs))
        }
        for account in accounts {
            if let first = account.releases.first { wake = min(wake, first.atNs) }
        }
        for connection in connections {
            if case .closing = connection.phase { continue }
            wake = min(wake, connection.lastReceivedNs + configuration.clientSilenceNsMax)
            if case .open = connection.phase {
                wake = min(wake, connection.lastSentNs + configuration.heartbeatNs)
            }
        }
        return wake
    }

    // MARK: In-process orders

    /// An order of nobody's account, as the flow's: for agents and replayed captures.
    ///
    /// - Returns: Its reference; 0: rejected.
    @discardableResult
    public func enter(_ entry: OrderEntry, atNs: UInt64) -> UInt64 {
        advance(toNs: atNs)
        guard canTrade(entry.instrument) else { return 0 }
        var entry = entry
        entry.owner &= ExchangeMarket.hiddenBit
        let reference = market.engine.enter(entry)
        finishCommand(taker: nil)
        return reference
    }

    /// Cancels an order of ``enter(_:atNs:)`` down to a quantity. `false`: it is gone, or not ours.
    @discardableResult
    public func cancel(_ reference: UInt64, toRemaining: UInt32 = 0, atNs: UInt64) -> Bool {
        advance(toNs: atNs)
        guard isNobodys(reference) else { return false }
        let done = market.engine.cancel(reference, toRemaining: toRemaining)
        finishCommand(taker: nil)
        return done
    }

    /// Replaces an order of ``enter(_:atNs:)``.
    ///
    /// - Returns: Its reference from here on; 0: refused.
    @discardableResult
    public func replace(_ reference: UInt64, price: Price, quantity: UInt32, atNs: UInt64) -> UInt64 {
        advance(toNs: atNs)
        guard isNobodys(reference), let order = market.engine.order(reference), canTrade(order.instrument)
        else {
            return 0
        }
        let new = market.engine.replace(reference, price: price, quantity: quantity, userRef: 0)
        finishCommand(taker: nil)
        return new
    }

    /// Looks at the books; nothing can be changed through it.
    public func withBooks<Result>(_ body: (borrowing MatchingEngine) -> Result) -> Result {
        body(market.engine)
    }

    // MARK: Script

    /// `T` trading, `H` halted: told in the feed; a halted instrument takes no order, cancels go on.
    public func setTradingState(_ instrument: InstrumentID, _ state: UInt8, atNs: UInt64) {
        advance(toNs: atNs)
        let index = Int(instrument.index)
        guard index < configuration.instruments.count else { return }
        if state == UInt8(ascii: "T") { halted.remove(index) } else { halted.insert(index) }
        market.tradingAction(index, state, market.timestamp(nowNs))
    }

    /// Ends a connection as if the exchange had failed: no log-out, nothing more is sent.
    public func drop(_ id: Int, atNs: UInt64) {
        advance(toNs: atNs)
        guard let connection = connection(id) else { return }
        close(connection, .script)
        connection.outbound.consume(connection.outbound.count)
    }

    /// Ends the day: the orders for the day expire, system events, end of session on every connection and in the feed. Nothing is taken after it.
    public func endSession(atNs: UInt64) {
        advance(toNs: atNs)
        guard !isClosed else { return }
        expire(dayOnly: true)
        isClosed = true
        if !market.isFollowing { market.close(atNs: nowNs) }
        faults.reportDelayNs = 0
        for account in accounts {
            send(systemEvent: "E", to: account)
            account.releases.removeAll()
            account.releasedBefore = account.log.nextSequence
            pump(account)
        }
        for connection in connections {
            guard case .open = connection.phase else { continue }
            put(.endOfSession, connection)
            close(connection, .endOfSession)
        }
        feed.end()
    }
}
