import Core
import Memory
import Model
import Plumbing
import Runtime
import Simulation
import Venues

/// The exchange on the other side of a benchmark: agents trade with each other and with the engine, in its own time,
/// one packet at a time.
final class Market {
    typealias BenchEngine = Engine<EngineBenchmark.Strategies, MemoryIO>

    private let exchange: Exchange
    /// The engine's connection as the exchange knows it; 0: none yet.
    private var connection = 0
    /// Told what the thread had cost before and after each packet, while set.
    var cost: ((ThreadCounters, ThreadCounters) -> Void)?

    init(_ scale: Scale) {
        let symbols = ["AAPL", "MSFT", "GOOG", "AMZN", "NVDA", "IBM", "ORCL", "INTC"]
        exchange = Exchange(
            ExchangeConfiguration(
                instruments: symbols.map { ExchangeInstrument(symbol: Symbol($0)!) },
                accounts: [ExchangeAccount(username: "bench", password: "bench")],
                flow: FlowConfiguration(seed: 11, eventsPerSecond: 100_000)))
    }

    /// Logs the engine on: twice, because at first it only asks where the venue's stream stands.
    func connect(_ engine: inout BenchEngine) {
        for _ in 0..<64 where engine.sessions[0].phase != .up {
            _ = engine.turn()
            exchange(&engine)
        }
        precondition(engine.sessions[0].phase == .up, "Invariant: the exchange lets the engine in")
    }

    /// One packet to the engine, timed by the engine itself; then, untimed, its orders to the exchange and the answers
    /// back.
    func turn(
        _ engine: inout BenchEngine, _ journal: inout JournalDrain,
        _ hot: (inout BenchEngine, UnsafeRawBufferPointer) -> Void
    ) {
        while unsafe exchange.nextDatagram() == nil { exchange.advance(toNs: exchange.nextWakeNs) }
        // SAFETY: the datagram stands until it is popped.
        guard let datagram = unsafe exchange.nextDatagram() else { return }
        if let cost {
            let before = ThreadCounters.current()
            unsafe hot(&engine, datagram)
            cost(before, ThreadCounters.current())
        } else {
            unsafe hot(&engine, datagram)
        }
        exchange.popDatagram()
        exchange(&engine)
        _ = engine.turn()
        exchange(&engine)
        journal.empty()
    }

    /// Bytes both ways.
    private func exchange(_ engine: inout BenchEngine) {
        if engine.io.connectionNumber != connection {
            if connection != 0 { exchange.connectionClosed(connection, atNs: exchange.nowNs) }
            connection = engine.io.connectionNumber
            exchange.connectionOpened(connection, atNs: exchange.nowNs)
        }
        // SAFETY: the bytes stand during the calls, and each side copies them.
        unsafe engine.io.takeSent { unsafe exchange.received(connection, $0, atNs: exchange.nowNs) }
        let answer = unsafe exchange.output(connection)
        guard unsafe !answer.isEmpty else { return }
        let taken = unsafe engine.io.put(answer)
        exchange.consumed(connection, taken)
    }
}
