import Feeds
import Glibc
import Plumbing
import Wire

/// The exchange on real sockets: orders by TCP, market data by UDP, requests for what was lost by UDP.
///
///     clients ⇄ TCP ⇄ BackOffice                                where there is a query port
///                        │ looks at
///     clients ⇄ TCP ⇄ Exchange ─▶ MoldUDP64 ─▶ gate ─▶ UDP      its own flow, or an ITCH file
///                        ▲
///     capture ───────────┴──────── as it was ──▶ gate ─▶ UDP      an IEX DEEP capture
///
/// - Threads: one, whoever calls ``run(isStopRequested:progress:note:)``.
/// - Bounds: ``connectionCountMax`` connections, further ones are closed at once; a file is read as it is played.
@safe public final class VenueServer {
    /// What one wait of the kernel covers, less our own sockets and those of the back office.
    static let connectionCountMax = 53
    static let inquirerCountMax = 8
    /// Packets sent in one turn before orders are looked at again.
    static let packetsPerTurn = 32
    static let receiveBytes = 1 << 16
    static let heartbeatNs: UInt64 = 1_000_000_000
    /// How long we try to hand the last bytes to clients.
    static let goodbyeNsMax: UInt64 = 2_000_000_000
    /// How long a client has to close after its end of session. Closing while bytes of its are unread would reset the
    /// connection, and it might never see the end.
    static let lingerNs: UInt64 = 500_000_000

    enum Phase { case waiting, playing, settling, ending, over }

    struct Client {
        let id: Int
        let connection: TcpConnection
    }

    public let ports: VenuePorts
    /// What a survey of the file found; `nil`: no file.
    public let survey: CaptureSource.Survey?
    public internal(set) var report = VenueReport()

    let configuration: VenueConfiguration
    let exchange: Exchange
    let clock: Clock
    let listener: TcpListener
    let sender: UdpSender
    let requests: UdpSender
    var gate: SendGate
    var source: CaptureSource?
    var pace: FlowPace
    let backOffice: BackOffice
    let queryListener: TcpListener?
    /// Connections to the back office, with ids of their own.
    var inquirers: [Client] = []
    var clients: [Client] = []
    var nextClient = 1
    var phase = Phase.waiting
    let buffer: UnsafeMutableRawBufferPointer

    /// Our clock when the market began, and when the current phase did.
    var startedNs: UInt64 = 0
    var phaseSinceNs: UInt64 = 0
    /// Of the capture: the part that waits for its time. Its bytes stand until the source is asked again.
    var pending: (part: CaptureSource.Part, dueNs: UInt64)?
    var hasSourceEnded = false
    var lastPacketNs: UInt64 = 0
    var heartbeat: IexTransport.Header?
    var dropCountdown: UInt64
    var hasDisconnected = false
    var script = VenueScript()

    /// Opens the file and all sockets.
    public init(_ configuration: VenueConfiguration) throws {
        var configuration = configuration
        clock = Clock.calibrated()
        if let file = configuration.file {
            let survey = try CaptureSource.survey(path: file)
            self.survey = survey
            source = try CaptureSource(path: file)
            pace = FlowPace(configuration.speed, silences: survey.silences)
        } else {
            survey = nil
            source = nil
            pace = FlowPace(.unlimited, silences: SilenceTable())
        }
        let isDeep = survey?.kind == .deepIexTransport
        listener = try TcpListener(SocketAddress(host: configuration.address, port: configuration.orderPort))
        requests = try UdpSender(
            to: nil, from: SocketAddress(host: configuration.address, port: configuration.requestPort))
        if let port = configuration.queryPort {
            queryListener = try TcpListener(SocketAddress(host: configuration.address, port: port))
        } else {
            queryListener = nil
        }
        if configuration.marketData.port == 0 {
            // The receiver is to bind it: take a free one, and let it go again.
            let probe = try UdpSender(to: nil)
            configuration.marketData = SocketAddress(
                host: configuration.marketData.host, port: probe.localAddress.port)
        }
        sender = try Self.marketDataSender(configuration)
        gate = SendGate(port: Self.isLocal(configuration.marketData) ? configuration.marketData.port : nil)
        ports = VenuePorts(
            isDeep: isDeep, marketDataPort: configuration.marketData.port,
            orderPort: listener.localAddress.port, requestPort: requests.localAddress.port,
            queryPort: queryListener?.localAddress.port)
        // Exchange time is UTC and stands still until the market begins.
        let utcNs = Clock.utcNs()
        configuration.exchange.startNs = utcNs
        configuration.exchange.midnightNs = utcNs - utcNs % 86_400_000_000_000
        if configuration.file != nil { configuration.exchange.flow = nil }
        exchange = Exchange(configuration.exchange, followsCapture: configuration.file != nil)
        exchange.faults.reportDelayNs = configuration.faults.delayMs * 1_000_000
        exchange.faults.rejectEvery = Int(configuration.faults.rejectEvery)
        backOffice = BackOffice(exchange, faults: configuration.faults.query)
        dropCountdown = configuration.faults.dropEvery
        self.configuration = configuration
        // SAFETY: freed in deinit; only the server's own calls see it.
        unsafe buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.receiveBytes, alignment: 64)
        report.damage = survey?.damage.map { "\($0)" } ?? ""
    }

    // SAFETY: allocated in init, and nobody has kept it.
    deinit { unsafe buffer.deallocate() }

    /// Unicast on this machine is where the kernel can tell about the receiver; a group may also have one here.
    private static func isLocal(_ address: SocketAddress) -> Bool {
        address.host >> 24 == 127 || address.isMulticast
    }

    private static func marketDataSender(_ configuration: VenueConfiguration) throws(SetupError) -> UdpSender
    {
        let destination = configuration.marketData
        // 240.0.0.0 and above are no addresses, and 0.0.0.0 is nowhere to send to.
        guard destination.host != 0, destination.host >> 28 != 0xf else {
            throw SetupError(
                "send market data", at: "\(destination)", why: "it is no address to send to",
                remedy: "give a host's address or a group from 224.0.0.0 to 239.255.255.255")
        }
        let sender = try UdpSender(to: destination, interface: configuration.interface)
        if destination.isMulticast {
            var hops = Int32(configuration.multicastHops)
            // SAFETY: our own variable and its size.
            let result = unsafe setsockopt(
                sender.descriptor, Int32(IPPROTO_IP), IP_MULTICAST_TTL, &hops,
                socklen_t(MemoryLayout<Int32>.size))
            if result < 0 {
                throw SetupError("set the hops of multicast", at: "\(destination)", Errno(code: errno))
            }
        }
        return sender
    }

    /// Runs until the market is over or an end is asked for; every client has then had its end of session.
    ///
    /// - Parameters:
    ///   - isStopRequested: Looked at in every turn.
    ///   - progress: Called about once a second while the market plays.
    ///   - note: Called with what a person should know.
    /// - Returns: What was done.
    public func run(
        isStopRequested: () -> Bool, progress: (VenueReport) -> Void = { _ in },
        note: (String) -> Void = { _ in }
    ) -> VenueReport {
        if let core = configuration.core {
            let pinned = Threads.pin(core: core)
            if !pinned.isGranted { note(pinned.description) }
        }
        if let damage = survey?.damage { note("\(damage)") }
        if configuration.start == .immediately { begin(clock.nowNs()) }
        var lastProgressNs = clock.nowNs()
        while phase != .over {
            let nowNs = clock.nowNs()
            if isStopRequested(), phase != .ending, phase != .over {
                report.end = .interrupted
                end(nowNs)
            }
            let work = turn(nowNs)
            if let text = gate.takeNote() { note(text) }
            if nowNs - lastProgressNs >= 1_000_000_000 {
                lastProgressNs = nowNs
                update(nowNs)
                if phase == .playing { progress(report) }
            }
            if work == 0 { idle(nowNs) }
        }
        update(clock.nowNs())
        return report
    }

    /// Exchange time for one of our clock: it begins to move with the market.
    func exchangeNs(_ nowNs: UInt64) -> UInt64 {
        phase == .waiting
            ? configuration.exchange.startNs : configuration.exchange.startNs + (nowNs - startedNs)
    }

    func begin(_ nowNs: UInt64) {
        startedNs = nowNs
        lastPacketNs = nowNs
        phaseSinceNs = nowNs
        phase = .playing
        gate.look(nowNs)
    }

    /// One turn over everything; returns how much there was to do.
    func turn(_ nowNs: UInt64) -> Int {
        var work = takeConnections(nowNs) + takeOrders(nowNs) + takeRequests()
        switch phase {
        case .waiting:
            if exchange.hasLogon { begin(nowNs) }
        case .playing:
            work += play(nowNs)
            work += sendFeed(nowNs)
            if isMarketOver {
                phase = .settling
                phaseSinceNs = nowNs
                report.elapsedNs = nowNs - startedNs
            }
        case .settling:
            exchange.advance(toNs: exchangeNs(nowNs))
            work += sendFeed(nowNs)
            if nowNs - phaseSinceNs >= configuration.settleNs { end(nowNs) }
        case .ending:
            work += sendFeed(nowNs)
            let isSaid = clients.isEmpty && !exchangeHasDatagram
            if isSaid || nowNs - phaseSinceNs >= Self.goodbyeNsMax { phase = .over }
        case .over:
            break
        }
        followScript(nowNs)
        return work + answerQueries(nowNs) + sendReports(nowNs)
    }

    /// Ends the session for everybody; what waits is still sent.
    func end(_ nowNs: UInt64) {
        if report.elapsedNs == 0, phase == .playing { report.elapsedNs = nowNs - startedNs }
        exchange.endSession(atNs: exchangeNs(nowNs))
        for client in clients where !exchange.shouldClose(client.id) {
            // Connected and never logged on: there is nothing to end in order.
            exchange.drop(client.id, atNs: exchangeNs(nowNs))
        }
        phase = .ending
        phaseSinceNs = nowNs
    }

    /// Brings the report up to date.
    func update(_ nowNs: UInt64) {
        report.orders = UInt64(exchange.counters.ordersEntered)
        report.rejects = UInt64(exchange.counters.ordersRejected)
        report.executions = UInt64(exchange.executionCount)
        if phase == .playing || phase == .settling || phase == .ending { gate.look(nowNs) }
        report.drops = gate.drops
        report.pausedNs = gate.pausedNs
        if phase == .playing { report.elapsedNs = nowNs - startedNs }
        if let damage = source?.damage { report.damage = "\(damage)" }
    }
}
