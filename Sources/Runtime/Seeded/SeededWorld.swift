public import Core
internal import Feeds
internal import Journal
internal import Memory
internal import Model
internal import Plumbing
public import Settings
internal import Simulation
internal import Venues

/// A whole trading session in one process and one thread, under virtual time: the engine and its journal on one side,
/// the exchange and its order flow on the other, between them a network that fails, all drawn from one seed.
///
///     Exchange ─▶ SeededNetwork ─▶ Engine ─▶ journal ring ─▶ JournalWriter ─▶ SeededDisk
///              ◀─               ◀─
///
/// In the `pipelined` topology the feed and the venue stage and their rings stand between network and engine, each stepped
/// at times of its own.
///
/// The engine, the sessions, the feed, the core and the journal are the real ones; only clock, network and disk are
/// not. There is no randomness but the seed's, and nothing iterates over a hashed collection, so a seed gives the same
/// session to the byte.
///
/// A session has a first part with faults and order flow, and a quiet one in which all recover; then the engine
/// stops in order, and what it recorded is compared with what the venue did (``SeededAudit``).
public final class SeededWorld {
    public typealias Strategies = Both<SeededTrader, OrderBookImbalance>

    /// The agents that ask the network to be woken.
    enum Agent: Int {
        case engine, engineTick, exchange, journal, script, halt, feed, venue, stageTick, hold
    }

    /// Time between two looks of the engine where nothing came for it.
    static var tickNs: UInt64 { 500_000 }
    /// How long a halted engine waits for the answers to its cancels, as in a live run.
    static var haltNsMax: UInt64 { 2_000_000_000 }
    /// Longest quiet part: longer than every delay and silence that it has to wait out.
    static var quietNsMax: UInt64 { 6_000_000_000 }

    public let plan: SeededPlan
    let symbols = [Symbol("SPIN")!, Symbol("TAIL")!, Symbol("SWFT")!]
    let positionMax: Int64 = 400

    let network: SeededNetwork
    let exchange: Exchange
    let disk: SeededDisk
    var engine: Engine<Strategies, SeededEnd>
    /// Only in the `pipelined` topology.
    var feedStage: FeedStage<SeededIO>?
    var venueStage: VenueStage<SeededIO>?
    var feedIsWoken = false
    var venueIsWoken = false
    var writer: JournalWriter
    var random: SeededRandom
    var outcome = SeededOutcome()
    /// Connections that the exchange knows, in the order of their opening.
    var connections: [Int] = []
    var bustsSeen: UInt64 = 0
    /// The limit of each instrument, long and then short, or where a broken trade has put its worst case beyond.
    var worstAllowed: [Int64] = []
    var engineIsWoken = false
    var exchangeWakeNs: UInt64 = .max
    var isQuiet = false
    var isStopping = false
    /// The engine has not been told yet that its journal has failed, or when it was.
    var isHaltComing = false
    var haltedAtNs: UInt64?
    /// When the watchdog ends the sessions, as it does in a live run; `nil`: never.
    let holdAtNs: UInt64?
    var isHeld = false
    /// Where the ring lies while the journal's disk may fail; else it has no name.
    let ringPath: String?
    var ringLeft: SalvagedRing?
    var nextStep = 0
    let script: [SeededPlan.Step]
    private let traderSeed: UInt64
    private let feedConfiguration: FeedConfiguration

    public init(
        _ plan: SeededPlan, topology: ThreadSettings.Topology = .fused, holdAtNs: UInt64? = nil
    ) throws {
        self.plan = plan
        self.holdAtNs = holdAtNs
        outcome.seed = plan.seed
        worstAllowed = Array(repeating: positionMax, count: 2 * symbols.count)
        random = SeededRandom(seed: plan.seed ^ 0x5eed_ed00)
        // By time; equal times in the order in which they were drawn.
        script = plan.steps.enumerated().sorted {
            ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }
        .map(\.element)
        network = SeededNetwork(
            seed: random.next(), startNs: plan.startNs, streamCount: 1, sessionCount: 1, faults: plan.faults)
        exchange = Exchange(Self.exchange(plan, symbols, seed: random.next()))

        let runID = RunID(low: plan.seed, high: 0x5eed)
        switch plan.disk {
        case .none, .fault(_, .shortWrite): ringPath = nil
        case .fault(_, .failure), .full: ringPath = "/dev/shm/seeded-\(Files.randomRunID())"
        }
        let ring = try JournalRing(path: ringPath, capacity: 1 << 22, runID: runID, epoch: 1)
        var diskSettings = SeededDisk.Settings()
        diskSettings.delayNsMax = 2_000_000
        switch plan.disk {
        case .none: break
        case .fault(let operation, let fault): diskSettings.faults[operation] = fault
        case .full: diskSettings.byteCountMax = 1 << 20
        }
        disk = SeededDisk(seed: random.next(), settings: diskSettings)
        disk.advance(toNs: plan.startNs)
        var journal = JournalSettings(folder: "/seeded", runID: runID, epoch: 1)
        journal.segmentByteCount = 1 << 20
        journal.blocksInFlightMax = 4
        writer = try JournalWriter(journal, reader: ring.reader(), disk: disk)

        var feed = FeedConfiguration(.itch50)
        feed.symbols = symbols
        feed.instrumentCountMax = 8
        feed.waitingPacketCountMax = 32 + Int(random.below(64))
        feed.requestRetryNs = 3_000_000
        feed.requestRetryNsMax = 60_000_000
        var session = OuchSessionConfiguration(
            username: "spine", password: "tail", heartbeatNs: 100_000_000, silenceNsMax: 300_000_000,
            answerNsMax: 200_000_000, reconnectNsMin: 4_000_000, reconnectNsMax: 120_000_000,
            seed: random.next())
        session.instrumentCountMax = 8
        let sessionSettings = session
        traderSeed = random.next()
        feedConfiguration = feed
        let end: SeededEnd
        switch topology {
        case .fused: end = SeededEnd(network)
        case .pipelined:
            // Small, so that they are full now and then.
            var sizes = PipelineSettings()
            sizes.streamRingBytes = 1 << 13
            sizes.datagramBytesMax = 1_500
            var pipeline = try Pipeline(
                streamCount: 1, sessionCount: 1, settings: sizes, clock: Clock.kernel)
            end = SeededEnd(network, rings: pipeline.takeIO())
            feedStage = FeedStage(io: SeededIO(network), port: pipeline.takeFeed())
            venueStage = VenueStage(io: SeededIO(network), port: pipeline.takeVenue())
        }
        engine = Engine(
            core: TradingCore(Self.core(symbols, positionMax: positionMax)),
            strategies: Self.strategies(plan, traderSeed), io: end,
            feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) {
                OuchSession(sessionSettings, index: UInt8($0), connectAtNs: plan.startNs)
            },
            journal: EngineJournal(ring), measures: false)
    }

    private static func strategies(_ plan: SeededPlan, _ seed: UInt64) -> Strategies {
        Both(
            SeededTrader(seed: seed, everyQuotes: plan.traderEveryQuotes),
            OrderBookImbalance(threshold: 0.7, positionMax: Quantity(raw: 200), spreadBpsMax: 40))
    }

    /// Core, strategies and feed as they were at the beginning: to decide again what the journal has of this session.
    public func replay() -> JournalReplay<Strategies> {
        JournalReplay(
            core: TradingCore(Self.core(symbols, positionMax: positionMax)),
            strategies: Self.strategies(plan, traderSeed),
            feeds: FixedList(count: 1) { _ in MarketFeed(feedConfiguration) })
    }

    private static func exchange(_ plan: SeededPlan, _ symbols: [Symbol], seed: UInt64)
        -> ExchangeConfiguration
    {
        var flow = FlowConfiguration(
            seed: seed, eventsPerSecond: plan.messagesPerSecond, ordersPerInstrument: 60, depthTicks: 12,
            anchorPrices: [1_500_000, 420_000, 95_000])
        flow.takersPerMillion = 150_000
        flow.countMax = (plan.quietNs - plan.startNs) * plan.messagesPerSecond / 1_000_000_000
        var configuration = ExchangeConfiguration(
            instruments: symbols.map { ExchangeInstrument(symbol: $0) },
            accounts: [
                ExchangeAccount(
                    username: "spine", password: "tail", cancelOnDisconnect: plan.cancelsOnDisconnect)
            ], flow: flow)
        configuration.limits.orderCountMax = 1 << 12
        configuration.limits.pageCountMax = 1 << 9
        configuration.startNs = plan.startNs
        configuration.heartbeatNs = 100_000_000
        configuration.clientSilenceNsMax = 400_000_000
        configuration.marketDataChunkCountMax = 4
        configuration.auditCountMax = 1 << 16
        return configuration
    }

    private static func core(_ symbols: [Symbol], positionMax: Int64) -> CoreConfiguration {
        var core = CoreConfiguration()
        core.instruments = symbols.map { InstrumentDefinition(symbol: $0) }
        core.limits.positionMax = Quantity(raw: positionMax)
        core.limits.openOrderCountMax = 40
        core.instrumentCountMax = 8
        core.bookOrderCountMax = 1 << 12
        core.bookLevelCountMax = 1 << 11
        core.creditCountMax = 64
        core.orderCountMax = 512
        core.orderCountReserved = 32
        core.evidenceHorizonNs = 50_000_000
        core.residueCountMax = 1 << 12
        core.executionCountMax = 1 << 13
        core.strategyTimerCountMax = 127
        core.signalCountPerStepMax = 256
        core.messageCountPerPacketMax = 256
        return core
    }

    // MARK: The run

    /// Runs the session to its end.
    public func run() -> SeededOutcome {
        // Any day will do, but it must be the same one: UTC at engine time 0, which is midnight here.
        engine.start(epoch: 1, utcAtZeroNs: 1_700_006_400_000_000_000, nowNs: network.nowNs)
        network.wake(Agent.engineTick.rawValue, atNs: network.nowNs)
        if engine.io.isPipelined { network.wake(Agent.stageTick.rawValue, atNs: network.nowNs) }
        network.wake(Agent.journal.rawValue, atNs: network.nowNs)
        if let holdAtNs { network.wake(Agent.hold.rawValue, atNs: holdAtNs) }
        if let first = script.first { network.wake(Agent.script.rawValue, atNs: first.atNs) }
        pumpExchange()
        while let arrival = network.next() {
            take(arrival)
            if !isQuiet, network.nowNs >= plan.quietNs { beginQuiet() }
            if isQuiet, !isStopping, !isHaltComing, haltedAtNs == nil,
                network.nowNs >= plan.quietNs + 100_000_000
            {
                isStopping = true
                engine.beginStop(nowNs: network.nowNs)
            }
            if let haltedAtNs {
                if engine.isHaltOver || network.nowNs >= haltedAtNs + Self.haltNsMax { break }
                continue
            }
            if isStopping, isAtRest || network.nowNs >= plan.quietNs + Self.quietNsMax { break }
            if outcome.violations.count > 20 { break }
        }
        finish()
        return outcome
    }

    private func take(_ arrival: NetworkArrival) {
        let nowNs = network.nowNs
        switch arrival {
        case .client: engine.io.isPipelined ? wakeStages() : wakeEngine()
        case .request(let stream, let bytes):
            // SAFETY: both are copied before the call returns.
            unsafe bytes.withUnsafeBytes { request in
                let request = unsafe request
                exchange.advance(toNs: nowNs)
                unsafe exchange.retransmissionRequest(request) {
                    unsafe network.send(stream: stream, Array($0))
                }
            }
            pumpExchange()
        case .connected(let id):
            connections.append(id)
            exchange.connectionOpened(id, atNs: nowNs)
            pumpExchange()
        case .bytes(let id, let bytes):
            // SAFETY: the exchange copies them.
            unsafe bytes.withUnsafeBytes { unsafe exchange.received(id, $0, atNs: nowNs) }
            pumpExchange()
        case .ended(let id):
            connections.removeAll { $0 == id }
            exchange.connectionClosed(id, atNs: nowNs)
            pumpExchange()
        case .wake(let number):
            guard let agent = Agent(rawValue: number) else { return }
            switch agent {
            case .engine:
                engineIsWoken = false
                turnEngine()
            case .engineTick:
                turnEngine()
                network.wake(number, atNs: nowNs + Self.tickNs)
            case .feed:
                feedIsWoken = false
                if (feedStage?.step() ?? 0) > 0 {
                    wakeEngine()
                    wakeFeed()
                }
            case .venue:
                venueIsWoken = false
                if (venueStage?.step() ?? 0) > 0 {
                    wakeEngine()
                    wakeVenue()
                }
            case .stageTick:
                wakeStages()
                network.wake(number, atNs: nowNs + 100_000 + random.below(Self.tickNs))
            case .exchange:
                exchangeWakeNs = .max
                exchange.advance(toNs: nowNs)
                pumpExchange()
            case .journal:
                disk.advance(toNs: nowNs)
                _ = writer.step(nowNs: nowNs)
                if case .failed = writer.state {
                    // The calling thread looks twenty times a second.
                    if !isHaltComing {
                        network.wake(Agent.halt.rawValue, atNs: nowNs + random.below(50_000_000))
                    }
                    isHaltComing = true
                    return
                }
                network.wake(number, atNs: nowNs + 200_000 + random.below(2_000_000))
            case .halt:
                haltedAtNs = nowNs
                outcome.tally.halts += 1
                outcome.tally.openAtHalt += engine.core.openOrderCount
                engine.beginHalt(nowNs: nowNs)
            case .hold: hold()
            case .script: followScript()
            }
        }
    }

    // MARK: Engine

    /// The hot thread looks a little after something has come, so that sometimes more has come by then.
    private func wakeEngine() {
        guard !engineIsWoken else { return }
        engineIsWoken = true
        network.wake(Agent.engine.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    /// So do the two other threads, each in its time.
    private func wakeStages() {
        wakeFeed()
        wakeVenue()
    }

    private func wakeFeed() {
        guard !feedIsWoken else { return }
        feedIsWoken = true
        network.wake(Agent.feed.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    private func wakeVenue() {
        guard !venueIsWoken else { return }
        venueIsWoken = true
        network.wake(Agent.venue.rawValue, atNs: network.nowNs + random.below(15_000))
    }

    private func turnEngine() {
        defer { if engine.io.isPipelined { wakeStages() } }
        for _ in 0..<64 {
            let work = haltedAtNs == nil ? engine.run(turns: 1) : engine.haltTurn(nowNs: network.nowNs)
            checkLimits()
            if work == 0 { return }
        }
    }

    /// After every turn: the position stays within its limit, whatever becomes of the orders.
    ///
    /// One thing may move it beyond: a trade that the venue breaks, which nobody can refuse. Then it may stay there, and
    /// nothing of ours may move it further.
    private func checkLimits() {
        let isBust = engine.core.counters.busts != bustsSeen
        bustsSeen = engine.core.counters.busts
        for index in symbols.indices {
            let line = engine.core.risk(InstrumentID(index: UInt32(index)))
            let ends = [line.position + line.openBuy, line.openSell - line.position]
            for (place, worst) in zip([2 * index, 2 * index + 1], ends) {
                if worst > worstAllowed[place], !isBust {
                    outcome.violations.append(
                        "at \(network.nowNs): worst case of \(symbols[index]) is \(worst), beyond \(worstAllowed[place])"
                    )
                }
                worstAllowed[place] = max(worst, positionMax)
            }
            if line.openBuy < 0 || line.openSell < 0 {
                outcome.violations.append(
                    "at \(network.nowNs): open quantity of \(symbols[index]) is negative")
            }
        }
        if engine.state == .halted { outcome.violations.append("at \(network.nowNs): the engine has halted") }
    }

    // MARK: Exchange

    /// Takes what the exchange has to say to the network, and asks to be woken for it again.
    private func pumpExchange() {
        while let datagram = unsafe exchange.nextDatagram() {
            // SAFETY: copied before the packet is popped.
            unsafe network.send(stream: 0, Array(datagram))
            exchange.popDatagram()
        }
        for id in connections {
            // SAFETY: copied before the exchange is called again.
            let bytes = unsafe Array(exchange.output(id))
            if !bytes.isEmpty {
                network.send(connection: id, bytes)
                exchange.consumed(id, bytes.count)
            }
        }
        for id in connections where exchange.shouldClose(id) {
            network.close(connection: id)
            exchange.connectionClosed(id, atNs: network.nowNs)
            connections.removeAll { $0 == id }
        }
        // A little later than due: several messages then share a packet.
        let due = max(exchange.nextWakeNs, network.nowNs + 1)
        guard due < exchangeWakeNs else { return }
        exchangeWakeNs = due
        network.wake(Agent.exchange.rawValue, atNs: due + random.below(600_000))
    }

    // MARK: Script

    private func followScript() {
        guard !isQuiet else { return }
        while nextStep < script.count, script[nextStep].atNs <= network.nowNs {
            let step = script[nextStep]
            nextStep += 1
            switch step.action {
            case .reject(let count): exchange.faults.rejectNext += count
            case .reportDelay(let delayNs): exchange.faults.reportDelayNs = delayNs
            case .outageBegins:
                network.faults.isOutage = true
                network.breakConnections()
            case .outageEnds: network.faults.isOutage = false
            case .breakConnections: network.breakConnections()
            case .venueDrops:
                for id in connections { exchange.drop(id, atNs: network.nowNs) }
            case .bust:
                if let last = exchange.executions.last(where: { !$0.isBroken }) {
                    exchange.breakTrade(last.matchNumber, atNs: network.nowNs)
                }
            }
        }
        pumpExchange()
        if nextStep < script.count { network.wake(Agent.script.rawValue, atNs: script[nextStep].atNs) }
    }

    /// The hot thread comes back to a shut gate: its connections have ended behind its back. Nothing else goes wrong from here
    /// on, so that every order can be known in the end.
    private func hold() {
        guard haltedAtNs == nil, !isHaltComing else { return }
        beginQuiet()
        network.breakConnections()
        isHeld = true
        haltedAtNs = network.nowNs
        outcome.tally.openAtHalt += engine.core.openOrderCount
        engine.beginHold(awayNs: 1_000_000_000, connectionCount: 1, nowNs: network.nowNs)
    }

    /// The faults are over; connections that are broken without either side's knowing are found by their silence.
    private func beginQuiet() {
        isQuiet = true
        network.faults = NetworkFaults()
        exchange.faults = ExchangeFaults()
        pumpExchange()
    }

    /// Everybody has heard everything.
    private var isAtRest: Bool {
        engine.sessions[0].phase == .up && !engine.feeds[0].isGapOpen && engine.core.openOrderCount == 0
            && engine.core.inDoubtCount == 0 && network.nowNs >= plan.quietNs + 800_000_000
    }

    // MARK: The end

    private func finish() {
        var nowNs = network.nowNs
        if haltedAtNs != nil {
            outcome.tally.openAfterHalt += engine.core.openOrderCount
            if isHeld {
                engine.finishStop(nowNs: nowNs)
                writer.requestClose()
            } else {
                engine.finishHalt()
            }
        } else {
            if !isAtRest { tellUnrest() }
            engine.finishStop(nowNs: nowNs)
            writer.requestClose()
        }
        for _ in 0..<100_000 where writer.state == .closing {
            nowNs += 100_000
            disk.advance(toNs: nowNs)
            _ = writer.step(nowNs: nowNs)
        }
        if let ringPath {
            do throws(SetupError) {
                if case .failed = writer.state { ringLeft = try JournalRing.salvage(path: ringPath) }
                try JournalRing.remove(path: ringPath)
            } catch {
                outcome.violations.append("\(error)")
            }
        }
        // The venue tells the truth here, so nothing that it says may be impossible.
        let counters = engine.core.counters
        if counters.illegalTransitions > 0 || counters.disputes > 0 {
            outcome.violations.append(
                "\(counters.illegalTransitions) reports refused, \(counters.disputes) orders disputed")
        }
        outcome.endNs = nowNs
        outcome.files = disk.contents
        outcome.digest = engine.core.digest()
        outcome.engine = engine.counters
        outcome.core = engine.core.counters
        outcome.network = network.counters
        outcome.tally.marketMessages = Int(engine.feeds[0].counters.messages)
        outcome.tally.duplicates = Int(engine.feeds[0].counters.duplicatePackets)
        var (tally, violations) = (outcome.tally, outcome.violations)
        audit.check(outcome.files, &tally, &violations)
        outcome.tally = tally
        outcome.violations = violations
    }

    /// What the engine's record is compared with.
    public var audit: SeededAudit {
        var audit = SeededAudit(
            seed: plan.seed, symbols: symbols, executions: exchange.executions,
            ordersReceived: exchange.ordersReceived,
            positions: symbols.indices.map {
                engine.core.position(InstrumentID(index: UInt32($0))).quantity.raw
            })
        audit.ring = ringLeft
        audit.isHalted = haltedAtNs != nil
        return audit
    }

    private func tellUnrest() {
        outcome.violations.append(
            "not at rest at the end: session \(engine.sessions[0].phase), gap \(engine.feeds[0].isGapOpen), "
                + "open orders \(engine.core.openOrderCount), in doubt \(engine.core.inDoubtCount)")
        for slot in 0..<engine.core.orderSlotCount {
            guard let order = engine.core.order(slot: slot), !order.lifecycle.isEnded else { continue }
            outcome.violations.append(
                "order \(order.userRef): \(order.lifecycle) \(order.request) \(order.knowledge) leaves \(order.leaves)"
            )
        }
    }
}
