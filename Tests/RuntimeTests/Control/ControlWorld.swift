import Core
import Feeds
import Foundation
import Memory
import Model
import Plumbing
import Settings
import Venues

@testable import Runtime

struct Quiet: Strategy {}

/// A control agent and an engine without network, turned by hand on the test's thread, and clients of its socket.
final class ControlWorld {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        // A socket's path has little room.
        "c-\(UUID().uuidString.prefix(8))"
    ).path
    let agent: ControlAgent
    var engine: Engine<Quiet, StillIO>
    /// The agent's clock.
    var nowNs: UInt64 = 1_000_000_000
    /// The engine takes part.
    var isEngineAlive = true

    init(
        symbols: [String] = ["SPIN", "TAIL"], backOffice: BackOfficeClient? = nil,
        fromHotBytes: Int = 1 << 20
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var core = CoreConfiguration()
        core.instruments = symbols.map { InstrumentDefinition(symbol: Symbol($0)!) }
        core.instrumentCountMax = 256
        core.bookOrderCountMax = 1_024
        core.bookLevelCountMax = 1_024
        core.orderCountMax = 2_048
        core.residueCountMax = 1_024
        core.executionCountMax = 1_024
        core.hasBackOffice = true
        core.reconciliationNs = 0
        let session = OuchSessionConfiguration(
            username: "spine", password: "tail", heartbeatNs: 1_000_000_000)
        let ring = try JournalRing(path: nil, capacity: 1 << 20, runID: RunID(low: 1, high: 1), epoch: 7)
        engine = Engine(
            core: TradingCore(core), strategies: Quiet(), io: StillIO(),
            feeds: FixedList(count: 1) { _ in MarketFeed(FeedConfiguration(.itch50)) },
            sessions: FixedList(count: 1) { OuchSession(session, index: UInt8($0)) },
            journal: EngineJournal(ring, isOn: false), measures: false)
        let toHot = try RecordRing(capacity: 1 << 16)
        let fromHot = try RecordRing(capacity: fromHotBytes)
        let link = EngineLink(outgoing: toHot, incoming: fromHot.reader())
        engine.control = ControlPort(incoming: link.reader(), outgoing: fromHot)
        var status = ControlStatus(
            run: "cafe", epoch: 7, version: "test", folder: folder, process: 1, clients: 0)
        status.reconciliations.isOn = true
        var configuration = ControlAgent.Configuration(
            status: status, clock: RunClock(epoch: 7, utcAtZeroNs: 0))
        configuration.strategies = ["quiet"]
        configuration.backOffice = backOffice
        let listener = try LocalListener(path: "\(folder)/a.control")
        agent = ControlAgent(configuration, listener: listener, link: link)
        engine.start(epoch: 7, utcAtZeroNs: 0, nowNs: 1_000)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func client() throws -> ControlTester { try ControlTester(path: agent.listener!.path) }

    /// Both sides, so many times.
    func turn(_ count: Int = 1) {
        for _ in 0..<count {
            nowNs += 1_000_000
            _ = agent.step(nowNs: nowNs)
            if isEngineAlive { _ = engine.run(turns: 8) }
        }
    }

    /// Turns until the client has so many lines, or a thousand times.
    func lines(_ client: ControlTester, _ count: Int = 1) -> [ControlLine] {
        for _ in 0..<1_000 {
            client.receive()
            if client.lines.count >= count { break }
            turn()
        }
        defer { client.lines = [] }
        return client.lines
    }

    /// Orders that the venue has, as its stream tells them.
    func accept(_ numbers: ClosedRange<UInt32>, instrument: UInt32 = 0) {
        for number in numbers {
            var input = Input(kind: .orderAccepted)
            input.user_ref = number
            input.quantity = 100
            input.price = 10_000
            input.execution_id = UInt64(number) + 1_000
            input.instrument = instrument
            input.side = Side.buy.rawValue
            // One of ours, of another life.
            input.flags = 2
            engine.step(&input, nowNs: engine.io.clockNs)
        }
    }
}

/// A client that says whatever a test wants, in pieces of any size.
final class ControlTester {
    let connection: LocalConnection
    var lines: [ControlLine] = []
    var bytes: [UInt8] = []

    init(path: String) throws { connection = try LocalConnection(to: path) }

    func say(_ text: String) {
        let bytes = Array(text.utf8)
        // SAFETY: the array stands during the call.
        unsafe bytes.withUnsafeBytes { _ = unsafe connection.send($0) }
    }

    func receive() {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: as above.
            let count = unsafe room.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
            guard count > 0 else { break }
            bytes += room[..<count]
        }
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            if let line = try? ControlLine(json: bytes[..<end]) { lines.append(line) }
            bytes.removeFirst(end + 1)
        }
    }
}
