import Foundation
import Model
import Simulation

extension Verb {
    /// `spinetail generate`: a day of market data from a seed, as a file.
    static let generate = Verb(
        name: "generate", summary: "writes an ITCH 5.0 file made from a seed",
        positionals: [
            PositionalArgument("FILE", "the file to write; one that is there is kept unless --force")
        ],
        options: [
            .value("seed", "N", "everything in the file follows from it (default 1)"),
            .value("messages", "N", "messages after which the day ends (default 1000000)"),
            .value("instruments", "N", "instruments, named SPA, SPB … (default 8)"),
            .value("events-per-second", "N", "commands of the agents in a second of the day (default 20000)"),
            .flag("force", "write over a file that is there"),
            .flag("json", "print what was written as one JSON object"),
        ],
        notes: """
            Agents add, cancel, replace and cross orders in the matching engine of `spinetail venue`, and its publisher
            writes what it would send: each message behind its length in two bytes. The same options give the same bytes.
            Play it with `tools/run FILE`.
            """
    ) { arguments in
        let path = arguments.positionals[0]
        let seed = try arguments.whole("seed", in: 0...Int.max) ?? 1
        let messages = try arguments.whole("messages", in: 1...10_000_000_000) ?? 1_000_000
        let instruments = try arguments.whole("instruments", in: 1...10_000) ?? 8
        let rate = try arguments.whole("events-per-second", in: 1...10_000_000) ?? 20_000
        if FileManager.default.fileExists(atPath: path), !arguments.flag("force") {
            throw CommandFailure(
                "\(path) is there already", remedy: "name another file, or give --force to write over it")
        }
        let flow = FlowConfiguration(seed: UInt64(seed), eventsPerSecond: UInt64(rate))
        let generator = ItchFileGenerator(
            instruments: ExchangeInstrument.numbered(instruments), messageCount: UInt64(messages), flow: flow)
        let written = try generator.write(to: path)
        if arguments.flag("json") {
            arguments.output.line(
                JsonObject()
                    .add("file", path).add("seed", seed).add("messages", written.messages).add(
                        "bytes", written.bytes
                    )
                    .add("trades", written.trades).add("live_orders", written.liveOrders).text)
        } else {
            arguments.output.line(
                "\(path): \(written.messages) messages, \(written.bytes) bytes, \(written.trades) trades, "
                    + "\(written.liveOrders) orders still in the books")
        }
        return 0
    }
}
