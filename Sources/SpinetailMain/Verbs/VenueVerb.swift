extension Verb {
    /// `spinetail venue`: the exchange, a process of its own.
    public static func venue(_ entry: @escaping @Sendable (ParsedArguments) throws -> Int32) -> Verb {
        Verb(
            name: "venue", summary: "runs an exchange: market data by UDP, orders by TCP",
            positionals: [
                PositionalArgument(
                    "FILE", required: false,
                    "IEX DEEP 1.0 capture (pcap, .gz too) or ITCH 5.0 file to play; otherwise a market made from the seed"
                )
            ],
            options: .settings + [
                .value(
                    "ports-file", "FILE", "write the ports, as settings of `spinetail run`, once all are open"
                ),
                .value("seed", "N", "seed of the generated market (venue.seed)"),
                .value("seconds", "N", "length of the generated market (venue.seconds)"),
                .value(
                    "speed", "X",
                    "pace of a capture: auto ends within a minute, 1 is its own, max has none (venue.speed)"),
                .flag("quiet", "no progress line"),
            ],
            notes: """
                Ports 0 (venue.order_port, venue.request_port, venue.market_data_port) are any free ones. The ports
                file has a line each that `spinetail run --set` takes: feeds.0.protocol, feeds.0.port,
                feeds.0.request_port, broker.ouch.port. It appears whole or not at all.
                """,
            run: entry)
    }

    /// The overrides that the short options of `venue` are.
    public static func venueOverrides(_ arguments: ParsedArguments) -> [String] {
        ["seed", "seconds", "speed"].compactMap { name in arguments.text(name).map { "venue.\(name)=\($0)" } }
    }
}
