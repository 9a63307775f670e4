import Core
import Memory
import Model
import Plumbing
import Runtime
import Simulation
import Venues

/// The market of a benchmark, recorded ahead: an exchange whose agents trade with each other and with an engine, and
/// everything that the engine was given, in its order. The core is deterministic: another engine that is given the
/// same gives the same orders, so the exchange is not needed again and does not share its caches with what is measured.
final class Market {
    typealias BenchEngine = Engine<EngineBenchmark.Strategies, MemoryIO>

    /// What the engine is given, one after the other: a packet of market data, then bytes of the venue session.
    private var bytes: [UInt8] = []
    private var packetCounts: [Int32] = []
    private var answerCounts: [Int32] = []
    /// Orders that the recording engine sent.
    private(set) var orderCount: UInt64 = 0
    var packetCount: Int { packetCounts.count }

    /// Records `packetCount` packets and the session's bytes.
    init(packetCount: Int, _ engine: inout BenchEngine, _ journal: inout JournalDrain) {
        let recorder = Recorder()
        recorder.connect(&engine)
        answers(recorder.given)
        recorder.given.removeAll()
        for _ in 0..<packetCount {
            let packet = recorder.turn(&engine, &journal)
            bytes += packet
            packetCounts.append(Int32(packet.count))
            answers(recorder.given)
            recorder.given.removeAll()
        }
        orderCount = engine.counters.orders
    }

    private func answers(_ given: [UInt8]) {
        bytes += given
        answerCounts.append(Int32(given.count))
    }

    /// Gives everything to an engine: `hot` is one packet, timed by the engine itself.
    func play(
        _ engine: inout BenchEngine, _ journal: inout JournalDrain, from first: Int = 0, offset: inout Int,
        count: Int,
        _ hot: (inout BenchEngine, UnsafeRawBufferPointer) -> Void
    ) {
        unsafe bytes.withUnsafeBytes { bytes in
            for index in first..<first + count {
                let packet = Int(packetCounts[index])
                // As the live loop has it: what is due, and what the sessions have, comes in a turn of its own.
                _ = engine.turn()
                // SAFETY: the counts were made with the bytes.
                unsafe hot(&engine, UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + packet]))
                offset += packet
                unsafe give(&engine, bytes, &offset, Int(answerCounts[index + 1]))
                if index & 15 == 0 { journal.empty() }
            }
        }
    }

    /// Logs an engine on: the same bytes that the recording one was given.
    func logOn(_ engine: inout BenchEngine, offset: inout Int) {
        unsafe bytes.withUnsafeBytes { bytes in
            _ = engine.turn()
            _ = engine.turn()
            unsafe give(&engine, bytes, &offset, Int(answerCounts[0]))
        }
    }

    private func give(
        _ engine: inout BenchEngine, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ count: Int
    ) {
        // What the engine sent goes nowhere: the answer is known.
        engine.io.forgetSent()
        guard count > 0 else { return }
        // SAFETY: the counts were made with the bytes.
        let taken = unsafe engine.io.put(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        precondition(taken == count, "Invariant: the buffer holds one turn's answers")
        offset += count
        engine.look()
    }
}

/// The exchange while the market is recorded.
private final class Recorder {
    private let exchange: Exchange
    private var opened = 0
    /// What the engine has been given of the session's bytes since it was last taken out.
    var given: [UInt8] = []

    init() {
        let symbols = ["AAPL", "MSFT", "GOOG", "AMZN", "NVDA", "IBM", "ORCL", "INTC"]
        let configuration = ExchangeConfiguration(
            instruments: symbols.map { ExchangeInstrument(symbol: Symbol($0)!) },
            accounts: [ExchangeAccount(username: "bench", password: "bench")],
            flow: FlowConfiguration(seed: 11, eventsPerSecond: 100_000))
        exchange = Exchange(configuration)
    }

    /// Logs the engine on while the stream is still empty, so that one log-on is enough.
    func connect(_ engine: inout Market.BenchEngine) {
        for _ in 0..<16 where engine.sessions[0].phase != .up {
            _ = engine.turn()
            swap(&engine)
        }
        precondition(engine.sessions[0].phase == .up, "Invariant: the exchange lets the engine in")
    }

    /// One packet to the engine, its orders to the exchange, the answers back.
    func turn(_ engine: inout Market.BenchEngine, _ journal: inout JournalDrain) -> [UInt8] {
        while unsafe exchange.nextDatagram() == nil { exchange.advance(toNs: exchange.nextWakeNs) }
        // SAFETY: the datagram stands until it is popped.
        guard let datagram = unsafe exchange.nextDatagram() else { return [] }
        let packet = unsafe Array(datagram)
        exchange.popDatagram()
        unsafe packet.withUnsafeBytes { unsafe hotPackets(&engine, $0) }
        swap(&engine)
        engine.look()
        swap(&engine)
        journal.empty()
        return packet
    }

    /// Bytes both ways.
    private func swap(_ engine: inout Market.BenchEngine) {
        let connection = engine.io.connectionCount
        if connection != opened {
            if opened > 0 { exchange.connectionClosed(opened, atNs: exchange.nowNs) }
            exchange.connectionOpened(connection, atNs: exchange.nowNs)
            opened = connection
            given.removeAll()
        }
        // SAFETY: the bytes stand during the calls, and each side copies them.
        unsafe engine.io.takeSent { unsafe exchange.received(connection, $0, atNs: exchange.nowNs) }
        let answer = unsafe exchange.output(connection)
        guard unsafe !answer.isEmpty else { return }
        let taken = unsafe engine.io.put(answer)
        unsafe given += answer.prefix(taken)
        exchange.consumed(connection, taken)
    }
}

extension Engine where Strategies == EngineBenchmark.Strategies, IO == MemoryIO {
    /// As many turns as it takes until the venue session has been looked at, silent or not.
    fileprivate mutating func look() { for _ in 0..<4 { _ = turn() } }
}
