import Feeds
import Foundation
import Model
import Plumbing
import Settings
import Simulation

/// `spinetail venue`: the exchange as a process of its own.
public enum VenueCommand {
    public static let verb = Verb(
        name: "venue", summary: "runs an exchange: market data by UDP, orders by TCP",
        positionals: [
            PositionalArgument(
                "FILE", required: false,
                "IEX DEEP 1.0 capture (pcap, pcapng) or ITCH 5.0 file to play, plain or by gzip; otherwise a market made from the seed"
            )
        ],
        options: .settings + [
            .value(
                "ports-file", "FILE", "write the ports, as settings of `spinetail run`, once all are open"),
            .value("seed", "N", "seed of the generated market (venue.seed)"),
            .value("instruments", "N", "instruments of the generated market (venue.instruments)"),
            .value("rate", "N", "events a second of the generated market (venue.events_per_second)"),
            .value("seconds", "N", "length of the generated market (venue.seconds)"),
            .value(
                "speed", "X",
                "pace of a capture: times its own, `max`, or `auto` for its own, faster where it would not end within a minute, long silences cut (venue.speed)"
            ),
            .value("start", "WHEN", "`logon`: when the first client has logged on (default); `immediately`"),
            .value("core", "N", "run on this core"),
            .value(
                "query-port", "PORT",
                "answer questions about orders, executions, positions and cash by TCP: Documentation/back-office.md; 0: any free port"
            ),
            .list("account", "USER:PASSWORD", "who may log on; otherwise the engine's own (broker.ouch)"),
            .value(
                "fault", "SCRIPT",
                "what to do wrong, as drop=N,delay_ms=N,reject=N,disconnect_after=N,bust=N,query_wrong=N (each Nth; 0: never); all in Documentation/back-office.md"
            ),
            .flag(
                "cancel-on-disconnect",
                "cancel every order of an account when its connection ends (venue.cancel_on_disconnect)"),
            .flag("progress", "a progress line each second, also where standard error is no terminal"),
            .flag("quiet", "no progress line"),
            .flag("json", "print the end report as one JSON object"),
        ],
        notes: """
            Ports 0 (venue.order_port, venue.request_port, venue.market_data_port) are any free ones. The ports file
            has a line each that `spinetail run --set` takes: feeds.0.protocol, feeds.0.port, feeds.0.request_port,
            broker.ouch.port and, with a query port, broker.back_office.port. It appears whole or not at all.
            Orders against a capture take what it displays; what is left waits in its queue: Documentation/following-a-capture.md.
            Ends by itself after the market's end, or on ctrl-C or SIGTERM, with an end of session to every client.
            """,
        run: run)

    static func run(_ arguments: ParsedArguments) throws -> Int32 {
        let settings = try arguments.settings(extra: overrides(arguments)).settings
        let configuration = try configuration(arguments, settings)
        try Interrupt.install()
        let server = try VenueServer(configuration)
        let output = arguments.output
        let ports = server.ports
        let file = PortsFile(
            feedProtocol: ports.isDeep ? .deepIEXTP : .itchMoldUDP64,
            marketDataPort: Int(ports.marketDataPort),
            requestPort: Int(ports.requestPort), orderPort: Int(ports.orderPort),
            queryPort: ports.queryPort.map(Int.init))
        if let path = arguments.text("ports-file") { try file.write(to: path) }
        output.note(
            "venue: ready, \(file.feedProtocol.rawValue), market data to \(settings.venue.marketDataAddress):"
                + "\(ports.marketDataPort), orders \(ports.orderPort), requests \(ports.requestPort)"
                + (ports.queryPort.map { ", queries \($0)" } ?? ""))
        let showsProgress =
            !arguments.flag("quiet") && (arguments.flag("progress") || isatty(STDERR_FILENO) == 1)
        let report = server.run(
            isStopRequested: { Interrupt.isRequested },
            progress: { if showsProgress { output.note("venue: \($0.summary)") } },
            note: { output.note("venue: \($0)") })
        output.line(arguments.flag("json") ? report.json : "venue: \(report.end.rawValue): \(report.summary)")
        return 0
    }

    /// Short options that are settings, under the settings' names, so that the settings' own checks apply.
    static func overrides(_ arguments: ParsedArguments) -> [String] {
        [
            ("seed", "seed"), ("instruments", "instruments"), ("rate", "events_per_second"),
            ("seconds", "seconds"),
            ("speed", "speed"),
        ].compactMap { name, key in arguments.text(name).map { "venue.\(key)=\($0)" } }
            + (arguments.flag("cancel-on-disconnect") ? ["venue.cancel_on_disconnect=true"] : [])
    }

    static func configuration(
        _ arguments: ParsedArguments, _ settings: Settings
    ) throws -> VenueConfiguration {
        let venue = settings.venue
        var exchange = ExchangeConfiguration(
            instruments: instruments(settings), accounts: try accounts(arguments, settings),
            flow: FlowConfiguration(
                seed: venue.seed, eventsPerSecond: UInt64(venue.eventsPerSecond),
                countMax: UInt64(venue.eventsPerSecond) * UInt64(venue.seconds)))
        exchange.session = sessionName(utcNs: Clock.utcNs())
        var configuration = VenueConfiguration(exchange: exchange, file: arguments.positionals.first)
        configuration.address = try host(venue.address, "venue.address")
        configuration.marketData = SocketAddress(
            host: try host(venue.marketDataAddress, "venue.market_data_address"),
            port: UInt16(clamping: venue.marketDataPort))
        if !venue.interface.isEmpty { configuration.interface = try host(venue.interface, "venue.interface") }
        configuration.orderPort = UInt16(clamping: venue.orderPort)
        configuration.requestPort = UInt16(clamping: venue.requestPort)
        configuration.queryPort = try arguments.whole("query-port", in: 0...65_535).map { UInt16($0) }
        configuration.speed = try speed(venue)
        configuration.core = try arguments.whole("core", in: 0...Threads.coreCount - 1)
        switch arguments.text("start") {
        case nil, "logon": configuration.start = .firstLogon
        case "immediately": configuration.start = .immediately
        case let other?: throw UsageError("--start is \"\(other)\", expected logon or immediately")
        }
        if let script = arguments.text("fault") {
            guard let faults = VenueFaults(script: script) else {
                throw UsageError(
                    "--fault is \"\(script)\", expected NAME=N parts with commas between; the names are "
                        + VenueFaults.names.joined(separator: ", "))
            }
            configuration.faults = faults
        }
        return configuration
    }

    /// A name that no earlier start had: a client that comes back to a restarted venue must see that message 1 is not
    /// the one it knows. `SP` and hundredths of a second in eight characters of base 36, good for 900 years.
    static func sessionName(utcNs: UInt64) -> String {
        let digits = String(utcNs / 10_000_000, radix: 36, uppercase: true)
        return "SP" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits.suffix(8)
    }

    private static func speed(_ venue: VenueSettings) throws -> FlowPace.Speed {
        guard let speed = FlowPace.Speed(venue.speed) else {
            throw UsageError("the speed is \"\(venue.speed)\", expected a positive number, auto or max")
        }
        return speed
    }

    private static func host(_ text: String, _ key: String) throws -> UInt32 {
        guard let host = SocketAddress.host(text) else {
            throw CommandFailure(
                "\(key) is \"\(text)\", which is no IPv4 address", remedy: "give numbers, such as 127.0.0.1")
        }
        return host
    }

    private static func accounts(_ arguments: ParsedArguments, _ settings: Settings) throws
        -> [ExchangeAccount]
    {
        let given = arguments.list("account")
        let cancels = settings.venue.cancelOnDisconnect
        if given.isEmpty {
            var names: Set<String> = []
            return settings.routedVenues.map(\.ouch).filter { names.insert($0.username).inserted }.map {
                ouch in
                ExchangeAccount(
                    username: ouch.username, password: ouch.password, cancelOnDisconnect: cancels)
            }
        }
        return try given.map { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            let isPrintable = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            guard parts.count == 2, isPrintable, (1...6).contains(parts[0].utf8.count),
                parts[1].utf8.count <= 10
            else {
                throw UsageError(
                    "--account of \"\(parts.count == 2 ? parts[0] : "…")\" is not as expected: USER:PASSWORD, at most 6 and 10 printable characters"
                )
            }
            return ExchangeAccount(username: parts[0], password: parts[1], cancelOnDisconnect: cancels)
        }
    }

    /// The settings' symbols, as many as wanted; beyond them, made-up ones: SPNAA, SPNAB, …
    private static func instruments(_ settings: Settings) -> [ExchangeInstrument] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let known = settings.instruments.symbols
        return (0..<max(1, settings.venue.instruments)).map { index in
            let name =
                "SPN\(letters[index / 26 % 26])\(letters[index % 26])" + (index < 676 ? "" : "\(index / 676)")
            return ExchangeInstrument(symbol: index < known.count ? known[index] : Symbol(name) ?? .blank)
        }
    }
}
