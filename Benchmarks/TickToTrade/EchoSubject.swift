import CSpinetailEchoes
import Journal
import Plumbing

/// A bare C echo on the engine's core, and beside it a writer that has as much to write as the engine's journal.
final class EchoSubject {
    let backend: Int32
    private let driver: TradeDriver
    private let venue: TradeVenue
    private let sender: UdpSender
    private let echo: EchoThread
    private let ring: JournalRing
    private let journal: JournalThread
    private var packets = TradePackets()
    private let record = [UInt8](repeating: 0x55, count: TickToTradeBenchmark.journalByteCount)

    static func name(_ backend: Int32) -> String { unsafe String(cString: st_echo_name(backend)) }

    /// The echo that goes to the network as the engine does.
    static func backend(of network: NetworkBackend) -> Int32 {
        switch network {
        case .sockets: Int32(ST_ECHO_SOCKETS)
        case .uring: Int32(ST_ECHO_URING_MULTISHOT)
        case .uringSingleShot: Int32(ST_ECHO_URING_SINGLE_SHOT)
        case .uringPolled: Int32(ST_ECHO_URING_SQPOLL)
        }
    }

    init(_ backend: Int32, driver: TradeDriver, folder: String) throws {
        self.backend = backend
        self.driver = driver
        venue = try TradeVenue()
        echo = try EchoThread(
            backend, core: TickToTradeBenchmark.engineCore, venue: venue.address, answer: TradeVenue.order())
        sender = try UdpSender(to: .loopback(echo.port))
        let giveUpNs = driver.clock.nowNs() + 1_000_000_000
        while !venue.isConnected {
            guard driver.clock.nowNs() < giveUpNs else { throw BenchmarkFailure("the echo did not connect") }
            venue.accept()
        }
        let runID = RunID(low: 2, high: UInt64(backend))
        ring = try JournalRing(
            path: nil, capacity: TickToTradeBenchmark.ringByteCount, runID: runID, epoch: 1)
        var settings = JournalSettings(folder: folder, runID: runID, epoch: 1)
        settings.segmentByteCount = 64 << 20
        settings.commitNs = 10_000_000
        journal = try JournalThread(
            try JournalWriter(settings, reader: ring.reader(), disk: UringDisk()), clock: driver.clock)
    }

    deinit { _ = journal.stop() }

    func block(count: Int) throws -> TradeDriver.Block {
        try echo.begin()
        defer { echo.rest() }
        Clock.sleep(ns: 300_000)
        var next = packets.next()
        let block = driver.run(
            count: count,
            send: {
                unsafe next.withUnsafeBytes { bytes in
                    // SAFETY: the bytes are there during the call.
                    while unsafe !sender.send(bytes) {}
                }
                next = packets.next()
            },
            poll: { venue.poll() },
            answered: {
                venue.answer()
                _ = unsafe record.withUnsafeBytes { unsafe ring.append(.text, stream: 0, bytes: $0) }
            })
        guard block.lost < count else { throw BenchmarkFailure("it answered nothing") }
        return block
    }
}
