public import Core
internal import Feeds
internal import Foundation
internal import Journal
internal import Memory
internal import Model
internal import Plumbing
public import Reporting
public import Settings
internal import Synchronization
internal import Venues

/// A run of the engine on real sockets, from settings to report: everything is wired here.
///
///     hot thread       Engine: sockets ─▶ core ─▶ sockets           owns everything that trades
///     feed and venue thread (`pipelined`): the sockets are theirs, rings go to the hot thread
///         │ ring in shared memory
///     journal thread   JournalWriter ─▶ runs/<time>-<id>/journal    owns the files
///         │ two rings
///     control thread   ControlAgent ⇄ people, back office           owns nothing that trades
///     watchdog thread  Watchdog: shuts the venue sessions when the hot thread does not come back
///     calling thread   progress, ctrl-C, report
public struct LiveRun<Strategies: StrategySet & ~Copyable & Sendable>: ~Copyable {
    /// What the caller of ``run(_:)`` answers each time it is shown the progress.
    ///
    /// `abandon` ends a run whose hot thread the watchdog holds, without waiting for it; else it is a `stop`.
    public enum Wish: Sendable { case goOn, stop, abandon }

    /// Settings of the machine that were asked for and not granted, each with its remedy.
    public private(set) var warnings: [String]
    /// What runs where, in a line or two.
    public let banner: String
    /// What other threads have to say to whoever watches.
    public let notices = RunNotices()
    private let folder: RunFolder
    private let epoch: UInt32
    private let network: NetworkChoice
    private let settings: Settings
    private let version: String
    private let mode: TradingMode
    private let clock: Clock
    private let ringPath: String
    private let status: JournalStatus
    private let progress: EngineProgress
    /// What `spinetail top` looks at; `nil`: shared memory had no room for it.
    private let live: LiveFile?
    private let mirror: LatencyMirror
    private var agent: HotAgent<Strategies>?
    private var wired: LiveNetwork
    private var journal: JournalThread?
    private var log: LogThread?
    private var control: ControlThread?
    private let gate: EgressGate
    private let killSwitch: KillSwitch
    private let begunNs: UInt64
    private let memory: RunReport.Memory?

    /// Opens everything: folder, epoch, ring, journal, sockets. Throws before anything was sent when one of them
    /// cannot be had.
    ///
    /// - Parameters:
    ///   - permission: live trading has to be asked of ``LoadedSettings/start(live:)``.
    ///   - source: Where the settings came from, to be read again; `nil`: they cannot be.
    public init(
        _ settings: Settings, _ program: StrategyProgram<Strategies>, version: String,
        permission: StartPermission = .paper, source: SettingsSource? = nil
    ) throws {
        guard settings.broker.paperTrading == (permission.mode == .paper) else {
            throw SetupError(
                "trade live", at: "broker.paper_trading",
                why: "the permission is for \(permission.mode) trading",
                remedy: "set it to false in the settings file, with a risk section, and run with --live")
        }
        let clock = Clock.calibrated()
        let begunNs = clock.nowNs()
        let startUtcNs = Clock.utcNs()
        let root = settings.journal.folder
        try Files.makeFolder(root)
        var warnings = LeftoverRings.salvage(below: root)
        let epoch = try EngineEpoch.advance(path: "\(root)/epoch")
        let runID = Files.randomRunID()
        let ringPath = LeftoverRings.path(runID)
        ProcessMemory.useHugePages(settings.threads.hugePages == .auto)
        if settings.threads.lockMemory {
            let report = Threads.lockMemory()
            if !report.isGranted { warnings.append(report.description) }
        }
        let earlier = EarlierRuns(
            root: root, account: .init(settings), nowUtcNs: startUtcNs,
            dayOffsetSeconds: Int64(settings.account.dayOffsetHours) * 3_600,
            readsDayTrades: settings.risk.patternDayTrader.enabled)
        warnings += earlier.warnings
        let assembly = EngineAssembly(
            settings, epoch: epoch, takenOver: earlier.symbols, startUtcNs: startUtcNs)
        warnings += settings.warnings(atUtcNs: startUtcNs).map(\.description)
        let names = program.descriptions.map(\.name)
        warnings += earlier.limitWarnings(
            assembly.limits(strategyNames: names), strategies: names, currency: settings.account.baseCurrency)
        let symbols = assembly.symbols
        let places = Dictionary(uniqueKeysWithValues: zip(symbols, UInt32(0)...))
        let homeless = earlier.symbols.filter { places[$0] == nil }
        if !homeless.isEmpty {
            warnings.append(
                "no room for instruments in which earlier runs left something: raise instruments.max_count: "
                    + homeless.map(\.description).joined(separator: ", "))
        }
        var about = RunHeader(version, assembly, program.descriptions, settings, runID)
        about.carriedStates = earlier.carried(instrument: { places[$0] }, strategies: names)
        let header = try about.json()
        let streamSettings = try assembly.streamSettings()
        let sessionSettings = try assembly.sessionSettings()
        let network = NetworkChoice(settings, clock: clock)
        let gate = try EgressGate(sessionCount: sessionSettings.count)
        gate.setOrders(packet: OuchSession.orderPacket, letters: OuchSession.orderLetters)
        let killSwitch = KillSwitch(
            folder: root, gate: gate, clock: clock, account: KillFolder.account(settings))
        if !gate.killsAtSignal() {
            warnings.append("SIGUSR2 does not kill this run: too many are in this process")
        }
        var wired = try LiveNetwork.open(
            settings, network, streams: streamSettings, sessions: sessionSettings, gate: gate, clock: clock,
            warnings: &warnings)
        let used = wired.backend
        // Last of what can be refused: a start that came to nothing leaves no folder and no ring.
        let folder = try RunFolder.create(root: root, utcNs: Clock.utcNs(), runID: runID)
        let status = JournalStatus()
        let opened: OpenedJournal
        do {
            opened = try OpenedJournal(
                settings, folder, ringPath: ringPath, epoch: epoch, header: header, clock: clock,
                status: status)
        } catch {
            try? JournalRing.remove(path: ringPath)
            folder.discard()
            throw error
        }
        warnings += opened.warnings
        let journal = opened.thread
        var engine = Engine(
            core: TradingCore(assembly.core(strategyNames: names).fitted(to: Strategies.self)),
            strategies: program.make(settings),
            io: wired.takeIO(),
            feeds: assembly.feeds(), sessions: assembly.sessions(connectAtNs: 0),
            journal: EngineJournal(opened.ring, isOn: settings.journal.enabled))
        engine.watch = gate.view
        if settings.threads.strategyBudgetNs > 0 { engine.budget.ns = settings.threads.strategyBudgetNs }
        for (index, feed) in settings.feeds.enumerated() {
            engine.canRequest[index] = feed.feedProtocol == .itchMoldUDP64 && !feed.requestHost.isEmpty
        }
        var log: LogThread?
        if let level = LogLevel(name: settings.log.level.rawValue) {
            engine.log = try Log(level: level, ringByteCount: settings.log.ringBytes)
            log = try Self.startLog(settings, names, folder, clock, engine.log.source())
        }
        let feeds = settings.feeds.map {
            "\($0.feedProtocol.rawValue) on \($0.multicastGroup.isEmpty ? $0.address : $0.multicastGroup):\($0.port)"
        }
        let enabled = names.filter { settings.strategy($0)?.enabled == true }
        LiveFigures.removeStale()
        var live: LiveFile?
        do {
            live = try LiveFigures.create(
                runID: runID, epoch: epoch, folder: folder.path, version: version)
        } catch {
            warnings.append("\(error)")
        }
        let progress = EngineProgress(in: live)
        control = ControlThread.open(
            &engine, settings, folder, epoch: epoch, strategies: names, version: version,
            killSwitch: killSwitch,
            reload: source.map { LimitReload($0, running: settings, strategies: names) },
            progress: progress, notices: notices, log: log?.notes, clock: clock, warnings: &warnings)
        mirror = LatencyMirror(engine.latencies)
        banner =
            RunBanner(settings, about, mode: permission.mode).text(
                folder: folder.path, feeds: feeds, network: network.summary(used),
                threads: wired.summary(settings.threads), strategies: enabled)
            + (earlier.summary.map { "\n  \($0)" } ?? "")
            + (killSwitch.banner.map { "\n  \($0)" } ?? "")
        self.gate = gate
        self.killSwitch = killSwitch
        agent = HotAgent(
            engine: engine,
            restored: killSwitch.restored
                + earlier.inputs(
                    instrument: { places[$0] },
                    strategies: names, session: { RunHeader.sessions(about.settings)[$0] ?? 0 }),
            turns: program.turns, progress: progress, threads: settings.threads,
            waiting: wired.waiting, gate: gate, epoch: epoch, warmUpPackets: 1_000)
        self.wired = wired
        memory = MemoryFigures.take(settings, ring: opened.ringPages, warnings: &warnings)
        self.live = live
        self.network = network
        self.settings = settings
        self.version = version
        mode = permission.mode
        self.clock = clock
        self.begunNs = begunNs
        self.warnings = warnings
        self.epoch = epoch
        self.folder = folder
        self.ringPath = ringPath
        self.status = status
        self.progress = progress
        self.journal = journal
        self.log = log
    }

    /// In four files, so that the bound costs the oldest quarter only. Beside the journal: both are seldom busy.
    private static func startLog(
        _ settings: Settings, _ strategies: [String], _ folder: RunFolder, _ clock: Clock,
        _ source: consuming LogSource
    ) throws -> LogThread {
        var files = LogFiles(
            folder: folder.path, runID: folder.runID, utcAtZeroNs: clock.utcOffsetNs(),
            fileByteCount: settings.log.bytesMax / 4, fileCountMax: 4)
        files.strategies = strategies
        files.currency = settings.account.baseCurrency
        let writer = try LogWriter(files, source: source, disk: UringDisk())
        let core = settings.threads.journalCore
        return try LogThread(writer, clock: clock, core: core >= 0 ? core : nil)
    }

    /// Ends a run that has not begun, in order: nothing was sent, and no folder, ring or figures of it stay.
    public consuming func cancel() {
        control.take()?.stop()
        _ = journal.take()?.stop()
        _ = log.take()?.stop()
        live?.remove()
        try? JournalRing.remove(path: ringPath)
        // The log's files: the folder was made for this run.
        for name in (try? Files.list(folder.path)) ?? [] where name != "journal" {
            try? Files.remove("\(folder.path)/\(name)")
        }
        folder.discard()
    }

    /// Runs until the feed's or venue's session ends, the caller wishes to stop, or something forbids going on.
    ///
    /// - Parameter look: Called about twenty times a second on the calling thread, with the seconds so far.
    public consuming func run(_ look: (EngineProgress, Double) -> Wish) throws -> RunReport {
        var report = RunReport(
            version: version, ending: "complete", mode: mode.rawValue, folder: folder.path,
            runID: folder.runID.description,
            epoch: epoch, seconds: 0)
        let box = ReportBox(report, network)
        let (live, mirror) = (live, mirror)
        defer { live?.remove() }
        guard var agent = agent.take() else { preconditionFailure("Caller: a run runs once") }
        let progress = progress
        do throws(SetupError) {
            try killSwitch.register()
        } catch {
            warnings.append(
                "a kill file that another engine of this folder sees first may not stop this one: \(error)")
        }
        // Before this thread is pinned: they would be where it is.
        let stages = try StageThreads(
            feed: wired.takeFeed(), venue: wired.takeVenue(), settings.threads, wired.waiting, progress,
            network, clock: clock)
        let watchdog: Watchdog
        let hot: EngineThread
        do throws(SetupError) {
            watchdog = try startWatchdog()
        } catch {
            stages.end()
            throw error
        }
        do throws(SetupError) {
            agent.watchdog = watchdog
            hot = try EngineThread(name: "hot", holding: agent) { agent in
                agent.run()
                mirror.end()
                if !progress.isAbandoned { box.take(agent) }
            }
        } catch {
            watchdog.stop()
            stages.end()
            throw error
        }
        if settings.threads.journalCore >= 0 {
            // The calling thread only looks: it shares the journal's core and leaves the hot one alone.
            let pinned = Threads.pin(core: settings.threads.journalCore)
            if !pinned.isGranted { warnings.append(pinned.description) }
        }
        var stopped = false
        var finished = false
        var isAbandoned = false
        var mirroredAtNs: UInt64 = 0
        while !finished, !isAbandoned {
            Clock.sleep(ns: 50_000_000)
            if let live, clock.nowNs() &- mirroredAtNs >= 500_000_000 {
                mirroredAtNs = clock.nowNs()
                live.setClocks(engineNs: mirroredAtNs, kernelNs: Clock.kernel.nowNs())
                mirror.copy(to: live)
            }
            watchSwitch()
            if status.failure.value != 0 { progress.journalFailed() }
            let state = EngineState(rawValue: UInt8(truncatingIfNeeded: progress[.state]))
            finished = state == .stopped || state == .halted
            if finished { break }
            switch look(progress, seconds) {
            case .goOn: break
            case .stop: stopped = true
            case .abandon:
                stopped = true
                isAbandoned = gate.isShut
            }
            if stopped { progress.askToStop() }
        }
        watchdog.stop()
        watchSwitch()
        if isAbandoned {
            // From here on the thread does nothing more, should it come back.
            progress.abandon()
        } else {
            hot.join()
        }
        // Then what it has handed over last goes to the venue.
        stages.end()
        report = box.report
        if isAbandoned { report.takeLost(progress) }
        report.take(watchdog.hold)
        report.topology = settings.threads.topology.rawValue
        stages.report(into: &report)
        report.memory = memory
        report.take(killSwitch)
        report.poll = settings.threads.poll.rawValue
        if let control = control.take() {
            control.stop()
            report.books.take(control.reconciliation)
        }
        report.warnings = warnings + report.warnings
        report.seconds = seconds
        if report.logOns == 0, report.ending == "complete" {
            let venues = settings.routedVenues.map { "\($0.ouch.host):\($0.ouch.port)" }.joined(
                separator: ", ")
            report.warnings.append(
                "no venue at \(venues) let us in"
                    + (mode == .paper ? ": start one with `spinetail venue`, or both with tools/run" : ""))
        }
        // A halt or a refusal is what must be told, whatever was asked for meanwhile.
        if stopped, report.ending == "complete" { report.ending = "stopped" }
        finishJournal(&report, keepsRing: isAbandoned || report.ending.hasPrefix("halted"))
        finishLog(&report)
        do {
            let json = try report.json()
            try Data((json + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder.path)/report.json"))
        } catch {
            // A full disk must not take the report from the screen too.
            report.warnings.append(
                "the report could not be kept in \(folder.path): \(error.localizedDescription)")
        }
        return report
    }

    /// Where no control thread could be had this is who hears the file; and it shows the others where the switch stands.
    private func watchSwitch() {
        killSwitch.poll()
        progress.set(.kill, !killSwitch.state.isOn ? 0 : killSwitch.isHeard ? 1 : 2)
    }

    /// Where the settings have none it acts on a kill alone.
    private func startWatchdog() throws(SetupError) -> Watchdog {
        let limitNs = settings.threads.watchdogNs > 0 ? Int64(settings.threads.watchdogNs) : .max
        let (log, clock) = (log?.notes, clock)
        return try Watchdog(
            gate, progress, limitNs: UInt64(limitNs), priority: settings.threads.priority, clock: clock
        ) { hold in
            log?.writeHeld(
                awayMs: hold.awayNs / 1_000_000, connections: hold.connections, atNs: clock.nowNs())
        }
    }

    private var seconds: Double { Double(clock.nowNs() - begunNs) / 1e9 }

    private mutating func finishLog(_ report: inout RunReport) {
        guard let log = log.take() else { return }
        if let failure = log.stop() { report.warnings.append(failure) }
        report.logLines = log.status.writtenRecordCount.value
        report.logBytes = log.status.writtenByteCount.value
        report.logDropped = log.status.droppedRecords.value
        if report.logDropped > 0 {
            report.warnings.append(
                "\(report.logDropped) log lines were dropped: raise log.ring_bytes or log.level")
        }
    }

    /// Everything durable, or told; the ring goes only when the files have all of it.
    private mutating func finishJournal(_ report: inout RunReport, keepsRing: Bool) {
        let failure = journal.take()?.stop()
        report.journalBytes = status.writtenBytes.value
        report.journalBlocks = status.durableBlocks.value
        if let failure {
            report.ending = "failed: \(failure)"
            report.warnings.append("what the journal could not write is kept in \(ringPath)")
            return
        }
        if keepsRing {
            report.warnings.append("what the journal may lack is kept in \(ringPath)")
            return
        }
        do {
            try JournalRing.remove(path: ringPath)
        } catch {
            report.warnings.append("\(error)")
        }
    }
}

/// The report on its way from the hot thread, which fills it at its end.
private final class ReportBox: Sendable {
    private let content: Mutex<RunReport>
    private let network: NetworkChoice

    init(_ report: RunReport, _ network: NetworkChoice) {
        content = Mutex(report)
        self.network = network
    }

    func take<Strategies: StrategySet & ~Copyable & Sendable>(_ agent: borrowing HotAgent<Strategies>) {
        var report = report
        report.take(agent.engine)
        report.watch.strategyOverruns = agent.engine.budget.overruns
        report.watch.strategyOverrunNsMax = UInt64(agent.engine.budget.longestNs)
        report.hotThread = RunReport.HotThread(
            allocatedBytes: agent.cost.allocatedBytes, pageFaults: agent.cost.pageFaults,
            networkCalls: agent.cost.networkCalls,
            yields: agent.waiting == .yield ? agent.cost.yields : nil, warmUpPackets: agent.cost.warmUpPackets
        )
        if agent.cost.isRestricted { report.hotThread.seccomp = agent.threads.seccomp.rawValue }
        report.hotThread.otherCalls = agent.cost.otherCalls
        if !agent.engine.io.isPipelined { report.take(agent.engine.io.network, network) }
        report.warnings += agent.warnings
        for index in 0..<agent.engine.sessions.count where agent.engine.sessions[index].counters.refusal != 0
        {
            report.ending = "failed: the venue refused the log-on"
        }
        if let heldNs = agent.heldNs { report.takeHold(heldNs) }
        if agent.engine.state == .halted {
            report.ending = "halted: the journal could not take what the engine had to record"
        }
        content.withLock { $0 = report }
    }

    var report: RunReport { content.withLock { $0 } }
}
