public import Core
public import Feeds
public import Memory
internal import Model
public import Plumbing
public import Settings
public import Venues

/// From checked settings to the parts of an engine: the one place where names of the file become values of the parts.
public struct EngineAssembly: Sendable {
    public let settings: Settings
    public let epoch: UInt32
    /// Symbols in which earlier runs left orders or positions.
    let takenOver: [Symbol]
    /// The day from which calendars are turned into moments.
    let startUtcNs: UInt64

    /// Days for which sessions are known: a run is begun anew before.
    static let calendarDays = 400
    /// Days before it whose sessions are known too: those that day trades are counted over, with their holidays.
    static let calendarDaysBefore = 50

    public init(_ settings: Settings, epoch: UInt32, startUtcNs: UInt64 = 0) {
        self.init(settings, epoch: epoch, takenOver: [], startUtcNs: startUtcNs)
    }

    init(_ settings: Settings, epoch: UInt32, takenOver: [Symbol], startUtcNs: UInt64 = 0) {
        self.settings = settings
        self.epoch = epoch
        // What finds no room cannot be traded either.
        let own = Self.symbols(of: settings)
        let room = max(0, settings.instruments.countMax - own.count)
        self.takenOver = Array(takenOver.filter { !own.contains($0) }.prefix(room))
        self.startUtcNs = startUtcNs
    }

    /// Strategies that the settings switch on, as bits in the order of `names`.
    public func enabledMask(_ names: [String]) -> UInt64 {
        var mask: UInt64 = 0
        for (index, name) in names.enumerated() where settings.strategy(name)?.enabled == true {
            mask |= 1 << UInt64(index)
        }
        return mask
    }

    /// Instruments with ids from 0 on, in core and feeds alike: those listed, those that are restricted, those of
    /// which anything is said, and those that earlier runs left something in.
    var symbols: [Symbol] { Self.symbols(of: settings) + takenOver }

    private static func symbols(of settings: Settings) -> [Symbol] {
        var symbols: [Symbol] = []
        var seen: Set<Symbol> = []
        let said = settings.instruments.definitions.map(\.symbol)
        for symbol in settings.instruments.symbols + settings.risk.restrictedSymbols + said
        where seen.insert(symbol).inserted { symbols.append(symbol) }
        return symbols
    }

    /// Every limit that the settings make, for the start as for a running engine that takes them over: of its strategies
    /// in their order, and of every instrument that it knows from the first input on.
    public func limits(strategyNames: [String]) -> [LimitValue] {
        settings.limits(strategies: strategyNames, also: takenOver)
    }

    public func core(strategyNames: [String]) -> CoreConfiguration {
        var core = CoreConfiguration()
        let places = setInstruments(&core)
        core.ledger = ledger
        core.tradingDayOffsetSeconds = Int64(settings.account.dayOffsetHours) * 3_600
        // Where symbols are listed, what the feed tells of beside them gets a book and no orders.
        core.instrumentDefaults.isRestricted = !settings.instruments.symbols.isEmpty
        core.strategyLimits = strategyNames.map { _ in StrategyLimits() }
        for limit in limits(strategyNames: strategyNames) {
            switch limit.scope {
            case .account: core.limits[limit.kind] = limit.value
            case .strategy: core.strategyLimits[limit.strategy][limit.kind] = limit.value
            case .instrument:
                guard let place = places[limit.symbol] else {
                    preconditionFailure("Invariant: who has a limit is known to the core")
                }
                core.instruments[place].set(limit.kind, limit.value)
            }
        }
        core.sizingQuantity = settings.execution.orderQuantity
        core.enabledStrategyMask = enabledMask(strategyNames)
        core.instrumentCountMax = settings.instruments.countMax
        core.bookOrderCountMax = settings.pools.bookOrderCountMax
        core.bookLevelCountMax = settings.pools.bookLevelCountMax
        core.orderCountMax = settings.pools.orderCountMax
        core.residueCountMax = settings.pools.residueCountMax
        core.executionCountMax = settings.pools.executionCountMax
        let execution = settings.execution
        core.evidenceHorizonNs = UInt64(execution.evidenceHorizonNs)
        core.orderTimeoutNs = UInt64(execution.orderTimeoutNs)
        core.timesOutGoodTillCancelled = execution.timesOutGoodTillCancelled
        core.answerTimeoutNs = UInt64(execution.answerTimeoutNs)
        core.doubtAlertNs = UInt64(execution.doubtAlertNs)
        core.retryCountMax = execution.retriesMax
        core.retryDelayNs = UInt64(execution.retryDelayNs)
        core.reconciliationNs = UInt64(execution.reconcileIntervalNs)
        core.hasBackOffice = settings.routedVenues.contains { $0.backOffice.port != 0 }
        switch execution.partialFillRemainder {
        case .keep: core.remainderPolicy = .keep
        case .cancel: core.remainderPolicy = .cancel
        case .cross: core.remainderPolicy = .cross
        }
        core.sessionCount = settings.routedVenues.count
        core.sessionRates = settings.routedVenues.map {
            SessionRate(perSecond: Int64($0.ouch.messagesPerSecond), burst: Int64($0.ouch.messageBurst))
        }
        return core
    }

    /// The instruments without their limits, and their calendars.
    ///
    /// - Returns: each one's place.
    private func setInstruments(_ core: inout CoreConfiguration) -> [Symbol: Int] {
        core.instruments = symbols.map { InstrumentDefinition(symbol: $0) }
        var places: [Symbol: Int] = [:]
        for (place, definition) in core.instruments.enumerated() { places[definition.symbol] = place }
        let venues = settings.routedVenues.map(\.name)
        var calendars: [String: UInt8] = [:]
        for terms in settings.instruments.definitions {
            guard let place = places[terms.symbol] else { continue }
            core.instruments[place].multiplier = Int32(clamping: terms.multiplier)
            core.instruments[place].currency = currency(terms.currency)
            core.instruments[place].tick = Int32(clamping: terms.tick.raw)
            core.instruments[place].lot = Int32(clamping: terms.lot.raw)
            core.instruments[place].isMargined = terms.kind == .future
            core.instruments[place].session = UInt8(venues.firstIndex(of: terms.venue) ?? 0)
            if terms.calendar.isEmpty { continue }
            if calendars[terms.calendar] == nil, let hours = settings.calendar(terms.calendar) {
                calendars[terms.calendar] = UInt8(core.calendars.count)
                core.calendars.append(calendar(hours))
            }
            core.instruments[place].calendar = calendars[terms.calendar]
        }
        return places
    }

    private func calendar(_ hours: CalendarSettings) -> TradingCalendar {
        let before = Self.calendarDaysBefore
        let beforeNs = UInt64(before) * 86_400_000_000_000
        let fromNs = startUtcNs - min(startUtcNs, beforeNs)
        return TradingCalendar(
            sessions: hours.moments(fromNs: fromNs, days: before + Self.calendarDays).map {
                TradingCalendar.Session(opensNs: $0.opensNs, closesNs: $0.closesNs)
            })
    }

    /// Cost method, fees and currencies.
    var ledger: LedgerConfiguration {
        var ledger = LedgerConfiguration()
        switch settings.account.costMethod {
        case .average: ledger.costMethod = .average
        case .fifo: ledger.costMethod = .firstInFirstOut
        }
        ledger.lotCountMax = settings.pools.lotCountMax
        // Parts of a million are hundredths of a basis point, and 10⁻¹⁰ of a currency are millionths of its 10⁻⁴.
        let commission = settings.broker.commissionPct.partsPerMillion
        let fees = settings.broker.fees
        ledger.fees.maker = FeeRate(
            notionalHundredthBps: commission + fees.makerPct.partsPerMillion,
            perUnitMillionths: fees.makerPerUnit)
        ledger.fees.taker = FeeRate(
            notionalHundredthBps: commission + fees.takerPct.partsPerMillion,
            perUnitMillionths: fees.takerPerUnit)
        ledger.fees.minimumPerOrder = fees.minPerOrder
        let account = settings.account
        ledger.currencies =
            [CurrencyDefinition(code: account.baseCurrency, startCash: account.startCash)]
            + account.currencies.map {
                CurrencyDefinition(code: $0.name, rate: $0.rate, startCash: $0.startCash)
            }
        return ledger
    }

    /// The place of a currency among the account's; the base where none is named.
    private func currency(_ name: String) -> UInt8 {
        let place = settings.account.currencies.firstIndex { $0.name == name }
        return place.map { UInt8($0 + 1) } ?? 0
    }

    public func feed(_ index: Int) -> FeedConfiguration {
        let settings = settings.feeds[index]
        var feed: FeedConfiguration
        switch settings.feedProtocol {
        case .itchMoldUDP64:
            feed = FeedConfiguration(.itch50)
            feed.start = .first
        case .deepIEXTP:
            // Nobody answers requests, and a capture may begin in the middle of the day.
            feed = FeedConfiguration(.deep10)
            feed.start = .whereverWeCome
        }
        feed.stream = UInt8(index)
        feed.symbols = symbols
        feed.discoversInstruments = self.settings.instruments.discover
        feed.instrumentCountMax = self.settings.instruments.countMax
        return feed
    }

    /// The session of a venue, by its place among them.
    public func session(_ index: Int = 0) -> OuchSessionConfiguration {
        let ouch = settings.routedVenues[index].ouch
        return OuchSessionConfiguration(
            username: ouch.username, password: ouch.password, session: ouch.session,
            heartbeatNs: UInt64(ouch.heartbeatNs), silenceNsMax: 2 * UInt64(ouch.heartbeatNs),
            reconnectNsMin: UInt64(ouch.reconnectNsMin), reconnectNsMax: UInt64(ouch.reconnectNsMax),
            // The waits of sessions that were lost together differ.
            seed: UInt64(epoch) &+ UInt64(index) << 32, instrumentCountMax: settings.instruments.countMax)
    }

    public func streamSettings() throws(SetupError) -> [StreamSettings] {
        var streams: [StreamSettings] = []
        for feed in settings.feeds {
            let listen = try address(
                feed.multicastGroup.isEmpty ? feed.address : feed.multicastGroup, feed.port,
                what: "feed \(feed.name)")
            var interface: UInt32 = 0
            if !feed.interface.isEmpty {
                guard let host = SocketAddress.host(feed.interface) else {
                    throw SetupError(
                        "use the interface of feed \(feed.name)", at: feed.interface,
                        why: "it is no IPv4 address",
                        remedy: "give the address of the interface, as `ip -4 address` shows it")
                }
                interface = host
            }
            var request: SocketAddress?
            if !feed.requestHost.isEmpty, feed.feedProtocol == .itchMoldUDP64 {
                request = try address(
                    feed.requestHost, feed.requestPort, what: "requests of feed \(feed.name)")
            }
            streams.append(
                StreamSettings(
                    listen: listen, interface: interface, retransmission: request,
                    receiveBufferBytes: feed.receiveBufferBytes))
        }
        return streams
    }

    public func sessionSettings() throws(SetupError) -> [SessionSettings] {
        var sessions: [SessionSettings] = []
        let venues = settings.routedVenues
        for venue in venues {
            let what = venues.count == 1 ? "the venue" : "venue \(venue.name)"
            sessions.append(
                SessionSettings(venue: try address(venue.ouch.host, venue.ouch.port, what: what)))
        }
        return sessions
    }

    private func address(_ host: String, _ port: Int, what: String) throws(SetupError) -> SocketAddress {
        guard let number = SocketAddress.host(host) else {
            throw SetupError(
                "use the address of \(what)", at: host, why: "it is no IPv4 address",
                remedy: "give four numbers, as in 127.0.0.1, or localhost")
        }
        return SocketAddress(host: number, port: UInt16(port))
    }

    /// The feeds of an engine, in the order of the settings.
    public func feeds() -> FixedList<MarketFeed> {
        FixedList(count: settings.feeds.count) { MarketFeed(feed($0)) }
    }

    public func sessions(connectAtNs: UInt64) -> FixedList<OuchSession> {
        FixedList(count: settings.routedVenues.count) {
            OuchSession(session($0), index: UInt8($0), connectAtNs: connectAtNs)
        }
    }
}
