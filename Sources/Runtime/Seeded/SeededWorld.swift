public import Core
internal import Feeds
internal import Foundation
internal import Journal
internal import Memory
internal import Model
internal import Plumbing
public import Settings
internal import Simulation
internal import Venues
internal import Wire

/// A whole trading session in one process and one thread, under virtual time: the engine, its journal and its control
/// thread on one side, the exchange with its order flow and its back office on the other, between them a network that
/// fails, all drawn from one seed.
///
///     Exchange ─▶ SeededNetwork ─▶ Engine ─▶ journal ring ─▶ JournalWriter ─▶ SeededDisk
///              ◀─               ◀─   ⇅ rings
///     BackOffice ⇄ SeededNetwork ⇄ ControlAgent
///
/// In the `pipelined` topology the feed and the venue stage and their rings stand between network and engine, each stepped
/// at times of its own.
///
/// The engine, the sessions, the feed, the core, the journal, and whoever talks with the back office are the real ones;
/// only clock, network and disk are not. There is no randomness but the seed's, and nothing iterates over a hashed
/// collection, so a seed gives the same session to the byte.
///
/// The engine may die at any time, and be started anew from what its journal has on the disk and in the ring, as a live
/// run is. A session has a first part with faults and order flow, and a quiet one in which all recover; then the engine
/// stops in order, and what it recorded is compared with what the venue did (``SeededAudit``).
public final class SeededWorld {
    public typealias Strategies = Both<SeededTrader, Both<OrderBookImbalance, Both<EmaCross, MarketMaker>>>

    /// The agents that ask the network to be woken.
    enum Agent: Int {
        case engine, engineTick, exchange, journal, script, halt, feed, venue, stageTick, control, backOffice
        case hold
    }

    /// Time between two looks of the engine where nothing came for it.
    static var tickNs: UInt64 { 500_000 }
    /// How long a halted engine waits for the answers to its cancels, as in a live run.
    static var haltNsMax: UInt64 { 2_000_000_000 }
    /// Longest quiet part: longer than every delay and silence that it has to wait out.
    static var quietNsMax: UInt64 { 6_000_000_000 }
    /// How the strategies are called in journals.
    static var strategyNames: [String] {
        ["seeded_trader", "order_book_imbalance", "ema_cross", "market_maker"]
    }
    /// The engine's connections over the network.
    static var orderSession: Int { 0 }
    static var querySession: Int { 1 }

    public let plan: SeededPlan
    let isPipelined: Bool
    let symbols = [Symbol("SPIN")!, Symbol("TAIL")!, Symbol("SWFT")!]
    let positionMax: Int64 = 400

    let network: SeededNetwork
    let exchange: Exchange
    let backOffice: BackOffice
    let exposure: ExposureWatch
    var disk: SeededDisk
    var engine: Engine<Strategies, SeededEnd>
    /// Only in the `pipelined` topology.
    /// What every byte to the venue passes.
    private(set) var gate: EgressGate
    var feedStage: FeedStage<SeededIO>?
    var venueStage: VenueStage<SeededIO>?
    var feedIsWoken = false
    var venueIsWoken = false
    var writer: JournalWriter
    var control: ControlAgent
    var random: SeededRandom
    var outcome = SeededOutcome()
    /// Connections that the exchange and the back office know, in the order of their opening.
    var connections: [Int] = []
    var queryConnections: [Int] = []
    var engineIsWoken = false
    var exchangeWakeNs: UInt64 = .max
    var backOfficeWakeNs: UInt64 = .max
    var isQuiet = false
    var isStopping = false
    /// The engine has not been told yet that its journal has failed, or when it was.
    var isHaltComing = false
    var haltedAtNs: UInt64?
    /// When the watchdog ends the sessions, as it does in a live run; `nil`: never.
    let holdAtNs: UInt64?
    var isHeld = false
    /// Where the ring lies while somebody may want to find it; else it has no name.
    var ringPath: String?
    var ringLeft: SalvagedRing?
    var nextStep = 0
    let script: [SeededPlan.Step]
    /// Which start of the engine this is, from 1; and between a death and the next start.
    var life: UInt32 = 1
    var isDead = false
    /// What the starts before left.
    var earlier: [SeededRun] = []
    var watch = SeededWatch()
    var requestNumber: UInt32 = 1 << 30
    /// Shares that the judge of exposure adds to what the venue could buy for us: a test sees by it that it can fail.
    var bias: Int64 = 0
    let seeds: Seeds

    /// Who says what an operator says.
    static var operatorName: OperatorName { OperatorName("seeded") ?? OperatorName(high: 0, low: 0) }

    /// What is drawn once and handed to every start of the engine.
    struct Seeds {
        var disk: UInt64
        var session: UInt64
        var trader: UInt64
        var feedWaitingCountMax: Int
    }

    /// What a start of the engine is made of.
    private struct Parts: ~Copyable {
        let gate: EgressGate
        var engine: Engine<Strategies, SeededEnd>
        var writer: JournalWriter
        let disk: SeededDisk
        let control: ControlAgent
        let ringPath: String?
        var feedStage: FeedStage<SeededIO>?
        var venueStage: VenueStage<SeededIO>?
    }

    public init(
        _ plan: SeededPlan, topology: ThreadSettings.Topology = .fused, holdAtNs: UInt64? = nil
    ) throws {
        self.plan = plan
        self.holdAtNs = holdAtNs
        isPipelined = topology == .pipelined
        outcome.seed = plan.seed
        watch.allow(positionMax, instrumentCount: symbols.count)
        random = SeededRandom(seed: plan.seed ^ 0x5eed_ed00)
        // By time; equal times in the order in which they were drawn.
        script = plan.steps.enumerated().sorted {
            ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }
        .map(\.element)
        network = SeededNetwork(
            seed: random.next(), startNs: plan.startNs, streamCount: 1, sessionCount: 2, faults: plan.faults)
        exchange = Exchange(Self.exchange(plan, symbols, seed: random.next()))
        exposure = ExposureWatch(exchange, account: 0)
        backOffice = BackOffice(exchange, faults: plan.backOffice ?? BackOfficeFaults())
        let disk = random.next()
        let waiting = 32 + Int(random.below(64))
        let session = random.next()
        seeds = Seeds(disk: disk, session: session, trader: random.next(), feedWaitingCountMax: waiting)
        var parts = try Self.make(
            plan, symbols, seeds, network, life: 1, isPipelined: isPipelined, positionMax: positionMax)
        self.disk = parts.disk
        gate = parts.gate
        control = parts.control
        ringPath = parts.ringPath
        feedStage = parts.feedStage.take()
        venueStage = parts.venueStage.take()
        writer = parts.writer
        engine = parts.engine
    }

    /// Everything of the engine's side, as a start of the program makes it.
    private static func make(
        _ plan: SeededPlan, _ symbols: [Symbol], _ seeds: Seeds, _ network: SeededNetwork, life: UInt32,
        isPipelined: Bool, positionMax: Int64
    ) throws -> Parts {
        let runID = RunID(low: plan.seed, high: 0x5eed + UInt64(life) << 32)
        var ringPath: String?
        switch plan.disk {
        case .none, .fault(_, .shortWrite):
            if plan.deathCount > 0 { ringPath = "/dev/shm/seeded-\(Files.randomRunID())" }
        case .fault(_, .failure), .full: ringPath = "/dev/shm/seeded-\(Files.randomRunID())"
        }
        let ring = try JournalRing(path: ringPath, capacity: 1 << 22, runID: runID, epoch: life)
        let names = strategyNames.map { "\"\($0)\"" }.joined(separator: ",")
        precondition(
            ring.append(text: "{\"strategies\":[\(names)]}"), "Invariant: an empty ring takes a header")
        var diskSettings = SeededDisk.Settings()
        diskSettings.delayNsMax = 2_000_000
        switch plan.disk {
        case .none: break
        case .fault(let operation, let fault): diskSettings.faults[operation] = fault
        case .full: diskSettings.byteCountMax = 1 << 20
        }
        let disk = SeededDisk(seed: seeds.disk &+ UInt64(life), settings: diskSettings)
        disk.advance(toNs: network.nowNs)
        var journal = JournalSettings(folder: "/seeded/\(life)", runID: runID, epoch: life)
        journal.segmentByteCount = 1 << 20
        journal.blocksInFlightMax = 4
        let writer = try JournalWriter(journal, reader: ring.reader(), disk: disk)

        var session = OuchSessionConfiguration(
            username: "spine", password: "tail", heartbeatNs: 100_000_000, silenceNsMax: 300_000_000,
            answerNsMax: 200_000_000, reconnectNsMin: 4_000_000, reconnectNsMax: 120_000_000,
            seed: seeds.session &+ UInt64(life))
        session.instrumentCountMax = 8
        let sessionSettings = session
        let feed = feed(symbols, seeds)
        var feedStage: FeedStage<SeededIO>?
        var venueStage: VenueStage<SeededIO>?
        let gate = try EgressGate(sessionCount: 2)
        gate.setOrders(packet: OuchSession.orderPacket, letters: OuchSession.orderLetters)
        var end: SeededEnd
        if isPipelined {
            // Small, so that they are full now and then.
            var sizes = PipelineSettings()
            sizes.streamRingBytes = 1 << 13
            sizes.datagramBytesMax = 1_500
            var pipeline = try Pipeline(
                streamCount: 1, sessionCount: 1, settings: sizes, clock: Clock.kernel)
            end = SeededEnd(network, rings: pipeline.takeIO())
            feedStage = FeedStage(io: SeededIO(network), port: pipeline.takeFeed())
            var venueIO = SeededIO(network)
            venueIO.guardEgress(gate)
            var stage = VenueStage(io: venueIO, port: pipeline.takeVenue())
            stage.guardEgress(gate)
            venueStage = consume stage
        } else {
            end = SeededEnd(network)
        }
        end.guardEgress(gate)
        let startNs = network.nowNs
        var engine = Engine(
            core: TradingCore(core(plan, symbols, positionMax: positionMax)),
            strategies: strategies(plan, seeds, life: life), io: end,
            feeds: FixedList(count: 1) { _ in MarketFeed(feed) },
            sessions: FixedList(count: 1) {
                OuchSession(sessionSettings, index: UInt8($0), connectAtNs: startNs)
            },
            journal: EngineJournal(ring), measures: false)
        engine.watch = gate.view
        let control = try control(plan, network, life: life, &engine.control)
        return Parts(
            gate: gate, engine: engine, writer: writer, disk: disk, control: control, ringPath: ringPath,
            feedStage: feedStage, venueStage: venueStage)
    }

    /// The agent of the control thread, without a socket for people, stepped by hand.
    private static func control(
        _ plan: SeededPlan, _ network: SeededNetwork, life: UInt32, _ port: inout ControlPort
    ) throws -> ControlAgent {
        let toHot = try RecordRing(capacity: 1 << 16)
        let fromHot = try RecordRing(capacity: 1 << 16)
        let link = EngineLink(outgoing: toHot, incoming: fromHot.reader())
        port = ControlPort(incoming: link.reader(), outgoing: fromHot)
        var status = ControlStatus(
            run: "seeded", epoch: life, version: "", folder: "", process: 1, clients: 0)
        status.reconciliations.isOn = plan.backOffice != nil
        var configuration = ControlAgent.Configuration(
            status: status, clock: RunClock(epoch: life, utcAtZeroNs: utcAtZeroNs))
        configuration.strategies = strategyNames
        if plan.backOffice != nil, let userName = Token6("spine"), let password = Token10("tail") {
            configuration.backOffice = BackOfficeClient(
                userName: userName, password: password, timeoutNs: 120_000_000
            ) { SeededConnection(network, session: querySession) }
        }
        return ControlAgent(configuration, listener: nil, link: link)
    }

    /// Any day will do, but it must be the same one: UTC at engine time 0, which is midnight here.
    static var utcAtZeroNs: UInt64 { 1_700_006_400_000_000_000 }

    private static func feed(_ symbols: [Symbol], _ seeds: Seeds) -> FeedConfiguration {
        var feed = FeedConfiguration(.itch50)
        feed.symbols = symbols
        feed.instrumentCountMax = 8
        feed.waitingPacketCountMax = seeds.feedWaitingCountMax
        feed.requestRetryNs = 3_000_000
        feed.requestRetryNsMax = 60_000_000
        return feed
    }

    private static func strategies(_ plan: SeededPlan, _ seeds: Seeds, life: UInt32) -> Strategies {
        let trader =
            plan.isRehearsal
            ? SeededTrader(rehearsing: ())
            : SeededTrader(seed: seeds.trader &+ UInt64(life), everyQuotes: plan.traderEveryQuotes)
        return Both(
            trader,
            Both(
                OrderBookImbalance(threshold: 0.7, positionMax: Quantity(raw: 200), spreadBpsMax: 40),
                Both(
                    EmaCross(
                        instrumentCountMax: 8, fastPeriod: 3, slowPeriod: 12, positionMax: Quantity(raw: 100)),
                    MarketMaker(instrumentCountMax: 8, size: 30, inventoryMax: 90))))
    }

    /// Core, strategies and feed as they were at the beginning of a start of the engine: to decide again what its journal has.
    ///
    /// - Parameter life: Which start; `nil`: the last.
    public func replay(life: UInt32? = nil) -> JournalReplay<Strategies> {
        let feed = Self.feed(symbols, seeds)
        return JournalReplay(
            core: TradingCore(Self.core(plan, symbols, positionMax: positionMax)),
            strategies: Self.strategies(plan, seeds, life: life ?? self.life),
            feeds: FixedList(count: 1) { _ in MarketFeed(feed) })
    }

    private static func exchange(_ plan: SeededPlan, _ symbols: [Symbol], seed: UInt64)
        -> ExchangeConfiguration
    {
        var flow = FlowConfiguration(
            seed: seed, eventsPerSecond: max(plan.messagesPerSecond, 1), ordersPerInstrument: 60,
            depthTicks: 12,
            anchorPrices: [1_500_000, 420_000, 95_000])
        flow.takersPerMillion = 150_000
        flow.countMax = (plan.quietNs - plan.startNs) * plan.messagesPerSecond / 1_000_000_000
        let account = ExchangeAccount(
            username: "spine", password: "tail", cancelOnDisconnect: plan.venue.cancelsOnDisconnect)
        var configuration = ExchangeConfiguration(
            instruments: symbols.map { ExchangeInstrument(symbol: $0) }, accounts: [account],
            flow: plan.messagesPerSecond > 0 ? flow : nil)
        configuration.limits.orderCountMax = 1 << 12
        configuration.limits.pageCountMax = 1 << 9
        configuration.limits.selfTrade = plan.venue.selfTrade
        configuration.answersLateRequests = plan.venue.answersLateRequests
        configuration.tellsDeadOrders = plan.venue.tellsDeadOrders
        configuration.startNs = plan.startNs
        configuration.heartbeatNs = 100_000_000
        configuration.clientSilenceNsMax = 400_000_000
        configuration.marketDataChunkCountMax = 4
        configuration.auditCountMax = 1 << 16
        return configuration
    }

    private static func core(_ plan: SeededPlan, _ symbols: [Symbol], positionMax: Int64)
        -> CoreConfiguration
    {
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
        core.reconciliationPartCountMax = 1 << 12
        // Nobody else has a wish in a rehearsal; the other examples have where they are asked for.
        core.enabledStrategyMask = plan.isRehearsal ? 0b1 : plan.runsAllExamples ? 0b1111 : 0b11
        core.orderTimeoutNs = plan.core.orderTimeoutNs
        core.timesOutGoodTillCancelled = plan.core.timesOutGoodTillCancelled
        core.answerTimeoutNs = plan.core.answerTimeoutNs
        core.doubtAlertNs = plan.core.doubtAlertNs
        core.remainderPolicy = plan.core.remainderPolicy
        core.retryCountMax = plan.core.retryCountMax
        core.retryDelayNs = plan.core.retryDelayNs
        core.messagesPerSecond = plan.core.messagesPerSecond
        core.messageBurst = plan.core.messageBurst
        core.hasBackOffice = plan.backOffice != nil
        core.reconciliationNs = plan.core.reconciliationNs
        core.reconciliationDelayNs = plan.core.reconciliationDelayNs
        core.ledger.costMethod = plan.core.costMethod
        core.ledger.lotCountMax = 1 << 10
        core.commissionHundredthBps = plan.core.commissionHundredthBps
        return core.fitted(to: Strategies.self)
    }

    // MARK: Death and start

    /// The engine is no more, between two of its turns.
    func die(keepsRing: Bool) {
        guard !isDead, !isStopping else { return }
        isDead = true
        outcome.tally.deaths += 1
        network.clientDies(isSilent: !keepsRing)
        var ring: SalvagedRing?
        do throws(SetupError) {
            if let ringPath {
                if keepsRing { ring = try JournalRing.salvage(path: ringPath) }
                try JournalRing.remove(path: ringPath)
            }
        } catch {
            outcome.violations.append("\(error)")
        }
        ringPath = nil
        // Where the process alone is gone the disk goes on; what it has not finished is in the ring.
        disk.crash()
        writer.diskIsGone()
        earlier.append(SeededRun(files: disk.contents, ring: ring))
    }

    /// The next start, from what the earlier ones left.
    func startAnew() {
        guard isDead else { return }
        isDead = false
        life += 1
        let nowNs = network.nowNs
        // What came for nobody.
        network.clientDies(isSilent: false)
        do {
            var parts = try Self.make(
                plan, symbols, seeds, network, life: life, isPipelined: isPipelined, positionMax: positionMax)
            disk = parts.disk
            // The switch has a file of its own, and outlives whoever reads it.
            if gate.keepsOrders { parts.gate.kill(by: Self.operatorName) }
            gate = parts.gate
            control = parts.control
            ringPath = parts.ringPath
            feedStage = parts.feedStage.take()
            venueStage = parts.venueStage.take()
            writer = parts.writer
            engine = parts.engine
            var left = EarlierRuns()
            for run in earlier {
                try left.take(RunRecords(segments: run.files, ring: run.ring), isOfThisDay: true)
            }
            let inputs = left.inputs(
                instrument: { symbol in symbols.firstIndex(of: symbol).map(UInt32.init) },
                strategies: Self.strategyNames)
            outcome.tally.restored += inputs.count { $0.kind == InputKind.restoreOrder.rawValue }
            watch.beginLife(positionMax, engine.core.counters)
            start(nowNs)
            for input in inputs { engine.restore(input, nowNs: nowNs) }
        } catch {
            preconditionFailure("Invariant: a start of the seeded world has what it needs (\(error))")
        }
    }

    func start(_ nowNs: UInt64) {
        engine.start(epoch: life, utcAtZeroNs: Self.utcAtZeroNs, nowNs: nowNs)
        network.wake(Agent.engineTick.rawValue, atNs: nowNs)
        if isPipelined { network.wake(Agent.stageTick.rawValue, atNs: nowNs) }
        network.wake(Agent.journal.rawValue, atNs: nowNs)
        network.wake(Agent.control.rawValue, atNs: nowNs)
    }
}
