import Model

/// Every key there is, in the order in which the documentation and the shipped file have them.
enum SettingsSchema {
    static func fields(_ strategies: [StrategyDescription]) -> [Field<Settings>] {
        [
            .section("execution", \.execution, "How a signal becomes an order", execution),
            .section("broker", \.broker, "Where orders go", broker),
            .sections(
                "venues", \.venues, countMax: 16,
                "Several venues, a section each; empty: the one that `broker` describes, which is the short form",
                name: \.name,
                make: { name, node, path, binder in
                    var venue = RoutedVenueSettings()
                    venue.name = name
                    return venue
                },
                fields: { _ in routedVenue }),
            .section("account", \.account, "Its money, and how its positions are counted", account),
            .section(
                "risk", \.risk,
                "Hard limits, circuit breakers and switches of the whole account. An order that would pass a limit is refused; open orders count as if filled, at their worst. Values at a limit pass unless said otherwise; every key can be changed in a running engine",
                risk),
            .sections(
                "strategies", \.strategies, countMax: 16,
                "What trades, a section each; what is not listed does not trade",
                name: \.name,
                make: { name, node, path, binder in
                    guard let known = binder.strategies.first(where: { $0.name == name }) else {
                        let names = binder.strategies.map(\.name)
                        binder.refuse(
                            node,
                            "\(path) is \"\(name)\", expected a known strategy, \(NearestName.hint(name, in: names))"
                        )
                        return nil
                    }
                    var strategy = StrategySettings(known)
                    strategy.enabled = true
                    return strategy
                },
                fields: { strategy in
                    strategies.first { $0.name == strategy.name }.map(strategyFields) ?? []
                }),
            .section("instruments", \.instruments, "What may be traded", instruments),
            .sections(
                "calendars", \.calendars, countMax: 128,
                "Hours that instruments name, beside `us_equities` and `cme_globex`, which are built in; one of the same name goes before those",
                name: \.name,
                make: { name, node, path, binder in
                    var calendar = CalendarSettings()
                    calendar.name = name
                    return calendar
                },
                fields: { _ in calendar }),
            .sections(
                "feeds", \.feeds, countMax: 8, "Where market data comes from",
                name: \.name,
                make: { name, node, path, binder in
                    var feed = FeedSettings()
                    feed.name = name
                    return feed
                },
                fields: { _ in feed }),
            .section("venue", \.venue, "The exchange of `spinetail venue`", venue),
            .section("journal", \.journal, "The record of everything", journal),
            .section("log", \.log, "Lines for people about what the engine does", log),
            .section("network", \.network, "How market data and orders pass the kernel", network),
            .section("threads", \.threads, "Which thread runs where, and how it waits", threads),
            .section("pools", \.pools, "Room, allocated at start", pools),
        ]
    }

    private static let execution: [Field<ExecutionSettings>] = [
        .value("position_sizing", \.positionSizing, .choice, "How an order's size is found"),
        .value("order_quantity", \.orderQuantity, .shares(1...1_000_000), "Shares of one order"),
        .value("default_order_type", \.defaultOrderType, .choice, "Type of an order whose signal names none"),
        .value(
            "evidence_horizon_seconds", \.evidenceHorizonNs,
            .nanoseconds(in: .seconds, 1_000_000...86_400_000_000_000),
            "How long the record of an ended order is kept for late reports"),
        .value(
            "order_timeout_seconds", \.orderTimeoutNs, .nanoseconds(in: .seconds, 0...86_400_000_000_000),
            "A resting order older than this is cancelled; 0: none is"),
        .value(
            "timeout_gtc", \.timesOutGoodTillCancelled, .flag,
            "Whether that holds for orders that are good till cancelled or till a date, too"),
        .value(
            "answer_timeout_seconds", \.answerTimeoutNs, .nanoseconds(in: .seconds, 0...3_600_000_000_000),
            "An order or request without an answer for this long is in doubt; 0: only a lost connection does that"
        ),
        .value(
            "doubt_alert_seconds", \.doubtAlertNs, .nanoseconds(in: .seconds, 0...86_400_000_000_000),
            "An order in doubt for this long calls the operator; 0: never"),
        .value(
            "max_retries", \.retriesMax, .whole(0...16),
            "How often an order is made again that the venue is proven not to have, for a reason that passes"),
        .value(
            "retry_delay_seconds", \.retryDelayNs, .nanoseconds(in: .seconds, 1_000_000...3_600_000_000_000),
            "Before the first new attempt; doubles with each"),
        .value(
            "partial_fill_remainder", \.partialFillRemainder, .choice,
            "What becomes of the rest once a part has executed"),
        .value(
            "reconcile_interval_seconds", \.reconcileIntervalNs,
            .nanoseconds(in: .seconds, 0...86_400_000_000_000),
            "How often the venue's books are compared with ours; 0: only when there is a reason"),
    ]

    private static let broker: [Field<BrokerSettings>] = [
        .value("provider", \.provider, .choice, "Which kind of venue session"),
        .value(
            "paper_trading", \.paperTrading, .flag,
            "true: orders go to a simulated venue. Live trading takes false here in the file, a `risk` section in the file, and `spinetail run --live`; the environment and --set cannot switch it on"
        ),
        .value(
            "commission_pct", \.commissionPct,
            .percent(Percent(partsPerMillion: 0)...Percent(partsPerMillion: 100_000)),
            "What an execution costs, percent of its value"),
        .section(
            "fees", \.fees, "What it costs on top, in the instrument's currency; a rebate is negative", fees),
        .section("ouch", \.ouch, "The OUCH 5.0 session over SoupBinTCP", ouch),
        .section(
            "back_office", \.backOffice, "Who is asked about orders, executions and positions", backOffice),
    ]

    private static let fees: [Field<FeeSettings>] = [
        .value("maker_pct", \.makerPct, feePct, "Percent of the value of executions that gave what rested"),
        .value(
            "taker_pct", \.takerPct, feePct,
            "Percent of the value of executions that took it, and of those of which the venue does not say"),
        .value("maker_per_unit", \.makerPerUnit, .perUnit, "For each share or contract given"),
        .value("taker_per_unit", \.takerPerUnit, .perUnit, "For each share or contract taken"),
        .value(
            "min_per_order", \.minPerOrder, .amount(0...1_000_000),
            "The least that an order costs, with the commission, once any of it has executed; 0: no minimum"),
    ]

    private static let feePct = Codec<Percent>.percent(
        Percent(partsPerMillion: -100_000)...Percent(partsPerMillion: 100_000))

    private static let account: [Field<AccountSettings>] = [
        .value(
            "base_currency", \.baseCurrency, .currency(emptyAllowed: false),
            "What the account's figures and the limits on money are in"),
        .value(
            "start_cash", \.startCash, .amount(-1_000_000_000_000...1_000_000_000_000),
            "Held of it before the first execution"),
        .value(
            "type", \.type, .choice,
            "cash: what is bought is paid for and only what is held is sold, whatever `risk` says; margin: as `risk` says"
        ),
        .value(
            "cost_method", \.costMethod, .choice,
            "Which part of what was paid belongs to what is sold: an average, or what was bought first"),
        .value(
            "day_offset_hours", \.dayOffsetHours, .whole(-12...14),
            "Added to UTC: the day of executions and of the day's profit begins at that clock's midnight"),
        .sections(
            "currencies", \.currencies, countMax: 31, "The other currencies that instruments are in",
            name: \.name,
            make: { name, node, path, binder in
                var currency = CurrencySettings()
                currency.name = name
                return currency
            },
            fields: { _ in currency }),
    ]

    private static let currency: [Field<CurrencySettings>] = [
        .value("name", \.name, .currency(emptyAllowed: false), "Its code, as in ISO 4217"),
        .value(
            "rate", \.rate, .rate,
            "Units of the base currency for one of it at the start; `spinetail rate` changes it"),
        .value(
            "start_cash", \.startCash, .amount(-1_000_000_000_000...1_000_000_000_000),
            "Held of it before the first execution"),
    ]

    private static let backOffice: [Field<BackOfficeSettings>] = [
        .value("host", \.host, .address(emptyAllowed: false), "Address of the venue's back office"),
        .value("port", \.port, .whole(0...65_535), "Its TCP port; 0: nobody is asked"),
        .value(
            "timeout_seconds", \.timeoutNs, .nanoseconds(in: .seconds, 10_000_000...600_000_000_000),
            "An answer that is not whole by then is given up"),
    ]

    private static let ouch: [Field<OuchSettings>] = [
        .value("host", \.host, .address(emptyAllowed: false), "Address of the venue"),
        .value("port", \.port, .whole(1...65_535), "Its TCP port"),
        .value("username", \.username, .ascii(1...6), "For the log-on"),
        .secret(
            "password", \.password, .ascii(0...10),
            "For the log-on; never shown. In the file only where nobody else may read that, else from the environment or `password_file`; the default is the password of `spinetail venue`"
        ),
        .value(
            "password_file", \.passwordFile, .text(0...1024, "a file name"),
            "File with the password and nothing else, of which group and others have no rights; relative to the settings file; empty: none"
        ),
        .value("session", \.session, .ascii(0...10), "Session to join; empty: the current one"),
        .value(
            "heartbeat_seconds", \.heartbeatNs, .nanoseconds(in: .seconds, 100_000_000...60_000_000_000),
            "Silence after which a heartbeat is sent"),
        .value(
            "reconnect_min_seconds", \.reconnectNsMin,
            .nanoseconds(in: .seconds, 1_000_000...3600_000_000_000),
            "First wait before connecting again; doubles each time"),
        .value(
            "reconnect_max_seconds", \.reconnectNsMax,
            .nanoseconds(in: .seconds, 1_000_000...3600_000_000_000),
            "Longest wait before connecting again"),
        .value(
            "messages_per_second", \.messagesPerSecond, .whole(0...1_000_000),
            "Orders, cancels and replacements a second that the venue takes; 0: as many as come"),
        .value(
            "message_burst", \.messageBurst, .whole(4...1_000_000),
            "How many of them may go at once; a quarter is kept for cancels"),
        .value(
            "cancel_on_disconnect", \.cancelOnDisconnect, .flag,
            "Whether the venue has promised to cancel all when the session ends; shown, and nothing is concluded from it"
        ),
    ]

    private static let routedVenue: [Field<RoutedVenueSettings>] = [
        .value("name", \.name, .text(1...32), "What instruments and reports call it"),
        .value("provider", \.provider, .choice, "Which kind of venue session"),
        .section("ouch", \.ouch, "The OUCH 5.0 session over SoupBinTCP", ouch),
        .section(
            "back_office", \.backOffice, "Who is asked about orders, executions and positions", backOffice),
    ]

    private static func strategyFields(_ description: StrategyDescription) -> [Field<StrategySettings>] {
        let common: [Field<StrategySettings>] = [
            .value("name", .text(1...64), description.help, get: { $0.name }, set: { _, _ in }),
            .value("enabled", \.enabled, .flag, "Whether it trades"),
        ]
        let limits = Field<StrategySettings>.section(
            "limits", \.limits, "Limits of its own, beside the account's", strategyLimits)
        return common + [limits] + description.parameters.map(\.field)
    }

    private static let feed: [Field<FeedSettings>] = [
        .value("name", \.name, .text(1...32), "What reports call it"),
        .value("protocol", \.feedProtocol, .choice, "What the packets are"),
        .value("address", \.address, .address(emptyAllowed: false), "Local address that packets come to"),
        .value("port", \.port, .whole(1...65_535), "UDP port that packets come to"),
        .value(
            "multicast_group", \.multicastGroup, .address(emptyAllowed: true, multicast: true),
            "Group to join; empty: unicast"),
        .value(
            "interface", \.interface, .address(emptyAllowed: true),
            "Address of the interface of the group; empty: the system's choice"),
        .value(
            "request_host", \.requestHost, .address(emptyAllowed: true),
            "Whom to ask for missed messages; empty: nobody"),
        .value("request_port", \.requestPort, .whole(1...65_535), "UDP port to ask at"),
        .value(
            "receive_buffer_bytes", \.receiveBufferBytes, .whole(65_536...1_073_741_824),
            "Kernel's receive buffer"),
    ]

    private static let venue: [Field<VenueSettings>] = [
        .value(
            "address", \.address, .address(emptyAllowed: false),
            "Local address of the order and request ports"),
        .value(
            "market_data_address", \.marketDataAddress, .address(emptyAllowed: false),
            "Where market data is sent"),
        .value(
            "market_data_port", \.marketDataPort, .whole(0...65_535),
            "UDP port that market data is sent to; 0: any free one"),
        .value(
            "interface", \.interface, .address(emptyAllowed: true),
            "Address of the interface that multicast leaves by; empty: the system's choice"),
        .value("order_port", \.orderPort, .whole(0...65_535), "TCP port for orders; 0: any free one"),
        .value(
            "request_port", \.requestPort, .whole(0...65_535),
            "UDP port for requests of missed messages; 0: any free one"),
        .value("seed", \.seed, .seed, "The generated market follows from it"),
        .value("instruments", \.instruments, .whole(1...16_384), "Instruments of the generated market"),
        .value(
            "events_per_second", \.eventsPerSecond, .whole(1...10_000_000), "Pace of the generated market"),
        .value("seconds", \.seconds, .whole(1...86_400), "Length of the generated market"),
        .value(
            "speed", \.speed, .pace,
            "Pace of a capture: auto is its own, faster where it would not end within a minute, long silences cut; 1 is its own to the letter; max is as fast as it is taken"
        ),
        .value(
            "cancel_on_disconnect", \.cancelOnDisconnect, .flag,
            "Cancel every order of an account when its connection ends"),
    ]

    private static let journal: [Field<JournalSettings>] = [
        .value("enabled", \.enabled, .flag, "Off only for measuring: such a run leaves no record"),
        .value("folder", \.folder, .text(1...1024, "a folder name"), "Where run folders are made"),
        .value(
            "ring_bytes", \.ringBytes, .whole(1 << 16...1 << 32, powerOfTwo: true),
            "Shared memory between hot and journal thread"),
        .value(
            "segment_bytes", \.segmentBytes, .whole(1 << 20...1 << 34, powerOfTwo: true), "Size of one file"),
        .value(
            "commit_interval_ms", \.commitIntervalNs,
            .nanoseconds(in: .milliseconds, 100_000...1_000_000_000),
            "The longest that a record waits for its write"),
    ]

    private static let log: [Field<LogSettings>] = [
        .value("level", \.level, .choice, "Lines of this level and above are written; off: none"),
        .value(
            "ring_bytes", \.ringBytes, .whole(1 << 12...1 << 30, powerOfTwo: true),
            "Room between hot and log thread; lines that find it full are dropped and counted"),
        .value(
            "max_bytes", \.bytesMax, .whole(1 << 21...1 << 36, powerOfTwo: true),
            "Most that a run's log takes on disk; the oldest quarter gives way"),
    ]

    private static let network: [Field<NetworkSettings>] = [
        .value(
            "backend", \.backend, .choice,
            "Which calls are made; auto: the fastest here, tried at start (Documentation/network.md)"),
        .value(
            "datagram_buffers", \.datagramBuffers, .whole(16...32_768, powerOfTwo: true),
            "Datagrams of a feed that wait in io_uring's buffers; more wait in the socket's"),
        .value(
            "kernel_timestamps", \.kernelTimestamps, .flag,
            "The kernel's time of receipt with each datagram, and the latency from there in the report"),
        .value(
            "sqpoll_core", \.sqpollCore, .whole(-1...1023),
            "Core of the kernel's thread of uring_sqpoll; -1: the system's choice"),
        .value(
            "sqpoll_idle_ms", \.sqpollIdleMs, .whole(1...3_600_000),
            "How long that thread spins with nothing to do before it sleeps"),
    ]

    private static let threads: [Field<ThreadSettings>] = [
        .value(
            "topology", \.topology, .choice,
            "fused: one thread receives, decides and sends; pipelined: one each, with rings between"),
        .value("hot_core", \.hotCore, .whole(-1...1023), "Core of the hot thread; -1: the system's choice"),
        .value(
            "journal_core", \.journalCore, .whole(-1...1023),
            "Core of the journal thread; -1: the system's choice"),
        .value(
            "feed_core", \.feedCore, .whole(-1...1023),
            "Core of the feed thread (pipelined); -1: the system's choice"),
        .value(
            "venue_core", \.venueCore, .whole(-1...1023),
            "Core of the venue thread (pipelined); -1: the system's choice"),
        .value(
            "priority", \.priority, .whole(0...99),
            "Real-time priority of the hot thread, and of feed and venue thread; 0: none"),
        .value("lock_memory", \.lockMemory, .flag, "Keep all memory in RAM"),
        .value(
            "huge_pages", \.hugePages, .choice,
            "Pages of 2 MiB: auto: reserved ones where there are any, else transparent ones, else small pages"
        ),
        .value("poll", \.poll, .choice, "spin: never sleep; idle: sleep when there is nothing to do"),
        .value(
            "seccomp", \.seccomp, .choice,
            "Hold the hot thread to the network's system calls: count what else it calls, or kill the process at the first"
        ),
        .value(
            "strategy_budget_ms", \.strategyBudgetNs, .nanoseconds(in: .milliseconds, 0...60_000_000_000),
            "A turn in which the strategies take longer is an alert; 0: none is"),
        .value(
            "watchdog_seconds", \.watchdogNs, .nanoseconds(in: .seconds, 0...3_600_000_000_000),
            "A hot thread that does not come back for this long loses its venue sessions; 0: nobody watches"),
    ]

    private static let pools: [Field<PoolSettings>] = [
        .value(
            "order_count_max", \.orderCountMax, .whole(1024...4_194_304),
            "Our own orders, open and lately ended"),
        .value(
            "residue_count_max", \.residueCountMax, .whole(1024...67_108_864),
            "Closed orders that late reports can still be booked to"),
        .value(
            "execution_count_max", \.executionCountMax, .whole(1024...67_108_864),
            "Executions that repetitions are told from"),
        .value(
            "book_order_count_max", \.bookOrderCountMax, .whole(1024...67_108_864),
            "Everybody's orders in the books"),
        .value(
            "book_level_count_max", \.bookLevelCountMax, .whole(1024...67_108_864),
            "Price levels in the books"),
        .value(
            "lot_count_max", \.lotCountMax, .whole(1...16_777_216),
            "Lots of positions, where account.cost_method is fifo"),
    ]
}

extension Codec where Value == String {
    /// How fast a capture is played.
    fileprivate static var pace: Codec<String> {
        let factor = Codec<Double>.ratio(0.001...1_000_000)
        return Codec(expected: "auto, max or \(factor.expected)") { text, plain in
            text == "auto" || text == "max" || factor.parse(text, plain) != nil ? text : nil
        } show: {
            $0
        }
    }
}
