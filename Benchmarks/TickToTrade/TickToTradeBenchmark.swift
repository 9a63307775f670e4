import CSpinetailEchoes
import Core
import Foundation
import Journal
import Memory
import Model
import Plumbing
import Runtime

/// From a datagram that is due on one core to the order's bytes received there again, the engine being on another.
enum TickToTradeBenchmark: Benchmark {
    static let name = "tick-to-trade"
    static let what = """
        a market data packet by UDP, an order back by TCP, over loopback, the driver on core 0 and the engine on core 1, \
        journal on; beside it bare C echoes of the same shape on every way to the network, run by turns, with an equal \
        writer; from when a packet was due
        """
    static let why =
        "the ratio to the bare echo is what the engine adds to what kernel and machine take anyway"
    static let leftOut = "the wire, the card, and other traffic"

    static let driverCore = 0
    static let engineCore = 1
    static let orderByteCount = 50
    /// An OrderAccepted and an OrderCanceled, each in its frame.
    static let replyByteCount = 3 + 66 + 3 + 20
    /// What the engine's journal takes a packet: the packet, three facts of the order, and what is heard of it.
    static let journalByteCount = 1_000
    /// As a run has it by default: the writer may be kept waiting by another's disk for longer than a block lasts.
    static let ringByteCount = 64 << 20

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        guard ProcessInfo.processInfo.activeProcessorCount >= 2 else {
            throw BenchmarkFailure("it takes two cores: one for the driver, one for the engine")
        }
        if let refusal = Threads.pin(core: driverCore).refusal { run.say("not pinned: \(refusal)") }
        return try TickToTrade(run).figures()
    }
}

/// The concrete hot paths, so that the compiler proves them: no lock, no allocation, no reference counting.
#if !DEBUG
@_noLocks
#endif
private func hotTurns(_ engine: inout LiveEngine<OneAtATime>, _ turns: Int) -> Int {
    engine.run(turns: turns)
}
#if !DEBUG
@_noLocks
#endif
private func hotTurnsOfSixteen(_ engine: inout LiveEngine<SixteenAtOnce>, _ turns: Int) -> Int {
    engine.run(turns: turns)
}

/// An order at each change of the quote, whatever became of the last: every packet has its answer.
struct OneAtATime: Strategy, Sendable {
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard quote.bidQuantity.raw > quote.askQuantity.raw, quote.askQuantity.raw > 0 else { return }
        context.signal(
            Signal(
                instrument: quote.instrument, action: .buy, limit: quote.ask, quantity: Quantity(raw: 1),
                timeInForce: .immediateOrCancel))
    }
}

/// Sixteen orders at each change of the quote, for the cost of a send that they share.
struct SixteenAtOnce: Strategy, Sendable {
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard quote.bidQuantity.raw > quote.askQuantity.raw, quote.askQuantity.raw > 0 else { return }
        for _ in 0..<16 {
            context.signal(
                Signal(
                    instrument: quote.instrument, action: .buy, limit: quote.ask,
                    quantity: Quantity(raw: 1),
                    timeInForce: .immediateOrCancel))
        }
    }
}

/// One subject that trades: its network, its venue, its packets.
private final class EngineSubject<Strategies: StrategySet & ~Copyable & Sendable> {
    let venue: TradeVenue
    let engine: TickEngine<Strategies>
    private let sender: UdpSender
    private var packets = TradePackets()
    /// Made before it is due, so that making it is no part of what is timed.
    private var next: [UInt8] = []
    private let driver: TradeDriver

    init(
        _ backend: NetworkBackend, driver: TradeDriver, folder: String, strategies: consuming Strategies,
        stageCores: (feed: Int, venue: Int)? = nil, yields: Bool = false,
        _ turns: @escaping @Sendable (inout LiveEngine<Strategies>, Int) -> Int
    ) throws {
        self.driver = driver
        venue = try TradeVenue()
        // A port that was free a moment ago; should somebody have taken it since, opening says so.
        let port = try UdpSender(to: nil, from: .loopback(0)).localAddress.port
        sender = try UdpSender(to: .loopback(port))
        engine = try TickEngine(
            backend, core: TickToTradeBenchmark.engineCore, streamPort: port, venue: venue.address,
            clock: driver.clock,
            folder: folder, strategies: strategies, stageCores: stageCores, yields: yields, turns)
    }

    /// Log-on, the standing orders, and `count` packets more.
    func warmUp(count: Int) throws {
        engine.set(.run)
        let giveUpNs = driver.clock.nowNs() + 5_000_000_000
        while !venue.isLoggedOn || driver.clock.nowNs() < giveUpNs - 4_900_000_000 {
            guard driver.clock.nowNs() < giveUpNs else { throw BenchmarkFailure("the engine did not log on") }
            venue.accept()
            if venue.poll() > 0 { venue.answer() }
        }
        for packet in packets.opening() {
            send(packet)
            Clock.sleep(ns: 1_000_000)
        }
        let before = venue.orderCount
        _ = block(count: count)
        // A machine that is busy elsewhere may lose some.
        guard venue.orderCount > before + UInt64(count / 20) else {
            throw BenchmarkFailure("the engine answered \(venue.orderCount - before) of \(count) packets")
        }
        engine.set(.rest)
    }

    func block(count: Int) -> TradeDriver.Block {
        if next.isEmpty { next = packets.next() }
        return driver.run(
            count: count,
            send: {
                send(next)
                next = packets.next()
            },
            poll: { venue.poll() }, answered: { venue.answer() })
    }

    /// One that counts.
    func measuredBlock(_ task: TickTask = .measure, count: Int) -> TradeDriver.Block {
        engine.set(task)
        Clock.sleep(ns: 300_000)
        defer {
            engine.set(.rest)
            Clock.sleep(ns: 300_000)
        }
        return block(count: count)
    }

    private func send(_ packet: [UInt8]) {
        unsafe packet.withUnsafeBytes { bytes in
            // SAFETY: the bytes are there during the call.
            while unsafe !sender.send(bytes) {}
        }
    }
}

/// All subjects, by turns.
private final class TickToTrade {
    private let rounds: Int
    private let packetCount: Int
    private let warmUpCount: Int
    private let clock = Clock.calibrated()
    private let driver: TradeDriver
    private let folder: URL

    private let say: (String) -> Void

    init(_ run: BenchmarkRun) throws {
        rounds = run.count(15, smoke: 2)
        packetCount = run.count(2_000, smoke: 100)
        warmUpCount = run.count(20_000, smoke: 500)
        say = run.say
        driver = TradeDriver(
            clock: clock, intervalNs: 40_000, answerByteCount: TickToTradeBenchmark.orderByteCount)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "spinetail-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func subfolder(_ name: String) throws -> String {
        let made = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        return made.path
    }

    func figures() throws -> [BenchmarkRow] {
        let network = NetworkCalibration.run(
            options: NetworkOptions(), hotCore: TickToTradeBenchmark.engineCore,
            peerCore: TickToTradeBenchmark.driverCore, clock: clock
        ).chosen
        let engine = try EngineSubject(
            network, driver: driver, folder: try subfolder("engine"),
            strategies: OneAtATime(), hotTurns)
        try engine.warmUp(count: warmUpCount)
        let echoes = try startedEchoes()
        guard let own = echoes.firstIndex(where: { $0.backend == EchoSubject.backend(of: network) }) else {
            throw BenchmarkFailure("the engine's way to the network, \(network), has no echo")
        }
        let others = echoes.indices.filter { $0 != own }
        var measured = Rounds(echoCount: echoes.count)
        for round in 0..<rounds {
            // The pair whose ratio counts stands together, each of the two first in every other round, and the line
            // is measured around it: two cores may be moved apart at any time.
            measured.lines.append(line())
            for turn in 0..<2 {
                if turn == round % 2 {
                    measured.wire.append(engine.measuredBlock(count: packetCount))
                } else {
                    measured.echoed[own].append(try echoes[own].block(count: packetCount))
                }
            }
            measured.lines.append(line())
            for place in others.indices {
                let other = others[(place + round) % others.count]
                measured.echoed[other].append(try echoes[other].block(count: packetCount))
            }
        }
        // Behind all that is timed: a list of calls stays with the thread, and each call costs more under it.
        _ = engine.measuredBlock(.count, count: packetCount)
        let cost = try engine.engine.end()
        if let others = cost.otherCalls, !others.isEmpty {
            say("system calls that are not the network's: \(others)")
        }
        for warning in cost.warnings { say(warning) }
        let sixteen = try sixteenAtOnce(network)
        let pipelined = try pipelined(network)
        return table(cost, sixteen, pipelined, measured, echoes.map { $0.backend }, own)
    }

    private func line() -> Double {
        LineTime.measure(clock: clock, peerCore: TickToTradeBenchmark.engineCore)
    }

    /// One on every way to the network that there is on this machine.
    private func startedEchoes() throws -> [EchoSubject] {
        var echoes: [EchoSubject] = []
        for backend in 0..<Int32(ST_ECHO_COUNT) {
            if backend == Int32(ST_ECHO_URING_SQPOLL), ProcessInfo.processInfo.activeProcessorCount < 3 {
                say("no echo over \(EchoSubject.name(backend)): the kernel's thread wants a third core")
                continue
            }
            do {
                let echo = try EchoSubject(
                    backend, driver: driver, folder: try subfolder("echo\(backend)"))
                _ = try echo.block(count: max(packetCount / 4, 50))
                echoes.append(echo)
            } catch {
                say("no echo over \(EchoSubject.name(backend)): \(error)")
            }
        }
        return echoes
    }

    private func sixteenAtOnce(_ network: NetworkBackend) throws -> Double {
        let sixteenDriver = TradeDriver(
            clock: clock, intervalNs: 200_000,
            answerByteCount: 16 * TickToTradeBenchmark.orderByteCount)
        let subject = try EngineSubject(
            network, driver: sixteenDriver, folder: try subfolder("sixteen"), strategies: SixteenAtOnce(),
            hotTurnsOfSixteen)
        try subject.warmUp(count: max(packetCount / 4, 50))
        subject.engine.set(.measure)
        _ = subject.block(count: packetCount)
        let cost = try subject.engine.end()
        return Double(cost.sendNsP50) / 16
    }

    /// The same engine with feed and venue thread. Where there are cores for them each spins on its own; else all three
    /// share the engine's core and yield to each other: the figure is then one of the scheduler.
    private func pipelined(_ network: NetworkBackend) throws -> [TradeDriver.Block] {
        let core = TickToTradeBenchmark.engineCore
        let yields = ProcessInfo.processInfo.activeProcessorCount < 4
        if yields {
            say(
                "pipelined: feed, hot and venue thread share core \(core) and yield to each other: four cores would give each "
                    + "its own, beside the driver's")
        }
        let subject = try EngineSubject(
            network, driver: driver, folder: try subfolder("pipelined"), strategies: OneAtATime(),
            stageCores: yields ? (core, core) : (core + 1, core + 2), yields: yields, hotTurns)
        try subject.warmUp(count: max(warmUpCount / 4, 50))
        var blocks: [TradeDriver.Block] = []
        for _ in 0..<max(rounds / 3, 1) {
            blocks.append(subject.measuredBlock(count: packetCount))
        }
        for warning in try subject.engine.end().warnings { say(warning) }
        return blocks
    }

    private func table(
        _ cost: TickCost, _ sixteen: Double, _ pipelined: [TradeDriver.Block], _ measured: Rounds,
        _ backends: [Int32], _ own: Int
    ) -> [BenchmarkRow] {
        func ns(_ value: Double) -> Figure { Figure(value: value, unit: "ns") }
        func ratio(_ value: Double) -> Figure { Figure(value: value, unit: "×") }
        let fastest = measured.fastestEcho ?? own
        let p50 = measured.ratios(own) { $0.p50Ns }
        var rows: [BenchmarkRow] = [
            ("line_ns_p50", ns(median(measured.lines)), nil),
            ("line_ns_max", ns(measured.lines.max() ?? .nan), nil),
            ("wire_ns_p50", ns(measured.wire { $0.p50Ns }), nil),
            ("wire_ns_p99", ns(measured.wire { $0.p99Ns }), nil),
            ("wire_ns_p999", ns(measured.wire { $0.p999Ns }), nil),
            ("pipelined_ns_p50", ns(median(pipelined.map { $0.p50Ns })), nil),
            ("pipelined_ns_p99", ns(median(pipelined.map { $0.p99Ns })), nil),
            ("echo_ns_p50", ns(measured.echo(own) { $0.p50Ns }), nil),
            ("echo_ns_p99", ns(measured.echo(own) { $0.p99Ns }), nil),
            ("echo_ns_p999", ns(measured.echo(own) { $0.p999Ns }), nil),
            ("wire_over_echo_p50", ratio(median(p50)), .atMost(1.03)),
            ("wire_over_echo_p50_quarter", ratio(quantile(p50, 0.25)), nil),
            ("wire_over_echo_p50_three_quarters", ratio(quantile(p50, 0.75)), nil),
            ("wire_over_echo_p99", ratio(median(measured.ratios(own) { $0.p99Ns })), .atMost(1.10)),
            ("wire_over_echo_p999", ratio(median(measured.ratios(own) { $0.p999Ns })), nil),
            (
                "wire_over_fastest_echo_p50", ratio(median(measured.ratios(fastest) { $0.p50Ns })),
                .atMost(1.05)
            ),
            ("send16_ns_per_order", ns(sixteen), .atMost(250)),
            ("engine_ns_p50", ns(Double(cost.engineNsP50)), nil),
            ("send_ns_p50", ns(Double(cost.sendNsP50)), nil),
            ("hot_allocated_bytes", Figure(value: Double(cost.allocatedBytes), unit: "bytes"), .atMost(0)),
            ("hot_page_faults", Figure(value: Double(cost.pageFaults), unit: "faults"), .atMost(0)),
            (
                "lost", Figure(value: Double(measured.wire.map { $0.lost }.reduce(0, +)), unit: "packets"),
                .atMost(0)
            ),
        ]
        if let others = cost.otherCalls {
            let count = others.values.reduce(0, +)
            rows.append(("hot_system_calls", Figure(value: Double(count), unit: "calls"), .atMost(0)))
        }
        for (index, backend) in backends.enumerated() {
            let name = "echo_\(EchoSubject.name(backend))"
            rows.append(("\(name)_p50", ns(measured.echo(index) { $0.p50Ns }), nil))
            rows.append(("\(name)_p99", ns(measured.echo(index) { $0.p99Ns }), nil))
            rows.append(("\(name)_p999", ns(measured.echo(index) { $0.p999Ns }), nil))
        }
        return rows
    }
}

/// A block of each subject for each round, in the order of the rounds.
private struct Rounds {
    var wire: [TradeDriver.Block] = []
    var echoed: [[TradeDriver.Block]]
    /// Nanoseconds there and back, before and behind each pair.
    var lines: [Double] = []

    init(echoCount: Int) { echoed = Array(repeating: [], count: echoCount) }

    func wire(_ part: (TradeDriver.Block) -> Double) -> Double { median(wire.map(part)) }
    func echo(_ index: Int, _ part: (TradeDriver.Block) -> Double) -> Double {
        median(echoed[index].map(part))
    }

    /// Engine over echo, one for each round: what disturbed both of a pair is in neither ratio.
    func ratios(_ echo: Int, _ part: (TradeDriver.Block) -> Double) -> [Double] {
        zip(wire, echoed[echo]).map { part($0) / part($1) }
    }

    var fastestEcho: Int? {
        echoed.indices.min { first, second in echo(first) { $0.p50Ns } < echo(second) { $0.p50Ns } }
    }
}
