/// Which backend is fastest on this machine, now: a datagram in by UDP and bytes out by TCP over loopback, there and
/// back, on each in turn, a few hundred rounds at a time so that what the machine does meanwhile meets them all.
///
/// Cold, at start, before the run's own sockets are opened. It ends within ``timeNsMax`` and a little.
public struct NetworkCalibration: Sendable, Equatable {
    /// What one backend came to.
    public struct Figure: Sendable, Equatable {
        public let backend: NetworkBackend
        /// Rounds that count; 0: it was not tried, or gave no answer, see ``note``.
        public var roundCount = 0
        /// From the datagram's send to the last byte of the answer, median and 99th of a hundred.
        public var p50Ns: UInt64 = 0
        public var p99Ns: UInt64 = 0
        /// Why there are no rounds.
        public var note: String?
    }

    /// In the order of ``NetworkBackend``.
    public internal(set) var figures: [Figure] = []
    public internal(set) var chosen = NetworkBackend.sockets
    public internal(set) var tookNs: UInt64 = 0

    public static let timeNsMax: UInt64 = 240_000_000
    /// Another backend than plain sockets must be faster by this, so that noise does not choose.
    static let marginPermille: UInt64 = 20
    /// A thread of the kernel's that spins, ours and the one across must each have a core.
    static let pollingCoreCountMin = 4

    /// - Parameters:
    ///   - hotCore: Where the hot thread will run; −1: anywhere.
    ///   - peerCore: Where the other side runs meanwhile; −1: anywhere.
    public static func run(
        options: NetworkOptions, hotCore: Int, peerCore: Int, clock: Clock
    ) -> NetworkCalibration {
        let startNs = clock.nowNs()
        var calibration = NetworkCalibration()
        let active = ActiveBackend()
        var peers: [CalibrationPeer] = []
        var threads: [EngineThread] = []
        for backend in NetworkBackend.allCases {
            var figure = Figure(backend: backend)
            if backend == .uringPolled, Threads.coreCount < pollingCoreCountMin {
                figure.note =
                    "not tried: it wants a core for the kernel's thread, and there are \(Threads.coreCount)"
            } else if Threads.coreCount < 2 {
                figure.note = "not tried: one core cannot play both sides"
            } else {
                do throws(SetupError) {
                    let listener = try TcpListener(.loopback(0))
                    var warnings: [String] = []
                    let io = try NetworkIO(
                        backend,
                        streams: [StreamSettings(listen: .loopback(0), receiveBufferBytes: 1 << 20)],
                        sessions: [SessionSettings(venue: listener.localAddress)], options: options,
                        clock: clock, warnings: &warnings)
                    let sender = try UdpSender(to: io.listenAddress(stream: 0))
                    threads.append(
                        try EngineThread(name: "calibration", holding: io) { io in
                            if hotCore >= 0 { _ = Threads.pin(core: hotCore) }
                            active.echo(on: backend, &io)
                        })
                    peers.append(CalibrationPeer(backend: backend, sender: sender, listener: listener))
                } catch {
                    figure.note = error.description
                }
            }
            calibration.figures.append(figure)
        }
        if !peers.isEmpty {
            calibration.measure(peers, active, peerCore: peerCore, clock: clock)
        }
        active.end()
        for thread in threads { thread.join() }
        calibration.choose()
        calibration.tookNs = clock.nowNs() &- startNs
        return calibration
    }

    /// Drives the peers from a thread of its own, so that the caller keeps the cores it may use.
    private mutating func measure(
        _ peers: [CalibrationPeer], _ active: ActiveBackend, peerCore: Int, clock: Clock
    ) {
        let shared = CalibrationResults()
        guard
            let driver = try? EngineThread(
                name: "calibrator", holding: CalibrationDriver(peers: peers, clock: clock),
                { driver in
                    if peerCore >= 0 { _ = Threads.pin(core: peerCore) }
                    shared.set(driver.run(active))
                })
        else { return }
        driver.join()
        for (peer, samples) in zip(peers, shared.get()) {
            guard let place = figures.firstIndex(where: { $0.backend == peer.backend }) else { continue }
            guard !samples.isEmpty else {
                figures[place].note = "no answer within \(CalibrationDriver.answerNsMax / 1_000_000) ms"
                continue
            }
            let sorted = samples.sorted()
            figures[place].roundCount = sorted.count
            figures[place].p50Ns = sorted[sorted.count / 2]
            figures[place].p99Ns = sorted[sorted.count * 99 / 100]
        }
    }

    /// The fastest median; plain sockets where the others are not faster by more than the margin.
    mutating func choose() {
        chosen = .sockets
        var best = figures.first { $0.backend == .sockets }?.p50Ns ?? 0
        for figure in figures where figure.roundCount > 0 {
            if best == 0 || figure.p50Ns * 1000 < best * (1000 - Self.marginPermille) {
                best = figure.p50Ns
                chosen = figure.backend
            }
        }
    }
}

extension NetworkCalibration: CustomStringConvertible {
    /// "sockets 7540 ns, uring 1.08 x, uring_single_shot 1.06 x": what was measured, against plain sockets.
    public var description: String {
        let measured = figures.filter { $0.roundCount > 0 }
        guard let base = measured.first else { return "nothing could be measured" }
        return measured.map { figure in
            if figure.backend == base.backend { return "\(figure.backend.name) \(figure.p50Ns) ns" }
            let hundredths = (figure.p50Ns * 100 + base.p50Ns / 2) / base.p50Ns
            let fraction = hundredths % 100
            return "\(figure.backend.name) \(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) x"
        }.joined(separator: ", ")
    }
}
