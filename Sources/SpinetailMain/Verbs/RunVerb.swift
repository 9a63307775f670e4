extension Verb {
    /// `spinetail run`: the engine. What it runs is handed in, for it is compiled over the program's own strategies.
    public static func run(_ entry: @escaping @Sendable (ParsedArguments) throws -> Int32) -> Verb {
        Verb(
            name: "run", summary: "runs the engine: feeds, strategies, risk, orders, journal",
            options: .settings + [
                .value("seconds", "N", "end after N seconds; otherwise at the end of the feed or on ctrl-C"),
                .value("report", "FILE", "write the report to a file too, as JSON"),
                .flag("quiet", "no progress line"),
                .flag("json", "print the report as one JSON object"),
                .flag(
                    "live",
                    "trade live: with broker.paper_trading false and a risk section in the settings file"),
                .flag("accept-warnings", "trade live although there are warnings at the start"),
            ],
            notes: """
                Orders go to a simulated venue unless all three acts for live trading are done: Documentation/settings.md.

                Ctrl-C ends the run in order: no new orders, working orders cancelled, journal closed, report printed.
                A second ctrl-C ends it at once; the journal then has a torn tail, which readers tell and survive.
                """,
            run: entry)
    }
}
