internal import Synchronization

/// Which backend's thread answers now; the others sleep. Shared by the threads of a calibration.
final class ActiveBackend: Sendable {
    private static let nobody = -1
    private static let over = -2
    private let number = Atomic<Int>(ActiveBackend.nobody)

    // release, pairs with the acquire in echo(on:_:).
    func set(_ backend: NetworkBackend) { number.store(Int(backend.rawValue), ordering: .releasing) }
    func end() { number.store(Self.over, ordering: .releasing) }

    /// Connects, and answers each datagram as long as `backend` is the active one, until the end.
    func echo(on backend: NetworkBackend, _ io: inout NetworkIO) {
        let answer = [UInt8](repeating: 7, count: CalibrationDriver.answerBytes)
        io.connect(session: 0)
        // SAFETY: the array stands still inside the closure.
        unsafe answer.withUnsafeBytes { answer in
            while true {
                let now = number.load(ordering: .acquiring)
                if now == Self.over { return }
                let isOpen = io.connection(session: 0) == .open
                guard isOpen, now == Int(backend.rawValue) else {
                    Clock.sleep(ns: 500_000)
                    continue
                }
                if !io.receiveDatagram(stream: 0).isEmpty { _ = unsafe io.send(session: 0, answer) }
                // As an engine does, which also listens to its venue.
                _ = io.receive(session: 0)
            }
        }
    }
}

/// The other side of one backend: where its market data comes from and its orders go.
struct CalibrationPeer {
    let backend: NetworkBackend
    let sender: UdpSender
    let listener: TcpListener
}

/// Sends the datagrams and takes the times, on a thread of its own.
struct CalibrationDriver: @unchecked Sendable {
    static let datagramBytes = 64
    static let answerBytes = 50
    static let turnCount = 8
    /// Rounds at the start of a turn that do not count.
    static let warmUpCount = 20
    static let roundsOfTurnMax = 400
    /// An answer that takes longer is taken for none, and the backend is out.
    static let answerNsMax: UInt64 = 20_000_000
    static let connectNsMax: UInt64 = 200_000_000

    let peers: [CalibrationPeer]
    let clock: Clock
    private var buffer = [UInt8](repeating: 0, count: 4096)

    init(peers: [CalibrationPeer], clock: Clock) {
        self.peers = peers
        self.clock = clock
    }

    /// The times of each peer's rounds; none where one did not answer.
    mutating func run(_ active: ActiveBackend) -> [[UInt64]] {
        var samples = peers.map { _ in [UInt64]() }
        var connections = peers.map { accept($0) }
        let turnNsMax = NetworkCalibration.timeNsMax / UInt64(Self.turnCount * peers.count)
        for _ in 0..<Self.turnCount {
            for (index, peer) in peers.enumerated() {
                guard let connection = connections[index] else { continue }
                active.set(peer.backend)
                let endNs = clock.nowNs() &+ turnNsMax
                for round in 0..<Self.roundsOfTurnMax {
                    guard let ns = self.round(peer, connection) else {
                        samples[index] = []
                        connections[index] = nil
                        break
                    }
                    if round >= Self.warmUpCount { samples[index].append(ns) }
                    if clock.nowNs() > endNs { break }
                }
            }
        }
        return samples
    }

    private func accept(_ peer: CalibrationPeer) -> TcpConnection? {
        let limitNs = clock.nowNs() &+ Self.connectNsMax
        while clock.nowNs() < limitNs {
            if let connection = peer.listener.accept() { return connection }
            Clock.sleep(ns: 50_000)
        }
        return nil
    }

    /// There and back; `nil`: no answer.
    private mutating func round(_ peer: CalibrationPeer, _ connection: TcpConnection) -> UInt64? {
        let startNs = clock.nowNs()
        var got = 0
        // SAFETY: the array stands still inside the closure.
        return unsafe buffer.withUnsafeMutableBytes { buffer in
            guard unsafe peer.sender.send(UnsafeRawBufferPointer(rebasing: buffer[..<Self.datagramBytes]))
            else { return nil }
            while got < Self.answerBytes {
                got += unsafe connection.receive(into: buffer)
                if clock.nowNs() &- startNs > Self.answerNsMax { return nil }
            }
            return clock.nowNs() &- startNs
        }
    }
}

/// Carries the times from the driver's thread.
final class CalibrationResults: Sendable {
    private let samples = Mutex<[[UInt64]]>([])
    func set(_ new: [[UInt64]]) { samples.withLock { $0 = new } }
    func get() -> [[UInt64]] { samples.withLock { $0 } }
}
